//! Statements.

use attain_app::{
    Attainment, ComponentEarnings, CreditsSummary, Statement, StatementBalance, StatementPayment,
    StatementTotals,
};
use attain_domain::refusal::Refusal;
use attain_proto::attain::v1 as proto;

use super::earning::View;
use super::payment::SheetRow;
use super::values::{date, decimal, money};
use super::{credit, earning, payment};

/// A statement.
///
/// # Errors
/// What `money` refuses.
pub(crate) fn to_wire(statement: &Statement) -> Result<proto::Statement, Refusal> {
    let earnings = statement.first_earnings.iter();
    let components = statement.earnings.iter();
    Ok(proto::Statement {
        participant: statement.participant.to_string(),
        name: statement.name.clone(),
        period: statement.period.to_string(),
        first_date: Some(date(statement.from)),
        last_date: Some(date(statement.through)),
        draft: statement.is_draft,
        credits: Some(credits(&statement.credits)?),
        attainments: statement.attainment.iter().map(attainment).collect(),
        component_earnings: components.map(component).collect::<Result<_, _>>()?,
        first_earnings: earnings
            .map(|earning| earning::to_wire(earning, View::Basic))
            .collect::<Result<_, _>>()?,
        payments: statement
            .payments
            .iter()
            .map(paid)
            .collect::<Result<_, _>>()?,
        totals: Some(totals(&statement.totals)?),
        balance: Some(balance(&statement.balance)?),
    })
}

fn credits(summary: &CreditsSummary) -> Result<proto::CreditsSummary, Refusal> {
    let kinds = summary.kinds.iter().map(|(kind, of_kind)| {
        Ok(proto::CreditKindSummary {
            kind: credit::kind(*kind).into(),
            count: of_kind.count,
            amount: Some(money(of_kind.amount)?),
        })
    });
    Ok(proto::CreditsSummary {
        kinds: kinds.collect::<Result<_, Refusal>>()?,
        in_error: summary.in_error,
        first: summary
            .first
            .iter()
            .map(credit::to_wire)
            .collect::<Result<_, _>>()?,
    })
}

fn attainment(attainment: &Attainment) -> proto::Attainment {
    proto::Attainment {
        plan: attainment.plan.to_string(),
        component: attainment.component.to_string(),
        interval: attainment.interval.to_string(),
        measure: attainment.measure.to_string(),
        value: Some(decimal(attainment.value)),
        goal: attainment.goal.map(decimal),
        percent: attainment.percent.map(decimal),
    }
}

fn component(earnings: &ComponentEarnings) -> Result<proto::ComponentEarnings, Refusal> {
    Ok(proto::ComponentEarnings {
        plan: earnings.plan.to_string(),
        component: earnings.component.to_string(),
        count: earnings.count,
        amount: Some(money(earnings.amount)?),
        in_error: earnings.in_error,
        withheld: Some(decimal(earnings.withheld)),
    })
}

fn paid(of_batch: &StatementPayment) -> Result<proto::StatementPayment, Refusal> {
    Ok(proto::StatementPayment {
        batch: Some(payment::batch(&of_batch.batch)),
        paysheet: Some(payment::paysheet(&of_batch.sheet)?),
        line_count: of_batch.line_count,
        first_lines: SheetRow::all(&of_batch.first_lines, &of_batch.first_rewards)
            .into_iter()
            .map(SheetRow::to_wire)
            .collect::<Result<_, _>>()?,
        advanced: Some(money(of_batch.advanced)?),
        recovered: Some(money(of_batch.recovered)?),
        other_rewards: Some(money(of_batch.other_rewards)?),
    })
}

fn balance(balance: &StatementBalance) -> Result<proto::StatementBalance, Refusal> {
    Ok(proto::StatementBalance {
        at_end: Some(money(balance.at_end)?),
        now: Some(money(balance.now)?),
    })
}

fn totals(totals: &StatementTotals) -> Result<proto::StatementTotals, Refusal> {
    Ok(proto::StatementTotals {
        earned: Some(money(totals.earned)?),
        paid: Some(money(totals.paid)?),
        on_sheets: Some(money(totals.on_sheets)?),
        liability: Some(money(totals.liability)?),
    })
}

//! Explanations: how an earning came to be, and what became of it.

use attain_app::{
    CountedCredits, CreditExplained, EarningSource, Explanation, LineExplained, PaymentExplained,
    RuleExplained,
};
use attain_domain::credit::Credit;
use attain_domain::definition::rules::{CreditRule, Receiver, ReceiverKind};
use attain_domain::earning::Earning;
use attain_domain::plan::Component;
use attain_domain::refusal::Refusal;
use attain_domain::run::Calculation;
use attain_proto::attain::v1 as proto;
use attain_proto::attain::v1::explanation::Source;
use attain_proto::attain::v1::rule_receiver::Who;

use super::earning::View;
use super::history::left;
use super::values::{date, decimal, range};
use super::{credit, earning, payment, reward, transaction};

/// An explanation.
///
/// # Errors
/// What `money` refuses.
pub(crate) fn to_wire(explained: &Explanation) -> Result<proto::Explanation, Refusal> {
    let full = |earning: &Earning| earning::to_wire(earning, View::Full);
    Ok(proto::Explanation {
        earning: Some(full(&explained.earning)?),
        left: explained.left.as_ref().map(left),
        component: explained.component.as_ref().map(component),
        source: Some(match &explained.source {
            EarningSource::Credit(explained) => Source::Credit(of_credit(explained)?),
            EarningSource::Interval(counted) => Source::Interval(of_interval(counted)?),
        }),
        calculation: explained.calculation.as_ref().map(calculation),
        payments: explained
            .payments
            .iter()
            .map(paid)
            .collect::<Result<_, _>>()?,
        reversals: explained
            .reversals
            .iter()
            .map(full)
            .collect::<Result<_, _>>()?,
        takes_back: explained.takes_back.as_ref().map(full).transpose()?,
        successor: explained.successor.as_ref().map(full).transpose()?,
    })
}

/// An explained line.
///
/// # Errors
/// What `money` refuses.
pub(crate) fn line(explained: &LineExplained) -> Result<proto::LineExplained, Refusal> {
    match explained {
        LineExplained::Earning { line, earning } => Ok(proto::LineExplained {
            line: Some(payment::line(line)?),
            earning: earning.as_deref().map(to_wire).transpose()?,
            reward: None,
        }),
        LineExplained::Reward(row) => Ok(proto::LineExplained {
            line: row
                .line()
                .map(|shown| payment::reward_line(row, shown))
                .transpose()?,
            earning: None,
            reward: Some(reward::to_wire(row)?),
        }),
    }
}

fn component(component: &Component) -> proto::ComponentExplained {
    proto::ComponentExplained {
        name: component.name.clone(),
        output: component.output.clone().unwrap_or_default(),
        instalments: component.instalments.into(),
    }
}

fn of_credit(explained: &CreditExplained) -> Result<proto::CreditExplained, Refusal> {
    let whole = explained.transaction.as_ref();
    Ok(proto::CreditExplained {
        credit_id: explained.id.to_string(),
        credit: explained.credit.as_ref().map(credit::to_wire).transpose()?,
        path: credits(&explained.path)?,
        rule: explained.rule.as_ref().map(rule),
        transaction: whole.map(transaction::to_wire).transpose()?,
    })
}

fn of_interval(counted: &CountedCredits) -> Result<proto::CountedCredits, Refusal> {
    Ok(proto::CountedCredits {
        count: counted.count,
        first: credits(&counted.first)?,
    })
}

fn credits(rows: &[Credit]) -> Result<Vec<proto::Credit>, Refusal> {
    rows.iter().map(credit::to_wire).collect()
}

fn rule(explained: &RuleExplained) -> proto::RuleExplained {
    proto::RuleExplained {
        rule_set: explained.set.to_string(),
        rule: explained.rule.to_string(),
        reads_now: explained.reads_now.as_ref().map(rule_text),
    }
}

fn rule_text(rule: &CreditRule) -> proto::RuleText {
    proto::RuleText {
        dates: Some(range(rule.effective)),
        when: rule.when.clone(),
        receivers: rule.receivers.iter().map(receiver).collect(),
    }
}

fn receiver(receiver: &Receiver) -> proto::RuleReceiver {
    let who = match &receiver.who {
        ReceiverKind::Participant(id) => Who::Participant(id.to_string()),
        ReceiverKind::Team(id) => Who::Team(id.to_string()),
        ReceiverKind::Attribute(name) => Who::Attribute(name.to_string()),
    };
    proto::RuleReceiver {
        who: Some(who),
        percent: Some(decimal(receiver.percent)),
        revenue: receiver.revenue,
        rolls_up: receiver.rolls_up,
    }
}

fn calculation(calculation: &Calculation) -> proto::CalculationExplained {
    proto::CalculationExplained {
        calculation_id: calculation.id.to_string(),
        period: calculation.period.to_string(),
        through_date: Some(date(calculation.through)),
        run_id: calculation.run.to_string(),
        released: calculation.released,
    }
}

fn paid(explained: &PaymentExplained) -> Result<proto::PaymentExplained, Refusal> {
    Ok(proto::PaymentExplained {
        line: Some(payment::line(&explained.line)?),
        paysheet: Some(payment::paysheet(&explained.sheet)?),
        batch: Some(payment::batch(&explained.batch)),
        paid: explained.is_paid,
    })
}

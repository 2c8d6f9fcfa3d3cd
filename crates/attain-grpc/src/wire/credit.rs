//! Credits.

use attain_domain::credit::{
    Credit, CreditKind, CreditOrigin, CreditStatus, LeftBecause, Obsolete,
};
use attain_domain::refusal::Refusal;
use attain_proto::attain::v1 as proto;
use attain_proto::attain::v1::credit::Origin;

use super::values::{date, decimal, money, row_error, stamp, text_or_empty, time};

/// One version of a credit.
///
/// # Errors
/// What `money` refuses.
pub(crate) fn to_wire(credit: &Credit) -> Result<proto::Credit, Refusal> {
    let stamp = stamp(&credit.stamp);
    let (status, error) = status(&credit.status);
    Ok(proto::Credit {
        credit_id: credit.id.to_string(),
        lineage_id: credit.lineage.to_string(),
        transaction_id: text_or_empty(credit.transaction),
        source_number: credit.key.number.to_string(),
        transaction_type: credit.key.kind.to_string(),
        participant: credit.participant.to_string(),
        kind: kind(credit.kind).into(),
        origin: origin(&credit.origin),
        amount: Some(money(credit.amount)?),
        quantity: Some(decimal(credit.quantity)),
        percent: Some(decimal(credit.percent)),
        revenue: credit.revenue,
        rolls_up: credit.rolls_up,
        calculates: credit.calculates,
        credit_date: Some(date(credit.credit_date)),
        roll_up_date: Some(date(credit.roll_up_date)),
        period: credit.period.to_string(),
        category: text_or_empty(credit.category.as_ref()),
        status: status.into(),
        error,
        obsolete: credit.obsolete.as_ref().map(obsolete),
        etag: stamp.etag,
        create_time: stamp.create_time,
        update_time: stamp.update_time,
        actor: stamp.actor,
        adjusted_from: text_or_empty(credit.adjusted_from),
    })
}

/// How a participant came to a credit.
pub(crate) fn kind(kind: CreditKind) -> proto::CreditKind {
    match kind {
        CreditKind::Direct => proto::CreditKind::Direct,
        CreditKind::Indirect => proto::CreditKind::Indirect,
        CreditKind::Team => proto::CreditKind::Team,
    }
}

fn origin(origin: &CreditOrigin) -> Option<Origin> {
    match origin {
        CreditOrigin::Rule { set, rule } => Some(Origin::Rule(proto::RuleOrigin {
            rule_set: set.to_string(),
            rule: rule.to_string(),
        })),
        CreditOrigin::Given => None,
        CreditOrigin::From { source, through } => Some(Origin::Source(proto::SourceOrigin {
            source_credit_id: text_or_empty(*source),
            through: through.to_string(),
        })),
    }
}

fn status(status: &CreditStatus) -> (proto::CreditStatus, Option<proto::RowError>) {
    match status {
        CreditStatus::Credited => (proto::CreditStatus::Credited, None),
        CreditStatus::Eligible => (proto::CreditStatus::Eligible, None),
        CreditStatus::Error(error) => (proto::CreditStatus::Error, Some(row_error(error))),
    }
}

/// The obsolete mark.
pub(crate) fn obsolete(mark: &Obsolete) -> proto::Obsolete {
    proto::Obsolete {
        obsolete_time: Some(time(mark.at)),
        actor: mark.actor.to_string(),
        because: because(mark.because).into(),
        reason: mark.reason.clone().unwrap_or_default(),
    }
}

/// Why a row left.
pub(crate) fn because(because: LeftBecause) -> proto::LeftBecause {
    match because {
        LeftBecause::Adjusted => proto::LeftBecause::Adjusted,
        LeftBecause::Recredited => proto::LeftBecause::Recredited,
        LeftBecause::Cancelled => proto::LeftBecause::Cancelled,
        LeftBecause::Recalculated => proto::LeftBecause::Recalculated,
        LeftBecause::CalculationDeleted => proto::LeftBecause::CalculationDeleted,
        LeftBecause::PlanDeleted => proto::LeftBecause::PlanDeleted,
    }
}

//! What payment plans made of a paysheet.

use attain_domain::payment_plan::{MinimumTrace, PlanSettlement, SheetOutcome, SheetSettlement};
use attain_domain::refusal::Refusal;
use attain_proto::attain::v1 as proto;

use super::values::money;

/// The settlement of a sheet. How far the plans have come is for the next sheet alone, and stays
/// here.
///
/// # Errors
/// What `money` refuses.
pub(crate) fn to_wire(settlement: &SheetSettlement) -> Result<proto::SheetSettlement, Refusal> {
    let (outcome, carried) = match settlement.outcome {
        SheetOutcome::Pays => (proto::SettlementOutcome::Pays, None),
        SheetOutcome::Negative => (proto::SettlementOutcome::Negative, None),
        SheetOutcome::Carried(below) => (proto::SettlementOutcome::Carried, Some(money(below)?)),
    };
    Ok(proto::SheetSettlement {
        outcome: outcome.into(),
        carried,
        balance: Some(money(settlement.balance)?),
        plans: settlement
            .plans
            .iter()
            .map(plan)
            .collect::<Result<_, _>>()?,
    })
}

fn plan(of_plan: &PlanSettlement) -> Result<proto::PlanSettlement, Refusal> {
    let PlanSettlement {
        plan,
        earned,
        minimum: least,
        floor,
        advance,
        taken_back,
        recovered,
        withheld,
        over_cap,
        waived,
        balance_before,
        balance_after,
    } = of_plan;
    Ok(proto::PlanSettlement {
        payment_plan: plan.to_string(),
        earned: Some(money(*earned)?),
        minimum: least.as_ref().map(minimum).transpose()?,
        floor: Some(money(*floor)?),
        advance: Some(money(*advance)?),
        taken_back: Some(money(*taken_back)?),
        recovered: Some(money(*recovered)?),
        withheld: Some(money(*withheld)?),
        over_cap: Some(money(*over_cap)?),
        waived: Some(money(*waived)?),
        balance_before: Some(money(*balance_before)?),
        balance_after: Some(money(*balance_after)?),
    })
}

fn minimum(trace: &MinimumTrace) -> Result<proto::MinimumTrace, Refusal> {
    let MinimumTrace {
        whole,
        days_covered,
        days,
        prorated,
        raised,
        paid_before,
    } = *trace;
    Ok(proto::MinimumTrace {
        whole: Some(money(whole)?),
        days_covered,
        days,
        prorated: Some(money(prorated)?),
        raised: Some(money(raised)?),
        paid_before: Some(money(paid_before)?),
    })
}

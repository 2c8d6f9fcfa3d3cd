//! What payment plans made of a paysheet, as sentences.

use attain_domain::ids::PaymentPlanId;
use attain_domain::money::Money;
use attain_domain::payment_plan::{MinimumTrace, PlanSettlement, SheetOutcome, SheetSettlement};

/// What each payment plan did, in their order.
pub(crate) fn plan_texts(settlement: &SheetSettlement) -> Vec<(&PaymentPlanId, String)> {
    let plans = settlement.plans.iter();
    plans.map(|plan| (&plan.plan, plan_text(plan))).collect()
}

/// What became of the sheet, and what is owed after it.
pub(crate) fn outcome_text(settlement: &SheetSettlement) -> String {
    let outcome = match settlement.outcome {
        SheetOutcome::Pays => "pays".to_owned(),
        SheetOutcome::Negative => "negative, and stands so".to_owned(),
        SheetOutcome::Carried(below) => format!("carried to the next sheet: {below} below zero"),
    };
    format!("{outcome}; owed after the sheet: {}", settlement.balance)
}

fn plan_text(plan: &PlanSettlement) -> String {
    let mut parts = vec![format!("earned {}", plan.earned)];
    if let Some(minimum) = &plan.minimum {
        parts.push(minimum_text(minimum));
    }
    parts.push(format!("pays at least {}", plan.floor));
    let amounts = [
        ("advances", plan.advance),
        ("takes back", plan.taken_back),
        ("recovers", plan.recovered),
        ("its balance cap withholds", plan.withheld),
        ("its pay cap withholds", plan.over_cap),
        ("forgives", plan.waived),
    ];
    let told = amounts
        .iter()
        .filter(|(_, amount)| !amount.amount.is_zero());
    parts.extend(told.map(|(what, amount)| format!("{what} {amount}")));
    let (before, after) = (plan.balance_before, plan.balance_after);
    parts.push(format!("owed in it {before} before, {after} after"));
    parts.join(", ")
}

fn minimum_text(minimum: &MinimumTrace) -> String {
    let MinimumTrace {
        whole,
        days_covered,
        days,
        prorated,
        raised,
        paid_before,
    } = *minimum;
    let mut text = format!("minimum {prorated}");
    if days_covered != days {
        text.push_str(&format!(" ({days_covered} of {days} days of {whole})"));
    }
    let extra = |what: &str, amount: Money| {
        if amount.amount.is_zero() {
            String::new()
        } else {
            format!(", {what} {amount}")
        }
    };
    text.push_str(&extra("raised by", raised));
    text.push_str(&extra("earlier sheets paid", paid_before));
    text
}

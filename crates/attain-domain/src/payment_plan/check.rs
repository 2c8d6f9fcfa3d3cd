//! Whether a payment plan holds together, and with the other definitions.

use rust_decimal::Decimal;

use super::{AssignedTo, DrawMode, PaymentPlan, Recoverability, RecoveryTerms, Sharing};
use crate::definition::DefinitionSet;
use crate::money::check_number;
use crate::refusal::{Reason, Refusal};
use crate::time::DateRange;

/// Everything that is wrong with a payment plan. Empty is well.
#[must_use]
pub fn check_payment_plan(plan: &PaymentPlan, set: &DefinitionSet) -> Vec<Refusal> {
    let mut wrong = Vec::new();
    check_range(plan.effective, "to", &mut wrong);
    check_amount(plan.minimum.amount, "minimum.amount", &mut wrong);
    if plan.minimum.mode == DrawMode::OnTop && plan.minimum.amount.is_zero() {
        refuse(
            &mut wrong,
            "minimum.amount",
            "a draw on top is more than 0".into(),
        );
    }
    if let Some(terms) = plan.recoverability.terms() {
        check_terms(plan, terms, &mut wrong);
    }
    match plan.recoverability {
        Recoverability::ForgivenAtEnd(_) if plan.effective.to.is_none() => {
            let text = "what is forgiven at the end needs an end".to_owned();
            refuse(&mut wrong, "to", text);
        }
        Recoverability::ForgivenAtEnd(_)
        | Recoverability::Recoverable(_)
        | Recoverability::NotRecoverable => {}
    }
    if let Some(cap) = &plan.pay_cap {
        check_amount(cap.amount, "pay_cap.amount", &mut wrong);
        if cap.amount < plan.minimum.amount {
            let text = format!(
                "{} is below the minimum of {}",
                cap.amount, plan.minimum.amount
            );
            refuse(&mut wrong, "pay_cap.amount", text);
        }
    }
    check_sharing(plan, set, &mut wrong);
    check_assignments(plan, set, &mut wrong);
    wrong
}

fn refuse(wrong: &mut Vec<Refusal>, field: &str, text: String) {
    wrong.push(Refusal::new(Reason::OutOfRange, text).at(field));
}

fn check_amount(amount: Decimal, field: &str, wrong: &mut Vec<Refusal>) {
    if amount < Decimal::ZERO {
        refuse(wrong, field, format!("{amount} is below 0"));
    } else if let Err(error) = check_number(amount) {
        refuse(wrong, field, format!("{amount} {error}"));
    }
}

fn check_range(range: DateRange, field: &str, wrong: &mut Vec<Refusal>) {
    if range.is_empty() {
        refuse(wrong, field, format!("{range} holds no date"));
    }
}

fn check_terms(plan: &PaymentPlan, terms: &RecoveryTerms, wrong: &mut Vec<Refusal>) {
    if terms.percent <= Decimal::ZERO || terms.percent > Decimal::ONE_HUNDRED {
        let text = format!("{} is not a percent above 0 and at most 100", terms.percent);
        refuse(wrong, "recovery.percent", text);
    } else if let Err(error) = check_number(terms.percent) {
        let text = format!("{} {error}", terms.percent);
        refuse(wrong, "recovery.percent", text);
    }
    if let Some(cap) = &terms.balance_cap {
        check_amount(cap.amount, "recovery.balance_cap.amount", wrong);
    }
    let start = plan.effective.from;
    if let (Some(waive), Some(from)) = (terms.waive_after, start)
        && waive < from
    {
        let text = format!("{waive} lies before the start on {from}");
        refuse(wrong, "recovery.waive_after", text);
    }
}

fn check_sharing(plan: &PaymentPlan, set: &DefinitionSet, wrong: &mut Vec<Refusal>) {
    const FIELD: &str = "shared_by";
    match &plan.shared_by {
        Sharing::Everything => {}
        Sharing::Categories(categories) => {
            if categories.is_empty() {
                refuse(wrong, FIELD, "names no category".to_owned());
            }
            for (index, category) in categories.iter().enumerate() {
                if !set.categories.contains(category) {
                    let text = format!("the category tree has no `{category}`");
                    let field = format!("{FIELD}.categories[{index}]");
                    wrong.push(Refusal::new(Reason::UnknownCategory, text).at(field));
                }
            }
        }
        Sharing::Components(components) => {
            if components.is_empty() {
                refuse(wrong, FIELD, "names no component".to_owned());
            }
            for (index, (of, component)) in components.iter().enumerate() {
                let known = set.plans.get(of).map(|known| &known.plan.components);
                if !known.is_some_and(|known| known.iter().any(|one| one.id == *component)) {
                    let text = format!("there is no component `{component}` in a plan `{of}`");
                    let field = format!("{FIELD}.components[{index}]");
                    wrong.push(Refusal::new(Reason::UnknownReference, text).at(field));
                }
            }
        }
    }
}

fn check_assignments(plan: &PaymentPlan, set: &DefinitionSet, wrong: &mut Vec<Refusal>) {
    for (index, assignment) in plan.assignments.iter().enumerate() {
        let field = format!("assignments[{index}]");
        check_range(assignment.effective, &field, wrong);
        let missing = match &assignment.to {
            AssignedTo::Participant(id) => {
                let is_missing = !set.participants.contains_key(id);
                is_missing.then(|| format!("there is no participant `{id}`"))
            }
            AssignedTo::Plan(id) => {
                let is_missing = !set.plans.contains_key(id);
                is_missing.then(|| format!("there is no plan `{id}`"))
            }
            // Roles come and go with the people who have them.
            AssignedTo::Attribute(_, _) => None,
        };
        if let Some(text) = missing {
            wrong.push(Refusal::new(Reason::UnknownReference, text).at(field));
        }
    }
}

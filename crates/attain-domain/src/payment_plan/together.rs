//! The lint of payment plans as people have them: each alone, and those that somebody has at the
//! same time together.

use std::collections::{BTreeMap, BTreeSet};

use super::PaymentPlan;
use super::applied::assigned;
use super::lint::{DrawFinding, lint_payment_plans};
use crate::definition::DefinitionSet;
use crate::ids::{ParticipantId, PaymentPlanId};
use crate::time::{Date, DateRange};

/// Most different sets of plans that are tried together: each costs thousands of settlements.
const TOGETHER_MAX: usize = 50;

/// The place of a plan among those of one participant.
type Place<'a> = (u16, &'a PaymentPlanId);

/// Looks at each of the payment plans alone, and then at what somebody has at the same time, as far
/// as one of them is in it; at most 50 different sets of plans. A set is passed over when one of
/// its plans alone was found already. At most one finding for each.
#[must_use]
pub fn lint_together(given: &BTreeSet<PaymentPlanId>, set: &DefinitionSet) -> Vec<DrawFinding> {
    let plans = given.iter().filter_map(|id| set.payment_plans.get(id));
    let mut findings: Vec<DrawFinding> = plans
        .filter_map(|plan| lint_payment_plans(&[plan], set))
        .collect();
    let alone: BTreeSet<PaymentPlanId> = findings
        .iter()
        .flat_map(|finding| finding.plans.iter().cloned())
        .collect();
    let sets = sets_of(set).into_iter().filter(|places| {
        let mut ids = places.iter().map(|(_, id)| *id);
        ids.clone().any(|id| given.contains(id)) && !ids.any(|id| alone.contains(id))
    });
    for places in sets.take(TOGETHER_MAX) {
        let plans = places
            .iter()
            .filter_map(|(_, id)| set.payment_plans.get(*id));
        findings.extend(lint_payment_plans(&plans.collect::<Vec<_>>(), set));
    }
    findings
}

/// The different sets of two plans and more that somebody has on one day.
fn sets_of(set: &DefinitionSet) -> BTreeSet<Vec<Place<'_>>> {
    let mut people: BTreeMap<&ParticipantId, Vec<(&PaymentPlan, DateRange)>> = BTreeMap::new();
    for plan in set.payment_plans.values() {
        for (participant, days) in assigned(plan, set) {
            people
                .entry(&participant.id)
                .or_default()
                .push((plan, days));
        }
    }
    let mut sets = BTreeSet::new();
    for applied in people.values() {
        // Whatever is there at the same time is so on the first day of one of them.
        let starts: BTreeSet<Option<Date>> = applied.iter().map(|(_, days)| days.from).collect();
        for start in starts {
            let there = applied.iter().filter(|(_, days)| is_in(days, start));
            let places: BTreeSet<Place<'_>> =
                there.map(|(plan, _)| (plan.priority, &plan.id)).collect();
            if places.len() > 1 {
                sets.insert(places.into_iter().collect());
            }
        }
    }
    sets
}

/// Whether a date, or the beginning of time, is in a range.
fn is_in(days: &DateRange, start: Option<Date>) -> bool {
    match start {
        Some(date) => days.contains(date),
        None => days.from.is_none(),
    }
}

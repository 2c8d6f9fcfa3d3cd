//! Which payment plans a participant has, when, and in which order they are settled.

use std::collections::BTreeSet;

use super::{AssignedTo, PaymentPlan, PlanAssignment};
use crate::calculation::goals::{Presence, common};
use crate::definition::calendar::Period;
use crate::definition::{DefinitionSet, Participant};
use crate::expression::Value;
use crate::ids::{CategoryId, MeasureId, ParticipantId, PayGroupId, PaymentPlanId};
use crate::plan::{Component, MeasureSource, Plan};
use crate::time::{Date, DateRange};

/// A payment plan with the days on which one participant has it.
#[derive(Clone, Debug)]
pub struct AppliedPlan<'a> {
    /// The plan.
    pub plan: &'a PaymentPlan,
    presence: Presence,
}

impl<'a> AppliedPlan<'a> {
    /// A plan on these days, within its own dates.
    #[must_use]
    pub fn new(plan: &'a PaymentPlan, days: &[DateRange]) -> Self {
        let within = days.iter().map(|days| common(days, &plan.effective));
        Self {
            plan,
            presence: Presence::new(None, None, within),
        }
    }

    /// On how many days of a range the participant has it.
    pub(super) fn days_in(&self, range: DateRange) -> i64 {
        self.presence.days_in(range)
    }

    /// Whether the participant has it on no date from this one on.
    pub(super) fn is_over(&self, date: Date) -> bool {
        let last = self.presence.ranges.last();
        last.is_none_or(|last| last.to.is_some_and(|end| end <= date))
    }
}

/// The payment plans of a participant in the order in which they are settled: those that were ever
/// assigned, and those in whose accounts something is owed.
#[must_use]
pub fn applied_plans<'a>(
    plans: impl IntoIterator<Item = &'a PaymentPlan>,
    participant: &Participant,
    owing: &BTreeSet<PaymentPlanId>,
) -> Vec<AppliedPlan<'a>> {
    let employed = employed(participant);
    let mut applied = Vec::new();
    for plan in plans {
        let assigned = plan.assignments.iter().flat_map(|assignment| {
            let days = days_of(&assignment.to, participant);
            days.into_iter()
                .map(|days| common(&days, &assignment.effective))
        });
        let days: Vec<DateRange> = assigned.map(|days| common(&days, &employed)).collect();
        if !days.is_empty() || owing.contains(&plan.id) {
            applied.push(AppliedPlan::new(plan, &days));
        }
    }
    applied.sort_by_key(|applied| (applied.plan.priority, &applied.plan.id));
    applied
}

/// The participants of a pay group who have a payment plan on some day of its interval around a
/// period, in rising order: those who may be due a minimum, whatever they earn.
#[must_use]
pub fn participants_with_plans<'a>(
    set: &'a DefinitionSet,
    pay_group: &PayGroupId,
    period: &Period,
) -> Vec<&'a ParticipantId> {
    let mut found = BTreeSet::new();
    for plan in set.payment_plans.values() {
        let interval = set.calendar.interval_of(plan.minimum.interval, period);
        let range = interval.range();
        for (participant, days) in assigned(plan, set) {
            let is_paid = participant.pay_group.as_ref() == Some(pay_group);
            if is_paid && days.overlaps(&range) {
                found.insert(&participant.id);
            }
        }
    }
    found.into_iter().collect()
}

/// Whom the assignments of a plan are about, and when, one assignment after the other. A range
/// holds a date, lies within the plan's own dates, and may overlap another of the participant.
pub(super) fn assigned<'a>(
    plan: &'a PaymentPlan,
    set: &'a DefinitionSet,
) -> impl Iterator<Item = (&'a Participant, DateRange)> {
    plan.assignments.iter().flat_map(move |assignment| {
        let people = people_of(assignment, set);
        people.flat_map(move |participant| {
            let employed = employed(participant);
            let days = days_of(&assignment.to, participant).into_iter();
            let days = days
                .map(|days| common(&days, &assignment.effective))
                .map(|days| common(&days, &plan.effective))
                .map(|days| common(&days, &employed))
                .filter(|days| !days.is_empty())
                .collect::<Vec<_>>();
            days.into_iter().map(move |days| (participant, days))
        })
    })
}

/// Whom an assignment can be about. One person is looked up: a plan may name all of thousands.
fn people_of<'a>(
    assignment: &PlanAssignment,
    set: &'a DefinitionSet,
) -> Box<dyn Iterator<Item = &'a Participant> + 'a> {
    match &assignment.to {
        AssignedTo::Participant(id) => Box::new(set.participants.get(id).into_iter()),
        AssignedTo::Plan(_) | AssignedTo::Attribute(_, _) => Box::new(set.participants.values()),
    }
}

fn employed(participant: &Participant) -> DateRange {
    DateRange {
        from: participant.start,
        to: participant.end.and_then(|last| last.succ_opt()),
    }
}

/// When an assignment is about a participant.
fn days_of(to: &AssignedTo, participant: &Participant) -> Vec<DateRange> {
    let always = |is_meant: bool| is_meant.then_some(DateRange::ALWAYS).into_iter().collect();
    match to {
        AssignedTo::Participant(id) => always(participant.id == *id),
        AssignedTo::Plan(plan) => {
            let of_plan = participant.assignments.iter().filter(|a| a.plan == *plan);
            of_plan.map(|assignment| assignment.effective).collect()
        }
        AssignedTo::Attribute(name, text) => match participant.attributes.get(name) {
            Some(Value::Text(has)) => always(has.as_str() == text),
            Some(_) | None => Vec::new(),
        },
    }
}

/// The categories of sales that a component is paid for, in rising order: those of its measures
/// that are a basis of earnings. Empty when one of these counts every category, so that such a
/// component shares a payment plan only where the plan names it or is shared by everything.
#[must_use]
pub fn categories_of(plan: &Plan, component: &Component) -> Vec<CategoryId> {
    let rate_input = component.rate.as_ref().map(|rate| &rate.input);
    let used: BTreeSet<&MeasureId> = component.measures.iter().chain(rate_input).collect();
    let mut all = BTreeSet::new();
    for measure in plan.measures.iter().filter(|one| used.contains(&one.id)) {
        match &measure.source {
            MeasureSource::Credits {
                categories,
                earning_basis: true,
                ..
            } if categories.is_empty() => return Vec::new(),
            MeasureSource::Credits {
                categories,
                earning_basis: true,
                ..
            } => all.extend(categories.iter().cloned()),
            MeasureSource::Credits { .. } | MeasureSource::ReportEarnings { .. } => {}
        }
    }
    all.into_iter().collect()
}

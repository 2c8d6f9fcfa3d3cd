//! Whether the definitions of a workspace hold together: names that are referred to exist, dates
//! are in order, trees have no cycles. Rules, hierarchy and plans are checked where they compile.

use std::collections::BTreeSet;

use rust_decimal::Decimal;

use super::settings::ATTRIBUTES_MAX;
use super::{Definition, DefinitionKind, DefinitionSet, Participant, Team};
use crate::payment_plan::check_payment_plan;
use crate::plan::Plan;
use crate::refusal::{Reason, Refusal};
use crate::time::DateRange;

#[cfg(test)]
mod tests;

/// Names the definition a refusal is about, in its text and its details.
#[must_use]
pub fn about(kind: DefinitionKind, id: &str, refusal: Refusal) -> Refusal {
    let text = format!("{} `{id}`: {}", kind.name(), refusal.text);
    Refusal { text, ..refusal }
        .with("definition_kind", kind.name())
        .with("definition_id", id)
}

/// Everything that is wrong between definitions, in their order.
#[must_use]
pub fn check(set: &DefinitionSet) -> Vec<Refusal> {
    let mut wrong = Vec::new();
    check_singles(set, &mut wrong);
    for participant in set.participants.values() {
        let mut found = Vec::new();
        check_participant(set, participant, &mut found);
        let id = participant.id.as_str();
        wrong.extend(
            found
                .into_iter()
                .map(|r| about(DefinitionKind::Participant, id, r)),
        );
    }
    for team in set.teams.values() {
        let mut found = Vec::new();
        check_team(set, team, &mut found);
        let id = team.id.as_str();
        wrong.extend(
            found
                .into_iter()
                .map(|r| about(DefinitionKind::Team, id, r)),
        );
    }
    for plan in set.payment_plans.values() {
        let found = check_payment_plan(plan, set).into_iter();
        let (kind, id) = (DefinitionKind::PaymentPlan, plan.id.as_str());
        wrong.extend(found.map(|refusal| about(kind, id, refusal)));
    }
    wrong
}

fn check_singles(set: &DefinitionSet, wrong: &mut Vec<Refusal>) {
    type Check = fn(&DefinitionSet, &mut Vec<Refusal>);
    let checks: [(DefinitionKind, &str, Check); 5] = [
        (DefinitionKind::Settings, "settings", check_settings),
        (DefinitionKind::Attributes, "attributes", check_attributes),
        (DefinitionKind::Calendar, "calendar", check_calendar),
        (DefinitionKind::Rates, "rates", check_rates),
        (DefinitionKind::Categories, "categories", check_categories),
    ];
    for (kind, id, run) in checks {
        let mut found = Vec::new();
        run(set, &mut found);
        wrong.extend(found.into_iter().map(|refusal| about(kind, id, refusal)));
    }
}

fn check_settings(set: &DefinitionSet, wrong: &mut Vec<Refusal>) {
    let Some(settings) = &set.settings else {
        let text = "a workspace needs settings: a document with `kind: settings`";
        wrong.push(Refusal::new(Reason::MissingValue, text));
        return;
    };
    if let Some(category) = &settings.default_category
        && !set.categories.contains(category)
    {
        let text = format!("the category tree has no `{category}`");
        wrong.push(Refusal::new(Reason::UnknownCategory, text).at("default_category"));
    }
}

fn check_attributes(set: &DefinitionSet, wrong: &mut Vec<Refusal>) {
    let count = set.attributes.transaction.len();
    if count > ATTRIBUTES_MAX {
        let text = format!("{count} attributes; the limit is {ATTRIBUTES_MAX}");
        wrong.push(Refusal::new(Reason::TooMany, text).at("transaction"));
    }
}

fn check_calendar(set: &DefinitionSet, wrong: &mut Vec<Refusal>) {
    let periods = &set.calendar.periods;
    let mut names = BTreeSet::new();
    for (index, period) in periods.iter().enumerate() {
        let field = format!("periods[{index}]");
        if period.start >= period.end {
            let text = format!("`{}` ends on {} before it starts", period.id, period.end);
            wrong.push(Refusal::new(Reason::BadCalendar, text).at(format!("{field}.to")));
        }
        if !names.insert(&period.id) {
            let text = format!("`{}` is there twice", period.id);
            wrong.push(Refusal::new(Reason::Duplicate, text).at(format!("{field}.id")));
        }
    }
    for (index, pair) in periods.windows(2).enumerate() {
        let [before, after] = pair else { continue };
        if before.end != after.start {
            let what = if before.end < after.start {
                "a gap"
            } else {
                "an overlap"
            };
            let text = format!("there is {what} between `{}` and `{}`", before.id, after.id);
            let field = format!("periods[{}].from", index + 1);
            wrong.push(Refusal::new(Reason::BadCalendar, text).at(field));
        }
    }
    check_spans(set, wrong);
}

/// The periods of a quarter, and of a year, stand next to each other.
fn check_spans(set: &DefinitionSet, wrong: &mut Vec<Refusal>) {
    let (mut quarters, mut years) = (BTreeSet::new(), BTreeSet::new());
    for (index, period) in set.calendar.periods.iter().enumerate() {
        let before = index
            .checked_sub(1)
            .and_then(|i| set.calendar.periods.get(i));
        let spans = [
            (
                &mut quarters,
                &period.quarter,
                before.map(|b| &b.quarter),
                "quarter",
            ),
            (&mut years, &period.year, before.map(|b| &b.year), "year"),
        ];
        for (seen, here, before, name) in spans {
            if !seen.insert(here.clone()) && before != Some(here) {
                let text = format!("the periods of `{here}` do not stand next to each other");
                let field = format!("periods[{index}].{name}");
                wrong.push(Refusal::new(Reason::BadCalendar, text).at(field));
            }
        }
    }
}

fn check_rates(set: &DefinitionSet, wrong: &mut Vec<Refusal>) {
    let rates = &set.rates.rates;
    for (index, rate) in rates.iter().enumerate() {
        let field = format!("rates[{index}]");
        if rate.rate <= Decimal::ZERO {
            let text = format!("a rate is positive; this is {}", rate.rate);
            wrong.push(Refusal::new(Reason::OutOfRange, text).at(format!("{field}.rate")));
        }
        let before = index.checked_sub(1).and_then(|i| rates.get(i));
        if before.is_some_and(|b| (b.from, b.to, b.date) >= (rate.from, rate.to, rate.date)) {
            let text = format!(
                "{} to {} has two rates for {}",
                rate.from, rate.to, rate.date
            );
            wrong.push(Refusal::new(Reason::Duplicate, text).at(field));
        }
    }
}

fn check_categories(set: &DefinitionSet, wrong: &mut Vec<Refusal>) {
    let tree = &set.categories.parents;
    for (category, parent) in tree {
        let Some(parent) = parent else { continue };
        if !tree.contains_key(parent) {
            let text = format!("the parent `{parent}` does not exist");
            wrong.push(Refusal::new(Reason::UnknownCategory, text).at(category.as_str()));
        } else if set.categories.is_within(parent, category) {
            let text = format!("`{category}` would lie below itself");
            wrong.push(Refusal::new(Reason::Cycle, text).at(category.as_str()));
        }
    }
}

fn check_range(range: DateRange, field: &str, wrong: &mut Vec<Refusal>) {
    if range.is_empty() {
        let text = format!("{range} holds no date");
        wrong.push(Refusal::new(Reason::OutOfRange, text).at(field));
    }
}

fn check_participant(set: &DefinitionSet, participant: &Participant, wrong: &mut Vec<Refusal>) {
    if let (Some(start), Some(end)) = (participant.start, participant.end)
        && end < start
    {
        let text = format!("ends on {end}, before the start on {start}");
        wrong.push(Refusal::new(Reason::OutOfRange, text).at("end"));
    }
    if let Some(group) = &participant.pay_group
        && !set.pay_groups.contains_key(group)
    {
        let text = format!("there is no pay group `{group}`");
        wrong.push(Refusal::new(Reason::UnknownReference, text).at("pay_group"));
    }
    for (index, line) in participant.reports_to.iter().enumerate() {
        let field = format!("reports_to[{index}]");
        check_range(line.effective, &field, wrong);
        if !set.participants.contains_key(&line.manager) {
            let text = format!("there is no participant `{}`", line.manager);
            let field = format!("{field}.manager");
            wrong.push(Refusal::new(Reason::UnknownReference, text).at(field));
        }
    }
    check_assignments(set, participant, wrong);
}

fn check_assignments(set: &DefinitionSet, participant: &Participant, wrong: &mut Vec<Refusal>) {
    for (index, assignment) in participant.assignments.iter().enumerate() {
        let field = format!("plans[{index}]");
        check_range(assignment.effective, &field, wrong);
        let twice = participant.assignments.iter().take(index).any(|earlier| {
            earlier.plan == assignment.plan && earlier.effective.overlaps(&assignment.effective)
        });
        if twice {
            let text = format!("is in plan `{}` twice at the same time", assignment.plan);
            wrong.push(Refusal::new(Reason::Duplicate, text).at(field.as_str()));
        }
        let Some(plan) = set.plans.get(&assignment.plan) else {
            let text = format!("there is no plan `{}`", assignment.plan);
            let field = format!("{field}.plan");
            wrong.push(Refusal::new(Reason::UnknownReference, text).at(field));
            continue;
        };
        check_personal(&plan.plan, assignment, &field, wrong);
    }
}

fn check_personal(
    plan: &Plan,
    assignment: &super::participant::Assignment,
    field: &str,
    wrong: &mut Vec<Refusal>,
) {
    for goal in assignment.goals.keys() {
        if !plan.goals.iter().any(|named| named.id == *goal) {
            let text = format!("plan `{}` has no goal `{goal}`", plan.id);
            let field = format!("{field}.goals.{goal}");
            wrong.push(Refusal::new(Reason::UnknownReference, text).at(field));
        }
    }
    for table in assignment.rate_tables.keys() {
        if !plan.rate_tables.iter().any(|known| known.id == *table) {
            let text = format!("plan `{}` has no rate table `{table}`", plan.id);
            let field = format!("{field}.rate_tables.{table}");
            wrong.push(Refusal::new(Reason::UnknownReference, text).at(field));
        }
    }
    if assignment
        .target_incentive
        .is_some_and(|target| target < Decimal::ZERO)
    {
        let text = "a target incentive is not negative";
        let field = format!("{field}.target_incentive");
        wrong.push(Refusal::new(Reason::OutOfRange, text).at(field));
    }
}

fn check_team(set: &DefinitionSet, team: &Team, wrong: &mut Vec<Refusal>) {
    let unknown = |id: &crate::ids::ParticipantId| {
        Refusal::new(
            Reason::UnknownReference,
            format!("there is no participant `{id}`"),
        )
    };
    if let Some(lead) = &team.lead
        && !set.participants.contains_key(lead)
    {
        wrong.push(unknown(lead).at("lead"));
    }
    for (index, member) in team.members.iter().enumerate() {
        let field = format!("members[{index}]");
        check_range(member.effective, &field, wrong);
        if !set.participants.contains_key(&member.participant) {
            wrong.push(unknown(&member.participant).at(format!("{field}.participant")));
        }
    }
}

/// The kinds that cannot be deleted: records refer to them, or everything does. What is owed under
/// a payment plan that is deleted stays owed, and is recovered as what is owed under no plan.
#[must_use]
pub fn is_deletable(definition: &Definition) -> bool {
    match definition {
        Definition::RuleSet(_)
        | Definition::Team(_)
        | Definition::PayGroup(_)
        | Definition::PaymentPlan(_) => true,
        Definition::Settings(_)
        | Definition::Attributes(_)
        | Definition::Calendar(_)
        | Definition::Rates(_)
        | Definition::Categories(_)
        | Definition::CategoryRules(_)
        | Definition::Plan(_)
        | Definition::Participant(_) => false,
    }
}

//! Whether a plan holds together: everything that would make a calculation fail for everybody is
//! refused when the plan is saved.

mod components;
mod goals;
mod overlap;
mod tables;

use std::collections::BTreeSet;
use std::fmt::Display;

use rust_decimal::Decimal;

use super::compiled::compile_plan;
use crate::definition::DefinitionSet;
use crate::money::check_number;
use crate::plan::{Measure, MeasureSource, Plan};
use crate::refusal::{Reason, Refusal};

pub(super) use tables::check_table;

/// Collects what is wrong with one plan.
struct Wrong<'a> {
    plan: &'a Plan,
    set: &'a DefinitionSet,
    refusals: Vec<Refusal>,
}

impl Wrong<'_> {
    fn add(&mut self, reason: Reason, field: impl Into<String>, text: impl Display) {
        let text = format!("plan `{}`: {text}", self.plan.id);
        let refusal = Refusal::new(reason, text)
            .at(field)
            .with("plan", &self.plan.id);
        self.refusals.push(refusal);
    }

    /// A refusal made elsewhere, about a field of the plan.
    fn take(&mut self, refusal: Refusal) {
        let text = format!("plan `{}`: {}", self.plan.id, refusal.text);
        self.refusals
            .push(Refusal { text, ..refusal }.with("plan", &self.plan.id));
    }

    fn unknown(&mut self, field: impl Into<String>, what: &str, name: impl Display) {
        self.add(
            Reason::UnknownReference,
            field,
            format!("there is no {what} `{name}`"),
        );
    }

    fn number(&mut self, field: impl Into<String>, number: Decimal) {
        if let Err(error) = check_number(number) {
            self.add(Reason::OutOfRange, field, format!("{number} {error}"));
        }
    }

    fn not_negative(&mut self, field: &str, number: Decimal) {
        self.number(field, number);
        if number < Decimal::ZERO {
            self.add(Reason::BadPlan, field, format!("{number} is negative"));
        }
    }

    fn unique<'n, N: Ord + Display + 'n>(
        &mut self,
        list: &str,
        what: &str,
        names: impl Iterator<Item = &'n N>,
    ) {
        let mut seen = BTreeSet::new();
        for (index, name) in names.enumerate() {
            if !seen.insert(name) {
                let text = format!("there are two {what}s `{name}`");
                self.add(Reason::Duplicate, format!("{list}[{index}].id"), text);
            }
        }
    }
}

/// Everything that is wrong with a plan, among the definitions it is to live with.
#[must_use]
pub fn check_plan(plan: &Plan, set: &DefinitionSet) -> Vec<Refusal> {
    let mut wrong = Wrong {
        plan,
        set,
        refusals: Vec::new(),
    };
    wrong.unique("measures", "measure", plan.measures.iter().map(|m| &m.id));
    wrong.unique("goals", "goal", plan.goals.iter().map(|g| &g.id));
    wrong.unique("factors", "factor", plan.factors.iter().map(|f| &f.id));
    wrong.unique(
        "components",
        "component",
        plan.components.iter().map(|c| &c.id),
    );
    for (index, measure) in plan.measures.iter().enumerate() {
        check_measure(&mut wrong, &format!("measures[{index}]"), measure);
    }
    for (index, named) in plan.goals.iter().enumerate() {
        goals::check_goal(&mut wrong, &format!("goals[{index}]"), &named.goal);
    }
    check_factors(&mut wrong);
    tables::check_tables(&mut wrong);
    for (index, component) in plan.components.iter().enumerate() {
        components::check_component(&mut wrong, &format!("components[{index}]"), component);
    }
    overlap::check_overlap(&mut wrong);
    let mut refusals = wrong.refusals;
    if let Err(of_expressions) = compile_plan(plan, 0, set) {
        refusals.extend(of_expressions);
    }
    refusals
}

fn check_measure(wrong: &mut Wrong<'_>, field: &str, measure: &Measure) {
    let (plan, set) = (wrong.plan, wrong.set);
    if let Some(goal) = &measure.goal
        && !plan.goals.iter().any(|named| named.id == *goal)
    {
        wrong.unknown(format!("{field}.goal"), "goal", goal);
    }
    match &measure.source {
        MeasureSource::Credits { categories, .. } => {
            for (index, category) in categories.iter().enumerate() {
                if !set.categories.contains(category) {
                    wrong.unknown(format!("{field}.categories[{index}]"), "category", category);
                }
            }
        }
        MeasureSource::ReportEarnings { components, .. } => {
            for (index, (of_plan, component)) in components.iter().enumerate() {
                let named = if *of_plan == plan.id {
                    Some(plan)
                } else {
                    set.plans.get(of_plan).map(|versioned| &versioned.plan)
                };
                let found = named.and_then(|p| p.components.iter().find(|c| c.id == *component));
                let place = format!("{field}.components[{index}]");
                match found.map(|component| component.phase) {
                    None => wrong.unknown(place, "component", format!("{of_plan}/{component}")),
                    Some(crate::plan::Phase::First) => {}
                    Some(crate::plan::Phase::Second) => {
                        let text = format!("`{of_plan}/{component}` is of the second phase itself");
                        wrong.add(Reason::BadPlan, place, text);
                    }
                }
            }
        }
    }
}

fn check_factors(wrong: &mut Wrong<'_>) {
    let (plan, set) = (wrong.plan, wrong.set);
    for (index, factor) in plan.factors.iter().enumerate() {
        for (number, entry) in factor.entries.iter().enumerate() {
            let field = format!("factors[{index}].entries[{number}]");
            wrong.number(format!("{field}.value"), entry.value);
            if let Some(category) = &entry.category
                && !set.categories.contains(category)
            {
                wrong.unknown(format!("{field}.category"), "category", category);
            }
            if entry.effective.is_empty() {
                wrong.add(
                    Reason::BadPlan,
                    format!("{field}.effective"),
                    "holds no date",
                );
            }
        }
    }
}

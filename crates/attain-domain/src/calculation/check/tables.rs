//! Rate tables: tiers rise without gap or overlap, and there is one value per cell.

use std::collections::BTreeSet;

use rust_decimal::Decimal;

use super::Wrong;
use crate::money::check_number;
use crate::plan::{Axis, DimensionInput, RateTable, RateValues, Tier};
use crate::refusal::{Reason, Refusal};

pub(super) fn check_tables(wrong: &mut Wrong<'_>) {
    let plan = wrong.plan;
    for (index, table) in plan.rate_tables.iter().enumerate() {
        let field = format!("rate_tables[{index}]");
        for refusal in check_table(table) {
            wrong.take(refusal.inside(&field));
        }
        for earlier in plan.rate_tables.iter().take(index) {
            if earlier.id == table.id && earlier.effective.overlaps(&table.effective) {
                let text = format!("two versions of rate table `{}` share dates", table.id);
                wrong.add(Reason::Duplicate, format!("{field}.effective"), text);
            }
        }
        for (number, dimension) in table.dimensions.iter().enumerate() {
            let place = format!("{field}.dimensions[{number}].input");
            let (id, needs_goal) = match &dimension.input {
                DimensionInput::Value(id) => (id, false),
                DimensionInput::PercentOfGoal(id) => (id, true),
                DimensionInput::Text(_) => continue,
            };
            match plan.measures.iter().find(|measure| measure.id == *id) {
                None => wrong.unknown(place, "measure", id),
                Some(measure) if needs_goal && measure.goal.is_none() => {
                    wrong.add(
                        Reason::BadPlan,
                        place,
                        format!("measure `{id}` has no goal"),
                    );
                }
                Some(_) => {}
            }
        }
    }
}

/// What is wrong with a table by itself; fields from its root.
pub(in crate::calculation) fn check_table(table: &RateTable) -> Vec<Refusal> {
    let mut refusals = Vec::new();
    let mut cells: usize = 1;
    for (number, dimension) in table.dimensions.iter().enumerate() {
        let field = format!("dimensions[{number}]");
        cells = cells.saturating_mul(dimension.axis.len());
        let fits = match (&dimension.input, &dimension.axis) {
            (DimensionInput::Value(_) | DimensionInput::PercentOfGoal(_), Axis::Tiers(tiers)) => {
                check_tiers(&field, tiers, &mut refusals);
                true
            }
            (DimensionInput::Text(_), Axis::Texts(texts)) => {
                check_texts(&field, texts, &mut refusals);
                true
            }
            (DimensionInput::Text(_), Axis::Tiers(_)) => false,
            (DimensionInput::Value(_) | DimensionInput::PercentOfGoal(_), Axis::Texts(_)) => false,
        };
        if !fits {
            let text = "a text is looked up among texts, a number among tiers";
            refusals.push(Refusal::new(Reason::TableShape, text).at(&*field));
        }
        if dimension.axis.is_empty() {
            refusals.push(Refusal::new(Reason::TableShape, "has no rows").at(&*field));
        }
    }
    let values = match &table.values {
        RateValues::Percents(values) | RateValues::Amounts(values) => values,
    };
    if values.len() != cells {
        let text = format!("has {} values for {cells} cells", values.len());
        let refusal = Refusal::new(Reason::TableShape, text).at("values");
        refusals.push(refusal.with("cells", cells).with("values", values.len()));
    }
    for (index, value) in values.iter().enumerate() {
        check_range(format!("values[{index}]"), *value, &mut refusals);
    }
    if table.effective.is_empty() {
        refusals.push(Refusal::new(Reason::BadPlan, "holds no date").at("effective"));
    }
    refusals
}

fn check_range(field: String, value: Decimal, refusals: &mut Vec<Refusal>) {
    if let Err(error) = check_number(value) {
        let text = format!("{value} {error}");
        refusals.push(Refusal::new(Reason::OutOfRange, text).at(field));
    }
}

fn check_texts(field: &str, texts: &[smol_str::SmolStr], refusals: &mut Vec<Refusal>) {
    let mut seen = BTreeSet::new();
    for (index, text) in texts.iter().enumerate() {
        if !seen.insert(text) {
            let refusal = Refusal::new(Reason::Duplicate, format!("there are two rows `{text}`"));
            refusals.push(refusal.at(format!("{field}.texts[{index}]")));
        }
    }
}

fn check_tiers(field: &str, tiers: &[Tier], refusals: &mut Vec<Refusal>) {
    for (index, tier) in tiers.iter().enumerate() {
        let place = |end: &str| format!("{field}.tiers[{index}].{end}");
        check_range(place("from"), tier.from, refusals);
        if let Some(to) = tier.to {
            check_range(place("to"), to, refusals);
            if to <= tier.from {
                let text = format!("the tier from {} to {to} holds nothing", tier.from);
                refusals.push(Refusal::new(Reason::TierOverlap, text).at(place("to")));
            }
        }
        let Some(before) = index.checked_sub(1).and_then(|before| tiers.get(before)) else {
            continue;
        };
        let (reason, text) = match before.to {
            None => (
                Reason::TierOverlap,
                format!(
                    "only the last tier may be open, but one from {} follows",
                    tier.from
                ),
            ),
            Some(end) if end < tier.from => (
                Reason::TierGap,
                format!("nothing covers {end} to {}", tier.from),
            ),
            Some(end) if end > tier.from => (
                Reason::TierOverlap,
                format!("{} to {end} is in two tiers", tier.from),
            ),
            Some(_) => continue,
        };
        refusals.push(Refusal::new(reason, text).at(place("from")));
    }
}

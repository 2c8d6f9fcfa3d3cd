//! Cells of rate tables that no input comes to, or that never pay.

use rust_decimal::Decimal;

use super::{Finding, FindingCode};
use crate::calculation::factor::within;
use crate::definition::DefinitionSet;
use crate::expression::Value;
use crate::ids::CategoryId;
use crate::plan::{
    Axis, Component, Dimension, DimensionInput, IndirectCredits, MeasureSource, Plan, SplitMode,
    Threshold,
};

pub(super) fn unreachable_cells(
    plan: &Plan,
    component: &Component,
    set: &DefinitionSet,
    findings: &mut Vec<Finding>,
) {
    let Some(usage) = &component.rate else { return };
    for table in plan
        .rate_tables
        .iter()
        .filter(|table| table.id == usage.table)
    {
        for dimension in &table.dimensions {
            let mut add = |text: String, counter_example: String| {
                findings.push(Finding {
                    code: FindingCode::UnreachableCell,
                    component: component.id.clone(),
                    text: format!("rate table `{}`: {text}", table.id),
                    counter_example,
                });
            };
            if let (SplitMode::Flat, Some(threshold)) = (usage.split, &component.threshold) {
                below_threshold(dimension, threshold, &mut add);
            }
            if let (DimensionInput::Text(name), Axis::Texts(texts)) =
                (&dimension.input, &dimension.axis)
            {
                for text in texts {
                    if let Some(why) = never(plan, component, set, name, text) {
                        add(format!("row `{text}` is never looked up"), why);
                    }
                }
            }
        }
    }
}

fn below_threshold(
    dimension: &Dimension,
    threshold: &Threshold,
    add: &mut impl FnMut(String, String),
) {
    let on_threshold = match &dimension.input {
        DimensionInput::PercentOfGoal(measure) => *measure == threshold.measure,
        DimensionInput::Value(_) | DimensionInput::Text(_) => false,
    };
    let Axis::Tiers(tiers) = &dimension.axis else {
        return;
    };
    for tier in tiers.iter().filter(|_| on_threshold) {
        if let Some(to) = tier.to
            && to <= threshold.percent
            && to > Decimal::ZERO
        {
            let percent = threshold.percent;
            let text = format!("the tier from {} to {to} never pays", tier.from);
            let example = format!(
                "at {} percent the threshold of {percent} is not reached",
                tier.from
            );
            add(text, example);
        }
    }
}

/// Why a text never comes up, if so.
fn never(
    plan: &Plan,
    component: &Component,
    set: &DefinitionSet,
    name: &str,
    text: &str,
) -> Option<String> {
    match name {
        "credit.kind" => {
            let wanted: &[&str] = match component.indirect {
                IndirectCredits::None => &["direct"],
                IndirectCredits::Manager => &["direct", "indirect"],
                IndirectCredits::Team => &["direct", "team"],
                IndirectCredits::All => &["direct", "indirect", "team"],
            };
            (!wanted.contains(&text))
                .then(|| format!("credits that count are {}", wanted.join(" or ")))
        }
        "credit.category" => never_category(plan, component, set, text),
        "transaction.type" => {
            let (_, types) = counted(plan, component)?;
            let known = types.iter().any(|kind| kind.as_str() == text);
            (!types.is_empty() && !known).then(|| format!("no measure counts a `{text}`"))
        }
        _ => {
            let attribute = name
                .strip_prefix("participant.")
                .filter(|name| *name != "id")?;
            let has = |value: &Value| *value == Value::Text(text.into());
            let mut people = set.participants.values().filter(|person| {
                person
                    .assignments
                    .iter()
                    .any(|assignment| assignment.plan == plan.id)
            });
            let anybody = people.clone().next().is_some();
            let known = people.any(|person| {
                let mut own = person.attributes.iter();
                own.any(|(name, value)| name.as_str() == attribute && has(value))
            });
            (anybody && !known).then(|| format!("nobody in the plan has {name} `{text}`"))
        }
    }
}

/// Categories and types that the first measure counts.
fn counted<'p>(
    plan: &'p Plan,
    component: &Component,
) -> Option<(&'p [CategoryId], &'p [crate::ids::TransactionType])> {
    let id = component.measures.first()?;
    let measure = plan.measures.iter().find(|measure| measure.id == *id)?;
    match &measure.source {
        MeasureSource::Credits {
            categories,
            transaction_types,
            ..
        } => Some((categories, transaction_types)),
        MeasureSource::ReportEarnings { .. } => None,
    }
}

fn never_category(
    plan: &Plan,
    component: &Component,
    set: &DefinitionSet,
    text: &str,
) -> Option<String> {
    let category = CategoryId::parse(text).ok()?;
    if !set.categories.contains(&category) {
        return Some(format!("there is no category `{text}`"));
    }
    let (categories, _) = counted(plan, component)?;
    let counts = within(&set.categories, categories);
    let below = within(&set.categories, std::slice::from_ref(&category));
    let comes = categories.is_empty() || below.iter().any(|category| counts.contains(category));
    (!comes).then(|| format!("no measure counts category `{text}`"))
}

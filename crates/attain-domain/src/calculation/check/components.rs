//! Components: what they name exists, and their settings go together.

use super::Wrong;
use crate::calculation::compiled::{lexicon_of, measures_of};
use crate::plan::{
    Axis, Basis, Component, Dimension, DimensionInput, Limit, Measure, MeasureSource, Phase,
    RateTable, RateUse, SplitMode,
};
use crate::refusal::Reason;

pub(super) fn check_component(wrong: &mut Wrong<'_>, field: &str, component: &Component) {
    check_measures(wrong, field, component);
    if component.instalments == 0 {
        let text = "an earning is paid in one part at least";
        wrong.add(Reason::BadPlan, format!("{field}.instalments"), text);
    }
    if component.effective.is_empty() {
        wrong.add(
            Reason::BadPlan,
            format!("{field}.effective"),
            "holds no date",
        );
    }
    if component.rate.is_none() && component.output.is_none() {
        let text = "a component needs a rate table, an output, or both";
        wrong.add(Reason::BadPlan, format!("{field}.rate"), text);
    }
    check_limits(wrong, field, component);
    if let Some(usage) = &component.rate {
        check_rate(wrong, &format!("{field}.rate"), component, usage);
    }
    if let Some(threshold) = &component.threshold {
        wrong.not_negative(&format!("{field}.threshold.percent"), threshold.percent);
        let place = format!("{field}.threshold.measure");
        match measure(wrong, &threshold.measure) {
            None => wrong.unknown(place, "measure", &threshold.measure),
            Some(measure) if measure.goal.is_none() => {
                let text = format!("measure `{}` has no goal", threshold.measure);
                wrong.add(Reason::BadPlan, place, text);
            }
            Some(_) => {}
        }
    }
}

fn measure<'p>(wrong: &Wrong<'p>, id: &crate::ids::MeasureId) -> Option<&'p Measure> {
    wrong.plan.measures.iter().find(|measure| measure.id == *id)
}

fn check_measures(wrong: &mut Wrong<'_>, field: &str, component: &Component) {
    if component.measures.is_empty() {
        wrong.add(
            Reason::BadPlan,
            format!("{field}.measures"),
            "a component needs a measure",
        );
    }
    for (index, id) in component.measures.iter().enumerate() {
        let place = format!("{field}.measures[{index}]");
        if component
            .measures
            .iter()
            .take(index)
            .any(|earlier| earlier == id)
        {
            let text = format!("measure `{id}` is listed twice");
            wrong.add(Reason::Duplicate, place, text);
        } else if measure(wrong, id).is_none() {
            wrong.unknown(place, "measure", id);
        }
    }
    for (index, id) in measures_of(component, wrong.plan).iter().enumerate() {
        let Some(measure) = measure(wrong, id) else {
            continue;
        };
        let of_reports = match measure.source {
            MeasureSource::Credits { .. } => false,
            MeasureSource::ReportEarnings { .. } => true,
        };
        if of_reports && component.phase == Phase::First {
            let text = format!("measure `{id}` adds up reports' earnings: second phase only");
            wrong.add(Reason::BadPlan, format!("{field}.phase"), text);
        }
        if of_reports && index == 0 && matches!(component.basis, Basis::PerEvent { .. }) {
            let text = "the first measure of a per-event component counts credits";
            wrong.add(Reason::BadPlan, format!("{field}.measures[0]"), text);
        }
    }
}

fn check_limits(wrong: &mut Wrong<'_>, field: &str, component: &Component) {
    for (name, limit) in [("cap", component.cap), ("floor", component.floor)] {
        match limit {
            Some(Limit::Amount(amount) | Limit::PercentOfTarget(amount)) => {
                wrong.number(format!("{field}.{name}"), amount);
            }
            None => {}
        }
    }
    if component.floor.is_some() && matches!(component.basis, Basis::PerEvent { .. }) {
        let text = "only a per-interval component can have a floor";
        wrong.add(Reason::BadPlan, format!("{field}.floor"), text);
    }
    let both = match (component.cap, component.floor) {
        (Some(Limit::Amount(cap)), Some(Limit::Amount(floor)))
        | (Some(Limit::PercentOfTarget(cap)), Some(Limit::PercentOfTarget(floor))) => {
            Some((cap, floor))
        }
        _ => None,
    };
    if let Some((cap, floor)) = both
        && floor > cap
    {
        let text = format!("the floor of {floor} is above the cap of {cap}");
        wrong.add(Reason::BadPlan, format!("{field}.floor"), text);
    }
}

fn check_rate(wrong: &mut Wrong<'_>, field: &str, component: &Component, usage: &RateUse) {
    let plan = wrong.plan;
    if measure(wrong, &usage.input).is_none() {
        wrong.unknown(format!("{field}.input"), "measure", &usage.input);
    }
    let tables = plan.rate_tables.iter().enumerate();
    let versions: Vec<(usize, &RateTable)> = tables
        .filter(|(_, table)| table.id == usage.table)
        .collect();
    if versions.is_empty() {
        wrong.unknown(format!("{field}.table"), "rate table", &usage.table);
    }
    let lexicon = lexicon_of(component, plan, wrong.set);
    for (index, table) in versions {
        for (number, dimension) in table.dimensions.iter().enumerate() {
            if let DimensionInput::Text(name) = &dimension.input
                && lexicon.text(name).is_none()
            {
                let place = format!("rate_tables[{index}].dimensions[{number}].input");
                let text = format!("component `{}` knows no text `{name}`", component.id);
                wrong.add(Reason::UnknownReference, place, text);
            }
        }
        if usage.split != SplitMode::Flat {
            check_split(wrong, field, table, usage);
        }
    }
}

fn check_split(wrong: &mut Wrong<'_>, field: &str, table: &RateTable, usage: &RateUse) {
    let on_input = |dimension: &&Dimension| match &dimension.input {
        DimensionInput::Value(id) | DimensionInput::PercentOfGoal(id) => *id == usage.input,
        DimensionInput::Text(_) => false,
    };
    let Some(split) = table.dimensions.iter().find(on_input) else {
        let text = format!(
            "rate table `{}` has no dimension on `{}` that could be split",
            table.id, usage.input
        );
        wrong.add(Reason::BadPlan, format!("{field}.split"), text);
        return;
    };
    let open = match &split.axis {
        Axis::Tiers(tiers) => tiers.last().is_some_and(|tier| tier.to.is_none()),
        Axis::Texts(_) => false,
    };
    if open && usage.split == SplitMode::Interpolated {
        let text = "interpolation needs an end of the last tier";
        wrong.add(Reason::BadPlan, format!("{field}.split"), text);
    }
}

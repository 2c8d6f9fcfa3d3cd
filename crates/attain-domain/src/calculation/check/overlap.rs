//! Whether one category counts, as a basis of earnings, in two components of a plan.

use std::collections::BTreeSet;

use super::Wrong;
use crate::calculation::factor::within;
use crate::ids::CategoryId;
use crate::plan::{Component, Measure, MeasureSource, Plan};
use crate::refusal::Reason;

pub(super) fn check_overlap(wrong: &mut Wrong<'_>) {
    let plan = wrong.plan;
    if plan.allow_category_overlap {
        return;
    }
    for (index, component) in plan.components.iter().enumerate() {
        for earlier in plan.components.iter().take(index) {
            if !earlier.effective.overlaps(&component.effective) {
                continue;
            }
            let Some((category, measure)) = common(wrong, earlier, component) else {
                continue;
            };
            let what = category.map_or("every category".to_owned(), |c| format!("category `{c}`"));
            let text = format!(
                "{what} counts in component `{}` and, by measure `{}`, in `{}`",
                earlier.id, measure.id, component.id
            );
            wrong.add(
                Reason::CategoryOverlap,
                format!("components[{index}].measures"),
                text,
            );
        }
    }
}

fn bases<'p>(plan: &'p Plan, component: &Component) -> Vec<(&'p Measure, &'p [CategoryId])> {
    let measures = component.measures.iter();
    let known = measures.filter_map(|id| plan.measures.iter().find(|m| m.id == *id));
    known
        .filter_map(|measure| match &measure.source {
            MeasureSource::Credits {
                categories,
                earning_basis: true,
                ..
            } => Some((measure, categories.as_slice())),
            MeasureSource::Credits { .. } | MeasureSource::ReportEarnings { .. } => None,
        })
        .collect()
}

/// A category that counts in both, and the measure of the second; no category is all of them.
fn common<'p>(
    wrong: &Wrong<'p>,
    first: &Component,
    second: &Component,
) -> Option<(Option<CategoryId>, &'p Measure)> {
    let tree = &wrong.set.categories;
    for (_, theirs) in bases(wrong.plan, first) {
        for (measure, ours) in bases(wrong.plan, second) {
            if theirs.is_empty() || ours.is_empty() {
                let one = theirs.first().or_else(|| ours.first());
                return Some((one.cloned(), measure));
            }
            let theirs: BTreeSet<CategoryId> = within(tree, theirs);
            if let Some(shared) = within(tree, ours).into_iter().find(|c| theirs.contains(c)) {
                return Some((Some(shared), measure));
            }
        }
    }
    None
}

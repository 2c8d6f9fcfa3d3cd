//! Which credits counted for an earning per interval.

use attain_domain::credit::{Credit, CreditKind, CreditPosition, CreditStatus};
use attain_domain::definition::CategoryTree;
use attain_domain::earning::Earning;
use attain_domain::ids::MeasureId;
use attain_domain::plan::{Component, IndirectCredits, MeasureSource, Plan};
use attain_domain::ports::{ChunkSize, Snapshot};
use attain_domain::refusal::Refusal;
use attain_domain::time::DateRange;

use super::explanation::{COUNTED_CREDITS_MAX, CountedCredits};
use crate::failure::store_refusal;
use crate::world::World;

/// The credits of the earning's interval, up to its date, that a measure of its component counts.
pub(super) async fn counted_credits(
    snapshot: &dyn Snapshot,
    world: &World,
    earning: &Earning,
    plan: &Plan,
    component: &Component,
) -> Result<CountedCredits, Refusal> {
    let mut counted = CountedCredits {
        count: 0,
        first: Vec::new(),
    };
    let calendar = &world.set.calendar;
    let Some(interval) = calendar.interval_at(component.interval, earning.date) else {
        return Ok(counted);
    };
    let to = earning.date.succ_opt().unwrap_or(interval.end);
    let range = DateRange::between(interval.start, to);
    let whose = std::slice::from_ref(&earning.key.participant);
    let mut after: Option<CreditPosition> = None;
    loop {
        let chunk = ChunkSize::largest();
        let page = snapshot
            .credits_of_participants(whose, range, after.as_ref(), chunk)
            .await;
        let page = page.map_err(store_refusal)?;
        let is_end = page.len() < chunk.rows();
        after = page.last().map(CreditPosition::of);
        for credit in page {
            if !counts(&world.set.categories, plan, component, &credit) {
                continue;
            }
            counted.count += 1;
            if counted.first.len() < COUNTED_CREDITS_MAX {
                counted.first.push(credit);
            }
        }
        if is_end {
            return Ok(counted);
        }
    }
}

fn counts(tree: &CategoryTree, plan: &Plan, component: &Component, credit: &Credit) -> bool {
    let is_wanted = match (credit.kind, component.indirect) {
        (CreditKind::Direct, _) | (_, IndirectCredits::All) => true,
        (CreditKind::Indirect, wanted) => wanted == IndirectCredits::Manager,
        (CreditKind::Team, wanted) => wanted == IndirectCredits::Team,
    };
    let is_eligible = credit.calculates && credit.status == CreditStatus::Eligible;
    let input = component.rate.iter().map(|rate| &rate.input);
    let mut measures = component.measures.iter().chain(input);
    is_wanted && is_eligible && measures.any(|id| is_measured(tree, plan, id, credit))
}

fn is_measured(tree: &CategoryTree, plan: &Plan, id: &MeasureId, credit: &Credit) -> bool {
    let measure = plan.measures.iter().find(|measure| measure.id == *id);
    match measure.map(|measure| &measure.source) {
        Some(MeasureSource::Credits {
            categories,
            transaction_types,
            ..
        }) => {
            let is_within = |wanted| {
                credit
                    .category
                    .as_ref()
                    .is_some_and(|category| tree.is_within(category, wanted))
            };
            (categories.is_empty() || categories.iter().any(is_within))
                && (transaction_types.is_empty() || transaction_types.contains(&credit.key.kind))
        }
        Some(MeasureSource::ReportEarnings { .. }) | None => false,
    }
}

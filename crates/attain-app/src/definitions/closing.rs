//! A period is closed when everything in it is settled: while something waits for Revert, for a
//! process, or for the calculation after them, it cannot be. What is closed stands, so what waits
//! there would be neither here nor there.

use attain_domain::definition::calendar::{Period, PeriodStatus};
use attain_domain::definition::check::about;
use attain_domain::definition::{DefinitionKind, DefinitionSet};
use attain_domain::ports::{ChunkSize, Snapshot, StoreError};
use attain_domain::refusal::{Reason, Refusal};
use attain_domain::run::Process;
use attain_domain::time::DateRange;

use crate::failure::store_refusal;

/// The periods that may not be closed yet, and why.
pub(super) async fn refuse_closing(
    snapshot: &dyn Snapshot,
    before: &DefinitionSet,
    after: &DefinitionSet,
) -> Result<Vec<Refusal>, Refusal> {
    let mut refusals = Vec::new();
    for period in newly_closed(before, after) {
        let waiting = waiting(snapshot, period).await.map_err(store_refusal)?;
        if let Some((reason, text)) = waiting {
            let refusal = Refusal::new(reason, text)
                .at(format!("periods.{}.status", period.id))
                .with("period", &period.id);
            refusals.push(about(DefinitionKind::Calendar, "calendar", refusal));
        }
    }
    Ok(refusals)
}

/// What waits in a period, in words.
async fn waiting(
    snapshot: &dyn Snapshot,
    period: &Period,
) -> Result<Option<(Reason, String)>, StoreError> {
    let range = DateRange::between(period.start, period.end);
    let id = &period.id;
    let pending = snapshot.pending(range).await?.rows();
    if pending > 0 {
        let text = format!("{pending} obsolete rows of {id} wait for Revert: run all over it");
        return Ok(Some((Reason::RevertPending, text)));
    }
    let running = snapshot.runs_open().await?;
    if let Some(run) = running.iter().find(|run| run.range.overlaps(&range)) {
        let text = format!("{} is at work on {id}", run.id);
        return Ok(Some((Reason::RunInProgress, text)));
    }
    let reversals = snapshot.waiting_reversal_count(range).await?;
    if reversals > 0 {
        let text =
            format!("{reversals} reversals of {id} wait for a calculation: run all over it");
        return Ok(Some((Reason::CalculationPending, text)));
    }
    if is_at_work(snapshot, period).await? {
        let text = format!("changes of {id} wait for a calculation: run all over it");
        return Ok(Some((Reason::CalculationPending, text)));
    }
    Ok(None)
}

async fn is_at_work(snapshot: &dyn Snapshot, period: &Period) -> Result<bool, StoreError> {
    let own = [period.id.clone()];
    for stage in [Process::Classify, Process::Credit, Process::RollUp] {
        if snapshot.work_count(stage, &own).await? > 0 {
            return Ok(true);
        }
    }
    let changes = snapshot.changes_after(&own, None, ChunkSize::new(1)).await?;
    Ok(!changes.is_empty())
}

/// The periods that were open, and are to be closed, in either way; and those that are to be closed
/// for good.
fn newly_closed<'a>(
    before: &'a DefinitionSet,
    after: &'a DefinitionSet,
) -> impl Iterator<Item = &'a Period> {
    after.calendar.periods.iter().filter(move |period| {
        let was = before.calendar.period(&period.id);
        let changed = was.is_some_and(|was| was.status != period.status);
        changed && period.status != PeriodStatus::Open
    })
}

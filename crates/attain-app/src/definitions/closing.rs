//! A period is closed when nothing in it is half done: not while something waits for Revert, or for
//! the calculation after it. What is closed stands, so what waits there would be neither here nor
//! there.

use attain_domain::definition::calendar::{Period, PeriodStatus};
use attain_domain::definition::check::about;
use attain_domain::definition::{DefinitionKind, DefinitionSet};
use attain_domain::ids::ParticipantId;
use attain_domain::ports::{ChunkSize, Snapshot, StoreError};
use attain_domain::refusal::{Reason, Refusal};
use attain_domain::run::{Change, Scope};
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
        let text = format!("{reversals} reversals of {id} wait for a calculation: run all over it");
        return Ok(Some((Reason::CalculationPending, text)));
    }
    if is_uncalculated(snapshot, period).await? {
        let text = format!("changes of {id} wait for a calculation: run all over it");
        return Ok(Some((Reason::CalculationPending, text)));
    }
    Ok(None)
}

/// Whether somebody whose credits or earnings have changed has any in the period. What was defined
/// anew for everybody, and sales that were never credited, leave nothing half done: they count once
/// the period is opened again.
async fn is_uncalculated(snapshot: &dyn Snapshot, period: &Period) -> Result<bool, StoreError> {
    let own = [period.id.clone()];
    let range = DateRange::between(period.start, period.end);
    let (most, one) = (ChunkSize::largest(), ChunkSize::new(1));
    let mut after: Option<Change> = None;
    loop {
        let page = snapshot.changes_after(&own, after.as_ref(), most).await?;
        let who = page.iter().filter_map(|change| match &change.scope {
            Scope::Participant(participant) => Some(participant.clone()),
            Scope::Everybody => None,
        });
        let who: Vec<ParticipantId> = who.collect();
        let credits = snapshot.credits_of_participants(&who, range, None, one);
        let earnings = snapshot.current_earnings(&who, range, None, one);
        if !credits.await?.is_empty() || !earnings.await?.is_empty() {
            return Ok(true);
        }
        if page.len() < most.rows() {
            return Ok(false);
        }
        after = page.last().cloned();
    }
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

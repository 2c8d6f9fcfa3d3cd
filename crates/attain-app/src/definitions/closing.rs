//! A period is not closed for good while something in it waits for Revert, or for the calculation
//! after it: nothing could ever settle it.

use attain_domain::definition::calendar::{Period, PeriodStatus};
use attain_domain::definition::check::about;
use attain_domain::definition::{DefinitionKind, DefinitionSet};
use attain_domain::ports::Snapshot;
use attain_domain::refusal::{Reason, Refusal};
use attain_domain::time::DateRange;

use crate::failure::store_refusal;

/// The periods that may not be closed for good yet.
pub(super) async fn refuse_closing(
    snapshot: &dyn Snapshot,
    before: &DefinitionSet,
    after: &DefinitionSet,
) -> Result<Vec<Refusal>, Refusal> {
    let mut refusals = Vec::new();
    for period in newly_closed(before, after) {
        let range = DateRange::between(period.start, period.end);
        let pending = snapshot.pending(range).await.map_err(store_refusal)?.rows();
        let waiting = snapshot.waiting_reversal_count(range).await;
        let waiting = waiting.map_err(store_refusal)?;
        let (reason, text) = if pending > 0 {
            let text = format!("{pending} obsolete rows of {} wait for Revert", period.id);
            (Reason::RevertPending, text)
        } else if waiting > 0 {
            let text = format!(
                "{waiting} reversals of {} wait for a calculation",
                period.id
            );
            (Reason::CalculationPending, text)
        } else {
            continue;
        };
        let refusal = Refusal::new(reason, text)
            .at(format!("periods.{}.status", period.id))
            .with("period", &period.id);
        refusals.push(about(DefinitionKind::Calendar, "calendar", refusal));
    }
    Ok(refusals)
}

fn newly_closed<'a>(
    before: &'a DefinitionSet,
    after: &'a DefinitionSet,
) -> impl Iterator<Item = &'a Period> {
    let is_closed = |period: &Period| period.status == PeriodStatus::PermanentlyClosed;
    let closed = after
        .calendar
        .periods
        .iter()
        .filter(move |period| is_closed(period));
    closed.filter(move |period| {
        let was = before.calendar.period(&period.id);
        was.is_some_and(|was| !is_closed(was))
    })
}

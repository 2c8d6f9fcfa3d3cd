//! What waits for Revert in open periods: how much, what comes first, and which dates belong
//! together. What stands in a closed period waits until it is opened again.

use std::collections::BTreeSet;

use attain_domain::credit::Credit;
use attain_domain::definition::calendar::PeriodStatus;
use attain_domain::earning::Earning;
use attain_domain::ids::{CreditId, TransactionId};
use attain_domain::ports::{ChunkSize, Pending, Snapshot};
use attain_domain::refusal::Refusal;
use attain_domain::time::{Date, DateRange};
use attain_domain::transaction::Transaction;

use crate::caller::Caller;
use crate::engine::Engine;
use crate::failure::store_refusal;
use crate::world::World;

/// How many rows are named.
pub(super) const NAMED_MAX: u32 = 100;

/// One row that waits for Revert.
#[derive(Clone, Debug, PartialEq)]
pub enum PendingRow {
    /// A transaction that was replaced.
    Transaction(Box<Transaction>),
    /// A credit that no longer counts.
    Credit(Box<Credit>),
    /// An earning that no longer counts.
    Earning(Box<Earning>),
}

/// What waits for Revert.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PendingReport {
    /// How much.
    pub counts: Pending,
    /// The first hundred rows: credits, then transactions, then earnings.
    pub first: Vec<PendingRow>,
}

impl Engine {
    /// What waits for Revert in the open periods that a range touches.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn pending(
        &self,
        caller: &Caller,
        range: DateRange,
    ) -> Result<PendingReport, Refusal> {
        let snapshot = self.snapshot(caller).await?;
        let world = self.world(caller, &*snapshot).await?;
        report(&*snapshot, &open_spans(&world, range)).await
    }
}

/// The open periods that a range touches, neighbours as one span.
pub(crate) fn open_spans(world: &World, range: DateRange) -> Vec<DateRange> {
    let mut spans: Vec<(Date, Date)> = Vec::new();
    for period in world.set.calendar.periods_in(range) {
        if period.status != PeriodStatus::Open {
            continue;
        }
        match spans.last_mut() {
            Some((_, end)) if *end == period.start => *end = period.end,
            _ => spans.push((period.start, period.end)),
        }
    }
    let spans = spans.into_iter();
    spans
        .map(|(start, end)| DateRange::between(start, end))
        .collect()
}

/// How much waits in some spans.
pub(super) async fn count(
    snapshot: &dyn Snapshot,
    spans: &[DateRange],
) -> Result<Pending, Refusal> {
    let mut all = Pending::default();
    for span in spans {
        let here = snapshot.pending(*span).await.map_err(store_refusal)?;
        all.transactions += here.transactions;
        all.credits += here.credits;
        all.earnings += here.earnings;
        all.first = all.first.into_iter().chain(here.first).min();
        all.last = all.last.into_iter().chain(here.last).max();
    }
    Ok(all)
}

/// What waits in some spans, with its first rows.
pub(super) async fn report(
    snapshot: &dyn Snapshot,
    spans: &[DateRange],
) -> Result<PendingReport, Refusal> {
    let counts = count(snapshot, spans).await?;
    let mut first = Vec::new();
    for span in spans {
        let room = |first: &[PendingRow]| {
            let used = u32::try_from(first.len()).unwrap_or(NAMED_MAX);
            (used < NAMED_MAX).then(|| ChunkSize::new(NAMED_MAX - used))
        };
        if let Some(chunk) = room(&first) {
            let rows = snapshot.obsolete_credits(*span, None, chunk).await;
            let rows = rows.map_err(store_refusal)?.into_iter();
            first.extend(rows.map(|row| PendingRow::Credit(Box::new(row))));
        }
        if let Some(chunk) = room(&first) {
            let rows = snapshot.obsolete_transactions(*span, None, chunk).await;
            let rows = rows.map_err(store_refusal)?.into_iter();
            first.extend(rows.map(|row| PendingRow::Transaction(Box::new(row))));
        }
        if let Some(chunk) = room(&first) {
            let rows = snapshot.obsolete_earnings(*span, None, chunk).await;
            let rows = rows.map_err(store_refusal)?.into_iter();
            first.extend(rows.map(|row| PendingRow::Earning(Box::new(row))));
        }
    }
    Ok(PendingReport { counts, first })
}

/// Dates that have to be reverted together: those of what is obsolete, and of what took its place.
pub(super) async fn linked_dates(
    snapshot: &dyn Snapshot,
    spans: &[DateRange],
) -> Result<BTreeSet<(Date, Date)>, Refusal> {
    let mut linked = BTreeSet::new();
    for span in spans {
        link_credits(snapshot, *span, &mut linked).await?;
        link_transactions(snapshot, *span, &mut linked).await?;
    }
    Ok(linked)
}

async fn link_credits(
    snapshot: &dyn Snapshot,
    span: DateRange,
    linked: &mut BTreeSet<(Date, Date)>,
) -> Result<(), Refusal> {
    let mut after: Option<CreditId> = None;
    loop {
        let chunk = ChunkSize::largest();
        let page = snapshot.obsolete_credits(span, after, chunk).await;
        let page = page.map_err(store_refusal)?;
        let ids: Vec<CreditId> = page.iter().map(|credit| credit.id).collect();
        let newer = snapshot.credits_adjusted_from(&ids).await;
        let newer = newer.map_err(store_refusal)?;
        linked.extend(page.iter().map(|old| (old.credit_date, old.credit_date)));
        linked.extend(newer.iter().filter_map(|new| {
            let place = page.binary_search_by_key(&new.adjusted_from?, |old| old.id);
            Some((page.get(place.ok()?)?.credit_date, new.credit_date))
        }));
        after = page.last().map(|credit| credit.id);
        if page.len() < chunk.rows() {
            return Ok(());
        }
    }
}

async fn link_transactions(
    snapshot: &dyn Snapshot,
    span: DateRange,
    linked: &mut BTreeSet<(Date, Date)>,
) -> Result<(), Refusal> {
    let mut after: Option<TransactionId> = None;
    loop {
        let chunk = ChunkSize::largest();
        let page = snapshot.obsolete_transactions(span, after, chunk).await;
        let page = page.map_err(store_refusal)?;
        let ids: Vec<TransactionId> = page.iter().filter_map(|old| old.replaced_by).collect();
        let newer = snapshot.transactions_by_id(&ids).await;
        let newer = newer.map_err(store_refusal)?;
        linked.extend(page.iter().map(|old| (old.event_date, old.event_date)));
        linked.extend(page.iter().filter_map(|old| {
            let place = newer.binary_search_by_key(&old.replaced_by?, |new| new.id);
            Some((old.event_date, newer.get(place.ok()?)?.event_date))
        }));
        after = page.last().map(|old| old.id);
        if page.len() < chunk.rows() {
            return Ok(());
        }
    }
}

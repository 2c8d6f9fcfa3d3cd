//! The gate: while something obsolete stands in the dates of a process, it is refused, and told what
//! it is. And Revert itself: its dates have to hold what is obsolete and what took its place.

use std::collections::BTreeSet;

use attain_domain::calculation::Window;
use attain_domain::definition::calendar::Period;
use attain_domain::ports::Snapshot;
use attain_domain::refusal::{Reason, Refusal};
use attain_domain::run::Process;
use attain_domain::time::{Date, DateRange};

use super::pending::{PendingReport, PendingRow, count, linked_dates, open_spans, report};
use crate::failure::store_refusal;
use crate::world::World;

/// How many dates a refusal names.
const NAMED_DATES_MAX: usize = 20;

/// Refuses a process over dates where something waits for Revert.
async fn refuse_pending(
    snapshot: &dyn Snapshot,
    world: &World,
    range: DateRange,
) -> Result<(), Refusal> {
    refuse_in(snapshot, &open_spans(world, range)).await
}

async fn refuse_in(snapshot: &dyn Snapshot, spans: &[DateRange]) -> Result<(), Refusal> {
    if count(snapshot, spans).await?.rows() == 0 {
        return Ok(());
    }
    Err(pending_refusal(&report(snapshot, spans).await?))
}

/// Refuses a payment batch while something up to its pay date waits for Revert, or for a
/// calculation after it.
pub(crate) async fn refuse_unsettled(
    snapshot: &dyn Snapshot,
    world: &World,
    pay_date: Date,
) -> Result<(), Refusal> {
    let range = DateRange {
        from: None,
        to: pay_date.succ_opt(),
    };
    // What is dated after the pay date is none of this batch's business.
    let until = |span: DateRange| DateRange {
        from: span.from,
        to: span.to.into_iter().chain(range.to).min(),
    };
    let spans: Vec<DateRange> = open_spans(world, range).into_iter().map(until).collect();
    refuse_in(snapshot, &spans).await?;
    let mut waiting = 0;
    for span in spans {
        let here = snapshot.waiting_reversal_count(span).await;
        waiting += here.map_err(store_refusal)?;
    }
    if waiting == 0 {
        return Ok(());
    }
    let text = format!(
        "{waiting} reversals up to {pay_date} wait for a calculation: run calculate, or run all"
    );
    Err(Refusal::new(Reason::CalculationPending, text).with("reversals", waiting))
}

/// The dates that Revert needs so as to take everything that waits, with what took its place; none
/// when nothing waits.
pub(crate) async fn pending_range(
    snapshot: &dyn Snapshot,
    world: &World,
) -> Result<Option<DateRange>, Refusal> {
    let spans = open_spans(world, DateRange::ALWAYS);
    let pending = count(snapshot, &spans).await?;
    let (Some(first), Some(last)) = (pending.first, pending.last) else {
        return Ok(None);
    };
    let linked = linked_dates(snapshot, &spans).await?;
    let dates = linked.into_iter().flat_map(|(old, new)| [old, new]);
    let dates: BTreeSet<Date> = dates.chain([first, last]).collect();
    let hull = dates.first().zip(dates.last());
    Ok(hull.map(|(first, last)| through(*first, *last)))
}

/// Refuses to revert dates that part what is obsolete from what took its place.
async fn refuse_parted(
    snapshot: &dyn Snapshot,
    world: &World,
    range: DateRange,
) -> Result<(), Refusal> {
    let missing = parted(snapshot, world, range).await?;
    if missing.is_empty() {
        return Ok(());
    }
    let smallest = widened(world, range, &missing);
    let named: Vec<String> = missing
        .iter()
        .take(NAMED_DATES_MAX)
        .map(ToString::to_string)
        .collect();
    let text = format!(
        "what is obsolete and what took its place are reverted together, and {} of their dates lie \
         outside: {}; the smallest range is {smallest}",
        missing.len(),
        named.join(", "),
    );
    Err(Refusal::new(Reason::OutOfRange, text)
        .at("range")
        .with("missing_dates", named.join(","))
        .with("smallest_range", smallest))
}

/// The dates whose credits and earnings a calculation over a range looks at: those of the whole
/// intervals that it adds up over. If something waited for Revert elsewhere in them, it would be
/// earned a second time for as long as it waits.
fn counted(world: &World, range: DateRange) -> DateRange {
    let periods = || world.set.calendar.periods_in(range);
    let from = periods().map(|period| period.start).min();
    let through = periods().map(Period::last_date).max();
    match (from, through) {
        (Some(from), Some(through)) => world.plans.reach(&world.set, Window { from, through }),
        _ => range,
    }
}

/// The dates that a run over a range has to revert: more than its own, where what it adds up lies
/// elsewhere, or what took the place of something obsolete.
pub(crate) async fn revert_range(
    snapshot: &dyn Snapshot,
    world: &World,
    process: Process,
    range: DateRange,
) -> Result<DateRange, Refusal> {
    let range = match process {
        Process::RunAll | Process::Calculate => {
            // What was calculated after its dates shifts with them, and is calculated again.
            let known = snapshot.calculations().await.map_err(store_refusal)?;
            let ends = known.iter().filter_map(|one| one.through.succ_opt());
            let to = range.to.map(|to| ends.fold(to, Date::max));
            counted(world, DateRange { to, ..range })
        }
        Process::Revert | Process::Classify | Process::Credit | Process::RollUp => range,
    };
    let missing = parted(snapshot, world, range).await?;
    Ok(widened(world, range, &missing))
}

/// The dates outside a range that have to be reverted with those within.
async fn parted(
    snapshot: &dyn Snapshot,
    world: &World,
    range: DateRange,
) -> Result<BTreeSet<Date>, Refusal> {
    let spans = open_spans(world, DateRange::ALWAYS);
    if count(snapshot, &spans).await?.rows() == 0 {
        return Ok(BTreeSet::new());
    }
    let linked = linked_dates(snapshot, &spans).await?;
    Ok(missing_dates(&linked, range))
}

/// The periods of a range and of some more dates, without a gap.
fn widened(world: &World, range: DateRange, more: &BTreeSet<Date>) -> DateRange {
    let Some((first, last)) = more.first().zip(more.last()) else {
        return range;
    };
    let last = last.succ_opt();
    let whole = DateRange {
        from: range.from.map(|from| from.min(*first)),
        to: range.to.zip(last).map(|(to, last)| to.max(last)),
    };
    let periods = || world.set.calendar.periods_in(whole);
    let start = periods().map(|period| period.start).min();
    let end = periods().map(|period| period.end).max();
    match (start, end) {
        (Some(start), Some(end)) => DateRange::between(start, end),
        _ => whole,
    }
}

/// The dates outside a range that belong to dates within it, and to those, and so on.
fn missing_dates(linked: &BTreeSet<(Date, Date)>, range: DateRange) -> BTreeSet<Date> {
    let mut missing = BTreeSet::new();
    loop {
        let is_held = |date: &Date| range.contains(*date) || missing.contains(date);
        let beyond: Vec<Date> = linked
            .iter()
            .filter_map(|(old, new)| match (is_held(old), is_held(new)) {
                (true, false) => Some(*new),
                (false, true) => Some(*old),
                (true, true) | (false, false) => None,
            })
            .collect();
        if beyond.is_empty() {
            return missing;
        }
        missing.extend(beyond);
    }
}

/// What a process does about what waits, before it begins.
pub(crate) async fn check(
    snapshot: &dyn Snapshot,
    world: &World,
    process: Process,
    range: DateRange,
) -> Result<(), Refusal> {
    match process {
        Process::Revert => refuse_parted(snapshot, world, range).await,
        // It reverts what belongs together.
        Process::RunAll => Ok(()),
        Process::Calculate => refuse_pending(snapshot, world, counted(world, range)).await,
        Process::Classify | Process::Credit | Process::RollUp => {
            refuse_pending(snapshot, world, range).await
        }
    }
}

fn through(first: Date, last: Date) -> DateRange {
    DateRange {
        from: Some(first),
        to: last.succ_opt(),
    }
}

fn pending_refusal(report: &PendingReport) -> Refusal {
    let counts = report.counts;
    let text = format!(
        "{} credits, {} transactions and {} earnings are obsolete and wait for Revert: run revert, \
         or run all",
        counts.credits, counts.transactions, counts.earnings
    );
    let rows: Vec<String> = report.first.iter().map(named).collect();
    Refusal::new(Reason::RevertPending, text)
        .with("credits", counts.credits)
        .with("transactions", counts.transactions)
        .with("earnings", counts.earnings)
        .with("rows", rows.join("; "))
}

fn named(row: &PendingRow) -> String {
    match row {
        PendingRow::Transaction(row) => {
            format!("transaction {} {} {}", row.id, row.key, row.event_date)
        }
        PendingRow::Credit(row) => format!(
            "credit {} of {}, {} {}",
            row.id, row.key, row.participant, row.credit_date
        ),
        PendingRow::Earning(row) => {
            format!("earning {} of {} {}", row.id, row.key.participant, row.date)
        }
    }
}

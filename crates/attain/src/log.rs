//! `attain log`: runs, the log of a run, the activity log. `attain list` shows the same unfiltered.

use attain_domain::activity::{Activity, RecordKind};
use attain_domain::ids::{ActorId, RunId};
use attain_domain::ports::ChunkSize;
use attain_domain::run::{LogLevel, Process, RunStatus};
use attain_domain::time::Instant;

use crate::args::{Global, Log, Output, RecordName, StatusName};
use crate::failure::Failure;
use crate::output::Listing;
use crate::run::process_of;
use crate::session::{Session, argument, instant};

/// Shows one log.
pub(crate) async fn log(session: &Session, global: &Global, log: &Log) -> Result<(), Failure> {
    let output = global.output;
    match log {
        Log::Runs { process, status } => {
            let (process, status) = (process.map(process_of), status.map(status_of));
            runs(session, process, status, output).await
        }
        Log::Run { id, errors } => {
            let level = errors.then_some(LogLevel::Error);
            run_log(session, id, level, output).await
        }
        Log::Activity {
            record,
            by,
            since,
            until,
        } => {
            let by = by.as_deref().map(ActorId::parse).transpose();
            let since = since.as_deref().map(|text| instant("--since", text));
            let until = until.as_deref().map(|text| instant("--until", text));
            let entries = Entries {
                record: record.map(record_of),
                by: by.map_err(|error| argument("--by", &error))?,
                since: since.transpose()?,
                until: until.transpose()?,
            };
            activities(session, &entries, output).await
        }
    }
}

/// Runs, newest first.
pub(crate) async fn runs(
    session: &Session,
    process: Option<Process>,
    status: Option<RunStatus>,
    output: Output,
) -> Result<(), Failure> {
    let mut listing = Listing::new(&[
        "run", "process", "dates", "status", "taken", "done", "skipped", "failed",
    ]);
    let (chunk, mut before) = (ChunkSize::largest(), None);
    loop {
        let page = session.engine.runs(&session.caller, before, chunk).await?;
        before = page.last().map(|run| run.id);
        for run in &page {
            let is_other = process.is_some_and(|process| process != run.process)
                || status.is_some_and(|status| status != run.status);
            if is_other {
                continue;
            }
            listing.row([
                run.id.to_string(),
                format!("{:?}", run.process),
                run.range.to_string(),
                format!("{:?}", run.status),
                run.counts.taken.to_string(),
                run.counts.done.to_string(),
                run.counts.skipped.to_string(),
                run.counts.failed.to_string(),
            ]);
        }
        if page.len() < chunk.rows() {
            return Ok(listing.print(output)?);
        }
    }
}

/// The log of a run, from its beginning to where it is now.
pub(crate) async fn run_log(
    session: &Session,
    run: &str,
    level: Option<LogLevel>,
    output: Output,
) -> Result<(), Failure> {
    let run = RunId::parse(run).map_err(|error| argument("RUN", &error))?;
    session.engine.run(&session.caller, run).await?;
    let mut listing = Listing::new(&["number", "time", "level", "reason", "subject", "text"]);
    let mut after = 0;
    loop {
        let page = session
            .engine
            .run_log(&session.caller, run, after, ChunkSize::largest())
            .await?;
        for entry in &page {
            after = entry.number;
            if level.is_some_and(|level| level != entry.level) {
                continue;
            }
            listing.row([
                entry.number.to_string(),
                entry.at.to_string(),
                format!("{:?}", entry.level),
                entry
                    .reason
                    .map(|reason| reason.code().to_owned())
                    .unwrap_or_default(),
                entry.subject.clone(),
                entry.text.clone(),
            ]);
        }
        if page.len() < ChunkSize::largest().rows() {
            return Ok(listing.print(output)?);
        }
    }
}

/// Which entries of the activity log; the default is all of them.
#[derive(Default)]
pub(crate) struct Entries {
    record: Option<RecordKind>,
    by: Option<ActorId>,
    since: Option<Instant>,
    until: Option<Instant>,
}

impl Entries {
    fn take(&self, entry: &Activity) -> bool {
        self.record.is_none_or(|record| record == entry.record)
            && self.by.as_ref().is_none_or(|by| *by == entry.actor)
            && self.since.is_none_or(|since| since <= entry.at)
            && self.until.is_none_or(|until| entry.at < until)
    }
}

/// The activity log, in the order of writing.
pub(crate) async fn activities(
    session: &Session,
    entries: &Entries,
    output: Output,
) -> Result<(), Failure> {
    let mut listing = Listing::new(&[
        "time", "actor", "action", "record", "subject", "count", "before", "after", "run", "reason",
    ]);
    let mut after = None;
    loop {
        let page = session
            .engine
            .activities(&session.caller, after, ChunkSize::largest())
            .await?;
        after = page.last().map(|entry| entry.id);
        for entry in page.iter().filter(|entry| entries.take(entry)) {
            listing.row([
                entry.at.to_string(),
                entry.actor.to_string(),
                format!("{:?}", entry.action),
                format!("{:?}", entry.record),
                entry.subject.clone(),
                entry.count.to_string(),
                entry.before.clone().unwrap_or_default(),
                entry.after.clone().unwrap_or_default(),
                entry.run.map(|run| run.to_string()).unwrap_or_default(),
                entry.reason.clone().unwrap_or_default(),
            ]);
        }
        if page.len() < ChunkSize::largest().rows() {
            return Ok(listing.print(output)?);
        }
    }
}

fn status_of(name: StatusName) -> RunStatus {
    match name {
        StatusName::Queued => RunStatus::Queued,
        StatusName::Running => RunStatus::Running,
        StatusName::Succeeded => RunStatus::Succeeded,
        StatusName::SucceededWithErrors => RunStatus::SucceededWithErrors,
        StatusName::Failed => RunStatus::Failed,
        StatusName::Cancelled => RunStatus::Cancelled,
    }
}

fn record_of(name: RecordName) -> RecordKind {
    match name {
        RecordName::Definition => RecordKind::Definition,
        RecordName::Transaction => RecordKind::Transaction,
        RecordName::Credit => RecordKind::Credit,
        RecordName::Earning => RecordKind::Earning,
        RecordName::Batch => RecordKind::Batch,
        RecordName::Paysheet => RecordKind::Paysheet,
        RecordName::PaymentLine => RecordKind::PaymentLine,
        RecordName::Reward => RecordKind::Reward,
        RecordName::Clear => RecordKind::Clear,
        RecordName::ClearUndo => RecordKind::ClearUndo,
        RecordName::Run => RecordKind::Run,
        RecordName::Calculation => RecordKind::Calculation,
    }
}

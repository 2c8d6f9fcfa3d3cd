//! Runs and their logs, the work list, the change log, calculations, activity, requests.

use std::collections::BTreeMap;

use super::values::{at, date, name, stamp, uuid};
use crate::activity::{Activity, ActivityAction, RecordKind};
use crate::change::RequestRecord;
use crate::chunk::{ChunkState, ChunkTask, RunChunk};
use crate::ids::{ActivityId, CalculationId, ChunkId, RunId, WorkItemId};
use crate::run::{
    Calculation, Change, LogLevel, Process, Run, RunCounts, RunLogEntry, RunStatus, Scope, WorkItem,
};
use crate::stamp::Version;
use crate::time::DateRange;

/// All processes over January 2026, at work, with a lease until second 60.
#[must_use]
pub fn run(number: u64) -> Run {
    Run {
        id: RunId(uuid(number)),
        process: Process::RunAll,
        range: DateRange::between(date("2026-01-01"), date("2026-02-01")),
        status: RunStatus::Running,
        stage: None,
        units_done: 0,
        units_total: 0,
        counts: RunCounts::default(),
        cancel_requested: false,
        lease_until: at(60),
        ended_at: None,
        stamp: stamp(),
    }
}

/// A chunk of run `run` that waits, of a work item of the same number.
#[must_use]
pub fn chunk(run: u64, number: u64) -> RunChunk {
    RunChunk {
        id: ChunkId(uuid(run * 1_000 + number)),
        run: RunId(uuid(run)),
        number,
        actor: name("tester"),
        request: None,
        task: ChunkTask::Credit {
            process: Process::RunAll,
            items: vec![work_item(number)],
        },
        state: ChunkState::Waiting,
        attempt: 0,
        version: Version::FIRST,
        counts: RunCounts::default(),
        units: 0,
        failures: Vec::new(),
    }
}

/// An entry of the log of run `run`.
#[must_use]
pub fn log_entry(run: u64, number: u64) -> RunLogEntry {
    RunLogEntry {
        run: RunId(uuid(run)),
        number,
        at: at(0),
        level: LogLevel::Info,
        reason: None,
        subject: format!("ORDER {number:06}"),
        text: "goes on".to_owned(),
    }
}

/// Every transaction of January 2026 waits to be classified.
#[must_use]
pub fn work_item(number: u64) -> WorkItem {
    WorkItem::whole_period(WorkItemId(uuid(number)), Process::Classify, name("2026-01"))
}

/// The earnings of one participant from a period on must be calculated again.
#[must_use]
pub fn change_for(period: &str, participant: &str) -> Change {
    Change {
        period: name(period),
        scope: Scope::Participant(name(participant)),
    }
}

/// Everybody's earnings from a period on must be calculated again.
#[must_use]
pub fn change_for_everybody(period: &str) -> Change {
    Change {
        period: name(period),
        scope: Scope::Everybody,
    }
}

/// January 2026, by run 1.
#[must_use]
pub fn calculation(number: u64) -> Calculation {
    Calculation {
        id: CalculationId(uuid(number)),
        period: name("2026-01"),
        through: date("2026-01-31"),
        run: RunId(uuid(1)),
        plan_versions: BTreeMap::new(),
        released: false,
        stamp: stamp(),
    }
}

/// Somebody made a plan.
#[must_use]
pub fn activity(number: u64) -> Activity {
    Activity {
        id: ActivityId(uuid(number)),
        at: at(0),
        actor: name("tester"),
        request: None,
        run: None,
        action: ActivityAction::Created,
        record: RecordKind::Definition,
        subject: "plan reps".to_owned(),
        count: 1,
        before: None,
        after: None,
        reason: None,
    }
}

/// The record of a request of this id.
#[must_use]
pub fn request(id: &str) -> RequestRecord {
    RequestRecord {
        id: name(id),
        digest: "a digest".to_owned(),
        answer: "an answer".to_owned(),
        at: at(0),
    }
}

//! Process runs: what was asked, how far it is, what came of it. And the work list they take from.

use std::collections::BTreeMap;

use smol_str::SmolStr;
use uuid::Uuid;

use crate::ids::{CalculationId, ParticipantId, PeriodId, RunId, TransactionId, WorkItemId};
use crate::refusal::Reason;
use crate::stamp::Stamp;
use crate::time::{Date, DateRange, Instant};

/// The processes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Process {
    /// Moves what is obsolete to history, and writes reversals.
    Revert,
    /// Gives transactions their category.
    Classify,
    /// Gives transactions their direct credits.
    Credit,
    /// Rolls credits up and shares them with teams.
    RollUp,
    /// Derives earnings.
    Calculate,
    /// All of the above, one after the other.
    RunAll,
}

/// The states of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RunStatus {
    /// Asked for.
    Queued,
    /// At work.
    Running,
    /// Ended; no row in error.
    Succeeded,
    /// Ended; some rows are in error, counted and listed.
    SucceededWithErrors,
    /// Could not go on; may be resumed.
    Failed,
    /// Stopped between two batches, as asked.
    Cancelled,
}

impl RunStatus {
    /// Whether nothing more will happen.
    #[must_use]
    pub fn has_ended(self) -> bool {
        match self {
            Self::Queued | Self::Running => false,
            Self::Succeeded | Self::SucceededWithErrors | Self::Failed | Self::Cancelled => true,
        }
    }
}

/// What a run has done so far. `taken = done + skipped + failed`, always.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RunCounts {
    /// Rows looked at.
    pub taken: u64,
    /// Rows for which something was done.
    pub done: u64,
    /// Rows for which nothing had to be done.
    pub skipped: u64,
    /// Rows in error.
    pub failed: u64,
    /// The rows in error, by reason.
    pub errors: BTreeMap<Reason, u64>,
    /// What was made, by name: `credits_created`, `earnings_created`, `reversals_created`, …
    pub outcomes: BTreeMap<SmolStr, u64>,
}

impl RunCounts {
    /// Adds another count to this one.
    pub fn add(&mut self, other: &Self) {
        self.taken += other.taken;
        self.done += other.done;
        self.skipped += other.skipped;
        self.failed += other.failed;
        for (reason, count) in &other.errors {
            *self.errors.entry(*reason).or_default() += count;
        }
        for (name, count) in &other.outcomes {
            self.note(name, *count);
        }
    }

    /// Counts something that was made.
    pub fn note(&mut self, outcome: &str, count: u64) {
        if count > 0 {
            *self.outcomes.entry(SmolStr::new(outcome)).or_default() += count;
        }
    }
}

/// One execution of a process.
#[derive(Clone, Debug, PartialEq)]
pub struct Run {
    /// Its id.
    pub id: RunId,
    /// What it does.
    pub process: Process,
    /// Over which dates, `[from, to)`.
    pub range: DateRange,
    /// How far it is.
    pub status: RunStatus,
    /// Which process of several it is at, and what share of the work there is done.
    pub stage: Option<Process>,
    /// Units of work of the stage that are done.
    pub units_done: u64,
    /// Units of work of the stage.
    pub units_total: u64,
    /// What it has done.
    pub counts: RunCounts,
    /// Whether somebody asked it to stop.
    pub cancel_requested: bool,
    /// Until when its worker may be thought alive.
    pub lease_until: Instant,
    /// When it ended.
    pub ended_at: Option<Instant>,
    /// Version, times, actor.
    pub stamp: Stamp,
}

/// How loud a log entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LogLevel {
    /// What goes on.
    Info,
    /// A row in error.
    Error,
}

/// One line of a run's log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunLogEntry {
    /// Which run.
    pub run: RunId,
    /// Rising within the run, from 1.
    pub number: u64,
    /// When.
    pub at: Instant,
    /// How loud.
    pub level: LogLevel,
    /// The reason, for a row in error.
    pub reason: Option<Reason>,
    /// What it is about, such as `ORDER 1001-301` or an earning's id.
    pub subject: String,
    /// A sentence.
    pub text: String,
}

/// Most log entries for rows in error that a run keeps for each reason; the counts go on.
pub const LOGGED_ERRORS_PER_REASON_MAX: u64 = 1_000;

/// Transactions of one period, next to each other by id, that wait for a process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkItem {
    /// Its id; rising in the order of making.
    pub id: WorkItemId,
    /// What they wait for: `Classify`, `Credit` or `RollUp`.
    pub stage: Process,
    /// Their period.
    pub period: PeriodId,
    /// First transaction, inclusive.
    pub first: TransactionId,
    /// Last transaction, inclusive.
    pub last: TransactionId,
}

impl WorkItem {
    /// An item for every transaction of a period, whatever its id.
    #[must_use]
    pub fn whole_period(id: WorkItemId, stage: Process, period: PeriodId) -> Self {
        let (first, last) = (TransactionId(Uuid::nil()), TransactionId(Uuid::max()));
        Self {
            id,
            stage,
            period,
            first,
            last,
        }
    }
}

/// Whose earnings a change touches.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// One participant.
    Participant(ParticipantId),
    /// Everybody with a plan.
    Everybody,
}

/// One entry of the change log: what must be calculated again.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Change {
    /// The period from which on something changed.
    pub period: PeriodId,
    /// Whose.
    pub scope: Scope,
}

/// One run of the calculation for a period; owns what it created.
#[derive(Clone, Debug, PartialEq)]
pub struct Calculation {
    /// Its id.
    pub id: CalculationId,
    /// The period.
    pub period: PeriodId,
    /// The last date that it has looked at.
    pub through: Date,
    /// The run that made it, or calculated it last.
    pub run: RunId,
    /// The versions of the plans that the last run used.
    pub plan_versions: BTreeMap<crate::ids::PlanId, u32>,
    /// Participants' views show released ones only.
    pub released: bool,
    /// Version, times, actor.
    pub stamp: Stamp,
}

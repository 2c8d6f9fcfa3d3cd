//! The record and the log of a run. Only its coordinator writes them, and nobody who was one before:
//! every commit relies on the run's version and on the coordinator's turn.

use std::collections::BTreeMap;

use attain_domain::change::{ChangeSet, Guard};
use attain_domain::chunk::RunChunk;
use attain_domain::ids::WorkspaceId;
use attain_domain::ports::{ChunkSize, CommitError, StoreErrorKind};
use attain_domain::refusal::{Reason, Refusal};
use attain_domain::run::{
    LOGGED_ERRORS_PER_REASON_MAX, LogLevel, Process, Run, RunLogEntry, RunStatus,
};
use attain_domain::time::Instant;
use attain_domain::working::RowFailure;

use super::deeds::log_activities;
use super::ground::{Held, Leave, Piece, Stop};
use super::worker::caller_of;
use crate::caller::Caller;
use crate::engine::Engine;
use crate::failure::{commit_refusal, store_refusal};

/// What became of a commit.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Recorded {
    Yes,
    /// The run was changed meanwhile, or another writer got in the way: nothing was written.
    LookAgain,
    /// The definitions are others than the piece relies on: nothing was written.
    Redefined,
}

/// How far the log of a run has come.
#[derive(Clone, Default)]
struct Log {
    /// The number of its last entry.
    number: u64,
    /// Rows in error, by reason, whether logged or only counted.
    errors: BTreeMap<Reason, u64>,
}

/// The run as its coordinator left it last.
pub(super) struct Record {
    pub(super) engine: Engine,
    pub(super) caller: Caller,
    pub(super) held: Held,
    pub(super) run: Run,
    log: Log,
    tries: u32,
    /// A cancel that comes now is too late.
    is_ending: bool,
}

impl Record {
    /// Reads the run and how far its log has come.
    pub(super) async fn open(
        engine: &Engine,
        workspace: &WorkspaceId,
        chunk: &RunChunk,
        leave: &Leave,
    ) -> Result<Self, Refusal> {
        let caller = caller_of(workspace, chunk);
        let run = engine.run(&caller, chunk.run).await?;
        let mut record = Self {
            engine: engine.clone(),
            held: Held::new(engine, chunk, leave.clone()),
            caller,
            run,
            log: Log::default(),
            tries: 0,
            is_ending: false,
        };
        record.read_log().await?;
        Ok(record)
    }

    async fn read_log(&mut self) -> Result<(), Refusal> {
        let snapshot = self.engine.snapshot(&self.caller).await?;
        loop {
            let (after, chunk) = (self.log.number, ChunkSize::largest());
            let page = snapshot.run_log_after(self.run.id, after, chunk).await;
            let page = page.map_err(store_refusal)?;
            for entry in &page {
                self.log.number = entry.number;
                if let Some(reason) = entry.reason {
                    *self.log.errors.entry(reason).or_default() += 1;
                }
            }
            if page.len() < chunk.rows() {
                return Ok(());
            }
        }
    }

    /// Sets the stage; how much work it has is added as it is planned.
    pub(super) fn enter(&mut self, stage: Process) {
        self.run.stage = Some(stage);
        self.run.units_done = 0;
        self.run.units_total = 0;
    }

    /// A line for the log, which gets its number when it is committed.
    pub(super) fn note(&self, text: String) -> RunLogEntry {
        let subject = format!("{:?}", self.run.process);
        self.entry(LogLevel::Info, None, subject, text)
    }

    /// Commits a piece together with the run's record: its lease, progress and counts.
    pub(super) async fn commit(&mut self, piece: Piece) -> Result<Recorded, Stop> {
        let at = self.engine.clock.now();
        let (run, log, changes) = self.prepare(piece, at);
        match self.engine.store.commit(changes).await {
            Ok(()) => {
                self.run = run;
                self.log = log;
                self.tries = 0;
                self.engine.wake();
                Ok(Recorded::Yes)
            }
            Err(CommitError::GuardFailed(guard)) => {
                if matches!(&*guard, Guard::ChunkHeld { chunk, .. } if *chunk == self.held.chunk) {
                    return Err(Stop::Lost);
                }
                if matches!(*guard, Guard::ChunkAt(..)) {
                    // A worker got on with its chunk: that has an end, so it needs no limit.
                    self.refresh().await?;
                    return Ok(Recorded::LookAgain);
                }
                self.look_again().await?;
                let redefined = matches!(*guard, Guard::DefinitionsUnchanged(_));
                Ok(if redefined {
                    Recorded::Redefined
                } else {
                    Recorded::LookAgain
                })
            }
            Err(CommitError::Store(error)) if error.kind == StoreErrorKind::Conflict => {
                self.look_again().await?;
                Ok(Recorded::LookAgain)
            }
            Err(error) => Err(Stop::Refused(commit_refusal(error))),
        }
    }

    fn prepare(&self, piece: Piece, at: Instant) -> (Run, Log, ChangeSet) {
        let mut run = self.run.clone();
        run.counts.add(&piece.counts);
        run.units_done += piece.units;
        run.lease_until = self.engine.lease_until(at);
        run.stamp = run.stamp.touched(at, self.caller.actor.clone());
        let mut set = ChangeSet::new(self.caller.workspace.clone());
        set.guards.push(self.held.guard());
        let version = self.run.stamp.version;
        set.guards.push(Guard::RunAt(self.run.id, version));
        set.guards.extend(piece.guards);
        set.changes = piece.changes;
        let mut log = self.log.clone();
        for RowFailure { subject, error } in piece.failures {
            let count = log.errors.entry(error.reason).or_default();
            *count += 1;
            if *count <= LOGGED_ERRORS_PER_REASON_MAX {
                let entry = self.entry(LogLevel::Error, Some(error.reason), subject, error.text);
                set.changes.run_log.push(entry);
            }
        }
        for entry in &mut set.changes.run_log {
            log.number += 1;
            entry.number = log.number;
        }
        let (engine, caller) = (&self.engine, &self.caller);
        log_activities(engine, caller, run.id, &mut set.changes, at);
        set.changes.runs.push(run.clone());
        (run, log, set)
    }

    fn entry(
        &self,
        level: LogLevel,
        reason: Option<Reason>,
        subject: String,
        text: String,
    ) -> RunLogEntry {
        let (run, number, at) = (self.run.id, self.log.number, self.engine.clock.now());
        RunLogEntry {
            run,
            number,
            at,
            level,
            reason,
            subject,
            text,
        }
    }

    /// Reads the run after a commit that did not happen.
    async fn look_again(&mut self) -> Result<(), Stop> {
        self.tries += 1;
        if self.tries > self.engine.limits.attempts {
            let text = "other writers kept getting in the way of the run; repeat it";
            return Err(Stop::Refused(Refusal::new(Reason::Contention, text)));
        }
        self.refresh().await
    }

    /// Whether the run is to go on.
    pub(super) async fn refresh(&mut self) -> Result<(), Stop> {
        let stored = self.engine.run(&self.caller, self.run.id).await?;
        if stored.status.has_ended() {
            return Err(Stop::Lost);
        }
        self.run.cancel_requested = stored.cancel_requested;
        self.run.stamp = stored.stamp;
        if self.run.cancel_requested && !self.is_ending {
            return Err(Stop::Cancelled);
        }
        Ok(())
    }

    /// From now on, nothing keeps the run from its end.
    pub(super) fn begin_to_end(&mut self) {
        self.is_ending = true;
        self.tries = 0;
    }

    /// Writes the end down, and takes the coordinator's own chunk away.
    pub(super) async fn end(
        &mut self,
        status: RunStatus,
        refusal: Option<&Refusal>,
    ) -> Result<(), Stop> {
        self.run.status = status;
        self.run.ended_at = Some(self.engine.clock.now());
        self.run.stage = None;
        let text = refusal.map_or_else(|| format!("{status:?}"), ToString::to_string);
        let level = if refusal.is_some() {
            LogLevel::Error
        } else {
            LogLevel::Info
        };
        let reason = refusal.map(|refusal| refusal.reason);
        let entry = self.entry(level, reason, self.run.id.to_string(), text);
        loop {
            let mut piece = Piece::default();
            piece.changes.run_log.push(entry.clone());
            piece.changes.chunks_removed.push(self.held.chunk);
            if self.commit(piece).await? == Recorded::Yes {
                return Ok(());
            }
        }
    }
}

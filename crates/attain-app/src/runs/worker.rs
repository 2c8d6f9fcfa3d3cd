//! The worker of a run: goes through its stages, keeps its lease, its counts and its log, and ends
//! it. Every commit of a run goes through here.

use std::collections::BTreeMap;
use std::sync::Arc;

use attain_domain::activity::{Activity, ActivityAction, RecordKind};
use attain_domain::change::{ChangeSet, Changes, DefinitionsMark, Guard};
use attain_domain::definition::calendar::PeriodStatus;
use attain_domain::ids::{ActivityId, PeriodId, RunId};
use attain_domain::ports::{ChunkSize, CommitError, Snapshot, StoreErrorKind};
use attain_domain::refusal::{Reason, Refusal};
use attain_domain::run::{
    LOGGED_ERRORS_PER_REASON_MAX, LogLevel, Process, Run, RunCounts, RunLogEntry, RunStatus,
};
use attain_domain::time::{DateRange, Instant};
use attain_domain::working::{Circumstances, RowFailure};
use uuid::Uuid;

use crate::caller::Caller;
use crate::engine::Engine;
use crate::failure::{commit_refusal, store_refusal};
use crate::world::World;

/// Why a run stops before its work is done.
pub(super) enum Stop {
    /// Somebody asked for it.
    Cancelled,
    /// It cannot go on.
    Refused(Refusal),
}

impl From<Refusal> for Stop {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

/// One piece of work of a run: what it changes, and what is to be counted and logged for it.
#[derive(Default)]
pub(super) struct Piece {
    pub(super) guards: Vec<Guard>,
    pub(super) changes: Changes,
    pub(super) counts: RunCounts,
    pub(super) failures: Vec<RowFailure>,
    pub(super) units: u64,
    /// Whether it is right only for the definitions that the worker knows. Otherwise others may
    /// change them: what they changed waits for the next run.
    pub(super) of_definitions: bool,
}

/// What became of a commit.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Committed {
    Yes,
    /// The run's record was changed meanwhile (a cancel, say), or another writer got in the way:
    /// nothing was written, look again.
    LookAgain,
}

/// The worker of one run.
pub(super) struct Worker<'e> {
    pub(super) engine: &'e Engine,
    pub(super) caller: &'e Caller,
    pub(super) world: Arc<World>,
    /// The state of the definitions that the world was compiled from.
    pub(super) mark: DefinitionsMark,
    pub(super) run: Run,
    /// The open periods of the run's dates.
    pub(super) periods: Vec<PeriodId>,
    /// The run as the last commit left it, if that was applied, which is not known.
    uncertain: Option<Run>,
    log_number: u64,
    logged: BTreeMap<Reason, u64>,
    tries: u32,
}

impl Engine {
    /// Executes a run that was started. Called again for a run that has ended, it only reads it.
    ///
    /// # Errors
    /// Why the run failed; the run is then recorded as failed, unless the store is gone.
    pub async fn execute_run(&self, caller: &Caller, id: RunId) -> Result<Run, Refusal> {
        let run = self.run(caller, id).await?;
        if run.status.has_ended() {
            return Ok(run);
        }
        let snapshot = self.snapshot(caller).await?;
        let world = self.world(caller, &*snapshot).await?;
        let mark = snapshot.definitions_mark().await.map_err(store_refusal)?;
        let log = snapshot.run_log_after(id, 0, ChunkSize::largest()).await;
        let log_number = log
            .map_err(store_refusal)?
            .last()
            .map_or(0, |entry| entry.number);
        drop(snapshot);
        let mut worker = Worker {
            engine: self,
            caller,
            periods: open_periods(&world, run.range),
            world,
            mark,
            run,
            uncertain: None,
            log_number,
            logged: BTreeMap::new(),
            tries: 0,
        };
        let end = worker.work().await;
        worker.end(end).await
    }
}

/// The open periods of some dates.
fn open_periods(world: &World, range: DateRange) -> Vec<PeriodId> {
    let periods = world.set.calendar.periods_in(range);
    periods
        .filter(|p| p.status == PeriodStatus::Open)
        .map(|p| p.id.clone())
        .collect()
}

impl Worker<'_> {
    async fn work(&mut self) -> Result<(), Stop> {
        let process = self.run.process;
        self.note(format!(
            "{process:?} over {} open periods",
            self.periods.len()
        ))
        .await?;
        match process {
            Process::Classify | Process::Credit => self.credit_work(process).await,
            Process::RollUp => {
                self.credit_work(process).await?;
                self.summarise_logged().await
            }
            Process::Calculate => self.calculate_work().await,
            Process::RunAll => {
                self.credit_work(process).await?;
                self.calculate_work().await
            }
        }
    }

    /// Sets the stage and how much work it has.
    pub(super) async fn enter(&mut self, stage: Process, units: u64) -> Result<(), Stop> {
        self.run.stage = Some(stage);
        self.run.units_done = 0;
        self.run.units_total = units;
        self.note(format!("{stage:?}: {units} units of work")).await
    }

    async fn note(&mut self, text: String) -> Result<(), Stop> {
        loop {
            let mut piece = Piece::default();
            let subject = format!("{:?}", self.run.process);
            let entry = self.entry(LogLevel::Info, None, subject, text.clone());
            piece.changes.run_log.push(entry);
            if self.commit(piece).await? == Committed::Yes {
                return Ok(());
            }
        }
    }

    pub(super) async fn snapshot(&self) -> Result<Box<dyn Snapshot>, Stop> {
        Ok(self.engine.snapshot(self.caller).await?)
    }

    /// Calls `decide` with the circumstances of now.
    pub(super) fn now<T>(&self, decide: impl FnOnce(&mut Circumstances<'_>) -> T) -> T {
        let mut next_id = || self.engine.ids.next();
        let at = self.engine.clock.now();
        decide(&mut Circumstances {
            at,
            actor: &self.caller.actor,
            next_id: &mut next_id,
        })
    }

    pub(super) fn new_id(&self) -> Uuid {
        self.engine.ids.next()
    }

    /// Commits one piece of work together with the run's record: its lease, progress and counts.
    pub(super) async fn commit(&mut self, piece: Piece) -> Result<Committed, Stop> {
        let at = self.engine.clock.now();
        let (run, changes) = self.prepare(piece, at);
        match self.engine.store.commit(changes).await {
            Ok(()) => {
                self.run = run;
                self.tries = 0;
                Ok(Committed::Yes)
            }
            Err(CommitError::GuardFailed(guard)) => {
                if matches!(*guard, Guard::DefinitionsUnchanged(_)) {
                    self.reload().await?;
                }
                self.look_again().await
            }
            Err(CommitError::Store(error)) if error.kind == StoreErrorKind::Conflict => {
                self.look_again().await
            }
            Err(error) => {
                // The answer may have been lost on the way back.
                self.uncertain = Some(run);
                Err(Stop::Refused(commit_refusal(error)))
            }
        }
    }

    fn prepare(&mut self, piece: Piece, at: Instant) -> (Run, ChangeSet) {
        let mut run = self.run.clone();
        run.counts.add(&piece.counts);
        run.units_done += piece.units;
        run.lease_until = self.engine.lease_until(at);
        run.stamp = run.stamp.touched(at, self.caller.actor.clone());
        let mut set = ChangeSet::new(self.caller.workspace.clone());
        set.guards = piece.guards;
        set.guards
            .push(Guard::RunAt(self.run.id, self.run.stamp.version));
        if piece.of_definitions {
            set.guards.push(Guard::DefinitionsUnchanged(self.mark));
        }
        set.changes = piece.changes;
        for failure in piece.failures {
            self.log_failure(failure, &mut set.changes.run_log);
        }
        self.log_activities(&mut set.changes, at);
        set.changes.runs.push(run.clone());
        (run, set)
    }

    fn log_failure(&mut self, failure: RowFailure, log: &mut Vec<RunLogEntry>) {
        let logged = self.logged.entry(failure.error.reason).or_default();
        *logged += 1;
        if *logged <= LOGGED_ERRORS_PER_REASON_MAX {
            let RowFailure { subject, error } = failure;
            log.push(self.entry(LogLevel::Error, Some(error.reason), subject, error.text));
        }
    }

    fn entry(
        &mut self,
        level: LogLevel,
        reason: Option<Reason>,
        subject: String,
        text: String,
    ) -> RunLogEntry {
        self.log_number += 1;
        let (run, number, at) = (self.run.id, self.log_number, self.engine.clock.now());
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

    /// One activity entry per kind of record that the piece creates, changes or removes. Those of
    /// the domain's decisions name no request and no run yet.
    fn log_activities(&self, changes: &mut Changes, at: Instant) {
        for activity in &mut changes.activities {
            activity.request.clone_from(&self.caller.request);
            activity.run = Some(self.run.id);
        }
        for (action, record, count, first) in calculated(changes) {
            let Some(subject) = first else { continue };
            changes.activities.push(Activity {
                id: ActivityId(self.new_id()),
                at,
                actor: self.caller.actor.clone(),
                request: self.caller.request.clone(),
                run: Some(self.run.id),
                action,
                record,
                subject,
                count: count as u64,
                before: None,
                after: None,
            });
        }
    }

    /// Takes the definitions as they are now.
    async fn reload(&mut self) -> Result<(), Stop> {
        let snapshot = self.snapshot().await?;
        self.world = self.engine.world(self.caller, &*snapshot).await?;
        self.mark = snapshot.definitions_mark().await.map_err(store_refusal)?;
        self.periods = open_periods(&self.world, self.run.range);
        Ok(())
    }

    /// Reads the run's record after a commit that did not happen.
    async fn look_again(&mut self) -> Result<Committed, Stop> {
        self.tries += 1;
        if self.tries > self.engine.limits.attempts {
            let text = "other writers kept getting in the way of the run; repeat it";
            return Err(Stop::Refused(Refusal::new(Reason::Contention, text)));
        }
        let stored = self.engine.run(self.caller, self.run.id).await?;
        let applied = self.uncertain.take();
        if let Some(applied) = applied.filter(|one| one.lease_until == stored.lease_until) {
            self.run.lease_until = applied.lease_until;
            self.run.counts = stored.counts;
        }
        if stored.status.has_ended() || stored.lease_until != self.run.lease_until {
            let text = format!(
                "{} was given up, or another worker took it over",
                self.run.id
            );
            return Err(Stop::Refused(Refusal::new(Reason::RunEnded, text)));
        }
        self.run.cancel_requested = stored.cancel_requested;
        self.run.stamp = stored.stamp;
        if self.run.cancel_requested {
            return Err(Stop::Cancelled);
        }
        Ok(Committed::LookAgain)
    }

    async fn end(mut self, end: Result<(), Stop>) -> Result<Run, Refusal> {
        let (status, refusal) = match end {
            Ok(()) if self.run.counts.failed > 0 => (RunStatus::SucceededWithErrors, None),
            Ok(()) => (RunStatus::Succeeded, None),
            Err(Stop::Cancelled) => (RunStatus::Cancelled, None),
            Err(Stop::Refused(refusal)) if refusal.reason == Reason::RunEnded => {
                return Err(refusal);
            }
            Err(Stop::Refused(refusal)) => (RunStatus::Failed, Some(refusal)),
        };
        self.run.status = status;
        self.run.ended_at = Some(self.engine.clock.now());
        self.run.stage = None;
        let text = refusal
            .as_ref()
            .map_or_else(|| format!("{status:?}"), ToString::to_string);
        let level = if refusal.is_some() {
            LogLevel::Error
        } else {
            LogLevel::Info
        };
        let reason = refusal.as_ref().map(|refusal| refusal.reason);
        let entry = self.entry(level, reason, self.run.id.to_string(), text);
        loop {
            let mut again = Piece::default();
            again.changes.run_log.push(entry.clone());
            match self.commit(again).await {
                Ok(Committed::Yes) => break,
                // A cancel that came too late.
                Ok(Committed::LookAgain) | Err(Stop::Cancelled) => {}
                Err(Stop::Refused(lost)) => return Err(refusal.unwrap_or(lost)),
            }
        }
        refusal.map_or(Ok(self.run), Err)
    }
}

type Deed = (ActivityAction, RecordKind, usize, Option<String>);

/// What the calculation does to records, with the first of each: the domain's crediting writes its
/// own entries.
fn calculated(changes: &Changes) -> [Deed; 5] {
    use ActivityAction::{Created, Deleted, Updated};
    use RecordKind::{Calculation, Credit, Earning};
    fn deed<T>(
        action: ActivityAction,
        record: RecordKind,
        rows: &[T],
        id: impl Fn(&T) -> String,
    ) -> Deed {
        (action, record, rows.len(), rows.first().map(id))
    }
    [
        deed(Updated, Credit, &changes.credits_judged, |row| {
            row.id.to_string()
        }),
        deed(Created, Earning, &changes.earnings, |row| {
            row.id.to_string()
        }),
        deed(Updated, Earning, &changes.earnings_explained, |row| {
            row.id.to_string()
        }),
        deed(Deleted, Earning, &changes.earnings_departed, |row| {
            row.id.to_string()
        }),
        deed(Updated, Calculation, &changes.calculations, |row| {
            row.id.to_string()
        }),
    ]
}

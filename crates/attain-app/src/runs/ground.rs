//! What everybody who works on a run stands on: the engine, the definitions as they were when the
//! work began, and the lease that keeps others away.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use attain_domain::change::{Changes, DefinitionsMark, Guard};
use attain_domain::chunk::RunChunk;
use attain_domain::definition::calendar::PeriodStatus;
use attain_domain::ids::{ChunkId, PeriodId, RunId};
use attain_domain::ports::Snapshot;
use attain_domain::refusal::Refusal;
use attain_domain::run::{Run, RunCounts};
use attain_domain::time::{DateRange, Instant};
use attain_domain::working::{Circumstances, RowFailure};
use uuid::Uuid;

use crate::caller::Caller;
use crate::engine::Engine;
use crate::failure::store_refusal;
use crate::world::World;

/// Why work stops before it is done.
pub(super) enum Stop {
    /// Somebody asked for it.
    Cancelled,
    /// Another worker took it over, or the run has ended.
    Lost,
    /// This worker was asked to leave.
    Leaving,
    /// It cannot go on.
    Refused(Refusal),
}

impl From<Refusal> for Stop {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

/// One piece of work: what it changes, and what is to be counted and logged for it.
#[derive(Clone, Default)]
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
    /// Another writer got in the way: nothing was written, look again.
    LookAgain,
}

/// Tells workers to leave, between two commits. Cheap to clone.
#[derive(Clone, Default)]
pub(super) struct Leave(Arc<AtomicBool>);

impl Leave {
    pub(super) fn tell(&self) {
        self.0.store(true, Ordering::SeqCst);
    }

    pub(super) fn is_told(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }
}

/// A chunk that this worker holds.
pub(super) struct Held {
    pub(super) chunk: ChunkId,
    pub(super) attempt: u32,
    renewed_at: Instant,
    leave: Leave,
}

impl Held {
    pub(super) fn new(engine: &Engine, chunk: &RunChunk, leave: Leave) -> Self {
        Self {
            chunk: chunk.id,
            attempt: chunk.attempt,
            renewed_at: engine.clock.now(),
            leave,
        }
    }

    pub(super) fn guard(&self) -> Guard {
        Guard::ChunkHeld {
            chunk: self.chunk,
            attempt: self.attempt,
        }
    }

    /// Between two commits: renews the lease when a third of it is over, and says whether to go on.
    pub(super) async fn keep(&mut self, engine: &Engine, caller: &Caller) -> Result<(), Stop> {
        if self.leave.is_told() {
            return Err(Stop::Leaving);
        }
        let now = engine.clock.now();
        let third = i64::from(engine.limits.lease_seconds).saturating_mul(1_000_000 / 3);
        if now.micros().saturating_sub(self.renewed_at.micros()) < third {
            return Ok(());
        }
        if !self.end_lease_in(engine, caller, engine.lease()).await? {
            return Err(Stop::Lost);
        }
        self.renewed_at = now;
        Ok(())
    }

    /// Lets others have it at once.
    pub(super) async fn give_back(&self, engine: &Engine, caller: &Caller) -> Result<(), Refusal> {
        self.end_lease_in(engine, caller, Duration::ZERO).await?;
        engine.wake();
        Ok(())
    }

    async fn end_lease_in(
        &self,
        engine: &Engine,
        caller: &Caller,
        lease: Duration,
    ) -> Result<bool, Refusal> {
        let (store, workspace) = (&engine.store, &caller.workspace);
        let renewed = store.renew_lease(workspace, self.chunk, self.attempt, lease);
        renewed.await.map_err(store_refusal)
    }
}

/// What a run is worked on with.
pub(super) struct Ground {
    pub(super) engine: Engine,
    pub(super) caller: Caller,
    pub(super) world: Arc<World>,
    /// The state of the definitions that the world was compiled from.
    pub(super) mark: DefinitionsMark,
    pub(super) run: RunId,
    /// The run's dates.
    pub(super) range: DateRange,
    /// The open periods of the run's dates.
    pub(super) periods: Vec<PeriodId>,
}

impl Ground {
    /// The definitions as they are now.
    pub(super) async fn load(engine: &Engine, caller: &Caller, run: &Run) -> Result<Self, Refusal> {
        let snapshot = engine.snapshot(caller).await?;
        let world = engine.world(caller, &*snapshot).await?;
        let mark = snapshot.definitions_mark().await.map_err(store_refusal)?;
        Ok(Self {
            engine: engine.clone(),
            caller: caller.clone(),
            periods: open_periods(&world, run.range),
            world,
            mark,
            run: run.id,
            range: run.range,
        })
    }

    /// Takes the definitions as they are now.
    pub(super) async fn reload(&mut self) -> Result<(), Stop> {
        let snapshot = self.snapshot().await?;
        self.world = self.engine.world(&self.caller, &*snapshot).await?;
        self.mark = snapshot.definitions_mark().await.map_err(store_refusal)?;
        self.periods = open_periods(&self.world, self.range);
        Ok(())
    }

    pub(super) async fn snapshot(&self) -> Result<Box<dyn Snapshot>, Stop> {
        Ok(self.engine.snapshot(&self.caller).await?)
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
}

/// The open periods of some dates.
fn open_periods(world: &World, range: DateRange) -> Vec<PeriodId> {
    let periods = world.set.calendar.periods_in(range);
    periods
        .filter(|p| p.status == PeriodStatus::Open)
        .map(|p| p.id.clone())
        .collect()
}

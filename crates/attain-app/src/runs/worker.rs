//! A worker on one chunk of a run: every commit writes what is left of the chunk together with what
//! was done, and is kept out once somebody else took the chunk up.

use std::collections::BTreeMap;
use std::sync::Arc;

use attain_domain::change::{ChangeSet, Guard};
use attain_domain::chunk::{ChunkEnd, ChunkTask, ChunkWork, RunChunk};
use attain_domain::ids::WorkspaceId;
use attain_domain::ports::{ChunkSize, CommitError, StoreErrorKind};
use attain_domain::refusal::{Reason, Refusal, RowError};
use attain_domain::run::LOGGED_ERRORS_PER_REASON_MAX;
use attain_domain::working::RowFailure;

use super::crediting::Noted;
use super::deeds::log_activities;
use super::ground::{Committed, Ground, Held, Leave, Piece, Stop};
use crate::caller::Caller;
use crate::engine::Engine;
use crate::failure::{commit_refusal, store_refusal};
use crate::world::World;

/// How often a chunk is taken up before its run is given up as one that cannot be done.
pub(super) const TURNS_MAX: u32 = 20;

/// A worker with a chunk.
pub(super) struct Worker {
    pub(super) ground: Ground,
    held: Held,
    /// As the last commit left it.
    chunk: RunChunk,
    /// Participants and periods that this chunk has put into the change log already.
    pub(super) noted: Noted,
    tries: u32,
}

/// On whose behalf a chunk is worked on.
pub(super) fn caller_of(workspace: &WorkspaceId, chunk: &RunChunk) -> Caller {
    let request = chunk.request.clone();
    Caller::new(workspace.clone(), chunk.actor.clone()).with_request(request)
}

/// Whether a refusal says nothing about the work itself: another try may go well.
pub(super) fn is_passing(refusal: &Refusal) -> bool {
    refusal.reason == Reason::StoreUnavailable
}

/// Works on a chunk until nothing is left of it, or it is somebody else's. A store that cannot be
/// reached makes nothing fail: the chunk goes back, and the next turn begins where the last commit
/// ended, whether its answer came or not.
pub(super) async fn work_on(
    engine: &Engine,
    workspace: &WorkspaceId,
    chunk: RunChunk,
    leave: &Leave,
) -> Result<(), Refusal> {
    let caller = caller_of(workspace, &chunk);
    let held = Held::new(engine, &chunk, leave.clone());
    let stop = match begin(engine, &caller, chunk.clone(), leave).await {
        Ok(mut worker) => match worker.work().await {
            Ok(()) | Err(Stop::Lost) => return Ok(()),
            Err(stop) => stop,
        },
        Err(refusal) => Stop::Refused(refusal),
    };
    match stop {
        Stop::Refused(refusal) if !is_passing(&refusal) => {
            fail(engine, &caller, &held, &chunk, refusal).await
        }
        Stop::Refused(refusal) => {
            tracing::warn!(chunk = %chunk.id, reason = refusal.reason.code(), "a turn has failed");
            held.give_back(engine, &caller).await
        }
        Stop::Cancelled | Stop::Lost | Stop::Leaving => held.give_back(engine, &caller).await,
    }
}

async fn begin(
    engine: &Engine,
    caller: &Caller,
    chunk: RunChunk,
    leave: &Leave,
) -> Result<Worker, Refusal> {
    if chunk.attempt > TURNS_MAX {
        let text = format!("{} was taken up {TURNS_MAX} times and not done", chunk.id);
        return Err(Refusal::new(Reason::Contention, text));
    }
    let run = engine.run(caller, chunk.run).await?;
    Ok(Worker {
        ground: Ground::load(engine, caller, &run).await?,
        held: Held::new(engine, &chunk, leave.clone()),
        chunk,
        noted: Noted::new(),
        tries: 0,
    })
}

/// Ends a chunk that cannot be done; its run ends with it.
async fn fail(
    engine: &Engine,
    caller: &Caller,
    held: &Held,
    chunk: &RunChunk,
    refusal: Refusal,
) -> Result<(), Refusal> {
    let mut set = ChangeSet::new(caller.workspace.clone());
    let snapshot = engine.snapshot(caller).await?;
    // What its earlier commits have done stays counted.
    let before = chunk.number.checked_sub(1);
    let page = snapshot.chunks_of_run(chunk.run, before, ChunkSize::new(1));
    let page = page.await.map_err(store_refusal)?;
    let Some(now) = page.into_iter().find(|now| now.id == chunk.id) else {
        return Ok(());
    };
    set.guards.push(held.guard());
    set.changes.chunks_worked.push(ChunkWork {
        id: now.id,
        left: now.task,
        counts: now.counts,
        units: now.units,
        failures: now.failures,
        end: Some(ChunkEnd::Failed(RowError::from(refusal))),
    });
    let done = engine.store.commit(set).await;
    engine.wake();
    match done {
        Ok(()) | Err(CommitError::GuardFailed(_)) => Ok(()),
        Err(error) => Err(commit_refusal(error)),
    }
}

impl Worker {
    async fn work(&mut self) -> Result<(), Stop> {
        match self.chunk.task.clone() {
            // A coordinator is no worker.
            ChunkTask::Coordinate => Ok(()),
            ChunkTask::Credit { process, items } => self.credit(process, items).await,
            ChunkTask::Summarise { children } => self.summarise(children).await,
            ChunkTask::Calculate(task) => self.calculate(task).await,
        }
    }

    /// Between two commits: keeps the chunk, if it may go on.
    pub(super) async fn keep(&mut self) -> Result<(), Stop> {
        let Ground { engine, caller, .. } = &self.ground;
        self.held.keep(engine, caller).await
    }

    /// Commits one piece of work together with what is left of the chunk. When nothing is, it ends.
    pub(super) async fn commit(
        &mut self,
        piece: Piece,
        left: ChunkTask,
    ) -> Result<Committed, Stop> {
        let (work, set) = self.prepare(piece, left);
        let has_ended = work.end.is_some();
        match self.ground.engine.store.commit(set).await {
            Ok(()) => {
                self.chunk.task = work.left;
                self.chunk.counts = work.counts;
                self.chunk.units = work.units;
                self.chunk.failures = work.failures;
                self.tries = 0;
                if has_ended {
                    self.ground.engine.wake();
                }
                Ok(Committed::Yes)
            }
            Err(CommitError::GuardFailed(guard)) => {
                if matches!(*guard, Guard::ChunkHeld { .. }) {
                    return Err(Stop::Lost);
                }
                if matches!(*guard, Guard::DefinitionsUnchanged(_)) {
                    self.ground.reload().await?;
                }
                self.look_again()
            }
            Err(CommitError::Store(error)) if error.kind == StoreErrorKind::Conflict => {
                self.look_again()
            }
            Err(error) => Err(Stop::Refused(commit_refusal(error))),
        }
    }

    fn look_again(&mut self) -> Result<Committed, Stop> {
        self.tries += 1;
        if self.tries > self.ground.engine.limits.attempts {
            let text = "other writers kept getting in the way of the run; repeat it";
            return Err(Stop::Refused(Refusal::new(Reason::Contention, text)));
        }
        Ok(Committed::LookAgain)
    }

    fn prepare(&self, piece: Piece, left: ChunkTask) -> (ChunkWork, ChangeSet) {
        let Ground { engine, caller, .. } = &self.ground;
        let mut counts = self.chunk.counts.clone();
        counts.add(&piece.counts);
        let mut failures = self.chunk.failures.clone();
        add_failures(&mut failures, piece.failures);
        let work = ChunkWork {
            id: self.chunk.id,
            end: left.is_done().then_some(ChunkEnd::Done),
            left,
            counts,
            units: self.chunk.units + piece.units,
            failures,
        };
        let mut set = ChangeSet::new(caller.workspace.clone());
        set.guards.push(self.held.guard());
        set.guards.extend(piece.guards);
        if piece.of_definitions {
            let guard = Guard::DefinitionsUnchanged(self.ground.mark);
            set.guards.push(guard);
        }
        set.changes = piece.changes;
        let at = engine.clock.now();
        log_activities(engine, caller, self.chunk.run, &mut set.changes, at);
        set.changes.chunks_worked.push(work.clone());
        (work, set)
    }

    pub(super) fn world(&self) -> Arc<World> {
        Arc::clone(&self.ground.world)
    }
}

/// No run logs more of one reason, so no chunk keeps more.
fn add_failures(failures: &mut Vec<RowFailure>, more: Vec<RowFailure>) {
    let mut known = BTreeMap::new();
    for failure in failures.iter() {
        *known.entry(failure.error.reason).or_insert(0_u64) += 1;
    }
    for failure in more {
        let count = known.entry(failure.error.reason).or_insert(0);
        *count += 1;
        if *count <= LOGGED_ERRORS_PER_REASON_MAX {
            failures.push(failure);
        }
    }
}

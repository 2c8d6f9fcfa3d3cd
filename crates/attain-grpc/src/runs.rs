//! The runs that this server executes. A call starts one and does not wait for it. When the server
//! stops, its runs stop between two commits: what is committed stays, and the next server, or the
//! next run over the same dates, takes the rest over once the lease is over.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use attain_app::{Caller, Engine};
use attain_domain::ids::{ActorId, RunId};
use attain_domain::ports::ChunkSize;
use attain_domain::refusal::{Reason, Refusal};
use attain_domain::run::Run;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::Instant;

/// Says that the server is stopping. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Stopping(watch::Receiver<bool>);

impl Stopping {
    /// The sender that says so, and what hears it.
    pub(crate) fn channel() -> (watch::Sender<bool>, Self) {
        let (sender, receiver) = watch::channel(false);
        (sender, Self(receiver))
    }

    /// Waits until the server is stopping.
    pub(crate) async fn begun(&mut self) {
        // A sender that is gone means that nobody can say so any more: it has stopped.
        let _ = self.0.wait_for(|is_stopping| *is_stopping).await;
    }
}

/// How many of the newest runs of a workspace are looked at for open ones. Only one run over some
/// dates can be open, and its successor closes it.
const OPEN_AMONG: u32 = 100;
/// Who looks for them.
const READER: &str = "attain";

/// The runs at work. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Runs {
    engine: Engine,
    stopping: Stopping,
    at_work: Arc<Mutex<AtWork>>,
}

#[derive(Default)]
struct AtWork {
    tasks: JoinSet<()>,
    ids: BTreeSet<RunId>,
}

impl Runs {
    pub(crate) fn new(engine: Engine, stopping: Stopping) -> Self {
        Self {
            engine,
            stopping,
            at_work: Arc::default(),
        }
    }

    /// Executes a run that was started, until its end or the server's. One that is at work here
    /// already is left to it.
    pub(crate) fn execute(&self, caller: Caller, id: RunId) {
        let mut at_work = lock(&self.at_work);
        // Those that have ended leave, so that the set is as large as what is at work.
        while at_work.tasks.try_join_next().is_some() {}
        if at_work.ids.insert(id) {
            let runs = self.clone();
            at_work.tasks.spawn(async move {
                runs.work(&caller, id).await;
                lock(&runs.at_work).ids.remove(&id);
            });
        }
    }

    async fn work(&self, caller: &Caller, id: RunId) {
        let (run, workspace) = (id.to_string(), caller.workspace.to_string());
        let mut stopping = self.stopping.clone();
        tokio::select! {
            end = self.engine.execute_run(caller, id) => match end {
                Ok(ended) => {
                    tracing::info!(run, workspace, status = ?ended.status, "a run has ended");
                }
                Err(refusal) => {
                    let reason = refusal.reason.code();
                    tracing::error!(run, workspace, reason, "a run has failed");
                }
            },
            () = stopping.begun() => {
                tracing::warn!(run, workspace, "a run is left unfinished: the server stops");
            }
        }
    }

    /// Goes on with the runs that stand open when the server starts, and whose worker is gone: one
    /// that was not written for as long as its lease. Measured here, so that it does not matter
    /// what the clocks of other machines say.
    pub(crate) async fn resume(&self) {
        let found_at = Instant::now();
        let mut open = match self.open_runs().await {
            Ok(open) => open,
            Err(refusal) => {
                let reason = refusal.reason.code();
                return tracing::error!(reason, "open runs cannot be looked for");
            }
        };
        open.sort_by_key(|(_, run)| lease_of(run));
        let mut stopping = self.stopping.clone();
        for (caller, run) in open {
            tokio::select! {
                () = tokio::time::sleep_until(found_at + lease_of(&run)) => {}
                () = stopping.begun() => return,
            }
            match self.engine.run(&caller, run.id).await {
                Ok(now) if now.stamp.version == run.stamp.version => {
                    tracing::warn!(run = %run.id, "a run whose worker is gone is gone on with");
                    self.execute(caller, run.id);
                }
                Ok(_) => {}
                Err(refusal) => {
                    let reason = refusal.reason.code();
                    tracing::error!(run = %run.id, reason, "an open run cannot be looked at");
                }
            }
        }
    }

    /// The open runs among the newest of each workspace, and who asked for them.
    async fn open_runs(&self) -> Result<Vec<(Caller, Run)>, Refusal> {
        let mut open = Vec::new();
        for workspace in self.engine.workspaces().await? {
            let reader = Caller::new(
                workspace.clone(),
                ActorId::parse(READER)
                    .map_err(|error| Refusal::new(Reason::Internal, error.to_string()))?,
            );
            let newest = self
                .engine
                .runs(&reader, None, ChunkSize::new(OPEN_AMONG))
                .await?;
            for run in newest.into_iter().filter(|run| !run.status.has_ended()) {
                open.push((Caller::new(workspace.clone(), run.stamp.actor.clone()), run));
            }
        }
        Ok(open)
    }

    /// Waits until no run is at work.
    pub(crate) async fn left(&self) {
        let mut tasks = std::mem::take(&mut lock(&self.at_work).tasks);
        while tasks.join_next().await.is_some() {}
    }
}

/// How long the worker of a run may be silent.
fn lease_of(run: &Run) -> Duration {
    let micros = run
        .lease_until
        .micros()
        .saturating_sub(run.stamp.updated_at.micros());
    Duration::from_micros(u64::try_from(micros).unwrap_or(0))
}

/// A panic elsewhere leaves the set of runs as it was, so a poisoned lock is as good as any.
fn lock(at_work: &Mutex<AtWork>) -> MutexGuard<'_, AtWork> {
    at_work.lock().unwrap_or_else(PoisonError::into_inner)
}

//! The runs that this server executes. A call starts one and does not wait for it. When the server
//! stops, its runs stop between two commits: what is committed stays, and the next run over the
//! same dates takes the rest over once the lease is over.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use attain_app::{Caller, Engine};
use attain_domain::ids::RunId;
use tokio::sync::watch;
use tokio::task::JoinSet;

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

    /// Waits until no run is at work.
    pub(crate) async fn left(&self) {
        let mut tasks = std::mem::take(&mut lock(&self.at_work).tasks);
        while tasks.join_next().await.is_some() {}
    }
}

/// A panic elsewhere leaves the set of runs as it was, so a poisoned lock is as good as any.
fn lock(at_work: &Mutex<AtWork>) -> MutexGuard<'_, AtWork> {
    at_work.lock().unwrap_or_else(PoisonError::into_inner)
}

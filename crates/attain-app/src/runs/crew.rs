//! Workers side by side: those of this process that take one run to its end, and those that serve
//! whatever run of whatever workspace has something to do. They know of each other, here and in
//! other processes, by their leases alone.

use std::time::Duration;

use attain_domain::chunk::{ChunkTask, RunChunk};
use attain_domain::ids::{RunId, WorkerId, WorkspaceId};
use attain_domain::ports::ChunkSize;
use attain_domain::refusal::{Reason, Refusal};
use attain_domain::run::{LogLevel, Run, RunLogEntry, RunStatus};
use futures::StreamExt;
use futures::channel::mpsc::{self, UnboundedReceiver, UnboundedSender};
use futures::future::BoxFuture;
use futures::stream::FuturesUnordered;
use tokio::runtime::Handle;
use tokio::task::JoinHandle;

use super::coordinator::coordinate;
use super::ground::Leave;
use super::worker::{is_passing, work_on};
use crate::caller::Caller;
use crate::engine::Engine;
use crate::failure::store_refusal;

/// How often a worker without work looks for some that other processes have made.
const LOOK_AGAIN: Duration = Duration::from_millis(200);
/// How long it waits when the store does not answer.
const STORE_AWAY: Duration = Duration::from_secs(1);
/// How long workers that are told to leave have for what they are at. A store that does not answer
/// keeps none of them for longer; the lease of what is not given back by then ends by itself.
const LEAVES_WITHIN: Duration = Duration::from_secs(5);

/// What a worker looks for.
#[derive(Clone)]
enum Scope {
    /// The chunks of one run, until it has ended.
    Run(Caller, RunId),
    /// One chunk of each workspace in turn, for ever.
    All,
}

/// What one of a crew came to.
enum Outcome {
    Worker(Result<(), Refusal>),
    Coordinator(Result<Option<Run>, Refusal>),
}

type Found = (WorkspaceId, RunChunk);

/// Workers, and the coordinators of the runs that they have come across. All of them stop when this
/// is dropped.
struct Crew {
    engine: Engine,
    leave: Leave,
    at_work: FuturesUnordered<BoxFuture<'static, Outcome>>,
    found: UnboundedReceiver<Found>,
    finder: UnboundedSender<Found>,
}

impl Crew {
    fn new(engine: &Engine) -> Self {
        let (finder, found) = mpsc::unbounded();
        Self {
            engine: engine.clone(),
            leave: Leave::default(),
            at_work: FuturesUnordered::new(),
            found,
            finder,
        }
    }

    fn add_worker(&mut self, worker: WorkerId, scope: Scope) {
        let member = Member {
            engine: self.engine.clone(),
            worker,
            scope,
            finder: self.finder.clone(),
            leave: self.leave.clone(),
            last: None,
        };
        let work = async move { Outcome::Worker(member.work().await) };
        self.at_work.push(side_by_side(work));
    }

    fn add_coordinator(&mut self, (workspace, chunk): Found) {
        let (engine, leave) = (self.engine.clone(), self.leave.clone());
        let work = async move {
            let end = Box::pin(coordinate(&engine, &workspace, chunk, &leave)).await;
            engine.wake();
            Outcome::Coordinator(end)
        };
        self.at_work.push(side_by_side(work));
    }

    /// Has everybody leave and waits until they have, for a while. Who is stopped on the way out is
    /// still at its last look when this returns: the caller may close the store then, and it would
    /// tell of a store that is gone.
    async fn disband(mut self) {
        self.leave.tell();
        self.engine.wake();
        let gone = async { while self.next().await.is_some() {} };
        tokio::select! {
            () = gone => {}
            () = after(LEAVES_WITHIN) => {}
        }
    }

    /// The next outcome; none when nobody is at work.
    async fn next(&mut self) -> Option<Outcome> {
        loop {
            tokio::select! {
                biased;
                Some(found) = self.found.next() => self.add_coordinator(found),
                outcome = self.at_work.next() => return outcome,
            }
        }
    }
}

/// Work as a task of its own, so that it has a thread when there is one; where there is no runtime,
/// it takes turns. It stops when this is dropped.
fn side_by_side(
    work: impl Future<Output = Outcome> + Send + 'static,
) -> BoxFuture<'static, Outcome> {
    let Ok(runtime) = Handle::try_current() else {
        return Box::pin(work);
    };
    let mut task = Task(runtime.spawn(work));
    Box::pin(async move {
        match (&mut task.0).await {
            Ok(outcome) => outcome,
            Err(error) => {
                let text = format!("a worker stopped: {error}");
                Outcome::Worker(Err(Refusal::new(Reason::Internal, text)))
            }
        }
    })
}

struct Task(JoinHandle<Outcome>);

impl Drop for Task {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// One worker.
struct Member {
    engine: Engine,
    worker: WorkerId,
    scope: Scope,
    finder: UnboundedSender<Found>,
    leave: Leave,
    /// The workspace of the last chunk.
    last: Option<WorkspaceId>,
}

impl Member {
    async fn work(mut self) -> Result<(), Refusal> {
        let engine = self.engine.clone();
        loop {
            // Before the look, so that nothing that happens after it is slept through.
            let changed = engine.changed();
            if self.leave.is_told() {
                return Ok(());
            }
            let nap = match self.turn().await {
                Ok(true) => continue,
                Ok(false) => LOOK_AGAIN,
                Err(refusal) => match self.scope {
                    Scope::Run(..) => return Err(refusal),
                    Scope::All => STORE_AWAY,
                },
            };
            if self.is_over().await? {
                return Ok(());
            }
            engine.pause(changed, nap).await;
        }
    }

    /// Takes up one chunk. False when there is none.
    async fn turn(&mut self) -> Result<bool, Refusal> {
        let Some((workspace, chunk)) = self.take_up().await? else {
            return Ok(false);
        };
        if chunk.task == ChunkTask::Coordinate {
            // Nobody hears it only when all are told to stop; then the lease is over some time.
            let _ = self.finder.unbounded_send((workspace, chunk));
        } else {
            Box::pin(work_on(&self.engine, &workspace, chunk, &self.leave)).await?;
        }
        Ok(true)
    }

    async fn take_up(&mut self) -> Result<Option<Found>, Refusal> {
        let (workspace, only) = match &self.scope {
            Scope::Run(caller, run) => (caller.workspace.clone(), Some(*run)),
            Scope::All => match self.next_workspace().await? {
                Some(workspace) => (workspace, None),
                None => return Ok(None),
            },
        };
        let store = &self.engine.store;
        let leased = store.lease_chunk(&workspace, &self.worker, only, self.engine.lease());
        let leased = leased.await.map_err(store_refusal)?;
        Ok(leased.map(|chunk| (workspace, chunk)))
    }

    /// The workspace whose turn it is.
    async fn next_workspace(&mut self) -> Result<Option<WorkspaceId>, Refusal> {
        let at_work = self.engine.store.workspaces_at_work().await;
        let at_work = at_work.map_err(store_refusal)?;
        let next = at_work
            .iter()
            .find(|workspace| self.last.as_ref().is_none_or(|last| last < workspace));
        self.last = next.or(at_work.first()).cloned();
        Ok(self.last.clone())
    }

    async fn is_over(&self) -> Result<bool, Refusal> {
        match &self.scope {
            Scope::Run(caller, run) => Ok(self.engine.run(caller, *run).await?.status.has_ended()),
            Scope::All => Ok(false),
        }
    }
}

impl Engine {
    /// Takes a run that was started to its end, with as many workers of this process side by side
    /// as its limits say, and with those of other processes. Called again for a run that has ended,
    /// it only reads it.
    ///
    /// # Errors
    /// Why the run failed; the run is then recorded as failed, unless the store is gone.
    pub async fn execute_run(&self, caller: &Caller, id: RunId) -> Result<Run, Refusal> {
        let run = self.run(caller, id).await?;
        if run.status.has_ended() {
            return Ok(run);
        }
        let mut crew = Crew::new(self);
        for number in 1..=self.limits.workers.max(1) {
            let worker = worker_id(number)?;
            crew.add_worker(worker, Scope::Run(caller.clone(), id));
        }
        while let Some(outcome) = crew.next().await {
            let end = match outcome {
                Outcome::Coordinator(Ok(Some(ended))) => Ok(ended),
                Outcome::Worker(Ok(())) | Outcome::Coordinator(Ok(None)) => continue,
                Outcome::Worker(Err(refusal)) | Outcome::Coordinator(Err(refusal)) => Err(refusal),
            };
            crew.disband().await;
            return end;
        }
        // Somebody else has ended it.
        let ended = self.run(caller, id).await?;
        match ended.status {
            RunStatus::Failed => Err(self.why_failed(caller, id).await?),
            RunStatus::Queued
            | RunStatus::Running
            | RunStatus::Succeeded
            | RunStatus::SucceededWithErrors
            | RunStatus::Cancelled => Ok(ended),
        }
    }

    async fn why_failed(&self, caller: &Caller, id: RunId) -> Result<Refusal, Refusal> {
        let snapshot = self.snapshot(caller).await?;
        let mut last: Option<RunLogEntry> = None;
        loop {
            let after = last.as_ref().map_or(0, |entry| entry.number);
            let page = snapshot
                .run_log_after(id, after, ChunkSize::largest())
                .await;
            match page.map_err(store_refusal)?.pop() {
                Some(entry) => last = Some(entry),
                None => break,
            }
        }
        let last = last.filter(|entry| entry.level == LogLevel::Error);
        Ok(
            match last.and_then(|entry| Some((entry.reason?, entry.text))) {
                Some((reason, text)) => Refusal::new(reason, text),
                None => Refusal::new(
                    Reason::RunEnded,
                    format!("{id} was given up, and another run took its work over"),
                ),
            },
        )
    }

    /// Serves whatever run of whatever workspace has something to do, one chunk of each workspace
    /// in turn, until `stop`: then what is held is given back between two commits, if the store
    /// answers in time. Runs whose coordinator is silent for longer than its lease are taken over.
    pub async fn work(&self, worker: &WorkerId, stop: impl Future<Output = ()> + Send) {
        let mut crew = Crew::new(self);
        crew.add_worker(worker.clone(), Scope::All);
        let mut stop = std::pin::pin!(stop);
        let mut late: BoxFuture<'static, ()> = Box::pin(std::future::pending());
        let mut is_stopping = false;
        loop {
            let outcome = tokio::select! {
                () = &mut stop, if !is_stopping => {
                    is_stopping = true;
                    crew.leave.tell();
                    self.wake();
                    late = Box::pin(after(LEAVES_WITHIN));
                    continue;
                }
                () = &mut late => {
                    tracing::warn!("left in the middle of something: its lease has to end");
                    return;
                }
                outcome = crew.next() => outcome,
            };
            match outcome {
                None => return,
                Some(Outcome::Coordinator(Ok(Some(run)))) => {
                    tracing::info!(run = %run.id, status = ?run.status, "a run has ended");
                }
                Some(Outcome::Coordinator(Err(refusal))) => {
                    let reason = refusal.reason.code();
                    if is_passing(&refusal) {
                        tracing::error!(reason, error = %refusal, "a run waits for its next turn");
                    } else {
                        tracing::error!(reason, error = %refusal, "a run has failed");
                    }
                }
                Some(Outcome::Coordinator(Ok(None)) | Outcome::Worker(Ok(()))) => {}
                Some(Outcome::Worker(Err(refusal))) => {
                    let reason = refusal.reason.code();
                    tracing::error!(reason, error = %refusal, "a worker has stopped");
                    if !is_stopping {
                        crew.add_worker(worker.clone(), Scope::All);
                    }
                }
            }
        }
    }
}

/// Waits for a while. Without a runtime there is no time to wait for.
async fn after(pause: Duration) {
    if Handle::try_current().is_err() {
        return std::future::pending().await;
    }
    tokio::time::sleep(pause).await;
}

/// A worker of this process.
fn worker_id(number: u32) -> Result<WorkerId, Refusal> {
    let id = WorkerId::parse(&format!("process-{}-{number}", std::process::id()));
    id.map_err(|error| Refusal::new(Reason::Internal, error.to_string()))
}

//! Many workspaces at work on one PostgreSQL at the same time: none waits for the run of another,
//! and a worker serves them in turn.
#![allow(clippy::unwrap_used, reason = "what cannot be, fails the test")]

mod program;

use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use attain_app::{
    ApplyMode, Caller, Engine, Limits, RunRequest, SystemClock, TimeOrderedIds, WhenBusy,
};
use attain_documents::read_documents;
use attain_domain::change::ChangeSet;
use attain_domain::chunk::RunChunk;
use attain_domain::collecting::RawTransaction;
use attain_domain::definition::Definition;
use attain_domain::ids::{ActorId, ChunkId, RunId, WorkerId, WorkspaceId};
use attain_domain::ports::{CommitError, Snapshot, Store, StoreError};
use attain_domain::run::{Process, Run, RunStatus};
use attain_domain::time::{Date, DateRange, Instant};
use attain_postgres::{Options, PostgresStore};
use program::Database;
use tokio::sync::oneshot;
use tokio::time::{sleep, timeout};

/// The first has a long run.
const WORKSPACES: usize = 20;
const LONG_SALES: u32 = 1_000;
const SALES: u32 = 12;
/// How long all runs may take.
const PATIENCE: Duration = Duration::from_secs(60);
const LOOK_AGAIN: Duration = Duration::from_millis(20);

/// What a worker found: who had something to do, and whom it asked for a piece.
#[derive(Clone, Debug)]
struct Turn {
    at_work: Vec<WorkspaceId>,
    served: WorkspaceId,
}

/// A store that remembers the turns of its one worker.
struct Watched {
    store: PostgresStore,
    at_work: Mutex<Vec<WorkspaceId>>,
    turns: Mutex<Vec<Turn>>,
}

#[async_trait]
impl Store for Watched {
    async fn snapshot(&self, workspace: &WorkspaceId) -> Result<Box<dyn Snapshot>, StoreError> {
        self.store.snapshot(workspace).await
    }

    async fn commit(&self, changes: ChangeSet) -> Result<(), CommitError> {
        self.store.commit(changes).await
    }

    async fn create_workspace(
        &self,
        workspace: &WorkspaceId,
        at: Instant,
    ) -> Result<bool, StoreError> {
        self.store.create_workspace(workspace, at).await
    }

    async fn workspaces(&self) -> Result<Vec<WorkspaceId>, StoreError> {
        self.store.workspaces().await
    }

    async fn lease_chunk(
        &self,
        workspace: &WorkspaceId,
        worker: &WorkerId,
        only: Option<RunId>,
        lease: Duration,
    ) -> Result<Option<RunChunk>, StoreError> {
        let leased = self.store.lease_chunk(workspace, worker, only, lease);
        let leased = leased.await?;
        self.turns.lock().unwrap().push(Turn {
            at_work: self.at_work.lock().unwrap().clone(),
            served: workspace.clone(),
        });
        Ok(leased)
    }

    async fn renew_lease(
        &self,
        workspace: &WorkspaceId,
        chunk: ChunkId,
        attempt: u32,
        lease: Duration,
    ) -> Result<bool, StoreError> {
        let renewed = self.store.renew_lease(workspace, chunk, attempt, lease);
        renewed.await
    }

    async fn workspaces_at_work(&self) -> Result<Vec<WorkspaceId>, StoreError> {
        let at_work = self.store.workspaces_at_work().await?;
        self.at_work.lock().unwrap().clone_from(&at_work);
        Ok(at_work)
    }
}

fn caller(number: usize) -> Caller {
    let workspace = WorkspaceId::parse(&format!("company-{number:02}")).unwrap();
    Caller::new(workspace, ActorId::parse("test").unwrap())
}

fn definitions() -> Vec<Definition> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../examples/small/documents");
    let files = std::fs::read_dir(folder).unwrap();
    let read = |path: PathBuf| {
        let text = std::fs::read_to_string(&path).unwrap();
        read_documents(&path.display().to_string(), &text).unwrap()
    };
    files.flat_map(|file| read(file.unwrap().path())).collect()
}

fn sales(count: u32) -> Vec<(u64, RawTransaction)> {
    let sale = |number: u32| RawTransaction {
        number: Some(number.to_string()),
        kind: Some("ORDER".to_owned()),
        event_date: Some(format!("2026-01-{:02}", number % 28 + 1)),
        amount: Some((number % 997 + 1).to_string()),
        currency: Some("USD".to_owned()),
        attributes: [(
            "rep".to_owned(),
            ["ana", "ben"][number as usize % 2].to_owned(),
        )]
        .into(),
        ..RawTransaction::default()
    };
    (0..count).map(|n| (u64::from(n), sale(n))).collect()
}

/// A workspace whose run waits for a worker.
async fn prepared(engine: &Engine, number: usize, definitions: &[Definition]) -> (Caller, Run) {
    let caller = caller(number);
    engine.create_workspace(&caller.workspace).await.unwrap();
    let applied = engine.apply(&caller, definitions, &[], ApplyMode::Write);
    applied.await.unwrap();
    let count = if number == 0 { LONG_SALES } else { SALES };
    let imported = engine.import_transactions(&caller, &sales(count)).await;
    assert_eq!(imported.unwrap().counts.stored, u64::from(count));
    let (first, end) = (
        Date::from_ymd_opt(2026, 1, 1),
        Date::from_ymd_opt(2026, 2, 1),
    );
    let request = RunRequest {
        process: Process::RunAll,
        range: DateRange::between(first.unwrap(), end.unwrap()),
        when_busy: WhenBusy::Refuse,
    };
    let run = engine.start_run(&caller, &request).await.unwrap();
    (caller, run)
}

/// Has one worker take all runs to their ends.
async fn work(engine: &Engine, runs: &[(Caller, Run)]) -> Vec<Run> {
    let (stop, stopped) = oneshot::channel::<()>();
    let worker = tokio::spawn({
        let engine = engine.clone();
        async move {
            let stopped = async { drop(stopped.await) };
            engine.work(&WorkerId::parse("one").unwrap(), stopped).await;
        }
    });
    let all = timeout(PATIENCE, async {
        let mut ended = Vec::new();
        for (caller, run) in runs {
            ended.push(end_of(engine, caller, run).await);
        }
        ended
    });
    let ended = all.await.expect("the runs end");
    stop.send(()).unwrap();
    worker.await.unwrap();
    ended
}

async fn end_of(engine: &Engine, caller: &Caller, run: &Run) -> Run {
    loop {
        let now = engine.run(caller, run.id).await.unwrap();
        if now.status.has_ended() {
            return now;
        }
        sleep(LOOK_AGAIN).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_workspace_waits_for_the_long_run_of_another() {
    let database = Database::new("workspaces");
    let options = Options {
        migrate: true,
        ..Options::default()
    };
    let store = PostgresStore::open(&database.url(), options).await;
    let store = Arc::new(Watched {
        store: store.unwrap(),
        at_work: Mutex::default(),
        turns: Mutex::default(),
    });
    let (clock, ids) = (Arc::new(SystemClock), Arc::new(TimeOrderedIds::default()));
    let limits = Limits {
        // So that the long run has many pieces.
        import_rows: 10_000,
        chunk_transactions: 50,
        ..Limits::default()
    };
    let engine = Engine::new(store.clone(), clock, ids).with_limits(limits);
    let definitions = definitions();
    let mut runs = Vec::new();
    for number in 0..WORKSPACES {
        runs.push(prepared(&engine, number, &definitions).await);
    }
    let ended = work(&engine, &runs).await;
    store.store.close().await;
    let (long, others) = ended.split_first().unwrap();
    for run in &ended {
        assert_eq!(run.status, RunStatus::Succeeded);
    }
    for run in others {
        assert!(run.ended_at < long.ended_at, "{run:?} waited for {long:?}");
    }
    check_turns(&store.turns.lock().unwrap());
}

/// After a workspace, the next one in their order that has something to do is served.
fn check_turns(turns: &[Turn]) {
    let mut of_many = 0;
    for pair in turns.windows(2) {
        let [before, turn] = pair else { continue };
        let after = |workspace: &&WorkspaceId| **workspace > before.served;
        let next = turn.at_work.iter().find(after).or(turn.at_work.first());
        of_many += u32::from(turn.at_work.len() > 1);
        assert_eq!(Some(&turn.served), next, "{before:?}, then {turn:?}");
    }
    assert!(of_many > 40, "{of_many} turns had a choice");
}

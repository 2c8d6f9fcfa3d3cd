//! The storage kit on a Citus cluster, where one is given. All cases share a database; a case's
//! workspaces have names there that no other case uses.
#![allow(
    clippy::unwrap_used,
    reason = "a test's own tool: what cannot be, fails the test"
)]

mod cluster;

use std::collections::BTreeMap;
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use attain_conformance::{Harness, Hook, trials};
use attain_domain::change::ChangeSet;
use attain_domain::chunk::RunChunk;
use attain_domain::ids::{ChunkId, NAME_BYTES_MAX, RunId, WorkerId, WorkspaceId};
use attain_domain::ports::{CommitError, Snapshot, Store, StoreError};
use attain_domain::time::Instant;
use attain_local_postgres::TestServer;
use attain_postgres::{Options, PostgresStore};
use libtest_mimic::Arguments;
use sqlx::{Connection, PgConnection};
use tokio::sync::OnceCell;

/// The workspaces of one case: what they are called there, and what the case calls them.
struct Names {
    prefix: String,
    real: Mutex<BTreeMap<WorkspaceId, WorkspaceId>>,
}

impl Names {
    async fn new(url: &str) -> Self {
        let mut connection = PgConnection::connect(url).await.unwrap();
        let prefix = sqlx::query_scalar("SELECT left(gen_random_uuid()::text, 13)");
        let prefix = prefix.fetch_one(&mut connection).await.unwrap();
        connection.close().await.unwrap();
        Self {
            prefix,
            real: Mutex::default(),
        }
    }

    /// In the same order as the names themselves.
    fn there(&self, name: &WorkspaceId) -> WorkspaceId {
        let mut text = format!("{} {name}", self.prefix);
        while text.len() > NAME_BYTES_MAX {
            text.pop();
        }
        let there = WorkspaceId::parse(text.trim_end()).unwrap();
        let mut real = self.real.lock().unwrap_or_else(PoisonError::into_inner);
        let before = real.insert(there.clone(), name.clone());
        assert!(before.is_none_or(|before| before == *name), "{name} is cut");
        there
    }

    /// Those of the case alone.
    fn here(&self, there: &[WorkspaceId]) -> Vec<WorkspaceId> {
        let real = self.real.lock().unwrap_or_else(PoisonError::into_inner);
        let known = there.iter().filter_map(|name| real.get(name));
        known.cloned().collect()
    }
}

/// A store in which a case sees its own workspaces only.
struct Shared {
    store: PostgresStore,
    names: Arc<Names>,
}

#[async_trait]
impl Store for Shared {
    async fn snapshot(&self, workspace: &WorkspaceId) -> Result<Box<dyn Snapshot>, StoreError> {
        self.store.snapshot(&self.names.there(workspace)).await
    }

    async fn commit(&self, changes: ChangeSet) -> Result<(), CommitError> {
        let workspace = self.names.there(&changes.workspace);
        let changes = ChangeSet {
            workspace,
            ..changes
        };
        self.store.commit(changes).await
    }

    async fn create_workspace(
        &self,
        workspace: &WorkspaceId,
        at: Instant,
    ) -> Result<bool, StoreError> {
        let workspace = self.names.there(workspace);
        self.store.create_workspace(&workspace, at).await
    }

    async fn workspaces(&self) -> Result<Vec<WorkspaceId>, StoreError> {
        let all = self.store.workspaces().await?;
        Ok(self.names.here(&all))
    }

    async fn lease_chunk(
        &self,
        workspace: &WorkspaceId,
        worker: &WorkerId,
        only: Option<RunId>,
        lease: Duration,
    ) -> Result<Option<RunChunk>, StoreError> {
        let workspace = self.names.there(workspace);
        self.store
            .lease_chunk(&workspace, worker, only, lease)
            .await
    }

    async fn renew_lease(
        &self,
        workspace: &WorkspaceId,
        chunk: ChunkId,
        attempt: u32,
        lease: Duration,
    ) -> Result<bool, StoreError> {
        let workspace = self.names.there(workspace);
        self.store
            .renew_lease(&workspace, chunk, attempt, lease)
            .await
    }

    async fn workspaces_at_work(&self) -> Result<Vec<WorkspaceId>, StoreError> {
        let all = self.store.workspaces_at_work().await?;
        Ok(self.names.here(&all))
    }
}

struct Citus {
    coordinator: TestServer,
    database: OnceCell<String>,
    /// The names that each store goes by, by where it lies in memory.
    names: Mutex<BTreeMap<usize, Arc<Names>>>,
}

impl Citus {
    async fn url(&self) -> &str {
        let database = self
            .database
            .get_or_init(|| cluster::database(&self.coordinator));
        database.await
    }

    async fn open(&self, names: Arc<Names>) -> Arc<dyn Store> {
        let options = Options {
            views_max: 8,
            commits_max: 6,
            ..Options::default()
        };
        // The server knows its connections by the case.
        let url = format!("{}{}", self.url().await, self.named(&names));
        let store = PostgresStore::open(&url, options).await;
        let store: Arc<dyn Store> = Arc::new(Shared {
            store: store.expect("a database for tests opens"),
            names: Arc::clone(&names),
        });
        let mut all = self.names.lock().unwrap_or_else(PoisonError::into_inner);
        all.insert(place_of(&store), names);
        store
    }

    /// What a URL ends in so that connections are called like the case.
    fn named(&self, names: &Names) -> String {
        let sign = if self.coordinator.url().contains('?') {
            '&'
        } else {
            '?'
        };
        format!("{sign}application_name={}", names.prefix)
    }

    fn names_of(&self, store: &Arc<dyn Store>) -> Option<Arc<Names>> {
        let all = self.names.lock().unwrap_or_else(PoisonError::into_inner);
        all.get(&place_of(store)).cloned()
    }
}

fn place_of(store: &Arc<dyn Store>) -> usize {
    Arc::as_ptr(store).cast::<()>() as usize
}

#[async_trait]
impl Harness for Citus {
    fn name(&self) -> &'static str {
        "citus"
    }

    async fn fresh(&self) -> Arc<dyn Store> {
        let names = Names::new(self.url().await).await;
        self.open(Arc::new(names)).await
    }

    fn offers(&self, hook: Hook) -> bool {
        match hook {
            Hook::Reopen | Hook::Interrupt => true,
        }
    }

    async fn reopen(&self, store: Arc<dyn Store>) -> Option<Arc<dyn Store>> {
        let names = self.names_of(&store)?;
        drop(store);
        Some(self.open(names).await)
    }

    async fn interrupt(&self, store: &Arc<dyn Store>) -> bool {
        let Some(names) = self.names_of(store) else {
            return false;
        };
        let mut connection = PgConnection::connect(self.url().await).await.unwrap();
        let end =
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1";
        let end = sqlx::query(end).bind(&names.prefix);
        end.execute(&mut connection).await.unwrap();
        true
    }
}

fn main() -> ExitCode {
    let cases = match cluster::given() {
        None => vec![cluster::not_given()],
        Some(coordinator) => trials(Arc::new(Citus {
            coordinator,
            database: OnceCell::new(),
            names: Mutex::default(),
        })),
    };
    libtest_mimic::run(&Arguments::from_args(), cases).exit_code()
}

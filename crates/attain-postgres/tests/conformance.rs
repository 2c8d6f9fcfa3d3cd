//! The storage kit on PostgreSQL.

mod database;

use std::collections::BTreeMap;
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use attain_conformance::{Harness, Hook};
use attain_domain::change::ChangeSet;
use attain_domain::chunk::RunChunk;
use attain_domain::ids::{ChunkId, RunId, WorkerId, WorkspaceId};
use attain_domain::ports::{CommitError, Snapshot, Store, StoreError};
use attain_domain::time::Instant;
use attain_postgres::{Options, PostgresStore};

use crate::database::Database;

/// A store and the database that it lies in, which ends with it.
struct Housed {
    store: PostgresStore,
    _database: Arc<Database>,
}

#[async_trait]
impl Store for Housed {
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
        self.store.lease_chunk(workspace, worker, only, lease).await
    }

    async fn renew_lease(
        &self,
        workspace: &WorkspaceId,
        chunk: ChunkId,
        attempt: u32,
        lease: Duration,
    ) -> Result<bool, StoreError> {
        self.store
            .renew_lease(workspace, chunk, attempt, lease)
            .await
    }

    async fn workspaces_at_work(&self) -> Result<Vec<WorkspaceId>, StoreError> {
        self.store.workspaces_at_work().await
    }
}

#[derive(Default)]
struct Postgres {
    /// Which store has which database, by where it lies in memory.
    databases: Mutex<BTreeMap<usize, std::sync::Weak<Database>>>,
}

impl Postgres {
    async fn open(&self, database: Arc<Database>) -> Arc<dyn Store> {
        let options = Options {
            views_max: 8,
            commits_max: 6,
            ..Options::default()
        };
        let store = PostgresStore::open(&database.url(), options).await;
        let housed = Housed {
            store: store.expect("a database for tests opens"),
            _database: Arc::clone(&database),
        };
        let store: Arc<dyn Store> = Arc::new(housed);
        let databases = self.databases.lock();
        let mut databases = databases.unwrap_or_else(PoisonError::into_inner);
        databases.insert(place_of(&store), Arc::downgrade(&database));
        store
    }

    fn database(&self, store: &Arc<dyn Store>) -> Option<Arc<Database>> {
        let databases = self.databases.lock();
        let databases = databases.unwrap_or_else(PoisonError::into_inner);
        databases.get(&place_of(store))?.upgrade()
    }
}

fn place_of(store: &Arc<dyn Store>) -> usize {
    Arc::as_ptr(store).cast::<()>() as usize
}

#[async_trait]
impl Harness for Postgres {
    fn name(&self) -> &'static str {
        "postgres"
    }

    async fn fresh(&self) -> Arc<dyn Store> {
        self.open(Arc::new(Database::fresh().await)).await
    }

    fn offers(&self, hook: Hook) -> bool {
        match hook {
            Hook::Reopen | Hook::Interrupt => true,
        }
    }

    async fn reopen(&self, store: Arc<dyn Store>) -> Option<Arc<dyn Store>> {
        let database = self.database(&store)?;
        drop(store);
        Some(self.open(database).await)
    }

    async fn interrupt(&self, store: &Arc<dyn Store>) -> bool {
        let Some(database) = self.database(store) else {
            return false;
        };
        database.end_sessions().await;
        true
    }
}

fn main() -> ExitCode {
    attain_conformance::main(Postgres::default())
}

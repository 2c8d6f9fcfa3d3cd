//! Stores that break on purpose, for the tests of whoever has a store in their hands.

mod snapshot;
mod state;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use attain_domain::change::ChangeSet;
use attain_domain::chunk::RunChunk;
use attain_domain::ids::{ChunkId, RunId, WorkerId, WorkspaceId};
use attain_domain::ports::{CommitError, Snapshot, Store, StoreError, StoreErrorKind};
use attain_domain::time::Instant;

use self::snapshot::FaultySnapshot;
use self::state::State;

/// What can go wrong. The caller sees the same each time: the store is unavailable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Fault {
    /// A commit does not get as far as the store. Nothing is applied.
    RefuseCommit,
    /// A commit gets there and is carried out, but its answer is lost, whatever it was.
    LoseAnswer,
    /// A read is not answered; opening a view is a read.
    FailRead,
}

/// To which calls it happens. Commits are counted for the first two faults, the making of a
/// workspace, the taking up of a chunk and the renewal of a lease among them, and reads for the third; both from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// To the call of this number alone.
    At(u64),
    /// To the call of this number and to all after it: the store is gone.
    From(u64),
    /// To one of so many calls on average, drawn from a seed: the same ones each time.
    OneIn {
        /// How many; 0 is never.
        calls: u64,
        /// Where the dice begin.
        seed: u64,
    },
}

/// A store in front of another that breaks as it is told.
///
/// ```
/// use std::sync::Arc;
///
/// use attain_conformance::faults::{Fault, FaultyStore, When};
/// use attain_domain::change::ChangeSet;
/// use attain_domain::ports::Store;
/// use attain_domain::testing::{at, name};
/// use attain_memory::MemoryStore;
///
/// # #[tokio::main]
/// # async fn main() {
/// let whole = Arc::new(MemoryStore::new());
/// whole.create_workspace(&name("acme"), at(0)).await.unwrap();
/// let faulty = FaultyStore::new(whole).with(Fault::LoseAnswer, When::At(2));
///
/// let set = ChangeSet::new(name("acme"));
/// assert!(faulty.commit(set.clone()).await.is_ok());
/// assert!(faulty.commit(set.clone()).await.is_err()); // It happened; nobody was told.
/// assert!(faulty.commit(set).await.is_ok());
/// assert_eq!(faulty.happened(Fault::LoseAnswer), 1);
/// # }
/// ```
pub struct FaultyStore {
    inner: Arc<dyn Store>,
    state: Arc<State>,
}

impl FaultyStore {
    /// A store that does not break yet.
    #[must_use]
    pub fn new(inner: Arc<dyn Store>) -> Self {
        let state = Arc::default();
        Self { inner, state }
    }

    /// The same store, that breaks in one more way.
    #[must_use]
    pub fn with(self, fault: Fault, when: When) -> Self {
        self.state.add(fault, when);
        self
    }

    /// From now on nothing breaks any more.
    pub fn heal(&self) {
        self.state.heal();
    }

    /// How often a fault has happened.
    #[must_use]
    pub fn happened(&self, fault: Fault) -> u64 {
        self.state.happened(fault)
    }

    /// How many commits were sent, whatever became of them.
    #[must_use]
    pub fn commits(&self) -> u64 {
        self.state.commits()
    }

    /// How many reads were sent, views that were opened among them.
    #[must_use]
    pub fn reads(&self) -> u64 {
        self.state.reads()
    }
}

/// What the caller is told.
fn unavailable(what: &str) -> StoreError {
    let text = format!("{what}: a fault that a test has asked for");
    StoreError::new(StoreErrorKind::Unavailable, text)
}

#[async_trait]
impl Store for FaultyStore {
    async fn snapshot(&self, workspace: &WorkspaceId) -> Result<Box<dyn Snapshot>, StoreError> {
        self.state.read()?;
        let inner = self.inner.snapshot(workspace).await?;
        let state = Arc::clone(&self.state);
        Ok(Box::new(FaultySnapshot { inner, state }))
    }

    async fn commit(&self, changes: ChangeSet) -> Result<(), CommitError> {
        let is_answered = self.state.commit()?;
        let outcome = self.inner.commit(changes).await;
        is_answered?;
        outcome
    }

    async fn create_workspace(
        &self,
        workspace: &WorkspaceId,
        at: Instant,
    ) -> Result<bool, StoreError> {
        let is_answered = self.state.commit()?;
        let outcome = self.inner.create_workspace(workspace, at).await;
        is_answered?;
        outcome
    }

    async fn workspaces(&self) -> Result<Vec<WorkspaceId>, StoreError> {
        self.state.read()?;
        self.inner.workspaces().await
    }

    async fn lease_chunk(
        &self,
        workspace: &WorkspaceId,
        worker: &WorkerId,
        only: Option<RunId>,
        lease: Duration,
    ) -> Result<Option<RunChunk>, StoreError> {
        let is_answered = self.state.commit()?;
        let outcome = self.inner.lease_chunk(workspace, worker, only, lease).await;
        is_answered?;
        outcome
    }

    async fn renew_lease(
        &self,
        workspace: &WorkspaceId,
        chunk: ChunkId,
        attempt: u32,
        lease: Duration,
    ) -> Result<bool, StoreError> {
        let is_answered = self.state.commit()?;
        let outcome = self
            .inner
            .renew_lease(workspace, chunk, attempt, lease)
            .await;
        is_answered?;
        outcome
    }

    async fn workspaces_at_work(&self) -> Result<Vec<WorkspaceId>, StoreError> {
        self.state.read()?;
        self.inner.workspaces_at_work().await
    }
}

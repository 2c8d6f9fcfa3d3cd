//! A store that is interrupted: at the n-th commit it fails, dies, or lets somebody else in first.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use attain_domain::change::ChangeSet;
use attain_domain::chunk::RunChunk;
use attain_domain::ids::{ChunkId, RunId, WorkerId, WorkspaceId};
use attain_domain::ports::{CommitError, Snapshot, Store, StoreError, StoreErrorKind};
use attain_domain::testing::ManualClock;
use attain_domain::time::Instant;
use futures::future::BoxFuture;
use futures::lock::Mutex;

use super::bench::Bench;

/// What happens at one commit.
pub(crate) enum Interruption {
    /// It is not applied, and the caller is told.
    FailBefore,
    /// It is applied, but the answer is lost.
    FailAfter,
    /// It is not applied, and the store is gone from then on.
    DieBefore,
    /// It is applied, and the store is gone from then on.
    DieAfter,
    /// Somebody else is faster.
    First(BoxFuture<'static, ()>),
}

/// A store that is interrupted at one commit.
pub(crate) struct Interrupted {
    inner: Arc<dyn Store>,
    clock: Arc<ManualClock>,
    at: u32,
    what: Mutex<Option<Interruption>>,
    commits: AtomicU32,
    is_gone: AtomicBool,
}

impl Interrupted {
    /// The store of a bench, interrupted at the commit of a number, from 0. Each takes a second.
    pub(crate) fn new(bench: &Bench, at: u32, what: Interruption) -> Arc<Self> {
        let (inner, clock) = (bench.store.clone(), bench.clock.clone());
        let (commits, is_gone) = (AtomicU32::new(0), AtomicBool::new(false));
        Arc::new(Self {
            inner,
            clock,
            at,
            what: Mutex::new(Some(what)),
            commits,
            is_gone,
        })
    }

    /// Whether the commit has come.
    pub(crate) fn was_interrupted(&self) -> bool {
        self.commits.load(Ordering::SeqCst) > self.at
    }

    fn lost(&self) -> StoreError {
        StoreError::new(StoreErrorKind::Unavailable, "the connection was lost")
    }

    fn answers(&self) -> Result<(), StoreError> {
        if self.is_gone.load(Ordering::SeqCst) {
            Err(self.lost())
        } else {
            Ok(())
        }
    }
}

#[async_trait]
impl Store for Interrupted {
    async fn snapshot(&self, workspace: &WorkspaceId) -> Result<Box<dyn Snapshot>, StoreError> {
        self.answers()?;
        self.inner.snapshot(workspace).await
    }

    async fn commit(&self, changes: ChangeSet) -> Result<(), CommitError> {
        self.answers()?;
        let number = self.commits.fetch_add(1, Ordering::SeqCst);
        self.clock.advance(1);
        if number != self.at {
            return self.inner.commit(changes).await;
        }
        let what = self.what.lock().await.take();
        match what {
            None => self.inner.commit(changes).await,
            Some(Interruption::First(deed)) => {
                deed.await;
                self.inner.commit(changes).await
            }
            Some(Interruption::FailBefore) => Err(self.lost().into()),
            Some(Interruption::FailAfter) => {
                self.inner.commit(changes).await?;
                Err(self.lost().into())
            }
            Some(Interruption::DieBefore) => {
                self.is_gone.store(true, Ordering::SeqCst);
                Err(self.lost().into())
            }
            Some(Interruption::DieAfter) => {
                self.is_gone.store(true, Ordering::SeqCst);
                self.inner.commit(changes).await?;
                Err(self.lost().into())
            }
        }
    }

    async fn create_workspace(
        &self,
        workspace: &WorkspaceId,
        at: Instant,
    ) -> Result<bool, StoreError> {
        self.answers()?;
        self.inner.create_workspace(workspace, at).await
    }

    async fn workspaces(&self) -> Result<Vec<WorkspaceId>, StoreError> {
        self.answers()?;
        self.inner.workspaces().await
    }
    async fn lease_chunk(
        &self,
        workspace: &WorkspaceId,
        worker: &WorkerId,
        only: Option<RunId>,
        lease: Duration,
    ) -> Result<Option<RunChunk>, StoreError> {
        self.answers()?;
        self.inner.lease_chunk(workspace, worker, only, lease).await
    }

    async fn renew_lease(
        &self,
        workspace: &WorkspaceId,
        chunk: ChunkId,
        attempt: u32,
        lease: Duration,
    ) -> Result<bool, StoreError> {
        self.answers()?;
        self.inner
            .renew_lease(workspace, chunk, attempt, lease)
            .await
    }

    async fn workspaces_at_work(&self) -> Result<Vec<WorkspaceId>, StoreError> {
        self.answers()?;
        self.inner.workspaces_at_work().await
    }
}

/// A store that lets others have their turn before it answers, at random, so that workers get in
/// each other's way. Looking for work in vain takes a second: leases come to their end.
pub(crate) struct TakingTurns {
    inner: Arc<dyn Store>,
    clock: Arc<ManualClock>,
    dice: AtomicU32,
}

impl TakingTurns {
    pub(crate) fn new(inner: Arc<dyn Store>, clock: Arc<ManualClock>, seed: u32) -> Arc<Self> {
        let dice = AtomicU32::new(seed);
        Arc::new(Self { inner, clock, dice })
    }

    async fn others_first(&self) {
        let next = |dice: u32| Some(dice.wrapping_mul(1_664_525).wrapping_add(1_013_904_223));
        let (relaxed, rolled) = (Ordering::Relaxed, Ordering::SeqCst);
        let dice = self.dice.fetch_update(rolled, relaxed, next).unwrap_or(0);
        for _ in 0..(dice >> 24) % 4 {
            tokio::task::yield_now().await;
        }
    }
}

#[async_trait]
impl Store for TakingTurns {
    async fn snapshot(&self, workspace: &WorkspaceId) -> Result<Box<dyn Snapshot>, StoreError> {
        self.others_first().await;
        self.inner.snapshot(workspace).await
    }

    async fn commit(&self, changes: ChangeSet) -> Result<(), CommitError> {
        self.others_first().await;
        self.inner.commit(changes).await
    }

    async fn create_workspace(
        &self,
        workspace: &WorkspaceId,
        at: Instant,
    ) -> Result<bool, StoreError> {
        self.inner.create_workspace(workspace, at).await
    }

    async fn workspaces(&self) -> Result<Vec<WorkspaceId>, StoreError> {
        self.inner.workspaces().await
    }

    async fn lease_chunk(
        &self,
        workspace: &WorkspaceId,
        worker: &WorkerId,
        only: Option<RunId>,
        lease: Duration,
    ) -> Result<Option<RunChunk>, StoreError> {
        self.others_first().await;
        let leased = self
            .inner
            .lease_chunk(workspace, worker, only, lease)
            .await?;
        if leased.is_none() {
            self.clock.advance(1);
        }
        Ok(leased)
    }

    async fn renew_lease(
        &self,
        workspace: &WorkspaceId,
        chunk: ChunkId,
        attempt: u32,
        lease: Duration,
    ) -> Result<bool, StoreError> {
        self.others_first().await;
        self.inner
            .renew_lease(workspace, chunk, attempt, lease)
            .await
    }

    async fn workspaces_at_work(&self) -> Result<Vec<WorkspaceId>, StoreError> {
        self.inner.workspaces_at_work().await
    }
}

//! The ports: what the engine asks of storage, clocks and sources of ids. Contracts only; every
//! sentence is a case of the conformance kit. No driver types, no generics, no lifetimes.

mod error;
mod page;
mod repositories;
mod rewards;

use std::time::Duration;

use async_trait::async_trait;
use uuid::Uuid;

use crate::change::ChangeSet;
use crate::chunk::RunChunk;
use crate::ids::{ChunkId, RunId, WorkerId, WorkspaceId};
use crate::time::Instant;

pub use error::{CommitError, StoreError, StoreErrorKind};
pub use page::{ChunkSize, EarningPosition, PaysheetPosition, Pending};
pub use repositories::{
    ActivityRepository, CorrectionRepository, CreditRepository, DefinitionRepository,
    EarningRepository, PaymentRepository, RequestRepository, RunRepository, TransactionRepository,
    WorkRepository,
};
pub use rewards::{RewardPosition, RewardRepository, RewardsMark};

/// Everything that can be read from one consistent view of one workspace. Reads never see commits
/// that came after the view was opened, and never another workspace.
///
/// What was written is read back equal, field by field.
pub trait Snapshot:
    DefinitionRepository
    + TransactionRepository
    + CreditRepository
    + CorrectionRepository
    + EarningRepository
    + PaymentRepository
    + RewardRepository
    + RunRepository
    + WorkRepository
    + ActivityRepository
    + RequestRepository
    + Send
    + Sync
{
}

impl<T> Snapshot for T where
    T: DefinitionRepository
        + TransactionRepository
        + CreditRepository
        + CorrectionRepository
        + EarningRepository
        + PaymentRepository
        + RewardRepository
        + RunRepository
        + WorkRepository
        + ActivityRepository
        + RequestRepository
        + Send
        + Sync
{
}

/// A store: views to read from, and commits.
#[async_trait]
pub trait Store: Send + Sync {
    /// One consistent view of a workspace. A workspace that does not exist reads as empty.
    async fn snapshot(&self, workspace: &WorkspaceId) -> Result<Box<dyn Snapshot>, StoreError>;

    /// Applies everything or nothing, after checking every guard in the set.
    ///
    /// A request that the set names and that was carried out before fails the commit with
    /// [`CommitError::RequestSeen`], before any guard is looked at. A commit whose answer was lost
    /// has either happened whole or not at all.
    ///
    /// A commit into a workspace that does not exist fails as [`WorkspaceExists`](crate::change::Guard::WorkspaceExists), whether
    /// or not the set names that guard.
    ///
    /// A chunk that the set names as worked gets its version raised by one; whether the worker may is
    /// up to the guards.
    ///
    /// Behind the guards there is a second lock. A set fails whole, as
    /// [`StoreErrorKind::Conflict`], if a row that it adds is there already (a version of a
    /// definition, a transaction, credit, earning, log entry, work item, chunk or activity of that
    /// id, or a chunk of that number in its run), if a row that it takes out or changes is not
    /// there (a live definition, transaction, credit, earning, past earning, calculation, line, paysheet, batch,
    /// work item or chunk), or if a key would have two live
    /// transactions or two current earnings in the end. Between different kinds of records nothing
    /// is checked: that a credit's transaction exists, say, is up to the guards.
    async fn commit(&self, changes: ChangeSet) -> Result<(), CommitError>;

    /// Makes a workspace; `Ok(false)` when it exists already.
    async fn create_workspace(
        &self,
        workspace: &WorkspaceId,
        at: Instant,
    ) -> Result<bool, StoreError>;

    /// The workspaces, in rising order.
    async fn workspaces(&self) -> Result<Vec<WorkspaceId>, StoreError>;

    /// Hands a worker the first chunk of a workspace that waits, or whose lease is over: of the
    /// oldest run (that of the lowest id), or of one run only, the lowest number. `None` when there
    /// is none, or no such workspace.
    ///
    /// The chunk is leased from now on, its attempt and its version are one higher, and nothing else
    /// of it changes. The store's clock, and no other, says when a lease is over: `lease` from
    /// now, so that one of no length is over at once. A chunk is never handed to two workers while
    /// the lease of the first holds.
    async fn lease_chunk(
        &self,
        workspace: &WorkspaceId,
        worker: &WorkerId,
        only: Option<RunId>,
        lease: Duration,
    ) -> Result<Option<RunChunk>, StoreError>;

    /// Makes the lease of a worker's turn end `lease` from now: later, to keep the chunk, or at
    /// once, to give it back. False, and nothing changes, when the chunk is gone or has ended, or
    /// somebody took it up since. A lease that is over can be renewed as long as nobody did. The
    /// version of the chunk stays.
    async fn renew_lease(
        &self,
        workspace: &WorkspaceId,
        chunk: ChunkId,
        attempt: u32,
        lease: Duration,
    ) -> Result<bool, StoreError>;

    /// The workspaces in which a chunk waits or has a lease that is over, in rising order.
    async fn workspaces_at_work(&self) -> Result<Vec<WorkspaceId>, StoreError>;
}

/// What time it is.
#[cfg_attr(feature = "testing", mockall::automock)]
pub trait Clock: Send + Sync {
    /// Now.
    fn now(&self) -> Instant;
}

/// Where ids come from.
#[cfg_attr(feature = "testing", mockall::automock)]
pub trait IdSource: Send + Sync {
    /// A new id, greater than every id that this source gave before (UUID version 7, say).
    fn next(&self) -> Uuid;
}

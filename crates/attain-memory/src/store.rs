//! The store itself: which workspaces there are, and the swap that makes a commit visible.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;

use async_trait::async_trait;
use attain_domain::change::{ChangeSet, Guard};
use attain_domain::chunk::RunChunk;
use attain_domain::ids::{ChunkId, RunId, WorkerId, WorkspaceId};
use attain_domain::ports::{Clock, CommitError, Snapshot, Store, StoreError};
use attain_domain::time::Instant;

use crate::chunks::later;
use crate::clock::MachineClock;
use crate::commit::committed;
use crate::snapshot::MemorySnapshot;
use crate::tables::Tables;

/// A store that forgets everything when it is dropped.
pub struct MemoryStore {
    /// Says when leases are over.
    clock: Arc<dyn Clock>,
    /// Held by the one commit at work. Readers never wait for it.
    writer: Mutex<()>,
    workspaces: RwLock<BTreeMap<WorkspaceId, Arc<Tables>>>,
}

impl Default for MemoryStore {
    fn default() -> Self {
        Self::with_clock(Arc::new(MachineClock))
    }
}

impl MemoryStore {
    /// An empty store.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// An empty store whose leases go by another clock than the machine's.
    #[must_use]
    pub fn with_clock(clock: Arc<dyn Clock>) -> Self {
        Self {
            clock,
            writer: Mutex::default(),
            workspaces: RwLock::default(),
        }
    }

    // A panic elsewhere leaves nothing half done behind: states are swapped whole. So a poisoned
    // lock is as good as any other.
    fn tables(&self, workspace: &WorkspaceId) -> Option<Arc<Tables>> {
        let workspaces = self.workspaces.read();
        let workspaces = workspaces.unwrap_or_else(PoisonError::into_inner);
        workspaces.get(workspace).cloned()
    }

    fn swap_in(&self, workspace: WorkspaceId, tables: Tables) {
        let workspaces = self.workspaces.write();
        let mut workspaces = workspaces.unwrap_or_else(PoisonError::into_inner);
        workspaces.insert(workspace, Arc::new(tables));
    }
}

#[async_trait]
impl Store for MemoryStore {
    async fn snapshot(&self, workspace: &WorkspaceId) -> Result<Box<dyn Snapshot>, StoreError> {
        let tables = self.tables(workspace).unwrap_or_default();
        Ok(Box::new(MemorySnapshot { tables }))
    }

    async fn commit(&self, changes: ChangeSet) -> Result<(), CommitError> {
        let _writing = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(before) = self.tables(&changes.workspace) else {
            return Err(CommitError::GuardFailed(Box::new(Guard::WorkspaceExists)));
        };
        let workspace = changes.workspace.clone();
        let after = committed(&before, changes)?;
        self.swap_in(workspace, after);
        Ok(())
    }

    async fn create_workspace(
        &self,
        workspace: &WorkspaceId,
        _at: Instant,
    ) -> Result<bool, StoreError> {
        let _writing = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        let is_new = self.tables(workspace).is_none();
        if is_new {
            self.swap_in(workspace.clone(), Tables::default());
        }
        Ok(is_new)
    }

    async fn workspaces(&self) -> Result<Vec<WorkspaceId>, StoreError> {
        let workspaces = self.workspaces.read();
        let workspaces = workspaces.unwrap_or_else(PoisonError::into_inner);
        Ok(workspaces.keys().cloned().collect())
    }

    async fn lease_chunk(
        &self,
        workspace: &WorkspaceId,
        worker: &WorkerId,
        only: Option<RunId>,
        lease: Duration,
    ) -> Result<Option<RunChunk>, StoreError> {
        let _writing = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(before) = self.tables(workspace) else {
            return Ok(None);
        };
        let mut after = Tables::clone(&before);
        let chunk = after.chunks.lease(worker, only, self.clock.now(), lease);
        if chunk.is_some() {
            self.swap_in(workspace.clone(), after);
        }
        Ok(chunk)
    }

    async fn renew_lease(
        &self,
        workspace: &WorkspaceId,
        chunk: ChunkId,
        attempt: u32,
        lease: Duration,
    ) -> Result<bool, StoreError> {
        let _writing = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(before) = self.tables(workspace) else {
            return Ok(false);
        };
        let mut after = Tables::clone(&before);
        let until = later(self.clock.now(), lease);
        let renewed = after.chunks.renew(chunk, attempt, until);
        if renewed {
            self.swap_in(workspace.clone(), after);
        }
        Ok(renewed)
    }

    async fn workspaces_at_work(&self) -> Result<Vec<WorkspaceId>, StoreError> {
        let now = self.clock.now();
        let workspaces = self.workspaces.read();
        let workspaces = workspaces.unwrap_or_else(PoisonError::into_inner);
        let at_work = workspaces
            .iter()
            .filter(|(_, tables)| tables.chunks.free(None, now).is_some());
        Ok(at_work.map(|(workspace, _)| workspace.clone()).collect())
    }
}

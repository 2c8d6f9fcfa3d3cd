//! The store itself: the file, the workspaces in it, views and commits.

use std::path::Path;
use std::time::Duration;

use async_trait::async_trait;
use attain_domain::change::ChangeSet;
use attain_domain::chunk::RunChunk;
use attain_domain::ids::{ChunkId, RunId, WorkerId, WorkspaceId};
use attain_domain::ports::{CommitError, Snapshot, Store, StoreError};
use attain_domain::time::Instant;
use redb::{
    Database, Durability, ReadableDatabase, ReadableTable, TableDefinition, WriteTransaction,
};

use crate::error::{corrupt, failed, other_version};
use crate::table::{Answer, RedbSnapshot, Writer};
use crate::{calculated, leased, paid, processed, rewarded, sold, written};

/// When each workspace was made, in microseconds.
const WORKSPACES: TableDefinition<'static, &str, i64> = TableDefinition::new("workspace");
/// One number under one name: the version of everything else.
const FORMAT: TableDefinition<'static, &str, u32> = TableDefinition::new("format");
const FORMAT_NOW: u32 = 2;

/// A store in one redb file.
pub struct RedbStore {
    database: Database,
    durability: Durability,
}

impl RedbStore {
    /// Opens a file, or makes it. Every commit is on the disk when it is answered.
    ///
    /// # Errors
    /// [`StoreError`] if the file cannot be opened, is open already, or was written by another
    /// version.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, StoreError> {
        let store = Self {
            database: Database::create(path).map_err(failed)?,
            durability: Durability::Immediate,
        };
        store.prepare()?;
        Ok(store)
    }

    /// The same store, whose latest commits may be lost when the process ends without dropping it.
    /// For tests: it does not wait for the disk.
    #[must_use]
    pub fn without_flushing(self) -> Self {
        let durability = Durability::None;
        Self { durability, ..self }
    }

    /// Checks what is there, and makes the tables that are not.
    fn prepare(&self) -> Answer<()> {
        let transaction = self.database.begin_write().map_err(failed)?;
        {
            let mut format = transaction.open_table(FORMAT).map_err(failed)?;
            let found = format.get("attain").map_err(failed)?;
            let found = found.map(|found| found.value());
            if let Some(other) = found.filter(|found| *found != FORMAT_NOW) {
                let text = format!("the file has format {other}, this program has {FORMAT_NOW}");
                return Err(other_version(text));
            }
            format.insert("attain", FORMAT_NOW).map_err(failed)?;
            transaction.open_table(WORKSPACES).map_err(failed)?;
            let tables = [
                written::TABLES,
                sold::TABLES,
                calculated::TABLES,
                paid::TABLES,
                rewarded::TABLES,
                processed::TABLES,
                leased::TABLES,
            ];
            for table in tables.into_iter().flatten() {
                transaction.open_table(*table).map_err(failed)?;
            }
        }
        transaction.commit().map_err(failed)
    }

    /// A change of one workspace that is no commit of a set.
    fn write<T>(
        &self,
        workspace: &WorkspaceId,
        write: impl FnOnce(&Writer<'_>) -> Answer<T>,
    ) -> Answer<T> {
        let transaction = self.begin()?;
        let workspace = workspace.clone();
        let written = write(&Writer {
            transaction: &transaction,
            workspace,
        })?;
        transaction.commit().map_err(failed)?;
        Ok(written)
    }

    fn view(&self, workspace: &WorkspaceId) -> Answer<RedbSnapshot> {
        Ok(RedbSnapshot {
            transaction: self.database.begin_read().map_err(failed)?,
            workspace: workspace.clone(),
        })
    }

    fn begin(&self) -> Answer<WriteTransaction> {
        let mut transaction = self.database.begin_write().map_err(failed)?;
        transaction
            .set_durability(self.durability)
            .map_err(failed)?;
        Ok(transaction)
    }
}

pub(crate) fn has_workspace(
    transaction: &WriteTransaction,
    workspace: &WorkspaceId,
) -> Answer<bool> {
    let workspaces = transaction.open_table(WORKSPACES).map_err(failed)?;
    let made = workspaces.get(workspace.as_str()).map_err(failed)?;
    Ok(made.is_some())
}

#[async_trait]
impl Store for RedbStore {
    async fn snapshot(&self, workspace: &WorkspaceId) -> Result<Box<dyn Snapshot>, StoreError> {
        Ok(Box::new(self.view(workspace)?))
    }

    async fn commit(&self, changes: ChangeSet) -> Result<(), CommitError> {
        // One write transaction at a time: while it is open, what its guards have seen stays.
        let transaction = self.begin()?;
        let writer = Writer {
            transaction: &transaction,
            workspace: changes.workspace.clone(),
        };
        writer.carry_out(changes)?;
        transaction.commit().map_err(failed)?;
        Ok(())
    }

    async fn create_workspace(
        &self,
        workspace: &WorkspaceId,
        at: Instant,
    ) -> Result<bool, StoreError> {
        let transaction = self.begin()?;
        if has_workspace(&transaction, workspace)? {
            return Ok(false);
        }
        {
            let mut workspaces = transaction.open_table(WORKSPACES).map_err(failed)?;
            let at = at.micros();
            workspaces.insert(workspace.as_str(), at).map_err(failed)?;
        }
        transaction.commit().map_err(failed)?;
        Ok(true)
    }

    async fn workspaces(&self) -> Result<Vec<WorkspaceId>, StoreError> {
        let transaction = self.database.begin_read().map_err(failed)?;
        let workspaces = transaction.open_table(WORKSPACES).map_err(failed)?;
        let names = workspaces.iter().map_err(failed)?;
        let names = names.map(|row| {
            let (name, _) = row.map_err(failed)?;
            WorkspaceId::parse(name.value()).map_err(corrupt)
        });
        names.collect()
    }

    async fn lease_chunk(
        &self,
        workspace: &WorkspaceId,
        worker: &WorkerId,
        only: Option<RunId>,
        lease: Duration,
    ) -> Result<Option<RunChunk>, StoreError> {
        self.write(workspace, |writer| writer.lease(worker, only, lease))
    }

    async fn renew_lease(
        &self,
        workspace: &WorkspaceId,
        chunk: ChunkId,
        attempt: u32,
        lease: Duration,
    ) -> Result<bool, StoreError> {
        self.write(workspace, |writer| writer.renew(chunk, attempt, lease))
    }

    async fn workspaces_at_work(&self) -> Result<Vec<WorkspaceId>, StoreError> {
        let at = leased::now()?;
        let mut at_work = Vec::new();
        for workspace in self.workspaces().await? {
            let view = self.view(&workspace)?;
            if leased::first_free(&view, None, at)?.is_some() {
                at_work.push(workspace);
            }
        }
        Ok(at_work)
    }
}

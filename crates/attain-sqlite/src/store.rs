//! The store: one connection that writes, and one for every view that is open.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use attain_domain::change::ChangeSet;
use attain_domain::chunk::RunChunk;
use attain_domain::ids::{ChunkId, RunId, WorkerId, WorkspaceId};
use attain_domain::ports::{CommitError, Snapshot, Store, StoreError};
use attain_domain::time::Instant;
use sqlx::{ConnectOptions, Connection, SqliteConnection};
use tokio::sync::Mutex;

use crate::bulk::Writer;
use crate::cells::Cells;
use crate::chunks::{later, now};
use crate::commit::commit;
use crate::definitions::workspaces;
use crate::error::from_driver;
use crate::migrate;
use crate::options::Options;
use crate::readers::Readers;
use crate::snapshot::{SqliteSnapshot, page};
use crate::statements::{chunks as chunks_sql, definitions as sql};
use crate::stored::rows;

/// A store in one file. Any number of processes on one machine may have it open; one writes at a
/// time, and nobody waits to read.
pub struct SqliteStore {
    path: PathBuf,
    options: Options,
    /// None before the first commit, and after one that left the connection in doubt.
    writer: Mutex<Option<SqliteConnection>>,
    readers: Readers,
}

impl SqliteStore {
    /// Opens a database. Nothing is changed by refusing one.
    ///
    /// # Errors
    /// [`Version`](attain_domain::ports::StoreErrorKind::Version) for a file that is missing, or
    /// was made by another version of the program or by another program, if
    /// [`Options::migrate`] does not say to bring it up to date;
    /// [`Corrupt`](attain_domain::ports::StoreErrorKind::Corrupt) for one that is no database.
    pub async fn open(path: impl AsRef<Path>, options: Options) -> Result<Self, StoreError> {
        let path = path.as_ref().to_owned();
        if options.migrate {
            migrate::migrate(&path, &options).await?;
        } else {
            migrate::check(&path, &options).await?;
        }
        let readers = Readers::new(options.reader(&path), options.views_max, options.patience);
        Ok(Self {
            path,
            options,
            writer: Mutex::new(None),
            readers,
        })
    }

    /// Makes a database, or brings one up to date. Returns the names of the steps taken; none means
    /// that it was up to date.
    ///
    /// # Errors
    /// As [`Self::open`]; a database of a newer version is refused, too.
    pub async fn migrate(path: impl AsRef<Path>) -> Result<Vec<&'static str>, StoreError> {
        migrate::migrate(path.as_ref(), &Options::default()).await
    }

    /// Waits for the commit at work, and closes the file. Open views go on until they are dropped.
    pub async fn close(&self) {
        let writer = self.writer.lock().await.take();
        self.readers.close().await;
        if let Some(writer) = writer {
            // What was answered is in the file or its log, whatever closing says.
            let _ = writer.close().await;
        }
    }

    async fn has_free_chunk(
        &self,
        workspace: &WorkspaceId,
        only: Option<RunId>,
    ) -> Result<bool, StoreError> {
        let mut cells = Cells::default();
        cells.text(workspace.as_str());
        cells.instant(now());
        let statement = match only {
            None => chunks_sql::FREE_CHUNKS,
            Some(run) => {
                cells.id(run.0);
                chunks_sql::FREE_CHUNKS_OF_RUN
            }
        };
        let mut reader = self.readers.reader().await?;
        let page = page(reader.connection(), statement, cells).await?;
        let counts: Vec<u64> = rows("chunks", &page)?;
        Ok(counts.first().is_some_and(|count| *count > 0))
    }

    /// The connection that writes, out of its slot: whoever leaves it out loses it.
    async fn take_writer(
        &self,
        slot: &mut Option<SqliteConnection>,
    ) -> Result<SqliteConnection, StoreError> {
        match slot.take() {
            Some(connection) => Ok(connection),
            None => self.connect_writer().await,
        }
    }

    async fn connect_writer(&self) -> Result<SqliteConnection, StoreError> {
        let options = self.options.writer(&self.path);
        options.connect().await.map_err(from_driver)
    }
}

#[async_trait]
impl Store for SqliteStore {
    async fn snapshot(&self, workspace: &WorkspaceId) -> Result<Box<dyn Snapshot>, StoreError> {
        Ok(Box::new(SqliteSnapshot {
            workspace: Arc::from(workspace.as_str()),
            reader: Mutex::new(self.readers.reader().await?),
        }))
    }

    async fn commit(&self, changes: ChangeSet) -> Result<(), CommitError> {
        let mut slot = self.writer.lock().await;
        // Taken out: if this future is dropped half-way, the connection goes with it, and with the
        // connection all that was not committed.
        let mut connection = self.take_writer(&mut slot).await?;
        let (done, is_clean) = commit(&mut connection, changes).await;
        if is_clean {
            *slot = Some(connection);
        }
        done
    }

    async fn create_workspace(
        &self,
        workspace: &WorkspaceId,
        at: Instant,
    ) -> Result<bool, StoreError> {
        let mut slot = self.writer.lock().await;
        let mut connection = self.take_writer(&mut slot).await?;
        let mut writer = Writer {
            connection: &mut connection,
            workspace: Arc::from(workspace.as_str()),
        };
        let mut cells = writer.cells();
        cells.instant(at);
        let made = writer.run_one(sql::CREATE_WORKSPACE, cells).await?;
        *slot = Some(connection);
        Ok(made > 0)
    }

    async fn workspaces(&self) -> Result<Vec<WorkspaceId>, StoreError> {
        let mut reader = self.readers.reader().await?;
        workspaces(&page(reader.connection(), sql::WORKSPACES, Cells::default()).await?)
    }

    async fn lease_chunk(
        &self,
        workspace: &WorkspaceId,
        worker: &WorkerId,
        only: Option<RunId>,
        lease: Duration,
    ) -> Result<Option<RunChunk>, StoreError> {
        // Workers look often, and mostly in vain.
        if !self.has_free_chunk(workspace, only).await? {
            return Ok(None);
        }
        let mut slot = self.writer.lock().await;
        let mut connection = self.take_writer(&mut slot).await?;
        let mut writer = Writer {
            connection: &mut connection,
            workspace: Arc::from(workspace.as_str()),
        };
        let leased = writer.lease_chunk(worker, only, now(), lease).await?;
        *slot = Some(connection);
        Ok(leased)
    }

    async fn renew_lease(
        &self,
        workspace: &WorkspaceId,
        chunk: ChunkId,
        attempt: u32,
        lease: Duration,
    ) -> Result<bool, StoreError> {
        let mut slot = self.writer.lock().await;
        let mut connection = self.take_writer(&mut slot).await?;
        let mut writer = Writer {
            connection: &mut connection,
            workspace: Arc::from(workspace.as_str()),
        };
        let until = later(now(), lease);
        let renewed = writer.renew_lease(chunk, attempt, until).await?;
        *slot = Some(connection);
        Ok(renewed)
    }

    async fn workspaces_at_work(&self) -> Result<Vec<WorkspaceId>, StoreError> {
        let mut cells = Cells::default();
        cells.instant(now());
        let mut reader = self.readers.reader().await?;
        let statement = chunks_sql::WORKSPACES_AT_WORK;
        workspaces(&page(reader.connection(), statement, cells).await?)
    }
}

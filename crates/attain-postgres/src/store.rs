//! The store: a pool of connections, of which views never take those of commits.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use attain_domain::change::ChangeSet;
use attain_domain::chunk::RunChunk;
use attain_domain::ids::{ChunkId, RunId, WorkerId, WorkspaceId};
use attain_domain::ports::{CommitError, Snapshot, Store, StoreError, StoreErrorKind};
use attain_domain::time::Instant;
use backon::{ExponentialBuilder, Retryable};
use sqlx::postgres::{PgPool, PgPoolOptions};
use sqlx::{Connection, PgConnection};
use tokio::sync::{Mutex, OwnedSemaphorePermit, Semaphore};

use crate::bulk::{self, Writer, trusts_keys};
use crate::cells::Cells;
use crate::commit::write;
use crate::definitions::workspaces;
use crate::error::{caused, may_succeed_again};
use crate::growth::Growth;
use crate::migrate::{self, Server};
use crate::options::Options;
use crate::partitions::Years;
use crate::session::{Preamble, Purpose, Session};
use crate::snapshot::PgSnapshot;
use crate::statements::{chunks as chunks_sql, definitions as sql, schema};
use crate::stored::each;

/// A connection that waited for longer is asked whether it is still one before it is used.
const FRESH: Duration = Duration::from_secs(5);

/// How often a transaction is tried that others were in the way of, after growing pauses.
const TRIES_MORE: usize = 4;
const FIRST_PAUSE: Duration = Duration::from_millis(5);

/// A store on a server. Any number of processes on any number of machines may have it open.
pub struct PostgresStore {
    pool: PgPool,
    preamble: Preamble,
    prepared: bool,
    copies: bool,
    patience: Duration,
    views: Arc<Semaphore>,
    commits: Arc<Semaphore>,
    years: Years,
    growth: Growth,
}

impl PostgresStore {
    /// Opens a database. Nothing is changed by refusing one.
    ///
    /// # Errors
    /// [`Version`](StoreErrorKind::Version) for a database that has no schema of ours, or that of
    /// another version of the program, if [`Options::migrate`] does not say to bring it up to date;
    /// [`Unavailable`](StoreErrorKind::Unavailable) if the server cannot be reached.
    pub async fn open(url: &str, options: Options) -> Result<Self, StoreError> {
        if options.migrate {
            migrate::migrate(url, &options).await?;
        }
        let mut connection = options.connect(url).await?;
        let server = migrate::check(&mut connection, &options).await;
        close(connection).await;
        let Server {
            is_distributed,
            may_copy,
        } = server?;
        let preamble = Preamble::new(&options, is_distributed);
        let pool = pool(url, &options)?;
        let years = Years::load(&pool, &preamble, options.prepared).await?;
        Ok(Self {
            pool,
            preamble,
            prepared: options.prepared,
            copies: may_copy && options.writer_copy,
            patience: options.patience,
            views: permits(options.views_max),
            commits: permits(options.commits_max),
            years,
            growth: Growth::default(),
        })
    }

    /// Makes the schema, or brings it up to date. Returns the names of the steps taken; none means
    /// that it was up to date. The login has to own the database; only a superuser can make the
    /// role that may COPY.
    ///
    /// # Errors
    /// As [`Self::open`]; a database of a newer version is refused, too.
    pub async fn migrate(url: &str) -> Result<Vec<&'static str>, StoreError> {
        migrate::migrate(url, &Options::default()).await
    }

    /// Names the schema that this program knows: a checksum of all steps to it. Whoever keeps a
    /// migrated database to copy from can tell by it when to make another.
    #[must_use]
    pub fn schema() -> String {
        migrate::checksum()
    }

    /// Spreads the tables of a migrated database over the nodes of Citus, by workspace. Tables that
    /// are spread already stay as they are.
    ///
    /// # Errors
    /// [`Version`](StoreErrorKind::Version) if the database has no Citus, or has another schema.
    pub async fn distribute(url: &str) -> Result<(), StoreError> {
        migrate::distribute(url, &Options::default()).await
    }

    /// Waits for the commits at work, and closes all connections. Open views have to be dropped
    /// first; this waits for them.
    pub async fn close(&self) {
        self.views.close();
        self.commits.close();
        self.pool.close().await;
    }

    async fn permit(&self, permits: &Arc<Semaphore>) -> Result<OwnedSemaphorePermit, StoreError> {
        let permit = Arc::clone(permits).acquire_owned();
        let permit = tokio::time::timeout(self.patience, permit).await;
        let permit = permit.map_err(|error| {
            let text = "all connections to the database are in use";
            caused(StoreErrorKind::Unavailable, text, error)
        })?;
        permit.map_err(|error| caused(StoreErrorKind::Unavailable, "the store is closed", error))
    }

    async fn begin(
        &self,
        purpose: Purpose,
        workspace: Option<&WorkspaceId>,
    ) -> Result<Session, StoreError> {
        let workspace = workspace.map(WorkspaceId::as_str);
        Session::begin(&self.pool, &self.preamble, purpose, workspace).await
    }

    /// What writes in a transaction.
    fn writer<'s>(
        &'s self,
        session: &'s mut Session,
        workspace: &WorkspaceId,
    ) -> Result<Writer<'s>, StoreError> {
        Ok(Writer {
            connection: session.connection()?,
            workspace: Arc::from(workspace.as_str()),
            prepared: self.prepared,
            copies: self.copies,
            preamble: &self.preamble,
            is_copying: false,
            trusts_keys: false,
            unused_keys: BTreeSet::new(),
        })
    }

    /// Has the server look at what has grown: it plans for the sizes that it knows, and where it has
    /// none it takes a workspace for a small part of a table. Its own rounds come too late for
    /// tables that grow by millions within minutes.
    async fn know_sizes(&self) {
        let look = async {
            let mut session = self.begin(Purpose::Commit, None).await?;
            let connection = session.connection()?;
            bulk::rows(
                connection,
                self.prepared,
                schema::KNOW_SIZES,
                Cells::default(),
            )
            .await?;
            session.commit().await
        };
        // What was committed stays so; a look that fails is made up for by the server's own.
        if let Err(error) = look.await {
            tracing::debug!(error = %error, "the server did not look at its tables");
        }
    }

    /// One transaction, from its beginning to its end.
    async fn attempt(&self, set: &ChangeSet, trusts_keys: bool) -> Result<(), CommitError> {
        let mut session = self.begin(Purpose::Commit, Some(&set.workspace)).await?;
        let mut writer = self.writer(&mut session, &set.workspace)?;
        writer.trusts_keys = trusts_keys;
        match write(&mut writer, set).await {
            Ok(()) => Ok(session.commit().await?),
            Err(error) => {
                session.rollback().await;
                Err(error)
            }
        }
    }
}

/// Some key that was trusted to be free is not, or others were in the way.
fn is_conflict(error: &CommitError) -> bool {
    matches!(error, CommitError::Store(error) if error.kind == StoreErrorKind::Conflict)
}

/// Nothing was applied, so that the same set may be tried again.
fn is_worth_another_try(error: &CommitError) -> bool {
    match error {
        CommitError::Store(error) => may_succeed_again(error),
        CommitError::GuardFailed(_) | CommitError::RequestSeen(_) => false,
    }
}

fn permits(count: u32) -> Arc<Semaphore> {
    let count = usize::try_from(count).unwrap_or(Semaphore::MAX_PERMITS);
    Arc::new(Semaphore::new(count.clamp(1, Semaphore::MAX_PERMITS)))
}

fn pool(url: &str, options: &Options) -> Result<PgPool, StoreError> {
    let connections = options.views_max.saturating_add(options.commits_max);
    let pool = PgPoolOptions::new()
        .max_connections(connections.max(2))
        .acquire_timeout(options.patience)
        .test_before_acquire(false)
        .before_acquire(|connection, about| {
            Box::pin(async move {
                if about.idle_for > FRESH {
                    connection.ping().await?;
                }
                Ok(true)
            })
        });
    Ok(pool.connect_lazy_with(options.connection(url)?))
}

/// Says goodbye; the server notices without it, too.
pub(crate) async fn close(connection: PgConnection) {
    let _ = connection.close().await;
}

#[async_trait]
impl Store for PostgresStore {
    async fn snapshot(&self, workspace: &WorkspaceId) -> Result<Box<dyn Snapshot>, StoreError> {
        let permit = self.permit(&self.views).await?;
        let session = self.begin(Purpose::View, Some(workspace)).await?;
        Ok(Box::new(PgSnapshot {
            workspace: Arc::from(workspace.as_str()),
            connection: Mutex::new(session),
            prepared: self.prepared,
            _permit: permit,
        }))
    }

    async fn commit(&self, changes: ChangeSet) -> Result<(), CommitError> {
        let _permit = self.permit(&self.commits).await?;
        self.years
            .open_for(&changes.changes, &self.pool, &self.preamble, self.prepared)
            .await?;
        let pauses = ExponentialBuilder::new()
            .with_min_delay(FIRST_PAUSE)
            .with_max_times(TRIES_MORE)
            .with_jitter();
        let attempt = |trusts_keys| {
            let changes = &changes;
            async move { Box::pin(self.attempt(changes, trusts_keys)).await }
        };
        let mut done = None;
        if trusts_keys(&changes) {
            done = Some(attempt(true).await).filter(|done| !done.as_ref().is_err_and(is_conflict));
        }
        match done {
            Some(done) => done?,
            None => {
                let attempt = || attempt(false);
                attempt.retry(pauses).when(is_worth_another_try).await?;
            }
        }
        if self.growth.is_much(&changes.changes) {
            self.know_sizes().await;
        }
        Ok(())
    }

    async fn create_workspace(
        &self,
        workspace: &WorkspaceId,
        at: Instant,
    ) -> Result<bool, StoreError> {
        let _permit = self.permit(&self.commits).await?;
        let mut session = self.begin(Purpose::Commit, None).await?;
        let mut cells = Cells::default();
        cells.text(workspace.as_str());
        cells.instant(at);
        let connection = session.connection()?;
        let rows = bulk::rows(connection, self.prepared, sql::CREATE_WORKSPACE, cells).await?;
        let made = each("workspaces", &rows, |row| row.flag())?;
        session.commit().await?;
        Ok(made.first().copied().unwrap_or_default())
    }

    async fn workspaces(&self) -> Result<Vec<WorkspaceId>, StoreError> {
        let _permit = self.permit(&self.views).await?;
        let mut session = self.begin(Purpose::View, None).await?;
        let connection = session.connection()?;
        let cells = Cells::default();
        let rows = bulk::rows(connection, self.prepared, sql::WORKSPACES, cells).await?;
        let found = workspaces(&rows);
        session.rollback().await;
        found
    }

    async fn lease_chunk(
        &self,
        workspace: &WorkspaceId,
        worker: &WorkerId,
        only: Option<RunId>,
        lease: Duration,
    ) -> Result<Option<RunChunk>, StoreError> {
        let _permit = self.permit(&self.commits).await?;
        let mut session = self.begin(Purpose::Commit, Some(workspace)).await?;
        let mut writer = self.writer(&mut session, workspace)?;
        let leased = writer.lease_chunk(worker, only, lease).await?;
        session.commit().await?;
        Ok(leased)
    }

    async fn renew_lease(
        &self,
        workspace: &WorkspaceId,
        chunk: ChunkId,
        attempt: u32,
        lease: Duration,
    ) -> Result<bool, StoreError> {
        let _permit = self.permit(&self.commits).await?;
        let mut session = self.begin(Purpose::Commit, Some(workspace)).await?;
        let mut writer = self.writer(&mut session, workspace)?;
        let renewed = writer.renew_lease(chunk, attempt, lease).await?;
        session.commit().await?;
        Ok(renewed)
    }

    async fn workspaces_at_work(&self) -> Result<Vec<WorkspaceId>, StoreError> {
        let _permit = self.permit(&self.views).await?;
        let mut session = self.begin(Purpose::View, None).await?;
        let connection = session.connection()?;
        let rows = bulk::rows(connection, self.prepared, schema::NOW, Cells::default()).await?;
        let now = each("the clock", &rows, |row| row.instant())?;
        let mut cells = Cells::default();
        for at in now {
            cells.instant(at);
        }
        let statement = chunks_sql::WORKSPACES_AT_WORK;
        let rows = bulk::rows(connection, self.prepared, statement, cells).await?;
        let found = workspaces(&rows);
        session.rollback().await;
        found
    }
}

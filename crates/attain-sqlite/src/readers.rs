//! The connections that views read from. A view has one to itself, and gives it back.

use std::future::Future;
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Waker};
use std::time::Duration;

use attain_domain::ports::{StoreError, StoreErrorKind};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, SqliteConnection};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::commit::plain;
use crate::error::{caused, from_driver};
use crate::statements;

/// Most connections that wait for the next view. Each keeps up to 16 MB of pages; a connection more
/// is made when it is needed, in about a millisecond.
const IDLE_MAX: usize = 8;

/// Connections that wait for the next view.
type Idle = Arc<Mutex<Vec<SqliteConnection>>>;

pub(crate) struct Readers {
    options: SqliteConnectOptions,
    idle: Idle,
    permits: Arc<Semaphore>,
    patience: Duration,
}

/// A connection in a read transaction. It ends when this is dropped.
pub(crate) struct Reader {
    /// None only while it is dropped.
    connection: Option<SqliteConnection>,
    idle: Idle,
    _permit: OwnedSemaphorePermit,
}

impl Readers {
    pub(crate) fn new(options: SqliteConnectOptions, views_max: u32, patience: Duration) -> Self {
        let permits = usize::try_from(views_max).unwrap_or(Semaphore::MAX_PERMITS);
        Self {
            options,
            idle: Idle::default(),
            permits: Arc::new(Semaphore::new(permits.clamp(1, Semaphore::MAX_PERMITS))),
            patience,
        }
    }

    /// A connection that sees the database as it is now, and goes on seeing it so.
    pub(crate) async fn reader(&self) -> Result<Reader, StoreError> {
        let permit = Arc::clone(&self.permits).acquire_owned();
        let permit = tokio::time::timeout(self.patience, permit).await;
        let permit = permit.map_err(|error| {
            let text = "all connections are in use by other views";
            caused(StoreErrorKind::Unavailable, text, error)
        })?;
        let permit = permit
            .map_err(|error| caused(StoreErrorKind::Unavailable, "the store is closed", error))?;
        Ok(Reader {
            connection: Some(self.begun().await?),
            idle: Arc::clone(&self.idle),
            _permit: permit,
        })
    }

    async fn begun(&self) -> Result<SqliteConnection, StoreError> {
        while let Some(mut connection) = take(&self.idle) {
            // One whose last view could not be ended is dropped here.
            if begin(&mut connection).await.is_ok() {
                return Ok(connection);
            }
        }
        let mut connection = self.options.connect().await.map_err(from_driver)?;
        begin(&mut connection).await?;
        Ok(connection)
    }

    pub(crate) async fn close(&self) {
        self.permits.close();
        while let Some(connection) = take(&self.idle) {
            // Whatever it says, the file is as good as after a crash, which is good enough.
            let _ = sqlx::Connection::close(connection).await;
        }
    }
}

fn take(idle: &Idle) -> Option<SqliteConnection> {
    idle.lock().unwrap_or_else(PoisonError::into_inner).pop()
}

/// A transaction begins to see with its first read, so there is one at once.
async fn begin(connection: &mut SqliteConnection) -> Result<(), StoreError> {
    plain(connection, statements::BEGIN_READING).await?;
    let first_read = sqlx::query_scalar::<_, i64>(statements::FIRST_READ);
    first_read
        .fetch_one(connection)
        .await
        .map_err(from_driver)?;
    Ok(())
}

impl Reader {
    pub(crate) fn connection(&mut self) -> &mut SqliteConnection {
        let connection = self.connection.as_mut();
        connection.expect("only a drop takes it")
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        let Some(mut connection) = self.connection.take() else {
            return;
        };
        start_rollback(&mut connection);
        let idle = self.idle.lock();
        let mut idle = idle.unwrap_or_else(PoisonError::into_inner);
        if idle.len() < IDLE_MAX {
            idle.push(connection);
        }
    }
}

/// A drop cannot wait. It need not: the connection's own thread ends the transaction before it
/// begins another. Were the order lost, beginning would fail, and drop the connection.
fn start_rollback(connection: &mut SqliteConnection) {
    let order = pin!(plain(connection, statements::ROLLBACK));
    let _ = order.poll(&mut Context::from_waker(Waker::noop()));
}

//! Transactions. Each says all that it relies on in the batch that begins it: the role, the
//! workspace, the timeouts. So a pooler may give every transaction another connection.

use std::time::Duration;

use attain_domain::ports::{StoreError, StoreErrorKind};
use sqlx::pool::PoolConnection;
use sqlx::{AssertSqlSafe, PgConnection, PgPool, Postgres};
use tokio::runtime::Handle;

use crate::error::from_driver;
use crate::options::Options;

/// Every statement finds its rows by their keys, in tables that grow by millions within minutes. So
/// each is planned for the sizes of the moment (a plan kept from when a table was empty would walk
/// through it), and a lookup costs what it does in memory or on a flash disk. None runs for so long
/// that compiling it would pay.
const PLANNER: &str = "SET LOCAL plan_cache_mode = force_custom_plan; \
    SET LOCAL random_page_cost = 1.1; SET LOCAL jit = off";

/// What a transaction is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// To read one unchanging view.
    View,
    /// To write.
    Commit,
}

/// The parts of the batches that begin transactions.
#[derive(Clone, Debug)]
pub(crate) struct Preamble {
    settings: String,
    application: String,
    writer: String,
}

impl Preamble {
    pub(crate) fn new(options: &Options, is_distributed: bool) -> Self {
        let application = format!("SET LOCAL ROLE {}", identifier(&options.application_role));
        let writer = format!("SET LOCAL ROLE {}", identifier(&options.writer_role));
        // First, so that the other settings reach the workers, too.
        let propagate = if is_distributed {
            "SET LOCAL citus.propagate_set_commands = 'local'; "
        } else {
            ""
        };
        let settings = format!(
            "{propagate}{application}; SET LOCAL search_path = public; {PLANNER}; \
             SET LOCAL statement_timeout = {}; SET LOCAL lock_timeout = {}; \
             SET LOCAL idle_in_transaction_session_timeout = {}",
            millis(options.statement_timeout),
            millis(options.lock_timeout),
            millis(options.idle_timeout),
        );
        Self {
            settings,
            application,
            writer,
        }
    }

    /// The batch that begins a transaction. A view begins with its first real read, so there is one
    /// at once.
    fn batch(&self, purpose: Purpose, workspace: Option<&str>) -> String {
        let (begin, read) = match purpose {
            Purpose::View => ("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", true),
            Purpose::Commit => ("BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE", false),
        };
        let mut batch = format!("{begin}; {}", self.settings);
        if let Some(workspace) = workspace {
            let workspace = literal(workspace);
            batch.push_str(&format!("; SET LOCAL attain.workspace_id = {workspace}"));
            if read {
                batch.push_str(&format!(
                    "; SELECT 1 FROM workspace WHERE workspace_id = {workspace}"
                ));
            }
        }
        batch
    }

    /// Works as the application from here on.
    pub(crate) fn as_application(&self) -> &str {
        &self.application
    }

    /// Works as the role that may COPY from here on.
    pub(crate) fn as_writer(&self) -> &str {
        &self.writer
    }
}

/// A connection in a transaction. Dropped at rest, the transaction is rolled back and the connection
/// goes back to the pool; dropped at work, it is closed.
pub(crate) struct Session {
    /// None only while it ends.
    connection: Option<PoolConnection<Postgres>>,
    /// Whether a statement may be under way. Its caller may give up in the middle of it, and the
    /// driver does not count what the server still has to answer to a COPY: the next user of the
    /// connection would take those answers for answers to his own statements.
    is_at_work: bool,
}

/// A connection of which nobody knows whether it is in a transaction: dropped, it is closed.
struct InDoubt(Option<PoolConnection<Postgres>>);

impl InDoubt {
    /// Runs a batch of this program, after which there is no doubt any more.
    async fn settle(mut self, batch: String) -> Result<PoolConnection<Postgres>, StoreError> {
        let Some(connection) = &mut self.0 else {
            return Err(from_driver(sqlx::Error::PoolClosed));
        };
        // Made of settings of this program and of quoted names and texts.
        let done = sqlx::raw_sql(AssertSqlSafe(batch)).execute(&mut **connection);
        done.await.map_err(from_driver)?;
        let settled = self.0.take();
        settled.ok_or_else(|| from_driver(sqlx::Error::PoolClosed))
    }
}

impl Drop for InDoubt {
    fn drop(&mut self) {
        if let Some(mut connection) = self.0.take() {
            connection.close_on_drop();
        }
    }
}

impl Session {
    /// Begins a transaction, of one workspace or of none.
    pub(crate) async fn begin(
        pool: &PgPool,
        preamble: &Preamble,
        purpose: Purpose,
        workspace: Option<&str>,
    ) -> Result<Self, StoreError> {
        let batch = preamble.batch(purpose, workspace);
        // Any of the connections that wait may have been lost meanwhile; one more is a new one.
        let mut spare = pool.num_idle().saturating_add(1);
        loop {
            let connection = pool.acquire().await.map_err(from_driver)?;
            match InDoubt(Some(connection)).settle(batch.clone()).await {
                Ok(connection) => {
                    return Ok(Self {
                        connection: Some(connection),
                        is_at_work: false,
                    });
                }
                Err(error) if error.kind == StoreErrorKind::Unavailable && spare > 0 => spare -= 1,
                Err(error) => return Err(error),
            }
        }
    }

    /// To work with. Who goes on with the session afterwards ends it, or says that it is at rest.
    pub(crate) fn connection(&mut self) -> Result<&mut PgConnection, StoreError> {
        self.is_at_work = true;
        match &mut self.connection {
            Some(connection) => Ok(&mut *connection),
            None => Err(from_driver(sqlx::Error::PoolClosed)),
        }
    }

    /// Every statement was answered.
    pub(crate) fn rest(&mut self) {
        self.is_at_work = false;
    }

    /// Makes what was written last. After an error it was not made, or nobody knows.
    pub(crate) async fn commit(mut self) -> Result<(), StoreError> {
        let connection = InDoubt(self.connection.take());
        connection.settle(String::from("COMMIT")).await?;
        Ok(())
    }

    /// Undoes everything, and waits until it is undone.
    pub(crate) async fn rollback(mut self) {
        undo(InDoubt(self.connection.take())).await;
    }
}

async fn undo(connection: InDoubt) {
    // A connection that cannot do it is closed, which does it, too.
    let _ = connection.settle(String::from("ROLLBACK")).await;
}

impl Drop for Session {
    fn drop(&mut self) {
        let Some(connection) = self.connection.take() else {
            return;
        };
        match Handle::try_current() {
            Ok(_) if self.is_at_work => drop(InDoubt(Some(connection))),
            // A drop cannot wait.
            Ok(runtime) => drop(runtime.spawn(undo(InDoubt(Some(connection))))),
            Err(_) => drop(connection.leak()),
        }
    }
}

/// A duration as the server takes it; zero would mean that there is no limit.
fn millis(duration: Duration) -> i32 {
    i32::try_from(duration.as_millis()).map_or(i32::MAX, |millis| millis.max(1))
}

/// A name, quoted.
pub(crate) fn identifier(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// A text, quoted in the one way that no setting of the server reads differently.
fn literal(text: &str) -> String {
    format!("E'{}'", text.replace('\\', "\\\\").replace('\'', "''"))
}

#[cfg(test)]
mod tests;

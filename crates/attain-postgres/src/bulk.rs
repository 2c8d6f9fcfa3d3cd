//! The connection in a unit of work. However many rows there are, a statement takes them all: as
//! arrays, or through COPY.

use std::collections::BTreeSet;
use std::sync::Arc;

use attain_domain::change::{ChangeSet, Guard};
use attain_domain::ports::StoreError;
use attain_domain::transaction::TransactionKey;
use sqlx::postgres::PgRow;
use sqlx::{AssertSqlSafe, PgConnection};

use crate::cells::Cells;
use crate::error::{conflict, from_driver};
use crate::session::Preamble;
use crate::transactions::is_live;

/// The connection in a unit of work of one workspace.
pub(crate) struct Writer<'c> {
    pub(crate) connection: &'c mut PgConnection,
    pub(crate) workspace: Arc<str>,
    /// Whether statements are prepared once and kept.
    pub(crate) prepared: bool,
    /// Whether there is a role that may COPY; else rows go as arrays.
    pub(crate) copies: bool,
    pub(crate) preamble: &'c Preamble,
    /// Whether the transaction works as that role now: see [`Self::begin_copy`].
    pub(crate) is_copying: bool,
    /// Whether natural keys that ought to be free are taken for never used: see [`trusts_keys`].
    pub(crate) trusts_keys: bool,
    /// Natural keys that a guard found never used. Who inserts one first has it.
    pub(crate) unused_keys: BTreeSet<TransactionKey>,
}

impl Writer<'_> {
    /// Cells that begin with the workspace.
    pub(crate) fn cells(&self) -> Cells {
        Cells::with_workspace(&self.workspace)
    }

    /// Runs a statement, and says how many rows it touched.
    pub(crate) async fn run(
        &mut self,
        statement: &'static str,
        cells: Cells,
    ) -> Result<u64, StoreError> {
        self.end_copy().await?;
        let query = sqlx::query_with(statement, cells.finish()?).persistent(self.prepared);
        let done = query.execute(&mut *self.connection).await;
        Ok(done.map_err(from_driver)?.rows_affected())
    }

    /// As [`Self::run`], for rows that must all be there to be changed or taken out.
    pub(crate) async fn change(
        &mut self,
        what: &str,
        statement: &'static str,
        cells: Cells,
        wanted: usize,
    ) -> Result<(), StoreError> {
        let touched = self.run(statement, cells).await?;
        all_there(what, touched, wanted)
    }

    /// The rows that a statement gives, as the unit of work sees them.
    pub(crate) async fn rows(
        &mut self,
        statement: &'static str,
        cells: Cells,
    ) -> Result<Vec<PgRow>, StoreError> {
        self.end_copy().await?;
        rows(self.connection, self.prepared, statement, cells).await
    }

    /// Works as the role that may COPY, which may do nothing else. What comes between two COPYs
    /// costs two changes of the role.
    pub(crate) async fn begin_copy(&mut self) -> Result<(), StoreError> {
        if !self.is_copying {
            self.plain(self.preamble.as_writer()).await?;
            self.is_copying = true;
        }
        Ok(())
    }

    /// Works as the application again.
    pub(crate) async fn end_copy(&mut self) -> Result<(), StoreError> {
        if self.is_copying {
            self.plain(self.preamble.as_application()).await?;
            self.is_copying = false;
        }
        Ok(())
    }

    async fn plain(&mut self, statement: &str) -> Result<(), StoreError> {
        // Made of the quoted name of a role.
        let query = sqlx::raw_sql(AssertSqlSafe(statement.to_owned()));
        query
            .execute(&mut *self.connection)
            .await
            .map_err(from_driver)?;
        Ok(())
    }
}

/// Whether all natural keys that ought to be free belong to new transactions. Then they need not be
/// looked up: whoever imports has just seen that they are not there, and should that be wrong, they
/// cannot be inserted.
pub(crate) fn trusts_keys(set: &ChangeSet) -> bool {
    let new = &set.changes.transactions;
    let live = new.iter().filter(|row| is_live(&row.status));
    let live: BTreeSet<&TransactionKey> = live.map(|row| &row.key).collect();
    let is_inserted = |guard: &Guard| {
        let Guard::TransactionKeyFree(key) = guard else {
            return true;
        };
        live.contains(key)
    };
    !live.is_empty() && set.guards.iter().all(is_inserted)
}

/// The rows that a statement gives.
pub(crate) async fn rows(
    connection: &mut PgConnection,
    prepared: bool,
    statement: &'static str,
    cells: Cells,
) -> Result<Vec<PgRow>, StoreError> {
    let query = sqlx::query_with(statement, cells.finish()?).persistent(prepared);
    query.fetch_all(connection).await.map_err(from_driver)
}

/// That a change found all the rows that it is about.
pub(crate) fn all_there(what: &str, touched: u64, wanted: usize) -> Result<(), StoreError> {
    if usize::try_from(touched) == Ok(wanted) {
        return Ok(());
    }
    Err(conflict(format!(
        "{touched} of {wanted} {what} are there to be changed"
    )))
}

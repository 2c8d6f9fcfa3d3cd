//! Bulk writes: statements that take many rows as VALUES. However many rows there are, only a few
//! different texts are prepared, and the number of statements is that of rows divided by 500 plus
//! at most fifteen.

use std::sync::Arc;

use attain_domain::ports::StoreError;
use sqlx::sqlite::SqliteArguments;
use sqlx::{AssertSqlSafe, SqliteConnection};

use crate::cells::Cells;
use crate::error::{conflict, from_driver};

/// Rows per statement. 500 rows of 34 columns are 17 000 parameters; SQLite takes 32 766. Beyond
/// 500 nothing is gained (measured), and every size is prepared and kept for each statement.
pub(crate) const ROWS_PER_STATEMENT: [usize; 5] = [500, 100, 20, 4, 1];

/// A statement that takes any number of rows: head, rows, tail. Every row begins with the workspace:
/// were it one parameter of a join, the planner would rather walk the whole workspace.
#[derive(Clone, Copy)]
pub(crate) struct Bulk {
    pub(crate) head: &'static str,
    pub(crate) columns: usize,
    pub(crate) tail: &'static str,
}

impl Bulk {
    /// The text for a number of rows.
    pub(crate) fn text(&self, rows: usize) -> String {
        let row = format!("({})", vec!["?"; self.columns].join(","));
        let rows = vec![row.as_str(); rows].join(",");
        format!("{}{rows}{}", self.head, self.tail)
    }
}

/// The connection in a unit of work of one workspace.
pub(crate) struct Writer<'a> {
    pub(crate) connection: &'a mut SqliteConnection,
    pub(crate) workspace: Arc<str>,
}

impl Writer<'_> {
    /// Cells that begin with the workspace.
    pub(crate) fn cells(&self) -> Cells {
        Cells::with_workspace(&self.workspace)
    }

    /// Runs a bulk statement over rows, and says how many rows of the database it touched.
    pub(crate) async fn write<Row: Sync>(
        &mut self,
        bulk: Bulk,
        rows: &[Row],
        fill: impl Fn(&mut Cells, &Row) + Send + Sync,
    ) -> Result<u64, StoreError> {
        let mut touched = 0;
        let mut rest = rows;
        for size in ROWS_PER_STATEMENT {
            while let Some((chunk, others)) = rest.split_at_checked(size) {
                rest = others;
                let arguments = self.arguments(bulk, chunk, &fill)?;
                touched += self.run(bulk.text(size), arguments).await?;
            }
        }
        Ok(touched)
    }

    /// As [`Self::write`], for rows that must all be there to be changed.
    pub(crate) async fn change<Row: Sync>(
        &mut self,
        what: &str,
        bulk: Bulk,
        rows: &[Row],
        fill: impl Fn(&mut Cells, &Row) + Send + Sync,
    ) -> Result<(), StoreError> {
        let touched = self.write(bulk, rows, fill).await?;
        all_there(what, touched, rows.len())
    }

    /// Runs a statement over a list of keys (ids, say) whose rows must all be there.
    pub(crate) async fn remove(
        &mut self,
        what: &str,
        statement: &'static str,
        keys: String,
        count: usize,
    ) -> Result<(), StoreError> {
        if count == 0 {
            return Ok(());
        }
        let mut cells = self.cells();
        cells.owned(keys);
        let touched = self.run_one(statement, cells).await?;
        all_there(what, touched, count)
    }

    /// Runs a statement, and says how many rows it touched.
    pub(crate) async fn run_one(
        &mut self,
        statement: &'static str,
        cells: Cells,
    ) -> Result<u64, StoreError> {
        let query = sqlx::query_with(statement, cells.finish()?);
        let done = query.execute(&mut *self.connection).await;
        Ok(done.map_err(from_driver)?.rows_affected())
    }

    async fn run(&mut self, text: String, arguments: SqliteArguments) -> Result<u64, StoreError> {
        // The text is made of constants of this program and question marks.
        let query = sqlx::query_with(AssertSqlSafe(text), arguments);
        let done = query.execute(&mut *self.connection).await;
        Ok(done.map_err(from_driver)?.rows_affected())
    }

    fn arguments<Row>(
        &self,
        bulk: Bulk,
        rows: &[Row],
        fill: impl Fn(&mut Cells, &Row),
    ) -> Result<SqliteArguments, StoreError> {
        let mut cells = Cells::with_room(rows.len() * bulk.columns);
        for row in rows {
            cells.shared(&self.workspace);
            fill(&mut cells, row);
        }
        cells.finish()
    }
}

fn all_there(what: &str, touched: u64, wanted: usize) -> Result<(), StoreError> {
    if usize::try_from(touched) == Ok(wanted) {
        return Ok(());
    }
    Err(conflict(format!(
        "{touched} of {wanted} {what} are there to be changed"
    )))
}

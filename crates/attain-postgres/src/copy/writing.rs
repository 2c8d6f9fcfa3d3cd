//! How a commit writes many rows of one kind.

use attain_domain::ports::{StoreError, StoreErrorKind};
use sqlx::postgres::{PgArguments, PgRow};
use sqlx::{Arguments, Row};

use super::arrays::Array;
use super::{FULL_BYTES, Rows, TRAILER};
use crate::bulk::{Writer, all_there};
use crate::error::{caused, from_driver};

/// How new rows of a table are written.
#[derive(Clone, Copy)]
pub(crate) struct Insertion {
    /// Where there is a role that may.
    pub(crate) copy: &'static str,
    /// Elsewhere.
    pub(crate) arrays: &'static str,
    /// The workspace's cell and the others.
    pub(crate) cells: i16,
}

impl Writer<'_> {
    /// Adds rows, none of which may be there already.
    pub(crate) async fn insert<Row: Sync>(
        &mut self,
        insertion: Insertion,
        rows: &[Row],
        fill: impl Fn(&mut Rows, &Row) + Send + Sync,
    ) -> Result<(), StoreError> {
        if rows.is_empty() {
            return Ok(());
        }
        if self.copies {
            return self.copy(insertion, rows, fill).await;
        }
        self.write(insertion.arrays, rows, fill).await?;
        Ok(())
    }

    /// Runs a statement that takes rows as arrays after the workspace, and says how many rows of
    /// the database it touched. Without rows it is not run.
    pub(crate) async fn write<Row: Sync>(
        &mut self,
        statement: &'static str,
        rows: &[Row],
        fill: impl Fn(&mut Rows, &Row) + Send + Sync,
    ) -> Result<u64, StoreError> {
        if rows.is_empty() {
            return Ok(0);
        }
        let arguments = self.arrays(rows, fill)?;
        self.end_copy().await?;
        let query = sqlx::query_with(statement, arguments).persistent(self.prepared);
        let done = query.execute(&mut *self.connection).await;
        Ok(done.map_err(from_driver)?.rows_affected())
    }

    /// As [`Self::write`], for rows that must all be there to be changed.
    pub(crate) async fn change_rows<Row: Sync>(
        &mut self,
        what: &str,
        statement: &'static str,
        rows: &[Row],
        fill: impl Fn(&mut Rows, &Row) + Send + Sync,
    ) -> Result<(), StoreError> {
        let touched = self.write(statement, rows, fill).await?;
        all_there(what, touched, rows.len())
    }

    /// As [`Self::write`], for a statement that changes several tables and gives the number itself.
    pub(crate) async fn counted<Row: Sync>(
        &mut self,
        statement: &'static str,
        rows: &[Row],
        fill: impl Fn(&mut Rows, &Row) + Send + Sync,
    ) -> Result<u64, StoreError> {
        if rows.is_empty() {
            return Ok(0);
        }
        let arguments = self.arrays(rows, fill)?;
        self.end_copy().await?;
        let query = sqlx::query_with(statement, arguments).persistent(self.prepared);
        let row = query.fetch_one(&mut *self.connection).await;
        let count: i64 = row.and_then(|row| row.try_get(0)).map_err(from_driver)?;
        Ok(count.unsigned_abs())
    }

    /// As [`Self::write`], for a statement that gives rows. Without rows it gives none.
    pub(crate) async fn given<Row: Sync>(
        &mut self,
        statement: &'static str,
        rows: &[Row],
        fill: impl Fn(&mut Rows, &Row) + Send + Sync,
    ) -> Result<Vec<PgRow>, StoreError> {
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let arguments = self.arrays(rows, fill)?;
        self.end_copy().await?;
        let query = sqlx::query_with(statement, arguments).persistent(self.prepared);
        let rows = query.fetch_all(&mut *self.connection).await;
        rows.map_err(from_driver)
    }

    fn arrays<Row>(
        &self,
        rows: &[Row],
        fill: impl Fn(&mut Rows, &Row),
    ) -> Result<PgArguments, StoreError> {
        let mut cells = Rows::for_arrays();
        for row in rows {
            cells.row();
            fill(&mut cells, row);
        }
        let count = cells.count;
        if let Some(failure) = cells.failure {
            return Err(failure);
        }
        let mut arguments = PgArguments::default();
        let mut added = arguments.add(&*self.workspace);
        for column in cells.columns {
            added = added.and_then(|()| {
                arguments.add(Array {
                    column,
                    rows: count,
                })
            });
        }
        let text = "the driver does not take a value";
        added.map_err(|error| caused(StoreErrorKind::Internal, text, error))?;
        Ok(arguments)
    }

    async fn copy<Row: Sync>(
        &mut self,
        insertion: Insertion,
        rows: &[Row],
        fill: impl Fn(&mut Rows, &Row) + Send + Sync,
    ) -> Result<(), StoreError> {
        self.begin_copy().await?;
        let copy = self.connection.copy_in_raw(insertion.copy).await;
        let mut copy = copy.map_err(from_driver)?;
        let mut cells = Rows::for_copy(&self.workspace, insertion.cells);
        let mut failure = None;
        for row in rows {
            cells.row();
            fill(&mut cells, row);
            match cells.filled() {
                Ok(bytes) if bytes.len() < FULL_BYTES => {}
                Ok(bytes) => {
                    copy.send(bytes.as_slice()).await.map_err(from_driver)?;
                    bytes.clear();
                }
                Err(error) => {
                    failure = Some(error);
                    break;
                }
            }
        }
        if let Some(failure) = failure {
            copy.abort("a cell cannot be stored")
                .await
                .map_err(from_driver)?;
            return Err(failure);
        }
        let bytes = cells.filled()?;
        bytes.extend_from_slice(&TRAILER);
        copy.send(bytes.as_slice()).await.map_err(from_driver)?;
        let copied = copy.finish().await.map_err(from_driver)?;
        all_there("new rows", copied, rows.len())
    }
}

//! A view of one workspace: a read transaction on a connection of its own. What each port reads is
//! beside what is written of it.

use std::sync::Arc;

use attain_domain::ports::StoreError;
use sqlx::SqliteConnection;
use tokio::sync::Mutex;
use uuid::Uuid;

use crate::bulk::Writer;
use crate::cells::{Cells, id_list};
use crate::error::from_driver;
use crate::readers::Reader;

/// Most ids in one statement; longer lists are read in several, so that no page gets too large.
const IDS_PER_STATEMENT: usize = 1_000;

pub(crate) struct SqliteSnapshot {
    pub(crate) workspace: Arc<str>,
    /// One statement at a time: a connection cannot do two.
    pub(crate) reader: Mutex<Reader>,
}

impl SqliteSnapshot {
    /// Cells that begin with the workspace.
    pub(crate) fn cells(&self) -> Cells {
        Cells::with_workspace(&self.workspace)
    }

    /// The page that a statement gives.
    pub(crate) async fn page(
        &self,
        statement: &'static str,
        cells: Cells,
    ) -> Result<String, StoreError> {
        let mut reader = self.reader.lock().await;
        page(reader.connection(), statement, cells).await
    }

    /// The pages that a statement gives for a list of ids, in rising id order.
    pub(crate) async fn pages_of(
        &self,
        statement: &'static str,
        ids: impl Iterator<Item = Uuid> + Send,
    ) -> Result<Vec<String>, StoreError> {
        let mut ids: Vec<Uuid> = ids.collect();
        ids.sort_unstable();
        ids.dedup();
        let mut pages = Vec::with_capacity(ids.len().div_ceil(IDS_PER_STATEMENT));
        for ids in ids.chunks(IDS_PER_STATEMENT) {
            let mut cells = self.cells();
            cells.owned(id_list(ids.iter().copied()));
            pages.push(self.page(statement, cells).await?);
        }
        Ok(pages)
    }
}

impl Writer<'_> {
    /// The page that a statement gives, as the unit of work sees it.
    pub(crate) async fn page(
        &mut self,
        statement: &'static str,
        cells: Cells,
    ) -> Result<String, StoreError> {
        page(self.connection, statement, cells).await
    }
}

impl Writer<'_> {
    /// The page that a statement returns that writes one row, or none.
    pub(crate) async fn returned(
        &mut self,
        statement: &'static str,
        cells: Cells,
    ) -> Result<Option<String>, StoreError> {
        let query = sqlx::query_scalar_with(statement, cells.finish()?);
        // All of it, so that the statement ends, and with it the unit of work.
        let pages: Vec<String> = query
            .fetch_all(&mut *self.connection)
            .await
            .map_err(from_driver)?;
        Ok(pages.into_iter().next())
    }
}

/// The one JSON array that a statement gives.
pub(crate) async fn page(
    connection: &mut SqliteConnection,
    statement: &'static str,
    cells: Cells,
) -> Result<String, StoreError> {
    let query = sqlx::query_scalar_with(statement, cells.finish()?);
    query.fetch_one(connection).await.map_err(from_driver)
}

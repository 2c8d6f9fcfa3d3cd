//! A view of one workspace: a repeatable-read transaction on a connection of its own. What each port
//! reads is beside what is written of it.

use std::sync::Arc;

use attain_domain::ports::StoreError;
use sqlx::postgres::PgRow;
use tokio::sync::{Mutex, OwnedSemaphorePermit};

use crate::bulk;
use crate::cells::Cells;
use crate::session::Session;

pub(crate) struct PgSnapshot {
    pub(crate) workspace: Arc<str>,
    /// One statement at a time: a connection cannot do two.
    pub(crate) connection: Mutex<Session>,
    /// Whether statements are prepared once and kept.
    pub(crate) prepared: bool,
    /// The right to one of the connections for views. Given back after the connection.
    pub(crate) _permit: OwnedSemaphorePermit,
}

impl PgSnapshot {
    /// Cells that begin with the workspace.
    pub(crate) fn cells(&self) -> Cells {
        Cells::with_workspace(&self.workspace)
    }

    /// The rows that a statement gives.
    pub(crate) async fn rows(
        &self,
        statement: &'static str,
        cells: Cells,
    ) -> Result<Vec<PgRow>, StoreError> {
        let mut session = self.connection.lock().await;
        let rows = bulk::rows(session.connection()?, self.prepared, statement, cells).await;
        session.rest();
        rows
    }
}

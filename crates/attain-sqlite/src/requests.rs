//! Requests that were carried out.

use async_trait::async_trait;
use attain_domain::change::RequestRecord;
use attain_domain::ids::RequestId;
use attain_domain::ports::{RequestRepository, StoreError};
use attain_domain::time::Instant;
use serde::Deserialize;

use crate::bulk::Writer;
use crate::cells::Cells;
use crate::snapshot::SqliteSnapshot;
use crate::statements::requests as sql;
use crate::stored::{Text, Whole, rows};

#[derive(Deserialize)]
struct RequestRow {
    id: Text<RequestId>,
    digest: String,
    answer: String,
    at: Whole<Instant>,
}

impl RequestRow {
    fn into_record(self) -> RequestRecord {
        RequestRecord {
            id: self.id.0,
            digest: self.digest,
            answer: self.answer,
            at: self.at.0,
        }
    }
}

fn record(page: &str) -> Result<Option<RequestRecord>, StoreError> {
    let rows: Vec<RequestRow> = rows("requests", page)?;
    Ok(rows.into_iter().next().map(RequestRow::into_record))
}

impl Writer<'_> {
    pub(crate) async fn was_seen(&mut self, id: &RequestId) -> Result<bool, StoreError> {
        let mut cells = self.cells();
        cells.text(id.as_str());
        let found = record(&self.page(sql::REQUEST, cells).await?)?;
        Ok(found.is_some())
    }

    pub(crate) async fn insert_request(
        &mut self,
        request: Option<&RequestRecord>,
    ) -> Result<(), StoreError> {
        let rows: Vec<&RequestRecord> = request.into_iter().collect();
        self.write(sql::INSERT_REQUESTS, &rows, |cells, row| fill(cells, row))
            .await?;
        Ok(())
    }
}

fn fill(cells: &mut Cells, row: &RequestRecord) {
    let RequestRecord {
        id,
        digest,
        answer,
        at,
    } = row;
    cells.text(id.as_str());
    cells.text(digest);
    cells.text(answer);
    cells.instant(*at);
}

#[async_trait]
impl RequestRepository for SqliteSnapshot {
    async fn request(&self, id: &RequestId) -> Result<Option<RequestRecord>, StoreError> {
        let mut cells = self.cells();
        cells.text(id.as_str());
        record(&self.page(sql::REQUEST, cells).await?)
    }
}

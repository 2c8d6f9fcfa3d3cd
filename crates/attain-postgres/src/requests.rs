//! Requests that were carried out.

use async_trait::async_trait;
use attain_domain::change::RequestRecord;
use attain_domain::ids::RequestId;
use attain_domain::ports::{RequestRepository, StoreError};

use crate::bulk::Writer;
use crate::snapshot::PgSnapshot;
use crate::statements::requests as sql;
use crate::stored::{Reading, each};

fn record(row: &mut Reading<'_>) -> Result<RequestRecord, StoreError> {
    Ok(RequestRecord {
        id: row.name(RequestId::parse)?,
        digest: row.text()?,
        answer: row.text()?,
        at: row.instant()?,
    })
}

impl Writer<'_> {
    /// Records a request; false if it was carried out before. It is the first that a commit does: of
    /// two that carry out one request, the second waits here.
    pub(crate) async fn insert_request(
        &mut self,
        request: &RequestRecord,
    ) -> Result<bool, StoreError> {
        let RequestRecord {
            id,
            digest,
            answer,
            at,
        } = request;
        let mut cells = self.cells();
        cells.text(id.as_str());
        cells.text(digest);
        cells.text(answer);
        cells.instant(*at);
        Ok(self.run(sql::INSERT_REQUEST, cells).await? > 0)
    }
}

#[async_trait]
impl RequestRepository for PgSnapshot {
    async fn request(&self, id: &RequestId) -> Result<Option<RequestRecord>, StoreError> {
        let mut cells = self.cells();
        cells.text(id.as_str());
        let rows = self.rows(sql::REQUEST, cells).await?;
        Ok(each("requests", &rows, record)?.into_iter().next())
    }
}

//! Requests that were carried out.

use async_trait::async_trait;
use attain_domain::change::RequestRecord;
use attain_domain::ids::RequestId;
use attain_domain::ports::{RequestRepository, StoreError};

use crate::map::{Map, add};
use crate::snapshot::MemorySnapshot;

#[derive(Clone, Default)]
pub(crate) struct Requests {
    records: Map<RequestId, RequestRecord>,
}

impl Requests {
    pub(crate) fn has(&self, id: &RequestId) -> bool {
        self.records.contains_key(id)
    }

    pub(crate) fn apply(&mut self, request: Option<RequestRecord>) -> Result<(), StoreError> {
        request.map_or(Ok(()), |record| {
            add(&mut self.records, record.id.clone(), record)
        })
    }
}

#[async_trait]
impl RequestRepository for MemorySnapshot {
    async fn request(&self, id: &RequestId) -> Result<Option<RequestRecord>, StoreError> {
        Ok(self.tables.requests.records.get(id).cloned())
    }
}

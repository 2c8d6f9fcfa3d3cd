//! The activity log.

use std::ops::Bound;
use std::sync::Arc;

use async_trait::async_trait;
use attain_domain::activity::Activity;
use attain_domain::ids::ActivityId;
use attain_domain::ports::{ActivityRepository, ChunkSize, StoreError};

use crate::map::{Map, above, add};
use crate::snapshot::MemorySnapshot;

#[derive(Clone, Default)]
pub(crate) struct Activities {
    entries: Map<ActivityId, Arc<Activity>>,
}

impl Activities {
    pub(crate) fn apply(&mut self, entries: Vec<Activity>) -> Result<(), StoreError> {
        for entry in entries {
            add(&mut self.entries, entry.id, Arc::new(entry))?;
        }
        Ok(())
    }
}

#[async_trait]
impl ActivityRepository for MemorySnapshot {
    async fn activities_after(
        &self,
        after: Option<ActivityId>,
        chunk: ChunkSize,
    ) -> Result<Vec<Activity>, StoreError> {
        let entries = &self.tables.activities.entries;
        let rest = entries.range((above(after), Bound::Unbounded));
        let page = rest.take(chunk.rows());
        Ok(page.map(|(_, entry)| Activity::clone(entry)).collect())
    }
}

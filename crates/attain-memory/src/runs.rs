//! Process runs and their logs.

use std::ops::Bound;
use std::sync::Arc;

use async_trait::async_trait;
use attain_domain::chunk::RunChunk;
use attain_domain::ids::RunId;
use attain_domain::ports::{ChunkSize, RunRepository, StoreError};
use attain_domain::run::{Run, RunLogEntry};
use attain_domain::stamp::Version;
use attain_domain::time::{DateRange, Instant};

use crate::map::{Map, Set, add};
use crate::snapshot::MemorySnapshot;

#[derive(Clone, Default)]
pub(crate) struct Runs {
    rows: Map<RunId, Arc<Run>>,
    /// Those that have not ended.
    open: Set<RunId>,
    log: Map<(RunId, u64), Arc<RunLogEntry>>,
}

impl Runs {
    pub(crate) fn apply(
        &mut self,
        runs: Vec<Run>,
        log: Vec<RunLogEntry>,
    ) -> Result<(), StoreError> {
        for run in runs {
            if run.status.has_ended() {
                self.open.remove_mut(&run.id);
            } else {
                self.open.insert_mut(run.id);
            }
            self.rows.insert_mut(run.id, Arc::new(run));
        }
        for entry in log {
            add(&mut self.log, (entry.run, entry.number), Arc::new(entry))?;
        }
        Ok(())
    }

    pub(crate) fn version(&self, id: RunId) -> Option<Version> {
        self.rows.get(&id).map(|run| run.stamp.version)
    }

    pub(crate) fn has_ended(&self, id: RunId) -> bool {
        self.rows.get(&id).is_some_and(|run| run.status.has_ended())
    }

    pub(crate) fn is_free(&self, except: RunId, range: DateRange, at: Instant) -> bool {
        !self
            .open()
            .any(|run| run.id != except && at < run.lease_until && run.range.overlaps(&range))
    }

    fn open(&self) -> impl Iterator<Item = &Arc<Run>> {
        self.open.iter().filter_map(|id| self.rows.get(id))
    }
}

#[async_trait]
impl RunRepository for MemorySnapshot {
    async fn run(&self, id: RunId) -> Result<Option<Run>, StoreError> {
        let row = self.tables.runs.rows.get(&id);
        Ok(row.map(|row| Run::clone(row)))
    }

    async fn runs_before(
        &self,
        before: Option<RunId>,
        chunk: ChunkSize,
    ) -> Result<Vec<Run>, StoreError> {
        let before = before.map_or(Bound::Unbounded, Bound::Excluded);
        let newest_first = self
            .tables
            .runs
            .rows
            .range((Bound::Unbounded, before))
            .rev();
        let page = newest_first.take(chunk.rows());
        Ok(page.map(|(_, row)| Run::clone(row)).collect())
    }

    async fn runs_open(&self) -> Result<Vec<Run>, StoreError> {
        let open = self.tables.runs.open();
        Ok(open.map(|row| Run::clone(row)).collect())
    }

    async fn chunks_of_run(
        &self,
        run: RunId,
        after: Option<u64>,
        chunk: ChunkSize,
    ) -> Result<Vec<RunChunk>, StoreError> {
        Ok(self.tables.chunks.of_run(run, after, chunk))
    }

    async fn chunks_ended(
        &self,
        run: RunId,
        chunk: ChunkSize,
    ) -> Result<Vec<RunChunk>, StoreError> {
        Ok(self.tables.chunks.ended(run, chunk))
    }

    async fn run_log_after(
        &self,
        run: RunId,
        after: u64,
        chunk: ChunkSize,
    ) -> Result<Vec<RunLogEntry>, StoreError> {
        let (from, to) = (
            Bound::Excluded((run, after)),
            Bound::Included((run, u64::MAX)),
        );
        let page = self.tables.runs.log.range((from, to)).take(chunk.rows());
        Ok(page.map(|(_, entry)| RunLogEntry::clone(entry)).collect())
    }
}

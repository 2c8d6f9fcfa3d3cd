//! Chunks of runs, and who has taken them up.

use std::ops::Bound;
use std::sync::Arc;
use std::time::Duration;

use attain_domain::chunk::{ChunkLease, ChunkState, ChunkWork, RunChunk};
use attain_domain::ids::{ChunkId, RunId, WorkerId};
use attain_domain::ports::{ChunkSize, StoreError};
use attain_domain::stamp::Version;
use attain_domain::time::Instant;

use crate::map::{Map, add, take};

#[derive(Clone, Default)]
pub(crate) struct Chunks {
    rows: Map<ChunkId, Arc<RunChunk>>,
    by_number: Map<(RunId, u64), ChunkId>,
}

impl Chunks {
    pub(crate) fn apply(
        &mut self,
        removed: Vec<ChunkId>,
        worked: Vec<ChunkWork>,
        new: Vec<RunChunk>,
    ) -> Result<(), StoreError> {
        for id in removed {
            let row = take(&mut self.rows, &id)?;
            take(&mut self.by_number, &(row.run, row.number))?;
        }
        for work in worked {
            self.work(work)?;
        }
        for row in new {
            add(&mut self.by_number, (row.run, row.number), row.id)?;
            add(&mut self.rows, row.id, Arc::new(row))?;
        }
        Ok(())
    }

    fn work(&mut self, work: ChunkWork) -> Result<(), StoreError> {
        let ChunkWork {
            id,
            left,
            counts,
            units,
            failures,
            end,
        } = work;
        let mut row = RunChunk::clone(&*take(&mut self.rows, &id)?);
        row.task = left;
        row.counts = counts;
        row.units = units;
        row.failures = failures;
        row.version = row.version.next();
        if let Some(end) = end {
            row.state = ChunkState::Ended(end);
        }
        self.rows.insert_mut(id, Arc::new(row));
        Ok(())
    }

    pub(crate) fn version(&self, id: ChunkId) -> Option<Version> {
        self.rows.get(&id).map(|row| row.version)
    }

    /// The chunk, if it is leased, and in this turn.
    pub(crate) fn held(&self, id: ChunkId, attempt: u32) -> Option<&Arc<RunChunk>> {
        let row = self.rows.get(&id)?;
        let is_leased = matches!(row.state, ChunkState::Leased(_));
        (is_leased && row.attempt == attempt).then_some(row)
    }

    /// The first chunk that may be taken up.
    pub(crate) fn free(&self, only: Option<RunId>, at: Instant) -> Option<&Arc<RunChunk>> {
        let all = self.by_number.iter();
        let numbers = all.filter(|((run, _), _)| only.is_none_or(|only| *run == only));
        let mut rows = numbers.filter_map(|(_, id)| self.rows.get(id));
        rows.find(|row| row.is_free(at))
    }

    pub(crate) fn lease(
        &mut self,
        worker: &WorkerId,
        only: Option<RunId>,
        at: Instant,
        lease: Duration,
    ) -> Option<RunChunk> {
        let mut row = RunChunk::clone(&**self.free(only, at)?);
        row.state = ChunkState::Leased(ChunkLease {
            worker: worker.clone(),
            until: later(at, lease),
        });
        row.attempt = row.attempt.saturating_add(1);
        row.version = row.version.next();
        self.rows.insert_mut(row.id, Arc::new(row.clone()));
        Some(row)
    }

    pub(crate) fn renew(&mut self, id: ChunkId, attempt: u32, until: Instant) -> bool {
        let Some(row) = self.held(id, attempt) else {
            return false;
        };
        let mut row = RunChunk::clone(&**row);
        if let ChunkState::Leased(lease) = &mut row.state {
            lease.until = until;
        }
        self.rows.insert_mut(id, Arc::new(row));
        true
    }

    pub(crate) fn of_run(&self, run: RunId, after: Option<u64>, chunk: ChunkSize) -> Vec<RunChunk> {
        let rows = self.after(run, after).take(chunk.rows());
        rows.map(|row| RunChunk::clone(row)).collect()
    }

    pub(crate) fn ended(&self, run: RunId, chunk: ChunkSize) -> Vec<RunChunk> {
        let ended = self.after(run, None).filter(|row| row.has_ended());
        let page = ended.take(chunk.rows());
        page.map(|row| RunChunk::clone(row)).collect()
    }

    fn after(&self, run: RunId, after: Option<u64>) -> impl Iterator<Item = &Arc<RunChunk>> {
        let from = match after {
            Some(number) => Bound::Excluded((run, number)),
            None => Bound::Included((run, 0)),
        };
        let numbers = self
            .by_number
            .range((from, Bound::Included((run, u64::MAX))));
        numbers.filter_map(|(_, id)| self.rows.get(id))
    }
}

/// A moment after another; the last one there is, if that is too far.
pub(crate) fn later(at: Instant, by: Duration) -> Instant {
    let by = i64::try_from(by.as_micros()).unwrap_or(i64::MAX);
    Instant::from_micros(at.micros().saturating_add(by)).unwrap_or(at)
}

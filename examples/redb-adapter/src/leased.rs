//! Chunks of runs, and who has taken them up.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use attain_domain::chunk::{ChunkLease, ChunkState, ChunkWork, RunChunk};
use attain_domain::ids::{ChunkId, RunId, WorkerId};
use attain_domain::time::Instant;

use crate::codec::records;
use crate::error::corrupt;
use crate::table::{Answer, Reads, Writer, rows};

/// Which chunk has a number in its run. That there is no other is what the table is for; and its
/// order is the order in which chunks are taken up.
pub(crate) struct ChunkNumber {
    run: RunId,
    number: u64,
    id: ChunkId,
}

records! {
    ChunkNumber { run, number, id, }
}

rows! {
    RunChunk in "chunk" by ChunkId: |row| row.id;
    ChunkNumber in "chunk_number" by (RunId, u64): |row| (row.run, row.number);
}

/// The store's clock: the machine's.
#[allow(
    clippy::disallowed_methods,
    reason = "leases end by the store's clock, so it has to have one"
)]
pub(crate) fn now() -> Answer<Instant> {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    later(Instant::from_micros(0), since.unwrap_or_default())
}

fn later(at: Option<Instant>, by: Duration) -> Answer<Instant> {
    let micros = i64::try_from(by.as_micros()).ok();
    let micros = micros.and_then(|by| at?.micros().checked_add(by));
    let later = micros.and_then(Instant::from_micros);
    later.ok_or_else(|| corrupt("the clock or a lease is beyond all dates"))
}

/// The chunks of a run, or of all, in the order of runs and numbers.
pub(crate) fn chunks(from: &impl Reads, only: Option<RunId>) -> Answer<Vec<RunChunk>> {
    let mut rows: Vec<RunChunk> = from.all()?;
    rows.retain(|row| only.is_none_or(|run| row.run == run));
    rows.sort_by_key(|row| (row.run, row.number));
    Ok(rows)
}

/// The first chunk that may be taken up.
pub(crate) fn first_free(
    from: &impl Reads,
    only: Option<RunId>,
    at: Instant,
) -> Answer<Option<RunChunk>> {
    Ok(chunks(from, only)?.into_iter().find(|row| row.is_free(at)))
}

/// Whether a worker's turn has not ended.
pub(crate) fn is_held(from: &impl Reads, chunk: ChunkId, attempt: u32) -> Answer<bool> {
    let row: Option<RunChunk> = from.one(&chunk)?;
    let is_leased = |row: &RunChunk| matches!(row.state, ChunkState::Leased(_));
    Ok(row.is_some_and(|row| is_leased(&row) && row.attempt == attempt))
}

impl Writer<'_> {
    pub(crate) fn write_chunks(
        &self,
        removed: Vec<ChunkId>,
        worked: Vec<ChunkWork>,
        new: Vec<RunChunk>,
    ) -> Answer<()> {
        for id in removed {
            let row: RunChunk = self.take(id)?;
            self.take::<ChunkNumber>((row.run, row.number))?;
        }
        for work in worked {
            self.change(work.id, |row: &mut RunChunk| {
                row.task = work.left;
                row.counts = work.counts;
                row.units = work.units;
                row.failures = work.failures;
                row.version = row.version.next();
                if let Some(end) = work.end {
                    row.state = ChunkState::Ended(end);
                }
            })?;
        }
        let numbers = new.iter().map(|row| ChunkNumber {
            run: row.run,
            number: row.number,
            id: row.id,
        });
        self.add(numbers)?;
        self.add(new)
    }

    pub(crate) fn lease(
        &self,
        worker: &WorkerId,
        only: Option<RunId>,
        lease: Duration,
    ) -> Answer<Option<RunChunk>> {
        let at = now()?;
        let Some(free) = first_free(self, only, at)? else {
            return Ok(None);
        };
        let lease = ChunkLease {
            worker: worker.clone(),
            until: later(Some(at), lease)?,
        };
        let (_, taken) = self.change(free.id, |row: &mut RunChunk| {
            row.state = ChunkState::Leased(lease);
            row.attempt = row.attempt.saturating_add(1);
            row.version = row.version.next();
        })?;
        Ok(Some(taken))
    }

    pub(crate) fn renew(&self, chunk: ChunkId, attempt: u32, lease: Duration) -> Answer<bool> {
        if !is_held(self, chunk, attempt)? {
            return Ok(false);
        }
        let end = later(Some(now()?), lease)?;
        self.change(chunk, |row: &mut RunChunk| {
            if let ChunkState::Leased(lease) = &mut row.state {
                lease.until = end;
            }
        })?;
        Ok(true)
    }
}

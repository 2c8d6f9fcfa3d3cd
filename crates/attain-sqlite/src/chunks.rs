//! Chunks of runs, and who has taken them up.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use attain_documents::stored::{
    decode_chunk_task, decode_counts, decode_failures, encode_chunk_task, encode_counts,
    encode_failures,
};
use attain_domain::chunk::{ChunkEnd, ChunkLease, ChunkState, ChunkWork, RunChunk};
use attain_domain::ids::{ActorId, ChunkId, RequestId, RunId, WorkerId};
use attain_domain::ports::StoreError;
use attain_domain::stamp::Version;
use attain_domain::time::Instant;
use serde::Deserialize;

use crate::bulk::Writer;
use crate::cells::{Cells, id_list};
use crate::error::{conflict, corrupt};
use crate::statements::chunks as sql;
use crate::stored::{ErrorRow, Text, Whole, rows};

const WHAT: &str = "chunks of runs";

#[derive(Deserialize)]
struct ChunkRow {
    id: Text<ChunkId>,
    run: Text<RunId>,
    number: u64,
    actor: Text<ActorId>,
    request: Option<Text<RequestId>>,
    task: String,
    state: String,
    worker: Option<Text<WorkerId>>,
    lease_until: Option<Whole<Instant>>,
    error: Option<ErrorRow>,
    attempt: u32,
    version: Whole<Version>,
    counts: String,
    units: u64,
    failures: String,
}

impl ChunkRow {
    fn into_chunk(self) -> Result<RunChunk, StoreError> {
        let state = match (
            self.state.as_str(),
            self.worker,
            self.lease_until,
            self.error,
        ) {
            ("waiting", None, None, None) => ChunkState::Waiting,
            ("leased", Some(worker), Some(until), None) => ChunkState::Leased(ChunkLease {
                worker: worker.0,
                until: until.0,
            }),
            ("done", None, None, None) => ChunkState::Ended(ChunkEnd::Done),
            ("failed", None, None, Some(error)) => {
                ChunkState::Ended(ChunkEnd::Failed(error.into_error()))
            }
            (other, ..) => return Err(corrupt(WHAT, format!("`{other}` does not fit its row"))),
        };
        Ok(RunChunk {
            id: self.id.0,
            run: self.run.0,
            number: self.number,
            actor: self.actor.0,
            request: self.request.map(|request| request.0),
            task: decode_chunk_task(&self.task).map_err(|error| corrupt(WHAT, error))?,
            state,
            attempt: self.attempt,
            version: self.version.0,
            counts: decode_counts(&self.counts).map_err(|error| corrupt(WHAT, error))?,
            units: self.units,
            failures: decode_failures(&self.failures).map_err(|error| corrupt(WHAT, error))?,
        })
    }
}

pub(crate) fn chunks(page: &str) -> Result<Vec<RunChunk>, StoreError> {
    let rows: Vec<ChunkRow> = rows(WHAT, page)?;
    rows.into_iter().map(ChunkRow::into_chunk).collect()
}

/// What the state of a chunk is in its columns.
fn fill_state(cells: &mut Cells, state: &ChunkState) {
    let (word, lease, error) = match state {
        ChunkState::Waiting => ("waiting", None, None),
        ChunkState::Leased(lease) => ("leased", Some(lease), None),
        ChunkState::Ended(ChunkEnd::Done) => ("done", None, None),
        ChunkState::Ended(ChunkEnd::Failed(error)) => ("failed", None, Some(error)),
    };
    cells.text(word);
    cells.text_or_none(lease.map(|lease| lease.worker.as_str()));
    cells.instant_or_none(lease.map(|lease| lease.until));
    cells.code_or_none(error.map(|error| error.reason));
    cells.text_or_none(error.map(|error| error.text.as_str()));
}

fn fill(cells: &mut Cells, row: &RunChunk) {
    let RunChunk {
        id,
        run,
        number,
        actor,
        request,
        task,
        state,
        attempt,
        version,
        counts,
        units,
        failures,
    } = row;
    cells.id(id.0);
    cells.id(run.0);
    cells.count(*number);
    cells.text(actor.as_str());
    cells.text_or_none(request.as_ref().map(RequestId::as_str));
    cells.owned(encode_chunk_task(task));
    fill_state(cells, state);
    cells.whole(i64::from(*attempt));
    cells.whole(i64::from(version.0));
    cells.owned(encode_counts(counts));
    cells.count(*units);
    cells.owned(encode_failures(failures));
}

impl Writer<'_> {
    pub(crate) async fn write_chunks(
        &mut self,
        removed: &[ChunkId],
        worked: &[ChunkWork],
        new: &[RunChunk],
    ) -> Result<(), StoreError> {
        let ids = id_list(removed.iter().map(|id| id.0));
        self.remove(WHAT, sql::REMOVE_CHUNKS, ids, removed.len())
            .await?;
        for work in worked {
            self.work_chunk(work).await?;
        }
        self.write(sql::INSERT_CHUNKS, new, fill).await?;
        Ok(())
    }

    async fn work_chunk(&mut self, work: &ChunkWork) -> Result<(), StoreError> {
        let ChunkWork {
            id,
            left,
            counts,
            units,
            failures,
            end,
        } = work;
        let mut cells = self.cells();
        cells.id(id.0);
        cells.owned(encode_chunk_task(left));
        cells.owned(encode_counts(counts));
        cells.count(*units);
        cells.owned(encode_failures(failures));
        let statement = match end {
            None => sql::WORK_CHUNK,
            Some(end) => {
                fill_state(&mut cells, &ChunkState::Ended(end.clone()));
                sql::END_CHUNK
            }
        };
        match self.run_one(statement, cells).await? {
            0 => Err(conflict(format!("{id} is not there to be worked on"))),
            _ => Ok(()),
        }
    }

    /// Hands over the first chunk that may be taken up.
    pub(crate) async fn lease_chunk(
        &mut self,
        worker: &WorkerId,
        only: Option<RunId>,
        at: Instant,
        lease: Duration,
    ) -> Result<Option<RunChunk>, StoreError> {
        let mut cells = self.cells();
        cells.instant(at);
        cells.text(worker.as_str());
        cells.instant(later(at, lease));
        let statement = match only {
            None => sql::LEASE_CHUNK,
            Some(run) => {
                cells.id(run.0);
                sql::LEASE_CHUNK_OF_RUN
            }
        };
        match self.returned(statement, cells).await? {
            None => Ok(None),
            Some(page) => Ok(chunks(&page)?.into_iter().next()),
        }
    }

    /// Whether the chunk is still with the worker's turn, so that its lease was made to end anew.
    pub(crate) async fn renew_lease(
        &mut self,
        chunk: ChunkId,
        attempt: u32,
        until: Instant,
    ) -> Result<bool, StoreError> {
        let mut cells = self.cells();
        cells.id(chunk.0);
        cells.whole(i64::from(attempt));
        cells.instant(until);
        Ok(self.run_one(sql::RENEW_LEASE, cells).await? > 0)
    }
}

/// A moment after another; the same, if that is too far.
pub(crate) fn later(at: Instant, by: Duration) -> Instant {
    let by = i64::try_from(by.as_micros()).unwrap_or(i64::MAX);
    Instant::from_micros(at.micros().saturating_add(by)).unwrap_or(at)
}

/// The clock of this machine: every process that has the file open goes by it.
#[allow(
    clippy::disallowed_methods,
    reason = "the store's own clock says when a lease is over"
)]
pub(crate) fn now() -> Instant {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    let micros = since.map_or(0, |since| i64::try_from(since.as_micros()).unwrap_or(0));
    Instant::from_micros(micros).unwrap_or_else(|| Instant::new(Default::default()))
}

//! Chunks of runs, and who has taken them up.

use std::time::Duration;

use attain_documents::stored::{
    decode_chunk_task, decode_counts, decode_failures, encode_chunk_task, encode_counts,
    encode_failures,
};
use attain_domain::chunk::{ChunkEnd, ChunkLease, ChunkState, ChunkWork, RunChunk};
use attain_domain::ids::{ActorId, ChunkId, RequestId, RunId, WorkerId};
use attain_domain::ports::StoreError;
use attain_domain::refusal::RowError;
use attain_domain::stamp::Version;
use attain_domain::time::Instant;
use sqlx::postgres::PgRow;

use crate::bulk::Writer;
use crate::error::corrupt;
use crate::statements::{chunks as sql, schema};
use crate::stored::{Reading, each};

const WHAT: &str = "chunks of runs";

fn chunk(row: &mut Reading<'_>) -> Result<RunChunk, StoreError> {
    Ok(RunChunk {
        id: row.id(ChunkId)?,
        run: row.id(RunId)?,
        number: row.count()?,
        actor: row.name(ActorId::parse)?,
        request: row.name_or_none(RequestId::parse)?,
        task: decode_chunk_task(row.json()?).map_err(|error| corrupt(WHAT, error))?,
        state: state(row)?,
        attempt: row.version()?,
        version: Version(row.version()?),
        counts: decode_counts(row.json()?).map_err(|error| corrupt(WHAT, error))?,
        units: row.count()?,
        failures: decode_failures(row.json()?).map_err(|error| corrupt(WHAT, error))?,
    })
}

fn state(row: &mut Reading<'_>) -> Result<ChunkState, StoreError> {
    let word = row.text()?;
    let worker = row.name_or_none(WorkerId::parse)?;
    let until = row.instant_or_none()?;
    let error = row.error_or_none()?;
    match (word.as_str(), worker, until, error) {
        ("waiting", None, None, None) => Ok(ChunkState::Waiting),
        ("leased", Some(worker), Some(until), None) => {
            Ok(ChunkState::Leased(ChunkLease { worker, until }))
        }
        ("done", None, None, None) => Ok(ChunkState::Ended(ChunkEnd::Done)),
        ("failed", None, None, Some(error)) => Ok(ChunkState::Ended(ChunkEnd::Failed(error))),
        _ => Err(row.wrong(format!("`{word}` does not fit its row"))),
    }
}

pub(crate) fn chunks(rows: &[PgRow]) -> Result<Vec<RunChunk>, StoreError> {
    each(WHAT, rows, chunk)
}

/// What the state of a chunk is in its columns.
struct StateCells<'s> {
    word: &'static str,
    lease: Option<&'s ChunkLease>,
    error: Option<&'s RowError>,
}

fn state_cells(state: &ChunkState) -> StateCells<'_> {
    let (word, lease, error) = match state {
        ChunkState::Waiting => ("waiting", None, None),
        ChunkState::Leased(lease) => ("leased", Some(lease), None),
        ChunkState::Ended(ChunkEnd::Done) => ("done", None, None),
        ChunkState::Ended(ChunkEnd::Failed(error)) => ("failed", None, Some(error)),
    };
    StateCells { word, lease, error }
}

impl Writer<'_> {
    pub(crate) async fn write_chunks(
        &mut self,
        removed: &[ChunkId],
        worked: &[ChunkWork],
        new: &[RunChunk],
    ) -> Result<(), StoreError> {
        if !removed.is_empty() {
            let mut cells = self.cells();
            cells.ids(removed.iter().map(|id| id.0));
            self.change(WHAT, sql::REMOVE_CHUNKS, cells, removed.len())
                .await?;
        }
        if !worked.is_empty() {
            self.work_chunks(worked).await?;
        }
        if !new.is_empty() {
            self.insert_chunks(new).await?;
        }
        Ok(())
    }

    async fn work_chunks(&mut self, worked: &[ChunkWork]) -> Result<(), StoreError> {
        let error = |work: &ChunkWork| match &work.end {
            Some(ChunkEnd::Failed(error)) => Some(error.clone()),
            Some(ChunkEnd::Done) | None => None,
        };
        let errors: Vec<Option<RowError>> = worked.iter().map(error).collect();
        let word = |work: &ChunkWork| match &work.end {
            Some(ChunkEnd::Done) => Some("done"),
            Some(ChunkEnd::Failed(_)) => Some("failed"),
            None => None,
        };
        let mut cells = self.cells();
        cells.ids(worked.iter().map(|work| work.id.0));
        cells.documents(worked.iter().map(|work| encode_chunk_task(&work.left)));
        cells.documents(worked.iter().map(|work| encode_counts(&work.counts)));
        cells.counts(worked.iter().map(|work| work.units));
        cells.documents(worked.iter().map(|work| encode_failures(&work.failures)));
        cells.texts_or_none(worked.iter().map(word));
        cells.codes_or_none(errors.iter().map(|error| error.as_ref().map(|e| e.reason)));
        let texts = errors.iter().map(|e| e.as_ref().map(|e| e.text.as_str()));
        cells.texts_or_none(texts);
        self.change(WHAT, sql::WORK_CHUNKS, cells, worked.len())
            .await
    }

    async fn insert_chunks(&mut self, new: &[RunChunk]) -> Result<(), StoreError> {
        let states: Vec<StateCells<'_>> = new.iter().map(|row| state_cells(&row.state)).collect();
        let mut cells = self.cells();
        cells.ids(new.iter().map(|row| row.id.0));
        cells.ids(new.iter().map(|row| row.run.0));
        cells.counts(new.iter().map(|row| row.number));
        cells.texts(new.iter().map(|row| row.actor.as_str()));
        cells.texts_or_none(
            new.iter()
                .map(|row| row.request.as_ref().map(RequestId::as_str)),
        );
        cells.documents(new.iter().map(|row| encode_chunk_task(&row.task)));
        cells.texts(states.iter().map(|state| state.word));
        cells.texts_or_none(
            states
                .iter()
                .map(|s| s.lease.map(|lease| lease.worker.as_str())),
        );
        cells.instants_or_none(states.iter().map(|s| s.lease.map(|lease| lease.until)));
        cells.codes_or_none(states.iter().map(|s| s.error.map(|error| error.reason)));
        cells.texts_or_none(
            states
                .iter()
                .map(|s| s.error.map(|error| error.text.as_str())),
        );
        cells.wholes(new.iter().map(|row| i64::from(row.attempt)));
        cells.wholes(new.iter().map(|row| i64::from(row.version.0)));
        cells.documents(new.iter().map(|row| encode_counts(&row.counts)));
        cells.counts(new.iter().map(|row| row.units));
        cells.documents(new.iter().map(|row| encode_failures(&row.failures)));
        self.run(sql::INSERT_CHUNKS, cells).await?;
        Ok(())
    }

    /// The server's clock. Asked for alone: beside a table, a node of Citus would give its own.
    pub(crate) async fn now(&mut self) -> Result<Instant, StoreError> {
        let rows = self
            .rows(schema::NOW, crate::cells::Cells::default())
            .await?;
        let now = each("the clock", &rows, |row| row.instant())?;
        let now = now.into_iter().next();
        now.ok_or_else(|| corrupt("the clock", "says nothing".to_owned()))
    }

    /// Hands over the first chunk that may be taken up.
    pub(crate) async fn lease_chunk(
        &mut self,
        worker: &WorkerId,
        only: Option<RunId>,
        lease: Duration,
    ) -> Result<Option<RunChunk>, StoreError> {
        let at = self.now().await?;
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
        let rows = self.rows(statement, cells).await?;
        Ok(chunks(&rows)?.into_iter().next())
    }

    /// Whether the chunk is still with the worker's turn, so that its lease was made to end anew.
    pub(crate) async fn renew_lease(
        &mut self,
        chunk: ChunkId,
        attempt: u32,
        lease: Duration,
    ) -> Result<bool, StoreError> {
        let at = self.now().await?;
        let mut cells = self.cells();
        cells.id(chunk.0);
        cells.whole(i64::from(attempt));
        cells.instant(later(at, lease));
        Ok(self.run(sql::RENEW_LEASE, cells).await? > 0)
    }
}

/// A moment after another; the same, if that is too far.
fn later(at: Instant, by: Duration) -> Instant {
    let by = i64::try_from(by.as_micros()).unwrap_or(i64::MAX);
    Instant::from_micros(at.micros().saturating_add(by)).unwrap_or(at)
}

//! Process runs and their logs.

use async_trait::async_trait;
use attain_documents::stored::{decode_counts, encode_counts};
use attain_domain::chunk::RunChunk;
use attain_domain::ids::RunId;
use attain_domain::ports::{ChunkSize, RunRepository, StoreError};
use attain_domain::run::{Run, RunLogEntry};

use crate::bulk::Writer;
use crate::chunks::chunks;
use crate::error::corrupt;
use crate::snapshot::PgSnapshot;
use crate::statements::{chunks as chunks_sql, runs as sql};
use crate::stored::{Reading, each};

fn run(row: &mut Reading<'_>) -> Result<Run, StoreError> {
    Ok(Run {
        id: row.id(RunId)?,
        process: row.code()?,
        range: row.range()?,
        status: row.code()?,
        stage: row.code_or_none()?,
        units_done: row.count()?,
        units_total: row.count()?,
        counts: decode_counts(&row.document()?).map_err(|error| corrupt("runs", error))?,
        cancel_requested: row.flag()?,
        lease_until: row.instant()?,
        ended_at: row.instant_or_none()?,
        stamp: row.stamp()?,
    })
}

fn entry(row: &mut Reading<'_>) -> Result<RunLogEntry, StoreError> {
    Ok(RunLogEntry {
        run: row.id(RunId)?,
        number: row.count()?,
        at: row.instant()?,
        level: row.code()?,
        reason: row.code_or_none()?,
        subject: row.text()?,
        text: row.text()?,
    })
}

impl Writer<'_> {
    pub(crate) async fn put_runs(
        &mut self,
        runs: &[Run],
        log: &[RunLogEntry],
    ) -> Result<(), StoreError> {
        if !runs.is_empty() {
            let mut cells = self.cells();
            cells.ids(runs.iter().map(|run| run.id.0));
            cells.codes(runs.iter().map(|run| run.process));
            cells.dates_or_none(runs.iter().map(|run| run.range.from));
            cells.dates_or_none(runs.iter().map(|run| run.range.to));
            cells.codes(runs.iter().map(|run| run.status));
            cells.codes_or_none(runs.iter().map(|run| run.stage));
            cells.counts(runs.iter().map(|run| run.units_done));
            cells.counts(runs.iter().map(|run| run.units_total));
            cells.documents(runs.iter().map(|run| encode_counts(&run.counts)));
            cells.flags(runs.iter().map(|run| run.cancel_requested));
            cells.instants(runs.iter().map(|run| run.lease_until));
            cells.instants_or_none(runs.iter().map(|run| run.ended_at));
            cells.stamps(runs.iter().map(|run| &run.stamp));
            self.run(sql::PUT_RUNS, cells).await?;
        }
        if !log.is_empty() {
            let mut cells = self.cells();
            cells.ids(log.iter().map(|entry| entry.run.0));
            cells.counts(log.iter().map(|entry| entry.number));
            cells.instants(log.iter().map(|entry| entry.at));
            cells.codes(log.iter().map(|entry| entry.level));
            cells.codes_or_none(log.iter().map(|entry| entry.reason));
            cells.texts(log.iter().map(|entry| entry.subject.as_str()));
            cells.texts(log.iter().map(|entry| entry.text.as_str()));
            self.run(sql::INSERT_RUN_LOG, cells).await?;
        }
        Ok(())
    }
}

#[async_trait]
impl RunRepository for PgSnapshot {
    async fn run(&self, id: RunId) -> Result<Option<Run>, StoreError> {
        let mut cells = self.cells();
        cells.id(id.0);
        let rows = self.rows(sql::RUN, cells).await?;
        Ok(each("runs", &rows, run)?.into_iter().next())
    }

    async fn runs_before(
        &self,
        before: Option<RunId>,
        chunk: ChunkSize,
    ) -> Result<Vec<Run>, StoreError> {
        let mut cells = self.cells();
        let statement = match before {
            Some(before) => {
                cells.id(before.0);
                sql::RUNS_BEFORE
            }
            None => sql::RUNS_NEWEST,
        };
        cells.limit(chunk.rows());
        each("runs", &self.rows(statement, cells).await?, run)
    }

    async fn runs_open(&self) -> Result<Vec<Run>, StoreError> {
        let rows = self.rows(sql::RUNS_OPEN, self.cells()).await?;
        each("runs", &rows, run)
    }

    async fn chunks_of_run(
        &self,
        run: RunId,
        after: Option<u64>,
        chunk: ChunkSize,
    ) -> Result<Vec<RunChunk>, StoreError> {
        let mut cells = self.cells();
        cells.id(run.0);
        // No chunk that is stored has a larger number.
        cells.whole(after.map_or(-1, |after| i64::try_from(after).unwrap_or(i64::MAX)));
        cells.limit(chunk.rows());
        chunks(&self.rows(chunks_sql::CHUNKS_OF_RUN, cells).await?)
    }

    async fn chunks_ended(
        &self,
        run: RunId,
        chunk: ChunkSize,
    ) -> Result<Vec<RunChunk>, StoreError> {
        let mut cells = self.cells();
        cells.id(run.0);
        cells.limit(chunk.rows());
        chunks(&self.rows(chunks_sql::CHUNKS_ENDED, cells).await?)
    }

    async fn run_log_after(
        &self,
        run: RunId,
        after: u64,
        chunk: ChunkSize,
    ) -> Result<Vec<RunLogEntry>, StoreError> {
        let mut cells = self.cells();
        cells.id(run.0);
        // No entry that is stored has a larger number.
        cells.whole(i64::try_from(after).unwrap_or(i64::MAX));
        cells.limit(chunk.rows());
        let rows = self.rows(sql::RUN_LOG_AFTER, cells).await?;
        each("run logs", &rows, entry)
    }
}

//! Process runs and their logs.

use async_trait::async_trait;
use attain_documents::stored::{decode_counts, encode_counts};
use attain_domain::chunk::RunChunk;
use attain_domain::ids::RunId;
use attain_domain::ports::{ChunkSize, RunRepository, StoreError};
use attain_domain::refusal::Reason;
use attain_domain::run::{LogLevel, Process, Run, RunLogEntry, RunStatus};
use attain_domain::time::{Date, DateRange, Instant};
use serde::Deserialize;

use crate::bulk::Writer;
use crate::cells::Cells;
use crate::chunks::chunks;
use crate::error::corrupt;
use crate::snapshot::SqliteSnapshot;
use crate::statements::{chunks as chunks_sql, runs as sql};
use crate::stored::{StampRow, Text, Whole, rows};

#[derive(Deserialize)]
struct RunRow {
    id: Text<RunId>,
    process: Text<Process>,
    range_from: Option<Whole<Date>>,
    range_to: Option<Whole<Date>>,
    status: Text<RunStatus>,
    stage: Option<Text<Process>>,
    units_done: u64,
    units_total: u64,
    counts: String,
    cancel_requested: Whole<bool>,
    lease_until: Whole<Instant>,
    ended_at: Option<Whole<Instant>>,
    stamp: StampRow,
}

impl RunRow {
    fn into_run(self) -> Result<Run, StoreError> {
        let counts = decode_counts(&self.counts);
        Ok(Run {
            id: self.id.0,
            process: self.process.0,
            range: DateRange {
                from: self.range_from.map(|date| date.0),
                to: self.range_to.map(|date| date.0),
            },
            status: self.status.0,
            stage: self.stage.map(|stage| stage.0),
            units_done: self.units_done,
            units_total: self.units_total,
            counts: counts.map_err(|error| corrupt("runs", error))?,
            cancel_requested: self.cancel_requested.0,
            lease_until: self.lease_until.0,
            ended_at: self.ended_at.map(|at| at.0),
            stamp: self.stamp.into_stamp(),
        })
    }
}

#[derive(Deserialize)]
struct RunLogRow {
    run: Text<RunId>,
    number: u64,
    at: Whole<Instant>,
    level: Text<LogLevel>,
    reason: Option<Text<Reason>>,
    subject: String,
    text: String,
}

impl RunLogRow {
    fn into_entry(self) -> RunLogEntry {
        RunLogEntry {
            run: self.run.0,
            number: self.number,
            at: self.at.0,
            level: self.level.0,
            reason: self.reason.map(|reason| reason.0),
            subject: self.subject,
            text: self.text,
        }
    }
}

fn runs(page: &str) -> Result<Vec<Run>, StoreError> {
    let rows: Vec<RunRow> = rows("runs", page)?;
    rows.into_iter().map(RunRow::into_run).collect()
}

impl Writer<'_> {
    pub(crate) async fn put_runs(
        &mut self,
        runs: &[Run],
        log: &[RunLogEntry],
    ) -> Result<(), StoreError> {
        self.write(sql::PUT_RUNS, runs, fill_run).await?;
        self.write(sql::INSERT_RUN_LOG, log, fill_entry).await?;
        Ok(())
    }
}

fn fill_run(cells: &mut Cells, row: &Run) {
    let Run {
        id,
        process,
        range: DateRange { from, to },
        status,
        stage,
        units_done,
        units_total,
        counts,
        cancel_requested,
        lease_until,
        ended_at,
        stamp,
    } = row;
    cells.id(id.0);
    cells.code(*process);
    cells.date_or_none(*from);
    cells.date_or_none(*to);
    cells.code(*status);
    cells.code_or_none(*stage);
    cells.count(*units_done);
    cells.count(*units_total);
    cells.owned(encode_counts(counts));
    cells.flag(*cancel_requested);
    cells.instant(*lease_until);
    cells.instant_or_none(*ended_at);
    cells.stamp(stamp);
}

fn fill_entry(cells: &mut Cells, row: &RunLogEntry) {
    let RunLogEntry {
        run,
        number,
        at,
        level,
        reason,
        subject,
        text,
    } = row;
    cells.id(run.0);
    cells.count(*number);
    cells.instant(*at);
    cells.code(*level);
    cells.code_or_none(*reason);
    cells.text(subject);
    cells.text(text);
}

#[async_trait]
impl RunRepository for SqliteSnapshot {
    async fn run(&self, id: RunId) -> Result<Option<Run>, StoreError> {
        let mut cells = self.cells();
        cells.id(id.0);
        let found = runs(&self.page(sql::RUN, cells).await?)?;
        Ok(found.into_iter().next())
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
        runs(&self.page(statement, cells).await?)
    }

    async fn runs_open(&self) -> Result<Vec<Run>, StoreError> {
        runs(&self.page(sql::RUNS_OPEN, self.cells()).await?)
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
        chunks(&self.page(chunks_sql::CHUNKS_OF_RUN, cells).await?)
    }

    async fn chunks_ended(
        &self,
        run: RunId,
        chunk: ChunkSize,
    ) -> Result<Vec<RunChunk>, StoreError> {
        let mut cells = self.cells();
        cells.id(run.0);
        cells.limit(chunk.rows());
        chunks(&self.page(chunks_sql::CHUNKS_ENDED, cells).await?)
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
        let page = self.page(sql::RUN_LOG_AFTER, cells).await?;
        let entries: Vec<RunLogRow> = rows("run logs", &page)?;
        Ok(entries.into_iter().map(RunLogRow::into_entry).collect())
    }
}

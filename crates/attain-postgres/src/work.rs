//! The work list, the change log, and what runs have claimed of it.

use async_trait::async_trait;
use attain_domain::change::{Claim, ClaimDone};
use attain_domain::ids::{ParticipantId, PeriodId, RunId, TransactionId, WorkItemId};
use attain_domain::ports::{ChunkSize, StoreError, WorkRepository};
use attain_domain::run::{Change, Process, Scope, WorkItem};

use crate::bulk::Writer;
use crate::cells::Cells;
use crate::error::corrupt;
use crate::snapshot::PgSnapshot;
use crate::statements::work as sql;
use crate::stored::{Reading, each};

fn item(row: &mut Reading<'_>) -> Result<WorkItem, StoreError> {
    Ok(WorkItem {
        id: row.id(WorkItemId)?,
        stage: row.code()?,
        period: row.name(PeriodId::parse)?,
        first: row.id(TransactionId)?,
        last: row.id(TransactionId)?,
    })
}

fn change(row: &mut Reading<'_>) -> Result<Change, StoreError> {
    let period = row.name(PeriodId::parse)?;
    let scope = if row.flag()? {
        Scope::Everybody
    } else {
        let whose = ParticipantId::parse(&row.text()?);
        Scope::Participant(whose.map_err(|error| corrupt("changes", error))?)
    };
    Ok(Change { period, scope })
}

/// An entry as it is stored, in the order in which entries sort.
fn stored(entry: &Change) -> (&str, bool, &str) {
    match &entry.scope {
        Scope::Participant(whose) => (entry.period.as_str(), false, whose.as_str()),
        Scope::Everybody => (entry.period.as_str(), true, ""),
    }
}

/// An entry, or what sorts before every entry.
fn fill_position(cells: &mut Cells, after: Option<&Change>) {
    let (period, everybody, participant) = after.map_or(("", false, ""), stored);
    cells.text(period);
    cells.flag(everybody);
    cells.text(participant);
}

/// Three columns.
fn fill_entries(cells: &mut Cells, entries: &[(&str, bool, &str)]) {
    cells.texts(entries.iter().map(|entry| entry.0));
    cells.flags(entries.iter().map(|entry| entry.1));
    cells.texts(entries.iter().map(|entry| entry.2));
}

impl Writer<'_> {
    pub(crate) async fn write_work(
        &mut self,
        done: &[WorkItemId],
        new: &[WorkItem],
    ) -> Result<(), StoreError> {
        if !done.is_empty() {
            let mut cells = self.cells();
            cells.ids(done.iter().map(|id| id.0));
            self.change("work items", sql::FINISH_WORK, cells, done.len())
                .await?;
        }
        if !new.is_empty() {
            let mut cells = self.cells();
            cells.ids(new.iter().map(|item| item.id.0));
            cells.codes(new.iter().map(|item| item.stage));
            cells.texts(new.iter().map(|item| item.period.as_str()));
            cells.ids(new.iter().map(|item| item.first.0));
            cells.ids(new.iter().map(|item| item.last.0));
            self.run(sql::INSERT_WORK, cells).await?;
        }
        Ok(())
    }

    /// Entries form sets: what stands there already is not added again, and striking off what does
    /// not stand there changes nothing.
    pub(crate) async fn write_log(
        &mut self,
        changed: &[Change],
        claims: &[Claim],
        claims_done: &[ClaimDone],
    ) -> Result<(), StoreError> {
        if !changed.is_empty() {
            let mut entries: Vec<_> = changed.iter().map(stored).collect();
            entries.sort_unstable();
            entries.dedup();
            let mut cells = self.cells();
            fill_entries(&mut cells, &entries);
            self.run(sql::LOG_CHANGES, cells).await?;
        }
        if !claims.is_empty() {
            let calendar = self.calendar().await?;
            for Claim { run, range } in claims {
                let periods: Vec<&str> = calendar
                    .periods_in(*range)
                    .map(|period| period.id.as_str())
                    .collect();
                self.claim(*run, &periods).await?;
            }
        }
        if !claims_done.is_empty() {
            let entries: Vec<_> = claims_done
                .iter()
                .map(|done| stored(&done.change))
                .collect();
            let mut cells = self.cells();
            cells.ids(claims_done.iter().map(|done| done.run.0));
            fill_entries(&mut cells, &entries);
            self.run(sql::STRIKE_CLAIMS, cells).await?;
        }
        Ok(())
    }

    async fn claim(&mut self, run: RunId, periods: &[&str]) -> Result<(), StoreError> {
        for statement in [sql::CLAIM_LOGGED, sql::CLAIM_LEFT_BEHIND] {
            let mut cells = self.cells();
            cells.id(run.0);
            cells.texts(periods.iter().copied());
            self.run(statement, cells).await?;
        }
        Ok(())
    }
}

#[async_trait]
impl WorkRepository for PgSnapshot {
    async fn work_after(
        &self,
        stage: Process,
        periods: &[PeriodId],
        after: Option<WorkItemId>,
        chunk: ChunkSize,
    ) -> Result<Vec<WorkItem>, StoreError> {
        let mut cells = self.cells();
        cells.code(stage);
        cells.texts(periods.iter().map(PeriodId::as_str));
        cells.id_or_first(after.map(|id| id.0));
        cells.limit(chunk.rows());
        let rows = self.rows(sql::WORK_AFTER, cells).await?;
        each("work items", &rows, item)
    }

    async fn work_count(&self, stage: Process, periods: &[PeriodId]) -> Result<u64, StoreError> {
        let mut cells = self.cells();
        cells.code(stage);
        cells.texts(periods.iter().map(PeriodId::as_str));
        let rows = self.rows(sql::WORK_COUNT, cells).await?;
        let counts = each("work items", &rows, |row| row.count())?;
        Ok(counts.first().copied().unwrap_or_default())
    }

    async fn changes_after(
        &self,
        periods: &[PeriodId],
        after: Option<&Change>,
        chunk: ChunkSize,
    ) -> Result<Vec<Change>, StoreError> {
        let mut cells = self.cells();
        cells.texts(periods.iter().map(PeriodId::as_str));
        fill_position(&mut cells, after);
        cells.limit(chunk.rows());
        let rows = self.rows(sql::CHANGES_AFTER, cells).await?;
        each("changes", &rows, change)
    }

    async fn claimed_after(
        &self,
        run: RunId,
        after: Option<&Change>,
        chunk: ChunkSize,
    ) -> Result<Vec<Change>, StoreError> {
        let mut cells = self.cells();
        cells.id(run.0);
        fill_position(&mut cells, after);
        cells.limit(chunk.rows());
        let rows = self.rows(sql::CLAIMED_AFTER, cells).await?;
        each("changes", &rows, change)
    }
}

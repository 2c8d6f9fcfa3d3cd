//! The work list, the change log, and what runs have claimed of it.

use async_trait::async_trait;
use attain_domain::change::{Claim, ClaimDone};
use attain_domain::ids::{ParticipantId, PeriodId, RunId, TransactionId, WorkItemId};
use attain_domain::ports::{ChunkSize, StoreError, WorkRepository};
use attain_domain::run::{Change, Process, Scope, WorkItem};
use serde::Deserialize;

use crate::bulk::Writer;
use crate::cells::{Cells, id_list, name_list};
use crate::error::corrupt;
use crate::snapshot::SqliteSnapshot;
use crate::statements::work as sql;
use crate::stored::{Text, Whole, rows};

#[derive(Deserialize)]
struct WorkItemRow {
    id: Text<WorkItemId>,
    stage: Text<Process>,
    period: Text<PeriodId>,
    first: Text<TransactionId>,
    last: Text<TransactionId>,
}

impl WorkItemRow {
    fn into_item(self) -> WorkItem {
        WorkItem {
            id: self.id.0,
            stage: self.stage.0,
            period: self.period.0,
            first: self.first.0,
            last: self.last.0,
        }
    }
}

#[derive(Deserialize)]
struct ChangeRow {
    period: Text<PeriodId>,
    everybody: Whole<bool>,
    participant: String,
}

impl ChangeRow {
    fn into_change(self) -> Result<Change, StoreError> {
        let scope = if self.everybody.0 {
            Scope::Everybody
        } else {
            let whose = ParticipantId::parse(&self.participant);
            Scope::Participant(whose.map_err(|error| corrupt("changes", error))?)
        };
        Ok(Change {
            period: self.period.0,
            scope,
        })
    }
}

fn changes(page: &str) -> Result<Vec<Change>, StoreError> {
    let rows: Vec<ChangeRow> = rows("changes", page)?;
    rows.into_iter().map(ChangeRow::into_change).collect()
}

/// An entry, or what sorts before every entry.
fn fill_change(cells: &mut Cells, entry: Option<&Change>) {
    let (everybody, participant) = match entry.map(|entry| &entry.scope) {
        None => (false, ""),
        Some(Scope::Participant(whose)) => (false, whose.as_str()),
        Some(Scope::Everybody) => (true, ""),
    };
    cells.text(entry.map_or("", |entry| entry.period.as_str()));
    cells.flag(everybody);
    cells.text(participant);
}

fn fill_item(cells: &mut Cells, item: &WorkItem) {
    let WorkItem {
        id,
        stage,
        period,
        first,
        last,
    } = item;
    cells.id(id.0);
    cells.code(*stage);
    cells.text(period.as_str());
    cells.id(first.0);
    cells.id(last.0);
}

impl Writer<'_> {
    pub(crate) async fn write_work(
        &mut self,
        done: &[WorkItemId],
        new: &[WorkItem],
    ) -> Result<(), StoreError> {
        let ids = id_list(done.iter().map(|id| id.0));
        self.remove("work items", sql::FINISH_WORK, ids, done.len())
            .await?;
        self.write(sql::INSERT_WORK, new, fill_item).await?;
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
        let fill = |cells: &mut Cells, entry: &Change| fill_change(cells, Some(entry));
        self.write(sql::LOG_CHANGES, changed, fill).await?;
        if !claims.is_empty() {
            let calendar = self.calendar().await?;
            for Claim { run, range } in claims {
                let periods = calendar.periods_in(*range);
                let periods = name_list(periods.map(|period| period.id.as_str()));
                self.claim(*run, periods).await?;
            }
        }
        self.write(sql::STRIKE_CLAIMS, claims_done, |cells, done| {
            let ClaimDone { run, change } = done;
            cells.id(run.0);
            fill_change(cells, Some(change));
        })
        .await?;
        Ok(())
    }

    async fn claim(&mut self, run: RunId, periods: String) -> Result<(), StoreError> {
        for statement in [
            sql::CLAIM_LOGGED,
            sql::CLAIM_LEFT_BEHIND,
            sql::DROP_LEFT_BEHIND,
        ] {
            let mut cells = self.cells();
            cells.id(run.0);
            cells.text(&periods);
            self.run_one(statement, cells).await?;
        }
        let mut cells = self.cells();
        cells.owned(periods);
        self.run_one(sql::UNLOG_CLAIMED, cells).await?;
        Ok(())
    }
}

#[async_trait]
impl WorkRepository for SqliteSnapshot {
    async fn work_after(
        &self,
        stage: Process,
        periods: &[PeriodId],
        after: Option<WorkItemId>,
        chunk: ChunkSize,
    ) -> Result<Vec<WorkItem>, StoreError> {
        let mut cells = self.cells();
        cells.code(stage);
        cells.owned(name_list(periods.iter().map(PeriodId::as_str)));
        cells.id_or_first(after.map(|id| id.0));
        cells.limit(chunk.rows());
        let page = self.page(sql::WORK_AFTER, cells).await?;
        let items: Vec<WorkItemRow> = rows("work items", &page)?;
        Ok(items.into_iter().map(WorkItemRow::into_item).collect())
    }

    async fn work_count(&self, stage: Process, periods: &[PeriodId]) -> Result<u64, StoreError> {
        let mut cells = self.cells();
        cells.code(stage);
        cells.owned(name_list(periods.iter().map(PeriodId::as_str)));
        let page = self.page(sql::WORK_COUNT, cells).await?;
        let counts: Vec<u64> = rows("work items", &page)?;
        Ok(counts.first().copied().unwrap_or_default())
    }

    async fn changes_after(
        &self,
        periods: &[PeriodId],
        after: Option<&Change>,
        chunk: ChunkSize,
    ) -> Result<Vec<Change>, StoreError> {
        let mut cells = self.cells();
        cells.owned(name_list(periods.iter().map(PeriodId::as_str)));
        fill_change(&mut cells, after);
        cells.limit(chunk.rows());
        changes(&self.page(sql::CHANGES_AFTER, cells).await?)
    }

    async fn claimed_after(
        &self,
        run: RunId,
        after: Option<&Change>,
        chunk: ChunkSize,
    ) -> Result<Vec<Change>, StoreError> {
        let mut cells = self.cells();
        cells.id(run.0);
        fill_change(&mut cells, after);
        cells.limit(chunk.rows());
        changes(&self.page(sql::CLAIMED_AFTER, cells).await?)
    }
}

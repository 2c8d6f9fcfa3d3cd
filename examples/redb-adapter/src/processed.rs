//! Runs and their logs, the work list, the change log, the activity log, requests.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use async_trait::async_trait;
use attain_domain::activity::Activity;
use attain_domain::change::{Claim, ClaimDone, RequestRecord};
use attain_domain::chunk::RunChunk;
use attain_domain::ids::{ActivityId, PeriodId, RequestId, RunId, WorkItemId};
use attain_domain::ports::{
    ActivityRepository, ChunkSize, RequestRepository, RunRepository, StoreError, WorkRepository,
};
use attain_domain::run::{Change, Process, Run, RunLogEntry, WorkItem};

use crate::codec::records;
use crate::leased::chunks;
use crate::table::{Answer, Reads, RedbSnapshot, Writer, page, rows};
use crate::written::calendar;

/// An entry on a run's own list.
pub(crate) struct Claimed {
    run: RunId,
    change: Change,
}

records! {
    Claimed { run, change, }
}

rows! {
    Run in "run" by RunId: |row| row.id;
    RunLogEntry in "run_log" by (RunId, u64): |row| (row.run, row.number);
    WorkItem in "work" by WorkItemId: |row| row.id;
    Change in "change" by Change: |row| row.clone();
    Claimed in "claimed" by (RunId, Change): |row| (row.run, row.change.clone());
    Activity in "activity" by ActivityId: |row| row.id;
    RequestRecord in "request" by RequestId: |row| row.id.clone();
}

impl Writer<'_> {
    pub(crate) fn claim_all(&self, claims: &[Claim]) -> Answer<()> {
        claims.iter().try_for_each(|claim| self.claim(claim))
    }

    fn claim(&self, claim: &Claim) -> Answer<()> {
        let calendar = calendar(self)?;
        let periods = calendar.periods_in(claim.range);
        let periods: BTreeSet<&PeriodId> = periods.map(|period| &period.id).collect();
        let logged: Vec<Change> = self.all()?;
        for change in logged {
            if periods.contains(&change.period) {
                self.strike::<Change>(&change)?;
                let run = claim.run;
                self.put([Claimed { run, change }])?;
            }
        }
        let claimed: Vec<Claimed> = self.all()?;
        for Claimed { run, change } in claimed {
            if run != claim.run && periods.contains(&change.period) && self.has_ended(run)? {
                let left_behind = self.take::<Claimed>((run, change))?;
                let run = claim.run;
                self.put([Claimed { run, ..left_behind }])?;
            }
        }
        Ok(())
    }

    fn has_ended(&self, run: RunId) -> Answer<bool> {
        let run: Option<Run> = self.one(&run)?;
        Ok(run.is_some_and(|run| run.status.has_ended()))
    }

    pub(crate) fn strike_claims(&self, done: Vec<ClaimDone>) -> Answer<()> {
        for ClaimDone { run, change } in done {
            self.strike::<Claimed>(&(run, change))?;
        }
        Ok(())
    }
}

/// The runs that have not ended.
pub(crate) fn open_runs(from: &impl Reads) -> Answer<Vec<Run>> {
    let mut runs: Vec<Run> = from.all()?;
    runs.retain(|run| !run.status.has_ended());
    Ok(runs)
}

#[async_trait]
impl RunRepository for RedbSnapshot {
    async fn run(&self, id: RunId) -> Result<Option<Run>, StoreError> {
        self.one(&id)
    }

    async fn runs_before(
        &self,
        before: Option<RunId>,
        chunk: ChunkSize,
    ) -> Result<Vec<Run>, StoreError> {
        let rows: Vec<Run> = self.all()?;
        let newest_first = before.map(Reverse);
        Ok(page(
            rows,
            |row| Reverse(row.id),
            newest_first.as_ref(),
            chunk,
        ))
    }

    async fn runs_open(&self) -> Result<Vec<Run>, StoreError> {
        open_runs(self)
    }

    async fn chunks_of_run(
        &self,
        run: RunId,
        after: Option<u64>,
        chunk: ChunkSize,
    ) -> Result<Vec<RunChunk>, StoreError> {
        let rows = chunks(self, Some(run))?;
        Ok(page(rows, |row| row.number, after.as_ref(), chunk))
    }

    async fn chunks_ended(
        &self,
        run: RunId,
        chunk: ChunkSize,
    ) -> Result<Vec<RunChunk>, StoreError> {
        let ended = chunks(self, Some(run))?
            .into_iter()
            .filter(RunChunk::has_ended);
        Ok(page(ended, |row| row.number, None, chunk))
    }

    async fn run_log_after(
        &self,
        run: RunId,
        after: u64,
        chunk: ChunkSize,
    ) -> Result<Vec<RunLogEntry>, StoreError> {
        let rows: Vec<RunLogEntry> = self.all()?;
        let rows = rows.into_iter().filter(|entry| entry.run == run);
        Ok(page(rows, |entry| entry.number, Some(&after), chunk))
    }
}

#[async_trait]
impl WorkRepository for RedbSnapshot {
    async fn work_after(
        &self,
        stage: Process,
        periods: &[PeriodId],
        after: Option<WorkItemId>,
        chunk: ChunkSize,
    ) -> Result<Vec<WorkItem>, StoreError> {
        let rows: Vec<WorkItem> = self.all()?;
        let rows = rows
            .into_iter()
            .filter(|item| item.stage == stage && periods.contains(&item.period));
        Ok(page(rows, |item| item.id, after.as_ref(), chunk))
    }

    async fn work_count(&self, stage: Process, periods: &[PeriodId]) -> Result<u64, StoreError> {
        let rows: Vec<WorkItem> = self.all()?;
        let rows = rows
            .iter()
            .filter(|item| item.stage == stage && periods.contains(&item.period));
        Ok(rows.map(|_| 1).sum())
    }

    async fn changes_after(
        &self,
        periods: &[PeriodId],
        after: Option<&Change>,
        chunk: ChunkSize,
    ) -> Result<Vec<Change>, StoreError> {
        let rows: Vec<Change> = self.all()?;
        let rows = rows
            .into_iter()
            .filter(|entry| periods.contains(&entry.period));
        Ok(page(rows, Change::clone, after, chunk))
    }

    async fn claimed_after(
        &self,
        run: RunId,
        after: Option<&Change>,
        chunk: ChunkSize,
    ) -> Result<Vec<Change>, StoreError> {
        let rows: Vec<Claimed> = self.all()?;
        let rows = rows.into_iter().filter(|entry| entry.run == run);
        let rows = rows.map(|entry| entry.change);
        Ok(page(rows, Change::clone, after, chunk))
    }
}

#[async_trait]
impl ActivityRepository for RedbSnapshot {
    async fn activities_after(
        &self,
        after: Option<ActivityId>,
        chunk: ChunkSize,
    ) -> Result<Vec<Activity>, StoreError> {
        let rows: Vec<Activity> = self.all()?;
        Ok(page(rows, |row| row.id, after.as_ref(), chunk))
    }
}

#[async_trait]
impl RequestRepository for RedbSnapshot {
    async fn request(&self, id: &RequestId) -> Result<Option<RequestRecord>, StoreError> {
        self.one(id)
    }
}

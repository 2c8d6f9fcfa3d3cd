//! The work list, the change log, and what runs have claimed of it.

use std::collections::BTreeSet;
use std::ops::Bound;
use std::sync::Arc;

use async_trait::async_trait;
use attain_domain::change::{Claim, ClaimDone};
use attain_domain::definition::Calendar;
use attain_domain::ids::{PeriodId, RunId, WorkItemId};
use attain_domain::ports::{ChunkSize, StoreError, WorkRepository};
use attain_domain::run::{Change, Process, WorkItem};
use uuid::Uuid;

use crate::map::{Map, Set, add, take};
use crate::runs::Runs;
use crate::snapshot::MemorySnapshot;

type Place = (Process, PeriodId, WorkItemId);

#[derive(Clone, Default)]
pub(crate) struct Work {
    items: Map<WorkItemId, Arc<WorkItem>>,
    items_by_period: Set<Place>,
    log: Set<Change>,
    /// Always with an entry; `None` only says where a run's list begins.
    claimed: Set<(RunId, Option<Change>)>,
}

/// What one commit does to the change log and to the lists of runs.
pub(crate) struct LogChanges {
    pub(crate) changed: Vec<Change>,
    pub(crate) claims: Vec<Claim>,
    pub(crate) claims_done: Vec<ClaimDone>,
}

impl Work {
    pub(crate) fn apply(
        &mut self,
        done: Vec<WorkItemId>,
        new: Vec<WorkItem>,
    ) -> Result<(), StoreError> {
        for id in done {
            let item = take(&mut self.items, &id)?;
            self.items_by_period.remove_mut(&place_of(&item));
        }
        for item in new {
            self.items_by_period.insert_mut(place_of(&item));
            add(&mut self.items, item.id, Arc::new(item))?;
        }
        Ok(())
    }

    /// Entries form sets: what stands there already is not added again, and striking off what does
    /// not stand there changes nothing.
    pub(crate) fn apply_log(&mut self, changes: LogChanges, runs: &Runs, calendar: &Calendar) {
        let LogChanges {
            changed,
            claims,
            claims_done,
        } = changes;
        for entry in changed {
            self.log.insert_mut(entry);
        }
        for claim in claims {
            self.claim(&claim, runs, calendar);
        }
        for ClaimDone { run, change } in claims_done {
            self.claimed.remove_mut(&(run, Some(change)));
        }
    }

    fn claim(&mut self, claim: &Claim, runs: &Runs, calendar: &Calendar) {
        let periods: BTreeSet<&PeriodId> = calendar
            .periods_in(claim.range)
            .map(|period| &period.id)
            .collect();
        let logged = self
            .log
            .iter()
            .filter(|entry| periods.contains(&entry.period));
        let logged: Vec<Change> = logged.cloned().collect();
        let left_behind = self.claimed.iter().filter(|(run, entry)| {
            let is_in = |entry: &Change| periods.contains(&entry.period);
            *run != claim.run && entry.as_ref().is_some_and(is_in) && runs.has_ended(*run)
        });
        let left_behind: Vec<_> = left_behind.cloned().collect();
        for entry in logged {
            self.log.remove_mut(&entry);
            self.claimed.insert_mut((claim.run, Some(entry)));
        }
        for place in left_behind {
            self.claimed.remove_mut(&place);
            self.claimed.insert_mut((claim.run, place.1));
        }
    }

    fn items_of<'a>(
        &'a self,
        stage: Process,
        period: &'a PeriodId,
        after: Option<WorkItemId>,
    ) -> impl Iterator<Item = &'a Arc<WorkItem>> {
        let from = match after {
            Some(after) => Bound::Excluded((stage, period.clone(), after)),
            None => Bound::Included((stage, period.clone(), WorkItemId(Uuid::nil()))),
        };
        let to = Bound::Included((stage, period.clone(), WorkItemId(Uuid::max())));
        let places = self.items_by_period.range((from, to));
        places.filter_map(|(_, _, id)| self.items.get(id))
    }
}

fn place_of(item: &WorkItem) -> Place {
    (item.stage, item.period.clone(), item.id)
}

#[async_trait]
impl WorkRepository for MemorySnapshot {
    async fn work_after(
        &self,
        stage: Process,
        periods: &[PeriodId],
        after: Option<WorkItemId>,
        chunk: ChunkSize,
    ) -> Result<Vec<WorkItem>, StoreError> {
        let work = &self.tables.work;
        let periods: BTreeSet<&PeriodId> = periods.iter().collect();
        let of_each = periods
            .into_iter()
            .flat_map(|period| work.items_of(stage, period, after).take(chunk.rows()));
        let mut items: Vec<WorkItem> = of_each.map(|item| WorkItem::clone(item)).collect();
        items.sort_by_key(|item| item.id);
        items.truncate(chunk.rows());
        Ok(items)
    }

    async fn work_count(&self, stage: Process, periods: &[PeriodId]) -> Result<u64, StoreError> {
        let work = &self.tables.work;
        let periods: BTreeSet<&PeriodId> = periods.iter().collect();
        let counts = periods
            .into_iter()
            .map(|period| work.items_of(stage, period, None).count());
        Ok(counts
            .map(|count| u64::try_from(count).unwrap_or(u64::MAX))
            .sum())
    }

    async fn changes_after(
        &self,
        periods: &[PeriodId],
        after: Option<&Change>,
        chunk: ChunkSize,
    ) -> Result<Vec<Change>, StoreError> {
        let periods: BTreeSet<&PeriodId> = periods.iter().collect();
        let from = after.map_or(Bound::Unbounded, |after| Bound::Excluded(after.clone()));
        let rest = self.tables.work.log.range((from, Bound::Unbounded));
        let of_them = rest.filter(|entry| periods.contains(&entry.period));
        Ok(of_them.take(chunk.rows()).cloned().collect())
    }

    async fn claimed_after(
        &self,
        run: RunId,
        after: Option<&Change>,
        chunk: ChunkSize,
    ) -> Result<Vec<Change>, StoreError> {
        let from = Bound::Excluded((run, after.cloned()));
        let rest = self.tables.work.claimed.range((from, Bound::Unbounded));
        let of_it = rest.take_while(|(other, _)| *other == run);
        let page = of_it
            .filter_map(|(_, entry)| entry.clone())
            .take(chunk.rows());
        Ok(page.collect())
    }
}

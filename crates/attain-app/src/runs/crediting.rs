//! Classify, credit and roll up: the coordinator cuts what waits on the work list into items, the
//! workers go through them, some transactions a commit. Items that were added after the stage began
//! wait for the next run.
//!
//! Versions of one transaction may be in several items, and so with several workers. Whoever changes
//! the credits of another version takes them out of the live table: of two that do, one looks again.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use attain_domain::change::{Changes, Departure};
use attain_domain::chunk::ChunkTask;
use attain_domain::credit::{Credit, PastCredit};
use attain_domain::crediting::{ChunkInput, ChunkOutcome, Stages, credit_chunk};
use attain_domain::ids::{CreditId, LineageId, ParticipantId, PeriodId, TransactionId, WorkItemId};
use attain_domain::ports::{ChunkSize, Snapshot};
use attain_domain::run::{Change, Process, Scope, WorkItem};
use attain_domain::transaction::{Transaction, TransactionKey, TransactionStatus};

use super::coordinator::Coordinator;
use super::ground::{Committed, Piece, Stop};
use super::stage::{Planned, share};
use super::worker::Worker;
use crate::failure::store_refusal;

/// How many versions back a transaction is followed that was changed again and again before it was
/// ever credited. One statement a chunk each; beyond it, the next version begins a new lineage.
const FORMER_VERSIONS_MAX: usize = 100;

/// Most items of the work list in one chunk.
const ITEMS_MAX: usize = 500;

/// Participants and periods that a chunk has put into the change log already.
pub(super) type Noted = BTreeSet<(PeriodId, ParticipantId)>;

/// An item to be gone through, and others that are done with it.
struct Job {
    item: WorkItem,
    covered: Vec<WorkItemId>,
}

/// An item for a whole period covers every other item of the period: it is gone through once, from
/// the earliest stage that any of them waits for.
fn jobs(items: Vec<WorkItem>) -> Vec<Job> {
    let whole =
        |item: &WorkItem| *item == WorkItem::whole_period(item.id, item.stage, item.period.clone());
    let mut wholes: BTreeMap<PeriodId, Job> = BTreeMap::new();
    for item in items.iter().filter(|item| whole(item)) {
        let job = || Job {
            item: item.clone(),
            covered: Vec::new(),
        };
        wholes.entry(item.period.clone()).or_insert_with(job);
    }
    let mut alone = Vec::new();
    for item in items {
        match wholes.get_mut(&item.period) {
            Some(job) => {
                job.item.stage = job.item.stage.min(item.stage);
                if job.item.id != item.id {
                    job.covered.push(item.id);
                }
            }
            None => alone.push(Job {
                item,
                covered: Vec::new(),
            }),
        }
    }
    wholes.into_values().chain(alone).collect()
}

/// Whether an item is of one transaction.
fn is_single(item: &WorkItem) -> bool {
    item.first == item.last
}

/// An item of the work list as the plan leaves it, and what it takes the place of.
struct Cut {
    item: WorkItem,
    is_new: bool,
    done: Vec<WorkItemId>,
}

/// A part of an item, decided and ready to be committed.
struct Part {
    outcome: ChunkOutcome,
    /// What is left of the item, by its first transaction.
    rest: Option<TransactionId>,
}

impl Coordinator {
    /// Does what `process` has to do for every item of the work list.
    pub(super) async fn credit_work(&mut self, process: Process) -> Result<(), Stop> {
        let mut cuts = Vec::new();
        for job in jobs(self.waiting(process).await?) {
            self.keep().await?;
            self.cut(job, &mut cuts).await?;
        }
        let size = share(cuts.len(), 1, ITEMS_MAX);
        let mut plan = Vec::new();
        let mut cuts = cuts.into_iter().peekable();
        while cuts.peek().is_some() {
            plan.push(planned(process, cuts.by_ref().take(size)));
        }
        self.stage(process, plan).await
    }

    /// Cuts a job into spans that are gone through side by side. They cover it without a gap, so
    /// that what it stood for is done with them.
    async fn cut(&self, job: Job, cuts: &mut Vec<Cut>) -> Result<(), Stop> {
        let Job { item, covered } = job;
        let ground = &self.ground;
        let spans = if is_single(&item) {
            Vec::new()
        } else {
            let snapshot = ground.snapshot().await?;
            let chunk = ChunkSize::new(ground.engine.limits.chunk_transactions);
            let spans = snapshot.spans_of_work(&item, chunk).await;
            spans.map_err(store_refusal)?
        };
        if spans.len() <= 1 && covered.is_empty() {
            cuts.push(Cut {
                item,
                is_new: false,
                done: Vec::new(),
            });
            return Ok(());
        }
        let starts = spans.iter().skip(1).copied();
        let firsts = std::iter::once(item.first).chain(starts.clone());
        let lasts = starts.map(before).chain([item.last]);
        for (first, last) in firsts.zip(lasts) {
            cuts.push(Cut {
                item: WorkItem {
                    id: WorkItemId(ground.new_id()),
                    first,
                    last,
                    ..item.clone()
                },
                is_new: true,
                done: Vec::new(),
            });
        }
        // With the last one, so that a plan that breaks off halfway covers more, never less.
        if let Some(last) = cuts.last_mut() {
            last.done = [vec![item.id], covered].concat();
        }
        Ok(())
    }

    /// The items that wait for the process now; what is added later waits for the next run.
    async fn waiting(&self, process: Process) -> Result<Vec<WorkItem>, Stop> {
        let snapshot = self.ground.snapshot().await?;
        let mut items: Vec<WorkItem> = Vec::new();
        for stage in stages_of(process) {
            let mut after = None;
            loop {
                let page = snapshot
                    .work_after(*stage, &self.ground.periods, after, ChunkSize::largest())
                    .await
                    .map_err(store_refusal)?;
                after = page.last().map(|item| item.id);
                let end = page.len() < ChunkSize::largest().rows();
                items.extend(page);
                if end {
                    break;
                }
            }
        }
        Ok(items)
    }
}

fn planned(process: Process, cuts: impl Iterator<Item = Cut>) -> Planned {
    let (mut items, mut changes) = (Vec::new(), Changes::default());
    for Cut { item, is_new, done } in cuts {
        changes.work_done.extend(done);
        if is_new {
            changes.work.push(item.clone());
        }
        items.push(item);
    }
    Planned {
        units: items.len() as u64,
        task: ChunkTask::Credit { process, items },
        changes,
    }
}

impl Worker {
    /// Goes through items of the work list, single transactions some at a time. What is left of one
    /// after a piece takes its place in the same commit, so that a run that dies in between leaves
    /// exactly the rest.
    pub(super) async fn credit(
        &mut self,
        process: Process,
        items: Vec<WorkItem>,
    ) -> Result<(), Stop> {
        let mut items: VecDeque<WorkItem> = items.into();
        while let Some(item) = items.front().cloned() {
            self.keep().await?;
            let mut left = items.clone();
            let taken: Vec<WorkItem> = left.drain(..self.together(&items)).collect();
            // It may have been closed meanwhile: then the item waits.
            let (piece, touched) = if self.ground.periods.contains(&item.period) {
                let snapshot = self.ground.snapshot().await?;
                let part = self.credit_part(process, &taken, &*snapshot).await?;
                drop(snapshot);
                let next = part.rest.map(|first| WorkItem {
                    id: WorkItemId(self.ground.new_id()),
                    first,
                    ..item.clone()
                });
                if let Some(rest) = &next {
                    left.push_front(rest.clone());
                }
                self.piece(process, &taken, next, part)
            } else {
                let of_definitions = true;
                let units = 1;
                let piece = Piece {
                    units,
                    of_definitions,
                    ..Piece::default()
                };
                (piece, Noted::new())
            };
            let task = ChunkTask::Credit {
                process,
                items: left.iter().cloned().collect(),
            };
            if self.commit(piece, task).await? == Committed::Yes {
                self.noted.extend(touched);
                items = left;
            }
        }
        Ok(())
    }

    /// How many of the first items are gone through together: single transactions that wait for the
    /// same stage, as many as a commit may have, or one item that spans more.
    fn together(&self, items: &VecDeque<WorkItem>) -> usize {
        let chunk = ChunkSize::new(self.ground.engine.limits.chunk_transactions);
        let periods = &self.ground.periods;
        let stage = items.front().map(|item| item.stage);
        let alike = |item: &&WorkItem| {
            is_single(item) && Some(item.stage) == stage && periods.contains(&item.period)
        };
        let singles = items.iter().take(chunk.rows()).take_while(alike).count();
        singles.clamp(1, items.len().max(1))
    }

    /// The transactions of items that are gone through together, and from which one a single item
    /// has more.
    async fn transactions_in(
        &self,
        items: &[WorkItem],
        snapshot: &dyn Snapshot,
    ) -> Result<(Vec<Transaction>, Option<TransactionId>), Stop> {
        let [item] = items else {
            let ids: Vec<TransactionId> = items.iter().map(|item| item.first).collect();
            let found = snapshot.transactions_by_id(&ids).await;
            return Ok((found.map_err(store_refusal)?, None));
        };
        let chunk = ChunkSize::new(self.ground.engine.limits.chunk_transactions);
        let transactions = snapshot.transactions_of_work(item, None, chunk).await;
        let transactions = transactions.map_err(store_refusal)?;
        let rest = (transactions.len() == chunk.rows())
            .then(|| transactions.last().and_then(|last| after(last.id)))
            .flatten()
            .filter(|next| *next <= item.last);
        Ok((transactions, rest))
    }

    async fn credit_part(
        &self,
        process: Process,
        items: &[WorkItem],
        snapshot: &dyn Snapshot,
    ) -> Result<Part, Stop> {
        let (transactions, rest) = self.transactions_in(items, snapshot).await?;
        let stage = items.first().map_or(Process::Classify, |item| item.stage);
        let other_versions = other_versions(snapshot, &transactions).await?;
        let credits = credits_of(snapshot, &transactions, &other_versions).await?;
        let past_credits = past_credits_of(snapshot, &transactions).await?;
        let known: BTreeMap<CreditId, LineageId> = credits
            .iter()
            .map(|credit| (credit.id, credit.lineage))
            .collect();
        let stages = Stages {
            classify: stage == Process::Classify,
            credit: process != Process::Classify && stage <= Process::Credit,
            roll_up: matches!(process, Process::RunAll | Process::RollUp),
        };
        let world = &self.ground.world;
        let judge = |credit: &Credit| world.plans.eligibility(&world.set, credit);
        let mut outcome = self.ground.now(|now| {
            let input = ChunkInput {
                transactions,
                other_versions,
                credits,
                past_credits,
            };
            credit_chunk(
                &world.rules,
                &world.hierarchy,
                &world.set,
                input,
                stages,
                &judge,
                now,
            )
        });
        keep_what_was_paid(snapshot, &known, &mut outcome.changes.credits_departed).await?;
        Ok(Part { outcome, rest })
    }

    fn piece(
        &self,
        process: Process,
        items: &[WorkItem],
        rest: Option<WorkItem>,
        part: Part,
    ) -> (Piece, Noted) {
        let ChunkOutcome {
            mut changes,
            guards,
            counts,
            touched,
            failures,
        } = part.outcome;
        let touched: Noted = touched
            .into_iter()
            .map(|(who, period)| (period, who))
            .collect();
        note_touched(&touched, &self.noted, &mut changes);
        let units = if rest.is_none() {
            items.len() as u64
        } else {
            0
        };
        changes.work_done.extend(items.iter().map(|item| item.id));
        if let Some(stage) = stage_after(process) {
            for item in items {
                changes.work.push(WorkItem {
                    id: WorkItemId(self.ground.new_id()),
                    stage,
                    last: rest.as_ref().map_or(item.last, |rest| before(rest.first)),
                    ..item.clone()
                });
            }
        }
        changes.work.extend(rest);
        let piece = Piece {
            guards,
            changes,
            counts,
            failures,
            units,
            of_definitions: true,
        };
        (piece, touched)
    }
}

/// Logs a change for everybody whose credits changed, once a chunk.
pub(super) fn note_touched(touched: &Noted, noted: &Noted, changes: &mut Changes) {
    for (period, participant) in touched.difference(noted) {
        let scope = Scope::Participant(participant.clone());
        changes.changed.push(Change {
            period: period.clone(),
            scope,
        });
    }
}

/// The stages of the work list that a process takes from.
fn stages_of(process: Process) -> &'static [Process] {
    match process {
        Process::Classify => &[Process::Classify],
        Process::Credit => &[Process::Credit],
        Process::RollUp => &[Process::RollUp],
        Process::RunAll => &[Process::Classify, Process::Credit, Process::RollUp],
        Process::Revert | Process::Calculate => &[],
    }
}

/// What the transactions of an item wait for when a process has done its part.
fn stage_after(process: Process) -> Option<Process> {
    match process {
        Process::Classify => Some(Process::Credit),
        Process::Credit => Some(Process::RollUp),
        Process::Revert | Process::RollUp | Process::RunAll | Process::Calculate => None,
    }
}

/// The versions before the transactions of a chunk, whose credits hand on their lineage, and those
/// that replaced them.
async fn other_versions(
    snapshot: &dyn Snapshot,
    transactions: &[Transaction],
) -> Result<Vec<Transaction>, Stop> {
    let mut known: BTreeSet<TransactionId> = transactions.iter().map(|one| one.id).collect();
    let around = |one: &Transaction| [one.replaces, one.replaced_by];
    let mut wanted: BTreeSet<TransactionId> =
        transactions.iter().flat_map(around).flatten().collect();
    let mut others: Vec<Transaction> = Vec::new();
    for _ in 0..FORMER_VERSIONS_MAX {
        wanted.retain(|id| known.insert(*id));
        let ids: Vec<TransactionId> = std::mem::take(&mut wanted).into_iter().collect();
        if ids.is_empty() {
            break;
        }
        for page in ids.chunks(ChunkSize::largest().rows()) {
            let rows = snapshot.transactions_by_id(page).await;
            let rows = rows.map_err(store_refusal)?;
            wanted.extend(rows.iter().filter_map(|one| one.replaces));
            others.extend(rows);
        }
    }
    Ok(others)
}

/// The credits of the transactions of a chunk, and of their other versions.
async fn credits_of(
    snapshot: &dyn Snapshot,
    transactions: &[Transaction],
    other_versions: &[Transaction],
) -> Result<Vec<Credit>, Stop> {
    let versions = transactions.iter().chain(other_versions);
    let versions: Vec<TransactionId> = versions.map(|one| one.id).collect();
    let mut credits = Vec::new();
    for page in versions.chunks(ChunkSize::largest().rows()) {
        let rows = snapshot.credits_of_transactions(page).await;
        credits.extend(rows.map_err(store_refusal)?);
    }
    Ok(credits)
}

/// What history has of transactions that may have been credited before.
async fn past_credits_of(
    snapshot: &dyn Snapshot,
    transactions: &[Transaction],
) -> Result<Vec<PastCredit>, Stop> {
    let is_first =
        |one: &&Transaction| one.replaces.is_none() && one.status == TransactionStatus::New;
    let again = transactions.iter().filter(|one| !is_first(one));
    let keys: BTreeSet<TransactionKey> = again.map(|one| one.key.clone()).collect();
    let keys: Vec<TransactionKey> = keys.into_iter().collect();
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    let past = snapshot.past_credits_of_keys(&keys).await;
    Ok(past.map_err(store_refusal)?)
}

/// Credits that leave go to history, whatever the setting, if something is paid for them or stands
/// on a sheet: it has to be explained.
async fn keep_what_was_paid(
    snapshot: &dyn Snapshot,
    known: &BTreeMap<CreditId, LineageId>,
    departed: &mut [Departure<CreditId>],
) -> Result<(), Stop> {
    let removed = departed.iter().filter(|departure| !departure.archive);
    let lineages: BTreeSet<LineageId> = removed
        .filter_map(|departure| known.get(&departure.id).copied())
        .collect();
    let lineages: Vec<LineageId> = lineages.into_iter().collect();
    let mut paid: BTreeSet<CreditId> = BTreeSet::new();
    for page in lineages.chunks(ChunkSize::largest().rows()) {
        let earnings = snapshot.earnings_for_lineages(page).await;
        let earnings = earnings.map_err(store_refusal)?;
        let taken = earnings
            .iter()
            .filter(|earning| earning.instalments.taken > 0);
        paid.extend(taken.filter_map(|earning| earning.credit));
    }
    for departure in departed {
        departure.archive |= paid.contains(&departure.id);
    }
    Ok(())
}

fn after(id: TransactionId) -> Option<TransactionId> {
    id.0.as_u128()
        .checked_add(1)
        .map(|next| TransactionId(uuid::Uuid::from_u128(next)))
}

fn before(id: TransactionId) -> TransactionId {
    TransactionId(uuid::Uuid::from_u128(id.0.as_u128().saturating_sub(1)))
}

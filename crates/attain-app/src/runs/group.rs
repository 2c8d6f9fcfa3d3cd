//! One group of participants: reads their credits and live earnings, folds, takes the difference,
//! commits. Groups are cut by the number of credits, so that memory stays bounded; somebody who has
//! more than a group may have is calculated page by page.

use std::collections::{BTreeMap, BTreeSet};

use attain_domain::calculation::{
    CreditInput, Differences, EarningDraft, ParticipantFold, Waiting, Window, difference,
};
use attain_domain::change::{Changes, ClaimDone, CreditEligibility, Guard};
use attain_domain::chunk::{CalculateTask, ChunkTask};
use attain_domain::credit::{Credit, CreditPosition};
use attain_domain::earning::{Earning, EarningKey};
use attain_domain::ids::{EarningId, ParticipantId, PeriodId, TransactionId};
use attain_domain::ports::{ChunkSize, EarningPosition, Snapshot};
use attain_domain::refusal::{Reason, Refusal};
use attain_domain::run::{Change, Scope};
use attain_domain::time::DateRange;
use attain_domain::transaction::Transaction;
use rayon::prelude::*;

use super::ground::{Committed, Piece, Stop};
use super::order::by_content;
use super::reports::Reports;
use super::worker::Worker;
use crate::failure::store_refusal;
use crate::world::World;

/// Everything that is needed to calculate some participants.
struct Inputs {
    participants: Vec<ParticipantId>,
    credits: Vec<Credit>,
    transactions: BTreeMap<TransactionId, Transaction>,
    live: Vec<Earning>,
    waiting: Vec<Waiting>,
}

/// What comes first in a list of participants.
enum Group {
    /// So many of them, with everything that is needed.
    Whole(usize, Inputs),
    /// One whose credits are too many to be held.
    Long,
}

impl Worker {
    /// Calculates some participants, in groups of at most about `chunk_credits` credits each.
    pub(super) async fn calculate(&mut self, mut task: CalculateTask) -> Result<(), Stop> {
        while !task.participants.is_empty() {
            self.keep().await?;
            let who = task.participants.iter();
            let who: Vec<ParticipantId> = who.map(|due| due.participant.clone()).collect();
            let snapshot = self.ground.snapshot().await?;
            let group = self.read_group(&*snapshot, &who, task.window).await?;
            let Group::Whole(group, inputs) = group else {
                self.calculate_long(&task, snapshot).await?;
                task.participants.remove(0);
                task.compared = 0;
                continue;
            };
            let world = self.world();
            let reports = Reports::read(&*snapshot, &world, &inputs.participants, &task).await?;
            drop(snapshot);
            let piece = self.calculate_group(&inputs, &reports, &task)?;
            let mut left = task.clone();
            left.participants.drain(..group);
            left.compared = 0;
            let task_left = ChunkTask::Calculate(left.clone());
            if self.commit(piece, task_left).await? == Committed::Yes {
                task = left;
            }
        }
        Ok(())
    }

    /// Reads the first of `participants` whose credits fit into one group.
    async fn read_group(
        &self,
        snapshot: &dyn Snapshot,
        participants: &[ParticipantId],
        window: Window,
    ) -> Result<Group, Stop> {
        let span = self.ground.world.plans.span(&self.ground.world.set, window);
        let most = self.ground.engine.limits.chunk_credits as usize;
        let chunk = ChunkSize::new(self.ground.engine.limits.chunk_credits);
        let mut credits: Vec<Credit> = Vec::new();
        let mut count = participants.len();
        loop {
            let after = credits.last().map(CreditPosition::of);
            let page = snapshot
                .credits_of_participants(participants, span, after.as_ref(), chunk)
                .await
                .map_err(store_refusal)?;
            let end = page.len() < chunk.rows();
            credits.extend(page);
            if end {
                break;
            }
            let Some(last) = credits.last().map(|credit| credit.participant.clone()) else {
                break;
            };
            let whole = credits.partition_point(|credit| credit.participant < last);
            if credits.len() >= most {
                credits.truncate(whole);
                count = participants.partition_point(|participant| *participant < last);
                if count == 0 {
                    return Ok(Group::Long);
                }
                break;
            }
        }
        by_content(&mut credits);
        let participants = participants.get(..count).unwrap_or_default().to_vec();
        let transactions = self.transactions_of(snapshot, &credits).await?;
        let reach = self
            .ground
            .world
            .plans
            .reach(&self.ground.world.set, window);
        let live = self.live_earnings(snapshot, &participants, reach).await?;
        let waiting = self.waiting(snapshot, &participants, reach).await?;
        let inputs = Inputs {
            participants,
            credits,
            transactions,
            live,
            waiting,
        };
        Ok(Group::Whole(count, inputs))
    }

    /// The transactions of credits, where expressions read them.
    pub(super) async fn transactions_of(
        &self,
        snapshot: &dyn Snapshot,
        credits: &[Credit],
    ) -> Result<BTreeMap<TransactionId, Transaction>, Stop> {
        let mut transactions = BTreeMap::new();
        if !self.ground.world.plans.reads_transactions() {
            return Ok(transactions);
        }
        let ids: BTreeSet<TransactionId> = credits
            .iter()
            .filter_map(|credit| credit.transaction)
            .collect();
        let ids: Vec<TransactionId> = ids.into_iter().collect();
        for page in ids.chunks(ChunkSize::largest().rows()) {
            let rows = snapshot
                .transactions_by_id(page)
                .await
                .map_err(store_refusal)?;
            transactions.extend(rows.into_iter().map(|row| (row.id, row)));
        }
        Ok(transactions)
    }

    async fn live_earnings(
        &self,
        snapshot: &dyn Snapshot,
        participants: &[ParticipantId],
        span: DateRange,
    ) -> Result<Vec<Earning>, Stop> {
        let mut live: Vec<Earning> = Vec::new();
        let mut after: Option<EarningPosition> = None;
        loop {
            let page = snapshot
                .current_earnings(participants, span, after.as_ref(), ChunkSize::largest())
                .await
                .map_err(store_refusal)?;
            let end = page.len() < ChunkSize::largest().rows();
            after = page.last().map(EarningPosition::of);
            live.extend(page);
            if end {
                return Ok(live);
            }
        }
    }

    /// The reversals that Revert has left for these participants, with what they take back.
    pub(super) async fn waiting(
        &self,
        snapshot: &dyn Snapshot,
        participants: &[ParticipantId],
        span: DateRange,
    ) -> Result<Vec<Waiting>, Stop> {
        let reversals = snapshot.waiting_reversals(participants, span).await;
        let reversals = reversals.map_err(store_refusal)?;
        let ids: Vec<EarningId> = reversals.iter().filter_map(|row| row.reversal_of).collect();
        let mut originals: BTreeMap<EarningId, Earning> = BTreeMap::new();
        for page in ids.chunks(ChunkSize::largest().rows()) {
            let past = snapshot.past_earnings(page).await.map_err(store_refusal)?;
            originals.extend(past.into_iter().map(|past| (past.earning.id, past.earning)));
        }
        let with_original = |reversal: Earning| {
            let original = originals.remove(&reversal.reversal_of?)?;
            Some(Waiting { reversal, original })
        };
        Ok(reversals.into_iter().filter_map(with_original).collect())
    }

    fn calculate_group(
        &self,
        inputs: &Inputs,
        reports: &Reports,
        task: &CalculateTask,
    ) -> Result<Piece, Stop> {
        let drafts = fold_all(&self.world(), inputs, reports, task);
        let waiting = inputs.waiting.clone();
        let mut piece = self.compare(task, drafts, &inputs.live, waiting, &inputs.credits)?;
        piece.changes.claims_done = self.struck(task, inputs.participants.len());
        piece.units = inputs.participants.len() as u64;
        Ok(piece)
    }

    /// What has to change, so that what is live says what the drafts say. Both are looked at only
    /// as far as the task decides: about the drafts of its periods, about what is earned there
    /// already, and about what was earned of the same in another period before. What a draft of
    /// another period takes the place of is left to the calculation of that period.
    pub(super) fn compare(
        &self,
        task: &CalculateTask,
        mut drafts: Vec<EarningDraft>,
        live: &[Earning],
        mut waiting: Vec<Waiting>,
        credits: &[Credit],
    ) -> Result<Piece, Stop> {
        let world = self.world();
        let is_closed = |earning: &&Earning| !world.is_open(&earning.period);
        let closed = live.iter().filter(is_closed).map(|earning| &earning.key);
        let closed: BTreeSet<&EarningKey> = closed.collect();
        // What stands in a closed period stands, wherever its credit is now.
        drafts.retain(|draft| !closed.contains(&draft.key));
        let own = |draft: &mut EarningDraft| decides(&world, task, &draft.key, &draft.period);
        let own: Vec<EarningDraft> = drafts.extract_if(.., own).collect();
        let of_others: BTreeSet<&EarningKey> = drafts.iter().map(|draft| &draft.key).collect();
        let of_own: BTreeSet<&EarningKey> = own.iter().map(|draft| &draft.key).collect();
        let is_decided = |earning: &Earning| {
            let is_open = world.is_open(&earning.period);
            let moved_here = is_open && of_own.contains(&earning.key);
            moved_here || (self.is_about(task, earning) && !of_others.contains(&earning.key))
        };
        let live = live.iter().filter(|earning| is_decided(earning));
        let live: Vec<Earning> = live.cloned().collect();
        waiting.retain(|one| is_decided(&one.reversal));
        let reversals: Vec<Earning> = waiting.iter().map(|one| one.reversal.clone()).collect();
        let calculation = |period: &_| task.calculations.get(period).copied();
        let settings = world.settings();
        let differences = self
            .ground
            .now(|now| difference(own, &live, waiting, calculation, settings, now));
        let Differences {
            mut changes,
            counts,
            failures,
        } = differences.map_err(|error| Refusal::new(Reason::Overflow, error.to_string()))?;
        let mut guards = standing(&changes, &live);
        guards.extend(standing(&changes, &reversals));
        self.judge(credits, &mut changes, &mut guards);
        Ok(Piece {
            guards,
            changes,
            counts,
            failures,
            ..Piece::default()
        })
    }

    /// Whether a task decides about a live earning.
    pub(super) fn is_about(&self, task: &CalculateTask, earning: &Earning) -> bool {
        let world = &self.ground.world;
        let phase = world.phase(&earning.key.plan, &earning.key.component);
        phase.is_none_or(|phase| phase == task.phase)
            && decides(world, task, &earning.key, &earning.period)
    }

    /// Credits whose eligibility is another than when they were made.
    fn judge(&self, credits: &[Credit], changes: &mut Changes, guards: &mut Vec<Guard>) {
        let open = |credit: &&Credit| self.ground.world.is_open(&credit.period);
        for credit in credits.iter().filter(open) {
            let status = self
                .ground
                .world
                .plans
                .eligibility(&self.ground.world.set, credit);
            if status != credit.status {
                let stamp = self.ground.now(|now| now.touch(&credit.stamp));
                guards.push(Guard::CreditAt(credit.id, credit.stamp.version));
                changes.credits_judged.push(CreditEligibility {
                    id: credit.id,
                    status,
                    stamp,
                });
            }
        }
    }

    /// What the first of a task's participants are done with.
    pub(super) fn struck(&self, task: &CalculateTask, participants: usize) -> Vec<ClaimDone> {
        let run = self.ground.run;
        let done = task.participants.iter().take(participants);
        let entries = done.flat_map(|due| {
            let scope = || Scope::Participant(due.participant.clone());
            due.struck.iter().map(move |period| Change {
                period: period.clone(),
                scope: scope(),
            })
        });
        entries.map(|change| ClaimDone { run, change }).collect()
    }
}

/// Folds every participant of a group, side by side.
fn fold_all(
    world: &World,
    inputs: &Inputs,
    reports: &Reports,
    task: &CalculateTask,
) -> Vec<EarningDraft> {
    let drafts: Vec<Vec<EarningDraft>> = inputs
        .participants
        .par_iter()
        .map(|id| {
            let mut drafts = Vec::new();
            let Some(participant) = world.set.participants.get(id) else {
                return drafts;
            };
            let mut fold = ParticipantFold::begin(
                &world.plans,
                &world.set,
                participant,
                task.window,
                task.phase,
                reports.of(id),
            );
            let from = inputs
                .credits
                .partition_point(|credit| credit.participant < *id);
            let own = inputs.credits.get(from..).unwrap_or_default();
            for credit in own.iter().take_while(|credit| credit.participant == *id) {
                let transaction = credit.transaction.and_then(|t| inputs.transactions.get(&t));
                fold.credit(
                    &CreditInput {
                        credit,
                        transaction,
                    },
                    &mut drafts,
                );
            }
            fold.finish(&mut drafts);
            drafts
        })
        .collect();
    drafts.into_iter().flatten().collect()
}

/// Whether this calculation decides about a key: its interval overlaps the window, and its period
/// is open and has a calculation.
fn decides(world: &World, task: &CalculateTask, key: &EarningKey, period: &PeriodId) -> bool {
    let overlaps = |dates: DateRange| {
        dates.from.is_none_or(|from| from <= task.window.through)
            && dates.to.is_none_or(|to| task.window.from < to)
    };
    task.calculations.contains_key(period)
        && world.is_open(period)
        && world.interval(&key.interval).is_some_and(overlaps)
}

/// The earnings that a difference takes away or explains anew must be as they were read: a batch
/// that was made meanwhile has them on its sheets.
fn standing(changes: &Changes, live: &[Earning]) -> Vec<Guard> {
    let departed = changes
        .earnings_departed
        .iter()
        .map(|departure| departure.id);
    let obsoleted = changes
        .earnings_obsoleted
        .iter()
        .map(|obsoletion| obsoletion.id);
    let explained = changes.earnings_explained.iter().map(|facts| facts.id);
    let touched: BTreeSet<EarningId> = departed.chain(obsoleted).chain(explained).collect();
    let touched = live.iter().filter(|earning| touched.contains(&earning.id));
    touched
        .map(|earning| Guard::EarningAt(earning.id, earning.stamp.version))
        .collect()
}

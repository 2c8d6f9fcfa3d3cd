//! What a decision about sheets knows of somebody's rewards, and what becomes of them. However often
//! a decision touches a reward, it is written once, one version on.

use std::collections::BTreeMap;

use super::decided::Decided;
use crate::change::Guard;
use crate::ids::{BatchId, ParticipantId, PaymentPlanId, PaysheetId, RewardId};
use crate::payment_plan::PlanState;
use crate::ports::RewardsMark;
use crate::refusal::Refusal;
use crate::reward::{Account, Clear, ClearOrigin, Reward, RewardOrigin};
use crate::rewarding::{UndoRequest, undo_clear};
use crate::time::Date;
use crate::working::Circumstances;

/// What is known about one participant's rewards.
#[derive(Clone, Debug, Default)]
pub struct RewardFacts {
    /// Every reward of the participant.
    pub rewards: Vec<Reward>,
    /// The participant's clearings.
    pub clears: Vec<Clear>,
    /// How far the payment plans had come before the batch.
    pub states: BTreeMap<PaymentPlanId, PlanState>,
    /// The mark of all this.
    pub mark: u64,
    /// Rewards as a decision has changed them already.
    pub(super) now: Vec<Reward>,
}

/// The rewards of one participant while something is decided about them.
pub(super) struct RewardBook {
    pub(super) participant: ParticipantId,
    mark: u64,
    read: BTreeMap<RewardId, Reward>,
    now: BTreeMap<RewardId, Reward>,
    clears: Vec<Clear>,
}

impl RewardBook {
    pub(super) fn open(participant: &ParticipantId, facts: &RewardFacts) -> Self {
        let rows = facts.rewards.iter().cloned();
        let read: BTreeMap<_, _> = rows.map(|row| (row.id, row)).collect();
        let mut now = read.clone();
        now.extend(facts.now.iter().map(|row| (row.id, row.clone())));
        Self {
            participant: participant.clone(),
            mark: facts.mark,
            now,
            read,
            clears: facts.clears.clone(),
        }
    }

    /// Whether there never was anything.
    pub(super) fn is_empty(&self) -> bool {
        self.now.is_empty()
    }

    /// As they are now, in rising order.
    pub(super) fn rows(&self) -> impl Iterator<Item = &Reward> {
        self.now.values()
    }

    /// What a sheet shows now, by date and id.
    pub(super) fn on_sheet(&self, sheet: PaysheetId) -> Vec<Reward> {
        let is_on = |row: &&Reward| row.line().is_some_and(|line| line.paysheet == sheet);
        let mut rows: Vec<Reward> = self.now.values().filter(is_on).cloned().collect();
        rows.sort_by_key(|row| (row.date, row.id));
        rows
    }

    /// What was assigned by hand and may be taken by a batch.
    pub(super) fn payable(&self, due: Date) -> Vec<Reward> {
        let may = |row: &&Reward| {
            row.is_payable() && row.date <= due && row.origin == RewardOrigin::ByHand
        };
        self.now.values().filter(may).cloned().collect()
    }

    pub(super) fn put(&mut self, row: Reward) {
        self.now.insert(row.id, row);
    }

    /// The clearings that a batch made and that stand, by payment plan.
    pub(super) fn waivers_of(&self, batch: BatchId) -> Vec<(PaymentPlanId, Clear)> {
        let standing = self.clears.iter().filter(|clear| clear.undone.is_none());
        let of_batch = standing.filter_map(|clear| match &clear.origin {
            ClearOrigin::Waived { plan, batch: by } if *by == batch => {
                Some((plan.clone(), clear.clone()))
            }
            ClearOrigin::Waived { .. } | ClearOrigin::ByHand => None,
        });
        of_batch.collect()
    }

    /// Undoes a clearing that a batch made.
    pub(super) fn undo_waiver(
        &mut self,
        clear: &Clear,
        reason: &str,
        circumstances: &mut Circumstances<'_>,
        decided: &mut Decided,
    ) -> Result<(), Refusal> {
        let request = UndoRequest {
            date: clear.date,
            reason: reason.to_owned(),
        };
        let rows: Vec<Reward> = self.rows().cloned().collect();
        let restored = undo_clear(clear, &rows, &request, circumstances)?;
        restored.rewards.into_iter().for_each(|row| self.put(row));
        decided
            .guards
            .push(Guard::ClearAt(clear.id, clear.stamp.version));
        decided.changes.clears.push(restored.clear);
        decided.changes.clear_undos.push(restored.undo);
        Ok(())
    }

    /// Whether a reward was owed before a batch: what the batch itself forgave still was.
    pub(super) fn is_owed_before(&self, row: &Reward, batch: BatchId) -> bool {
        let is_by_batch = |clear: &Clear| match &clear.origin {
            ClearOrigin::Waived { batch: by, .. } => *by == batch,
            ClearOrigin::ByHand => false,
        };
        let by_batch = row.cleared.as_ref().is_some_and(|cleared| {
            let mut clears = self.clears.iter();
            clears.any(|clear| clear.id == cleared.clear && is_by_batch(clear))
        });
        row.is_owed() || (by_batch && row.recoverable && row.withdrawn.is_none())
    }

    /// Writes what changed; `relies` says that the decision looked at what is owed.
    pub(super) fn close(
        self,
        relies: bool,
        circumstances: &Circumstances<'_>,
        decided: &mut Decided,
    ) {
        let mut is_written = false;
        for row in self.now.into_values() {
            let row = match self.read.get(&row.id) {
                Some(read) if is_same(read, &row) => continue,
                Some(read) => {
                    decided
                        .guards
                        .push(Guard::RewardAt(read.id, read.stamp.version));
                    let stamp = circumstances.touch(&read.stamp);
                    Reward { stamp, ..row }
                }
                None => row,
            };
            is_written = true;
            decided.changes.rewards.push(row);
        }
        if relies || is_written {
            let (participant, mark) = (self.participant, self.mark);
            let mark = RewardsMark { participant, mark };
            decided.guards.push(Guard::RewardsUnchanged(mark));
        }
    }
}

fn is_same(read: &Reward, now: &Reward) -> bool {
    let stamp = read.stamp.clone();
    let now = Reward {
        stamp,
        ..now.clone()
    };
    *read == now
}

/// The payment plan in whose account a reward counts.
pub(super) fn plan_of(account: &Account) -> Option<PaymentPlanId> {
    match account {
        Account::General => None,
        Account::PaymentPlan(plan) => Some(plan.clone()),
    }
}

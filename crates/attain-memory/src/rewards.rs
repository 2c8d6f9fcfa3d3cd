//! Rewards, clearings and their undoings.

use std::collections::BTreeSet;
use std::ops::Bound;
use std::sync::Arc;

use async_trait::async_trait;
use attain_domain::ids::{BatchId, ClearId, ClearUndoId, ParticipantId, PaysheetId, RewardId};
use attain_domain::payment::Paysheet;
use attain_domain::ports::{ChunkSize, RewardPosition, RewardRepository, RewardsMark, StoreError};
use attain_domain::reward::{Clear, ClearUndo, Reward};
use attain_domain::stamp::Version;
use attain_domain::time::Date;
use uuid::Uuid;

use crate::map::{Map, Set, above, add, of_keys};
use crate::snapshot::MemorySnapshot;

#[derive(Clone, Default)]
pub(crate) struct Rewards {
    rows: Map<RewardId, Arc<Reward>>,
    by_position: Set<RewardPosition>,
    payable: Set<RewardPosition>,
    by_sheet: Set<(PaysheetId, RewardId)>,
    clears: Map<ClearId, Arc<Clear>>,
    clears_by_participant: Set<(ParticipantId, ClearId)>,
    undos: Map<ClearUndoId, Arc<ClearUndo>>,
    undos_by_clear: Set<(ClearId, ClearUndoId)>,
    marks: Map<ParticipantId, u64>,
}

impl Rewards {
    pub(crate) fn apply(
        &mut self,
        rewards: Vec<Reward>,
        clears: Vec<Clear>,
        undos: Vec<ClearUndo>,
    ) -> Result<(), StoreError> {
        let of_rewards = rewards.iter().map(|row| &row.participant);
        let of_clears = clears.iter().map(|row| &row.participant);
        let of_undos = undos.iter().map(|row| &row.participant);
        let whose: BTreeSet<_> = of_rewards.chain(of_clears).chain(of_undos).collect();
        for participant in whose.into_iter().cloned() {
            let mark = self.mark(&participant);
            self.marks.insert_mut(participant, mark + 1);
        }
        for row in rewards {
            self.put(row);
        }
        for row in clears {
            let whose = (row.participant.clone(), row.id);
            self.clears_by_participant.insert_mut(whose);
            self.clears.insert_mut(row.id, Arc::new(row));
        }
        for row in undos {
            self.undos_by_clear.insert_mut((row.clear, row.id));
            add(&mut self.undos, row.id, Arc::new(row))?;
        }
        Ok(())
    }

    fn put(&mut self, row: Reward) {
        if let Some(old) = self.rows.get(&row.id) {
            self.payable.remove_mut(&RewardPosition::of(old));
            if let Some(line) = old.line() {
                self.by_sheet.remove_mut(&(line.paysheet, old.id));
            }
        }
        let position = RewardPosition::of(&row);
        if row.is_payable() {
            self.payable.insert_mut(position.clone());
        }
        if let Some(line) = row.line() {
            self.by_sheet.insert_mut((line.paysheet, row.id));
        }
        self.by_position.insert_mut(position);
        self.rows.insert_mut(row.id, Arc::new(row));
    }

    pub(crate) fn version(&self, id: RewardId) -> Option<Version> {
        self.rows.get(&id).map(|row| row.stamp.version)
    }

    pub(crate) fn clear_version(&self, id: ClearId) -> Option<Version> {
        self.clears.get(&id).map(|row| row.stamp.version)
    }

    pub(crate) fn mark(&self, participant: &ParticipantId) -> u64 {
        self.marks.get(participant).copied().unwrap_or(0)
    }

    fn row(&self, id: RewardId) -> Option<Reward> {
        self.rows.get(&id).map(|row| Reward::clone(row))
    }
}

/// Below every position of a participant, and above them all.
fn ends(participant: &ParticipantId) -> (RewardPosition, RewardPosition) {
    let end = |date, id| RewardPosition {
        participant: participant.clone(),
        date,
        id: RewardId(id),
    };
    (end(Date::MIN, Uuid::nil()), end(Date::MAX, Uuid::max()))
}

#[async_trait]
impl RewardRepository for MemorySnapshot {
    async fn rewards_by_id(&self, ids: &[RewardId]) -> Result<Vec<Reward>, StoreError> {
        Ok(of_keys(ids, |id| self.tables.rewards.row(*id)))
    }

    async fn rewards_of_participants(
        &self,
        participants: &[ParticipantId],
        after: Option<&RewardPosition>,
        chunk: ChunkSize,
    ) -> Result<Vec<Reward>, StoreError> {
        let rewards = &self.tables.rewards;
        let participants: BTreeSet<_> = participants.iter().collect();
        let positions = participants.into_iter().flat_map(|whose| {
            let (first, last) = ends(whose);
            let range = (Bound::Included(first), Bound::Included(last));
            rewards.by_position.range(range)
        });
        let rest = positions.filter(|at| after.is_none_or(|after| *at > after));
        let page = rest.take(chunk.rows());
        Ok(page.filter_map(|at| rewards.row(at.id)).collect())
    }

    async fn payable_rewards(
        &self,
        due: Date,
        after: Option<&RewardPosition>,
        chunk: ChunkSize,
    ) -> Result<Vec<Reward>, StoreError> {
        let rewards = &self.tables.rewards;
        let rest = (above(after.cloned()), Bound::Unbounded);
        let rest = rewards.payable.range(rest);
        let page = rest.filter(|at| at.date <= due).take(chunk.rows());
        Ok(page.filter_map(|at| rewards.row(at.id)).collect())
    }

    async fn rewards_of_paysheets(
        &self,
        paysheets: &[PaysheetId],
    ) -> Result<Vec<Reward>, StoreError> {
        let rewards = &self.tables.rewards;
        let paysheets: BTreeSet<_> = paysheets.iter().copied().collect();
        let ids = paysheets.into_iter().flat_map(|sheet| {
            let end = |id| (sheet, RewardId(id));
            let of_it = (
                Bound::Included(end(Uuid::nil())),
                Bound::Included(end(Uuid::max())),
            );
            rewards.by_sheet.range(of_it)
        });
        let mut found: Vec<Reward> = ids.filter_map(|(_, id)| rewards.row(*id)).collect();
        found.sort_by_key(RewardPosition::of);
        Ok(found)
    }

    async fn clears_of_participants(
        &self,
        participants: &[ParticipantId],
    ) -> Result<Vec<Clear>, StoreError> {
        let rewards = &self.tables.rewards;
        let participants: BTreeSet<_> = participants.iter().collect();
        let ids = participants.into_iter().flat_map(|whose| {
            let end = |id| (whose.clone(), ClearId(id));
            let of_them = (
                Bound::Included(end(Uuid::nil())),
                Bound::Included(end(Uuid::max())),
            );
            rewards.clears_by_participant.range(of_them)
        });
        let rows = ids.filter_map(|(_, id)| rewards.clears.get(id));
        Ok(rows.map(|row| Clear::clone(row)).collect())
    }

    async fn clears_by_id(&self, ids: &[ClearId]) -> Result<Vec<Clear>, StoreError> {
        let clears = &self.tables.rewards.clears;
        Ok(of_keys(ids, |id| {
            clears.get(id).map(|row| Clear::clone(row))
        }))
    }

    async fn undos_of_clears(&self, clears: &[ClearId]) -> Result<Vec<ClearUndo>, StoreError> {
        let rewards = &self.tables.rewards;
        let clears: BTreeSet<_> = clears.iter().copied().collect();
        let ids = clears.into_iter().flat_map(|clear| {
            let end = |id| (clear, ClearUndoId(id));
            let of_it = (
                Bound::Included(end(Uuid::nil())),
                Bound::Included(end(Uuid::max())),
            );
            rewards.undos_by_clear.range(of_it)
        });
        let ids: BTreeSet<ClearUndoId> = ids.map(|(_, id)| *id).collect();
        let rows = ids.iter().filter_map(|id| rewards.undos.get(id));
        Ok(rows.map(|row| ClearUndo::clone(row)).collect())
    }

    async fn rewards_marks(
        &self,
        participants: &[ParticipantId],
    ) -> Result<Vec<RewardsMark>, StoreError> {
        let marks = &self.tables.rewards.marks;
        Ok(of_keys(participants, |whose| {
            marks.get(whose).map(|mark| RewardsMark {
                participant: whose.clone(),
                mark: *mark,
            })
        }))
    }

    async fn settled_before(
        &self,
        participants: &[ParticipantId],
        batch: BatchId,
    ) -> Result<Vec<Paysheet>, StoreError> {
        let payments = &self.tables.payments;
        Ok(of_keys(participants, |whose| {
            payments.settled_before(whose, batch)
        }))
    }
}

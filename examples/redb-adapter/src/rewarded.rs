//! Rewards, clearings and their undoings, and how often those of somebody were written.

use std::collections::BTreeSet;

use async_trait::async_trait;
use attain_domain::ids::{BatchId, ClearId, ClearUndoId, ParticipantId, PaysheetId, RewardId};
use attain_domain::payment::Paysheet;
use attain_domain::ports::{ChunkSize, RewardPosition, RewardRepository, RewardsMark, StoreError};
use attain_domain::reward::{Clear, ClearUndo, Reward};
use attain_domain::time::Date;

use crate::table::{Answer, Reads, RedbSnapshot, Writer, page, rows, sorted};

rows! {
    Reward in "reward" by RewardId: |row| row.id;
    Clear in "reward_clear" by ClearId: |row| row.id;
    ClearUndo in "reward_clear_undo" by ClearUndoId: |row| row.id;
    RewardsMark in "rewards_mark" by ParticipantId: |row| row.participant.clone();
}

/// How many commits have written rewards or clearings of somebody.
pub(crate) fn rewards_mark(reads: &impl Reads, participant: &ParticipantId) -> Answer<u64> {
    let mark: Option<RewardsMark> = reads.one(participant)?;
    Ok(mark.map_or(0, |mark| mark.mark))
}

impl Writer<'_> {
    pub(crate) fn write_rewards(
        &self,
        rewards: Vec<Reward>,
        clears: Vec<Clear>,
        undos: Vec<ClearUndo>,
    ) -> Answer<()> {
        let of_rewards = rewards.iter().map(|row| &row.participant);
        let of_clears = clears.iter().map(|row| &row.participant);
        let of_undos = undos.iter().map(|row| &row.participant);
        let whose: BTreeSet<_> = of_rewards.chain(of_clears).chain(of_undos).collect();
        for participant in whose {
            let mark = RewardsMark {
                participant: participant.clone(),
                mark: rewards_mark(self, participant)? + 1,
            };
            self.put([mark])?;
        }
        self.put(rewards)?;
        self.put(clears)?;
        self.add(undos)
    }
}

#[async_trait]
impl RewardRepository for RedbSnapshot {
    async fn rewards_by_id(&self, ids: &[RewardId]) -> Result<Vec<Reward>, StoreError> {
        self.some(ids.iter().copied())
    }

    async fn rewards_of_participants(
        &self,
        participants: &[ParticipantId],
        after: Option<&RewardPosition>,
        chunk: ChunkSize,
    ) -> Result<Vec<Reward>, StoreError> {
        let participants: BTreeSet<&ParticipantId> = participants.iter().collect();
        let rows: Vec<Reward> = self.all()?;
        let rows = rows
            .into_iter()
            .filter(|row| participants.contains(&row.participant));
        Ok(page(rows, RewardPosition::of, after, chunk))
    }

    async fn payable_rewards(
        &self,
        due: Date,
        after: Option<&RewardPosition>,
        chunk: ChunkSize,
    ) -> Result<Vec<Reward>, StoreError> {
        let rows: Vec<Reward> = self.all()?;
        let rows = rows
            .into_iter()
            .filter(|row| row.is_payable() && row.date <= due);
        Ok(page(rows, RewardPosition::of, after, chunk))
    }

    async fn rewards_of_paysheets(
        &self,
        paysheets: &[PaysheetId],
    ) -> Result<Vec<Reward>, StoreError> {
        let paysheets: BTreeSet<&PaysheetId> = paysheets.iter().collect();
        let shows = |row: &Reward| {
            row.line()
                .is_some_and(|line| paysheets.contains(&line.paysheet))
        };
        let rows: Vec<Reward> = self.all()?;
        Ok(sorted(rows.into_iter().filter(shows), RewardPosition::of))
    }

    async fn clears_of_participants(
        &self,
        participants: &[ParticipantId],
    ) -> Result<Vec<Clear>, StoreError> {
        let participants: BTreeSet<&ParticipantId> = participants.iter().collect();
        let rows: Vec<Clear> = self.all()?;
        let rows = rows
            .into_iter()
            .filter(|row| participants.contains(&row.participant));
        Ok(sorted(rows, |row| (row.participant.clone(), row.id)))
    }

    async fn clears_by_id(&self, ids: &[ClearId]) -> Result<Vec<Clear>, StoreError> {
        self.some(ids.iter().copied())
    }

    async fn undos_of_clears(&self, clears: &[ClearId]) -> Result<Vec<ClearUndo>, StoreError> {
        let clears: BTreeSet<&ClearId> = clears.iter().collect();
        let rows: Vec<ClearUndo> = self.all()?;
        let rows = rows.into_iter();
        Ok(rows.filter(|row| clears.contains(&row.clear)).collect())
    }

    async fn rewards_marks(
        &self,
        participants: &[ParticipantId],
    ) -> Result<Vec<RewardsMark>, StoreError> {
        let rows = self.some(participants.iter().cloned())?;
        Ok(sorted(rows, RewardsMark::clone))
    }

    async fn settled_before(
        &self,
        participants: &[ParticipantId],
        batch: BatchId,
    ) -> Result<Vec<Paysheet>, StoreError> {
        let participants: BTreeSet<&ParticipantId> = participants.iter().collect();
        let rows: Vec<Paysheet> = self.all()?;
        let newest = |whose: &&ParticipantId| {
            let settled = rows.iter().filter(|row| {
                row.participant == **whose && row.batch < batch && row.settlement.is_some()
            });
            settled.max_by_key(|row| (row.batch, row.id)).cloned()
        };
        Ok(participants.iter().filter_map(newest).collect())
    }
}

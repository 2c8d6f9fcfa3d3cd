//! What is read of rewards, clearings and their undoings.

use std::collections::BTreeSet;

use async_trait::async_trait;
use attain_domain::ids::{BatchId, ClearId, ParticipantId, PaysheetId, RewardId};
use attain_domain::payment::Paysheet;
use attain_domain::ports::{ChunkSize, RewardPosition, RewardRepository, RewardsMark, StoreError};
use attain_domain::reward::{Clear, ClearUndo, Reward};
use attain_domain::time::Date;

use crate::cells::Cells;
use crate::payments::paysheets;
use crate::rewards::{clears, marks, rewards, undos};
use crate::snapshot::PgSnapshot;
use crate::statements::rewards as sql;

impl PgSnapshot {
    /// Cells that begin with the workspace and these participants, each once.
    fn cells_of(&self, participants: &[ParticipantId]) -> Cells {
        let participants: BTreeSet<_> = participants.iter().collect();
        let mut cells = self.cells();
        cells.texts(participants.into_iter().map(ParticipantId::as_str));
        cells
    }
}

#[async_trait]
impl RewardRepository for PgSnapshot {
    async fn rewards_by_id(&self, ids: &[RewardId]) -> Result<Vec<Reward>, StoreError> {
        let ids = ids.iter().map(|id| id.0);
        rewards(&self.rows_of(sql::REWARDS_BY_ID, ids).await?)
    }

    async fn rewards_of_participants(
        &self,
        participants: &[ParticipantId],
        after: Option<&RewardPosition>,
        chunk: ChunkSize,
    ) -> Result<Vec<Reward>, StoreError> {
        // Those before the position are left out here; within one there can be but the first.
        let rest = participants
            .iter()
            .filter(|whose| after.is_none_or(|after| **whose >= after.participant));
        let rest: BTreeSet<&ParticipantId> = rest.collect();
        let first = rest.first().copied();
        let after = after.filter(|after| first == Some(&after.participant));
        let mut cells = self.cells();
        cells.texts(rest.into_iter().map(ParticipantId::as_str));
        cells.date_or_first(after.map(|after| after.date));
        cells.id_or_first(after.map(|after| after.id.0));
        cells.limit(chunk.rows());
        rewards(&self.rows(sql::REWARDS_OF_PARTICIPANTS, cells).await?)
    }

    async fn payable_rewards(
        &self,
        due: Date,
        after: Option<&RewardPosition>,
        chunk: ChunkSize,
    ) -> Result<Vec<Reward>, StoreError> {
        let mut cells = self.cells();
        cells.date(due);
        cells.text(after.map_or("", |after| after.participant.as_str()));
        cells.date_or_first(after.map(|after| after.date));
        cells.id_or_first(after.map(|after| after.id.0));
        cells.limit(chunk.rows());
        rewards(&self.rows(sql::PAYABLE_REWARDS, cells).await?)
    }

    async fn rewards_of_paysheets(
        &self,
        paysheets: &[PaysheetId],
    ) -> Result<Vec<Reward>, StoreError> {
        let ids = paysheets.iter().map(|id| id.0);
        rewards(&self.rows_of(sql::REWARDS_OF_PAYSHEETS, ids).await?)
    }

    async fn clears_of_participants(
        &self,
        participants: &[ParticipantId],
    ) -> Result<Vec<Clear>, StoreError> {
        let cells = self.cells_of(participants);
        clears(&self.rows(sql::CLEARS_OF_PARTICIPANTS, cells).await?)
    }

    async fn clears_by_id(&self, ids: &[ClearId]) -> Result<Vec<Clear>, StoreError> {
        let ids = ids.iter().map(|id| id.0);
        clears(&self.rows_of(sql::CLEARS_BY_ID, ids).await?)
    }

    async fn undos_of_clears(&self, clears: &[ClearId]) -> Result<Vec<ClearUndo>, StoreError> {
        let ids = clears.iter().map(|id| id.0);
        undos(&self.rows_of(sql::UNDOS_OF_CLEARS, ids).await?)
    }

    async fn rewards_marks(
        &self,
        participants: &[ParticipantId],
    ) -> Result<Vec<RewardsMark>, StoreError> {
        let cells = self.cells_of(participants);
        marks(&self.rows(sql::REWARDS_MARKS, cells).await?)
    }

    async fn settled_before(
        &self,
        participants: &[ParticipantId],
        batch: BatchId,
    ) -> Result<Vec<Paysheet>, StoreError> {
        let mut cells = self.cells_of(participants);
        cells.id(batch.0);
        paysheets(&self.rows(sql::SETTLED_BEFORE, cells).await?)
    }
}

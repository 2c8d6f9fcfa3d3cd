//! What is read of rewards, clearings and their undoings.

use std::collections::BTreeSet;

use async_trait::async_trait;
use attain_domain::ids::{BatchId, ClearId, ParticipantId, PaysheetId, RewardId};
use attain_domain::payment::Paysheet;
use attain_domain::ports::{ChunkSize, RewardPosition, RewardRepository, RewardsMark, StoreError};
use attain_domain::reward::{Clear, ClearUndo, Reward};
use attain_domain::time::Date;

use crate::cells::{Cells, day_of, name_list};
use crate::payments::paysheets;
use crate::rewards::{clears, marks, rewards, undos};
use crate::snapshot::SqliteSnapshot;
use crate::statements::rewards as sql;
use crate::stored::all;

fn fill_position(cells: &mut Cells, after: Option<&RewardPosition>) {
    cells.text(after.map_or("", |after| after.participant.as_str()));
    cells.whole(after.map_or(i64::MIN, |after| day_of(after.date)));
    cells.id_or_first(after.map(|after| after.id.0));
}

/// Each once.
fn names_of(participants: &[ParticipantId]) -> String {
    let participants: BTreeSet<_> = participants.iter().collect();
    name_list(participants.into_iter().map(ParticipantId::as_str))
}

#[async_trait]
impl RewardRepository for SqliteSnapshot {
    async fn rewards_by_id(&self, ids: &[RewardId]) -> Result<Vec<Reward>, StoreError> {
        let ids = ids.iter().map(|id| id.0);
        let pages = self.pages_of(sql::REWARDS_BY_ID, ids).await?;
        all(&pages, rewards)
    }

    async fn rewards_of_participants(
        &self,
        participants: &[ParticipantId],
        after: Option<&RewardPosition>,
        chunk: ChunkSize,
    ) -> Result<Vec<Reward>, StoreError> {
        // Those before the position are left out here, so that they are not scanned for every page.
        let rest = participants
            .iter()
            .filter(|whose| after.is_none_or(|after| **whose >= after.participant));
        let mut cells = self.cells();
        cells.owned(name_list(rest.map(ParticipantId::as_str)));
        fill_position(&mut cells, after);
        cells.limit(chunk.rows());
        rewards(&self.page(sql::REWARDS_OF_PARTICIPANTS, cells).await?)
    }

    async fn payable_rewards(
        &self,
        due: Date,
        after: Option<&RewardPosition>,
        chunk: ChunkSize,
    ) -> Result<Vec<Reward>, StoreError> {
        let mut cells = self.cells();
        cells.date(due);
        fill_position(&mut cells, after);
        cells.limit(chunk.rows());
        rewards(&self.page(sql::PAYABLE_REWARDS, cells).await?)
    }

    async fn rewards_of_paysheets(
        &self,
        paysheets: &[PaysheetId],
    ) -> Result<Vec<Reward>, StoreError> {
        let ids = paysheets.iter().map(|id| id.0);
        let pages = self.pages_of(sql::REWARDS_OF_PAYSHEETS, ids).await?;
        let mut found = all(&pages, rewards)?;
        if pages.len() > 1 {
            found.sort_by_cached_key(RewardPosition::of);
        }
        Ok(found)
    }

    async fn clears_of_participants(
        &self,
        participants: &[ParticipantId],
    ) -> Result<Vec<Clear>, StoreError> {
        let mut cells = self.cells();
        cells.owned(names_of(participants));
        clears(&self.page(sql::CLEARS_OF_PARTICIPANTS, cells).await?)
    }

    async fn clears_by_id(&self, ids: &[ClearId]) -> Result<Vec<Clear>, StoreError> {
        let ids = ids.iter().map(|id| id.0);
        let pages = self.pages_of(sql::CLEARS_BY_ID, ids).await?;
        all(&pages, clears)
    }

    async fn undos_of_clears(&self, clears: &[ClearId]) -> Result<Vec<ClearUndo>, StoreError> {
        let ids = clears.iter().map(|id| id.0);
        let pages = self.pages_of(sql::UNDOS_OF_CLEARS, ids).await?;
        let mut found = all(&pages, undos)?;
        if pages.len() > 1 {
            found.sort_by_key(|undo| undo.id);
        }
        Ok(found)
    }

    async fn rewards_marks(
        &self,
        participants: &[ParticipantId],
    ) -> Result<Vec<RewardsMark>, StoreError> {
        let mut cells = self.cells();
        cells.owned(names_of(participants));
        marks(&self.page(sql::REWARDS_MARKS, cells).await?)
    }

    async fn settled_before(
        &self,
        participants: &[ParticipantId],
        batch: BatchId,
    ) -> Result<Vec<Paysheet>, StoreError> {
        let mut cells = self.cells();
        cells.owned(names_of(participants));
        cells.id(batch.0);
        paysheets(&self.page(sql::SETTLED_BEFORE, cells).await?)
    }
}

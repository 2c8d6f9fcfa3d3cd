//! The read port of rewards, of clearings, and of what the settlement of paysheets left behind.

use async_trait::async_trait;

use super::error::StoreError;
use super::page::ChunkSize;
use crate::ids::{BatchId, ClearId, ParticipantId, PaysheetId, RewardId};
use crate::payment::Paysheet;
use crate::reward::{Clear, ClearUndo, Reward};
use crate::time::Date;

/// Where a reward stands in lists: by participant, date, id.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RewardPosition {
    /// Whose.
    pub participant: ParticipantId,
    /// The reward's date.
    pub date: Date,
    /// The last tie-break.
    pub id: RewardId,
}

impl RewardPosition {
    /// The position of a reward.
    #[must_use]
    pub fn of(reward: &Reward) -> Self {
        Self {
            participant: reward.participant.clone(),
            date: reward.date,
            id: reward.id,
        }
    }
}

/// Names one state of all rewards and clearings of a participant: how many commits have written any
/// of them. 0 for somebody who never had one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RewardsMark {
    /// Whose.
    pub participant: ParticipantId,
    /// How many commits.
    pub mark: u64,
}

/// Rewards and clearings. Nothing of them is ever deleted: withdrawn rewards and undone clearings
/// are among them.
#[async_trait]
pub trait RewardRepository: Send + Sync {
    /// The rewards of these ids, in rising id order.
    async fn rewards_by_id(&self, ids: &[RewardId]) -> Result<Vec<Reward>, StoreError>;

    /// All rewards of these participants above `after`, in rising position order.
    async fn rewards_of_participants(
        &self,
        participants: &[ParticipantId],
        after: Option<&RewardPosition>,
        chunk: ChunkSize,
    ) -> Result<Vec<Reward>, StoreError>;

    /// The rewards dated on or before a date that are on no sheet and not withdrawn, above `after`,
    /// in rising position order.
    async fn payable_rewards(
        &self,
        due: Date,
        after: Option<&RewardPosition>,
        chunk: ChunkSize,
    ) -> Result<Vec<Reward>, StoreError>;

    /// The rewards that these sheets show, paid ones included, in rising position order.
    async fn rewards_of_paysheets(
        &self,
        paysheets: &[PaysheetId],
    ) -> Result<Vec<Reward>, StoreError>;

    /// The clearings of these participants, in rising (participant, id) order.
    async fn clears_of_participants(
        &self,
        participants: &[ParticipantId],
    ) -> Result<Vec<Clear>, StoreError>;

    /// The clearings of these ids, in rising id order.
    async fn clears_by_id(&self, ids: &[ClearId]) -> Result<Vec<Clear>, StoreError>;

    /// The undoings of these clearings, in rising order of their own ids.
    async fn undos_of_clears(&self, clears: &[ClearId]) -> Result<Vec<ClearUndo>, StoreError>;

    /// The marks of these participants' rewards, in rising order; those of 0 are left out.
    async fn rewards_marks(
        &self,
        participants: &[ParticipantId],
    ) -> Result<Vec<RewardsMark>, StoreError>;

    /// The newest sheet that has a settlement, of the batch of the highest id below `batch`, of each
    /// of these participants who has one, in rising participant order.
    async fn settled_before(
        &self,
        participants: &[ParticipantId],
        batch: BatchId,
    ) -> Result<Vec<Paysheet>, StoreError>;
}

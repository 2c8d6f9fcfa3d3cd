//! Rewards, what participants owe because of them, and forgiving it. An `etag` is the version that
//! was read; `None` means any.

use prost_types::Timestamp;

use crate::connection::{Client, unary};
use crate::error::ClientError;
use crate::page::{Rows, listed};
use crate::proto::assign_outcome::Outcome as Assigned;
use crate::proto::{
    AssignOutcome, AssignRewardsRequest, Clear, ClearBalancesRequest, ClearOutcome,
    GetRewardRequest, ListClearsRequest, ListParticipantBalancesRequest, ListRewardsRequest,
    NewReward, ParticipantBalance, ReadBalanceRequest, ReadBalanceResponse, Refusal, Reward,
    UndoClearRequest, WithdrawRewardRequest,
};
use crate::standard::Date;

/// As of when a balance is asked for. Without a date and a moment: now, whatever it is dated.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct BalanceAsOf {
    /// What is dated on or before this date counts; any date, if none is given.
    pub date: Option<Date>,
    /// What was recorded at or before this moment counts; until now, if none is given.
    pub known_at: Option<Timestamp>,
}

/// Whether balances are cleared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClearMode {
    /// They are.
    Clear,
    /// It is only said what would be forgiven.
    Preview,
}

impl Client {
    /// Assigns rewards by hand, at most 10,000 at once. The answers are in the order of the
    /// request; one that is refused does not stop the others.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn assign_rewards(
        &self,
        rewards: Vec<NewReward>,
    ) -> Result<Vec<Result<Reward, Refusal>>, ClientError> {
        let count = rewards.len();
        let message = AssignRewardsRequest {
            workspace: self.named_workspace(),
            request_id: self.new_request_id(),
            rewards,
        };
        let answer = unary!(
            self,
            reward_service_client::RewardServiceClient.assign_rewards,
            message
        );
        let outcomes = answer.await?.outcomes;
        if outcomes.len() != count {
            return Err(ClientError::Incomplete("answer for each reward"));
        }
        (0..)
            .zip(outcomes)
            .map(|(index, one)| told(index, one))
            .collect()
    }

    /// Withdraws a reward that was assigned by hand and that no paysheet has taken yet.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn withdraw_reward(
        &self,
        reward_id: &str,
        reason: &str,
        etag: Option<&str>,
    ) -> Result<Reward, ClientError> {
        let message = WithdrawRewardRequest {
            workspace: self.named_workspace(),
            request_id: self.new_request_id(),
            reward_id: reward_id.to_owned(),
            reason: reason.to_owned(),
            etag: etag.unwrap_or_default().to_owned(),
        };
        let answer = unary!(
            self,
            reward_service_client::RewardServiceClient.withdraw_reward,
            message
        );
        answer
            .await?
            .reward
            .ok_or(ClientError::Incomplete("reward"))
    }

    /// One reward.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn reward(&self, reward_id: &str) -> Result<Reward, ClientError> {
        let message = GetRewardRequest {
            workspace: self.named_workspace(),
            reward_id: reward_id.to_owned(),
        };
        let answer = unary!(
            self,
            reward_service_client::RewardServiceClient.get_reward,
            message
        );
        answer
            .await?
            .reward
            .ok_or(ClientError::Incomplete("reward"))
    }

    /// The rewards of some participants in order of participant, date and id, withdrawn ones
    /// included.
    #[must_use]
    pub fn rewards(&self, participants: &[&str]) -> Rows<Reward> {
        let message = ListRewardsRequest {
            workspace: self.named_workspace(),
            participants: participants.iter().map(|&id| id.to_owned()).collect(),
            ..ListRewardsRequest::default()
        };
        listed!(
            self,
            reward_service_client::RewardServiceClient.list_rewards,
            message,
            rewards
        )
    }

    /// What a participant owes, with the rewards that make it up.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn balance(
        &self,
        participant: &str,
        as_of: BalanceAsOf,
    ) -> Result<ReadBalanceResponse, ClientError> {
        let message = ReadBalanceRequest {
            workspace: self.named_workspace(),
            participant: participant.to_owned(),
            as_of_date: as_of.date,
            known_at_time: as_of.known_at,
        };
        unary!(
            self,
            reward_service_client::RewardServiceClient.read_balance,
            message
        )
        .await
    }

    /// All participants with what each owes, in order of participants.
    #[must_use]
    pub fn participant_balances(&self, as_of: BalanceAsOf) -> Rows<ParticipantBalance> {
        let message = ListParticipantBalancesRequest {
            workspace: self.named_workspace(),
            as_of_date: as_of.date,
            known_at_time: as_of.known_at,
            ..ListParticipantBalancesRequest::default()
        };
        listed!(
            self,
            reward_service_client::RewardServiceClient.list_participant_balances,
            message,
            balances
        )
    }

    /// Forgives what participants owe, from a date on (today, if none is given), or says what that
    /// would forgive. The answers are in the order of the request; one that is refused does not
    /// stop the others.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn clear_balances(
        &self,
        participants: &[&str],
        date: Option<Date>,
        reason: &str,
        mode: ClearMode,
    ) -> Result<Vec<ClearOutcome>, ClientError> {
        let message = ClearBalancesRequest {
            workspace: self.named_workspace(),
            request_id: self.new_request_id(),
            participants: participants.iter().map(|&id| id.to_owned()).collect(),
            date,
            reason: reason.to_owned(),
            validate_only: mode == ClearMode::Preview,
        };
        let answer = unary!(
            self,
            reward_service_client::RewardServiceClient.clear_balances,
            message
        );
        Ok(answer.await?.outcomes)
    }

    /// Undoes a clearing, from a date on (today, if none is given).
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn undo_clear(
        &self,
        clear_id: &str,
        date: Option<Date>,
        reason: &str,
        etag: Option<&str>,
    ) -> Result<Clear, ClientError> {
        let message = UndoClearRequest {
            workspace: self.named_workspace(),
            request_id: self.new_request_id(),
            clear_id: clear_id.to_owned(),
            date,
            reason: reason.to_owned(),
            etag: etag.unwrap_or_default().to_owned(),
        };
        let answer = unary!(
            self,
            reward_service_client::RewardServiceClient.undo_clear,
            message
        );
        answer.await?.clear.ok_or(ClientError::Incomplete("clear"))
    }

    /// The clearings of a participant, oldest first, undone ones included.
    #[must_use]
    pub fn clears(&self, participant: &str) -> Rows<Clear> {
        let message = ListClearsRequest {
            workspace: self.named_workspace(),
            participant: participant.to_owned(),
            ..ListClearsRequest::default()
        };
        listed!(
            self,
            reward_service_client::RewardServiceClient.list_clears,
            message,
            clears
        )
    }
}

fn told(index: u64, one: AssignOutcome) -> Result<Result<Reward, Refusal>, ClientError> {
    match one.outcome.filter(|_| one.index == index) {
        Some(Assigned::Reward(reward)) => Ok(Ok(reward)),
        Some(Assigned::Refused(refused)) => Ok(Err(refused)),
        None => Err(ClientError::Incomplete("answer for each reward")),
    }
}

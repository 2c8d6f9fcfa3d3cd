//! Rewards, owed balances and clearings.

use attain_app::{AssignReport, ClearAsked, ClearView, Engine, REWARDS_MAX};
use attain_domain::ids::{ClearId, ParticipantId, RewardId};
use attain_domain::ports::RewardPosition;
use attain_domain::refusal::{Reason, Refusal};
use attain_domain::reward::Reward;
use attain_proto::attain::v1::reward_service_server::RewardService;
use attain_proto::attain::v1::{
    AssignRewardsRequest, AssignRewardsResponse, ClearBalancesRequest, ClearBalancesResponse,
    GetRewardRequest, GetRewardResponse, ListClearsRequest, ListClearsResponse,
    ListParticipantBalancesRequest, ListParticipantBalancesResponse, ListRewardsRequest,
    ListRewardsResponse, ReadBalanceRequest, ReadBalanceResponse, UndoClearRequest,
    UndoClearResponse, WithdrawRewardRequest, WithdrawRewardResponse,
};
use tonic::metadata::MetadataMap;
use tonic::{Request, Response, Status, async_trait};

use crate::identity::Identity;
use crate::paging::Paging;
use crate::status::{answer, status_of_all};
use crate::wire::reward::{
    asked, assigned, balance, clear_outcome, clear_view, from_wire, participant_balance, to_wire,
};
use crate::wire::values::{date_from_wire, etag, missing, name};

/// Most participants whose rewards one list has.
const LISTED_PARTICIPANTS_MAX: usize = 1_000;

pub(crate) struct Rewards {
    pub(crate) engine: Engine,
}

#[async_trait]
impl RewardService for Rewards {
    async fn assign_rewards(
        &self,
        request: Request<AssignRewardsRequest>,
    ) -> Result<Response<AssignRewardsResponse>, Status> {
        let (metadata, _, message) = request.into_parts();
        answer(self.assign(&metadata, &message)).await
    }

    async fn withdraw_reward(
        &self,
        request: Request<WithdrawRewardRequest>,
    ) -> Result<Response<WithdrawRewardResponse>, Status> {
        let (metadata, _, message) = request.into_parts();
        answer(async {
            let caller =
                Identity::of(&metadata)?.writes(&message.workspace, &message.request_id)?;
            let id = name("reward_id", &message.reward_id, RewardId::parse)?;
            let etag = etag("etag", &message.etag)?;
            let done = self
                .engine
                .withdraw_reward(&caller, id, &message.reason, etag);
            Ok(WithdrawRewardResponse {
                reward: Some(to_wire(&done.await?)?),
            })
        })
        .await
    }

    async fn get_reward(
        &self,
        request: Request<GetRewardRequest>,
    ) -> Result<Response<GetRewardResponse>, Status> {
        let (metadata, _, message) = request.into_parts();
        answer(async {
            let caller = Identity::of(&metadata)?.reads(&message.workspace)?;
            let id = name("reward_id", &message.reward_id, RewardId::parse)?;
            let reward = self.engine.reward(&caller, id).await?;
            Ok(GetRewardResponse {
                reward: Some(to_wire(&reward)?),
            })
        })
        .await
    }

    async fn list_rewards(
        &self,
        request: Request<ListRewardsRequest>,
    ) -> Result<Response<ListRewardsResponse>, Status> {
        let (metadata, _, message) = request.into_parts();
        answer(async {
            let caller = Identity::of(&metadata)?.reads(&message.workspace)?;
            let mut whose = participants(&message.participants).map_err(first)?;
            whose.sort_unstable();
            whose.dedup();
            if whose.len() > LISTED_PARTICIPANTS_MAX {
                return Err(too_many(
                    "participants",
                    whose.len(),
                    LISTED_PARTICIPANTS_MAX,
                ));
            }
            let mut filter = vec![message.workspace.as_str()];
            filter.extend(message.participants.iter().map(String::as_str));
            let paging = Paging::read("rewards", &filter, message.page_size, &message.page_token)?;
            let after = paging.after(position_of)?;
            let read = self
                .engine
                .rewards(&caller, &whose, after.as_ref(), paging.chunk());
            let (rewards, next_page_token) = paging.page(&read.await?, to_wire, parts_of)?;
            Ok(ListRewardsResponse {
                rewards,
                next_page_token,
            })
        })
        .await
    }

    async fn read_balance(
        &self,
        request: Request<ReadBalanceRequest>,
    ) -> Result<Response<ReadBalanceResponse>, Status> {
        let (metadata, _, message) = request.into_parts();
        answer(async {
            let caller = Identity::of(&metadata)?.reads(&message.workspace)?;
            let whose = name("participant", &message.participant, ParticipantId::parse)?;
            let then = asked(message.as_of_date.as_ref(), message.known_at_time.as_ref())?;
            let view = self.engine.balance(&caller, &whose, then).await?;
            balance(&view)
        })
        .await
    }

    async fn list_participant_balances(
        &self,
        request: Request<ListParticipantBalancesRequest>,
    ) -> Result<Response<ListParticipantBalancesResponse>, Status> {
        let (metadata, _, message) = request.into_parts();
        answer(async {
            let caller = Identity::of(&metadata)?.reads(&message.workspace)?;
            let then = asked(message.as_of_date.as_ref(), message.known_at_time.as_ref())?;
            // Numbers of its own, not those of the messages: they stay what they are.
            let date = then.date.map(|date| date.to_string()).unwrap_or_default();
            let known = then
                .known_at
                .map(|at| at.micros().to_string())
                .unwrap_or_default();
            let filter = [message.workspace.as_str(), &date, &known];
            let (rows, token) = (message.page_size, &message.page_token);
            let paging = Paging::read("balances", &filter, rows, token)?;
            let after = paging.after(|parts| match parts {
                [id] => ParticipantId::parse(id).ok(),
                _ => None,
            })?;
            let read =
                self.engine
                    .participant_balances(&caller, then, after.as_ref(), paging.chunk());
            let (balances, next_page_token) =
                paging.page(&read.await?, participant_balance, |row| {
                    vec![row.participant.id.to_string()]
                })?;
            Ok(ListParticipantBalancesResponse {
                balances,
                next_page_token,
            })
        })
        .await
    }

    async fn clear_balances(
        &self,
        request: Request<ClearBalancesRequest>,
    ) -> Result<Response<ClearBalancesResponse>, Status> {
        let (metadata, _, message) = request.into_parts();
        let done = self.clear(&metadata, &message).await;
        done.map(Response::new)
            .map_err(|refusals| status_of_all(&refusals))
    }

    async fn undo_clear(
        &self,
        request: Request<UndoClearRequest>,
    ) -> Result<Response<UndoClearResponse>, Status> {
        let (metadata, _, message) = request.into_parts();
        answer(async {
            let caller =
                Identity::of(&metadata)?.writes(&message.workspace, &message.request_id)?;
            let id = name("clear_id", &message.clear_id, ClearId::parse)?;
            let date = message.date.as_ref();
            let date = date.map(|date| date_from_wire("date", date)).transpose()?;
            let etag = etag("etag", &message.etag)?;
            let done = self
                .engine
                .undo_clear(&caller, id, date, &message.reason, etag);
            Ok(UndoClearResponse {
                clear: Some(clear_view(&done.await?)?),
            })
        })
        .await
    }

    async fn list_clears(
        &self,
        request: Request<ListClearsRequest>,
    ) -> Result<Response<ListClearsResponse>, Status> {
        let (metadata, _, message) = request.into_parts();
        answer(async {
            let caller = Identity::of(&metadata)?.reads(&message.workspace)?;
            let whose = name("participant", &message.participant, ParticipantId::parse)?;
            let filter = [message.workspace.as_str(), message.participant.as_str()];
            let paging = Paging::read("clears", &filter, message.page_size, &message.page_token)?;
            let after = paging.after(|parts| match parts {
                [id] => ClearId::parse(id).ok(),
                _ => None,
            })?;
            let all = self.engine.clears(&caller, &whose).await?;
            let first = after.map_or(0, |after| {
                all.partition_point(|view: &ClearView| view.clear.id <= after)
            });
            let rest = all.get(first..).unwrap_or_default();
            let (clears, next_page_token) =
                paging.page(rest, clear_view, |view| vec![view.clear.id.to_string()])?;
            Ok(ListClearsResponse {
                clears,
                next_page_token,
            })
        })
        .await
    }
}

impl Rewards {
    /// One that cannot be read stops the others as little as one that is refused.
    async fn assign(
        &self,
        metadata: &MetadataMap,
        message: &AssignRewardsRequest,
    ) -> Result<AssignRewardsResponse, Refusal> {
        let caller = Identity::of(metadata)?.writes(&message.workspace, &message.request_id)?;
        if message.rewards.len() > REWARDS_MAX {
            return Err(too_many("rewards", message.rewards.len(), REWARDS_MAX));
        }
        let read: Vec<_> = message.rewards.iter().map(from_wire).collect();
        let new: Vec<_> = read.iter().flatten().cloned().collect();
        let AssignReport { outcomes } = self.engine.assign_rewards(&caller, &new).await?;
        let mut done = outcomes.into_iter();
        let answers = (0_u64..).zip(read).map(|(index, one)| {
            let outcome = one.and_then(|_| done.next().unwrap_or_else(|| Err(unanswered())));
            assigned(index, &outcome)
        });
        Ok(AssignRewardsResponse {
            outcomes: answers.collect::<Result<_, _>>()?,
        })
    }

    async fn clear(
        &self,
        metadata: &MetadataMap,
        message: &ClearBalancesRequest,
    ) -> Result<ClearBalancesResponse, Vec<Refusal>> {
        let caller = Identity::of(metadata)
            .and_then(|identity| identity.writes(&message.workspace, &message.request_id));
        let caller = caller.map_err(one)?;
        let date = message.date.as_ref();
        let date = date.map(|date| date_from_wire("date", date)).transpose();
        let asked = ClearAsked {
            participants: participants(&message.participants)?,
            date: date.map_err(one)?,
            reason: message.reason.clone(),
        };
        let report = if message.validate_only {
            self.engine.preview_clear(&caller, &asked).await
        } else {
            self.engine.clear_balances(&caller, &asked).await
        };
        let report = report.map_err(one)?;
        let outcomes = (0_u64..).zip(&report.outcomes);
        let outcomes = outcomes.map(|(index, outcome)| clear_outcome(index, outcome));
        Ok(ClearBalancesResponse {
            outcomes: outcomes.collect::<Result<_, _>>().map_err(one)?,
        })
    }
}

/// The participants of a request, or everything that is wrong with them.
fn participants(names: &[String]) -> Result<Vec<ParticipantId>, Vec<Refusal>> {
    if names.is_empty() {
        return Err(vec![missing("participants")]);
    }
    let (mut read, mut refusals) = (Vec::with_capacity(names.len()), Vec::new());
    for (index, text) in names.iter().enumerate() {
        match name(
            &format!("participants[{index}]"),
            text,
            ParticipantId::parse,
        ) {
            Ok(id) => read.push(id),
            Err(refusal) => refusals.push(refusal),
        }
    }
    if refusals.is_empty() {
        Ok(read)
    } else {
        Err(refusals)
    }
}

fn one(refusal: Refusal) -> Vec<Refusal> {
    vec![refusal]
}

fn first(refusals: Vec<Refusal>) -> Refusal {
    refusals.into_iter().next().unwrap_or_else(unanswered)
}

fn unanswered() -> Refusal {
    Refusal::new(Reason::Internal, "an element has no answer")
}

fn too_many(field: &str, count: usize, limit: usize) -> Refusal {
    let text = format!("{count} {field} in one request; the limit is {limit}");
    Refusal::new(Reason::TooMany, text).at(field)
}

/// The parts of a token for a reward's position; `position_of` reads them back.
fn parts_of(reward: &Reward) -> Vec<String> {
    vec![
        reward.participant.to_string(),
        reward.date.to_string(),
        reward.id.to_string(),
    ]
}

fn position_of(parts: &[&str]) -> Option<RewardPosition> {
    let [participant, date, id] = parts else {
        return None;
    };
    Some(RewardPosition {
        participant: ParticipantId::parse(participant).ok()?,
        date: date.parse().ok()?,
        id: RewardId::parse(id).ok()?,
    })
}

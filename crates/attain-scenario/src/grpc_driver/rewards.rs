//! Rewards and balances of a server.

use std::collections::BTreeMap;

use attain_client::proto::clear_outcome::Outcome;
use attain_client::proto::reward_origin::Origin;
use attain_client::proto::{
    Clear, DefinitionKind, NewReward, ParticipantBalance, PaymentState, Reward, RewardKind,
    SettlementStep,
};
use attain_client::{BalanceAsOf, ClearMode, values};
use attain_domain::refusal::{Reason, Refusal};

use super::refusals::{of_element, refusal};
use super::show::{amount, date, word};
use super::wire::wire_date;
use super::{GrpcDriver, all};
use crate::driver::Answer;
use crate::format::{ClearStep, RewardStep, UndoStep, WithdrawStep};
use crate::show::{row, yes};
use crate::table::Row;
use crate::texts::{number, wrong};

impl GrpcDriver {
    pub(super) async fn assign_all(&self, rewards: &[RewardStep]) -> Result<Answer, Refusal> {
        let new: Result<Vec<NewReward>, Refusal> = rewards.iter().map(new_reward).collect();
        let outcomes = self.client.assign_rewards(new?).await.map_err(refusal)?;
        let refused = outcomes.into_iter().filter_map(Result::err);
        Ok(Answer {
            refused: refused.map(|one| of_element(&one)).collect(),
            ..Answer::default()
        })
    }

    pub(super) async fn withdraw_one(&self, step: &WithdrawStep) -> Result<Answer, Refusal> {
        let found = self.all_rewards().await?.into_iter().find(|one| {
            one.participant == step.participant
                && amount(one.amount.as_ref()) == step.amount
                && one.withdrawn.is_none()
        });
        let found =
            found.ok_or_else(|| Refusal::new(Reason::NotFound, "there is no such reward"))?;
        let (id, reason) = (found.reward_id.as_str(), step.reason.as_str());
        let done = self.client.withdraw_reward(id, reason, None).await;
        done.map(|_| Answer::default()).map_err(refusal)
    }

    pub(super) async fn clear_all(&self, step: &ClearStep) -> Result<Answer, Refusal> {
        let participants: Vec<&str> = step.participants.iter().map(String::as_str).collect();
        let day = step.date.as_deref().map(|text| wire_date("date", text));
        let mode = if step.preview {
            ClearMode::Preview
        } else {
            ClearMode::Clear
        };
        let outcomes = self
            .client
            .clear_balances(&participants, day.transpose()?, &step.reason, mode)
            .await
            .map_err(refusal)?;
        let mut answer = Answer::default();
        let mut rows = Vec::new();
        for one in outcomes {
            let (forgiven, rewards) = match one.outcome {
                Some(Outcome::Clear(clear)) => {
                    answer.id.get_or_insert_with(|| clear.clear_id.clone());
                    let count = clear.reward_ids.len();
                    (amount(clear.forgiven.as_ref()), count)
                }
                Some(Outcome::Nothing(_)) => ("0".to_owned(), 0),
                Some(Outcome::Refused(refused)) => {
                    answer.refused.push(of_element(&refused));
                    continue;
                }
                None => return Err(wrong("outcome", "the answer lacks an outcome")),
            };
            rows.push(row([
                ("participant", one.participant),
                ("forgiven", forgiven),
                ("rewards", rewards.to_string()),
            ]));
        }
        answer.tables = BTreeMap::from([("cleared", rows)]);
        Ok(answer)
    }

    pub(super) async fn undo_one(&self, id: &str, step: &UndoStep) -> Result<Answer, Refusal> {
        let day = step.date.as_deref().map(|text| wire_date("date", text));
        let done = self
            .client
            .undo_clear(id, day.transpose()?, &step.reason, None);
        done.await.map(|_| Answer::default()).map_err(refusal)
    }

    async fn people(&self) -> Result<Vec<String>, Refusal> {
        let people = all(self.client.definitions(DefinitionKind::Participant)).await?;
        Ok(people.into_iter().map(|one| one.definition_id).collect())
    }

    async fn all_rewards(&self) -> Result<Vec<Reward>, Refusal> {
        let people = self.people().await?;
        let people: Vec<&str> = people.iter().map(String::as_str).collect();
        all(self.client.rewards(&people)).await
    }

    pub(super) async fn reward_rows(&self) -> Result<Vec<Row>, Refusal> {
        Ok(self.all_rewards().await?.iter().map(reward).collect())
    }

    pub(super) async fn all_clears(&self) -> Result<Vec<Row>, Refusal> {
        let mut rows = Vec::new();
        for person in self.people().await? {
            let clears = all(self.client.clears(&person)).await?;
            rows.extend(clears.iter().map(clear));
        }
        Ok(rows)
    }

    pub(super) async fn all_balances(
        &self,
        day: Option<&str>,
        known_at: Option<&str>,
    ) -> Result<Vec<Row>, Refusal> {
        let moment = |text: &str| {
            let at = values::instant(text);
            at.ok_or_else(|| wrong("moment", format!("`{text}` is no moment")))
        };
        let as_of = BalanceAsOf {
            date: day.map(|text| wire_date("date", text)).transpose()?,
            known_at: known_at.map(moment).transpose()?,
        };
        let all = all(self.client.participant_balances(as_of)).await?;
        Ok(all.iter().map(balance).collect())
    }
}

fn new_reward(step: &RewardStep) -> Result<NewReward, Refusal> {
    let plain = number("amount", &step.amount)?.to_string();
    let kind = match step.kind.as_deref() {
        None => RewardKind::Unspecified,
        Some(name) => {
            let name = format!("REWARD_KIND_{}", name.to_uppercase());
            RewardKind::from_str_name(&name)
                .ok_or_else(|| wrong("kind", format!("`{name}` is no kind of reward")))?
        }
    };
    Ok(NewReward {
        participant: step.participant.clone(),
        amount: values::money(&plain, &step.currency),
        recoverable: step.recoverable,
        kind: kind.into(),
        plan: String::new(),
        component: String::new(),
        date: Some(wire_date("date", &step.date)?),
        reason: step.reason.clone(),
    })
}

fn origin(reward: &Reward) -> String {
    let step =
        |step: SettlementStep| word(step.as_str_name(), "SETTLEMENT_STEP_").replace('_', " ");
    match reward.origin.as_ref().and_then(|one| one.origin.as_ref()) {
        Some(Origin::PaymentPlan(of)) => format!("{} of {}", step(of.step()), of.payment_plan),
        Some(Origin::NegativeSheet(of)) => format!("{} of a negative sheet", step(of.step())),
        Some(Origin::ByHand(_)) => "by hand".to_owned(),
        None => String::new(),
    }
}

fn reward(reward: &Reward) -> Row {
    let state = reward.payment.as_ref().map(|payment| payment.state());
    let payment = match state {
        _ if reward.withdrawn.is_some() => "withdrawn".to_owned(),
        Some(PaymentState::OnPaysheet) => "on a paysheet".to_owned(),
        Some(state) => word(state.as_str_name(), "PAYMENT_STATE_"),
        None => String::new(),
    };
    let owed = reward.recoverable && reward.cleared.is_none() && reward.withdrawn.is_none();
    row([
        ("participant", reward.participant.clone()),
        ("amount", amount(reward.amount.as_ref())),
        ("recoverable", yes(reward.recoverable)),
        ("kind", word(reward.kind().as_str_name(), "REWARD_KIND_")),
        ("origin", origin(reward)),
        ("date", date(reward.date.as_ref())),
        ("payment", payment),
        ("cleared", yes(reward.cleared.is_some())),
        ("owed", yes(owed)),
    ])
}

fn balance(one: &ParticipantBalance) -> Row {
    row([
        ("participant", one.participant.clone()),
        ("balance", amount(one.balance.as_ref())),
        ("rewards", one.reward_count.to_string()),
    ])
}

fn clear(clear: &Clear) -> Row {
    let undone = clear.undone.as_ref();
    let restored = undone.map(|undo| amount(undo.restored.as_ref()));
    row([
        ("participant", clear.participant.clone()),
        ("forgiven", amount(clear.forgiven.as_ref())),
        ("date", date(clear.date.as_ref())),
        ("rewards", clear.reward_ids.len().to_string()),
        ("reason", clear.reason.clone()),
        ("restored", restored.unwrap_or_default()),
    ])
}

//! Rewards and balances of an engine in this process.

use std::collections::BTreeMap;

use attain_app::{BalanceAsked, ClearAsked, ClearOutcome};
use attain_domain::ids::{ClearId, ParticipantId};
use attain_domain::money::{Currency, Money};
use attain_domain::ports::ChunkSize;
use attain_domain::refusal::{Reason, Refusal};
use attain_domain::reward::{Reward, RewardKind};
use attain_domain::rewarding::NewReward;

use super::EngineDriver;
use crate::driver::Answer;
use crate::format::{ClearStep, RewardStep, UndoStep, WithdrawStep};
use crate::show::{self, rewards};
use crate::table::Row;
use crate::texts::{date, malformed, moment, number, wrong};

impl EngineDriver {
    pub(super) async fn assign_all(&self, rewards: &[RewardStep]) -> Result<Answer, Refusal> {
        let new: Result<Vec<NewReward>, Refusal> = rewards.iter().map(new_reward).collect();
        let report = self.engine.assign_rewards(&self.caller, &new?).await?;
        let refused = report.outcomes.into_iter().filter_map(Result::err);
        Ok(Answer {
            refused: refused.collect(),
            ..Answer::default()
        })
    }

    pub(super) async fn withdraw_one(&self, step: &WithdrawStep) -> Result<Answer, Refusal> {
        let found = self.all_rewards().await?.into_iter().find(|row| {
            row.participant.as_str() == step.participant
                && row.amount.amount.to_string() == step.amount
                && row.withdrawn.is_none()
        });
        let found =
            found.ok_or_else(|| Refusal::new(Reason::NotFound, "there is no such reward"))?;
        let (engine, caller) = (&self.engine, &self.caller);
        engine
            .withdraw_reward(caller, found.id, &step.reason, None)
            .await?;
        Ok(Answer::default())
    }

    pub(super) async fn clear_all(&self, step: &ClearStep) -> Result<Answer, Refusal> {
        let participants = step.participants.iter();
        let participants = participants.map(|text| ParticipantId::parse(text));
        let participants: Result<Vec<_>, _> = participants.collect();
        let asked = ClearAsked {
            participants: participants.map_err(malformed("participants"))?,
            date: step
                .date
                .as_deref()
                .map(|text| date("date", text))
                .transpose()?,
            reason: step.reason.clone(),
        };
        let report = if step.preview {
            self.engine.preview_clear(&self.caller, &asked).await?
        } else {
            self.engine.clear_balances(&self.caller, &asked).await?
        };
        let mut answer = Answer::default();
        let mut rows = Vec::new();
        for ClearOutcome {
            participant,
            result,
        } in report.outcomes
        {
            match result {
                Ok(Some(clear)) => {
                    answer.id.get_or_insert_with(|| clear.id.to_string());
                    rows.push(show::row([
                        ("participant", participant.to_string()),
                        ("forgiven", clear.forgiven.amount.to_string()),
                        ("rewards", clear.rewards.len().to_string()),
                    ]));
                }
                Ok(None) => rows.push(show::row([
                    ("participant", participant.to_string()),
                    ("forgiven", "0".to_owned()),
                    ("rewards", "0".to_owned()),
                ])),
                Err(refusal) => answer.refused.push(refusal),
            }
        }
        answer.tables = BTreeMap::from([("cleared", rows)]);
        Ok(answer)
    }

    pub(super) async fn undo_one(&self, id: &str, step: &UndoStep) -> Result<Answer, Refusal> {
        let id = ClearId::parse(id).map_err(malformed("clear"))?;
        let day = step
            .date
            .as_deref()
            .map(|text| date("date", text))
            .transpose()?;
        let (engine, caller) = (&self.engine, &self.caller);
        engine
            .undo_clear(caller, id, day, &step.reason, None)
            .await?;
        Ok(Answer::default())
    }

    pub(super) async fn all_rewards(&self) -> Result<Vec<Reward>, Refusal> {
        let people = self.people().await?;
        let chunk = ChunkSize::largest();
        self.engine
            .rewards(&self.caller, &people, None, chunk)
            .await
    }

    pub(super) async fn all_clears(&self) -> Result<Vec<Row>, Refusal> {
        let mut rows = Vec::new();
        for person in self.people().await? {
            let clears = self.engine.clears(&self.caller, &person).await?;
            rows.extend(clears.iter().map(rewards::clear));
        }
        Ok(rows)
    }

    pub(super) async fn all_balances(
        &self,
        day: Option<&str>,
        known_at: Option<&str>,
    ) -> Result<Vec<Row>, Refusal> {
        let asked = BalanceAsked {
            date: day.map(|text| date("date", text)).transpose()?,
            known_at: known_at.map(moment).transpose()?,
        };
        let chunk = ChunkSize::largest();
        let all = self
            .engine
            .participant_balances(&self.caller, asked, None, chunk)
            .await?;
        Ok(all.iter().map(rewards::balance).collect())
    }
}

fn new_reward(step: &RewardStep) -> Result<NewReward, Refusal> {
    let amount = number("amount", &step.amount)?;
    let currency =
        Currency::parse(&step.currency).map_err(|error| wrong("currency", error.to_string()))?;
    let kind = step.kind.as_deref().map(|name| {
        let kind = RewardKind::from_name(name);
        kind.ok_or_else(|| wrong("kind", format!("`{name}` is no kind of reward")))
    });
    Ok(NewReward {
        participant: ParticipantId::parse(&step.participant).map_err(malformed("participant"))?,
        amount: Money::new(amount, currency),
        recoverable: step.recoverable,
        kind: kind.transpose()?,
        component: None,
        date: date("date", &step.date)?,
        reason: step.reason.clone(),
    })
}

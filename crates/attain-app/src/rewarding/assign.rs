//! Assigning rewards by hand, withdrawing them, and reading them.

use attain_domain::change::{ChangeSet, Guard};
use attain_domain::ids::{ParticipantId, RewardId};
use attain_domain::ports::{ChunkSize, RewardPosition, Snapshot};
use attain_domain::refusal::{Reason, Refusal};
use attain_domain::reward::Reward;
use attain_domain::rewarding::{NewReward, assign, tell_reward, withdraw};
use attain_domain::stamp::Version;
use attain_domain::working::Circumstances;

use crate::answers::{corrupt_answer, read_refusal, written_refusal};
use crate::caller::Caller;
use crate::engine::Engine;
use crate::failure::store_refusal;
use crate::payments::{check_etag, not_found};

/// Most rewards of one request.
pub const REWARDS_MAX: usize = 10_000;

/// What became of a request, by the index of its elements.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AssignReport {
    /// What became of each: the reward, or why there is none.
    pub outcomes: Vec<Result<Reward, Refusal>>,
}

impl Engine {
    /// Assigns rewards by hand. What is refused does not stop the others.
    ///
    /// # Errors
    /// `TOO_MANY`; `CONTENTION`; when the store fails. Each element may be refused on its own, with
    /// its field: see [`check_reward`](attain_domain::rewarding::check_reward).
    pub async fn assign_rewards(
        &self,
        caller: &Caller,
        new: &[NewReward],
    ) -> Result<AssignReport, Refusal> {
        if new.len() > REWARDS_MAX {
            let text = format!(
                "{} rewards in one request; the limit is {REWARDS_MAX}",
                new.len()
            );
            return Err(Refusal::new(Reason::TooMany, text).at("rewards"));
        }
        let content = format!("assign_rewards {new:?}");
        let mut attempts = self.attempts();
        loop {
            attempts.next()?;
            let snapshot = self.snapshot(caller).await?;
            if let Some(answer) = self.first_answer(caller, &*snapshot, &content).await? {
                return first_report(&*snapshot, &answer).await;
            }
            let world = self.world(caller, &*snapshot).await?;
            let mark = snapshot.definitions_mark().await.map_err(store_refusal)?;
            drop(snapshot);
            let mut set = ChangeSet::new(caller.workspace.clone());
            // Participants and periods are as the decision took them to be.
            set.guards.push(Guard::DefinitionsUnchanged(mark));
            let outcomes = self.now(caller, |now| {
                let outcomes = assign(&world.set, new, now);
                for row in outcomes.iter().flatten() {
                    let request = caller.request.as_ref();
                    let entry = tell_reward(None, row, &row.reason, request, now);
                    set.changes.activities.push(entry);
                    set.changes.rewards.push(row.clone());
                }
                set.request =
                    self.request_record(caller, &content, &written_report(&outcomes), now.at);
                outcomes
            });
            if set.changes.rewards.is_empty() && set.request.is_none() {
                return Ok(AssignReport { outcomes });
            }
            if self.commit_or_look_again(set).await? {
                return Ok(AssignReport { outcomes });
            }
        }
    }

    /// Withdraws a reward that was assigned by hand and that no sheet has taken yet.
    ///
    /// # Errors
    /// `NOT_FOUND`, `VERSION_MISMATCH`, `WRONG_STATE`; `MISSING_VALUE`, `OUT_OF_RANGE` of the
    /// reason; when the store fails.
    pub async fn withdraw_reward(
        &self,
        caller: &Caller,
        id: RewardId,
        reason: &str,
        etag: Option<Version>,
    ) -> Result<Reward, Refusal> {
        let content = format!("withdraw_reward {id} {reason}");
        let mut attempts = self.attempts();
        loop {
            attempts.next()?;
            let snapshot = self.snapshot(caller).await?;
            let row = reward_at(&*snapshot, id).await?;
            let first = self.first_answer(caller, &*snapshot, &content).await?;
            if first.is_some() {
                return Ok(row);
            }
            drop(snapshot);
            check_etag(etag, row.stamp.version)?;
            let mut set = ChangeSet::new(caller.workspace.clone());
            set.guards.push(Guard::RewardAt(id, row.stamp.version));
            let gone = self.now(caller, |now| {
                let gone = withdraw(&row, reason, now)?;
                let request = caller.request.as_ref();
                let entry = tell_reward(Some(&row), &gone, reason, request, now);
                set.changes.activities.push(entry);
                set.changes.rewards.push(gone.clone());
                set.request = self.request_record(caller, &content, &id.to_string(), now.at);
                Ok::<_, Refusal>(gone)
            })?;
            if self.commit_or_look_again(set).await? {
                return Ok(gone);
            }
        }
    }

    /// One reward.
    ///
    /// # Errors
    /// `NOT_FOUND`; when the store fails.
    pub async fn reward(&self, caller: &Caller, id: RewardId) -> Result<Reward, Refusal> {
        let snapshot = self.snapshot(caller).await?;
        reward_at(&*snapshot, id).await
    }

    /// The rewards of some participants above `after`, in rising (participant, date, id) order,
    /// withdrawn ones included.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn rewards(
        &self,
        caller: &Caller,
        participants: &[ParticipantId],
        after: Option<&RewardPosition>,
        chunk: ChunkSize,
    ) -> Result<Vec<Reward>, Refusal> {
        let snapshot = self.snapshot(caller).await?;
        let page = snapshot.rewards_of_participants(participants, after, chunk);
        page.await.map_err(store_refusal)
    }

    /// Lets a pure decision be made, now.
    pub(super) fn now<T>(
        &self,
        caller: &Caller,
        what: impl FnOnce(&mut Circumstances<'_>) -> T,
    ) -> T {
        let ids = std::sync::Arc::clone(&self.ids);
        let mut next_id = move || ids.next();
        what(&mut Circumstances {
            at: self.clock.now(),
            actor: &caller.actor,
            next_id: &mut next_id,
        })
    }
}

async fn reward_at(snapshot: &dyn Snapshot, id: RewardId) -> Result<Reward, Refusal> {
    let found = snapshot.rewards_by_id(&[id]).await.map_err(store_refusal)?;
    found
        .into_iter()
        .next()
        .ok_or_else(|| not_found("reward", id))
}

/// A line for each element: the id of its reward, or why there is none.
fn written_report(outcomes: &[Result<Reward, Refusal>]) -> String {
    let line = |outcome: &Result<Reward, Refusal>| match outcome {
        Ok(row) => row.id.to_string(),
        Err(refusal) => written_refusal(refusal),
    };
    let lines: Vec<String> = outcomes.iter().map(line).collect();
    lines.join("\n")
}

/// The first answer to a request, with the rewards as they are now.
async fn first_report(snapshot: &dyn Snapshot, answer: &str) -> Result<AssignReport, Refusal> {
    let mut told: Vec<Result<RewardId, Refusal>> = Vec::new();
    for line in answer.lines() {
        let mut parts = line.split('\t');
        let first = parts.next().unwrap_or_default();
        told.push(if first == "refused" {
            Err(read_refusal(parts).ok_or_else(corrupt_answer)?)
        } else {
            Ok(RewardId::parse(first).map_err(|_| corrupt_answer())?)
        });
    }
    let ids: Vec<RewardId> = told.iter().flatten().copied().collect();
    let rows = if ids.is_empty() {
        Vec::new()
    } else {
        snapshot.rewards_by_id(&ids).await.map_err(store_refusal)?
    };
    let of = |id: RewardId| {
        let at = rows.binary_search_by_key(&id, |row| row.id);
        at.map(|at| rows[at].clone()).map_err(|_| corrupt_answer())
    };
    let mut outcomes = Vec::new();
    for one in told {
        outcomes.push(match one {
            Ok(id) => Ok(of(id)?),
            Err(refusal) => Err(refusal),
        });
    }
    Ok(AssignReport { outcomes })
}

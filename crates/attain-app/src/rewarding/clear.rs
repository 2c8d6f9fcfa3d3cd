//! Clearing owed balances, of one participant or of many, and the preview of that.

use std::collections::{BTreeMap, BTreeSet};

use attain_domain::adjusting::check_reason;
use attain_domain::change::{ChangeSet, Guard};
use attain_domain::definition::{DefinitionSet, calendar::PeriodStatus};
use attain_domain::ids::{ClearId, ParticipantId};
use attain_domain::paying::RewardFacts;
use attain_domain::ports::{RewardsMark, Snapshot};
use attain_domain::refusal::{Reason, Refusal};
use attain_domain::reward::{Clear, ClearOrigin, Reward};
use attain_domain::rewarding::{ClearRequest, ClearedBalance, clear, tell_clear};
use attain_domain::time::{Date, Instant};

use crate::answers::{corrupt_answer, read_refusal, written_refusal};
use crate::caller::Caller;
use crate::engine::Engine;
use crate::failure::store_refusal;
use crate::payments::reward_facts;
use crate::rewarding::REWARDS_MAX;
use crate::world::World;

/// Whose balances are to be cleared, and why.
#[derive(Clone, Debug, PartialEq)]
pub struct ClearAsked {
    /// Whose; each once.
    pub participants: Vec<ParticipantId>,
    /// From this date on nothing is owed; today, if none is given.
    pub date: Option<Date>,
    /// Why.
    pub reason: String,
}

/// What became of one participant's balance.
#[derive(Clone, Debug, PartialEq)]
pub struct ClearOutcome {
    /// Whose.
    pub participant: ParticipantId,
    /// The record; none where nothing was owed, and then nothing changed. Or why it was refused.
    pub result: Result<Option<Clear>, Refusal>,
}

/// What became of a request, in its order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ClearReport {
    /// What became of each.
    pub outcomes: Vec<ClearOutcome>,
}

impl Engine {
    /// Forgives what participants owe: every recoverable reward of theirs, positive and negative,
    /// becomes non-recoverable, in one commit for all of them. Nothing is deleted, no amount
    /// changes. A participant who cannot be cleared does not stop the others.
    ///
    /// # Errors
    /// `TOO_MANY`; `MISSING_VALUE`, `OUT_OF_RANGE` of the reason; `PERIOD_NOT_OPEN` of the date;
    /// `CONTENTION`; when the store fails. One participant: `UNKNOWN_PARTICIPANT`; `DUPLICATE`;
    /// `OVERFLOW`.
    pub async fn clear_balances(
        &self,
        caller: &Caller,
        asked: &ClearAsked,
    ) -> Result<ClearReport, Refusal> {
        check_asked(asked)?;
        let content = format!("clear_balances {asked:?}");
        let mut attempts = self.attempts();
        loop {
            attempts.next()?;
            let snapshot = self.snapshot(caller).await?;
            if let Some(answer) = self.first_answer(caller, &*snapshot, &content).await? {
                return first_report(&*snapshot, asked, &answer).await;
            }
            let mark = snapshot.definitions_mark().await.map_err(store_refusal)?;
            let world = self.world(caller, &*snapshot).await?;
            let facts = reward_facts(&*snapshot, &known(&world.set, asked)).await?;
            drop(snapshot);
            let (report, mut set) = self.decide_clears(caller, &world, asked, facts)?;
            set.guards.push(Guard::DefinitionsUnchanged(mark));
            let at = self.clock.now();
            set.request = self.request_record(caller, &content, &written_report(&report), at);
            if set.changes.clears.is_empty() && set.request.is_none() {
                return Ok(report);
            }
            if self.commit_or_look_again(set).await? {
                return Ok(report);
            }
        }
    }

    /// What clearing would do, with nothing stored.
    ///
    /// # Errors
    /// As [`Self::clear_balances`].
    pub async fn preview_clear(
        &self,
        caller: &Caller,
        asked: &ClearAsked,
    ) -> Result<ClearReport, Refusal> {
        check_asked(asked)?;
        let snapshot = self.snapshot(caller).await?;
        let world = self.world(caller, &*snapshot).await?;
        let facts = reward_facts(&*snapshot, &known(&world.set, asked)).await?;
        Ok(self.decide_clears(caller, &world, asked, facts)?.0)
    }

    fn decide_clears(
        &self,
        caller: &Caller,
        world: &World,
        asked: &ClearAsked,
        mut facts: BTreeMap<ParticipantId, RewardFacts>,
    ) -> Result<(ClearReport, ChangeSet), Refusal> {
        let date = asked.date.unwrap_or_else(|| today(self.clock.now()));
        check_date(&world.set, date)?;
        let mut set = ChangeSet::new(caller.workspace.clone());
        let mut report = ClearReport::default();
        let mut seen = BTreeSet::new();
        for participant in &asked.participants {
            let result = if !world.set.participants.contains_key(participant) {
                Err(unknown(participant))
            } else if !seen.insert(participant) {
                Err(twice(participant))
            } else {
                let facts = facts.remove(participant).unwrap_or_default();
                let request = ClearRequest {
                    participant: participant.clone(),
                    date,
                    reason: asked.reason.clone(),
                    origin: ClearOrigin::ByHand,
                };
                self.decide_clear(caller, world, &request, facts, &mut set)
            };
            report.outcomes.push(ClearOutcome {
                participant: participant.clone(),
                result,
            });
        }
        Ok((report, set))
    }

    fn decide_clear(
        &self,
        caller: &Caller,
        world: &World,
        request: &ClearRequest,
        facts: RewardFacts,
        set: &mut ChangeSet,
    ) -> Result<Option<Clear>, Refusal> {
        let currency = world.settings().operating_currency;
        // Also where nothing is owed: that nothing was written relies on it.
        set.guards.push(Guard::RewardsUnchanged(RewardsMark {
            participant: request.participant.clone(),
            mark: facts.mark,
        }));
        self.now(caller, |now| {
            let cleared = clear(&facts.rewards, request, currency, now)?;
            let Some(ClearedBalance { clear, rewards }) = cleared else {
                return Ok(None);
            };
            let entry = tell_clear(&clear, caller.request.as_ref(), now);
            set.changes.activities.push(entry);
            put_rewards(&facts.rewards, rewards, set);
            set.changes.clears.push(clear.clone());
            Ok(Some(clear))
        })
    }
}

/// Writes rewards as they are now, each at the version that was read.
pub(super) fn put_rewards(read: &[Reward], now: Vec<Reward>, set: &mut ChangeSet) {
    let versions: BTreeMap<_, _> = read.iter().map(|row| (row.id, row.stamp.version)).collect();
    for row in now {
        if let Some(version) = versions.get(&row.id) {
            set.guards.push(Guard::RewardAt(row.id, *version));
        }
        set.changes.rewards.push(row);
    }
}

/// The date of a moment, in UTC.
pub(super) fn today(at: Instant) -> Date {
    at.utc().date_naive()
}

/// What is forgiven on a date in a closed period would change what was owed in it.
pub(super) fn check_date(set: &DefinitionSet, date: Date) -> Result<(), Refusal> {
    let Some(period) = set.calendar.period_at(date) else {
        return Ok(());
    };
    match period.status {
        PeriodStatus::Open => Ok(()),
        PeriodStatus::Closed | PeriodStatus::PermanentlyClosed => {
            let text = format!("{date} lies in period {}, which is closed", period.id);
            let refusal = Refusal::new(Reason::PeriodNotOpen, text).at("date");
            Err(refusal.with("period", &period.id).with("date", date))
        }
    }
}

fn check_asked(asked: &ClearAsked) -> Result<(), Refusal> {
    check_reason(&asked.reason)?;
    if asked.participants.is_empty() {
        let text = "whose balance is to be cleared?";
        return Err(Refusal::new(Reason::MissingValue, text).at("participants"));
    }
    if asked.participants.len() > REWARDS_MAX {
        let text = format!(
            "{} participants in one request; the limit is {REWARDS_MAX}",
            asked.participants.len()
        );
        return Err(Refusal::new(Reason::TooMany, text).at("participants"));
    }
    Ok(())
}

fn known(set: &DefinitionSet, asked: &ClearAsked) -> Vec<ParticipantId> {
    let known = asked.participants.iter();
    let known = known.filter(|whose| set.participants.contains_key(*whose));
    known.cloned().collect()
}

fn unknown(participant: &ParticipantId) -> Refusal {
    let text = format!("there is no participant `{participant}`");
    let refusal = Refusal::new(Reason::UnknownParticipant, text).at("participants");
    refusal.with("participant", participant)
}

fn twice(participant: &ParticipantId) -> Refusal {
    let text = format!("`{participant}` is named twice");
    let refusal = Refusal::new(Reason::Duplicate, text).at("participants");
    refusal.with("participant", participant)
}

/// A line for each participant: the id of the clearing, `nothing`, or why it was refused.
fn written_report(report: &ClearReport) -> String {
    let line = |outcome: &ClearOutcome| match &outcome.result {
        Ok(Some(clear)) => clear.id.to_string(),
        Ok(None) => "nothing".to_owned(),
        Err(refusal) => written_refusal(refusal),
    };
    let lines: Vec<String> = report.outcomes.iter().map(line).collect();
    lines.join("\n")
}

/// The first answer to a request, with the clearings as they are now.
async fn first_report(
    snapshot: &dyn Snapshot,
    asked: &ClearAsked,
    answer: &str,
) -> Result<ClearReport, Refusal> {
    let mut told: Vec<Result<Option<ClearId>, Refusal>> = Vec::new();
    for line in answer.lines() {
        let mut parts = line.split('\t');
        told.push(match parts.next().unwrap_or_default() {
            "refused" => Err(read_refusal(parts).ok_or_else(corrupt_answer)?),
            "nothing" => Ok(None),
            id => Ok(Some(ClearId::parse(id).map_err(|_| corrupt_answer())?)),
        });
    }
    let ids: Vec<ClearId> = told.iter().flatten().flatten().copied().collect();
    let rows = if ids.is_empty() {
        Vec::new()
    } else {
        snapshot.clears_by_id(&ids).await.map_err(store_refusal)?
    };
    let mut report = ClearReport::default();
    for (participant, one) in asked.participants.iter().zip(told) {
        let result = match one {
            Ok(Some(id)) => {
                let at = rows.binary_search_by_key(&id, |row| row.id);
                Ok(Some(rows[at.map_err(|_| corrupt_answer())?].clone()))
            }
            Ok(None) => Ok(None),
            Err(refusal) => Err(refusal),
        };
        report.outcomes.push(ClearOutcome {
            participant: participant.clone(),
            result,
        });
    }
    Ok(report)
}

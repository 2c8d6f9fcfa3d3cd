//! Clearing an owed balance, and undoing that. A preview is the same call, with its answer thrown
//! away.

use rust_decimal::Decimal;

use super::balance::{owed, sum};
use crate::adjusting::check_reason;
use crate::ids::{ClearId, ClearUndoId, ParticipantId, RewardId};
use crate::money::{Currency, MoneyError};
use crate::refusal::{Reason, Refusal};
use crate::reward::{Account, Clear, ClearOrigin, ClearUndo, ClearUndone, Cleared, Reward};
use crate::time::Date;
use crate::working::Circumstances;

/// What is asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct ClearRequest {
    /// Whose balance.
    pub participant: ParticipantId,
    /// From this date on it is forgiven.
    pub date: Date,
    /// Why.
    pub reason: String,
    /// By hand: everything. By a payment plan: its own account.
    pub origin: ClearOrigin,
}

/// A cleared balance: the record, and the rewards as they are now.
#[derive(Clone, Debug, PartialEq)]
pub struct ClearedBalance {
    /// The record.
    pub clear: Clear,
    /// Every reward that it changed, each one version on. The commit has to rely on the versions
    /// before, and on no other reward of the participant having come meanwhile.
    pub rewards: Vec<Reward>,
}

/// Clears what a participant owes: every recoverable reward, positive and negative, becomes
/// non-recoverable (section 8). `None` when the balance is 0 (or, waived by a payment plan, not
/// above 0): then nothing changes.
///
/// # Errors
/// `MISSING_VALUE`, `OUT_OF_RANGE` of the reason; `OVERFLOW`.
pub fn clear(
    rewards: &[Reward],
    request: &ClearRequest,
    currency: Currency,
    circumstances: &mut Circumstances<'_>,
) -> Result<Option<ClearedBalance>, Refusal> {
    check_reason(&request.reason)?;
    let is_meant = |reward: &&Reward| {
        reward.participant == request.participant && is_within(reward, &request.origin)
    };
    let mut meant: Vec<&Reward> = owed(rewards).filter(is_meant).collect();
    meant.sort_by_key(|reward| reward.id);
    let forgiven = sum(meant.iter().copied(), currency).map_err(overflow(&request.participant))?;
    let nothing = match request.origin {
        ClearOrigin::ByHand => forgiven.amount.is_zero(),
        ClearOrigin::Waived { .. } => forgiven.amount <= Decimal::ZERO,
    };
    if nothing {
        return Ok(None);
    }
    let id = ClearId(circumstances.id());
    let cleared = Cleared {
        clear: id,
        at: circumstances.at,
        by: circumstances.actor.clone(),
    };
    let now = |reward: &&Reward| Reward {
        cleared: Some(cleared.clone()),
        stamp: circumstances.touch(&reward.stamp),
        ..(*reward).clone()
    };
    let rewards = meant.iter().map(now).collect();
    let ids: Vec<RewardId> = meant.iter().map(|reward| reward.id).collect();
    let clear = Clear {
        id,
        participant: request.participant.clone(),
        date: request.date,
        at: circumstances.at,
        by: circumstances.actor.clone(),
        reason: request.reason.clone(),
        origin: request.origin.clone(),
        forgiven,
        rewards: ids,
        undone: None,
        stamp: circumstances.stamp(),
    };
    Ok(Some(ClearedBalance { clear, rewards }))
}

fn is_within(reward: &Reward, origin: &ClearOrigin) -> bool {
    match origin {
        ClearOrigin::ByHand => true,
        ClearOrigin::Waived { plan, .. } => reward.account == Account::PaymentPlan(plan.clone()),
    }
}

/// What is asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct UndoRequest {
    /// From this date on everything is owed again.
    pub date: Date,
    /// Why.
    pub reason: String,
}

/// A balance that is owed again: the records, and the rewards as they are now.
#[derive(Clone, Debug, PartialEq)]
pub struct RestoredBalance {
    /// The record of the undoing.
    pub undo: ClearUndo,
    /// The clearing, marked as undone.
    pub clear: Clear,
    /// Every reward that is owed again, each one version on.
    pub rewards: Vec<Reward>,
}

/// Undoes a clearing: its rewards are owed again. Rewards that were assigned after it, and later
/// clearings, stay as they are.
///
/// # Errors
/// `WRONG_STATE` when it is undone already; `OUT_OF_RANGE` for a date before that of the clearing;
/// `MISSING_VALUE`, `OUT_OF_RANGE` of the reason; `OVERFLOW`.
pub fn undo_clear(
    clear: &Clear,
    rewards: &[Reward],
    request: &UndoRequest,
    circumstances: &mut Circumstances<'_>,
) -> Result<RestoredBalance, Refusal> {
    check_reason(&request.reason)?;
    if let Some(undone) = &clear.undone {
        let text = format!("{} was undone already, by {}", clear.id, undone.undo);
        return Err(Refusal::new(Reason::WrongState, text).with("clear", clear.id));
    }
    if request.date < clear.date {
        let text = format!(
            "{} cleared on {}, after {}",
            clear.id, clear.date, request.date
        );
        return Err(Refusal::new(Reason::OutOfRange, text).at("date"));
    }
    let is_of_it = |reward: &&Reward| {
        let cleared = reward.cleared.as_ref();
        reward.withdrawn.is_none() && cleared.is_some_and(|cleared| cleared.clear == clear.id)
    };
    let of_it: Vec<&Reward> = rewards.iter().filter(is_of_it).collect();
    let restored = sum(of_it.iter().copied(), clear.forgiven.currency)
        .map_err(overflow(&clear.participant))?;
    let undo = ClearUndoId(circumstances.id());
    let again = |reward: &&Reward| Reward {
        cleared: None,
        stamp: circumstances.touch(&reward.stamp),
        ..(*reward).clone()
    };
    Ok(RestoredBalance {
        rewards: of_it.iter().map(again).collect(),
        clear: Clear {
            undone: Some(ClearUndone {
                undo,
                date: request.date,
                at: circumstances.at,
            }),
            stamp: circumstances.touch(&clear.stamp),
            ..clear.clone()
        },
        undo: ClearUndo {
            id: undo,
            clear: clear.id,
            participant: clear.participant.clone(),
            date: request.date,
            reason: request.reason.clone(),
            restored,
            stamp: circumstances.stamp(),
        },
    })
}

fn overflow(participant: &ParticipantId) -> impl Fn(MoneyError) -> Refusal + '_ {
    move |error| {
        let text = format!("the balance of participant {participant}: {error}");
        Refusal::new(Reason::Overflow, text).with("participant", participant)
    }
}

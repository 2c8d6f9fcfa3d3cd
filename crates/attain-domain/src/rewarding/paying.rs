//! The way of a reward to its payment: taken up by one sheet, paid once.

use super::assign::withdrawn;
use crate::ids::{BatchId, PaysheetId};
use crate::refusal::{Reason, Refusal};
use crate::reward::{Reward, RewardOrigin, RewardPayment};
use crate::working::Circumstances;

pub(super) fn wrong_state(reward: &Reward, state: &'static str, action: &'static str) -> Refusal {
    let text = format!(
        "reward {} of `{}` is {state}: it does not allow to {action}",
        reward.id, reward.participant
    );
    Refusal::new(Reason::WrongState, text)
        .with("reward", reward.id)
        .with("state", state)
        .with("action", action)
}

fn state_of(reward: &Reward) -> &'static str {
    if reward.withdrawn.is_some() {
        return "withdrawn";
    }
    match reward.payment {
        RewardPayment::Unpaid => "unpaid",
        RewardPayment::OnPaysheet { .. } => "on a paysheet",
        RewardPayment::Paid { .. } => "paid",
    }
}

/// Puts a reward on a sheet.
///
/// # Errors
/// `WRONG_STATE` when it is on one already, paid or withdrawn.
pub fn take_up(
    reward: &Reward,
    batch: BatchId,
    paysheet: PaysheetId,
    circumstances: &Circumstances<'_>,
) -> Result<Reward, Refusal> {
    if !reward.is_payable() {
        return Err(wrong_state(reward, state_of(reward), "take it up"));
    }
    let payment = RewardPayment::OnPaysheet { batch, paysheet };
    Ok(with(reward, payment, circumstances))
}

/// Takes a reward that was assigned by hand off an unpaid sheet: the next batch takes it.
///
/// # Errors
/// `WRONG_STATE` when it is on no sheet or paid, or was made for the batch (see [`take_back`]).
pub fn put_back(reward: &Reward, circumstances: &Circumstances<'_>) -> Result<Reward, Refusal> {
    on_sheet(reward, "put it back")?;
    match reward.origin {
        RewardOrigin::ByHand => Ok(with(reward, RewardPayment::Unpaid, circumstances)),
        RewardOrigin::PaymentPlan { .. } | RewardOrigin::NegativeSheet { .. } => Err(wrong_state(
            reward,
            "made for its batch",
            "put it back without it",
        )),
    }
}

/// Takes a reward back that was made for a batch which is refreshed or deleted: it is withdrawn, so
/// that what was known meanwhile can still be answered.
///
/// # Errors
/// `WRONG_STATE` when it is paid or withdrawn, or was assigned by hand.
pub fn take_back(
    reward: &Reward,
    reason: &str,
    circumstances: &Circumstances<'_>,
) -> Result<Reward, Refusal> {
    const ACTION: &str = "take it back";
    match (&reward.origin, &reward.payment) {
        _ if reward.withdrawn.is_some() => Err(wrong_state(reward, "withdrawn already", ACTION)),
        (RewardOrigin::ByHand, _) => Err(wrong_state(reward, "assigned by hand", ACTION)),
        (_, RewardPayment::Paid { .. }) => Err(wrong_state(reward, "paid", ACTION)),
        (
            RewardOrigin::PaymentPlan { .. } | RewardOrigin::NegativeSheet { .. },
            RewardPayment::Unpaid | RewardPayment::OnPaysheet { .. },
        ) => Ok(withdrawn(reward, reason, circumstances)),
    }
}

/// Pays a reward with its sheet.
///
/// # Errors
/// `WRONG_STATE` when it is on no sheet, or paid.
pub fn pay(reward: &Reward, circumstances: &Circumstances<'_>) -> Result<Reward, Refusal> {
    let (batch, paysheet) = on_sheet(reward, "pay it")?;
    let payment = RewardPayment::Paid {
        batch,
        paysheet,
        at: circumstances.at,
    };
    Ok(with(reward, payment, circumstances))
}

fn on_sheet(reward: &Reward, action: &'static str) -> Result<(BatchId, PaysheetId), Refusal> {
    match reward.payment {
        RewardPayment::OnPaysheet { batch, paysheet } if reward.withdrawn.is_none() => {
            Ok((batch, paysheet))
        }
        RewardPayment::OnPaysheet { .. } | RewardPayment::Unpaid | RewardPayment::Paid { .. } => {
            Err(wrong_state(reward, state_of(reward), action))
        }
    }
}

fn with(reward: &Reward, payment: RewardPayment, circumstances: &Circumstances<'_>) -> Reward {
    Reward {
        payment,
        stamp: circumstances.touch(&reward.stamp),
        ..reward.clone()
    }
}

//! The way of a reward to its payment: taken up by one sheet, paid once.

use super::assign::withdrawn;
use crate::refusal::{Reason, Refusal};
use crate::reward::{Reward, RewardLine, RewardOrigin, RewardPayment};
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
        RewardPayment::OnPaysheet(_) => "on a paysheet",
        RewardPayment::Paid { .. } => "paid",
    }
}

/// Puts a reward on a sheet.
///
/// # Errors
/// `WRONG_STATE` when it is on one already, paid or withdrawn.
pub fn take_up(
    reward: &Reward,
    line: RewardLine,
    circumstances: &Circumstances<'_>,
) -> Result<Reward, Refusal> {
    if !reward.is_payable() {
        return Err(wrong_state(reward, state_of(reward), "take it up"));
    }
    Ok(with(reward, RewardPayment::OnPaysheet(line), circumstances))
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
            RewardPayment::Unpaid | RewardPayment::OnPaysheet(_),
        ) => Ok(withdrawn(reward, reason, circumstances)),
    }
}

/// Holds a reward that was assigned by hand, or releases it, on a sheet that is not paid.
///
/// # Errors
/// `WRONG_STATE` when it is on no sheet, paid, was made for the batch (hold what it was made for
/// instead), or is held (not held) already.
pub fn hold(
    reward: &Reward,
    held: bool,
    circumstances: &Circumstances<'_>,
) -> Result<Reward, Refusal> {
    let action = if held { "hold it" } else { "release it" };
    let line = on_sheet(reward, action)?;
    match reward.origin {
        RewardOrigin::ByHand => {}
        RewardOrigin::PaymentPlan { .. } | RewardOrigin::NegativeSheet { .. } => {
            return Err(wrong_state(reward, "made for its batch", action));
        }
    }
    if line.held == held {
        let state = if held { "held already" } else { "not held" };
        return Err(wrong_state(reward, state, action));
    }
    let payment = RewardPayment::OnPaysheet(RewardLine {
        held,
        ..line.clone()
    });
    Ok(with(reward, payment, circumstances))
}

/// Pays a reward with its sheet.
///
/// # Errors
/// `WRONG_STATE` when it is on no sheet, held, or paid.
pub fn pay(reward: &Reward, circumstances: &Circumstances<'_>) -> Result<Reward, Refusal> {
    let line = on_sheet(reward, "pay it")?;
    if line.held {
        return Err(wrong_state(reward, "held", "pay it"));
    }
    let payment = RewardPayment::Paid {
        line: line.clone(),
        at: circumstances.at,
    };
    Ok(with(reward, payment, circumstances))
}

fn on_sheet<'a>(reward: &'a Reward, action: &'static str) -> Result<&'a RewardLine, Refusal> {
    match &reward.payment {
        RewardPayment::OnPaysheet(line) if reward.withdrawn.is_none() => Ok(line),
        RewardPayment::OnPaysheet(_) | RewardPayment::Unpaid | RewardPayment::Paid { .. } => {
            Err(wrong_state(reward, state_of(reward), action))
        }
    }
}

pub(crate) fn with(
    reward: &Reward,
    payment: RewardPayment,
    circumstances: &Circumstances<'_>,
) -> Reward {
    Reward {
        payment,
        stamp: circumstances.touch(&reward.stamp),
        ..reward.clone()
    }
}

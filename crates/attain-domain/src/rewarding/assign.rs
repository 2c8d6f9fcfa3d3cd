//! Assigning rewards by hand, and withdrawing what no sheet has taken yet.

use rust_decimal::Decimal;

use crate::adjusting::check_reason;
use crate::collecting::open_period_at;
use crate::definition::DefinitionSet;
use crate::ids::{ComponentId, ParticipantId, PlanId, RewardId};
use crate::money::{Money, check_number};
use crate::refusal::{Reason, Refusal};
use crate::reward::{Account, Reward, RewardKind, RewardOrigin, RewardPayment, Withdrawn};
use crate::time::Date;
use crate::working::Circumstances;

/// A reward that somebody wants to assign.
#[derive(Clone, Debug, PartialEq)]
pub struct NewReward {
    /// To whom.
    pub participant: ParticipantId,
    /// Operating currency, at most the digits of its minor unit, not 0.
    pub amount: Money,
    /// Whether it is owed back (or pays back, when it is negative).
    pub recoverable: bool,
    /// What it is for. By default a recoverable reward is an advance or, negative, a repayment;
    /// another one is a bonus or, negative, an adjustment.
    pub kind: Option<RewardKind>,
    /// The component that it is to stand beside, if any.
    pub component: Option<(PlanId, ComponentId)>,
    /// It is owed from this date on, and taken by batches paid on or after it.
    pub date: Date,
    /// Why.
    pub reason: String,
}

/// Assigns rewards. Each is answered on its own, in their order.
///
/// # Errors
/// Of each, with its field: see [`check_reward`].
#[must_use]
pub fn assign(
    set: &DefinitionSet,
    new: &[NewReward],
    circumstances: &mut Circumstances<'_>,
) -> Vec<Result<Reward, Refusal>> {
    let mut one = |new: &NewReward| {
        let kind = check_reward(set, new)?;
        Ok(Reward {
            id: RewardId(circumstances.id()),
            participant: new.participant.clone(),
            amount: Money::new(new.amount.amount.normalize(), new.amount.currency),
            recoverable: new.recoverable,
            kind,
            account: Account::General,
            origin: RewardOrigin::ByHand,
            component: new.component.clone(),
            date: new.date,
            reason: new.reason.clone(),
            payment: RewardPayment::Unpaid,
            cleared: None,
            withdrawn: None,
            stamp: circumstances.stamp(),
        })
    };
    new.iter().map(&mut one).collect()
}

/// Whether a reward can be assigned, and of which kind it is.
///
/// # Errors
/// `UNKNOWN_PARTICIPANT` for somebody who does not exist or left before the date; `OUT_OF_RANGE`
/// for an amount of 0 or with too many digits, for a kind that the sign or the recoverable flag
/// contradicts, and for a reason that is too long; `MALFORMED_VALUE` for another currency than the
/// workspace's; `PERIOD_NOT_OPEN`; `UNKNOWN_REFERENCE` for a component; `MISSING_VALUE` without a
/// reason; `INTERNAL` without settings.
pub fn check_reward(set: &DefinitionSet, new: &NewReward) -> Result<RewardKind, Refusal> {
    check_participant(set, new)?;
    check_amount(set, new)?;
    let kind = kind_of(new)?;
    open_period_at(set, new.date).map_err(|refusal| refusal.at("date"))?;
    check_component(set, new)?;
    check_reason(&new.reason)?;
    Ok(kind)
}

fn check_participant(set: &DefinitionSet, new: &NewReward) -> Result<(), Refusal> {
    let unknown = |text: String| {
        let refusal = Refusal::new(Reason::UnknownParticipant, text).at("participant");
        Err(refusal.with("participant", &new.participant))
    };
    let Some(person) = set.participants.get(&new.participant) else {
        return unknown(format!("there is no participant `{}`", new.participant));
    };
    match person.end.filter(|end| *end < new.date) {
        None => Ok(()),
        Some(end) => unknown(format!(
            "`{}` left on {end}, before {}",
            new.participant, new.date
        )),
    }
}

fn check_amount(set: &DefinitionSet, new: &NewReward) -> Result<(), Refusal> {
    let Some(settings) = &set.settings else {
        let text = "definitions without settings";
        return Err(Refusal::new(Reason::Internal, text));
    };
    let (amount, currency) = (new.amount.amount, new.amount.currency);
    let wrong = |reason: Reason, text: String| Err(Refusal::new(reason, text).at("amount"));
    if currency != settings.operating_currency {
        let text = format!(
            "rewards are in {}; this one is in {currency}",
            settings.operating_currency
        );
        return wrong(Reason::MalformedValue, text);
    }
    if amount.is_zero() {
        return wrong(
            Reason::OutOfRange,
            "a reward of 0 rewards nobody".to_owned(),
        );
    }
    if let Err(error) = check_number(amount) {
        return wrong(Reason::OutOfRange, format!("{amount} {error}"));
    }
    if amount.normalize().scale() > currency.digits() {
        let text = format!(
            "{amount} has more digits after the point than the {} of {currency}",
            currency.digits()
        );
        return wrong(Reason::OutOfRange, text);
    }
    Ok(())
}

fn kind_of(new: &NewReward) -> Result<RewardKind, Refusal> {
    let is_positive = new.amount.amount > Decimal::ZERO;
    let usual = match (new.recoverable, is_positive) {
        (true, true) => RewardKind::Advance,
        (true, false) => RewardKind::Repayment,
        (false, true) => RewardKind::Bonus,
        (false, false) => RewardKind::Adjustment,
    };
    let kind = new.kind.unwrap_or(usual);
    let rule = match kind {
        RewardKind::Adjustment => return Ok(kind),
        RewardKind::Bonus => "a bonus is positive and not recoverable",
        RewardKind::Advance => "an advance is positive and recoverable",
        RewardKind::Repayment => "a repayment is negative and recoverable",
    };
    if kind == usual {
        return Ok(kind);
    }
    Err(Refusal::new(Reason::OutOfRange, rule)
        .at("kind")
        .with("kind", kind.name()))
}

fn check_component(set: &DefinitionSet, new: &NewReward) -> Result<(), Refusal> {
    let Some((plan, component)) = &new.component else {
        return Ok(());
    };
    let of_plan = set.plans.get(plan).map(|known| &known.plan.components);
    if of_plan.is_some_and(|known| known.iter().any(|one| one.id == *component)) {
        return Ok(());
    }
    let text = format!("there is no component `{component}` in a plan `{plan}`");
    Err(Refusal::new(Reason::UnknownReference, text).at("component"))
}

/// Withdraws a reward: it is not paid and nothing is owed because of it. The record stays.
///
/// # Errors
/// `WRONG_STATE` unless it was assigned by hand and stands on no sheet, is not cleared and not
/// withdrawn; `MISSING_VALUE`, `OUT_OF_RANGE` of the reason.
pub fn withdraw(
    reward: &Reward,
    reason: &str,
    circumstances: &Circumstances<'_>,
) -> Result<Reward, Refusal> {
    check_reason(reason)?;
    let state = match (&reward.origin, &reward.payment) {
        _ if reward.withdrawn.is_some() => Some("withdrawn already"),
        (RewardOrigin::PaymentPlan { .. } | RewardOrigin::NegativeSheet { .. }, _) => {
            Some("made for a batch: refresh or delete the batch")
        }
        (RewardOrigin::ByHand, RewardPayment::OnPaysheet(_)) => Some("on a paysheet"),
        (RewardOrigin::ByHand, RewardPayment::Paid { .. }) => Some("paid"),
        (RewardOrigin::ByHand, RewardPayment::Unpaid) => {
            reward.cleared.is_some().then_some("cleared")
        }
    };
    match state {
        None => Ok(withdrawn(reward, reason, circumstances)),
        Some(state) => Err(super::paying::wrong_state(reward, state, "withdraw")),
    }
}

pub(super) fn withdrawn(
    reward: &Reward,
    reason: &str,
    circumstances: &Circumstances<'_>,
) -> Reward {
    Reward {
        payment: RewardPayment::Unpaid,
        withdrawn: Some(Withdrawn {
            at: circumstances.at,
            by: circumstances.actor.clone(),
            reason: reason.to_owned(),
        }),
        stamp: circumstances.touch(&reward.stamp),
        ..reward.clone()
    }
}

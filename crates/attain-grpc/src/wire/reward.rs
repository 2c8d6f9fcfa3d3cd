//! Rewards, what is owed because of them, and clearings.

use attain_app::{BalanceAsked, BalanceView, ClearOutcome, ClearView, ParticipantBalance};
use attain_domain::ids::{ComponentId, ParticipantId, PlanId};
use attain_domain::refusal::Refusal;
use attain_domain::reward::{
    Account, Clear, ClearOrigin, ClearUndo, Cleared, Reward, RewardKind, RewardOrigin,
    RewardPayment, SettlementStep, Withdrawn,
};
use attain_domain::rewarding::NewReward;
use attain_proto::attain::v1 as proto;
use attain_proto::attain::v1::assign_outcome::Outcome as AssignedOutcome;
use attain_proto::attain::v1::clear::Origin as WireClearOrigin;
use attain_proto::attain::v1::clear_outcome::Outcome as ClearedOutcome;
use attain_proto::attain::v1::reward_origin::Origin as WireOrigin;
use attain_proto::google::r#type::Date as WireDate;
use prost_types::Timestamp;

use super::adjustment::refused;
use super::given::{instant_from_wire, money_from_wire};
use super::values::{
    choice, date, date_from_wire, decimal, missing, money, name, stamp, text_or_empty, time,
};

/// Most rewards that the answer about one balance shows; the counts and sums cover all.
const BALANCE_ROWS_MAX: usize = 1_000;

/// Reads a reward that is to be assigned.
///
/// # Errors
/// `MISSING_VALUE`, `MALFORMED_VALUE`, `OUT_OF_RANGE`, `UNKNOWN_CURRENCY`.
pub(crate) fn from_wire(reward: &proto::NewReward) -> Result<NewReward, Refusal> {
    let amount = reward.amount.as_ref().ok_or_else(|| missing("amount"))?;
    let day = reward.date.as_ref().ok_or_else(|| missing("date"))?;
    let component = match (reward.plan.as_str(), reward.component.as_str()) {
        ("", "") => None,
        (plan, component) => Some((
            name("plan", plan, PlanId::parse)?,
            name("component", component, ComponentId::parse)?,
        )),
    };
    Ok(NewReward {
        participant: name("participant", &reward.participant, ParticipantId::parse)?,
        amount: money_from_wire("amount", amount)?,
        recoverable: reward.recoverable,
        kind: kind_from_wire(reward.kind)?,
        component,
        date: date_from_wire("date", day)?,
        reason: reward.reason.clone(),
    })
}

fn kind_from_wire(number: i32) -> Result<Option<RewardKind>, Refusal> {
    if number == 0 {
        return Ok(None);
    }
    Ok(match choice("kind", number)? {
        proto::RewardKind::Unspecified => None,
        proto::RewardKind::Bonus => Some(RewardKind::Bonus),
        proto::RewardKind::Advance => Some(RewardKind::Advance),
        proto::RewardKind::Repayment => Some(RewardKind::Repayment),
        proto::RewardKind::Adjustment => Some(RewardKind::Adjustment),
    })
}

/// As of when a balance is asked for.
///
/// # Errors
/// `MALFORMED_VALUE`.
pub(crate) fn asked(
    day: Option<&WireDate>,
    known_at: Option<&Timestamp>,
) -> Result<BalanceAsked, Refusal> {
    Ok(BalanceAsked {
        date: day
            .map(|day| date_from_wire("as_of_date", day))
            .transpose()?,
        known_at: known_at
            .map(|at| instant_from_wire("known_at_time", at))
            .transpose()?,
    })
}

/// A reward.
///
/// # Errors
/// What `money` refuses.
pub(crate) fn to_wire(reward: &Reward) -> Result<proto::Reward, Refusal> {
    let stamp = stamp(&reward.stamp);
    let (plan, component) = reward.component.clone().unzip();
    let kind = match reward.kind {
        RewardKind::Bonus => proto::RewardKind::Bonus,
        RewardKind::Advance => proto::RewardKind::Advance,
        RewardKind::Repayment => proto::RewardKind::Repayment,
        RewardKind::Adjustment => proto::RewardKind::Adjustment,
    };
    Ok(proto::Reward {
        reward_id: reward.id.to_string(),
        participant: reward.participant.to_string(),
        amount: Some(money(reward.amount)?),
        recoverable: reward.recoverable,
        kind: kind.into(),
        account: Some(account(&reward.account)),
        origin: Some(origin(&reward.origin)),
        plan: text_or_empty(plan),
        component: text_or_empty(component),
        date: Some(date(reward.date)),
        reason: reward.reason.clone(),
        payment: Some(payment(&reward.payment)?),
        cleared: reward.cleared.as_ref().map(cleared),
        withdrawn: reward.withdrawn.as_ref().map(withdrawn),
        etag: stamp.etag,
        create_time: stamp.create_time,
        update_time: stamp.update_time,
        actor: stamp.actor,
    })
}

fn account(account: &Account) -> proto::Account {
    let payment_plan = match account {
        Account::General => String::new(),
        Account::PaymentPlan(plan) => plan.to_string(),
    };
    proto::Account { payment_plan }
}

fn step(step: SettlementStep) -> i32 {
    let step = match step {
        SettlementStep::Draw => proto::SettlementStep::Draw,
        SettlementStep::DrawTakenBack => proto::SettlementStep::DrawTakenBack,
        SettlementStep::Recovery => proto::SettlementStep::Recovery,
        SettlementStep::PayCap => proto::SettlementStep::PayCap,
    };
    step.into()
}

fn origin(origin: &RewardOrigin) -> proto::RewardOrigin {
    let origin = match origin {
        RewardOrigin::ByHand => WireOrigin::ByHand(proto::AssignedByHand {}),
        RewardOrigin::PaymentPlan {
            plan,
            batch,
            step: why,
        } => WireOrigin::PaymentPlan(proto::MadeByPaymentPlan {
            payment_plan: plan.to_string(),
            batch_id: batch.to_string(),
            step: step(*why),
        }),
        RewardOrigin::NegativeSheet { batch, step: why } => {
            WireOrigin::NegativeSheet(proto::MadeForNegativeSheet {
                batch_id: batch.to_string(),
                step: step(*why),
            })
        }
    };
    proto::RewardOrigin {
        origin: Some(origin),
    }
}

fn payment(payment: &RewardPayment) -> Result<proto::RewardPayment, Refusal> {
    let (state, line, paid) = match payment {
        RewardPayment::Unpaid => {
            return Ok(proto::RewardPayment {
                state: proto::PaymentState::Unpaid.into(),
                ..proto::RewardPayment::default()
            });
        }
        RewardPayment::OnPaysheet(line) => (proto::PaymentState::OnPaysheet, line, None),
        RewardPayment::Paid { line, at } => (proto::PaymentState::Paid, line, Some(*at)),
    };
    Ok(proto::RewardPayment {
        state: state.into(),
        batch_id: line.batch.to_string(),
        paysheet_id: line.paysheet.to_string(),
        currency_rate: Some(decimal(line.currency_rate)),
        pay_amount: Some(money(line.pay_amount)?),
        held: line.held,
        paid_time: paid.map(time),
    })
}

fn cleared(cleared: &Cleared) -> proto::Cleared {
    proto::Cleared {
        clear_id: cleared.clear.to_string(),
        clear_time: Some(time(cleared.at)),
        actor: cleared.by.to_string(),
    }
}

fn withdrawn(withdrawn: &Withdrawn) -> proto::Withdrawn {
    proto::Withdrawn {
        withdraw_time: Some(time(withdrawn.at)),
        actor: withdrawn.by.to_string(),
        reason: withdrawn.reason.clone(),
    }
}

/// What became of one reward of a request.
///
/// # Errors
/// What `money` refuses.
pub(crate) fn assigned(
    index: u64,
    outcome: &Result<Reward, Refusal>,
) -> Result<proto::AssignOutcome, Refusal> {
    let outcome = match outcome {
        Ok(reward) => AssignedOutcome::Reward(to_wire(reward)?),
        Err(refusal) => AssignedOutcome::Refused(refused(refusal)),
    };
    Ok(proto::AssignOutcome {
        index,
        outcome: Some(outcome),
    })
}

/// What one participant owes.
///
/// # Errors
/// What `money` refuses.
pub(crate) fn balance(view: &BalanceView) -> Result<proto::ReadBalanceResponse, Refusal> {
    let accounts = view.accounts.iter().map(|of_account| {
        Ok(proto::AccountBalance {
            account: Some(account(&of_account.account)),
            balance: Some(money(of_account.balance)?),
        })
    });
    let first = view.rewards.iter().take(BALANCE_ROWS_MAX);
    Ok(proto::ReadBalanceResponse {
        participant: view.participant.to_string(),
        balance: Some(money(view.balance)?),
        accounts: accounts.collect::<Result<_, Refusal>>()?,
        reward_count: view.rewards.len() as u64,
        first_rewards: first.map(to_wire).collect::<Result<_, _>>()?,
    })
}

/// One participant in the list of all.
///
/// # Errors
/// What `money` refuses.
pub(crate) fn participant_balance(
    row: &ParticipantBalance,
) -> Result<proto::ParticipantBalance, Refusal> {
    Ok(proto::ParticipantBalance {
        participant: row.participant.id.to_string(),
        name: row.participant.name.clone(),
        start_date: row.participant.start.map(date),
        last_date: row.participant.end.map(date),
        balance: Some(money(row.balance)?),
        reward_count: row.rewards,
    })
}

/// What became of one participant's balance.
///
/// # Errors
/// What `money` refuses.
pub(crate) fn clear_outcome(
    index: u64,
    outcome: &ClearOutcome,
) -> Result<proto::ClearOutcome, Refusal> {
    let ClearOutcome {
        participant,
        result,
    } = outcome;
    let outcome = match result {
        Ok(Some(made)) => ClearedOutcome::Clear(clear(made, None)?),
        Ok(None) => ClearedOutcome::Nothing(proto::NothingOwed {}),
        Err(refusal) => ClearedOutcome::Refused(refused(refusal)),
    };
    Ok(proto::ClearOutcome {
        index,
        participant: participant.to_string(),
        outcome: Some(outcome),
    })
}

/// A clearing, and its undoing if there was one.
///
/// # Errors
/// What `money` refuses.
pub(crate) fn clear_view(view: &ClearView) -> Result<proto::Clear, Refusal> {
    clear(&view.clear, view.undo.as_ref())
}

fn clear(clear: &Clear, undone: Option<&ClearUndo>) -> Result<proto::Clear, Refusal> {
    let stamp = stamp(&clear.stamp);
    let origin = match &clear.origin {
        ClearOrigin::ByHand => WireClearOrigin::ByHand(proto::ClearedByHand {}),
        ClearOrigin::Waived { plan, batch } => {
            WireClearOrigin::Waived(proto::WaivedByPaymentPlan {
                payment_plan: plan.to_string(),
                batch_id: batch.to_string(),
            })
        }
    };
    Ok(proto::Clear {
        clear_id: clear.id.to_string(),
        participant: clear.participant.to_string(),
        date: Some(date(clear.date)),
        clear_time: Some(time(clear.at)),
        cleared_by: clear.by.to_string(),
        reason: clear.reason.clone(),
        forgiven: Some(money(clear.forgiven)?),
        reward_ids: clear.rewards.iter().map(ToString::to_string).collect(),
        undone: undone.map(undo).transpose()?,
        etag: stamp.etag,
        update_time: stamp.update_time,
        origin: Some(origin),
    })
}

fn undo(undo: &ClearUndo) -> Result<proto::ClearUndo, Refusal> {
    let stamp = stamp(&undo.stamp);
    Ok(proto::ClearUndo {
        clear_undo_id: undo.id.to_string(),
        date: Some(date(undo.date)),
        reason: undo.reason.clone(),
        restored: Some(money(undo.restored)?),
        create_time: stamp.create_time,
        actor: stamp.actor,
    })
}

#[cfg(test)]
mod tests;

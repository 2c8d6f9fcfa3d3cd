//! Rewards, clearings and balances as rows.

use attain_app::{ClearView, ParticipantBalance};
use attain_domain::reward::{Reward, RewardOrigin, RewardPayment, SettlementStep};

use super::{row, yes};
use crate::table::Row;

fn origin(origin: &RewardOrigin) -> String {
    let step = |step: SettlementStep| match step {
        SettlementStep::Draw => "draw",
        SettlementStep::DrawTakenBack => "draw taken back",
        SettlementStep::Recovery => "recovery",
        SettlementStep::PayCap => "pay cap",
    };
    match origin {
        RewardOrigin::ByHand => "by hand".to_owned(),
        RewardOrigin::PaymentPlan { plan, step: of, .. } => format!("{} of {plan}", step(*of)),
        RewardOrigin::NegativeSheet { step: of, .. } => {
            format!("{} of a negative sheet", step(*of))
        }
    }
}

pub(crate) fn reward(reward: &Reward) -> Row {
    let payment = match &reward.payment {
        _ if reward.withdrawn.is_some() => "withdrawn",
        RewardPayment::Unpaid => "unpaid",
        RewardPayment::OnPaysheet(_) => "on a paysheet",
        RewardPayment::Paid { .. } => "paid",
    };
    row([
        ("participant", reward.participant.to_string()),
        ("amount", reward.amount.amount.to_string()),
        ("recoverable", yes(reward.recoverable)),
        ("kind", reward.kind.name().to_owned()),
        ("origin", origin(&reward.origin)),
        ("date", reward.date.to_string()),
        ("payment", payment.to_owned()),
        ("cleared", yes(reward.cleared.is_some())),
        ("owed", yes(reward.is_owed())),
    ])
}

/// A reward as a line of a sheet.
pub(crate) fn reward_line(reward: &Reward) -> Option<Row> {
    let line = reward.line()?;
    let (plan, component) = match &reward.component {
        Some((plan, component)) => (plan.to_string(), component.to_string()),
        None => (String::new(), String::new()),
    };
    Some(row([
        ("batch", line.batch.to_string()),
        ("participant", reward.participant.to_string()),
        ("kind", reward.kind.name().to_owned()),
        ("plan", plan),
        ("component", component),
        ("period", String::new()),
        ("number", String::new()),
        ("type", String::new()),
        ("amount", reward.amount.amount.to_string()),
        ("pay_amount", line.pay_amount.amount.to_string()),
        ("currency", line.pay_amount.currency.to_string()),
        ("held", yes(line.held)),
    ]))
}

pub(crate) fn balance(one: &ParticipantBalance) -> Row {
    row([
        ("participant", one.participant.id.to_string()),
        ("balance", one.balance.amount.to_string()),
        ("rewards", one.rewards.to_string()),
    ])
}

pub(crate) fn clear(view: &ClearView) -> Row {
    let clear = &view.clear;
    row([
        ("participant", clear.participant.to_string()),
        ("forgiven", clear.forgiven.amount.to_string()),
        ("date", clear.date.to_string()),
        ("rewards", clear.rewards.len().to_string()),
        ("reason", clear.reason.clone()),
        (
            "restored",
            view.undo
                .as_ref()
                .map_or_else(String::new, |undo| undo.restored.amount.to_string()),
        ),
    ])
}

//! `attain reward`: assigns, imports, withdraws and lists rewards.

mod import;
mod words;

use attain_domain::definition::{Definition, DefinitionKind};
use attain_domain::ids::{ParticipantId, RewardId};
use attain_domain::money::Currency;
use attain_domain::ports::{ChunkSize, RewardPosition};
use attain_domain::refusal::{Reason, Refusal};
use attain_domain::reward::{Reward, RewardOrigin, RewardPayment, SettlementStep};
use attain_domain::stamp::Version;

use self::words::RewardWords;
use crate::args::{AssignReward, Global, Output, Reward as Deed, RewardKindName};
use crate::failure::Failure;
use crate::output::Listing;
use crate::session::{Session, argument};

/// Carries out one command about rewards.
pub(crate) async fn reward(session: &Session, global: &Global, deed: &Deed) -> Result<(), Failure> {
    let (engine, caller, output) = (&session.engine, &session.caller, global.output);
    match deed {
        Deed::Assign(of) => assign(session, of, output).await,
        Deed::Import(file) => import::import(session, global, file).await,
        Deed::Withdraw {
            id,
            reason,
            version,
        } => {
            let id = RewardId::parse(id).map_err(|error| argument("ID", &error))?;
            let version = version_of(version.as_deref())?;
            let gone = engine.withdraw_reward(caller, id, reason, version).await?;
            print_rewards(std::slice::from_ref(&gone), output)
        }
        Deed::List { participant } => {
            let whose = [whose(participant)?];
            let mut all: Vec<Reward> = Vec::new();
            loop {
                let chunk = ChunkSize::largest();
                let after = all.last().map(RewardPosition::of);
                let page = engine.rewards(caller, &whose, after.as_ref(), chunk);
                let page = page.await?;
                let is_end = page.len() < chunk.rows();
                all.extend(page);
                if is_end {
                    return print_rewards(&all, output);
                }
            }
        }
    }
}

/// A participant of the command line.
pub(crate) fn whose(text: &str) -> Result<ParticipantId, Failure> {
    ParticipantId::parse(text).map_err(|error| argument("PARTICIPANT", &error))
}

/// The version that was seen.
pub(crate) fn version_of(text: Option<&str>) -> Result<Option<Version>, Refusal> {
    let read = |text: &str| {
        text.parse().map(Version).map_err(|_| {
            let told = format!("`{text}` is not a version");
            Refusal::new(Reason::MalformedValue, told).at("--version")
        })
    };
    text.map(read).transpose()
}

async fn assign(session: &Session, of: &AssignReward, output: Output) -> Result<(), Failure> {
    let (plan, component) = match of.component.as_deref().map(|text| text.split_once('/')) {
        None => (None, None),
        Some(Some((plan, component))) => (Some(plan.to_owned()), Some(component.to_owned())),
        Some(None) => {
            let text = "is not written as PLAN/COMPONENT";
            let refusal = Refusal::new(Reason::MalformedValue, text);
            return Err(refusal.at("--component").into());
        }
    };
    let kind = of.kind.map(|kind| match kind {
        RewardKindName::Bonus => "bonus",
        RewardKindName::Advance => "advance",
        RewardKindName::Repayment => "repayment",
        RewardKindName::Adjustment => "adjustment",
    });
    let words = RewardWords {
        participant: Some(of.participant.clone()),
        amount: Some(of.amount.clone()),
        recoverable: Some(of.recoverable.to_string()),
        kind: kind.map(str::to_owned),
        date: Some(of.date.clone()),
        reason: Some(of.reason.clone()),
        plan,
        component,
    };
    let new = words.reward(currency(session).await?)?;
    let (engine, caller) = (&session.engine, &session.caller);
    let report = engine.assign_rewards(caller, &[new]).await?;
    let made: Result<Vec<Reward>, Refusal> = report.outcomes.into_iter().collect();
    print_rewards(&made?, output)
}

/// The currency of rewards.
async fn currency(session: &Session) -> Result<Currency, Refusal> {
    let (kind, chunk) = (DefinitionKind::Settings, ChunkSize::new(1));
    let found = session
        .engine
        .definitions(&session.caller, kind, None, chunk);
    for record in found.await? {
        if let Definition::Settings(settings) = record.body {
            return Ok(settings.operating_currency);
        }
    }
    let workspace = &session.caller.workspace;
    let text = format!("workspace `{workspace}` has no settings yet: apply some");
    Err(Refusal::new(Reason::UnknownWorkspace, text))
}

/// Rewards, each in one row.
pub(crate) fn print_rewards(rewards: &[Reward], output: Output) -> Result<(), Failure> {
    Ok(reward_listing(rewards).print(output)?)
}

/// Rewards, each in one row.
pub(crate) fn reward_listing(rewards: &[Reward]) -> Listing {
    let mut listing = Listing::new(&[
        "reward",
        "participant",
        "date",
        "kind",
        "recoverable",
        "amount",
        "state",
        "from",
        "reason",
    ]);
    for reward in rewards {
        listing.row([
            reward.id.to_string(),
            reward.participant.to_string(),
            reward.date.to_string(),
            reward.kind.name().to_owned(),
            recoverable_text(reward).to_owned(),
            reward.amount.to_string(),
            state_text(reward).to_owned(),
            origin_text(&reward.origin),
            reward.reason.clone(),
        ]);
    }
    listing
}

fn recoverable_text(reward: &Reward) -> &'static str {
    match (reward.recoverable, &reward.cleared) {
        (false, _) => "no",
        (true, None) => "yes",
        (true, Some(_)) => "cleared",
    }
}

/// How far the payment of a reward has come.
pub(crate) fn state_text(reward: &Reward) -> &'static str {
    if reward.withdrawn.is_some() {
        return "withdrawn";
    }
    match &reward.payment {
        RewardPayment::Unpaid => "unpaid",
        RewardPayment::OnPaysheet(line) if line.held => "held",
        RewardPayment::OnPaysheet(_) => "on paysheet",
        RewardPayment::Paid { .. } => "paid",
    }
}

/// Where a reward came from.
pub(crate) fn origin_text(origin: &RewardOrigin) -> String {
    match origin {
        RewardOrigin::ByHand => "by hand".to_owned(),
        RewardOrigin::PaymentPlan { plan, step, .. } => {
            format!("payment plan {plan}: {}", step_text(*step))
        }
        RewardOrigin::NegativeSheet { step, .. } => {
            format!("negative sheet: {}", step_text(*step))
        }
    }
}

fn step_text(step: SettlementStep) -> &'static str {
    match step {
        SettlementStep::Draw => "draw",
        SettlementStep::DrawTakenBack => "draw taken back",
        SettlementStep::Recovery => "recovery",
        SettlementStep::PayCap => "pay cap",
    }
}

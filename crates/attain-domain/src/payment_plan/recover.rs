//! What a sheet recovers of what is owed, plan after plan.

use rust_decimal::Decimal;

use super::desk::{Desk, Draft, beyond, overflow};
use super::lane::Lane;
use super::pot::{Pot, Scope};
use super::{DrawMode, Floor};
use crate::definition::settings::NegativeSheet;
use crate::ids::{ComponentId, PaymentPlanId, PlanId};
use crate::money::{add, percent_of, subtract};
use crate::refusal::Refusal;
use crate::reward::{Account, SettlementStep};

/// Recovers for every plan in their order. What is owed in no plan's account goes with the first
/// plan that still recovers at all; without one, with the workspace's setting, if that lifts
/// negative sheets.
pub(super) fn recover(
    lanes: &mut [Lane<'_>],
    everything: &Scope,
    pot: &mut Pot,
    desk: &mut Desk<'_>,
) -> Result<(), Refusal> {
    let leads = |lane: &Lane<'_>| lane.plan.recoverability.terms().is_some() && !lane.is_waived;
    let leading = lanes.iter().position(leads);
    for at in 0..lanes.len() {
        let lane = &lanes[at];
        let accounts = if leading == Some(at) {
            let mut all = vec![lane.account.clone()];
            all.extend(unclaimed(lanes, desk));
            all
        } else {
            vec![lane.account.clone()]
        };
        let most = most_of(lanes, at, pot, desk)?;
        let source = Source {
            accounts,
            plan: Some(lane.plan.id.clone()),
            scope: &lane.scope,
        };
        let recovered = source.take(most, pot, desk)?;
        lanes[at].recovered = recovered;
    }
    if leading.is_none() && desk.settings.negative_sheet == NegativeSheet::Lifted {
        let most = room_beside(lanes, everything, None, pot)?;
        let source = Source {
            accounts: unclaimed(lanes, desk),
            plan: None,
            scope: everything,
        };
        source.take(most, pot, desk)?;
    }
    Ok(())
}

/// The accounts of no plan that is settled.
fn unclaimed(lanes: &[Lane<'_>], desk: &Desk<'_>) -> Vec<Account> {
    let mut accounts = desk.accounts();
    accounts.retain(|account| lanes.iter().all(|lane| lane.account != *account));
    accounts
}

/// The most that a plan's terms, and the minimums of others, let it recover on this sheet.
fn most_of(lanes: &[Lane<'_>], at: usize, pot: &Pot, desk: &Desk<'_>) -> Result<Decimal, Refusal> {
    let lane = &lanes[at];
    let Some(terms) = lane.recovers(desk) else {
        return Ok(Decimal::ZERO);
    };
    let pay = pot.pay(&lane.scope).map_err(overflow)?;
    let above = match (lane.plan.minimum.mode, terms.floor) {
        (DrawMode::TopUp, Floor::NotKept) if pay > lane.floor => pay,
        (DrawMode::TopUp | DrawMode::OnTop, Floor::NotKept | Floor::Kept) => {
            beyond(pay, lane.floor)?
        }
    };
    let planned = desk.round(percent_of(above, terms.percent).map_err(overflow)?);
    Ok(planned.min(room_beside(lanes, &lane.scope, Some(at), pot)?))
}

/// What may be taken out of a scope without touching what other plans have to pay, or have
/// advanced. Where some minimum was not reached, that is nothing.
fn room_beside(
    lanes: &[Lane<'_>],
    scope: &Scope,
    but: Option<usize>,
    pot: &Pot,
) -> Result<Decimal, Refusal> {
    let mut room = pot.pay(scope).map_err(overflow)?.max(Decimal::ZERO);
    for (at, other) in lanes.iter().enumerate() {
        if !other.scope.overlaps(scope) {
            continue;
        }
        if other.is_short {
            return Ok(Decimal::ZERO);
        }
        if but == Some(at) {
            continue;
        }
        let terms = other.plan.recoverability.terms();
        let gives_up = other.plan.minimum.mode == DrawMode::TopUp
            && terms.is_some_and(|terms| terms.floor == Floor::NotKept);
        let floor = if gives_up { Decimal::ZERO } else { other.floor };
        let pay = pot.pay(&other.scope).map_err(overflow)?;
        room = room.min(beyond(pay, floor)?);
    }
    Ok(room)
}

/// Where a recovery comes from.
struct Source<'a> {
    accounts: Vec<Account>,
    plan: Option<PaymentPlanId>,
    scope: &'a Scope,
}

impl Source<'_> {
    /// Recovers up to `most`, from one account after the other: one reward of each.
    fn take(&self, most: Decimal, pot: &mut Pot, desk: &mut Desk<'_>) -> Result<Decimal, Refusal> {
        let mut recovered = Decimal::ZERO;
        for account in &self.accounts {
            let left = subtract(most, recovered).map_err(overflow)?;
            let amount = desk.takeable(account).map_err(overflow)?.min(left);
            if amount <= Decimal::ZERO {
                continue;
            }
            let component: Option<(PlanId, ComponentId)> =
                pot.take(self.scope, amount).map_err(overflow)?;
            let draft = Draft {
                recoverable: true,
                account: account.clone(),
                plan: self.plan.clone(),
                step: SettlementStep::Recovery,
                component,
            };
            desk.make(-amount, draft)?;
            recovered = add(recovered, amount).map_err(overflow)?;
        }
        Ok(recovered)
    }
}

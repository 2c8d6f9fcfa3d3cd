//! The settlement of one paysheet: what payment plans advance, recover, cap and forgive, and what
//! the workspace's setting does with what is negative then.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::desk::{Desk, Draft, overflow, sum_of_taken};
use super::lane::Lane;
use super::pot::{Pot, sum_of};
use super::recover::recover;
use super::sheet::{Settlement, SheetFacts, SheetOutcome};
use super::{AppliedPlan, Sharing};
use crate::definition::DefinitionSet;
use crate::definition::settings::NegativeSheet;
use crate::money::add;
use crate::refusal::{Reason, Refusal};
use crate::reward::{Account, SettlementStep};

/// Settles a sheet: pure, so that a preview is the same call. `plans` are in their order, see
/// [`applied_plans`](super::applied_plans). One after the other:
///
/// 1. what a plan does not recover any more is forgiven;
/// 2. what a pay cap withheld before is due again;
/// 3. each plan advances what its minimum asks for, as far as its balance cap allows, or takes back
///    what the interval's earlier sheets drew and the interval as a whole does not need;
/// 4. each plan recovers: percent × (pay − floor), at most what is owed, rounded once;
/// 5. what is above a pay cap is withheld;
/// 6. a sheet that is negative then does what the workspace says: it stands, is carried (nothing
///    is made of it), or an advance lifts it to zero.
///
/// Rewards that the sheet takes by hand are paid beside the minimum and do not count towards it;
/// but where their sum is negative it counts, so that a repayment by hand does not take what a plan
/// shared by everything guarantees.
///
/// # Errors
/// `INTERNAL` without settings; `UNKNOWN_REFERENCE` for a period that the calendar does not have;
/// `STORE_CORRUPT` for an amount in another currency; `OVERFLOW`.
pub fn settle(
    set: &DefinitionSet,
    plans: &[AppliedPlan<'_>],
    sheet: &SheetFacts<'_>,
) -> Result<Settlement, Refusal> {
    let mut desk = Desk::open(set, sheet)?;
    let taken = sum_of_taken(sheet).map_err(overflow)?;
    let mut pot = Pot::new(sheet, taken.min(Decimal::ZERO)).map_err(overflow)?;
    let all = Sharing::Everything;
    let of_plans = plans.iter().map(|applied| &applied.plan.shared_by);
    let sharing: Vec<&Sharing> = of_plans.chain([&all]).collect();
    let mut scopes = pot.scopes(&sharing, &set.categories);
    let Some(everything) = scopes.pop() else {
        let text = "there is a scope for each plan, and one for everything";
        return Err(Refusal::new(Reason::Internal, text));
    };
    let mut lanes = Vec::new();
    for (applied, scope) in plans.iter().zip(scopes) {
        lanes.push(Lane::open(applied, scope, &mut desk)?);
    }
    for lane in &mut lanes {
        lane.release(&mut pot)?;
    }
    for lane in &mut lanes {
        lane.draw(&mut pot, &mut desk)?;
    }
    recover(&mut lanes, &everything, &mut pot, &mut desk)?;
    for lane in &mut lanes {
        lane.cap(&mut pot, &mut desk)?;
    }
    close(&lanes, &pot, desk)
}

/// What the sheet comes to.
fn close(lanes: &[Lane<'_>], pot: &Pot, mut desk: Desk<'_>) -> Result<Settlement, Refusal> {
    let earned = sum_of(desk.sheet.lines).map_err(overflow)?;
    let total = |desk: &Desk<'_>| desk.sum_of_rewards().and_then(|sum| add(earned, sum));
    let pays = total(&desk).map_err(overflow)?;
    let mut outcome = SheetOutcome::Pays;
    if pays < Decimal::ZERO {
        match desk.settings.negative_sheet {
            NegativeSheet::Stands => outcome = SheetOutcome::Negative,
            NegativeSheet::Carried => return carried(pays, desk),
            NegativeSheet::Lifted => {
                let component = desk.sheet.lines.iter().find(|l| !l.amount.amount.is_zero());
                let draft = Draft {
                    recoverable: true,
                    account: Account::General,
                    plan: None,
                    step: SettlementStep::Draw,
                    component: component.map(|l| (l.plan.clone(), l.component.clone())),
                };
                desk.make(-pays, draft)?;
            }
        }
    }
    let pays = total(&desk).map_err(overflow)?;
    let balance = desk.balance_of_all().map_err(overflow)?;
    let mut explained = Vec::new();
    let mut states = desk.sheet.states.clone();
    let mut waived = Vec::new();
    for lane in lanes {
        explained.push(lane.explain(&desk)?);
        states.insert(lane.plan.id.clone(), lane.state(pot, &desk)?);
        if lane.waived() > Decimal::ZERO {
            waived.push((lane.plan.id.clone(), desk.money(lane.waived())));
        }
    }
    Ok(Settlement {
        waived,
        outcome,
        pays: desk.money(pays),
        balance: desk.money(balance),
        plans: explained,
        states,
        rewards: desk.rewards,
    })
}

/// Nothing of the sheet is paid, and nothing is made of it: the next sheet settles it with its own.
fn carried(pays: Decimal, desk: Desk<'_>) -> Result<Settlement, Refusal> {
    let untouched = Desk::open(desk.set, desk.sheet)?;
    let balance = untouched.balance_of_all().map_err(overflow)?;
    Ok(Settlement {
        rewards: Vec::new(),
        waived: Vec::new(),
        outcome: SheetOutcome::Carried(desk.money(pays)),
        pays: desk.money(Decimal::ZERO),
        balance: desk.money(balance),
        plans: Vec::new(),
        states: BTreeMap::clone(desk.sheet.states),
    })
}

//! What a paysheet keeps of its settlement, and the rewards that a clearing is about. A settlement is
//! written for every sheet of a participant who has a payment plan, so it is terse.
//!
//! ```json
//! {"b":"120.50 USD","o":{"carried":"12"},
//!  "p":[{"i":"draw","m":["1000",31,31,"1000","0","0"],"e":"880","f":"1000","a":"120"}],
//!  "s":{"draw":["2026-01","1000","120","0","0","0"]}}
//! ```
//! `b` what is owed after the sheet, `o` the outcome (nothing when it pays), `p` plan by plan (`i`
//! its name, `e` earned, `m` minimum (whole, days covered, days, prorated, raised, paid before), `f`
//! floor, `a` advance, `t` taken back, `r` recovered, `w` withheld, `c` over the cap, `v` waived,
//! `x` balance before, `y` balance after), `s` states (interval, paid, drawn, raised, withheld, over
//! the cap). An amount of the currency of `b` stands without it. What is nothing is left out.

use std::borrow::Cow;
use std::collections::BTreeMap;

use attain_domain::ids::{IntervalId, PaymentPlanId, RewardId};
use attain_domain::money::{Currency, Money};
use attain_domain::payment_plan::{
    MinimumTrace, PlanSettlement, PlanState, SheetOutcome, SheetSettlement,
};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::rows::from_json;
use super::{StoredError, to_json};
use crate::document::leaf::As;
use crate::document::number::read_exact;

const WHAT: &str = "settlement";

/// An amount, with its currency where that is another than the settlement's.
type Amount<'a> = Cow<'a, str>;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored<'a> {
    #[serde(borrow)]
    b: Amount<'a>,
    #[serde(default, borrow, skip_serializing_if = "Option::is_none")]
    o: Option<StoredOutcome<'a>>,
    #[serde(default, borrow, skip_serializing_if = "Vec::is_empty")]
    p: Vec<StoredPlan<'a>>,
    #[serde(default, borrow, skip_serializing_if = "BTreeMap::is_empty")]
    s: BTreeMap<Cow<'a, str>, StoredState<'a>>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum StoredOutcome<'a> {
    Negative,
    #[serde(borrow)]
    Carried(Amount<'a>),
}

/// Whole, days covered, days, prorated, raised, paid before.
#[derive(Serialize, Deserialize)]
struct StoredMinimum<'a>(
    #[serde(borrow)] Amount<'a>,
    i64,
    i64,
    #[serde(borrow)] Amount<'a>,
    #[serde(borrow)] Amount<'a>,
    #[serde(borrow)] Amount<'a>,
);

/// Interval, paid, drawn, raised, withheld, over the cap.
#[derive(Serialize, Deserialize)]
struct StoredState<'a>(
    As<IntervalId>,
    #[serde(borrow)] Amount<'a>,
    #[serde(borrow)] Amount<'a>,
    #[serde(borrow)] Amount<'a>,
    #[serde(borrow)] Amount<'a>,
    #[serde(borrow)] Amount<'a>,
);

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredPlan<'a> {
    #[serde(borrow)]
    i: Cow<'a, str>,
    #[serde(default, borrow, skip_serializing_if = "Option::is_none")]
    m: Option<StoredMinimum<'a>>,
    #[serde(default, borrow, skip_serializing_if = "Option::is_none")]
    e: Option<Amount<'a>>,
    #[serde(default, borrow, skip_serializing_if = "Option::is_none")]
    f: Option<Amount<'a>>,
    #[serde(default, borrow, skip_serializing_if = "Option::is_none")]
    a: Option<Amount<'a>>,
    #[serde(default, borrow, skip_serializing_if = "Option::is_none")]
    t: Option<Amount<'a>>,
    #[serde(default, borrow, skip_serializing_if = "Option::is_none")]
    r: Option<Amount<'a>>,
    #[serde(default, borrow, skip_serializing_if = "Option::is_none")]
    w: Option<Amount<'a>>,
    #[serde(default, borrow, skip_serializing_if = "Option::is_none")]
    c: Option<Amount<'a>>,
    #[serde(default, borrow, skip_serializing_if = "Option::is_none")]
    v: Option<Amount<'a>>,
    #[serde(default, borrow, skip_serializing_if = "Option::is_none")]
    x: Option<Amount<'a>>,
    #[serde(default, borrow, skip_serializing_if = "Option::is_none")]
    y: Option<Amount<'a>>,
}

/// A settlement as JSON.
#[must_use]
pub fn encode_settlement(settlement: &SheetSettlement) -> String {
    let SheetSettlement {
        outcome,
        balance,
        plans,
        states,
    } = settlement;
    let of = Amounts(balance.currency);
    let states = states
        .iter()
        .map(|(plan, state)| (plan.as_str().into(), of.stored_state(state)));
    to_json(&Stored {
        b: format!("{} {}", balance.amount, balance.currency.code()).into(),
        o: match outcome {
            SheetOutcome::Pays => None,
            SheetOutcome::Negative => Some(StoredOutcome::Negative),
            SheetOutcome::Carried(below) => Some(StoredOutcome::Carried(of.stored(*below))),
        },
        p: plans.iter().map(|plan| of.stored_plan(plan)).collect(),
        s: states.collect(),
    })
}

/// Reads what [`encode_settlement`] wrote.
///
/// # Errors
/// [`StoredError`] for any other text.
pub fn decode_settlement(json: &str) -> Result<SheetSettlement, StoredError> {
    let Stored { b, o, p, s } = from_json(WHAT, json)?;
    let balance = with_currency(&b)?;
    let of = Amounts(balance.currency);
    let states = s
        .into_iter()
        .map(|(plan, state)| Ok((plan_id(&plan)?, of.state(state)?)));
    Ok(SheetSettlement {
        outcome: match o {
            None => SheetOutcome::Pays,
            Some(StoredOutcome::Negative) => SheetOutcome::Negative,
            Some(StoredOutcome::Carried(below)) => SheetOutcome::Carried(of.read(&below)?),
        },
        balance,
        plans: p
            .into_iter()
            .map(|plan| of.plan(plan))
            .collect::<Result<_, _>>()?,
        states: states.collect::<Result<_, StoredError>>()?,
    })
}

/// How the amounts of one settlement are written: those of its currency without it.
#[derive(Clone, Copy)]
struct Amounts(Currency);

impl Amounts {
    fn stored(self, money: Money) -> Amount<'static> {
        if money.currency == self.0 {
            return money.amount.to_string().into();
        }
        format!("{} {}", money.amount, money.currency.code()).into()
    }

    /// None for nothing.
    fn stored_or_none(self, money: Money) -> Option<Amount<'static>> {
        let is_nothing = money.amount.is_zero() && money.currency == self.0;
        (!is_nothing).then(|| self.stored(money))
    }

    fn stored_plan(self, plan: &PlanSettlement) -> StoredPlan<'_> {
        let PlanSettlement {
            plan,
            earned,
            minimum,
            floor,
            advance,
            taken_back,
            recovered,
            withheld,
            over_cap,
            waived,
            balance_before,
            balance_after,
        } = plan;
        StoredPlan {
            i: plan.as_str().into(),
            m: minimum.as_ref().map(|minimum| self.stored_minimum(minimum)),
            e: self.stored_or_none(*earned),
            f: self.stored_or_none(*floor),
            a: self.stored_or_none(*advance),
            t: self.stored_or_none(*taken_back),
            r: self.stored_or_none(*recovered),
            w: self.stored_or_none(*withheld),
            c: self.stored_or_none(*over_cap),
            v: self.stored_or_none(*waived),
            x: self.stored_or_none(*balance_before),
            y: self.stored_or_none(*balance_after),
        }
    }

    fn stored_minimum(self, minimum: &MinimumTrace) -> StoredMinimum<'static> {
        let MinimumTrace {
            whole,
            days_covered,
            days,
            prorated,
            raised,
            paid_before,
        } = minimum;
        StoredMinimum(
            self.stored(*whole),
            *days_covered,
            *days,
            self.stored(*prorated),
            self.stored(*raised),
            self.stored(*paid_before),
        )
    }

    fn stored_state(self, state: &PlanState) -> StoredState<'static> {
        let PlanState {
            interval,
            paid,
            drawn,
            raised,
            withheld,
            over_cap,
        } = state;
        StoredState(
            As(interval.clone()),
            self.stored(*paid),
            self.stored(*drawn),
            self.stored(*raised),
            self.stored(*withheld),
            self.stored(*over_cap),
        )
    }

    fn read(self, text: &str) -> Result<Money, StoredError> {
        if text.contains(' ') {
            return with_currency(text);
        }
        Ok(Money::new(number(text)?, self.0))
    }

    fn read_or_nothing(self, text: Option<Amount<'_>>) -> Result<Money, StoredError> {
        match text {
            Some(text) => self.read(&text),
            None => Ok(Money::new(Decimal::ZERO, self.0)),
        }
    }

    fn plan(self, plan: StoredPlan<'_>) -> Result<PlanSettlement, StoredError> {
        Ok(PlanSettlement {
            plan: plan_id(&plan.i)?,
            earned: self.read_or_nothing(plan.e)?,
            minimum: plan.m.map(|minimum| self.minimum(minimum)).transpose()?,
            floor: self.read_or_nothing(plan.f)?,
            advance: self.read_or_nothing(plan.a)?,
            taken_back: self.read_or_nothing(plan.t)?,
            recovered: self.read_or_nothing(plan.r)?,
            withheld: self.read_or_nothing(plan.w)?,
            over_cap: self.read_or_nothing(plan.c)?,
            waived: self.read_or_nothing(plan.v)?,
            balance_before: self.read_or_nothing(plan.x)?,
            balance_after: self.read_or_nothing(plan.y)?,
        })
    }

    fn minimum(self, minimum: StoredMinimum<'_>) -> Result<MinimumTrace, StoredError> {
        let StoredMinimum(whole, days_covered, days, prorated, raised, paid_before) = minimum;
        Ok(MinimumTrace {
            whole: self.read(&whole)?,
            days_covered,
            days,
            prorated: self.read(&prorated)?,
            raised: self.read(&raised)?,
            paid_before: self.read(&paid_before)?,
        })
    }

    fn state(self, state: StoredState<'_>) -> Result<PlanState, StoredError> {
        let StoredState(interval, paid, drawn, raised, withheld, over_cap) = state;
        Ok(PlanState {
            interval: interval.0,
            paid: self.read(&paid)?,
            drawn: self.read(&drawn)?,
            raised: self.read(&raised)?,
            withheld: self.read(&withheld)?,
            over_cap: self.read(&over_cap)?,
        })
    }
}

fn number(text: &str) -> Result<Decimal, StoredError> {
    read_exact(text).map_err(|problem| StoredError::new(WHAT, problem))
}

/// `120.50 USD`.
fn with_currency(text: &str) -> Result<Money, StoredError> {
    let missing = || StoredError::new(WHAT, format!("`{text}` has no currency"));
    let (amount, currency) = text.split_once(' ').ok_or_else(missing)?;
    let currency = Currency::parse(currency).map_err(|error| StoredError::new(WHAT, error))?;
    Ok(Money::new(number(amount)?, currency))
}

fn plan_id(text: &str) -> Result<PaymentPlanId, StoredError> {
    PaymentPlanId::parse(text).map_err(|error| StoredError::new(WHAT, error))
}

/// The rewards that a clearing is about, as a JSON array.
#[must_use]
pub fn encode_reward_ids(ids: &[RewardId]) -> String {
    let ids: Vec<String> = ids.iter().map(RewardId::to_string).collect();
    to_json(&ids)
}

/// Reads what [`encode_reward_ids`] wrote.
///
/// # Errors
/// [`StoredError`] for any other text.
pub fn decode_reward_ids(json: &str) -> Result<Vec<RewardId>, StoredError> {
    const WHAT: &str = "list of rewards";
    let ids: Vec<Cow<'_, str>> = from_json(WHAT, json)?;
    let read =
        |id: &Cow<'_, str>| RewardId::parse(id).map_err(|error| StoredError::new(WHAT, error));
    ids.iter().map(read).collect()
}

#[cfg(test)]
mod tests;

//! Goals, of plans and personal ones.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use attain_domain::definition::calendar::IntervalKind;
use attain_domain::ids::{GoalId, IntervalId};
use attain_domain::plan::{Goal, NamedGoal, Proration, Spread};
use attain_domain::refusal::{Reason, Refusal};

use crate::document::leaf::As;
use crate::document::number::{Number, Percent};
use crate::document::{exactly_one, is_default};

/// A goal: exactly one of `per_period`, `per_quarter`, `per_year`, `amounts`, `percents` and
/// `ramp`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct GoalDocument {
    /// Its id.
    id: As<GoalId>,
    /// The same amount in every period.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    per_period: Option<Number>,
    /// The same amount in every quarter; its periods share it evenly.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    per_quarter: Option<Number>,
    /// The same amount in every year; its quarters and periods share it evenly.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    per_year: Option<Number>,
    /// With `percents`: what they are percents of. With `amounts`: what they add up to, if given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    total: Option<Number>,
    /// An amount for each period, quarter or year.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    amounts: Option<BTreeMap<As<IntervalId>, Number>>,
    /// Percents of `total` for each period, quarter or year; they add up to 100.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    percents: Option<BTreeMap<As<IntervalId>, Percent>>,
    /// By month of tenure, for those who are new.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ramp: Option<Ramp>,
    /// What happens to the goal of an interval in which somebody starts or leaves: `none` (the
    /// default), `by_day` or `by_month`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    prorate: Option<As<Proration>>,
}

/// A goal by month of tenure.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Ramp {
    /// First month, second month, …
    months: Vec<Number>,
    /// Every month after those.
    then: Number,
}

impl GoalDocument {
    pub(crate) fn named(id: &GoalId, goal: &Goal) -> Self {
        let Goal { spread, proration } = goal;
        let mut document = Self {
            id: As(id.clone()),
            per_period: None,
            per_quarter: None,
            per_year: None,
            total: None,
            amounts: None,
            percents: None,
            ramp: None,
            prorate: (!is_default(proration)).then_some(As(*proration)),
        };
        match spread {
            Spread::Each { interval, amount } => {
                let amount = Some(Number(*amount));
                match interval {
                    IntervalKind::Period => document.per_period = amount,
                    IntervalKind::Quarter => document.per_quarter = amount,
                    IntervalKind::Year => document.per_year = amount,
                }
            }
            Spread::Amounts { total, amounts } => {
                let parts = amounts.iter();
                document.total = total.map(Number);
                document.amounts = Some(
                    parts
                        .map(|(id, part)| (As(id.clone()), Number(*part)))
                        .collect(),
                );
            }
            Spread::Percents { total, percents } => {
                let parts = percents.iter();
                document.total = Some(Number(*total));
                document.percents = Some(
                    parts
                        .map(|(id, part)| (As(id.clone()), Percent(*part)))
                        .collect(),
                );
            }
            Spread::Ramped { months, then } => {
                document.ramp = Some(Ramp {
                    months: months.iter().copied().map(Number).collect(),
                    then: Number(*then),
                });
            }
        }
        document
    }

    pub(crate) fn goal(self) -> Result<NamedGoal, Refusal> {
        let each = |interval, amount: Number| Spread::Each {
            interval,
            amount: amount.0,
        };
        let total = self.total.map(|number| number.0);
        if total.is_some() && self.amounts.is_none() && self.percents.is_none() {
            let text = "goes with `amounts` or `percents` only";
            return Err(Refusal::new(Reason::MalformedValue, text).at("total"));
        }
        if total.is_none() && self.percents.is_some() {
            let text = "is needed: it is what `percents` are percents of";
            return Err(Refusal::new(Reason::MissingValue, text).at("total"));
        }
        let spread = exactly_one([
            (
                "per_period",
                self.per_period
                    .map(|amount| each(IntervalKind::Period, amount)),
            ),
            (
                "per_quarter",
                self.per_quarter
                    .map(|amount| each(IntervalKind::Quarter, amount)),
            ),
            (
                "per_year",
                self.per_year.map(|amount| each(IntervalKind::Year, amount)),
            ),
            (
                "amounts",
                self.amounts.map(|amounts| Spread::Amounts {
                    total,
                    amounts: amounts
                        .into_iter()
                        .map(|(id, part)| (id.0, part.0))
                        .collect(),
                }),
            ),
            (
                "percents",
                self.percents.map(|percents| Spread::Percents {
                    total: total.unwrap_or(Decimal::ZERO),
                    percents: percents
                        .into_iter()
                        .map(|(id, part)| (id.0, part.0))
                        .collect(),
                }),
            ),
            (
                "ramp",
                self.ramp.map(|ramp| Spread::Ramped {
                    months: ramp.months.into_iter().map(|month| month.0).collect(),
                    then: ramp.then.0,
                }),
            ),
        ])?;
        let proration = self.prorate.map(|leaf| leaf.0).unwrap_or_default();
        Ok(NamedGoal {
            id: self.id.0,
            goal: Goal { spread, proration },
        })
    }
}

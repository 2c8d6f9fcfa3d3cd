//! The components of a plan document.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use attain_domain::definition::calendar::IntervalKind;
use attain_domain::ids::{ComponentId, MeasureId, RateTableId};
use attain_domain::plan::{
    Basis, Component, EarningRounding, IndirectCredits, Limit, Phase, RateUse, SplitMode, Threshold,
};
use attain_domain::refusal::{Reason, Refusal};
use attain_domain::time::Date;

use crate::document::leaf::As;
use crate::document::number::{Number, Percent};
use crate::document::{is_default, name_or_id, range, unless_id};

/// One way in which the plan makes earnings from measures.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ComponentDocument {
    /// Its id; unique in the plan.
    id: As<ComponentId>,
    /// A name for people; the id, if there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    name: Option<As<String>>,
    /// First credit date, or interval end, for which it applies.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    from: Option<As<Date>>,
    /// First date for which it no longer applies: `to` is exclusive.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    to: Option<As<Date>>,
    /// When earnings are made.
    basis: BasisDocument,
    /// With `per_event`: whether a credit starts in the tiers where the credits before it in the
    /// interval ended.
    #[serde(default, skip_serializing_if = "is_default")]
    running_total: bool,
    /// With `per_interval`: one earning in every period of the interval, value to date less what
    /// the periods before it have earned.
    #[serde(default, skip_serializing_if = "is_default")]
    true_up: bool,
    /// The span of running totals, caps and earnings per interval: `period`, `quarter` or `year`.
    interval: As<IntervalKind>,
    /// With `running_total`: `cumulative` (the default), so that earnings add up to the cent, or
    /// `each_earning`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    rounding: Option<As<EarningRounding>>,
    /// The measures it uses. With `per_event`, earnings are made from the credits of the first.
    measures: Vec<As<MeasureId>>,
    /// Which credits besides direct ones count: `none` (the default), `manager`, `team` or `all`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    indirect: Option<As<IndirectCredits>>,
    /// The rate table, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    rate: Option<RateDocument>,
    /// What is earned, in operating currency: an expression. Without one it is `commission`, what
    /// the rate table gives.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    output: Option<As<String>>,
    /// Below it nothing is earned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    threshold: Option<ThresholdDocument>,
    /// Most that can be earned in an interval.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    cap: Option<LimitDocument>,
    /// Least that is earned in an interval; with `per_interval` only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    floor: Option<LimitDocument>,
    /// In how many equal parts an earning is paid, one a period; 1 (at once) is the default.
    #[serde(default = "at_once", skip_serializing_if = "is_at_once")]
    instalments: u16,
    /// With `per_interval`: whether somebody who left before the interval's end still earns.
    #[serde(default, skip_serializing_if = "is_default")]
    pays_leavers: bool,
    /// `first` (the default), or `second`: after the earnings of reports are known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    phase: Option<As<Phase>>,
}

/// When earnings are made.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum BasisDocument {
    /// One earning per credit.
    PerEvent,
    /// One earning per interval.
    PerInterval,
}

/// How the component uses its rate table.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct RateDocument {
    /// The table.
    table: As<RateTableId>,
    /// `flat`: one rate for all. `step`: each slice at its own tier's rate. `interpolated`: whole
    /// completed tiers and a fraction of the last. Always explicit.
    split: As<SplitMode>,
    /// The measure that the rate is applied to; the component's first, if there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    input: Option<As<MeasureId>>,
}

/// Below this attainment nothing is earned.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ThresholdDocument {
    /// A measure with a goal.
    measure: As<MeasureId>,
    /// Percent of the goal; equal is enough.
    percent: Percent,
}

/// An amount that bounds what is earned in an interval.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum LimitDocument {
    /// Operating currency.
    Amount(Number),
    /// Percent of the participant's target incentive for the interval.
    PercentOfTarget(Percent),
}

fn at_once() -> u16 {
    1
}

fn is_at_once(instalments: &u16) -> bool {
    *instalments == at_once()
}

impl From<&Component> for ComponentDocument {
    fn from(component: &Component) -> Self {
        let Component {
            id,
            name,
            effective,
            measures,
            basis,
            interval,
            rounding,
            indirect,
            rate,
            output,
            threshold,
            cap,
            floor,
            instalments,
            pays_leavers,
            phase,
        } = component;
        let (basis, running_total, true_up) = match *basis {
            Basis::PerEvent { running_total } => (BasisDocument::PerEvent, running_total, false),
            Basis::PerInterval { true_up } => (BasisDocument::PerInterval, false, true_up),
        };
        Self {
            id: As(id.clone()),
            name: unless_id(name, id.as_str()),
            from: effective.from.map(As),
            to: effective.to.map(As),
            basis,
            running_total,
            true_up,
            interval: As(*interval),
            rounding: (!is_default(rounding)).then_some(As(*rounding)),
            measures: measures.iter().cloned().map(As).collect(),
            indirect: (*indirect != IndirectCredits::None).then_some(As(*indirect)),
            rate: rate.as_ref().map(|rate| RateDocument::of(rate, measures)),
            output: output.clone().map(As),
            threshold: threshold.as_ref().map(ThresholdDocument::from),
            cap: cap.as_ref().map(LimitDocument::from),
            floor: floor.as_ref().map(LimitDocument::from),
            instalments: *instalments,
            pays_leavers: *pays_leavers,
            phase: (*phase != Phase::First).then_some(As(*phase)),
        }
    }
}

impl ComponentDocument {
    pub(crate) fn component(self) -> Result<Component, Refusal> {
        let basis = self.basis()?;
        let measures: Vec<_> = self.measures.into_iter().map(|leaf| leaf.0).collect();
        let rate = self.rate.map(|rate| rate.used(&measures)).transpose();
        Ok(Component {
            name: name_or_id(self.name, self.id.0.as_str()),
            id: self.id.0,
            effective: range(self.from, self.to),
            basis,
            interval: self.interval.0,
            rounding: self.rounding.map(|leaf| leaf.0).unwrap_or_default(),
            indirect: self.indirect.map_or(IndirectCredits::None, |leaf| leaf.0),
            rate: rate.map_err(|refusal| refusal.inside("rate"))?,
            measures,
            output: self.output.map(|leaf| leaf.0),
            threshold: self.threshold.map(|threshold| Threshold {
                measure: threshold.measure.0,
                percent: threshold.percent.0,
            }),
            cap: self.cap.map(Limit::from),
            floor: self.floor.map(Limit::from),
            instalments: self.instalments,
            pays_leavers: self.pays_leavers,
            phase: self.phase.map_or(Phase::First, |leaf| leaf.0),
        })
    }

    fn basis(&self) -> Result<Basis, Refusal> {
        let only_with = |field: &str, basis: &str| {
            let text = format!("goes with `basis: {basis}` only");
            Err(Refusal::new(Reason::MalformedValue, text).at(field))
        };
        match self.basis {
            BasisDocument::PerEvent if self.true_up => only_with("true_up", "per_interval"),
            BasisDocument::PerInterval if self.running_total => {
                only_with("running_total", "per_event")
            }
            BasisDocument::PerEvent => Ok(Basis::PerEvent {
                running_total: self.running_total,
            }),
            BasisDocument::PerInterval => Ok(Basis::PerInterval {
                true_up: self.true_up,
            }),
        }
    }
}

impl RateDocument {
    fn of(rate: &RateUse, measures: &[MeasureId]) -> Self {
        let RateUse {
            table,
            split,
            input,
        } = rate;
        Self {
            table: As(table.clone()),
            split: As(*split),
            input: (measures.first() != Some(input)).then(|| As(input.clone())),
        }
    }

    fn used(self, measures: &[MeasureId]) -> Result<RateUse, Refusal> {
        let given = self.input.map(|leaf| leaf.0);
        let Some(input) = given.or_else(|| measures.first().cloned()) else {
            let text = "is needed: the component has no measure that could stand for it";
            return Err(Refusal::new(Reason::MissingValue, text).at("input"));
        };
        Ok(RateUse {
            table: self.table.0,
            split: self.split.0,
            input,
        })
    }
}

impl From<&Threshold> for ThresholdDocument {
    fn from(threshold: &Threshold) -> Self {
        let Threshold { measure, percent } = threshold;
        Self {
            measure: As(measure.clone()),
            percent: Percent(*percent),
        }
    }
}

impl From<&Limit> for LimitDocument {
    fn from(limit: &Limit) -> Self {
        match *limit {
            Limit::Amount(amount) => Self::Amount(Number(amount)),
            Limit::PercentOfTarget(percent) => Self::PercentOfTarget(Percent(percent)),
        }
    }
}

impl From<LimitDocument> for Limit {
    fn from(limit: LimitDocument) -> Self {
        match limit {
            LimitDocument::Amount(amount) => Self::Amount(amount.0),
            LimitDocument::PercentOfTarget(percent) => Self::PercentOfTarget(percent.0),
        }
    }
}

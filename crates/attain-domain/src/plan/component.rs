//! A component: one way in which a plan makes earnings from measures.

use rust_decimal::Decimal;

use crate::definition::calendar::IntervalKind;
use crate::ids::{ComponentId, MeasureId, RateTableId};
use crate::time::DateRange;

use super::table::SplitMode;

/// When earnings are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Basis {
    /// One earning per credit.
    PerEvent {
        /// Whether a credit starts where the credits before it in the interval ended. Then
        /// rounding is cumulative, unless [`Component::rounding`] says otherwise.
        running_total: bool,
    },
    /// One earning per interval, on the interval's total, when the interval's last period is run.
    PerInterval {
        /// One earning in every period of the interval instead: value to date less what the
        /// periods before it have earned.
        true_up: bool,
    },
}

/// How earnings per credit with a running total are rounded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum EarningRounding {
    /// Earning = rounded total after − rounded total before, so that the earnings of an interval
    /// add up to its rounded total. The default.
    #[default]
    Cumulative,
    /// Each earning is rounded alone: its sum may differ from the rounded total by some cents.
    EachEarning,
}

/// Which credits that are not direct count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IndirectCredits {
    /// Direct credits only.
    None,
    /// Direct credits and those rolled up from reports.
    Manager,
    /// Direct credits and those of team members.
    Team,
    /// All.
    All,
}

/// An amount that bounds a component's earnings in one interval.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// Operating currency.
    Amount(Decimal),
    /// Percent of the participant's target incentive for the interval.
    PercentOfTarget(Decimal),
}

/// Below this attainment of a measure's goal a component earns nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Threshold {
    /// A measure with a goal.
    pub measure: MeasureId,
    /// Percent of the goal; reached when attainment is equal or above.
    pub percent: Decimal,
}

/// How a component uses its rate table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RateUse {
    /// The table.
    pub table: RateTableId,
    /// Flat, step or interpolated; always explicit.
    pub split: SplitMode,
    /// The measure that the rate is applied to.
    pub input: MeasureId,
}

/// The order of components: the second phase may use first-phase earnings of reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    /// From credits.
    First,
    /// May use measures of reports' earnings.
    Second,
}

/// One component of a plan.
#[derive(Clone, Debug, PartialEq)]
pub struct Component {
    /// Its id; unique in the plan.
    pub id: ComponentId,
    /// A name for people.
    pub name: String,
    /// When it applies, by credit date or interval end.
    pub effective: DateRange,
    /// The measures it uses; per-event components make earnings from the credits of the first.
    pub measures: Vec<MeasureId>,
    /// Per event or per interval.
    pub basis: Basis,
    /// The span of running totals, caps and per-interval earnings.
    pub interval: IntervalKind,
    /// How earnings per credit with a running total are rounded. Without a running total each
    /// earning is rounded alone anyway.
    pub rounding: EarningRounding,
    /// Which indirect credits count.
    pub indirect: IndirectCredits,
    /// The rate table, if any.
    pub rate: Option<RateUse>,
    /// What is earned, in operating currency; CEL. Without one it is `commission`: what the rate
    /// table gives for the input.
    pub output: Option<String>,
    /// Below it nothing is earned.
    pub threshold: Option<Threshold>,
    /// Most that can be earned in an interval; what it withholds is shown.
    pub cap: Option<Limit>,
    /// Least that is earned in an interval (per-interval components only).
    pub floor: Option<Limit>,
    /// In how many equal parts an earning is paid, one a period; 1 is at once.
    pub instalments: u16,
    /// Whether a participant who left before the interval's end still earns (per interval only).
    pub pays_leavers: bool,
    /// First or second.
    pub phase: Phase,
}

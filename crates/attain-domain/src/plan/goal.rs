//! Goals (quotas): what is to be reached, and how it is spread over intervals.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use crate::definition::calendar::IntervalKind;
use crate::ids::IntervalId;

/// How a goal is spread over intervals.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Spread {
    /// The same amount in every interval of a kind. Shorter intervals share it evenly.
    Each {
        /// Period, quarter or year.
        interval: IntervalKind,
        /// For one such interval.
        amount: Decimal,
    },
    /// An amount for each named interval; they add up to `total`, if it is given.
    Amounts {
        /// What they add up to.
        total: Option<Decimal>,
        /// By period, quarter or year.
        amounts: BTreeMap<IntervalId, Decimal>,
    },
    /// Percents of a total; they add up to 100.
    Percents {
        /// The whole.
        total: Decimal,
        /// By period, quarter or year.
        percents: BTreeMap<IntervalId, Decimal>,
    },
    /// By month of tenure: a ramp for those who are new.
    Ramped {
        /// First month, second month, …
        months: Vec<Decimal>,
        /// Every month after those.
        then: Decimal,
    },
}

/// What happens to the goal of an interval in which somebody starts or leaves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Proration {
    /// The whole goal stands.
    #[default]
    None,
    /// Days there / days of the interval.
    ByDay,
    /// Months there / months of the interval; a month in which somebody is there counts whole.
    ByMonth,
}

/// A goal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Goal {
    /// How it is spread.
    pub spread: Spread,
    /// How it is prorated.
    pub proration: Proration,
}

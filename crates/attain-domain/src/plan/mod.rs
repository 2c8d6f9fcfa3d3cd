//! Plans as they are written: components, measures, goals, rate tables, factors. What they compute
//! is in `calculation`; whether they hold together is in `plan::check` and `plan::lint`.

mod component;
mod goal;
mod measure;
mod table;

use rust_decimal::Decimal;

use crate::ids::{CategoryId, FactorId, GoalId, PlanId, TransactionType};
use crate::time::DateRange;

pub use component::{
    Basis, Component, EarningRounding, IndirectCredits, Limit, Phase, RateUse, Threshold,
};
pub use goal::{Goal, Proration, Spread};
pub use measure::{Measure, MeasureSource, MeasureValue, ReportDepth};
pub use table::{Axis, Dimension, DimensionInput, RateTable, RateValues, SplitMode, Tier};

/// One entry of a factor; the first that matches the credit gives the value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FactorEntry {
    /// When, by credit date.
    pub effective: DateRange,
    /// Only for this type of transaction.
    pub transaction_type: Option<TransactionType>,
    /// Only for this category and its descendants.
    pub category: Option<CategoryId>,
    /// The value, such as 1.25.
    pub value: Decimal,
}

/// A dated multiplier, used where an expression names it: `factor.ID`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Factor {
    /// Its id.
    pub id: FactorId,
    /// Tried in this order.
    pub entries: Vec<FactorEntry>,
}

/// A goal of a plan, by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedGoal {
    /// Its id.
    pub id: GoalId,
    /// What is to be reached.
    pub goal: Goal,
}

/// A plan. A run snapshots the version it used.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// Its id, through all versions.
    pub id: PlanId,
    /// A name for people.
    pub name: String,
    /// Whether one category may count (as earning basis) in two components.
    pub allow_category_overlap: bool,
    /// What is added up.
    pub measures: Vec<Measure>,
    /// What is to be reached.
    pub goals: Vec<NamedGoal>,
    /// What is paid at which attainment. Several tables of one id have separate dates.
    pub rate_tables: Vec<RateTable>,
    /// Dated multipliers.
    pub factors: Vec<Factor>,
    /// What is earned.
    pub components: Vec<Component>,
}

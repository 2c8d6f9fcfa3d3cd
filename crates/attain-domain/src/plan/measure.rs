//! Measures: what is added up, over which categories and which span.

use crate::definition::calendar::IntervalKind;
use crate::ids::{CategoryId, ComponentId, GoalId, MeasureId, PlanId, TransactionType};

/// What of a credit is added up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MeasureValue {
    /// The credit's amount, in operating currency.
    Amount,
    /// The credit's quantity.
    Quantity,
    /// A number computed for each credit; CEL.
    Expression(String),
}

/// Whose earnings a second-phase measure adds up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReportDepth {
    /// Those who report to the participant directly.
    Direct,
    /// Everybody below.
    All,
}

/// Where a measure's values come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MeasureSource {
    /// Credits of the participant.
    Credits {
        /// What of each credit counts.
        value: MeasureValue,
        /// Categories that count, with their descendants; empty means every credit.
        categories: Vec<CategoryId>,
        /// Types of transactions that count; empty means all.
        transaction_types: Vec<TransactionType>,
        /// Whether the measure is a basis of earnings (or, if not, only steers rates and gates).
        earning_basis: bool,
    },
    /// First-phase earnings of reports.
    ReportEarnings {
        /// Components that count; empty means all first-phase ones.
        components: Vec<(PlanId, ComponentId)>,
        /// Direct reports, or everybody below.
        depth: ReportDepth,
    },
}

/// One measure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Measure {
    /// Its id; unique in the plan.
    pub id: MeasureId,
    /// Where its values come from.
    pub source: MeasureSource,
    /// The span it accumulates over.
    pub interval: IntervalKind,
    /// The goal that its attainment is measured against.
    pub goal: Option<GoalId>,
}

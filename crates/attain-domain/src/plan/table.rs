//! Rate tables: 1 to n dimensions of tiers or texts, one value per cell.

use rust_decimal::Decimal;
use smol_str::SmolStr;

use crate::ids::{MeasureId, RateTableId};
use crate::time::DateRange;

/// One tier `[from, to)`: a value on the edge belongs to the higher tier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tier {
    /// Lower bound, inclusive.
    pub from: Decimal,
    /// Upper bound, exclusive; only the last tier may be open.
    pub to: Option<Decimal>,
}

/// What is looked up along a dimension.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DimensionInput {
    /// The total of a measure: an amount or a quantity.
    Value(MeasureId),
    /// Attainment: the total of a measure in percent of its goal.
    PercentOfGoal(MeasureId),
    /// A text by its name in expressions: `attribute.region`, `credit.category`,
    /// `participant.grade`.
    Text(SmolStr),
}

/// The rows of a dimension.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Axis {
    /// Contiguous tiers, rising.
    Tiers(Vec<Tier>),
    /// Texts; a text that is not among them is an error on the row.
    Texts(Vec<SmolStr>),
}

impl Axis {
    /// How many rows it has.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::Tiers(tiers) => tiers.len(),
            Self::Texts(texts) => texts.len(),
        }
    }

    /// Whether it has none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// One dimension.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dimension {
    /// What is looked up.
    pub input: DimensionInput,
    /// Where it is looked up.
    pub axis: Axis,
}

/// The values of the cells, the last dimension varying fastest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RateValues {
    /// Percents, applied to the input.
    Percents(Vec<Decimal>),
    /// Amounts, in operating currency. Flat: the amount of the tier. Step: an amount per unit of
    /// input in the slice. Interpolated: whole amounts of completed tiers and a fraction of the last.
    Amounts(Vec<Decimal>),
}

/// How one input is spread over tiers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SplitMode {
    /// One rate for all: that of the tier the total falls in.
    Flat,
    /// Each slice at its own tier's rate; also called marginal.
    Step,
    /// The whole value of each completed tier and a fraction of the last one.
    Interpolated,
}

/// A rate table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RateTable {
    /// Its id; tables of one id have separate dates.
    pub id: RateTableId,
    /// When it applies, by credit date or interval end.
    pub effective: DateRange,
    /// The first numeric dimension on the input measure is the one that is split.
    pub dimensions: Vec<Dimension>,
    /// One value per cell.
    pub values: RateValues,
}

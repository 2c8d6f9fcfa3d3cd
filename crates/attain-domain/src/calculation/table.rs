//! Rate tables as a component uses them: which dimension is split, and where the others are
//! looked up.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use smol_str::{SmolStr, ToSmolStr};

use super::curve::{Curve, overflow};
use super::names::{CreditName, Facts, Lexicon, Name};
use crate::definition::CategoryTree;
use crate::earning::MeasureTrace;
use crate::expression::Value;
use crate::ids::{MeasureId, RateTableId};
use crate::money::{divide, multiply};
use crate::plan::{Axis, DimensionInput, RateTable, RateUse, RateValues, SplitMode, Tier};
use crate::refusal::{Reason, RowError};
use crate::time::DateRange;

/// Digits of an attainment that was looked up, in the explanation.
const ATTAINMENT_DIGITS: u32 = 8;

#[derive(Clone, Debug)]
enum Rows {
    /// Of the total of a measure, by its number in the component.
    Amounts(usize, Vec<Tier>),
    /// Of the percent of its goal.
    Percents(usize, Vec<Tier>),
    /// Of a text: the row of each one.
    Texts(Name, BTreeMap<SmolStr, usize>),
}

#[derive(Clone, Debug)]
struct CompiledDimension {
    rows: Rows,
    /// How far apart two neighbours along it are among the values.
    stride: usize,
}

/// A rate table in the hands of one component.
#[derive(Clone, Debug)]
pub(super) struct CompiledTable {
    pub(super) id: RateTableId,
    pub(super) effective: DateRange,
    pub(super) mode: SplitMode,
    pub(super) percents: bool,
    dimensions: Vec<CompiledDimension>,
    split: Option<usize>,
    values: Vec<Decimal>,
}

impl CompiledTable {
    /// `None` when the table and the component do not fit; checks have said so then.
    pub(super) fn new(
        table: &RateTable,
        usage: &RateUse,
        measures: &[MeasureId],
        lexicon: &Lexicon,
        tree: &CategoryTree,
    ) -> Option<Self> {
        let number = |id: &MeasureId| measures.iter().position(|measure| measure == id);
        let mut stride: usize = table.dimensions.iter().map(|d| d.axis.len()).product();
        let mut dimensions = Vec::with_capacity(table.dimensions.len());
        let (mut split, mut first) = (None, true);
        for (index, dimension) in table.dimensions.iter().enumerate() {
            stride = stride.checked_div(dimension.axis.len())?;
            let rows = match (&dimension.input, &dimension.axis) {
                (DimensionInput::Value(id), Axis::Tiers(tiers)) => {
                    Rows::Amounts(number(id)?, tiers.clone())
                }
                (DimensionInput::PercentOfGoal(id), Axis::Tiers(tiers)) => {
                    Rows::Percents(number(id)?, tiers.clone())
                }
                (DimensionInput::Text(name), Axis::Texts(texts)) => {
                    text_rows(name, texts, lexicon, tree)?
                }
                _ => return None,
            };
            let on_input = match &dimension.input {
                DimensionInput::Value(id) | DimensionInput::PercentOfGoal(id) => *id == usage.input,
                DimensionInput::Text(_) => false,
            };
            if on_input && first {
                (split, first) = (Some(index), false);
            }
            dimensions.push(CompiledDimension { rows, stride });
        }
        let (percents, values) = match &table.values {
            RateValues::Percents(values) => (true, values.clone()),
            RateValues::Amounts(values) => (false, values.clone()),
        };
        Some(Self {
            id: table.id.clone(),
            effective: table.effective,
            mode: usage.split,
            percents,
            dimensions,
            split,
            values,
        })
    }

    /// Where the other dimensions are looked up: the place of the split one's first value.
    pub(super) fn locate(&self, facts: &Facts<'_>) -> Result<(usize, Vec<SmolStr>), RowError> {
        let (mut offset, mut looked_up) = (0, Vec::new());
        for (index, dimension) in self.dimensions.iter().enumerate() {
            if Some(index) == self.split {
                continue;
            }
            let (row, shown) = dimension.rows.look_up(facts)?;
            offset += row * dimension.stride;
            looked_up.push(shown);
        }
        Ok((offset, looked_up))
    }

    /// The curve along the split dimension. A table that is not split is flat everywhere.
    pub(super) fn curve(
        &self,
        offset: usize,
        measures: &[MeasureTrace],
    ) -> Result<Curve, RowError> {
        let everywhere = [Tier {
            from: Decimal::ZERO,
            to: None,
        }];
        let (tiers, stride, goal): (&[Tier], _, _) = match self.split {
            None => (&everywhere, 1, None),
            Some(index) => {
                let dimension = &self.dimensions[index];
                match &dimension.rows {
                    Rows::Amounts(_, tiers) => (tiers, dimension.stride, None),
                    Rows::Percents(measure, tiers) => {
                        (tiers, dimension.stride, Some(goal_of(measures, *measure)?))
                    }
                    Rows::Texts(..) => (&everywhere, 1, None),
                }
            }
        };
        let values = self
            .values
            .iter()
            .skip(offset)
            .step_by(stride.max(1))
            .copied();
        Curve::new(self.mode, self.percents, tiers, values, goal).map_err(overflow)
    }

    /// Whether it has the split dimension only.
    pub(super) fn is_plain(&self) -> bool {
        self.dimensions.len() == 1 && self.split == Some(0)
    }

    /// Whether a value of a transaction is looked up that its credits do not carry.
    pub(super) fn reads_transactions(&self) -> bool {
        self.dimensions
            .iter()
            .any(|d| matches!(&d.rows, Rows::Texts(Name::Transaction(_), _)))
    }
}

fn text_rows(
    name: &SmolStr,
    texts: &[SmolStr],
    lexicon: &Lexicon,
    tree: &CategoryTree,
) -> Option<Rows> {
    let meaning = lexicon.text(name)?.clone();
    let mut rows: BTreeMap<SmolStr, usize> = BTreeMap::new();
    for (row, text) in texts.iter().enumerate() {
        rows.insert(text.clone(), row);
    }
    if meaning == Name::Credit(CreditName::Category) {
        // A category that is not in the table is looked up as its nearest ancestor that is.
        for category in tree.parents.keys() {
            let mut at = Some(category);
            for _ in 0..=tree.parents.len() {
                let Some(here) = at else { break };
                if let Some(row) = texts.iter().position(|text| text == here.as_str()) {
                    rows.insert(category.text(), row);
                    break;
                }
                at = tree.parents.get(here).and_then(Option::as_ref);
            }
        }
    }
    Some(Rows::Texts(meaning, rows))
}

fn goal_of(measures: &[MeasureTrace], number: usize) -> Result<Decimal, RowError> {
    let measure = measures.get(number);
    match measure.and_then(|measure| measure.goal) {
        Some(goal) if goal > Decimal::ZERO => Ok(goal),
        _ => {
            let id = measure
                .map(|measure| measure.measure.as_str())
                .unwrap_or_default();
            let text = format!("measure `{id}` has no goal in this interval");
            Err(RowError::new(Reason::MissingGoal, text))
        }
    }
}

impl Rows {
    fn look_up(&self, facts: &Facts<'_>) -> Result<(usize, SmolStr), RowError> {
        match self {
            Self::Texts(name, rows) => {
                let text = match facts.value(name) {
                    Some(Value::Text(text)) => text,
                    _ => SmolStr::default(),
                };
                let row = rows.get(&text).copied().ok_or_else(|| {
                    let text = format!("`{text}` is not a row of the rate table");
                    RowError::new(Reason::ValueOutsideTiers, text)
                })?;
                Ok((row, text))
            }
            Self::Amounts(number, tiers) => {
                let total = total_of(facts, *number);
                let row = tier_at(tiers, total, Decimal::ONE).map_err(overflow)?;
                let row = row.ok_or_else(|| outside(total))?;
                Ok((row, total.normalize().to_smolstr()))
            }
            Self::Percents(number, tiers) => {
                let goal = goal_of(facts.measures, *number)?;
                let hundredfold =
                    multiply(total_of(facts, *number), Decimal::ONE_HUNDRED).map_err(overflow)?;
                let percent = divide(hundredfold, goal).map_err(overflow)?;
                let row = tier_at(tiers, hundredfold, goal).map_err(overflow)?;
                let row = row.ok_or_else(|| outside(percent.round_dp(ATTAINMENT_DIGITS)))?;
                Ok((
                    row,
                    percent.round_dp(ATTAINMENT_DIGITS).normalize().to_smolstr(),
                ))
            }
        }
    }
}

fn total_of(facts: &Facts<'_>, number: usize) -> Decimal {
    facts
        .measures
        .get(number)
        .map(|measure| measure.after)
        .unwrap_or_default()
}

fn outside(value: Decimal) -> RowError {
    let text = format!("{} lies outside every tier", value.normalize());
    RowError::new(Reason::ValueOutsideTiers, text)
}

/// The tier that `value / unit` falls in, without dividing.
fn tier_at(
    tiers: &[Tier],
    value: Decimal,
    unit: Decimal,
) -> Result<Option<usize>, crate::money::MoneyError> {
    let mirrored = tiers.first().is_some_and(|tier| tier.from.is_zero());
    let at = if mirrored { value.abs() } else { value };
    for (row, tier) in tiers.iter().enumerate() {
        let above = multiply(tier.from, unit)? <= at;
        let below = match tier.to {
            Some(to) => at < multiply(to, unit)?,
            None => true,
        };
        if above && below {
            return Ok(Some(row));
        }
    }
    Ok(None)
}

//! Rate tables, of plans and personal ones. People write `by` and nested rows; a table that these
//! cannot say (one whose cells do not fit its dimensions) is written with `dimensions`.

use std::collections::BTreeSet;

use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use attain_domain::ids::{MeasureId, RateTableId};
use attain_domain::plan::{Axis, Dimension, DimensionInput, RateTable, RateValues, Tier};
use attain_domain::refusal::{Reason, Refusal};
use attain_domain::time::Date;

use super::cells::{Cells, Unfolded, Unit};
use crate::document::leaf::{As, Leaf};
use crate::document::number::{Number, Percent};
use crate::document::{exactly_one, range};
use crate::yaml::KEY_BYTES_MAX;

/// Tables of more dimensions are written flat: readers bound their depth.
const NESTED_DIMENSIONS_MAX: usize = 20;

/// A rate table: what is looked up (`by`), and `percents` or `amounts` for each row.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RateTableDocument {
    /// Its id; tables of one id have separate dates.
    id: As<RateTableId>,
    /// First credit date, or interval end, for which it applies.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    from: Option<As<Date>>,
    /// First date for which it no longer applies: `to` is exclusive.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    to: Option<As<Date>>,
    /// What is looked up, a list if there are several dimensions. The outermost rows of
    /// `percents` or `amounts` are those of the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    by: Option<OneOrMore>,
    /// Or each dimension with its rows; `percents` or `amounts` is then one list, the last
    /// dimension varying fastest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    dimensions: Option<Vec<DimensionDocument>>,
    /// Percents that are applied to the input. Rows are tiers such as `0..10000` (the upper bound
    /// exclusive), or texts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    percents: Option<Cells<Percent>>,
    /// Amounts, in operating currency.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    amounts: Option<Cells<Number>>,
}

/// What is looked up along a dimension: exactly one of these.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct InputDocument {
    /// The total of a measure.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    value: Option<As<MeasureId>>,
    /// The total of a measure in percent of its goal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    percent_of_goal: Option<As<MeasureId>>,
    /// A text by its name in expressions: `attribute.region`, `credit.category`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    text: Option<As<SmolStr>>,
}

/// One dimension with its rows.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct DimensionDocument {
    /// What is looked up.
    by: InputDocument,
    /// Tiers such as `0..10000`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    tiers: Option<Vec<As<Tier>>>,
    /// Or texts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    texts: Option<Vec<As<SmolStr>>>,
}

mod inputs;
use inputs::OneOrMore;

impl From<&RateTable> for RateTableDocument {
    fn from(table: &RateTable) -> Self {
        let RateTable {
            id,
            effective,
            dimensions,
            values,
        } = table;
        let mut document = Self {
            id: As(id.clone()),
            from: effective.from.map(As),
            to: effective.to.map(As),
            by: None,
            dimensions: None,
            percents: None,
            amounts: None,
        };
        let rows = nested_rows(dimensions);
        let nested = match values {
            RateValues::Percents(values) => {
                document.percents = rows.as_ref().and_then(|rows| Cells::folded(rows, values));
                document.percents.is_some()
            }
            RateValues::Amounts(values) => {
                document.amounts = rows.as_ref().and_then(|rows| Cells::folded(rows, values));
                document.amounts.is_some()
            }
        };
        if nested {
            let inputs = dimensions
                .iter()
                .map(|dimension| InputDocument::from(&dimension.input));
            document.by = Some(OneOrMore(inputs.collect()));
        } else {
            document.dimensions = Some(dimensions.iter().map(DimensionDocument::from).collect());
            match values {
                RateValues::Percents(values) => document.percents = Some(flat(values)),
                RateValues::Amounts(values) => document.amounts = Some(flat(values)),
            }
        }
        document
    }
}

fn flat<U: Unit>(values: &[Decimal]) -> Cells<U> {
    Cells::Flat(values.iter().copied().map(U::of).collect())
}

/// The rows of each dimension as texts that say all about them; `None` if they cannot.
fn nested_rows(dimensions: &[Dimension]) -> Option<Vec<Vec<String>>> {
    if dimensions.is_empty() || dimensions.len() > NESTED_DIMENSIONS_MAX {
        return None;
    }
    dimensions
        .iter()
        .map(|Dimension { input, axis }| {
            let rows: Vec<String> = match (input, axis) {
                (DimensionInput::Text(_), Axis::Texts(texts)) => {
                    texts.iter().map(ToString::to_string).collect()
                }
                (
                    DimensionInput::Value(_) | DimensionInput::PercentOfGoal(_),
                    Axis::Tiers(tiers),
                ) => tiers.iter().map(|tier| tier.write().into_owned()).collect(),
                (DimensionInput::Text(_), Axis::Tiers(_))
                | (DimensionInput::Value(_) | DimensionInput::PercentOfGoal(_), Axis::Texts(_)) => {
                    return None;
                }
            };
            let distinct: BTreeSet<&String> = rows.iter().collect();
            let named = rows.iter().all(|row| row.len() <= KEY_BYTES_MAX);
            (named && distinct.len() == rows.len()).then_some(rows)
        })
        .collect()
}

impl RateTableDocument {
    pub(crate) fn table(self) -> Result<RateTable, Refusal> {
        let (dimensions, values) = match (self.by, self.dimensions, self.percents, self.amounts) {
            (Some(by), None, Some(cells), None) => {
                let (dimensions, values) = nested_table(by, &cells, "percents")?;
                (dimensions, RateValues::Percents(values))
            }
            (Some(by), None, None, Some(cells)) => {
                let (dimensions, values) = nested_table(by, &cells, "amounts")?;
                (dimensions, RateValues::Amounts(values))
            }
            (None, Some(dimensions), Some(cells), None) => {
                let values = flat_values(&cells, "percents")?;
                (each_dimension(dimensions)?, RateValues::Percents(values))
            }
            (None, Some(dimensions), None, Some(cells)) => {
                let values = flat_values(&cells, "amounts")?;
                (each_dimension(dimensions)?, RateValues::Amounts(values))
            }
            (by, dimensions, percents, amounts) => {
                exactly_one([("by", by.map(drop)), ("dimensions", dimensions.map(drop))])?;
                exactly_one([
                    ("percents", percents.map(drop)),
                    ("amounts", amounts.map(drop)),
                ])?;
                return Err(Refusal::new(Reason::MalformedValue, "is not a rate table"));
            }
        };
        Ok(RateTable {
            id: self.id.0,
            effective: range(self.from, self.to),
            dimensions,
            values,
        })
    }
}

fn nested_table<U: Unit>(
    by: OneOrMore,
    cells: &Cells<U>,
    field: &str,
) -> Result<(Vec<Dimension>, Vec<Decimal>), Refusal> {
    let inside = |refusal: Refusal| refusal.inside(field);
    let Unfolded { rows, values } = cells.unfolded(by.0.len()).map_err(inside)?;
    let dimensions = by.0.into_iter().zip(rows).map(|(input, rows)| {
        let input = input.input().map_err(|refusal| refusal.inside("by"))?;
        let axis = axis(&input, rows.unwrap_or_default()).map_err(inside)?;
        Ok(Dimension { input, axis })
    });
    Ok((dimensions.collect::<Result<_, Refusal>>()?, values))
}

fn axis(input: &DimensionInput, rows: Vec<String>) -> Result<Axis, Refusal> {
    match input {
        DimensionInput::Text(_) => Ok(Axis::Texts(rows.iter().map(SmolStr::new).collect())),
        DimensionInput::Value(_) | DimensionInput::PercentOfGoal(_) => {
            let tiers = rows.iter().map(|row| {
                Tier::read(row).map_err(|text| Refusal::new(Reason::MalformedValue, text))
            });
            tiers.collect::<Result<_, _>>().map(Axis::Tiers)
        }
    }
}

fn flat_values<U: Unit>(cells: &Cells<U>, field: &str) -> Result<Vec<Decimal>, Refusal> {
    match cells {
        Cells::Flat(values) => Ok(values.iter().map(Unit::value).collect()),
        Cells::One(_) | Cells::Rows(_) => {
            let text = "must be one list of values where there are `dimensions`";
            Err(Refusal::new(Reason::TableShape, text).at(field))
        }
    }
}

fn each_dimension(dimensions: Vec<DimensionDocument>) -> Result<Vec<Dimension>, Refusal> {
    crate::document::each_inside("dimensions", dimensions, |dimension| {
        let texts = dimension
            .texts
            .map(|texts| texts.into_iter().map(|leaf| leaf.0).collect());
        let tiers = dimension
            .tiers
            .map(|tiers| tiers.into_iter().map(|leaf| leaf.0).collect());
        Ok(Dimension {
            input: dimension
                .by
                .input()
                .map_err(|refusal| refusal.inside("by"))?,
            axis: exactly_one([
                ("tiers", tiers.map(Axis::Tiers)),
                ("texts", texts.map(Axis::Texts)),
            ])?,
        })
    })
}

impl From<&Dimension> for DimensionDocument {
    fn from(dimension: &Dimension) -> Self {
        let Dimension { input, axis } = dimension;
        let (tiers, texts) = match axis {
            Axis::Tiers(tiers) => (Some(tiers.iter().copied().map(As).collect()), None),
            Axis::Texts(texts) => (None, Some(texts.iter().cloned().map(As).collect())),
        };
        Self {
            by: input.into(),
            tiers,
            texts,
        }
    }
}

impl From<&DimensionInput> for InputDocument {
    fn from(input: &DimensionInput) -> Self {
        let mut document = Self::default();
        match input {
            DimensionInput::Value(measure) => document.value = Some(As(measure.clone())),
            DimensionInput::PercentOfGoal(measure) => {
                document.percent_of_goal = Some(As(measure.clone()));
            }
            DimensionInput::Text(name) => document.text = Some(As(name.clone())),
        }
        document
    }
}

impl InputDocument {
    fn input(self) -> Result<DimensionInput, Refusal> {
        exactly_one([
            (
                "value",
                self.value.map(|measure| DimensionInput::Value(measure.0)),
            ),
            (
                "percent_of_goal",
                self.percent_of_goal
                    .map(|measure| DimensionInput::PercentOfGoal(measure.0)),
            ),
            ("text", self.text.map(|name| DimensionInput::Text(name.0))),
        ])
    }
}

//! The cells of a rate table: nested maps from tier or text to value, or one flat list.
//!
//! ```yaml
//! percents:
//!   West: {0..100: 3%, 100..: 5%}
//!   East: {0..100: 2%, 100..: 4%}
//! ```

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use rust_decimal::Decimal;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::value::{SeqAccessDeserializer, StrDeserializer};
use serde::de::{self, MapAccess, SeqAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use attain_domain::plan::Tier;
use attain_domain::refusal::{Reason, Refusal};

use crate::document::leaf::Leaf;
use crate::document::number::{Number, Percent, read_exact};

/// A tier as a text: `0..10000`, or `10000..` without an upper bound.
impl Leaf for Tier {
    fn wanted() -> Cow<'static, str> {
        "a tier such as 0..10000 or 10000..".into()
    }

    fn read(text: &str) -> Result<Self, String> {
        let bad = || format!("`{text}` is not {}", Self::wanted());
        let (from, to) = text.split_once("..").ok_or_else(bad)?;
        let to = if to.is_empty() {
            None
        } else {
            Some(read_exact(to).map_err(|_| bad())?)
        };
        let from = read_exact(from).map_err(|_| bad())?;
        Ok(Self { from, to })
    }

    fn write(&self) -> Cow<'_, str> {
        match self.to {
            Some(to) => format!("{}..{to}", self.from),
            None => format!("{}..", self.from),
        }
        .into()
    }

    fn schema() -> Schema {
        json_schema!({
            "type": "string",
            "pattern": "^-?[0-9]+(\\.[0-9]+)?\\.\\.(-?[0-9]+(\\.[0-9]+)?)?$",
        })
    }
}

/// The unit of a table's cells: [`Number`] for amounts, [`Percent`] for percents.
pub(super) trait Unit: Sized {
    fn value(&self) -> Decimal;
    fn of(value: Decimal) -> Self;
}

impl Unit for Number {
    fn value(&self) -> Decimal {
        self.0
    }

    fn of(value: Decimal) -> Self {
        Self(value)
    }
}

impl Unit for Percent {
    fn value(&self) -> Decimal {
        self.0
    }

    fn of(value: Decimal) -> Self {
        Self(value)
    }
}

/// Cells, in one unit.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Cells<U> {
    /// One value.
    One(U),
    /// Values in the order of the dimensions, the last varying fastest.
    Flat(Vec<U>),
    /// A row of a dimension with what is below it, in order.
    Rows(Vec<(String, Cells<U>)>),
}

impl<U: Unit> Cells<U> {
    /// The rows of each of `depth` dimensions, and the values in the order of the dimensions.
    pub(super) fn unfolded(&self, depth: usize) -> Result<Unfolded, Refusal> {
        let mut unfolded = Unfolded {
            rows: vec![None; depth],
            values: Vec::new(),
        };
        self.unfold(0, "", &mut unfolded)?;
        Ok(unfolded)
    }

    fn unfold(&self, level: usize, path: &str, into: &mut Unfolded) -> Result<(), Refusal> {
        let refuse = |text: String| {
            let refusal = Refusal::new(Reason::TableShape, text);
            Err(if path.is_empty() {
                refusal
            } else {
                refusal.at(path)
            })
        };
        let dimensions = into.rows.len();
        match self {
            Self::Flat(_) => refuse("a list of values needs `dimensions` beside it".to_owned()),
            Self::One(_) if level < dimensions => {
                refuse(format!("has {level} levels, `by` has {dimensions}"))
            }
            Self::One(value) => {
                into.values.push(value.value());
                Ok(())
            }
            Self::Rows(rows) => {
                let Some(known) = into.rows.get_mut(level) else {
                    return refuse(format!("has more levels than `by`, which has {dimensions}"));
                };
                let names: Vec<String> = rows.iter().map(|(name, _)| name.clone()).collect();
                match known {
                    Some(known) if *known != names => {
                        let (known, names) = (known.join(", "), names.join(", "));
                        return refuse(format!(
                            "has the rows {names}; they must be the same everywhere: {known}"
                        ));
                    }
                    Some(_) => {}
                    None => *known = Some(names),
                }
                rows.iter().try_for_each(|(name, below)| {
                    let separator = if path.is_empty() { "" } else { "." };
                    below.unfold(level + 1, &format!("{path}{separator}{name}"), into)
                })
            }
        }
    }

    /// Nested maps for the rows of each dimension and their values; there are as many values as
    /// cells.
    pub(super) fn folded(rows: &[Vec<String>], values: &[Decimal]) -> Option<Self> {
        let Some((names, inner)) = rows.split_first() else {
            let [value] = values else { return None };
            return Some(Self::One(U::of(*value)));
        };
        if names.is_empty() || !values.len().is_multiple_of(names.len()) || values.is_empty() {
            return None;
        }
        let cells = values.chunks(values.len() / names.len());
        let rows = names
            .iter()
            .zip(cells)
            .map(|(name, cells)| Some((name.clone(), Self::folded(inner, cells)?)));
        rows.collect::<Option<_>>().map(Self::Rows)
    }
}

/// A table taken apart.
pub(super) struct Unfolded {
    /// The rows of each dimension; none for a dimension without any.
    pub(super) rows: Vec<Option<Vec<String>>>,
    /// One value per cell.
    pub(super) values: Vec<Decimal>,
}

impl<U: Serialize> Serialize for Cells<U> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::One(value) => value.serialize(serializer),
            Self::Flat(values) => values.serialize(serializer),
            Self::Rows(rows) => {
                let mut map = serializer.serialize_map(Some(rows.len()))?;
                for (name, below) in rows {
                    map.serialize_entry(name, below)?;
                }
                map.end()
            }
        }
    }
}

impl<'de, U: Deserialize<'de>> Deserialize<'de> for Cells<U> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(CellsVisitor(PhantomData))
    }
}

struct CellsVisitor<U>(PhantomData<U>);

impl<'de, U: Deserialize<'de>> Visitor<'de> for CellsVisitor<U> {
    type Value = Cells<U>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value, a list of values, or rows with values")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Cells<U>, E> {
        U::deserialize(StrDeserializer::new(text)).map(Cells::One)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Cells<U>, A::Error> {
        Vec::deserialize(SeqAccessDeserializer::new(seq)).map(Cells::Flat)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Cells<U>, A::Error> {
        let mut rows: Vec<(String, Cells<U>)> = Vec::new();
        while let Some(entry) = map.next_entry()? {
            rows.push(entry);
        }
        Ok(Cells::Rows(rows))
    }
}

impl<U: JsonSchema> JsonSchema for Cells<U> {
    fn schema_name() -> Cow<'static, str> {
        format!("Cells{}", U::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let value = generator.subschema_for::<U>();
        let below = generator.subschema_for::<Self>();
        json_schema!({
            "anyOf": [
                value,
                { "type": "array", "items": value },
                { "type": "object", "additionalProperties": below },
            ],
        })
    }
}

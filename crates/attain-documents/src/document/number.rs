//! Numbers, percents and values of any type. Exact: the digits go from the text to the decimal and
//! back, and never through a float.
//!
//! Each is written as a newtype by a name that YAML knows ([`NUMBER`], [`PERCENT`], [`VALUE`]):
//! there it is a plain number, has a `%`, or is written by its type. In stored JSON a decimal is a
//! text.

use std::borrow::Cow;
use std::fmt;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{self, MapAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use smol_str::SmolStr;

use attain_domain::expression::Value;

use super::leaf::As;

/// The name of the newtype of numbers.
pub(crate) const NUMBER: &str = "Number";
/// The name of the newtype of percents.
pub(crate) const PERCENT: &str = "Percent";
/// The name of the newtype of values of any type.
pub(crate) const VALUE: &str = "Value";
/// In stored JSON, a number among values is `{"n": "1.5"}`.
pub(crate) const TAG_NUMBER: &str = "n";
/// In stored JSON, a date among values is `{"d": "2026-01-31"}`.
pub(crate) const TAG_DATE: &str = "d";

/// Reads a decimal of at most 28 digits, all of them kept.
pub(crate) fn read_exact(text: &str) -> Result<Decimal, String> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let plain = digits.bytes().all(|b| b.is_ascii_digit() || b == b'.')
        && digits.starts_with(|c: char| c.is_ascii_digit())
        && digits.ends_with(|c: char| c.is_ascii_digit());
    if !plain {
        return Err(format!("`{text}` is not a decimal number"));
    }
    Decimal::from_str_exact(text)
        .map_err(|_| format!("`{text}` is not a decimal number of at most 28 digits"))
}

/// A number in documents and stores.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Number(pub(crate) Decimal);

/// A percent: `5` and `5%` are the same in YAML.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Percent(pub(crate) Decimal);

/// A decimal as exact text.
pub(crate) struct Exact<'a>(pub(crate) &'a Decimal);

impl Exact<'_> {
    pub(crate) fn is_zero(&self) -> bool {
        self.0.is_zero()
    }
}

impl Serialize for Exact<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self.0)
    }
}

impl Serialize for Number {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_newtype_struct(NUMBER, &Exact(&self.0))
    }
}

impl Serialize for Percent {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_newtype_struct(PERCENT, &Exact(&self.0))
    }
}

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(NumberVisitor)
    }
}

struct NumberVisitor;

impl Visitor<'_> for NumberVisitor {
    type Value = Number;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Number, E> {
        read_exact(text).map(Number).map_err(E::custom)
    }
}

impl<'de> Deserialize<'de> for Percent {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(PercentVisitor)
    }
}

struct PercentVisitor;

impl Visitor<'_> for PercentVisitor {
    type Value = Percent;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a percent")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Percent, E> {
        let number = text.strip_suffix('%').unwrap_or(text);
        read_exact(number.trim_end())
            .map(Percent)
            .map_err(E::custom)
    }
}

impl JsonSchema for Number {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        NUMBER.into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": ["number", "string"],
            "pattern": "^-?[0-9]+(\\.[0-9]+)?$",
        })
    }
}

impl JsonSchema for Percent {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        PERCENT.into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": ["number", "string"],
            "pattern": "^-?[0-9]+(\\.[0-9]+)? *%?$",
        })
    }
}

/// A value of any type, as attributes have it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct AnyValue(pub(crate) Value);

/// The same, borrowed.
pub(crate) struct AnyValueRef<'a>(pub(crate) &'a Value);

impl Serialize for AnyValue {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        AnyValueRef(&self.0).serialize(serializer)
    }
}

impl Serialize for AnyValueRef<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_newtype_struct(VALUE, &Tagged(self.0))
    }
}

/// Texts and bools as themselves, numbers and dates in a map of one entry that tells the type.
struct Tagged<'a>(&'a Value);

impl Serialize for Tagged<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::Text(text) => serializer.serialize_str(text),
            Value::Bool(truth) => serializer.serialize_bool(*truth),
            Value::Number(number) => {
                let mut map = serializer.serialize_map(Some(1))?;
                map.serialize_entry(TAG_NUMBER, &Exact(number))?;
                map.end()
            }
            Value::Date(date) => {
                let mut map = serializer.serialize_map(Some(1))?;
                map.serialize_entry(TAG_DATE, &As(*date))?;
                map.end()
            }
        }
    }
}

impl<'de> Deserialize<'de> for AnyValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer
            .deserialize_newtype_struct(VALUE, ValueVisitor)
            .map(Self)
    }
}

struct ValueVisitor;

impl<'de> Visitor<'de> for ValueVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text, a number, a date, or true or false")
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, inner: D) -> Result<Value, D::Error> {
        inner.deserialize_any(self)
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Value, E> {
        Ok(Value::Text(SmolStr::new(text)))
    }

    fn visit_bool<E: de::Error>(self, truth: bool) -> Result<Value, E> {
        Ok(Value::Bool(truth))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let tag: Option<Cow<'de, str>> = map.next_key()?;
        let value = match tag.as_deref() {
            Some(TAG_NUMBER) => Value::Number(map.next_value::<Number>()?.0),
            Some(TAG_DATE) => Value::Date(map.next_value::<As<NaiveDate>>()?.0),
            Some(_) | None => return Err(de::Error::custom("is not a value")),
        };
        match map.next_key::<Cow<'de, str>>()? {
            None => Ok(value),
            Some(_) => Err(de::Error::custom("is not a value")),
        }
    }
}

impl JsonSchema for AnyValue {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        VALUE.into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": ["string", "number", "boolean"] })
    }
}

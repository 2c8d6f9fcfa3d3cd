//! The smallest parts of documents: names, choices and dates, each one text. Numbers are in
//! [`super::number`]. A leaf says how it is read, written and described; a bad one never gets in.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use chrono::NaiveDate;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use smol_str::SmolStr;

use attain_domain::definition::calendar::{IntervalKind, PeriodStatus};
use attain_domain::definition::settings::NegativeSheet;
use attain_domain::expression::ValueType;
use attain_domain::ids;
use attain_domain::money::{Currency, Rounding};
use attain_domain::payment_plan::{DrawMode, DrawProration, Floor, Withheld};
use attain_domain::plan::{
    EarningRounding, IndirectCredits, Phase, Proration, ReportDepth, SplitMode,
};

/// Something that a document writes as one text.
pub(crate) trait Leaf: Sized {
    /// What it is called in messages: `a date such as 2026-01-31`.
    fn wanted() -> Cow<'static, str>;

    /// Reads the text, or says what is wrong with it.
    fn read(text: &str) -> Result<Self, String>;

    /// The text that [`Leaf::read`] reads back.
    fn write(&self) -> Cow<'_, str>;

    /// Its JSON Schema.
    fn schema() -> Schema;
}

/// A leaf where serde and schemars see it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct As<T>(pub(crate) T);

impl<T: Leaf> Serialize for As<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0.write())
    }
}

impl<'de, T: Leaf> Deserialize<'de> for As<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(LeafVisitor(PhantomData))
    }
}

struct LeafVisitor<T>(PhantomData<T>);

impl<T: Leaf> Visitor<'_> for LeafVisitor<T> {
    type Value = As<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&T::wanted())
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<As<T>, E> {
        T::read(text).map(As).map_err(E::custom)
    }
}

impl<T: Leaf> JsonSchema for As<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Leaf".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        T::schema()
    }
}

macro_rules! names {
    ($($name:ident),+ $(,)?) => {$(
        impl Leaf for ids::$name {
            fn wanted() -> Cow<'static, str> {
                "a name".into()
            }

            fn read(text: &str) -> Result<Self, String> {
                Self::parse(text).map_err(|error| format!("`{text}` is not a name: it {error}"))
            }

            fn write(&self) -> Cow<'_, str> {
                self.as_str().into()
            }

            fn schema() -> Schema {
                // A name that is made of digits only, such as 2026, is a number to YAML editors.
                json_schema!({
                    "type": ["string", "number"],
                    "minLength": 1,
                    "maxLength": ids::NAME_BYTES_MAX,
                })
            }
        }
    )+};
}

names! {
    ParticipantId, TeamId, CategoryId, PlanId, ComponentId, MeasureId, GoalId, RateTableId,
    RuleSetId, RuleId, FactorId, PeriodId, IntervalId, PayGroupId, PaymentPlanId,
    TransactionType, AttributeName,
}

macro_rules! choices {
    ($($type:ty { $($variant:ident = $name:literal),+ $(,)? })+) => {$(
        impl Leaf for $type {
            fn wanted() -> Cow<'static, str> {
                one_of(&[$($name),+]).into()
            }

            fn read(text: &str) -> Result<Self, String> {
                match text {
                    $($name => Ok(Self::$variant),)+
                    _ => Err(format!("`{text}` is not {}", one_of(&[$($name),+]))),
                }
            }

            fn write(&self) -> Cow<'_, str> {
                match self { $(Self::$variant => $name,)+ }.into()
            }

            fn schema() -> Schema {
                json_schema!({ "enum": [$($name),+] })
            }
        }
    )+};
}

choices! {
    Rounding { HalfEven = "half_even", HalfUp = "half_up" }
    NegativeSheet { Stands = "stands", Carried = "carried", Lifted = "lifted" }
    PeriodStatus { Open = "open", Closed = "closed", PermanentlyClosed = "permanently_closed" }
    ValueType { Number = "number", Text = "text", Bool = "bool", Date = "date" }
    IntervalKind { Period = "period", Quarter = "quarter", Year = "year" }
    Proration { None = "none", ByDay = "by_day", ByMonth = "by_month" }
    ReportDepth { Direct = "direct", All = "all" }
    SplitMode { Flat = "flat", Step = "step", Interpolated = "interpolated" }
    IndirectCredits { None = "none", Manager = "manager", Team = "team", All = "all" }
    EarningRounding { Cumulative = "cumulative", EachEarning = "each_earning" }
    Phase { First = "first", Second = "second" }
    DrawMode { TopUp = "top_up", OnTop = "on_top" }
    DrawProration { Whole = "whole", ByDay = "by_day" }
    Withheld { Lost = "lost", CarriedForward = "carried_forward" }
    Floor { Kept = "kept", NotKept = "not_kept" }
}

/// `one of a, b or c`.
pub(crate) fn one_of(names: &[&str]) -> String {
    match names {
        [] => "anything".to_owned(),
        [only] => format!("`{only}`"),
        [before @ .., last] => {
            let before: Vec<String> = before.iter().map(|name| format!("`{name}`")).collect();
            format!("one of {} or `{last}`", before.join(", "))
        }
    }
}

impl Leaf for NaiveDate {
    fn wanted() -> Cow<'static, str> {
        "a date such as 2026-01-31".into()
    }

    fn read(text: &str) -> Result<Self, String> {
        // Dates have one spelling only: chrono alone would also take `2026-1-5`.
        text.parse()
            .ok()
            .filter(|date: &Self| date.to_string() == text)
            .ok_or_else(|| format!("`{text}` is not a date such as 2026-01-31"))
    }

    fn write(&self) -> Cow<'_, str> {
        self.to_string().into()
    }

    fn schema() -> Schema {
        json_schema!({ "type": "string", "format": "date" })
    }
}

impl Leaf for Currency {
    fn wanted() -> Cow<'static, str> {
        "a currency such as USD".into()
    }

    fn read(text: &str) -> Result<Self, String> {
        Self::parse(text).map_err(|error| error.to_string())
    }

    fn write(&self) -> Cow<'_, str> {
        self.code().into()
    }

    fn schema() -> Schema {
        json_schema!({ "type": "string", "pattern": "^[A-Z]{3}$" })
    }
}

/// Any text: a name for people, an expression, a row of a rate table. Written `true`, `7` or
/// `"7"`, it is the same text.
impl Leaf for String {
    fn wanted() -> Cow<'static, str> {
        "a text".into()
    }

    fn read(text: &str) -> Result<Self, String> {
        Ok(text.to_owned())
    }

    fn write(&self) -> Cow<'_, str> {
        self.into()
    }

    fn schema() -> Schema {
        json_schema!({ "type": ["string", "number", "boolean"] })
    }
}

impl Leaf for SmolStr {
    fn wanted() -> Cow<'static, str> {
        String::wanted()
    }

    fn read(text: &str) -> Result<Self, String> {
        Ok(Self::new(text))
    }

    fn write(&self) -> Cow<'_, str> {
        self.as_str().into()
    }

    fn schema() -> Schema {
        String::schema()
    }
}

//! How pages of the database become domain values again. A page is one JSON array with an array per
//! row: the driver hands over single rows several times slower (measured).

use std::fmt;
use std::marker::PhantomData;

use attain_domain::credit::{LeftBecause, Obsolete};
use attain_domain::definition::DefinitionKind;
use attain_domain::ids::*;
use attain_domain::money::{Currency, Money};
use attain_domain::ports::StoreError;
use attain_domain::refusal::{Reason, RowError};
use attain_domain::stamp::{Stamp, Version};
use attain_domain::time::{Date, Instant};
use rust_decimal::Decimal;
use serde::de::{Deserialize, Deserializer, Error, Unexpected, Visitor};
use uuid::Uuid;

use crate::cells::DAYS_BEFORE_1970;
use crate::error::corrupt;
use attain_documents::stored::Code;

/// The rows of a page.
pub(crate) fn rows<'a, Row>(what: &str, page: &'a str) -> Result<Vec<Row>, StoreError>
where
    Row: Deserialize<'a>,
{
    serde_json::from_str(page).map_err(|error| corrupt(what, error))
}

/// Something that is stored as a text.
pub(crate) trait FromText: Sized {
    fn from_text(text: &str) -> Option<Self>;
}

/// Something that is stored as a whole number.
pub(crate) trait FromWhole: Sized {
    fn from_whole(number: i64) -> Option<Self>;
}

/// A text, as what it stands for.
pub(crate) struct Text<T>(pub(crate) T);

/// An id as hexadecimal digits; none are no id.
pub(crate) struct Maybe<T>(pub(crate) Option<T>);

/// A whole number, as what it stands for.
pub(crate) struct Whole<T>(pub(crate) T);

struct TextVisitor<T>(PhantomData<T>);

impl<T: FromText> Visitor<'_> for TextVisitor<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(std::any::type_name::<T>())
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
        T::from_text(text).ok_or_else(|| E::invalid_value(Unexpected::Str(text), &self))
    }
}

struct MaybeVisitor<T>(PhantomData<T>);

impl<T: FromText> Visitor<'_> for MaybeVisitor<T> {
    type Value = Option<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(std::any::type_name::<Option<T>>())
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Option<T>, E> {
        if text.is_empty() {
            return Ok(None);
        }
        TextVisitor(PhantomData).visit_str(text).map(Some)
    }
}

impl<'de, T: FromText> Deserialize<'de> for Text<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = deserializer.deserialize_str(TextVisitor(PhantomData))?;
        Ok(Self(value))
    }
}

impl<'de, T: FromText> Deserialize<'de> for Maybe<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = deserializer.deserialize_str(MaybeVisitor(PhantomData))?;
        Ok(Self(value))
    }
}

impl<'de, T: FromWhole> Deserialize<'de> for Whole<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let number = i64::deserialize(deserializer)?;
        let expected = std::any::type_name::<T>();
        let refused = || D::Error::invalid_value(Unexpected::Signed(number), &expected);
        T::from_whole(number).map(Self).ok_or_else(refused)
    }
}

macro_rules! names {
    ($($name:ty)+) => {$(
        impl FromText for $name {
            fn from_text(text: &str) -> Option<Self> {
                Self::parse(text).ok()
            }
        }
    )+};
}

names! {
    ActorId AttributeName CategoryId ComponentId DefinitionId IntervalId ParticipantId PayGroupId
    PaymentPlanId PeriodId PlanId RequestId RuleId RuleSetId SourceNumber TransactionType
    WorkerId WorkspaceId Currency
}

macro_rules! ids {
    ($($name:ident)+) => {$(
        impl FromText for $name {
            fn from_text(text: &str) -> Option<Self> {
                Uuid::try_parse(text).ok().map(Self)
            }
        }
    )+};
}

ids! {
    ActivityId BatchId CalculationId ChunkId ClearId ClearUndoId CreditId EarningId LineId LineageId
    PaysheetId RewardId RunId TransactionId WorkItemId
}

macro_rules! coded {
    ($($name:ty)+) => {$(
        impl FromText for $name {
            fn from_text(text: &str) -> Option<Self> {
                Self::from_code(text)
            }
        }
    )+};
}

coded! {
    attain_domain::activity::ActivityAction
    attain_domain::activity::RecordKind
    attain_domain::credit::CreditKind
    attain_domain::payment::BatchStatus
    attain_domain::payment::LineKind
    attain_domain::payment::PaysheetStatus
    attain_domain::reward::RewardKind
    attain_domain::reward::SettlementStep
    attain_domain::run::LogLevel
    attain_domain::run::Process
    attain_domain::run::RunStatus
    DefinitionKind
    LeftBecause
    Reason
}

impl FromText for Uuid {
    fn from_text(text: &str) -> Option<Self> {
        Self::try_parse(text).ok()
    }
}

impl FromText for Decimal {
    fn from_text(text: &str) -> Option<Self> {
        Self::from_str_exact(text).ok()
    }
}

impl FromWhole for bool {
    fn from_whole(number: i64) -> Option<Self> {
        match number {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        }
    }
}

impl FromWhole for Date {
    fn from_whole(number: i64) -> Option<Self> {
        let days = i32::try_from(number).ok()?.checked_add(DAYS_BEFORE_1970)?;
        Self::from_num_days_from_ce_opt(days)
    }
}

impl FromWhole for Instant {
    fn from_whole(number: i64) -> Option<Self> {
        Self::from_micros(number)
    }
}

impl FromWhole for Version {
    fn from_whole(number: i64) -> Option<Self> {
        u32::try_from(number).ok().map(Self)
    }
}

/// Version, times and actor, as a JSON array in the row's.
#[derive(serde::Deserialize)]
pub(crate) struct StampRow {
    version: Whole<Version>,
    created_at: Whole<Instant>,
    updated_at: Whole<Instant>,
    actor: Text<ActorId>,
}

impl StampRow {
    pub(crate) fn into_stamp(self) -> Stamp {
        Stamp {
            version: self.version.0,
            created_at: self.created_at.0,
            updated_at: self.updated_at.0,
            actor: self.actor.0,
        }
    }
}

/// An amount and its currency, as a JSON array in the row's.
#[derive(serde::Deserialize)]
pub(crate) struct MoneyRow(Text<Decimal>, Text<Currency>);

impl MoneyRow {
    pub(crate) fn into_money(self) -> Money {
        Money::new(self.0.0, self.1.0)
    }
}

/// The reason and the text of a row's error, as a JSON array in the row's.
#[derive(serde::Deserialize)]
pub(crate) struct ErrorRow(Text<Reason>, String);

impl ErrorRow {
    pub(crate) fn into_error(self) -> RowError {
        RowError::new(self.0.0, self.1)
    }
}

/// The obsolete mark, as a JSON array in the row's.
#[derive(serde::Deserialize)]
pub(crate) struct ObsoleteRow(
    Whole<Instant>,
    Text<ActorId>,
    Text<LeftBecause>,
    Option<String>,
);

impl ObsoleteRow {
    pub(crate) fn into_mark(self) -> Obsolete {
        Obsolete {
            at: self.0.0,
            actor: self.1.0,
            because: self.2.0,
            reason: self.3,
        }
    }
}

/// A row of a history: the row as it was, then why, when and by whom it left.
#[derive(serde::Deserialize)]
pub(crate) struct PastRow<Row> {
    pub(crate) row: Row,
    pub(crate) because: Text<LeftBecause>,
    pub(crate) left_at: Whole<Instant>,
    pub(crate) left_by: Text<ActorId>,
}

/// The rows of several pages, one after the other.
pub(crate) fn all<T>(
    pages: &[String],
    read: impl Fn(&str) -> Result<Vec<T>, StoreError>,
) -> Result<Vec<T>, StoreError> {
    let mut rows = Vec::new();
    for page in pages {
        rows.append(&mut read(page)?);
    }
    Ok(rows)
}

//! Names, numbers, dates and moments, from short texts. A text that is none panics.

use rust_decimal::Decimal;
use uuid::Uuid;

use crate::ids::{
    ActorId, AttributeName, CategoryId, ComponentId, DefinitionId, FactorId, GoalId, IntervalId,
    MeasureId, ParticipantId, PayGroupId, PaymentPlanId, PeriodId, PlanId, RateTableId, RequestId,
    RuleId, RuleSetId, SourceNumber, TeamId, TransactionType, WorkerId, WorkspaceId,
};
use crate::money::{Currency, Money};
use crate::stamp::{Stamp, Version};
use crate::time::{Date, Instant};

/// A kind of name that people choose.
pub trait Name: Sized {
    /// The name of a text.
    fn of(text: &str) -> Self;
}

macro_rules! names {
    ($($kind:ident)+) => {$(
        impl Name for $kind {
            fn of(text: &str) -> Self {
                Self::parse(text).unwrap_or_else(|why| panic!("the name {text:?} {why}"))
            }
        }
    )+};
}

names! {
    ActorId AttributeName CategoryId ComponentId DefinitionId FactorId GoalId IntervalId MeasureId
    ParticipantId PayGroupId PaymentPlanId PeriodId PlanId RateTableId RequestId RuleId RuleSetId
    SourceNumber TeamId TransactionType WorkerId WorkspaceId
}

/// A name of the kind that is wanted.
///
/// # Panics
/// When the text is not a name.
#[must_use]
pub fn name<T: Name>(text: &str) -> T {
    T::of(text)
}

/// The id of a number; ids rise with their numbers.
#[must_use]
pub fn uuid(number: u64) -> Uuid {
    Uuid::from_u128(u128::from(number))
}

/// A decimal.
///
/// # Panics
/// When the text is not one.
#[must_use]
pub fn decimal(text: &str) -> Decimal {
    Decimal::from_str_exact(text).unwrap_or_else(|why| panic!("{text:?} is no decimal: {why}"))
}

/// An amount in US dollars.
///
/// # Panics
/// When the text is not a decimal.
#[must_use]
pub fn usd(amount: &str) -> Money {
    let currency = Currency::parse("USD").expect("USD is a currency");
    Money::new(decimal(amount), currency)
}

/// A date, from `2026-01-31`.
///
/// # Panics
/// When the text is not one.
#[must_use]
pub fn date(text: &str) -> Date {
    text.parse()
        .unwrap_or_else(|why| panic!("{text:?} is no date: {why}"))
}

/// So many seconds into the first of January 2026, UTC.
///
/// # Panics
/// Beyond the range of dates.
#[must_use]
pub fn at(seconds: i64) -> Instant {
    const NEW_YEAR_2026: i64 = 1_767_225_600;
    seconds
        .checked_add(NEW_YEAR_2026)
        .and_then(|seconds| seconds.checked_mul(1_000_000))
        .and_then(Instant::from_micros)
        .unwrap_or_else(|| panic!("{seconds} seconds are beyond the range of dates"))
}

/// The stamp of a record that was just made, by `tester`.
#[must_use]
pub fn stamp() -> Stamp {
    stamp_at(Version::FIRST.0)
}

/// The stamp of a record at a version: made at second 0, written last at the second of its version.
#[must_use]
pub fn stamp_at(version: u32) -> Stamp {
    Stamp {
        version: Version(version),
        created_at: at(0),
        updated_at: at(i64::from(version)),
        actor: name("tester"),
    }
}

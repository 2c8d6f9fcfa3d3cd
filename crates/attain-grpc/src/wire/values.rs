//! Values that many messages have: names and ids, dates, decimals, money, instants, stamps.

use attain_domain::ids::IdError;
use attain_domain::money::Money;
use attain_domain::refusal::{Reason, Refusal, RowError};
use attain_domain::stamp::{Stamp, Version};
use attain_domain::time::{Date, DateRange, Instant};
use attain_proto::attain::v1 as proto;
use attain_proto::google::r#type as standard;
use prost_types::Timestamp;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

/// Nano units of one unit of money.
const NANOS: i64 = 1_000_000_000;

/// A name or an id of the caller.
///
/// # Errors
/// `MISSING_VALUE` when there is none, `MALFORMED_VALUE` when it is no name.
pub(crate) fn name<T>(
    field: &str,
    text: &str,
    parse: fn(&str) -> Result<T, IdError>,
) -> Result<T, Refusal> {
    if text.is_empty() {
        return Err(missing(field));
    }
    parse(text).map_err(|error| malformed(field, error.to_string()))
}

/// A value that is needed and was not given.
pub(crate) fn missing(field: &str) -> Refusal {
    Refusal::new(Reason::MissingValue, "is needed").at(field)
}

/// A value that cannot be read.
pub(crate) fn malformed(field: &str, text: impl Into<String>) -> Refusal {
    Refusal::new(Reason::MalformedValue, text).at(field)
}

/// An enumerated value: neither the one of number 0, nor one that this server does not know.
///
/// # Errors
/// `MISSING_VALUE`, `MALFORMED_VALUE`.
pub(crate) fn choice<E: TryFrom<i32>>(field: &str, number: i32) -> Result<E, Refusal> {
    if number == 0 {
        return Err(missing(field));
    }
    E::try_from(number).map_err(|_| malformed(field, format!("{number} is not one of its values")))
}

/// An etag; empty for any version.
///
/// # Errors
/// `MALFORMED_VALUE`.
pub(crate) fn etag(field: &str, text: &str) -> Result<Option<Version>, Refusal> {
    if text.is_empty() {
        return Ok(None);
    }
    let version = text
        .parse()
        .map_err(|_| malformed(field, "is not an etag of this server"))?;
    Ok(Some(Version(version)))
}

/// A civil date.
///
/// # Errors
/// `MALFORMED_VALUE` for a day that is not in the calendar.
pub(crate) fn date_from_wire(field: &str, date: &standard::Date) -> Result<Date, Refusal> {
    let standard::Date { year, month, day } = *date;
    let parts = (u32::try_from(month), u32::try_from(day));
    let read = match parts {
        (Ok(month), Ok(day)) if (1..=9999).contains(&year) => Date::from_ymd_opt(year, month, day),
        _ => None,
    };
    read.ok_or_else(|| malformed(field, format!("{year:04}-{month:02}-{day:02} is not a day")))
}

/// A half-open span of dates; absent is always.
///
/// # Errors
/// `MALFORMED_VALUE` for a day that is not in the calendar, `OUT_OF_RANGE` for an empty span.
pub(crate) fn range_from_wire(
    field: &str,
    range: Option<&proto::DateRange>,
) -> Result<DateRange, Refusal> {
    let Some(range) = range else {
        return Ok(DateRange::ALWAYS);
    };
    let end = |name: &str, date: Option<&standard::Date>| {
        date.map(|date| date_from_wire(&format!("{field}.{name}"), date))
            .transpose()
    };
    let from = end("start_date", range.start_date.as_ref())?;
    let to = end("end_date", range.end_date.as_ref())?;
    let read = DateRange { from, to };
    if read.is_empty() {
        let text = "the first date must be before the end date, which is not in the span";
        return Err(Refusal::new(Reason::OutOfRange, text).at(field));
    }
    Ok(read)
}

/// A civil date.
pub(crate) fn date(date: Date) -> standard::Date {
    use chrono::Datelike;
    let small = |number: u32| i32::try_from(number).unwrap_or_default();
    standard::Date {
        year: date.year(),
        month: small(date.month()),
        day: small(date.day()),
    }
}

/// A half-open span of dates.
pub(crate) fn range(range: DateRange) -> proto::DateRange {
    proto::DateRange {
        start_date: range.from.map(date),
        end_date: range.to.map(date),
    }
}

/// A decimal, without needless zeros.
pub(crate) fn decimal(number: Decimal) -> standard::Decimal {
    standard::Decimal {
        value: number.normalize().to_string(),
    }
}

/// An amount.
///
/// # Errors
/// `OVERFLOW` for a sum of more units than fit, `INTERNAL` for more than 9 digits after the point:
/// what is stored has at most 8.
pub(crate) fn money(money: Money) -> Result<standard::Money, Refusal> {
    let overflow = || Refusal::new(Reason::Overflow, format!("{money} is too large to be sent"));
    let units = money.amount.trunc().to_i64().ok_or_else(overflow)?;
    let nanos = money
        .amount
        .fract()
        .checked_mul(Decimal::from(NANOS))
        .ok_or_else(overflow)?;
    if !nanos.fract().is_zero() {
        let text = format!("{money} has too many digits to be sent");
        return Err(Refusal::new(Reason::Internal, text));
    }
    let nanos = nanos.to_i32().ok_or_else(overflow)?;
    Ok(standard::Money {
        currency_code: money.currency.to_string(),
        units,
        nanos,
    })
}

/// An instant.
pub(crate) fn time(instant: Instant) -> Timestamp {
    let micros = instant.micros();
    let nanos = micros.rem_euclid(1_000_000) * 1_000;
    Timestamp {
        seconds: micros.div_euclid(1_000_000),
        nanos: i32::try_from(nanos).unwrap_or_default(),
    }
}

/// What every record carries, as its messages spell it.
pub(crate) struct WireStamp {
    pub(crate) etag: String,
    pub(crate) create_time: Option<Timestamp>,
    pub(crate) update_time: Option<Timestamp>,
    pub(crate) actor: String,
}

/// The stamp of a record.
pub(crate) fn stamp(stamp: &Stamp) -> WireStamp {
    WireStamp {
        etag: stamp.version.0.to_string(),
        create_time: Some(time(stamp.created_at)),
        update_time: Some(time(stamp.updated_at)),
        actor: stamp.actor.to_string(),
    }
}

/// What is wrong with a row.
pub(crate) fn row_error(error: &RowError) -> proto::RowError {
    proto::RowError {
        reason: error.reason.code().to_owned(),
        text: error.text.clone(),
    }
}

/// The text of what there may be.
pub(crate) fn text_or_empty<T: ToString>(value: Option<T>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

#[cfg(test)]
mod tests;

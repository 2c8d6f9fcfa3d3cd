//! Values that callers give: decimals, amounts, instants, attributes. Those that are sent stand in
//! `values`.

use attain_domain::expression::Value;
use attain_domain::money::{Currency, Money, NumberError, add, check_number, parse_number};
use attain_domain::refusal::{Reason, Refusal};
use attain_domain::time::Instant;
use attain_proto::attain::v1 as proto;
use attain_proto::attain::v1::attribute_value::Value as WireValue;
use attain_proto::google::r#type as standard;
use prost_types::Timestamp;
use rust_decimal::Decimal;

use super::values::{date_from_wire, malformed, missing};

/// Digits after the point that the nano units of an amount stand for.
const NANO_DIGITS: u32 = 9;
/// The nano units of an amount, and those of an instant, are less than one whole.
const NANOS: i32 = 1_000_000_000;
/// Nanoseconds of a microsecond, which is what instants are kept to.
const MICRO_NANOS: i32 = 1_000;
/// Longest text of an attribute, in bytes: as long as an import may have.
const TEXT_BYTES_MAX: usize = 1_000;

/// A plain decimal.
///
/// # Errors
/// `MALFORMED_VALUE`; `OUT_OF_RANGE` for more digits than are stored.
pub(crate) fn decimal_from_wire(
    field: &str,
    decimal: &standard::Decimal,
) -> Result<Decimal, Refusal> {
    if decimal.value.is_empty() {
        return Err(missing(field));
    }
    parse_number(&decimal.value).map_err(|wrong| no_number(field, &wrong))
}

/// An amount.
///
/// # Errors
/// `UNKNOWN_CURRENCY`; `MALFORMED_VALUE` for nano units that contradict the units; `OUT_OF_RANGE`
/// for more digits than are stored.
pub(crate) fn money_from_wire(field: &str, money: &standard::Money) -> Result<Money, Refusal> {
    let standard::Money {
        currency_code,
        units,
        nanos,
    } = money;
    let currency = Currency::parse(currency_code).map_err(|wrong| {
        Refusal::new(Reason::UnknownCurrency, wrong.to_string())
            .at(format!("{field}.currency_code"))
    })?;
    let contradicts = (*units > 0 && *nanos < 0) || (*units < 0 && *nanos > 0);
    if contradicts || nanos.unsigned_abs() >= NANOS.unsigned_abs() {
        let text = "must be less than one unit, and of the sign of the units";
        return Err(malformed(&format!("{field}.nanos"), text));
    }
    let nanos = Decimal::new(i64::from(*nanos), NANO_DIGITS);
    let amount = add(Decimal::from(*units), nanos)
        .map_err(|_| no_number(field, &NumberError::TooLarge))?
        .normalize();
    let amount = check_number(amount).map_err(|wrong| no_number(field, &wrong))?;
    Ok(Money::new(amount, currency))
}

fn no_number(field: &str, wrong: &NumberError) -> Refusal {
    let reason = match wrong {
        NumberError::Malformed => Reason::MalformedValue,
        NumberError::TooManyDigits | NumberError::TooLarge => Reason::OutOfRange,
    };
    Refusal::new(reason, wrong.to_string()).at(field)
}

/// An instant.
///
/// # Errors
/// `MALFORMED_VALUE` for what is in no calendar.
pub(crate) fn instant_from_wire(field: &str, time: &Timestamp) -> Result<Instant, Refusal> {
    let Timestamp { seconds, nanos } = *time;
    let micros = seconds
        .checked_mul(1_000_000)
        .and_then(|micros| micros.checked_add(i64::from(nanos / MICRO_NANOS)));
    let read = micros.filter(|_| (0..NANOS).contains(&nanos));
    read.and_then(Instant::from_micros)
        .ok_or_else(|| malformed(field, "is not an instant of the calendar"))
}

/// The value of an attribute.
///
/// # Errors
/// `MISSING_VALUE`, `MALFORMED_VALUE`, `OUT_OF_RANGE`.
pub(crate) fn attribute_from_wire(
    field: &str,
    attribute: &proto::AttributeValue,
) -> Result<Value, Refusal> {
    Ok(
        match attribute.value.as_ref().ok_or_else(|| missing(field))? {
            WireValue::Text(text) if text.is_empty() => return Err(missing(field)),
            WireValue::Text(text) if text.len() > TEXT_BYTES_MAX => {
                let text = format!("has {} bytes; the limit is {TEXT_BYTES_MAX}", text.len());
                return Err(Refusal::new(Reason::OutOfRange, text).at(field));
            }
            WireValue::Text(text) => Value::Text(text.as_str().into()),
            WireValue::Number(number) => Value::Number(decimal_from_wire(field, number)?),
            WireValue::Flag(flag) => Value::Bool(*flag),
            WireValue::Date(date) => Value::Date(date_from_wire(field, date)?),
        },
    )
}

#[cfg(test)]
mod tests;

//! Fields of rows: texts become values, or a refusal that names the field. Spaces around a text
//! never count, and an empty text is the same as none.

use rust_decimal::Decimal;
use smol_str::SmolStr;

use crate::definition::{DefinitionSet, Settings};
use crate::expression::{Value, ValueType};
use crate::ids::{AttributeName, CategoryId, IdError, SourceNumber, TransactionType};
use crate::money::{Currency, Money, NumberError, check_number, parse_number};
use crate::refusal::{Reason, Refusal};
use crate::time::{Date, Instant};
use crate::transaction::TransactionKey;

/// Longest text of an attribute, in bytes.
pub(super) const TEXT_BYTES_MAX: usize = 1_000;
/// How much of a wrong value a refusal repeats, in characters.
const SHOWN_MAX: usize = 40;

/// The text of a field, if there is any.
pub(super) fn given(text: Option<&String>) -> Option<&str> {
    text.map(|text| text.trim()).filter(|text| !text.is_empty())
}

pub(super) fn missing(field: &str) -> Refusal {
    Refusal::new(Reason::MissingValue, "must be given").at(field)
}

fn malformed(field: &str, text: &str, wanted: &str) -> Refusal {
    let mut shown: String = text.chars().take(SHOWN_MAX).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    let sentence = format!("`{shown}` {wanted}");
    Refusal::new(Reason::MalformedValue, sentence)
        .at(field)
        .with("value", shown)
}

/// A needed field.
pub(super) fn needed<'a>(field: &str, text: Option<&'a String>) -> Result<&'a str, Refusal> {
    given(text).ok_or_else(|| missing(field))
}

/// A name, by the parser of its type.
pub(super) fn name<T>(
    field: &str,
    text: &str,
    parse: fn(&str) -> Result<T, IdError>,
) -> Result<T, Refusal> {
    parse(text).map_err(|wrong| malformed(field, text, &wrong.to_string()))
}

/// The natural key.
pub(super) fn key(
    number: Option<&String>,
    kind: Option<&String>,
) -> Result<TransactionKey, Refusal> {
    Ok(TransactionKey {
        number: name("number", needed("number", number)?, SourceNumber::parse)?,
        kind: name("type", needed("type", kind)?, TransactionType::parse)?,
    })
}

/// A plain decimal number within the limits of storage.
pub(super) fn number(field: &str, text: &str) -> Result<Decimal, Refusal> {
    parse_number(text).map_err(|wrong| {
        let refusal = malformed(field, text, &wrong.to_string());
        let reason = match wrong {
            NumberError::Malformed => Reason::MalformedValue,
            NumberError::TooManyDigits | NumberError::TooLarge => Reason::OutOfRange,
        };
        Refusal { reason, ..refusal }
    })
}

/// A number, or what stands for it when none is given.
pub(super) fn number_or(
    field: &str,
    text: Option<&String>,
    absent: Decimal,
) -> Result<Decimal, Refusal> {
    given(text).map_or(Ok(absent), |text| number(field, text))
}

/// The currency of a row.
pub(super) fn currency(text: Option<&String>) -> Result<Currency, Refusal> {
    let text = needed("currency", text)?;
    Currency::parse(text).map_err(|_| {
        let refusal = malformed(
            "currency",
            text,
            "is not an ISO 4217 currency with a minor unit",
        );
        Refusal {
            reason: Reason::UnknownCurrency,
            ..refusal
        }
    })
}

/// An amount in the currency of the row.
pub(super) fn money(
    field: &str,
    amount: Option<&String>,
    code: Option<&String>,
) -> Result<Money, Refusal> {
    let amount = number(field, needed(field, amount)?)?;
    Ok(Money::new(amount, currency(code)?))
}

/// A date as `2026-01-31`.
pub(super) fn date(field: &str, text: &str) -> Result<Date, Refusal> {
    plain_date(text).ok_or_else(|| malformed(field, text, "is not a date such as 2026-01-31"))
}

/// Much faster than a general parser, and stricter: exactly four, two and two digits.
fn plain_date(text: &str) -> Option<Date> {
    let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = *text.as_bytes() else {
        return None;
    };
    let digits = |bytes: &[u8]| {
        bytes.iter().try_fold(0_u32, |value, byte| {
            byte.is_ascii_digit()
                .then(|| value * 10 + u32::from(byte - b'0'))
        })
    };
    let year = i32::try_from(digits(&[y1, y2, y3, y4])?).ok()?;
    Date::from_ymd_opt(year, digits(&[m1, m2])?, digits(&[d1, d2])?)
}

/// An instant as RFC 3339 has it, zone included.
pub(super) fn instant(field: &str, text: Option<&String>) -> Result<Option<Instant>, Refusal> {
    let Some(text) = given(text) else {
        return Ok(None);
    };
    let at = chrono::DateTime::parse_from_rfc3339(text).map_err(|_| {
        malformed(
            field,
            text,
            "is not an instant with its zone such as 2026-01-31T17:00:00Z",
        )
    })?;
    Ok(Some(Instant::new(at.to_utc())))
}

/// `true`, `yes` or `1`, and their opposites; capital letters are as good.
pub(super) fn truth(field: &str, text: Option<&String>) -> Result<Option<bool>, Refusal> {
    given(text).map(|text| truth_of(field, text)).transpose()
}

fn truth_of(field: &str, text: &str) -> Result<bool, Refusal> {
    let is_one_of = |words: [&str; 3]| words.iter().any(|word| text.eq_ignore_ascii_case(word));
    if is_one_of(["true", "yes", "1"]) {
        Ok(true)
    } else if is_one_of(["false", "no", "0"]) {
        Ok(false)
    } else {
        Err(malformed(field, text, "is neither true nor false"))
    }
}

/// A category of the tree.
pub(super) fn category(
    set: &DefinitionSet,
    text: Option<&String>,
) -> Result<Option<CategoryId>, Refusal> {
    let Some(text) = given(text) else {
        return Ok(None);
    };
    let category = name("category", text, CategoryId::parse)?;
    known_category(set, &category)?;
    Ok(Some(category))
}

pub(crate) fn known_category(set: &DefinitionSet, category: &CategoryId) -> Result<(), Refusal> {
    if set.categories.contains(category) {
        return Ok(());
    }
    let text = format!("the category tree has no `{category}`");
    Err(Refusal::new(Reason::UnknownCategory, text)
        .at("category")
        .with("category", category))
}

/// An attribute that the workspace declares, with its type.
pub(crate) fn declared<'s>(
    set: &'s DefinitionSet,
    name: &str,
) -> Result<(&'s AttributeName, ValueType), Refusal> {
    let known = AttributeName::parse(name).ok();
    let known = known.and_then(|name| set.attributes.transaction.get_key_value(&name));
    known.map(|(name, wanted)| (name, *wanted)).ok_or_else(|| {
        let text = "the workspace declares no such attribute";
        Refusal::new(Reason::UnknownField, text).at(format!("attribute.{name}"))
    })
}

/// The value of an attribute, from a text.
pub(super) fn attribute(name: &str, text: &str, wanted: ValueType) -> Result<Value, Refusal> {
    let field = "";
    let read = match wanted {
        ValueType::Number => number(field, text).map(Value::Number),
        ValueType::Bool => truth_of(field, text).map(Value::Bool),
        ValueType::Date => date(field, text).map(Value::Date),
        ValueType::Text => Ok(Value::Text(SmolStr::new(text))),
    };
    // The path is put together for what is refused only.
    let value = read.map_err(|refusal| refusal.at(format!("attribute.{name}")))?;
    check_attribute(name, &value, wanted)?;
    Ok(value)
}

/// Whether an attribute may have a value: it is of the type that the workspace declares, and no
/// larger than what can be stored.
pub(crate) fn check_attribute(name: &str, value: &Value, wanted: ValueType) -> Result<(), Refusal> {
    let refused = |reason: Reason, text: String| {
        Err(Refusal::new(reason, text).at(format!("attribute.{name}")))
    };
    if value.value_type() != wanted {
        let text = format!(
            "is a {}; the workspace declares a {wanted}",
            value.value_type()
        );
        return refused(Reason::MalformedValue, text);
    }
    match value {
        Value::Text(text) if text.is_empty() => {
            refused(Reason::MissingValue, "must be given".to_owned())
        }
        Value::Text(text) if text.len() > TEXT_BYTES_MAX => {
            let text = format!("has {} bytes; the limit is {TEXT_BYTES_MAX}", text.len());
            refused(Reason::OutOfRange, text)
        }
        Value::Number(number) => match check_number(*number) {
            Ok(_) => Ok(()),
            Err(wrong) => refused(Reason::OutOfRange, wrong.to_string()),
        },
        Value::Text(_) | Value::Bool(_) | Value::Date(_) => Ok(()),
    }
}

/// The settings; nothing can be collected without them.
pub(super) fn settings(set: &DefinitionSet) -> Result<&Settings, Refusal> {
    set.settings.as_ref().ok_or_else(|| {
        let text = "the workspace has no settings: apply a document with `kind: settings` first";
        Refusal::new(Reason::MissingValue, text)
    })
}

//! Texts to and from the standard types of the wire. No arithmetic.

use prost_types::Timestamp;

use crate::proto::DateRange;
use crate::standard::{Date, Decimal, Money};

/// Nano units of one unit of money.
const NANO_DIGITS: usize = 9;

/// Reads `YYYY-MM-DD`; whether there is such a day is for the server to say.
#[must_use]
pub fn date(text: &str) -> Option<Date> {
    let mut parts = text.splitn(3, '-');
    let mut part = |digits: usize| {
        let text = parts.next()?;
        let plain = text.len() == digits && text.bytes().all(|byte| byte.is_ascii_digit());
        plain.then(|| text.parse().ok()).flatten()
    };
    Some(Date {
        year: part(4)?,
        month: part(2)?,
        day: part(2)?,
    })
}

/// Writes `YYYY-MM-DD`.
#[must_use]
pub fn date_text(date: &Date) -> String {
    format!("{:04}-{:02}-{:02}", date.year, date.month, date.day)
}

/// From the first date to before the last, both as `YYYY-MM-DD`. `None` when one is not a date.
#[must_use]
pub fn dates(start: &str, end: &str) -> Option<DateRange> {
    Some(DateRange {
        start_date: Some(date(start)?),
        end_date: Some(date(end)?),
    })
}

/// Reads an instant with its zone, as RFC 3339 has it: `2026-01-31T10:00:00Z`.
#[must_use]
pub fn instant(text: &str) -> Option<Timestamp> {
    text.parse().ok()
}

/// A decimal; whether the text is one is for the server to say.
#[must_use]
pub fn decimal(text: &str) -> Decimal {
    Decimal {
        value: text.to_owned(),
    }
}

/// Reads a plain decimal such as `-1234.5`, with at most nine digits after the point. Whether there
/// is such a currency is for the server to say.
#[must_use]
pub fn money(amount: &str, currency: &str) -> Option<Money> {
    let digits = amount.strip_prefix('-').unwrap_or(amount);
    let (units, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let plain = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !plain(units) || !plain(fraction) || fraction.len() > NANO_DIGITS {
        return None;
    }
    let sign = &amount[..amount.len() - digits.len()];
    Some(Money {
        currency_code: currency.to_owned(),
        units: format!("{sign}{units}").parse().ok()?,
        nanos: format!("{sign}{fraction:0<NANO_DIGITS$}").parse().ok()?,
    })
}

/// The amount as a plain decimal with no needless zeros: `-1234.5`.
#[must_use]
pub fn amount_text(money: &Money) -> String {
    let is_negative = money.units < 0 || money.nanos < 0;
    let sign = if is_negative { "-" } else { "" };
    let nanos = format!(
        "{:0width$}",
        money.nanos.unsigned_abs(),
        width = NANO_DIGITS
    );
    let fraction = nanos.trim_end_matches('0');
    let point = if fraction.is_empty() { "" } else { "." };
    format!("{sign}{}{point}{fraction}", money.units.unsigned_abs())
}

/// The decimal as text; empty when absent.
#[must_use]
pub fn decimal_text(decimal: Option<&Decimal>) -> &str {
    decimal.map_or("", |decimal| decimal.value.as_str())
}

#[cfg(test)]
mod tests;

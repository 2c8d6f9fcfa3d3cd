//! What a text means that is written without quotes.

use chrono::NaiveDate;
use smol_str::SmolStr;

use attain_domain::expression::Value;

use crate::document::leaf::Leaf;
use crate::document::number::read_exact;

/// Whether it means nothing.
pub(crate) fn is_null(text: &str) -> bool {
    matches!(text, "" | "~" | "null" | "Null" | "NULL")
}

/// Whether it means true or false.
pub(crate) fn read_bool(text: &str) -> Option<bool> {
    match text {
        "true" | "True" | "TRUE" => Some(true),
        "false" | "False" | "FALSE" => Some(false),
        _ => None,
    }
}

/// Whether other readers of YAML would take it for a number: `+1`, `.5`, `1e5`, `0x1F`, `007`.
pub(crate) fn looks_like_number(text: &str) -> bool {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let starts = digits.strip_prefix('.').unwrap_or(digits);
    let infinite = matches!(starts.to_ascii_lowercase().as_str(), "inf" | "nan");
    let numeric = |c: char| c.is_ascii_hexdigit() || matches!(c, '.' | '_' | '+' | '-' | 'x' | 'o');
    if infinite || !starts.starts_with(|c: char| c.is_ascii_digit()) {
        return infinite && digits.starts_with('.');
    }
    if starts.starts_with("0x") || starts.starts_with("0o") {
        return starts.chars().all(numeric);
    }
    digits.replace('_', "").parse::<NumberShape>().is_ok()
}

/// Digits, at most one point, and perhaps an exponent.
struct NumberShape;

impl std::str::FromStr for NumberShape {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
        let exponent = exponent.strip_prefix(['-', '+']).unwrap_or(exponent);
        let all_digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let shaped = all_digits(whole)
            && all_digits(fraction)
            && !(whole.is_empty() && fraction.is_empty())
            && !exponent.is_empty()
            && all_digits(exponent);
        shaped.then_some(Self).ok_or(())
    }
}

/// Reads a value of any type as people write it, without quotes: `7`, `true`, `2026-01-31`; else a
/// text. What could be two things, such as the code `007`, is refused.
pub(crate) fn read_value(text: &str) -> Result<Value, String> {
    if let Some(truth) = read_bool(text) {
        return Ok(Value::Bool(truth));
    }
    if let Ok(date) = NaiveDate::read(text) {
        return Ok(Value::Date(date));
    }
    if !looks_like_number(text) {
        return Ok(Value::Text(SmolStr::new(text)));
    }
    let digits = text.strip_prefix('-').unwrap_or(text);
    let padded = digits.len() > 1 && digits.starts_with('0') && !digits.starts_with("0.");
    match read_exact(text) {
        Ok(number) if !padded => Ok(Value::Number(number)),
        Ok(_) | Err(_) => Err(format!(
            "`{text}` is not clear: write a number with digits alone, or a text in quotes"
        )),
    }
}

//! Numbers in, money out.

use rust_decimal::Decimal;
use rust_decimal::prelude::FromStr;

use super::{Currency, Money, MoneyError, NumberError, Rounding, parse_number};

fn number(text: &str) -> Decimal {
    Decimal::from_str(text).expect("a number")
}

#[test]
fn only_plain_decimals_are_numbers() {
    assert_eq!(parse_number("-1234.50"), Ok(number("-1234.5")));
    assert_eq!(parse_number("-0.00"), Ok(Decimal::ZERO));
    for text in [
        "", "-", "1e400", "NaN", "inf", "1_000", "1,000", ".5", "5.", "+1", "1.2.3", " 1",
    ] {
        assert_eq!(parse_number(text), Err(NumberError::Malformed), "{text}");
    }
    assert_eq!(parse_number("0.123456789"), Err(NumberError::TooManyDigits));
    assert_eq!(parse_number("1000000000000000"), Err(NumberError::TooLarge));
    assert!(parse_number("999999999999999.99999999").is_ok());
    assert!(parse_number("0000000000000000000001").is_ok());
}

#[test]
fn currencies_without_a_minor_unit_are_refused() {
    assert_eq!(Currency::parse("USD").expect("known").digits(), 2);
    assert_eq!(Currency::parse("JPY").expect("known").digits(), 0);
    for code in ["XXX", "XAU", "usd", "ABC", "", "EURO"] {
        assert!(Currency::parse(code).is_err(), "{code}");
    }
}

#[test]
fn rounding_is_named() {
    assert_eq!(Rounding::HalfEven.round(number("2.125"), 2), number("2.12"));
    assert_eq!(Rounding::HalfUp.round(number("2.125"), 2), number("2.13"));
    assert_eq!(Rounding::HalfUp.round(number("-2.125"), 2), number("-2.13"));
    assert_eq!(
        Rounding::HalfEven.round(number("-0.001"), 2).to_string(),
        "0"
    );
}

#[test]
fn currencies_never_mix() {
    let (usd, eur) = (
        Currency::parse("USD").expect("known"),
        Currency::parse("EUR").expect("known"),
    );
    let mixed = Money::new(Decimal::ONE, usd).checked_add(Money::new(Decimal::ONE, eur));
    assert_eq!(
        mixed,
        Err(MoneyError::CurrencyMismatch {
            left: usd,
            right: eur
        })
    );
    assert_eq!(Money::new(number("12.5"), usd).to_string(), "12.50 USD");
}

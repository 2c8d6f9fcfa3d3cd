//! Values that callers give.

use attain_domain::refusal::{Reason, Refusal};
use attain_proto::google::r#type as standard;
use prost_types::Timestamp;

use super::super::values::{decimal, money};
use super::{attribute_from_wire, decimal_from_wire, instant_from_wire, money_from_wire};

fn told<T>(read: Result<T, Refusal>) -> Option<(Reason, String)> {
    read.err()
        .map(|refusal| (refusal.reason, refusal.field.unwrap_or_default()))
}

fn usd(units: i64, nanos: i32) -> standard::Money {
    standard::Money {
        currency_code: "USD".to_owned(),
        units,
        nanos,
    }
}

#[test]
fn amounts_come_back_as_they_were_sent() {
    for (units, nanos) in [
        (0, 0),
        (1234, 500_000_000),
        (-1, -750_000_000),
        (0, -10),
        (999_999_999_999_999, 999_999_990),
    ] {
        let read = money_from_wire("amount", &usd(units, nanos)).expect("an amount");
        assert_eq!(money(read).expect("it fits"), usd(units, nanos));
    }
}

#[test]
fn amounts_that_are_none_are_refused_with_their_field() {
    let nanos = |reason| Some((reason, "amount.nanos".to_owned()));
    for wrong in [
        usd(1, -1),
        usd(-1, 1),
        usd(0, 1_000_000_000),
        usd(0, i32::MIN),
    ] {
        assert_eq!(
            told(money_from_wire("amount", &wrong)),
            nanos(Reason::MalformedValue)
        );
    }
    // A ninth digit is not stored.
    for wrong in [usd(0, 1), usd(i64::MAX, 0), usd(i64::MIN, -999_999_999)] {
        assert_eq!(
            told(money_from_wire("amount", &wrong)),
            Some((Reason::OutOfRange, "amount".to_owned()))
        );
    }
    let gold = standard::Money {
        currency_code: "XAU".to_owned(),
        ..usd(1, 0)
    };
    assert_eq!(
        told(money_from_wire("amount", &gold)),
        Some((Reason::UnknownCurrency, "amount.currency_code".to_owned()))
    );
}

#[test]
fn decimals_are_plain() {
    let read = |text: &str| {
        let sent = standard::Decimal {
            value: text.to_owned(),
        };
        decimal_from_wire("percent", &sent)
    };
    assert_eq!(
        read("-12.50").map(decimal).expect("a number").value,
        "-12.5"
    );
    for (text, reason) in [
        ("", Reason::MissingValue),
        ("1e3", Reason::MalformedValue),
        ("NaN", Reason::MalformedValue),
        ("0.000000001", Reason::OutOfRange),
        ("1000000000000000", Reason::OutOfRange),
    ] {
        assert_eq!(
            told(read(text)),
            Some((reason, "percent".to_owned())),
            "{text}"
        );
    }
}

#[test]
fn instants_are_of_the_calendar() {
    let read = |seconds, nanos| instant_from_wire("since_time", &Timestamp { seconds, nanos });
    assert_eq!(read(1, 2_999).expect("an instant").micros(), 1_000_002);
    assert_eq!(read(-1, 0).expect("an instant").micros(), -1_000_000);
    for (seconds, nanos) in [(0, -1), (0, 1_000_000_000), (i64::MAX, 0), (i64::MIN, 0)] {
        assert_eq!(
            told(read(seconds, nanos)),
            Some((Reason::MalformedValue, "since_time".to_owned()))
        );
    }
}

#[test]
fn an_attribute_has_exactly_one_value() {
    use attain_proto::attain::v1::AttributeValue;
    use attain_proto::attain::v1::attribute_value::Value;

    let read = |value| {
        told(attribute_from_wire(
            "attributes.rep",
            &AttributeValue { value },
        ))
    };
    let field = || "attributes.rep".to_owned();
    assert_eq!(read(Some(Value::Flag(false))), None);
    assert_eq!(read(None), Some((Reason::MissingValue, field())));
    let text = |bytes: usize| Some(Value::Text("x".repeat(bytes)));
    assert_eq!(read(text(0)), Some((Reason::MissingValue, field())));
    assert_eq!(read(text(1_000)), None);
    assert_eq!(read(text(1_001)), Some((Reason::OutOfRange, field())));
}

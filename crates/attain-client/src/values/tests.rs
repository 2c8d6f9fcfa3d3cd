//! Texts of wire values.

use super::{amount_text, date, date_text, dates, instant, money};
use crate::standard::Money;

#[test]
fn dates_are_read_as_they_are_written() {
    for text in ["2026-01-31", "0001-12-01", "2026-02-31"] {
        let read = date(text).expect("it looks like a date");
        assert_eq!(date_text(&read), text);
    }
    for text in [
        "",
        "2026",
        "2026-1-31",
        "31/02/2026",
        "2026-01-3x",
        "2026-01-31-",
        "+026-01-01",
    ] {
        assert_eq!(date(text), None, "{text}");
    }
    assert!(dates("2026-01-01", "soon").is_none());
}

#[test]
fn amounts_have_no_needless_zeros() {
    let cases = [
        (0, 0, "0"),
        (1234, 500_000_000, "1234.5"),
        (-1, -750_000_000, "-1.75"),
        (0, -10, "-0.00000001"),
        (i64::MIN, 0, "-9223372036854775808"),
    ];
    for (units, nanos, expected) in cases {
        let money = Money {
            currency_code: "USD".to_owned(),
            units,
            nanos,
        };
        assert_eq!(amount_text(&money), expected);
    }
}

#[test]
fn amounts_are_read_as_they_are_written() {
    for text in [
        "0",
        "1234.5",
        "-1.75",
        "-0.00000001",
        "-9223372036854775808",
    ] {
        let read = money(text, "USD").expect("it looks like an amount");
        assert_eq!(amount_text(&read), text);
    }
    assert_eq!(
        money("12.50", "USD").map(|read| read.nanos),
        Some(500_000_000)
    );
    for text in [
        "",
        "-",
        "1.",
        ".5",
        "1,000",
        "1e3",
        "+1",
        "1.0000000001",
        "--1",
    ] {
        assert_eq!(money(text, "USD"), None, "{text}");
    }
}

#[test]
fn instants_have_their_zone() {
    let read = instant("2026-01-31T11:00:00+01:00").expect("an instant");
    assert_eq!(Some(read), instant("2026-01-31T10:00:00Z"));
    assert_eq!(instant("yesterday"), None);
}

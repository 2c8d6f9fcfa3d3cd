//! Values that many messages have.

use attain_domain::ids::{BatchId, WorkspaceId};
use attain_domain::money::{Currency, Money};
use attain_domain::refusal::{Reason, Refusal};
use attain_domain::stamp::Version;
use attain_domain::time::Instant;
use attain_proto::attain::v1 as proto;
use attain_proto::google::r#type as standard;
use rust_decimal::Decimal;

use super::{choice, date, date_from_wire, decimal, etag, money, name, range_from_wire, time};

fn reason<T>(read: Result<T, Refusal>) -> Option<Reason> {
    read.err().map(|refusal| refusal.reason)
}

fn usd(text: &str) -> Money {
    let amount = Decimal::from_str_exact(text).expect("a decimal");
    Money::new(amount, Currency::parse("USD").expect("a currency"))
}

#[test]
fn money_keeps_every_digit_that_is_stored() {
    let cases = [
        ("0", 0, 0),
        ("1234.5", 1234, 500_000_000),
        ("-1.75", -1, -750_000_000),
        ("-0.00000001", 0, -10),
        ("999999999999999.99999999", 999_999_999_999_999, 999_999_990),
    ];
    for (text, units, nanos) in cases {
        let sent = money(usd(text)).expect("it fits");
        assert_eq!(
            (sent.units, sent.nanos, sent.currency_code.as_str()),
            (units, nanos, "USD")
        );
    }
    assert_eq!(reason(money(usd("0.0000000001"))), Some(Reason::Internal));
    assert_eq!(
        reason(money(usd("79228162514264337593543950335"))),
        Some(Reason::Overflow)
    );
}

#[test]
fn decimals_have_no_needless_zeros() {
    let text = |number: &str| decimal(Decimal::from_str_exact(number).expect("a decimal")).value;
    assert_eq!(text("2.50"), "2.5");
    assert_eq!(text("-0.0"), "0");
    assert_eq!(text("100"), "100");
}

#[test]
fn days_that_are_in_no_calendar_are_refused() {
    let day = |year, month, day| standard::Date { year, month, day };
    let read = date_from_wire("pay_date", &day(2024, 2, 29)).expect("a leap day");
    assert_eq!(date(read), day(2024, 2, 29));
    for wrong in [
        day(2026, 2, 31),
        day(2026, 13, 1),
        day(2026, 0, 1),
        day(0, 1, 1),
        day(10_000, 1, 1),
        day(2026, -1, 1),
        day(2026, 1, i32::MAX),
    ] {
        let refused = date_from_wire("pay_date", &wrong).expect_err("not a day");
        assert_eq!(refused.reason, Reason::MalformedValue);
        assert_eq!(refused.field.as_deref(), Some("pay_date"));
    }
}

#[test]
fn spans_of_dates_hold_a_date() {
    let day = |day| {
        Some(standard::Date {
            year: 2026,
            month: 1,
            day,
        })
    };
    let span = |start_date, end_date| proto::DateRange {
        start_date,
        end_date,
    };
    let read = |range: proto::DateRange| range_from_wire("dates", Some(&range));
    assert!(range_from_wire("dates", None).is_ok_and(|range| range.from.is_none()));
    assert!(read(span(None, None)).is_ok());
    assert!(read(span(day(1), day(2))).is_ok());
    assert_eq!(reason(read(span(day(2), day(2)))), Some(Reason::OutOfRange));
    let refused = read(span(day(1), day(32))).expect_err("not a day");
    assert_eq!(refused.field.as_deref(), Some("dates.end_date"));
}

#[test]
fn names_ids_choices_and_etags_are_refused_with_their_field() {
    let workspace = |text: &str| reason(name("workspace", text, WorkspaceId::parse));
    assert_eq!(workspace("acme"), None);
    assert_eq!(workspace(""), Some(Reason::MissingValue));
    assert_eq!(workspace(" acme"), Some(Reason::MalformedValue));
    assert_eq!(workspace(&"a".repeat(101)), Some(Reason::MalformedValue));
    assert_eq!(
        reason(name("batch_id", "sht_1", BatchId::parse)),
        Some(Reason::MalformedValue)
    );
    assert_eq!(
        reason(choice::<proto::Process>("process", 0)),
        Some(Reason::MissingValue)
    );
    assert_eq!(
        reason(choice::<proto::Process>("process", 99)),
        Some(Reason::MalformedValue)
    );
    assert_eq!(etag("etag", "7").ok(), Some(Some(Version(7))));
    assert_eq!(etag("etag", "").ok(), Some(None));
    for wrong in ["-1", "x", "4294967296"] {
        assert_eq!(
            reason(etag("etag", wrong)),
            Some(Reason::MalformedValue),
            "{wrong}"
        );
    }
}

#[test]
fn instants_before_1970_keep_positive_nanos() {
    let at = |micros| time(Instant::from_micros(micros).expect("within dates"));
    assert_eq!((at(-1).seconds, at(-1).nanos), (-1, 999_999_000));
    assert_eq!(
        (at(1_500_000).seconds, at(1_500_000).nanos),
        (1, 500_000_000)
    );
}

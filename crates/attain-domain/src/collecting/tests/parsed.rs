//! Texts of rows: what is understood, and what is refused at which field.

use std::collections::BTreeMap;

use super::super::{RawCredit, RawTransaction};
use crate::crediting::fixture::{World, category, day, decimal, given, order};
use crate::expression::Value;
use crate::refusal::{Reason, Refusal};

fn world() -> World {
    let mut world = World::new();
    world.categories(&[("computer", "")]);
    world
}

fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

fn check_refused(change: impl FnOnce(&mut RawTransaction), reason: Reason, field: &str) -> Refusal {
    let mut row = order("1", "2015-01-15", "100");
    change(&mut row);
    let refusal = row.parse(&world().set).unwrap_err();
    assert_eq!(
        (refusal.reason, refusal.field.as_deref()),
        (reason, Some(field)),
        "{refusal}"
    );
    refusal
}

#[test]
fn a_full_row_is_understood() {
    let attributes = [
        ("rep", " ana "),
        ("size", "12.50"),
        ("signed", "2015-01-02"),
        ("renewal", "YES"),
        ("region", ""),
    ];
    let text = |(name, text): (&str, &str)| (name.to_owned(), text.to_owned());
    let row = RawTransaction {
        number: some(" 1001-301 "),
        quantity: some("2.5"),
        updated_at: some("2015-01-16T10:00:00+02:00"),
        category: some("computer"),
        do_not_classify: some("true"),
        hold: some("0"),
        attributes: attributes.into_iter().map(text).collect(),
        ..order("", "2015-01-15", "-1234.50")
    };
    let parsed = row.parse(&world().set).unwrap();
    assert_eq!(parsed.key.to_string(), "ORDER 1001-301");
    assert_eq!(parsed.event_date, Some(day("2015-01-15")));
    assert_eq!(parsed.amount.to_string(), "-1234.50 USD");
    assert_eq!(parsed.quantity, decimal("2.5"));
    assert_eq!(
        parsed.source_updated_at.unwrap().to_string(),
        "2015-01-16T08:00:00.000000Z"
    );
    assert_eq!(parsed.category, Some(category("computer")));
    assert_eq!(parsed.flags.do_not_classify, Some(true));
    assert_eq!(
        (parsed.flags.hold, parsed.flags.preserve_credits),
        (Some(false), None)
    );
    let values: Vec<_> = parsed.attributes.values().cloned().collect();
    let expected = [
        Value::Bool(true),
        Value::Text("ana".into()),
        Value::Date(day("2015-01-02")),
        Value::Number(decimal("12.5")),
    ];
    // By name: renewal, rep, signed, size. An empty text is no value.
    assert_eq!(
        values,
        [&expected[0], &expected[1], &expected[2], &expected[3]].map(Clone::clone)
    );
    assert!(!parsed.cancelled);
}

#[test]
fn what_is_missing_is_named() {
    let missing = Reason::MissingValue;
    check_refused(|row| row.number = None, missing, "number");
    check_refused(|row| row.kind = some(" "), missing, "type");
    check_refused(|row| row.event_date = some(""), missing, "event_date");
    check_refused(|row| row.amount = None, missing, "amount");
    check_refused(|row| row.currency = None, missing, "currency");
}

#[test]
fn what_makes_no_sense_is_named() {
    let malformed = Reason::MalformedValue;
    for date in [
        "31/02",
        "2015-02-29",
        "2015-2-9",
        "20150209",
        "2015-02-09T00:00",
        "२०१५-०१-०१",
    ] {
        check_refused(|row| row.event_date = some(date), malformed, "event_date");
    }
    for amount in [
        "1e400", "NaN", "inf", "1,000", "$5", "1.", ".5", "--1", "+1", "1 000",
    ] {
        check_refused(|row| row.amount = some(amount), malformed, "amount");
    }
    check_refused(
        |row| row.updated_at = some("2015-01-16 10:00"),
        malformed,
        "updated_at",
    );
    check_refused(|row| row.cancelled = some("maybe"), malformed, "cancelled");
    check_refused(|row| row.number = some("1\u{7}"), malformed, "number");
    check_refused(
        |row| row.number = some(&"9".repeat(101)),
        malformed,
        "number",
    );
    let long = check_refused(
        |row| row.amount = some(&"x".repeat(5_000)),
        malformed,
        "amount",
    );
    assert!(long.text.len() < 200, "{}", long.text);
}

#[test]
fn limits_are_named() {
    let out = Reason::OutOfRange;
    check_refused(|row| row.amount = some("1000000000000000"), out, "amount");
    check_refused(|row| row.amount = some("0.123456789"), out, "amount");
    check_refused(
        |row| row.quantity = some("1000000000000000"),
        out,
        "quantity",
    );
    let long = "x".repeat(1_001);
    check_refused(
        |row| row.attributes = BTreeMap::from([("rep".to_owned(), long)]),
        out,
        "attribute.rep",
    );
}

#[test]
fn currencies_attributes_and_categories_must_be_known() {
    for code in ["XXX", "usd", "DOLLAR", "XAU"] {
        check_refused(
            |row| row.currency = some(code),
            Reason::UnknownCurrency,
            "currency",
        );
    }
    let attribute = |name: &str, text: &str| BTreeMap::from([(name.to_owned(), text.to_owned())]);
    check_refused(
        |row| row.attributes = attribute("colour", "red"),
        Reason::UnknownField,
        "attribute.colour",
    );
    for (name, text) in [
        ("size", "large"),
        ("renewal", "perhaps"),
        ("signed", "soon"),
    ] {
        let field = format!("attribute.{name}");
        let row = |row: &mut RawTransaction| row.attributes = attribute(name, text);
        check_refused(row, Reason::MalformedValue, &field);
    }
    check_refused(
        |row| row.category = some("toaster"),
        Reason::UnknownCategory,
        "category",
    );
    let needs = Reason::CategoryRequired;
    check_refused(|row| row.do_not_classify = some("true"), needs, "category");
}

#[test]
fn a_cancellation_needs_little_more_than_its_key() {
    let row = RawTransaction {
        number: some("1"),
        kind: some("ORDER"),
        cancelled: some("yes"),
        ..RawTransaction::default()
    };
    let parsed = row.parse(&world().set).unwrap();
    assert!(parsed.cancelled);
    assert_eq!(parsed.event_date, None);
}

#[test]
fn a_ready_made_credit_is_understood() {
    let parsed = given("1", "ana", "60").parse(&world().set).unwrap();
    assert_eq!(parsed.participant.as_str(), "ana");
    assert_eq!(
        (parsed.percent, parsed.revenue, parsed.rolls_up),
        (decimal("100"), true, true)
    );
    assert_eq!(parsed.transaction_amount, None);
    let row = RawCredit {
        percent: some("60"),
        revenue: some("no"),
        rolls_up: some("no"),
        transaction_amount: some("100"),
        ..given("1", "ana", "60")
    };
    let parsed = row.parse(&world().set).unwrap();
    assert_eq!(
        (parsed.percent, parsed.revenue, parsed.rolls_up),
        (decimal("60"), false, false)
    );
    assert_eq!(parsed.transaction_amount.unwrap().to_string(), "100.00 USD");
    for (row, reason, field) in [
        (
            RawCredit {
                participant: None,
                ..given("1", "", "1")
            },
            Reason::MissingValue,
            "participant",
        ),
        (
            RawCredit {
                event_date: None,
                ..given("1", "a", "1")
            },
            Reason::MissingValue,
            "event_date",
        ),
        (
            RawCredit {
                percent: some("-1"),
                ..given("1", "a", "1")
            },
            Reason::OutOfRange,
            "percent",
        ),
        (
            RawCredit {
                transaction_amount: some("x"),
                ..given("1", "a", "1")
            },
            Reason::MalformedValue,
            "transaction_amount",
        ),
    ] {
        let refusal = row.parse(&world().set).unwrap_err();
        assert_eq!(
            (refusal.reason, refusal.field.as_deref()),
            (reason, Some(field))
        );
    }
}

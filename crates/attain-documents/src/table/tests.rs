//! What rows of imports promise, from CSV and NDJSON.

use std::collections::BTreeMap;

use attain_domain::collecting::{RawCredit, RawTransaction};
use attain_domain::refusal::Reason;
use proptest::prelude::*;

use super::*;

fn from_csv<R: ImportRow>(header: &str, line: &str) -> Result<R, Refusal> {
    Header::parse::<R>(header.split(','))?.row(line.split(','))
}

fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

fn full() -> RawTransaction {
    RawTransaction {
        number: some("1001"),
        kind: some("ORDER"),
        event_date: some("2026-01-15"),
        amount: some("12345678901234567890.10"),
        currency: some("USD"),
        quantity: some("2"),
        updated_at: some("2026-01-15T10:00:00Z"),
        category: some("Laptop"),
        attributes: BTreeMap::from([("deal size".to_owned(), "7".to_owned())]),
        preserve_credits: some("true"),
        hold: None,
        do_not_classify: some("false"),
        do_not_roll_up: None,
        do_not_calculate: None,
        cancelled: some("true"),
    }
}

#[test]
fn csv_and_json_say_the_same() {
    let header = "\u{feff}number, type,event_date,amount,currency,quantity,updated_at,category,\
        preserve_credits,hold,do_not_classify,do_not_roll_up,do_not_calculate,cancelled,attribute.deal size";
    let line = "1001,ORDER , 2026-01-15,12345678901234567890.10,USD,2,2026-01-15T10:00:00Z,Laptop,\
        true,,false,,,true,7";
    assert_eq!(from_csv(header, line), Ok(full()));
    let json = r#"{"number": 1001, "type":"ORDER", "event_date":"2026-01-15",
        "amount":12345678901234567890.10,"currency":"USD","quantity":2,
        "updated_at":"2026-01-15T10:00:00Z","category":"Laptop","preserve_credits":true,"hold":null,
        "do_not_classify":false,"do_not_roll_up":"","cancelled":true,
        "attributes":{"deal size":7,"none":null}}"#;
    assert_eq!(from_json(json), Ok(full()));
}

#[test]
fn credits_have_columns_of_their_own() {
    let header = "participant,number,type,percent,rolls_up";
    let credit: RawCredit = from_csv(header, "ana,1001,ORDER,60,").unwrap();
    assert_eq!(
        (credit.participant, credit.percent),
        (some("ana"), some("60"))
    );
    assert_eq!(credit.rolls_up, None);
    let json = r#"{"participant":"ana","attributes":{}}"#;
    let refusal = from_json::<RawCredit>(json).expect_err("credits have no attributes");
    assert_eq!(refusal.reason, Reason::UnknownField);
}

fn check_header<R: ImportRow>(header: &str, reason: Reason, text: &str) {
    let refusal = Header::parse::<R>(header.split(',')).expect_err(header);
    assert_eq!(
        (refusal.reason, refusal.to_string().as_str()),
        (reason, text)
    );
}

#[test]
fn bad_columns_are_refused_with_what_was_meant() {
    use Reason::{Duplicate, MalformedValue, MissingValue, UnknownField};
    let check = check_header::<RawTransaction>;
    check(
        "amonut",
        UnknownField,
        "amonut: there is no field `amonut`, did you mean `amount`?",
    );
    check(
        "number, number",
        Duplicate,
        "number: `number` is there twice",
    );
    check(
        "attribute.a,attribute.a",
        Duplicate,
        "attribute.a: `attribute.a` is there twice",
    );
    check(
        "attribute.",
        MalformedValue,
        "attribute.: `` is not the name of an attribute: it must not be empty",
    );
    check(
        "attribut.",
        UnknownField,
        "attribut.: there is no field `attribut.`, did you mean `attribute.`?",
    );
    check(
        "Type",
        UnknownField,
        "Type: there is no field `Type`, did you mean `type`?",
    );
    check(
        "number",
        MissingValue,
        "type: the header has no column `type`",
    );
    let check = check_header::<RawCredit>;
    check(
        "attribute.a",
        UnknownField,
        "attribute.a: there is no field `attribute.a`",
    );
    check(
        "number,type",
        MissingValue,
        "participant: the header has no column `participant`",
    );
}

#[test]
fn rows_that_are_no_rows_are_refused() {
    for line in ["1", "1,2,3"] {
        let refusal = from_csv::<RawTransaction>("number,type", line).expect_err(line);
        assert_eq!(refusal.reason, Reason::MalformedFile);
    }
    for (json, reason, field) in [
        ("", Reason::MalformedFile, None),
        ("[]", Reason::MalformedFile, None),
        ("{\"number\":1} {}", Reason::MalformedFile, None),
        ("{\"number\":01}", Reason::MalformedFile, None),
        (
            "{\"number\":\"\\ud800\"}",
            Reason::MalformedFile,
            Some("number"),
        ),
        ("{\"number\":[1]}", Reason::MalformedValue, Some("number")),
        (
            "{\"number\":1,\"numb\\u0065r\":2}",
            Reason::Duplicate,
            Some("number"),
        ),
        ("{\"nmber\":1}", Reason::UnknownField, Some("nmber")),
        (
            "{\"attributes\":{\" a\":1}}",
            Reason::MalformedValue,
            Some("attributes. a"),
        ),
        (
            "{\"attributes\":{\"a\":{}}}",
            Reason::MalformedValue,
            Some("attributes.a"),
        ),
        (
            "{\"attributes\":7}",
            Reason::MalformedFile,
            Some("attributes"),
        ),
    ] {
        let refusal = from_json::<RawTransaction>(json).expect_err(json);
        assert_eq!(
            (refusal.reason, refusal.field.as_deref()),
            (reason, field),
            "{json}"
        );
    }
}

proptest! {
    #[test]
    fn no_line_makes_reading_panic(line in "[\\[\\]{}\":,a-z0-9\\\\ ]{0,40}") {
        let _ = from_json::<RawTransaction>(&line);
        let _ = from_csv::<RawTransaction>("number,type,attribute.x", &format!("a{line}"));
    }
}

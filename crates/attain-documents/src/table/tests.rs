use std::collections::BTreeMap;

use ::csv::{ReaderBuilder, StringRecord};
use attain_domain::refusal::{Reason, Refusal};
use proptest::prelude::*;

use super::*;

fn record(cells: &str) -> StringRecord {
    let mut reader = ReaderBuilder::new()
        .has_headers(false)
        .from_reader(cells.as_bytes());
    reader.records().next().unwrap().unwrap()
}

fn from_csv(header: &str, line: &str) -> Result<TransactionRow, Vec<Refusal>> {
    let columns = TransactionColumns::from_header(&record(header))?;
    TransactionRow::from_csv(&columns, &record(line)).map_err(|refusal| vec![refusal])
}

fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

fn full() -> TransactionRow {
    TransactionRow {
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
    assert_eq!(TransactionRow::from_json(json), Ok(full()));
}

#[test]
fn unknown_and_doubled_columns_are_refused_with_what_was_meant() {
    let refusals = from_csv("number,amonut,number,attribute.,attribut.x,Type", "").unwrap_err();
    let found: Vec<_> = refusals.iter().map(|r| (r.reason, r.to_string())).collect();
    let expected = [
        (
            Reason::UnknownField,
            "amonut: there is no field `amonut`, did you mean `amount`?",
        ),
        (Reason::Duplicate, "number: `number` is there twice"),
        (
            Reason::MalformedValue,
            "attribute.: `` is not the name of an attribute: it must not be empty",
        ),
        (
            Reason::UnknownField,
            "attribut.x: there is no field `attribut.x`, did you mean `attribute.`?",
        ),
        (
            Reason::UnknownField,
            "Type: there is no field `Type`, did you mean `type`?",
        ),
    ];
    assert_eq!(
        found,
        expected.map(|(reason, text)| (reason, text.to_owned()))
    );
}

#[test]
fn rows_that_are_no_rows_are_refused() {
    assert_eq!(
        from_csv("number,type", "1").unwrap_err()[0].reason,
        Reason::MalformedFile
    );
    assert_eq!(
        from_csv("number,type", "1,2,3").unwrap_err()[0].reason,
        Reason::MalformedFile
    );
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
        let refusal = TransactionRow::from_json(json).expect_err(json);
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
        let _ = TransactionRow::from_json(&line);
        let _ = from_csv("number,type,attribute.x", &format!("a{line}"));
    }
}

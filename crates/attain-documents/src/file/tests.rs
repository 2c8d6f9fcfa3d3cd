//! What files of documents promise: round trips, exact numbers, refusals with their places.

use attain_domain::definition::Definition;
use attain_domain::definition::calendar::PeriodStatus;
use attain_domain::expression::Value;
use attain_domain::ids::{AttributeName, CategoryId};
use attain_domain::plan::{Axis, RateValues};
use attain_domain::refusal::Reason;

use super::*;
use crate::samples::{self, decimal};

fn one(text: &str) -> Definition {
    let definitions = read_documents("test.yaml", text).unwrap_or_else(|refusals| {
        panic!("{refusals:#?}");
    });
    assert_eq!(definitions.len(), 1, "{text}");
    definitions.into_iter().next().unwrap()
}

/// `(reason, field, line, column)` of each refusal.
fn refusals(text: &str) -> Vec<(Reason, String, String)> {
    let refusals = read_documents("test.yaml", text).expect_err("should be refused");
    refusals
        .into_iter()
        .map(|refusal| {
            let place = |key| refusal.details.get(key).cloned().unwrap_or_default();
            assert_eq!(place("file"), "test.yaml", "{refusal}");
            assert!(refusal.text.contains("test.yaml"), "{refusal}");
            let place = format!("{}:{}", place("line"), place("column"));
            (refusal.reason, refusal.field.unwrap_or_default(), place)
        })
        .collect()
}

fn check_refused(text: &str, expected: &[(Reason, &str, &str)]) {
    let found = refusals(text);
    let found: Vec<_> = found
        .iter()
        .map(|(reason, field, place)| (*reason, field.as_str(), place.as_str()))
        .collect();
    assert_eq!(found, expected, "{text}");
}

#[test]
fn what_is_written_reads_back_the_same() {
    for definition in samples::definitions() {
        let text = write_documents(std::slice::from_ref(&definition)).unwrap();
        let back = read_documents("test.yaml", &text);
        assert_eq!(back, Ok(vec![definition]), "{text}");
    }
    let all = samples::definitions();
    let text = write_documents(&all).unwrap();
    assert_eq!(read_documents("test.yaml", &text), Ok(all), "{text}");
}

#[test]
fn documents_are_written_for_people() {
    let plan = Definition::Plan(samples::plan());
    let people = samples::participants()
        .into_iter()
        .map(Definition::Participant);
    let all: Vec<_> = std::iter::once(plan).chain(people).collect();
    let text = write_documents(&all).unwrap();
    println!("{text}");
    assert!(
        text.lines()
            .all(|line| line.chars().count() <= 120 || line.contains('"'))
    );
    assert!(text.contains("  - id: flat\n    from: 2026-01-01\n    by: {value: revenue}\n    percents: {0..10000: 0.1%, 10000..50000.5: 0.2%, 50000.5..: 0.3%}\n"));
    assert!(text.contains("      West: {-10..50: 0.1, 50..100: 0.2}\n") || text.contains("West:"));
    assert!(text.contains("  - {id: \"1001\", reports_to: mia, plans: ae/1}\n"));
}

#[test]
fn numbers_are_exact_to_28_digits() {
    let rate = |text: &str| {
        format!("kind: rates\nrates: [{{from: EUR, to: USD, date: 2026-01-01, rate: {text}}}]")
    };
    for exact in [
        "0.1",
        "12345678901234567.123",
        "\"0.1\"",
        "'1.10'",
        "0.30000000000000004",
        "9999999999999999999999999999",
    ] {
        let Definition::Rates(rates) = one(&rate(exact)) else {
            panic!()
        };
        let bare = exact.trim_matches(['"', '\'']);
        assert_eq!(rates.rates[0].rate.to_string(), bare);
    }
    for bad in [
        "0.12345678901234567890123456789",
        "12345678901234567890123456789.1",
        "1e3",
        "0x10",
        ".5",
        "5.",
        "+1",
        "1_000",
        "NaN",
        "~",
        "[1]",
        "10 %",
    ] {
        let found = refusals(&rate(bad));
        assert_eq!(found.len(), 1, "{bad} {found:?}");
        assert_eq!(found[0].1, "rates[0].rate", "{bad}");
    }
}

#[test]
fn percents_may_have_their_sign() {
    let rule = |percent: &str| {
        format!(
            "kind: rule_set\nid: s\nrules: [{{id: r, receivers: [{{team: t, percent: {percent}}}]}}]"
        )
    };
    assert_eq!(one(&rule("33.5%")), one(&rule("33.5")));
    assert_eq!(
        one(&rule("100 %")),
        one("kind: rule_set\nid: s\nrules: [{id: r, receivers: [{team: t}]}]")
    );
}

#[test]
fn months_are_made_with_quarters_and_years() {
    let text = "kind: calendar\nmonthly: {first: 2025-12, last: 2026-04}\nclosed: [2026-01]\npermanently_closed: [2025-12]\n";
    let Definition::Calendar(calendar) = one(text) else {
        panic!()
    };
    let periods = calendar.periods.iter();
    let rows: Vec<String> = periods
        .map(|p| {
            format!(
                "{} {} {} {} {} {:?}",
                p.id, p.start, p.end, p.quarter, p.year, p.status
            )
        })
        .collect();
    assert_eq!(
        rows,
        [
            "2025-12 2025-12-01 2026-01-01 2025-Q4 2025 PermanentlyClosed",
            "2026-01 2026-01-01 2026-02-01 2026-Q1 2026 Closed",
            "2026-02 2026-02-01 2026-03-01 2026-Q1 2026 Open",
            "2026-03 2026-03-01 2026-04-01 2026-Q1 2026 Open",
            "2026-04 2026-04-01 2026-05-01 2026-Q2 2026 Open",
        ]
    );
    assert_eq!(calendar.periods[0].status, PeriodStatus::PermanentlyClosed);
    let months = "kind: calendar\nmonthly: {first: 2026-01, last: 2026-02}\n";
    check_refused(
        &format!("{months}closed: [2026-02, 2026-03]\n"),
        &[(Reason::UnknownReference, "closed[1]", "3:19")],
    );
    check_refused(
        &format!("{months}periods: [{{id: p, from: 2026-01-01, to: 2026-02-01}}]\n"),
        &[(Reason::MalformedValue, "periods", "3:1")],
    );
    check_refused(
        "kind: calendar\nmonthly: {first: 2026-03, last: 2026-02}\n",
        &[(Reason::OutOfRange, "monthly", "2:1")],
    );
    check_refused(
        "kind: calendar\nclosed: [2026-03]\n",
        &[(Reason::MalformedValue, "closed", "2:1")],
    );
}

#[test]
fn categories_nest() {
    let text =
        "kind: categories\ncategories:\n  Computer:\n    Laptop:\n    Desktop: {}\n  Network:\n";
    let Definition::Categories(tree) = one(text) else {
        panic!()
    };
    let laptop = CategoryId::parse("Laptop").unwrap();
    assert_eq!(
        tree.parents[&laptop],
        Some(CategoryId::parse("Computer").unwrap())
    );
    assert_eq!(tree.parents.len(), 4);
    check_refused(
        "kind: categories\ncategories:\n  A:\n    B:\n  C:\n    B:\n",
        &[(Reason::Duplicate, "categories.C.B", "6:5")],
    );
}

#[test]
fn tables_of_several_dimensions_nest() {
    let table = |percents: &str| {
        format!(
            "kind: plan\nid: p\nrate_tables:\n  - id: t\n    by: [{{text: attribute.region}}, {{percent_of_goal: m}}]\n    percents:\n{percents}"
        )
    };
    let Definition::Plan(plan) = one(&table(
        "      West: {0..50: 1%, 50..: 2}\n      \"7\": {0..50: 3, 50..: 4}\n",
    )) else {
        panic!()
    };
    let table_read = &plan.rate_tables[0];
    assert_eq!(
        table_read.values,
        RateValues::Percents(["1", "2", "3", "4"].map(decimal).to_vec())
    );
    assert_eq!(
        table_read.dimensions[0].axis,
        Axis::Texts(vec!["West".into(), "7".into()])
    );
    check_refused(
        &table("      West: {0..50: 1, 50..: 2}\n      East: {0..50: 3, 60..: 4}\n"),
        &[(Reason::TableShape, "rate_tables[0].percents.East", "8:7")],
    );
    check_refused(
        &table("      West: 1\n"),
        &[(Reason::TableShape, "rate_tables[0].percents.West", "7:7")],
    );
    check_refused(
        &table("      West: {0..50: {1..: 2}}\n"),
        &[(
            Reason::TableShape,
            "rate_tables[0].percents.West.0..50",
            "7:14",
        )],
    );
    check_refused(
        &table("      West: {low: 2}\n"),
        &[(Reason::MalformedValue, "rate_tables[0].percents", "6:5")],
    );
    let amounts = "kind: plan\nid: p\nrate_tables: [{id: t, by: {value: m}, amounts: {0..: 5%}}]\n";
    check_refused(
        amounts,
        &[(Reason::MalformedValue, "rate_tables[0].amounts.0..", "3:54")],
    );
    let both = "kind: plan\nid: p\nrate_tables: [{id: t, by: {value: m}, amounts: {0..: 5}, percents: {0..: 1}}]\n";
    assert_eq!(refusals(both).len(), 1);
    let two =
        "kind: plan\nid: p\nrate_tables: [{id: t, by: {value: m, text: x}, amounts: {0..: 5}}]\n";
    check_refused(
        two,
        &[(Reason::MalformedValue, "rate_tables[0].by.text", "3:38")],
    );
}

#[test]
fn every_problem_is_reported_with_its_place() {
    let text = "\
kind: plan
id: p
nmae: wrong
measures:
  - {id: a, interval: month}
  - {interval: year}
  - {id: c, interval: year, gaol: g}
components:
  - id: one
    basis: per_event
    interval: quarter
    measures: [a]
    rate: {table: t, split: stepp}
    instalments: many
  - id: two
---
kind: participant
id: ana
start: 2026-13-01
pay_currency: XXX
attributes: {code: 007, ok: \"007\"}
";
    check_refused(
        text,
        &[
            (Reason::UnknownField, "nmae", "3:1"),
            (Reason::MalformedValue, "measures[0].interval", "5:23"),
            (Reason::MissingValue, "measures[1].id", "6:5"),
            (Reason::UnknownField, "measures[2].gaol", "7:29"),
            (Reason::MalformedValue, "components[0].rate.split", "13:29"),
            (Reason::MalformedValue, "components[0].instalments", "14:18"),
            (Reason::MissingValue, "components[1].basis", "15:5"),
            (Reason::MalformedValue, "start", "19:8"),
            (Reason::MalformedValue, "pay_currency", "20:15"),
            (Reason::MalformedValue, "attributes.code", "21:20"),
        ],
    );
    let refusals = read_documents("f.yaml", text).unwrap_err();
    assert_eq!(
        refusals[0].to_string(),
        "nmae: there is no field `nmae` here, did you mean `name`? (f.yaml, line 3, column 1)"
    );
    assert_eq!(
        refusals[4].to_string(),
        "components[0].rate.split: `stepp` is not one of `flat`, `step` or `interpolated` \
         (f.yaml, line 13, column 29)"
    );
}

#[test]
fn files_that_are_not_documents_are_refused() {
    check_refused("kind: plan\nid: [\n", &[(Reason::MalformedFile, "", "2:5")]);
    check_refused("id: p\n", &[(Reason::MissingValue, "kind", "1:1")]);
    check_refused(
        "kind: pln\nid: p\n",
        &[(Reason::MalformedValue, "kind", "1:1")],
    );
    check_refused("kind: plan\n", &[(Reason::MissingValue, "id", "1:1")]);
    check_refused("- a\n", &[(Reason::MalformedValue, "", "1:1")]);
    check_refused("text", &[(Reason::MalformedValue, "", "1:1")]);
    check_refused(
        "kind: plan\nid: p\nid: q\n",
        &[(Reason::Duplicate, "", "3:1")],
    );
    check_refused(
        "kind: plan\nid: !tag p\n",
        &[(Reason::MalformedFile, "", "2:10")],
    );
    check_refused("kind: plan\nid:\n", &[(Reason::MissingValue, "id", "2:3")]);
    check_refused(
        "kind: plan\nid: p\n? [a, b]\n: c\n",
        &[(Reason::MalformedFile, "", "3:3")],
    );
    check_refused(
        "kind: plan\n---\nkind: team\n...\n@",
        &[
            (Reason::MissingValue, "id", "1:1"),
            (Reason::MissingValue, "id", "3:1"),
            (Reason::MalformedFile, "", "5:1"),
        ],
    );
    assert_eq!(read_documents("empty.yaml", ""), Ok(Vec::new()));
    assert_eq!(
        read_documents("empty.yaml", "# nothing\n---\n---\n"),
        Ok(Vec::new())
    );
}

#[test]
fn aliases_repeat_but_do_not_explode() {
    let text = "kind: rule_set\nid: s\nrules:\n  - id: a\n    receivers: &all [{team: t}]\n  - id: b\n    receivers: *all\n";
    let Definition::RuleSet(set) = one(text) else {
        panic!()
    };
    assert_eq!(set.rules[0].receivers, set.rules[1].receivers);
    let mut bomb = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n".to_owned();
    for level in 1..12 {
        let before = format!("*a{}", level - 1);
        bomb.push_str(&format!(
            "a{level}: &a{level} [{}]\n",
            vec![before; 10].join(",")
        ));
    }
    let found = refusals(&bomb);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].0, Reason::MalformedFile);
    check_refused("a: &a [*a]\n", &[(Reason::MalformedFile, "", "1:8")]);
}

#[test]
fn participants_come_as_a_list_or_as_lines() {
    let listed = "\
kind: participants
participants:
  - {id: ana, name: Ana, start: 2026-01-01, pay_group: us, reports_to: [mia, zoe],
     plans: [{plan: ae, target_incentive: 60000}], attributes: {region: \"7\", level: 7, vip: true}}
  - {id: \"0012\", plans: ae}
";
    let lines = "\
kind: participants
csv: |
  id,name,start,pay_group,reports_to,plan,target_incentive,attribute.region,attribute.level:number,attribute.vip:bool
  ana,Ana,2026-01-01,us,mia; zoe,ae,60000,7,7,true
  0012,,,,,ae,,,,
";
    let people = read_documents("listed.yaml", listed).unwrap();
    assert_eq!(people.len(), 2);
    assert_eq!(read_documents("lines.yaml", lines).unwrap(), people);
    let Definition::Participant(ana) = &people[0] else {
        panic!()
    };
    let region = AttributeName::parse("region").unwrap();
    assert_eq!(ana.attributes[&region], Value::Text("7".into()));
    check_refused(
        "kind: participants\ncsv: |\n  id,strat\n  a,b\n",
        &[(Reason::UnknownField, "csv", "2:1")],
    );
    check_refused(
        "kind: participants\ncsv: |\n  id,id\n  a,b\n",
        &[(Reason::Duplicate, "csv", "2:1")],
    );
    check_refused(
        "kind: participants\ncsv: |\n  id,start,attribute.n:number\n  a,b,\n  ,,\n  c,,x\n  d,\n",
        &[
            (Reason::MalformedValue, "csv line 2.start", "1:1"),
            (Reason::MissingValue, "csv line 3.id", "1:1"),
            (Reason::MalformedValue, "csv line 4", "1:1"),
            (Reason::MalformedFile, "csv", "2:1"),
        ],
    );
    check_refused(
        "kind: participants\nparticipants:\n  - {id: a, end: x}\n  - {id: b}\n  - {nmae: c}\n",
        &[
            (Reason::MalformedValue, "participants[0].end", "3:18"),
            (Reason::MissingValue, "participants[2].id", "5:5"),
            (Reason::UnknownField, "participants[2].nmae", "5:6"),
        ],
    );
}

#[test]
fn reading_stops_at_a_hundred_problems() {
    let rows = "  - {id: a, end: x}\n".repeat(500);
    assert_eq!(
        refusals(&format!("kind: participants\nparticipants:\n{rows}")).len(),
        100
    );
}

#[test]
fn other_kinds_of_documents_can_stand_beside_definitions() {
    #[derive(serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Note {
        about: String,
        count: u32,
    }
    let (documents, refusals) = parse_documents(
        "n.yaml",
        "kind: note\nabout: it\ncount: 3\n---\nkind: team\nid: t\n",
    );
    assert!(refusals.is_empty());
    assert_eq!(documents[0].kind(), Some("note"));
    let note: Note = documents[0].read().unwrap();
    assert_eq!((note.about.as_str(), note.count), ("it", 3));
    assert!(documents[1].read::<Note>().is_err());
    assert_eq!(documents[1].definitions().unwrap().len(), 1);
}

//! Rewards, owed balances and clearings on the command line: what is done and shown, and what
//! nobody should type.
#![allow(clippy::unwrap_used, reason = "what cannot be, fails the test")]

mod small;

use std::fmt::Write;
use std::fs;

use small::{Company, Ended};

const DRAW: &str = "kind: payment_plan\nid: draw\nassignments: ana\nminimum: {amount: 20000}\n\
    recoverability: recoverable\n";

#[track_caller]
fn check_done(ended: &Ended, told: &[&str]) {
    assert_eq!(ended.code, 0, "{}{}", ended.out, ended.err);
    for text in told {
        let all = ended.out.contains(text) || ended.err.contains(text);
        assert!(all, "no `{text}` in:\n{}{}", ended.out, ended.err);
    }
}

#[track_caller]
fn check_refused(ended: &Ended, told: &str, reason: &str) {
    assert_eq!(ended.code, 1, "{}{}", ended.out, ended.err);
    let all = ended.err.contains(told) && ended.err.contains(&format!("[{reason}]"));
    assert!(all, "`{told}` [{reason}] is not in: {}", ended.err);
}

fn assign(company: &Company, words: &[&str]) -> Ended {
    let why = ["--reason", "as agreed", "-o", "csv"];
    company.run(&[&["reward", "assign"][..], words, &why].concat())
}

/// The first cell of the last row.
fn id(ended: &Ended) -> String {
    let row = ended.out.lines().last().unwrap();
    row.split(',').next().unwrap().to_owned()
}

fn owed(company: &Company, words: &[&str]) -> String {
    let read = company.run(&[&["balance", "ana"][..], words].concat());
    assert_eq!(read.code, 0, "{}", read.err);
    read.out.lines().next().unwrap().to_owned()
}

#[test]
fn rewards_are_assigned_listed_and_withdrawn() {
    let company = Company::new();
    let draw = ["ana", "1200.50", "--recoverable", "--date", "2026-01-15"];
    let draw = assign(&company, &draw);
    check_done(&draw, &["advance,yes,1200.50 USD,unpaid,by hand,as agreed"]);
    let beside = ["--component", "rep/commission", "--date", "2026-02-15"];
    let back = [&["ana", "-200", "--recoverable"][..], &beside].concat();
    check_done(&assign(&company, &back), &["repayment,yes"]);
    let bonus = assign(&company, &["ana", "5", "--date", "2026-01-15"]);
    let gone = company.run(&["reward", "withdraw", &id(&bonus), "--reason", "an error"]);
    check_done(&gone, &["withdrawn"]);
    let listed = company.run(&["reward", "list", "ana", "-o", "csv"]);
    check_done(&listed, &["withdrawn", &id(&draw)]);
    assert_eq!(listed.out.lines().count(), 4);
    assert_eq!(owed(&company, &[]), "ana owes 1000.50 USD");
    let then = ["--as-of", "2026-01-31"];
    assert_eq!(owed(&company, &then), "ana owes 1200.50 USD");
    let before = ["--known-at", "2020-01-01"];
    assert_eq!(owed(&company, &before), "ana owes 0.00 USD");
    let json = company.run(&["balance", "ana", "-o", "json"]);
    check_done(
        &json,
        &["\"balance\": \"1000.50 USD\"", "\"account\": \"general\""],
    );
}

#[test]
fn what_nobody_should_type_is_refused() {
    let company = Company::new();
    let day = ["--date", "2026-01-15"];
    let wrong = [
        (vec!["ana", "0"], "amount", "OUT_OF_RANGE"),
        (
            vec!["ana", "12345678901234567890123456789"],
            "amount",
            "OUT_OF_RANGE",
        ),
        (vec!["ana", "x"], "amount", "MALFORMED_VALUE"),
        (vec!["ana", "5 EUR"], "amount", "MALFORMED_VALUE"),
        (vec!["nobody", "5"], "participant", "UNKNOWN_PARTICIPANT"),
        (
            vec!["ana", "5", "--kind", "advance"],
            "kind",
            "OUT_OF_RANGE",
        ),
        (
            vec!["ana", "5", "--component", "rep"],
            "--component",
            "MALFORMED_VALUE",
        ),
        (
            vec!["ana", "5", "--component", "rep/none"],
            "component",
            "UNKNOWN_REFERENCE",
        ),
    ];
    for (words, told, reason) in wrong {
        check_refused(
            &assign(&company, &[&words[..], &day].concat()),
            told,
            reason,
        );
    }
    let closed = ["ana", "5", "--date", "2030-01-01"];
    check_refused(&assign(&company, &closed), "date", "PERIOD_NOT_OPEN");
    let no_day = ["ana", "5", "--date", "2026-02-30"];
    check_refused(&assign(&company, &no_day), "date", "MALFORMED_VALUE");
    let why = ["--reason", "why"];
    let run = |words: &[&str]| company.run(&[words, &why].concat());
    check_refused(&run(&["reward", "withdraw", "x"]), "ID", "MALFORMED_VALUE");
    check_refused(&run(&["clear", "undo", "x"]), "ID", "MALFORMED_VALUE");
    let nobody = run(&["clear", "balance", "nobody"]);
    check_refused(&nobody, "nobody", "UNKNOWN_PARTICIPANT");
    let nobody = company.run(&["balance", "nobody"]);
    check_refused(&nobody, "nobody", "UNKNOWN_PARTICIPANT");
    assert_eq!(company.run(&["clear", "balance", "--reason", "x"]).code, 2);
}

#[test]
fn a_file_of_rewards_is_imported_once() {
    let company = Company::new();
    let mut rows = String::from("participant,amount,recoverable,kind,date,reason,plan,component\n");
    for number in 1..=5_003 {
        writeln!(rows, "ana,{number},true,,2026-01-15,row {number},,").unwrap();
    }
    rows.push_str("nobody,5,,,2026-01-15,who,,\n");
    rows.push_str("ben,0,,,2026-01-15,nothing,,\n");
    rows.push_str("ben,5,perhaps,,2026-01-15,unclear,,\n");
    rows.push_str("ben,5,,gift,2026-01-15,unclear,,\n");
    rows.push_str("ben,5,,,,no day,,\n");
    rows.push_str("ben,-7.5,,adjustment,2026-01-15,too much,rep,commission\n");
    fs::write(company.path("rewards.csv"), &rows).unwrap();
    let import = || company.run(&["reward", "import", "rewards.csv", "-o", "csv"]);
    let first = import();
    assert_eq!(first.code, 3, "{}", first.err);
    for line in [
        "read,5009",
        "assigned,5004",
        "assigned_before,0",
        "rejected,5",
    ] {
        assert!(
            first.out.lines().any(|there| there == line),
            "{}",
            first.out
        );
    }
    let rejected = fs::read_to_string(company.path("rewards.csv.rejected.csv")).unwrap();
    let told: Vec<String> = rejected
        .lines()
        .skip(1)
        .map(|line| line.split(',').take(3).collect::<Vec<_>>().join(","))
        .collect();
    assert_eq!(
        told,
        [
            "5005,participant,UNKNOWN_PARTICIPANT",
            "5006,amount,OUT_OF_RANGE",
            "5007,recoverable,MALFORMED_VALUE",
            "5008,kind,MALFORMED_VALUE",
            "5009,date,MISSING_VALUE",
        ]
    );
    let sum = "ana owes 12517506.00 USD";
    assert_eq!(owed(&company, &[]), sum);
    let again = import();
    for line in [
        "read,5009",
        "assigned,0",
        "assigned_before,5004",
        "rejected,5",
    ] {
        assert!(
            again.out.lines().any(|there| there == line),
            "{}",
            again.out
        );
    }
    assert_eq!(owed(&company, &[]), sum);
    let own = ["reward", "import", "rewards.csv", "--request-id", "mine"];
    assert_eq!(company.run(&own).code, 3);
    assert_eq!(company.run(&own).code, 3);
    assert_eq!(owed(&company, &[]), "ana owes 25035012.00 USD");
}

#[test]
fn balances_are_cleared_and_owed_again() {
    let company = Company::new();
    let draw = ["ana", "300", "--recoverable", "--date", "2026-01-15"];
    check_done(&assign(&company, &draw), &["advance"]);
    let whose = ["clear", "balance", "ana", "ben", "--reason", "left us"];
    let clear = |more: &[&str]| company.run(&[&whose[..], &["-o", "csv"], more].concat());
    let date = ["--date", "2026-02-01"];
    let shown = clear(&["--date", "2026-02-01", "--dry-run"]);
    check_done(&shown, &["ana,would be made,2026-02-01,300.00 USD,1"]);
    assert_eq!(owed(&company, &[]), "ana owes 300.00 USD");
    check_done(&clear(&date), &["300.00 USD", "ben,nothing is owed"]);
    assert_eq!(owed(&company, &[]), "ana owes 0.00 USD");
    assert_eq!(
        owed(&company, &["--as-of", "2026-01-31"]),
        "ana owes 300.00 USD"
    );
    let listed = company.run(&["clear", "list", "ana", "-o", "csv"]);
    check_done(&listed, &["by hand", "left us"]);
    let undo = ["clear", "undo", &id(&listed), "--reason", "still here"];
    let undo = || company.run(&[&undo[..], &["--date", "2026-03-01"]].concat());
    check_done(&undo(), &["2026-03-01", "still here"]);
    check_refused(&undo(), "undo", "WRONG_STATE");
    assert_eq!(owed(&company, &[]), "ana owes 300.00 USD");
    assert_eq!(
        owed(&company, &["--as-of", "2026-02-15"]),
        "ana owes 0.00 USD"
    );
}

#[test]
fn all_participants_are_exported_with_what_they_owe() {
    let company = Company::new();
    let draw = ["ana", "300.50", "--recoverable", "--date", "2026-02-15"];
    check_done(&assign(&company, &draw), &["advance"]);
    let csv = company.run(&["export", "participants"]);
    check_done(
        &csv,
        &[
            "participant,name,start,end,owed_balance,currency,rewards\n",
            "ana,Ana,,,300.50,USD,1\n",
            "ben,Ben,,,0.00,USD,0\n",
        ],
    );
    assert_eq!(csv.out.lines().count(), 7);
    let then = ["--as-of", "2026-01-31", "--format", "json"];
    let json = company.run(&[&["export", "participants"][..], &then].concat());
    check_done(&json, &["\"owed_balance\":\"0.00\""]);
    let read: serde_json::Value = serde_json::from_str(&json.out).unwrap();
    assert_eq!(read.as_array().map(Vec::len), Some(6));
    // Documents are still exported as before.
    check_done(&company.run(&["export"]), &["kind: participant"]);
}

#[test]
fn a_sheet_and_a_statement_show_draws_and_rewards() {
    let company = Company::new();
    assert_eq!(company.apply(DRAW).code, 0);
    let rows = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../examples/small/transactions.csv"
    );
    assert_eq!(company.run(&["import", "transactions", rows]).code, 3);
    let quarter = ["run", "--period", "2026-01..2026-03"];
    assert_eq!(company.run(&quarter).code, 3);
    let bonus = assign(&company, &["ana", "250", "--date", "2026-01-31"]);
    let group = ["--group", "everybody", "--period", "2026-01", "-o", "csv"];
    let made = company.run(&[&["pay", "create"][..], &group].concat());
    check_done(&made, &[]);
    let batch = id(&made);
    let sheets = company.run(&["pay", "sheets", &batch, "-o", "csv"]);
    let sheet = sheets.out.lines().find(|line| line.contains(",ana,"));
    let sheet = sheet.unwrap().split(',').next().unwrap();
    let shown = company.run(&["pay", "sheet", sheet]);
    let advance = "payment plan draw: draw";
    check_done(
        &shown,
        &[
            "Advance",
            advance,
            "Bonus",
            "by hand",
            "minimum 20000.00 USD",
            "owed after",
        ],
    );
    let explained = company.run(&["explain", sheet]);
    check_done(
        &explained,
        &["payment plan", advance, "as agreed", "settled"],
    );
    for step in ["hold", "release"] {
        check_done(&company.run(&["pay", step, &id(&bonus)]), &["ana"]);
    }
    for step in ["freeze", "run"] {
        check_done(&company.run(&["pay", step, &batch]), &[]);
    }
    let statement = company.run(&["statement", "ana", "--period", "2026-01"]);
    check_done(
        &statement,
        &["advanced", "owed balance", "2026-01-31", "250.00 USD"],
    );
}

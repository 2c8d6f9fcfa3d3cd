//! Corrections on the command line: what is done and shown, and what nobody should type.
#![allow(clippy::unwrap_used, reason = "what cannot be, fails the test")]

mod small;

use std::fs;

use small::{Company, Ended};

const WHY: &str = "the order was larger";

/// The small company after its first pay day.
fn paid_once() -> Company {
    let company = Company::new();
    let rows = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../examples/small/transactions.csv"
    );
    assert_eq!(company.run(&["import", "transactions", rows]).code, 3);
    assert_eq!(
        company.run(&["run", "--period", "2026-01..2026-03"]).code,
        3
    );
    pay(&company, "2026-01");
    company
}

fn pay(company: &Company, period: &str) {
    let made = company.run(&[
        "pay",
        "create",
        "--group",
        "everybody",
        "--period",
        period,
        "-o",
        "json",
    ]);
    assert_eq!(made.code, 0, "{}", made.err);
    let batch = value(&made.out, "batch");
    for step in ["freeze", "run"] {
        assert_eq!(company.run(&["pay", step, &batch]).code, 0);
    }
}

/// The first value under a name, in JSON.
#[track_caller]
fn value(json: &str, name: &str) -> String {
    let start = format!("\"{name}\": \"");
    let mut found = json
        .lines()
        .filter_map(|line| line.trim().strip_prefix(start.as_str()));
    let found = found
        .next()
        .unwrap_or_else(|| panic!("no {name} in {json}"));
    found.trim_end_matches([',', '"']).to_owned()
}

/// The direct credit of an order, live.
fn credit_of(company: &Company, number: &str) -> String {
    let past = company.run(&["history", "transaction", "ORDER", number, "-o", "csv"]);
    assert_eq!(past.code, 0, "{}", past.err);
    let credit = past.out.lines().find(|line| {
        line.starts_with("credit,") && line.contains(",live,") && line.contains(",Direct ")
    });
    credit.unwrap().split(',').nth(1).unwrap().to_owned()
}

fn adjust(company: &Company, words: &[&str]) -> Ended {
    company.run(&[&["adjust"][..], words, &["--reason", WHY]].concat())
}

#[track_caller]
fn check_refused(ended: &Ended, told: &str, reason: &str) {
    assert_eq!(ended.code, 1, "{}{}", ended.out, ended.err);
    let all = ended.err.contains(told) && ended.err.contains(&format!("[{reason}]"));
    assert!(all, "`{told}` [{reason}] is not in: {}", ended.err);
}

/// It was done, and standard output or error has all of this.
#[track_caller]
fn check_told(ended: &Ended, told: &[&str]) {
    let all = format!("{}{}", ended.out, ended.err);
    assert_eq!(ended.code, 0, "{all}");
    for text in told {
        assert!(all.contains(text), "`{text}` is not in: {all}");
    }
}

#[test]
fn a_correction_goes_from_the_credit_to_the_next_pay_day() {
    let company = paid_once();
    let credit = credit_of(&company, "1");
    let words = ["credit", &credit, "--amount", "20000", "-o", "csv"];
    let preview = adjust(&company, &[&words[..], &["--dry-run"]].concat());
    let would = ["credit,ana ORDER 1,,20000.00 USD", ",-600.00 USD"];
    check_told(&preview, &would);
    check_told(&company.run(&["pending"]), &["nothing waits for Revert"]);

    let obsolete = format!("credit,{credit},obsolete");
    check_told(&adjust(&company, &words), &[&obsolete]);
    let counts = "3 credits, 0 transactions and 1 earnings wait for Revert";
    check_told(&company.run(&["pending"]), &[counts, WHY, &credit]);

    let gate = company.run(&["run", "calculate", "--period", "2026-01"]);
    check_refused(&gate, &format!("\n  credit {credit} of "), "REVERT_PENDING");
    let reverted = company.run(&["revert", "-o", "csv"]);
    check_told(&reverted, &["reversals_written,1"]);
    let again = company.run(&["run", "revert", "-o", "csv"]);
    check_told(&again, &["taken,0"]);
    let listed = [
        "list", "earnings", "-p", "ana", "--period", "2026-01", "-o", "csv",
    ];
    let waits = "-600.00 USD,awaits calculation,reverses ern_";
    check_told(&company.run(&listed), &[waits]);
    check_told(&company.run(&["run", "--period", "2026-01..2026-03"]), &[]);
    let posted = "-600.00 USD,Unpaid,reverses ern_";
    check_told(&company.run(&listed), &[posted]);
    pay(&company, "2026-02");
    let known = company.run(&["history", "participant", "ana", "--at", "2999-01-01"]);
    check_told(&known, &["2920.00 USD", "3530.00 USD"]);
    check_past(&company, &credit);
}

/// The old credit and the new one, and what was logged.
fn check_past(company: &Company, credit: &str) {
    let past = company.run(&["history", "credit", credit, "-o", "csv"]);
    let rows: Vec<&str> = past.out.lines().skip(1).collect();
    let [old, new] = rows[..] else {
        panic!("not two versions: {}", past.out);
    };
    assert!(old.contains(",history,") && old.contains(WHY), "{old}");
    assert!(new.contains(",live,") && new.contains(credit), "{new}");
    let log = company.run(&["log", "activity", "--record", "credit"]);
    check_told(&log, &[WHY]);
    let runs = company.run(&["log", "runs", "--process", "revert", "-o", "csv"]);
    assert_eq!(runs.out.lines().count(), 3, "{}", runs.out);
}

#[test]
fn what_is_not_there_is_told() {
    let company = paid_once();
    let unknown = format!("crd_{:032}", 1);
    let ended = adjust(&company, &["credit", &unknown, "--cancel"]);
    check_refused(
        &ended,
        &format!("there is no credit {unknown}"),
        "NOT_FOUND",
    );
    let ended = adjust(&company, &["credit", "crd_1", "--cancel"]);
    check_refused(&ended, "credit: `crd_1`", "MALFORMED_VALUE");
    let ended = adjust(&company, &["transaction", "ORDER", "none", "--cancel"]);
    check_refused(&ended, "there is no transaction", "NOT_FOUND");
    for history in [
        &["credit", unknown.as_str()][..],
        &["transaction", "ORDER", "none"],
        &["earning", &format!("ern_{:032}", 1)],
    ] {
        let ended = company.run(&[&["history"][..], history].concat());
        check_refused(&ended, "there is no", "NOT_FOUND");
    }
    let ended = company.run(&["log", "run", &format!("run_{:032}", 1)]);
    check_refused(&ended, "run_", "NOT_FOUND");
}

#[test]
fn an_adjustment_without_a_reason_or_anything_to_do_is_wrong_usage() {
    let company = paid_once();
    let credit = credit_of(&company, "1");
    let usage = |words: &[&str], told: &str| {
        let ended = company.run(&[&["adjust"][..], words].concat());
        assert_eq!(ended.code, 2, "{}{}", ended.out, ended.err);
        assert!(
            ended.err.contains(told),
            "`{told}` is not in: {}",
            ended.err
        );
    };
    usage(&["credit", &credit, "--cancel"], "--reason");
    usage(&["credit", &credit, "--reason", WHY], "--amount");
    usage(
        &[
            "credit", &credit, "--cancel", "--amount", "1", "--reason", WHY,
        ],
        "cannot be used with",
    );
    usage(
        &[
            "transaction",
            "ORDER",
            "1",
            "--attribute",
            "rep",
            "--reason",
            WHY,
        ],
        "name=value",
    );
    let ended = company.run(&["adjust", "credit", &credit, "--cancel", "--reason", " "]);
    check_refused(&ended, "say why", "MISSING_VALUE");
    assert_eq!(
        company.run(&["pending"]).err.trim_end(),
        "nothing waits for Revert"
    );
}

#[test]
fn a_wrong_value_is_told_with_its_name() {
    let company = paid_once();
    let credit = credit_of(&company, "1");
    for (words, told, reason) in [
        (["--split", "ana=60,ben=30"], "not 100", "SPLIT_NOT_WHOLE"),
        (
            ["--split", "ana=60,ana=40"],
            "ana gets two parts",
            "DUPLICATE",
        ),
        (["--split", "ana"], "split[0]: ", "MALFORMED_VALUE"),
        (["--amount", "12,50"], "amount: `12,50`", "MALFORMED_VALUE"),
        (["--amount", "1 EUR"], "amount: ", "UNKNOWN_CURRENCY"),
        (["--amount", "0.001"], "amount: ", "OUT_OF_RANGE"),
        (
            ["--to", "nobody"],
            "there is no participant nobody",
            "UNKNOWN_PARTICIPANT",
        ),
        (["--category", "none"], "category: ", "UNKNOWN_CATEGORY"),
        (
            ["--date", "2026-02-31"],
            "date: `2026-02-31`",
            "MALFORMED_VALUE",
        ),
        (["--date", "2031-01-01"], "credit_date: ", "PERIOD_NOT_OPEN"),
        (
            ["--revenue", "maybe"],
            "revenue: `maybe`",
            "MALFORMED_VALUE",
        ),
    ] {
        let ended = adjust(&company, &[&["credit", &credit][..], &words].concat());
        check_refused(&ended, told, reason);
    }
    let ended = adjust(
        &company,
        &["transaction", "ORDER", "1", "--attribute", "size=large"],
    );
    check_refused(&ended, "attribute.size: ", "UNKNOWN_FIELD");
}

#[test]
fn an_old_version_is_refused_with_the_current_one() {
    let company = paid_once();
    let credit = credit_of(&company, "1");
    let old = adjust(&company, &["credit", &credit, "--cancel", "--version", "2"]);
    check_refused(&old, "version 2 was read, 1 is current", "VERSION_MISMATCH");
    let text = adjust(&company, &["credit", &credit, "--cancel", "--version", "x"]);
    check_refused(&text, "version: `x`", "MALFORMED_VALUE");
    let done = adjust(&company, &["credit", &credit, "--amount", "1"]);
    assert_eq!(done.code, 0, "{}", done.err);
    let again = adjust(&company, &["credit", &credit, "--amount", "2"]);
    check_refused(&again, "is obsolete since", "VERSION_MISMATCH");
}

#[test]
fn a_closed_period_stays_as_it_is() {
    let company = paid_once();
    let closed = company
        .apply("kind: calendar\nmonthly: {first: 2026-01, last: 2026-12}\nclosed: [2026-01]\n");
    assert_eq!(closed.code, 0, "{}", closed.err);
    let credit = credit_of(&company, "1");
    let out_of = adjust(&company, &["credit", &credit, "--amount", "1"]);
    check_refused(&out_of, "2026-01", "PERIOD_NOT_OPEN");
    let into = credit_of(&company, "11");
    let into = adjust(&company, &["credit", &into, "--date", "2026-01-31"]);
    check_refused(&into, "2026-01", "PERIOD_NOT_OPEN");
    let sale = adjust(&company, &["transaction", "ORDER", "1", "--cancel"]);
    check_refused(&sale, "2026-01", "PERIOD_NOT_OPEN");
}

#[test]
fn the_rows_of_a_file_stand_for_themselves() {
    let company = paid_once();
    let (first, fourth) = (credit_of(&company, "1"), credit_of(&company, "4"));
    let unknown = format!("crd_{:032}", 1);
    let rows = format!(
        "credit,type,number,amount,to,split,cancel,attribute.rep\n\
         {first},,,20000,,,,\n\
         {fourth},,,,,ana=50;ben=50,,\n\
         {unknown},,,1,,,,\n\
         ,ORDER,2,,,,true,\n\
         ,ORDER,3,,,,,dan\n\
         ,ORDER,5,many,,,,\n\
         {first},ORDER,6,1,,,,\n"
    );
    fs::write(company.path("rows.csv"), rows).unwrap();
    let ended = adjust(&company, &["file", "rows.csv", "-o", "csv"]);
    assert_eq!(ended.code, 3, "{}{}", ended.out, ended.err);
    for line in [
        "read,7",
        "adjusted,4",
        "unchanged,0",
        "rejected,3",
        "credits_made,3",
    ] {
        assert!(
            ended.out.lines().any(|there| there == line),
            "{line}: {}",
            ended.out
        );
    }
    let rejected = company.rejected();
    let starts: Vec<&str> = rejected
        .lines()
        .map(|line| &line[..line.len().min(28)])
        .collect();
    assert!(starts[1].starts_with("4,credit,NOT_FOUND,"), "{rejected}");
    assert!(
        starts[2].starts_with("7,amount,MALFORMED_VALUE,"),
        "{rejected}"
    );
    assert!(starts[3].starts_with("8,,MISSING_VALUE,"), "{rejected}");
    let unknown = "credit,amonut\n";
    fs::write(company.path("rows.csv"), unknown).unwrap();
    let ended = adjust(&company, &["file", "rows.csv"]);
    check_refused(&ended, "did you mean `amount`?", "UNKNOWN_FIELD");
}

#[test]
fn a_file_that_is_sent_again_is_done_once() {
    let company = paid_once();
    // Amounts without a currency are in the transaction's own.
    let rows = "type,number,amount,date\n\
                ORDER,1,20000,\n\
                ORDER,4,500.50,\n\
                ORDER,none,1,\n\
                ORDER,11,,2026-02-03\n";
    fs::write(company.path("rows.csv"), rows).unwrap();
    let words = ["file", "rows.csv", "-o", "csv", "--request-id", "fix-7"];
    let first = adjust(&company, &words);
    assert_eq!(first.code, 3, "{}{}", first.out, first.err);
    let told = "read,4\nadjusted,3\nunchanged,0\nrejected,1\nrejected NOT_FOUND,1\n";
    assert!(first.out.contains(told), "{}", first.out);
    let again = adjust(&company, &words);
    assert_eq!((again.code, again.out), (3, first.out));
    let log = company.run(&["log", "activity", "--record", "transaction", "-o", "csv"]);
    let adjusted = log.out.lines().filter(|line| line.contains(WHY));
    assert_eq!(adjusted.count(), 3, "{}", log.out);
}

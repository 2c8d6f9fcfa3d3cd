//! What nobody should type, send or point at, given to the program itself: it says what is wrong
//! and where, keeps the good rows, does nothing half, and never panics. The full disk is a case
//! of the store's own tests: only there can a file be made too small.
#![allow(clippy::unwrap_used, reason = "what cannot be, fails the test")]

mod small;

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::Stdio;

use small::{Company, HEADER, ended};

/// One bad row between two good ones: the good ones are stored, the bad one is told with its line.
#[track_caller]
fn check_row(row: &[u8], told: &str) {
    let company = Company::new();
    let mut file = format!("{HEADER}\n1,ORDER,2026-01-05,100,USD,ana\n").into_bytes();
    file.extend_from_slice(row);
    file.extend_from_slice(b"\n3,ORDER,2026-01-07,300,USD,ben\n");
    let ended = company.import(&file);
    ended.check(3, "1 rows were rejected: see rows.csv.rejected.csv");
    ended.check_counts([3, 2, 0, 0, 1]);
    assert_eq!(
        company.rejected(),
        format!("line,field,reason,text\n{told}\n")
    );
    assert_eq!(company.stored(), 2);
}

#[test]
fn a_wrong_header_is_refused_with_what_was_meant() {
    let company = Company::new();
    let text = "number,type,event_date,amonut,currency\n1,ORDER,2026-01-05,100,USD\n";
    company.import(text.as_bytes()).check(
        1,
        "error: amonut: there is no field `amonut`, did you mean `amount`? [UNKNOWN_FIELD]",
    );
    assert_eq!(company.stored(), 0);
}

#[test]
fn an_empty_file_has_no_header() {
    let company = Company::new();
    company.import(b"").check(
        1,
        "error: number: the header has no column `number` [MISSING_VALUE]",
    );
}

#[test]
fn a_folder_is_no_file_of_rows() {
    let company = Company::new();
    let ended = company.run(&["import", "transactions", "."]);
    ended.check(
        1,
        "error: line 1: Is a directory (os error 21) [MALFORMED_FILE]",
    );
}

#[test]
fn a_quote_that_is_not_closed_takes_no_rows_with_it() {
    for end in ["\n", ""] {
        let company = Company::new();
        let text = format!(
            "{HEADER}\n1,ORDER,2026-01-05,100,USD,ana\n2,ORDER,2026-01-06,200,USD,\"ben\n\
             3,ORDER,2026-01-07,300,USD,cat{end}"
        );
        company.import(text.as_bytes()).check(
            1,
            "1 rows before it were read, and are stored or rejected\n\
             error: line 3: a quote is opened and never closed [MALFORMED_FILE]",
        );
        assert_eq!(company.stored(), 1);
    }
}

#[test]
fn marks_and_line_ends_of_other_systems_do_not_matter() {
    let company = Company::new();
    let text = format!(
        "\u{feff}{HEADER}\r\n1,ORDER,2026-01-05,100,USD,ana\r\n\
         2,ORDER,2026-01-06,200,USD,\"ben\"\r\n"
    );
    let ended = company.import(text.as_bytes());
    ended.check(0, "");
    ended.check_counts([2, 2, 0, 0, 0]);
    // No line end after the last row, old ones, and empty lines between.
    let text =
        format!("{HEADER}\n\n3,ORDER,2026-01-05,100,USD,ana\n\n4,ORDER,2026-01-06,2,USD,\"b\"");
    company.import(text.as_bytes()).check(0, "");
    let text = format!("{HEADER}\r5,ORDER,2026-01-05,100,USD,ana\r");
    company.import(text.as_bytes()).check(0, "");
    assert_eq!(company.stored(), 5);
}

#[test]
fn rows_of_one_key_in_one_file_are_one_transaction() {
    let company = Company::new();
    let text = format!(
        "{HEADER}\n1,ORDER,2026-01-05,100,USD,ana\n1,ORDER,2026-01-05,150,USD,ana\n\
         2,ORDER,2026-01-06,200,USD,ben\n"
    );
    let ended = company.import(text.as_bytes());
    ended.check(0, "");
    ended.check_counts([3, 2, 0, 1, 0]);
    assert_eq!(company.stored(), 2);
}

#[test]
fn dates_that_are_none_are_told_with_their_line() {
    check_row(
        b"2,ORDER,31/02,200,USD,ben",
        "3,event_date,MALFORMED_VALUE,`31/02` is not a date such as 2026-01-31",
    );
    check_row(
        b"2,ORDER,2026-02-31,200,USD,ben",
        "3,event_date,MALFORMED_VALUE,`2026-02-31` is not a date such as 2026-01-31",
    );
}

#[test]
fn numbers_that_are_none_are_told_with_their_line() {
    for number in ["1e400", "NaN", "inf", "1,000", "0x10"] {
        check_row(
            format!("2,ORDER,2026-01-06,\"{number}\",USD,ben").as_bytes(),
            &if number.contains(',') {
                format!("3,amount,MALFORMED_VALUE,\"`{number}` is not a decimal number\"")
            } else {
                format!("3,amount,MALFORMED_VALUE,`{number}` is not a decimal number")
            },
        );
    }
}

#[test]
fn a_currency_that_nobody_is_paid_in_is_told_with_its_line() {
    check_row(
        b"2,ORDER,2026-01-06,200,XXX,ben",
        "3,currency,UNKNOWN_CURRENCY,`XXX` is not an ISO 4217 currency with a minor unit",
    );
}

#[test]
fn a_row_that_is_not_utf8_is_told_with_its_line() {
    check_row(
        b"2,ORDER,2026-01-06,200,USD,b\xFFn",
        "3,,MALFORMED_FILE,cell 6 is not UTF-8 after its byte 1",
    );
}

#[test]
fn a_row_with_a_cell_too_many_is_told_with_its_line() {
    check_row(
        b"2,ORDER,2026-01-06,200,USD,ben,more",
        "3,,MALFORMED_FILE,\"the line has 7 cells, the header has 6\"",
    );
}

/// Feeds a line of 64 MB through a pipe; the program must hang up long before its end.
#[track_caller]
fn check_long_line(start: &str, format: &str, code: i32, err: &str, stored: usize) {
    const LINE_BYTES: usize = 64 << 20;
    let company = Company::new();
    let mut command = company.command(&["import", "transactions", "-", "--format", format]);
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut pipe = child.stdin.take().unwrap();
    let start = start.to_owned();
    let feeder = std::thread::spawn(move || {
        let block = vec![b'x'; 1 << 16];
        let mut sent = 0;
        if pipe.write_all(start.as_bytes()).is_err() {
            return sent;
        }
        while sent < LINE_BYTES && pipe.write_all(&block).is_ok() {
            sent += block.len();
        }
        sent
    });
    let ended = ended(child.wait_with_output().unwrap());
    let sent = feeder.join().unwrap();
    ended.check(code, err);
    assert!(sent < 4 << 20, "{sent} bytes of one line were taken");
    assert_eq!(company.stored(), stored);
}

#[test]
fn a_line_without_an_end_is_not_read_to_its_end() {
    let long = "a record is longer than 1048576 bytes; is a quote not closed? [LINE_TOO_LONG]";
    let good = "1,ORDER,2026-01-05,100,USD,ana\n";
    let before = "1 rows before it were read, and are stored or rejected\n";
    let first = |line: u32| format!("error: line {line}: {long}");
    let third = format!("{before}{}", first(3));
    check_long_line(&format!("{HEADER}\n{good}2,ORDER,"), "csv", 1, &third, 1);
    check_long_line(&format!("{HEADER}\n{good}2,\""), "csv", 1, &third, 1);
    check_long_line("", "csv", 1, &first(1), 0);
    let good = "{\"number\":1,\"type\":\"ORDER\",\"event_date\":\"2026-01-05\",\
                \"amount\":100,\"currency\":\"USD\"}\n";
    let second = format!("{before}{}", first(2));
    check_long_line(&format!("{good}{{\"number\":\""), "ndjson", 1, &second, 1);
}

#[test]
fn an_unknown_field_of_a_plan_is_told_with_its_place() {
    let company = Company::new();
    company.apply("kind: plan\nid: new\nmeasurs: []\n").check(
        1,
        "error: measurs: there is no field `measurs` here, did you mean `measures`? \
         (new.yaml, line 3, column 1) [UNKNOWN_FIELD]",
    );
    company.apply("kind: plan\nid: new\nmeasures: [\n").check(
        1,
        "error: this is not YAML: unclosed bracket '[' (new.yaml, line 3, column 11) \
             [MALFORMED_FILE]",
    );
}

const PLAN: &str = "kind: plan\nid: new\nmeasures:\n  - {id: sales, interval: period}\n";

#[test]
fn a_gap_in_tiers_is_told() {
    let company = Company::new();
    let text = format!(
        "{PLAN}rate_tables:\n  - id: t\n    by: {{value: sales}}\n    \
         percents: {{0..10: 1%, 20..: 2%}}\n\
         components:\n  - id: c\n    basis: per_event\n    interval: period\n    \
         measures: [sales]\n    \
         rate: {{table: t, split: flat}}\n"
    );
    company.apply(&text).check(
        1,
        "error: rate_tables[0].dimensions[0].tiers[1].from: plan `new`: nothing covers 10 to 20 \
         [TIER_GAP]",
    );
}

#[test]
fn people_who_report_in_a_circle_are_told() {
    let company = Company::new();
    let text = "kind: participant\nid: vic\nname: Vic\npay_group: everybody\nreports_to: ana\n\
                plans: vice-president\n";
    company.apply(text).check(
        1,
        "error: reports_to: participant `ana`: always, the reporting lines ana → mia → vic → \
         ana would go in a circle [CYCLE]",
    );
}

#[test]
fn a_wrong_word_in_an_expression_is_told_with_its_place() {
    let company = Company::new();
    let text = format!(
        "{PLAN}components:\n  - id: c\n    basis: per_interval\n    interval: period\n    \
         measures: [sales]\n    output: \"measure.sale.value * 0.01\"\n"
    );
    company.apply(&text).check(
        1,
        "error: components[0].output: plan `new`: line 1, column 1: unknown name \
         `measure.sale.value`, did you mean `measure.sales.value`? [BAD_EXPRESSION]",
    );
}

#[test]
fn documents_with_one_mistake_are_not_applied_at_all() {
    let company = Company::new();
    let text = "kind: pay_group\nid: others\n---\nkind: pay_group\nidd: more\n";
    assert_eq!(company.apply(text).code, 1);
    let exported = company.run(&["export"]);
    assert!(!exported.out.contains("others"), "{}", exported.out);
}

#[test]
fn a_workspace_and_a_period_that_are_not_there_are_told() {
    let company = Company::new();
    let run = company.run(&["run", "--period", "2026-01", "-w", "nobody"]);
    run.check(
        1,
        "error: workspace `nobody` has no settings yet: apply some [UNKNOWN_WORKSPACE]",
    );
    let run = company.run(&["run", "--period", "2031-01"]);
    run.check(1, "error: the calendar has no period `2031-01` [NOT_FOUND]");
}

#[test]
fn a_database_of_another_version_is_left_alone() {
    let company = Company::new();
    let path = company.path("attain.sqlite");
    let sides = ["attain.sqlite-wal", "attain.sqlite-shm"];
    assert!(
        !sides.iter().any(|name| company.path(name).exists()),
        "the log is in the database"
    );
    let mut bytes = fs::read(&path).unwrap();
    // The version stands at offset 60 of the file: sqlite.org/fileformat.html.
    bytes[60..64].copy_from_slice(&9_999_u32.to_be_bytes());
    fs::write(&path, &bytes).unwrap();
    let run = company.run(&["run", "--period", "2026-01"]);
    assert_eq!(run.code, 4, "{}", run.err);
    let told = "was made by a newer version of this program: it is schema 9999";
    assert!(
        run.err.contains(told) && run.err.contains("[STORE_VERSION]"),
        "{}",
        run.err
    );
    assert!(fs::read(&path).unwrap() == bytes, "the file was changed");
}

#[track_caller]
fn check_store(store: &Path, company: &Company, told: &str, reason: &str) {
    let store = store.to_str().unwrap();
    for command in [&["run", "--period", "2026-01"][..], &["migrate"]] {
        let ended = company.run(&[command, &["--store", store]].concat());
        assert_eq!(ended.code, 4, "{}", ended.err);
        let all = ended.err.contains(told) && ended.err.contains(&format!("[{reason}]"));
        assert!(all && ended.err.contains(store), "{}", ended.err);
    }
}

#[test]
fn a_file_that_is_no_database_is_left_alone() {
    let company = Company::new();
    let path = company.path("notes.txt");
    let text = "Not a database. ".repeat(1_000);
    fs::write(&path, &text).unwrap();
    check_store(
        &path,
        &company,
        "the file is not a SQLite database",
        "STORE_CORRUPT",
    );
    assert_eq!(fs::read_to_string(&path).unwrap(), text);
}

#[test]
fn a_folder_is_no_database() {
    let company = Company::new();
    let path = company.path("folder");
    fs::create_dir(&path).unwrap();
    check_store(
        &path,
        &company,
        "the database file cannot be opened",
        "STORE_UNAVAILABLE",
    );
}

/// Root may write to every file, so where the tests run as root the program runs as nobody.
#[cfg(unix)]
#[test]
fn a_database_that_may_not_be_written_to_is_told() {
    use std::os::unix::fs::PermissionsExt;
    use std::os::unix::process::CommandExt;

    const NOBODY: u32 = 65_534;
    let company = Company::new();
    let path = company.path("attain.sqlite");
    let allow = |path: &Path, mode| {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    };
    allow(&path, 0o444);
    let mut command = company.command(&["import", "transactions", "rows.csv"]);
    fs::write(
        company.path("rows.csv"),
        format!("{HEADER}\n1,ORDER,2026-01-05,1,USD,ana\n"),
    )
    .unwrap();
    if fs::OpenOptions::new().append(true).open(&path).is_ok() {
        allow(company.folder.path(), 0o777);
        command.uid(NOBODY);
        if command.output().is_err() {
            eprintln!("nobody may not run the program here: left out");
            return;
        }
    }
    let ended = ended(command.output().unwrap());
    assert_eq!(ended.code, 4, "{}", ended.err);
    let told = "the database file cannot be written to [STORE_UNAVAILABLE]";
    assert!(ended.err.contains(told), "{}", ended.err);
    allow(&path, 0o644);
    assert_eq!(company.stored(), 0);
}

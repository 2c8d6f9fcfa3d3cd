//! Payment plans as people write them: what is left out, what is short, what is refused.

use attain_documents::{read_documents, write_documents};
use attain_domain::definition::Definition;
use attain_domain::payment_plan::PaymentPlan;
use attain_domain::refusal::Reason;

/// What every plan below begins with.
const HEAD: &str = "kind: payment_plan\nid: draw\nminimum: {amount: 1000}\n";

fn read(rest: &str) -> PaymentPlan {
    let text = format!("{HEAD}{rest}");
    let read = read_documents("draw.yaml", &text);
    let read = read.unwrap_or_else(|refusals| panic!("{refusals:#?}\n{text}"));
    let [Definition::PaymentPlan(plan)] = read.as_slice() else {
        panic!("{read:?}")
    };
    plan.clone()
}

fn check_same(short: &str, long: &str) {
    assert_eq!(read(short), read(long));
}

fn check_refused(rest: &str, expected: (Reason, &str)) {
    let text = format!("{HEAD}{rest}");
    let refusals = read_documents("draw.yaml", &text).expect_err(&text);
    let found: Vec<(Reason, &str)> = refusals
        .iter()
        .map(|refusal| (refusal.reason, refusal.field.as_deref().unwrap_or_default()))
        .collect();
    assert_eq!(found, [expected], "{text}\n{refusals:#?}");
}

#[test]
fn what_is_left_out_is_as_the_page_says() {
    check_same(
        "recoverability: recoverable",
        "name: draw\npriority: 0\nassignments: []\nrecoverability: recoverable\n\
         recovery: {timing: immediate, percent: 100%, floor: kept}",
    );
    check_same(
        "recoverability: recoverable\nrecovery: {balance_cap: {amount: 5}}\npay_cap: {amount: 2000}",
        "recoverability: recoverable\nrecovery: {balance_cap: {amount: 5, withheld: lost}}\n\
         pay_cap: {amount: 2000, withheld: lost}",
    );
    let text = "kind: payment_plan\nid: d\nrecoverability: not_recoverable\nminimum: ";
    let minimum = |fields: &str| read_documents("d.yaml", &format!("{text}{{{fields}}}\n"));
    assert_eq!(
        minimum("amount: 1"),
        minimum("amount: 1, interval: period, mode: top_up, proration: by_day")
    );
    let written = write_documents(&[Definition::PaymentPlan(read("recoverability: recoverable"))]);
    assert_eq!(
        written.as_deref(),
        Ok("kind: payment_plan\nid: draw\nminimum: {amount: 1000}\nrecoverability: recoverable\n")
    );
}

#[test]
fn assignments_have_short_forms() {
    let with = |assignments: &str| {
        format!("recoverability: not_recoverable\nassignments: {assignments}\n")
    };
    check_same(&with("ana"), &with("[{participant: ana}]"));
    check_same(
        &with("[ana, 1001]"),
        &with("[{participant: ana}, {participant: 1001}]"),
    );
}

#[test]
fn what_is_half_said_or_said_twice_is_refused() {
    let field = "assignments[0]";
    let with = |assignment: &str| {
        format!("recoverability: not_recoverable\nassignments: [{{{assignment}}}]\n")
    };
    check_refused(&with("from: 2026-01-01"), (Reason::MissingValue, field));
    let twice = with("participant: ana, plan: reps");
    check_refused(&twice, (Reason::MalformedValue, "assignments[0].plan"));
    let half = with("attribute: grade");
    check_refused(&half, (Reason::MissingValue, "assignments[0].is"));
    let half = with("is: senior");
    check_refused(&half, (Reason::MissingValue, "assignments[0].attribute"));
    let terms = "recoverability: not_recoverable\nrecovery: {percent: 50%}\n";
    check_refused(terms, (Reason::MalformedValue, "recovery"));
    check_refused("", (Reason::MissingValue, "recoverability"));
}

#[test]
fn words_and_numbers_that_mean_nothing_are_refused() {
    let malformed = |rest: &str, field: &str| check_refused(rest, (Reason::MalformedValue, field));
    malformed("recoverability: maybe\n", "recoverability");
    let with = |rest: &str| format!("recoverability: recoverable\n{rest}\n");
    malformed(&with("priority: -1"), "priority");
    malformed(&with("recovery: {floor: yes}"), "recovery.floor");
    malformed(&with("recovery: {percent: half}"), "recovery.percent");
    malformed(
        &with("recovery: {timing: {interval_end: month}}"),
        "recovery.timing.interval_end",
    );
    malformed(&with("pay_cap: {amount: 1e3}"), "pay_cap.amount");
    let unknown = with("shared_by: {category: [a]}");
    let refusals = read_documents("draw.yaml", &format!("{HEAD}{unknown}")).expect_err("no such");
    assert_eq!(refusals.len(), 1, "{refusals:#?}");
}

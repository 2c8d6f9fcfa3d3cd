//! Ready-made credits.

use super::super::{Collected, RawCredit};
use crate::credit::{CreditKind, CreditOrigin};
use crate::crediting::fixture::{EVERYTHING, World, all_to, given, order, usd};
use crate::refusal::Reason;
use crate::transaction::TransactionStatus;

fn check_counts(collected: &Collected, expected: [u64; 5]) {
    let counts = collected.counts;
    let found = [
        counts.read,
        counts.stored,
        counts.unchanged,
        counts.superseded,
        counts.rejected,
    ];
    assert_eq!(found, expected);
}

fn updated(row: RawCredit, hour: u32) -> RawCredit {
    RawCredit {
        updated_at: Some(format!("2015-01-20T{hour:02}:00:00Z")),
        ..row
    }
}

#[test]
fn a_different_participant_is_another_credit() {
    let mut world = World::new();
    let collected = world.import_credits(&[given("1001", "ana", "60"), given("1001", "ben", "40")]);
    check_counts(&collected, [2, 2, 0, 0, 0]);
    world.check_counting(&["direct ana 60", "direct ben 40"]);
    let transaction = world.live_transactions().next().unwrap();
    assert_eq!(transaction.amount, usd("100"));
    assert!(transaction.flags.preserve_credits);
    assert_eq!(transaction.status, TransactionStatus::New);
    assert!(
        world
            .credits
            .values()
            .all(|credit| credit.origin == CreditOrigin::Given)
    );
    assert_eq!(collected.changes.work.len(), 1);
    let again = world.import_credits(&[given("1001", "ben", "40"), given("1001", "ana", "60")]);
    check_counts(&again, [2, 0, 2, 0, 0]);
    assert_eq!(again.changes, crate::change::Changes::default());
}

#[test]
fn the_transaction_has_the_given_amount_else_the_revenue_sum() {
    let mut world = World::new();
    let beside = RawCredit {
        revenue: Some("false".to_owned()),
        ..given("1", "cat", "1000")
    };
    let whole = RawCredit {
        transaction_amount: Some("500".to_owned()),
        ..given("2", "ana", "60")
    };
    world.import_credits(&[given("1", "ana", "60"), beside, whole]);
    let amounts: Vec<_> = world.live_transactions().map(|t| t.amount).collect();
    assert_eq!(amounts, [usd("60"), usd("500")]);
}

#[test]
fn a_changed_credit_is_a_new_version_and_its_siblings_stay() {
    let mut world = World::new();
    world.import_credits(&[given("1", "ana", "60"), given("1", "ben", "40")]);
    world.credit(EVERYTHING);
    let before = world.credits.clone();
    let collected = world.import_credits(&[given("1", "ana", "70"), given("1", "ben", "40")]);
    check_counts(&collected, [2, 1, 1, 0, 0]);
    // Ana's credit, and what Mia and Zoe got from it.
    assert_eq!(collected.changes.credits_obsoleted.len(), 3);
    let ana = |credit: &&crate::credit::Credit| {
        credit.kind == CreditKind::Direct && credit.participant.as_str() == "ana"
    };
    let old = before.values().find(ana).unwrap();
    let new = world
        .credits
        .values()
        .filter(ana)
        .find(|c| c.obsolete.is_none())
        .unwrap();
    assert_eq!(
        (new.lineage, new.stamp.version),
        (old.lineage, old.stamp.version.next())
    );
    assert!(new.stamp.created_at > old.stamp.created_at);
    world.credit(EVERYTHING);
    let expected = [
        "direct ana 70",
        "direct ben 40",
        "indirect mia 40",
        "indirect mia 70",
        "indirect zoe 40",
        "indirect zoe 70",
    ];
    world.check_counting(&expected);
    assert_eq!(world.credits.len(), 6);
}

#[test]
fn a_given_credit_takes_the_place_of_one_by_rule() {
    let mut world = World::new();
    world.rules("main", vec![all_to("r", "ana")]);
    world.import(&[order("1", "2015-01-15", "100")]);
    world.credit(EVERYTHING);
    check_counts(
        &world.import_credits(&[given("1", "ana", "100")]),
        [1, 1, 0, 0, 0],
    );
    world.credit(EVERYTHING);
    world.check_counting(&["direct ana 100", "indirect mia 100", "indirect zoe 100"]);
    let transaction = world.live_transactions().next().unwrap();
    assert!(transaction.flags.preserve_credits);
    world.rules("main", vec![all_to("r", "ben")]);
    world.credit(EVERYTHING);
    world.check_counting(&["direct ana 100", "indirect mia 100", "indirect zoe 100"]);
}

#[test]
fn bad_rows_are_named_and_duplicates_counted() {
    let mut world = World::new();
    world.close(2);
    let closed = RawCredit {
        event_date: Some("2015-02-15".to_owned()),
        ..given("2", "ana", "1")
    };
    let euros = RawCredit {
        currency: Some("EUR".to_owned()),
        ..given("3", "ana", "1")
    };
    let rows = [
        updated(given("1", "ana", "2"), 11),
        given("1", "nobody", "1"),
        closed,
        euros,
        updated(given("1", "ana", "1"), 10),
    ];
    let collected = world.import_credits(&rows);
    check_counts(&collected, [5, 1, 0, 1, 3]);
    let found: Vec<_> = collected
        .rejected
        .iter()
        .map(|(at, refusal)| (*at, refusal.reason))
        .collect();
    let expected = [
        (2, Reason::UnknownParticipant),
        (3, Reason::PeriodNotOpen),
        (4, Reason::MissingCurrencyRate),
    ];
    assert_eq!(found, expected);
    world.check_counting(&["direct ana 2"]);
    check_counts(
        &world.import_credits(&[updated(given("1", "ana", "3"), 9)]),
        [1, 0, 0, 1, 0],
    );
}

#[test]
fn credits_of_a_cancelled_transaction_make_it_anew() {
    let mut world = World::new();
    world.import_credits(&[given("1", "ana", "1")]);
    let mut row = order("1", "2015-01-15", "1");
    row.cancelled = Some("true".to_owned());
    world.import(&[row]);
    world.check_counting(&[]);
    check_counts(
        &world.import_credits(&[given("1", "ana", "1")]),
        [1, 1, 0, 0, 0],
    );
    world.credit(EVERYTHING);
    world.check_counting(&["direct ana 1", "indirect mia 1", "indirect zoe 1"]);
}

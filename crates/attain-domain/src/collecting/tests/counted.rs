//! Transactions against each other and against what is stored.

use super::super::{CollectCounts, Collected, RawTransaction};
use crate::activity::{ActivityAction, RecordKind};
use crate::credit::LeftBecause;
use crate::crediting::fixture::{EVERYTHING, World, all_to, category, order};
use crate::definition::rates::CurrencyRate;
use crate::money::Currency;
use crate::refusal::Reason;
use crate::run::{Process, Scope};
use crate::transaction::{Transaction, TransactionStatus};

const JANUARY: &str = "2015-01-01";

fn world() -> World {
    let mut world = World::new();
    world.rules("main", vec![all_to("r", "ana")]);
    world
}

fn updated(row: RawTransaction, hour: u32) -> RawTransaction {
    RawTransaction {
        updated_at: Some(format!("2015-01-02T{hour:02}:00:00Z")),
        ..row
    }
}

fn cancelled(number: &str) -> RawTransaction {
    RawTransaction {
        number: Some(number.to_owned()),
        kind: Some("ORDER".to_owned()),
        cancelled: Some("true".to_owned()),
        ..RawTransaction::default()
    }
}

/// Read, stored, unchanged, superseded, rejected.
fn check_counts(collected: &Collected, expected: [u64; 5]) {
    let CollectCounts {
        read,
        stored,
        unchanged,
        superseded,
        rejected,
    } = collected.counts;
    assert_eq!([read, stored, unchanged, superseded, rejected], expected);
}

fn check_rejected(collected: &Collected, expected: &[(u64, Reason, &str)]) {
    let found: Vec<_> = collected
        .rejected
        .iter()
        .map(|(at, refusal)| (*at, refusal.reason, refusal.field.as_deref().unwrap()))
        .collect();
    assert_eq!(found, expected);
}

/// The live version.
fn live(world: &World) -> &Transaction {
    let mut live = world.live_transactions();
    let transaction = live.next().unwrap();
    assert!(live.next().is_none());
    transaction
}

#[test]
fn a_new_row_is_one_new_transaction() {
    let mut world = world();
    let collected = world.import(&[order("1001-301", JANUARY, "10000")]);
    check_counts(&collected, [1, 1, 0, 0, 0]);
    let transaction = live(&world);
    assert_eq!(transaction.status, TransactionStatus::New);
    assert_eq!(transaction.amount.to_string(), "10000.00 USD");
    assert_eq!(transaction.period.as_str(), "2015-01");
    let work = &collected.changes.work[..];
    assert_eq!((work.len(), work[0].stage), (1, Process::Classify));
    assert_eq!(
        (work[0].first, work[0].last),
        (transaction.id, transaction.id)
    );
    let activity = &collected.changes.activities[..];
    assert_eq!(activity.len(), 1);
    assert_eq!(
        (activity[0].record, activity[0].action),
        (RecordKind::Transaction, ActivityAction::Created)
    );
    assert_eq!(
        (activity[0].subject.as_str(), activity[0].count),
        ("ORDER 1001-301", 1)
    );
}

#[test]
fn a_changed_row_makes_the_old_one_obsolete_and_its_credits_with_it() {
    let mut world = world();
    world.import(&[order("1", JANUARY, "10000")]);
    world.credit(EVERYTHING);
    let collected = world.import(&[order("1", JANUARY, "12000")]);
    check_counts(&collected, [1, 1, 0, 0, 0]);
    let new = live(&world);
    assert_eq!(
        (new.status.clone(), new.amount.amount),
        (TransactionStatus::New, 12_000.into())
    );
    let old = &world.transactions[&new.replaces.unwrap()];
    assert_eq!(
        (&old.status, old.replaced_by),
        (&TransactionStatus::Obsolete, Some(new.id))
    );
    assert_eq!(world.credits.len(), 3);
    let marks: Vec<_> = world
        .credits
        .values()
        .map(|c| c.obsolete.as_ref().unwrap().because)
        .collect();
    assert_eq!(marks, [LeftBecause::Adjusted; 3]);
    let changed: Vec<_> = collected
        .changes
        .changed
        .iter()
        .map(|change| match &change.scope {
            Scope::Participant(who) => (change.period.as_str(), who.as_str()),
            Scope::Everybody => panic!("nobody else"),
        })
        .collect();
    assert_eq!(
        changed,
        [("2015-01", "ana"), ("2015-01", "mia"), ("2015-01", "zoe")]
    );
    assert_eq!(collected.touched.len(), 3);
}

#[test]
fn of_rows_with_one_key_the_latest_wins_wherever_it_stands() {
    let early = updated(order("1", JANUARY, "11000"), 10);
    let late = updated(order("1", JANUARY, "12000"), 11);
    for rows in [[early.clone(), late.clone()], [late, early]] {
        let mut world = world();
        check_counts(&world.import(&rows), [2, 1, 0, 1, 0]);
        assert_eq!(live(&world).amount.amount, 12_000.into());
    }
}

#[test]
fn rows_that_do_not_say_when_win_by_standing_later() {
    let row = |amount: &str| order("1", JANUARY, amount);
    let mut world = world();
    check_counts(
        &world.import(&[row("1"), updated(row("2"), 10), row("3")]),
        [3, 1, 0, 2, 0],
    );
    assert_eq!(live(&world).amount.amount, 3.into());
    check_counts(
        &world.import(&[updated(row("4"), 9), updated(row("5"), 9)]),
        [2, 1, 0, 1, 0],
    );
    assert_eq!(live(&world).amount.amount, 5.into());
}

#[test]
fn what_is_stored_stays_when_a_row_says_the_same_or_is_older() {
    let mut world = world();
    world.import(&[updated(order("1", JANUARY, "10"), 10)]);
    let before = world.transactions.clone();
    let same = updated(order("1", JANUARY, "10.00"), 12);
    check_counts(&world.import(&[same]), [1, 0, 1, 0, 0]);
    check_counts(&world.import(&[order("1", JANUARY, "10")]), [1, 0, 1, 0, 0]);
    check_counts(
        &world.import(&[updated(order("1", JANUARY, "9"), 9)]),
        [1, 0, 0, 1, 0],
    );
    assert_eq!(world.transactions, before);
    check_counts(
        &world.import(&[updated(order("1", JANUARY, "11"), 10)]),
        [1, 1, 0, 0, 0],
    );
}

#[test]
fn each_kind_of_bad_row_is_named_and_the_others_are_stored() {
    let mut world = world();
    world.close(2);
    let in_currency = |number: &str, code: &str| RawTransaction {
        currency: Some(code.to_owned()),
        ..order(number, JANUARY, "10")
    };
    let collected = world.import(&[
        order("1", "2015-02-01", "1"),
        in_currency("2", "EUR"),
        order("3", "2016-01-01", "1"),
        order("4", JANUARY, "1"),
    ]);
    check_counts(&collected, [4, 1, 0, 0, 3]);
    check_rejected(
        &collected,
        &[
            (1, Reason::PeriodNotOpen, "event_date"),
            (2, Reason::MissingCurrencyRate, "currency"),
            (3, Reason::PeriodNotOpen, "event_date"),
        ],
    );
    assert_eq!(live(&world).key.number.as_str(), "4");
}

#[test]
fn amounts_become_operating_currency_at_the_rate_of_the_date() {
    let mut world = world();
    let rate = |date: &str, rate: &str| CurrencyRate {
        from: Currency::parse("EUR").unwrap(),
        to: Currency::parse("USD").unwrap(),
        date: date.parse().unwrap(),
        rate: rate.parse().unwrap(),
    };
    world.set.rates.rates = vec![rate("2015-01-01", "1.0850"), rate("2015-02-01", "2")];
    let mut row = order("1", "2015-01-31", "800.01");
    row.currency = Some("EUR".to_owned());
    world.import(std::slice::from_ref(&row));
    let transaction = live(&world);
    assert_eq!(transaction.amount.to_string(), "800.01 EUR");
    assert_eq!(transaction.operating_amount.to_string(), "868.01 USD");
    // A later rate does not make the row another one.
    world.set.rates.rates[0].rate = 3.into();
    check_counts(&world.import(&[row]), [1, 0, 1, 0, 0]);
}

#[test]
fn nothing_leaves_or_enters_a_closed_period() {
    let mut world = world();
    world.import(&[order("1", JANUARY, "1"), order("2", "2015-02-01", "2")]);
    world.close(1);
    let collected = world.import(&[
        order("1", "2015-02-01", "1"),
        order("2", JANUARY, "2"),
        RawTransaction {
            event_date: None,
            ..cancelled("1")
        },
    ]);
    // The cancellation stands later, so the first row never gets that far.
    check_counts(&collected, [3, 0, 0, 1, 2]);
    check_rejected(
        &collected,
        &[
            (2, Reason::PeriodNotOpen, "event_date"),
            (3, Reason::PeriodNotOpen, "event_date"),
        ],
    );
    // What is sent again unchanged is no mistake.
    check_counts(&world.import(&[order("1", JANUARY, "1")]), [1, 0, 1, 0, 0]);
}

#[test]
fn a_cancellation_takes_the_transaction_and_its_credits() {
    let mut world = world();
    world.import(&[order("1", JANUARY, "5000"), order("2", JANUARY, "1")]);
    world.credit(EVERYTHING);
    let collected = world.import(&[cancelled("1")]);
    check_counts(&collected, [1, 1, 0, 0, 0]);
    assert_eq!(live(&world).key.number.as_str(), "2");
    let of_it = |c: &&crate::credit::Credit| c.key.number.as_str() == "1";
    assert!(
        world
            .credits
            .values()
            .filter(of_it)
            .all(|credit| { credit.obsolete.as_ref().unwrap().because == LeftBecause::Cancelled })
    );
    assert_eq!(collected.changes.work.len(), 1);
    check_counts(&world.import(&[cancelled("1")]), [1, 0, 1, 0, 0]);
    check_rejected(
        &world.import(&[cancelled("7")]),
        &[(1, Reason::NotFound, "number")],
    );
}

#[test]
fn what_was_cancelled_comes_back_as_a_new_version_but_not_from_an_old_file() {
    let mut world = world();
    let row = updated(order("1", JANUARY, "1"), 10);
    world.import(std::slice::from_ref(&row));
    world.import(&[updated(cancelled("1"), 11)]);
    check_counts(&world.import(&[row]), [1, 0, 0, 1, 0]);
    assert_eq!(world.live_transactions().count(), 0);
    check_counts(
        &world.import(&[updated(order("1", JANUARY, "1"), 12)]),
        [1, 1, 0, 0, 0],
    );
    let new = live(&world);
    let old = &world.transactions[&new.replaces.unwrap()];
    assert_eq!(
        (&old.status, old.replaced_by),
        (&TransactionStatus::Cancelled, Some(new.id))
    );
}

#[test]
fn a_cancellation_can_be_collected_as_zero() {
    let mut world = world();
    world.settings().collect_cancellations_as_zero = true;
    world.import(&[order("1", JANUARY, "5000")]);
    world.credit(EVERYTHING);
    check_counts(&world.import(&[cancelled("1")]), [1, 1, 0, 0, 0]);
    let zero = live(&world);
    assert_eq!((zero.amount.amount, zero.quantity), (0.into(), 0.into()));
    assert_eq!(zero.event_date, JANUARY.parse().unwrap());
    check_counts(&world.import(&[cancelled("1")]), [1, 0, 1, 0, 0]);
    world.credit(EVERYTHING);
    world.check_counting(&["direct ana 0", "indirect mia 0", "indirect zoe 0"]);
    let mut early = cancelled("2");
    check_rejected(
        &world.import(std::slice::from_ref(&early)),
        &[(1, Reason::MissingValue, "event_date")],
    );
    early.event_date = Some(JANUARY.to_owned());
    check_counts(&world.import(&[early]), [1, 1, 0, 0, 0]);
}

#[test]
fn what_a_row_does_not_mention_stays() {
    let mut world = world();
    world.categories(&[("computer", "")]);
    let mut row = order("1", JANUARY, "1");
    row.do_not_classify = Some("true".to_owned());
    row.category = Some("computer".to_owned());
    row.preserve_credits = Some("true".to_owned());
    world.import(&[row]);
    check_counts(&world.import(&[order("1", JANUARY, "1")]), [1, 0, 1, 0, 0]);
    let mut row = order("1", JANUARY, "2");
    row.preserve_credits = Some("false".to_owned());
    world.import(&[row]);
    let flags = live(&world).flags;
    assert!(flags.preserve_credits && flags.do_not_classify);
    assert_eq!(live(&world).category, Some(category("computer")));
}

#[test]
fn work_is_one_item_for_the_new_rows_of_a_period() {
    let mut world = world();
    let rows: Vec<_> = (0..10)
        .map(|nth| order(&nth.to_string(), ["2015-01-05", "2015-03-05"][nth % 2], "1"))
        .collect();
    let collected = world.import(&rows);
    let work = &collected.changes.work;
    let periods: Vec<_> = work.iter().map(|item| item.period.as_str()).collect();
    assert_eq!(periods, ["2015-01", "2015-03"]);
    for item in work {
        let within = world
            .transactions
            .values()
            .filter(|t| item.first <= t.id && t.id <= item.last);
        let within: Vec<_> = within.map(|t| t.period.clone()).collect();
        assert_eq!(within, vec![item.period.clone(); 5]);
    }
    let all: Vec<_> = (0..10).map(|nth| cancelled(&nth.to_string())).collect();
    assert_eq!(world.import(&all).changes.work.len(), 10);
}

#[test]
fn many_cancellations_share_items() {
    let mut world = world();
    let numbers: Vec<String> = (0..101).map(|nth| nth.to_string()).collect();
    let rows: Vec<_> = numbers
        .iter()
        .map(|number| order(number, JANUARY, "1"))
        .collect();
    world.import(&rows);
    let all: Vec<_> = numbers.iter().map(|number| cancelled(number)).collect();
    let work = world.import(&all).changes.work;
    assert_eq!(work.len(), 16);
    for id in world.transactions.keys() {
        let spans = work.iter();
        let spans = spans.filter(|item| item.first <= *id && *id <= item.last);
        assert_eq!(spans.count(), 1);
    }
}

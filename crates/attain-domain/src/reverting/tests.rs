//! The table of what becomes of obsolete rows.

use std::collections::BTreeSet;

use super::{Reverted, revert_credits, revert_earnings, revert_transactions};
use crate::credit::Credit;
use crate::definition::Settings;
use crate::earning::{Earning, Instalments};
use crate::ids::{ActorId, TransactionId};
use crate::testing::{at, credit, earning, name, obsolete, settings, transaction, usd, uuid};
use crate::working::Circumstances;

fn decide<T>(archive: bool, what: impl FnOnce(&Settings, &mut Circumstances<'_>) -> T) -> T {
    let settings = Settings {
        archive_updated_credits: archive,
        ..settings()
    };
    let actor: ActorId = name("tester");
    let mut next = 1_000;
    let mut next_id = || {
        next += 1;
        uuid(next)
    };
    let mut now = Circumstances {
        at: at(500),
        actor: &actor,
        next_id: &mut next_id,
    };
    what(&settings, &mut now)
}

fn replaced(number: u64) -> Credit {
    Credit {
        obsolete: Some(obsolete()),
        ..credit(number)
    }
}

fn earned(taken: u16, paid: u16) -> Earning {
    Earning {
        instalments: Instalments {
            taken,
            paid,
            ..earning(1).instalments
        },
        ..earning(1)
    }
}

fn revert(archive: bool, earnings: &[Earning]) -> Reverted {
    decide(archive, |settings, now| {
        revert_credits(&[replaced(1)], earnings, &BTreeSet::new(), settings, now).unwrap()
    })
}

fn goes_to_history(reverted: &Reverted) -> (bool, Vec<bool>) {
    let earnings = reverted.changes.earnings_departed.iter();
    (
        reverted.changes.credits_departed[0].archive,
        earnings.map(|departure| departure.archive).collect(),
    )
}

#[test]
fn what_was_not_paid_goes_by_the_setting() {
    for archive in [false, true] {
        let reverted = revert(archive, &[earned(0, 0)]);
        assert_eq!(goes_to_history(&reverted), (archive, vec![archive]));
        assert_eq!(reverted.changes.earnings, []);
        assert_eq!(reverted.changes.changed.len(), 1, "to be calculated again");
    }
}

#[test]
fn what_was_paid_goes_to_history_and_is_taken_back() {
    for archive in [false, true] {
        let reverted = revert(archive, &[earned(1, 1)]);
        assert_eq!(goes_to_history(&reverted), (true, vec![true]));
        let [waiting] = reverted.changes.earnings.as_slice() else {
            panic!("one reversal");
        };
        assert_eq!(waiting.amount(), Some(usd("-100")));
        assert_eq!(waiting.reversal_of, Some(earning(1).id));
        assert!(waiting.awaits_calculation);
    }
}

#[test]
fn what_stands_on_an_unpaid_sheet_stays_there() {
    let reverted = revert(false, &[earned(1, 0)]);
    assert_eq!(goes_to_history(&reverted), (true, vec![]));
    assert_eq!(
        reverted.changes.earnings_obsoleted,
        [],
        "the calculation compares it"
    );
    assert_eq!(reverted.changes.earnings, []);
}

#[test]
fn what_was_paid_for_an_interval_can_be_explained() {
    let remembered = BTreeSet::from([credit(1).id]);
    let reverted = decide(false, |settings, now| {
        revert_credits(&[replaced(1)], &[], &remembered, settings, now).unwrap()
    });
    assert_eq!(goes_to_history(&reverted), (true, vec![]));
}

#[test]
fn what_is_earned_for_a_newer_version_is_left_alone() {
    let newer = Earning {
        credit: Some(crate::ids::CreditId(uuid(7))),
        ..earned(0, 0)
    };
    let reverted = revert(true, &[newer]);
    assert_eq!(goes_to_history(&reverted), (true, vec![]));
}

#[test]
fn what_counts_is_not_touched() {
    let reverted = decide(true, |settings, now| {
        revert_credits(
            &[credit(1)],
            &[earned(1, 1)],
            &BTreeSet::new(),
            settings,
            now,
        )
        .unwrap()
    });
    assert_eq!(reverted, Reverted::default());
}

#[test]
fn an_obsolete_earning_without_its_credit_is_taken_back_too() {
    let marked = Earning {
        obsolete: Some(obsolete()),
        ..earned(1, 1)
    };
    let reverted = decide(false, |settings, now| {
        revert_earnings(&[marked], settings, now).unwrap()
    });
    assert_eq!(reverted.changes.earnings_departed.len(), 1);
    assert_eq!(reverted.changes.earnings.len(), 1);
    assert_eq!(reverted.counts.taken, 1);
}

#[test]
fn a_transaction_goes_where_its_credits_are() {
    let remembered: BTreeSet<TransactionId> = [TransactionId(uuid(2))].into();
    let rows = [transaction(1), transaction(2)];
    for (archive, expected) in [(false, [false, true]), (true, [true, true])] {
        let reverted = decide(archive, |settings, now| {
            revert_transactions(&rows, &remembered, settings, now)
        });
        let archived = reverted.changes.transactions_departed.iter();
        let archived: Vec<bool> = archived.map(|departure| departure.archive).collect();
        assert_eq!(archived, expected);
    }
}

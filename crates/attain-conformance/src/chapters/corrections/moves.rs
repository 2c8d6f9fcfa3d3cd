//! Transactions that leave: to history, or for good.

use attain_domain::change::{Changes, Departure, Guard};
use attain_domain::credit::LeftBecause;
use attain_domain::ids::{TransactionId, WorkItemId};
use attain_domain::ports::ChunkSize;
use attain_domain::run::{Process, WorkItem};
use attain_domain::stamp::Version;
use attain_domain::testing::{activity, at, name, stamp_at, transaction, uuid};
use attain_domain::time::DateRange;
use attain_domain::transaction::{
    PastTransaction, Transaction, TransactionProgress, TransactionStatus,
};

use crate::case::cases;
use crate::difference::check_same;
use crate::samples::transaction_departure;
use crate::site::Site;

cases! { "corrections":
    /// Changes::transactions_departed: Obsolete transactions that leave the live table.
    a_departed_transaction_is_in_history_with_why_when_and_by_whom
    /// Departure::archive: Whether it goes to history; else it is removed.
    a_departed_transaction_that_is_not_archived_leaves_no_trace
    /// Changes::transactions_departed: Obsolete transactions that leave the live table.
    a_departed_transaction_is_in_no_live_list
    /// Changes::transactions_departed: Their keys stay as they are.
    the_key_of_a_departed_transaction_stays_as_it_is
    /// Store::commit: if a row that it takes out or changes is not there
    a_transaction_departs_once
}

/// Version 1 of a key, which version 2 has replaced; and a sale that has nothing to do with them.
async fn write(site: &Site) -> Transaction {
    let replaced = Transaction {
        status: TransactionStatus::Obsolete,
        replaced_by: Some(TransactionId(uuid(2))),
        ..transaction(1)
    };
    site.commit(Changes {
        transactions: vec![second_version(), replaced.clone(), transaction(3)],
        ..Changes::default()
    })
    .await;
    replaced
}

fn second_version() -> Transaction {
    Transaction {
        id: TransactionId(uuid(2)),
        replaces: Some(TransactionId(uuid(1))),
        ..transaction(1)
    }
}

fn depart(departed: Vec<Departure<TransactionId>>) -> Changes {
    Changes {
        transactions_departed: departed,
        ..Changes::default()
    }
}

fn removal(number: u64) -> Departure<TransactionId> {
    Departure {
        archive: false,
        ..transaction_departure(number)
    }
}

async fn a_departed_transaction_is_in_history_with_why_when_and_by_whom(site: Site) {
    let replaced = write(&site).await;
    let departure = Departure {
        id: replaced.id,
        because: LeftBecause::Cancelled,
        archive: true,
        at: at(77),
        actor: name("somebody else"),
    };
    site.commit(depart(vec![departure])).await;
    let past = PastTransaction {
        transaction: replaced,
        because: LeftBecause::Cancelled,
        left_at: at(77),
        left_by: name("somebody else"),
    };
    let keys = [transaction(1).key, transaction(3).key];
    let view = site.view().await;
    let read = view.past_transactions_of_keys(&keys).await.unwrap();
    check_same(&read, &[past], "past transactions");
}

async fn a_departed_transaction_that_is_not_archived_leaves_no_trace(site: Site) {
    let replaced = write(&site).await;
    site.commit(depart(vec![removal(1)])).await;
    let beside = site.beside("beside").await;
    beside
        .commit(Changes {
            transactions: vec![second_version(), transaction(3)],
            ..Changes::default()
        })
        .await;
    let all = Changes {
        transactions: vec![replaced],
        ..Changes::default()
    };
    beside.note(&site.set(Vec::new(), all));
    let is = site.everything().await;
    is.check_equal(&beside.everything().await, "as if it had never been");
}

async fn a_departed_transaction_is_in_no_live_list(site: Site) {
    write(&site).await;
    site.commit(depart(vec![transaction_departure(1)])).await;
    let view = site.view().await;
    let (range, chunk) = (DateRange::ALWAYS, ChunkSize::largest());
    let id = WorkItemId(uuid(1));
    let work = WorkItem::whole_period(id, Process::Credit, name("2026-01"));
    let live = [second_version(), transaction(3)];
    let read = view.transactions_of_work(&work, None, chunk).await;
    check_same(&read.unwrap(), &live, "transactions of work");
    let spans = view.spans_of_work(&work, ChunkSize::new(1)).await.unwrap();
    assert_eq!(spans, live.clone().map(|row| row.id), "spans of work");
    let read = view.transactions_after(range, None, chunk).await.unwrap();
    check_same(&read, &live, "transactions");
    let ids = [1, 2, 3].map(|id| TransactionId(uuid(id)));
    let read = view.transactions_by_id(&ids).await.unwrap();
    check_same(&read, &live, "transactions by id");
    let after = Some(TransactionId(uuid(1)));
    let read = view.transactions_after(range, after, chunk).await.unwrap();
    check_same(&read, &live, "transactions above the departed one");
    let read = view.obsolete_transactions(range, None, chunk).await;
    check_same(&read.unwrap(), &[] as &[Transaction], "obsolete ones");
}

async fn the_key_of_a_departed_transaction_stays_as_it_is(site: Site) {
    let replaced = write(&site).await;
    let key = replaced.key.clone();
    // One that was archived, then one that was removed: 2, in whose place 4 has come.
    for (departure, version) in [(transaction_departure(1), 2), (removal(2), 4)] {
        if version == 4 {
            site.commit(Changes {
                transactions: vec![Transaction {
                    id: TransactionId(uuid(4)),
                    ..second_version()
                }],
                transactions_progressed: vec![TransactionProgress {
                    status: TransactionStatus::Obsolete,
                    replaced_by: Some(TransactionId(uuid(4))),
                    stamp: stamp_at(2),
                    ..TransactionProgress::of(&second_version())
                }],
                ..Changes::default()
            })
            .await;
        }
        site.commit(depart(vec![departure])).await;
        let view = site.view().await;
        let newest = view.transactions_by_key(std::slice::from_ref(&key)).await;
        let newest: Vec<_> = newest.unwrap().iter().map(|row| row.id).collect();
        assert_eq!(newest, [TransactionId(uuid(version))], "the newest version");
        let free = Guard::TransactionKeyFree(key.clone());
        let something = Changes {
            activities: vec![activity(91)],
            ..Changes::default()
        };
        let set = site.set(vec![free.clone()], something);
        site.check_guard_fails(set, &free).await;
        let third = Changes {
            transactions: vec![Transaction {
                id: TransactionId(uuid(50)),
                ..transaction(1)
            }],
            ..Changes::default()
        };
        site.check_conflicts(third, "a second live version").await;
    }
    // What is gone is at no version, and what is there is.
    let there = Guard::TransactionAt(TransactionId(uuid(4)), Version(1));
    site.commit_guarded(vec![there], Changes::default()).await;
}

async fn a_transaction_departs_once(site: Site) {
    write(&site).await;
    for (why, departed) in [
        ("one that never was", vec![transaction_departure(99)]),
        (
            "one of several that never was",
            vec![transaction_departure(1), removal(99)],
        ),
        ("the same twice", vec![transaction_departure(1), removal(1)]),
    ] {
        site.check_conflicts(depart(departed), why).await;
    }
    site.commit(depart(vec![transaction_departure(1)])).await;
    for again in [transaction_departure(1), removal(1)] {
        let why = "one that is in history";
        site.check_conflicts(depart(vec![again]), why).await;
    }
}

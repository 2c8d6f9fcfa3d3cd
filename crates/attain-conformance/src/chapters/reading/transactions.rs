//! Transactions.

use attain_domain::change::Changes;
use attain_domain::ids::{TransactionId, WorkItemId};
use attain_domain::ports::ChunkSize;
use attain_domain::refusal::{Reason, RowError};
use attain_domain::run::{Process, WorkItem};
use attain_domain::testing::{date, name, transaction, uuid};
use attain_domain::time::DateRange;
use attain_domain::transaction::{Transaction, TransactionKey, TransactionStatus};

use super::NAMES;
use crate::case::cases;
use crate::difference::check_same;
use crate::pages::check_list;
use crate::samples::replacement;
use crate::site::Site;

cases! {
    "reading":
    /// TransactionRepository::transactions_by_key: The newest version (the one of the highest
    /// id) of each key that exists, cancelled ones included, in rising key order.
    the_newest_version_of_each_key_is_given
    /// TransactionRepository::transactions_by_key: The newest version (the one of the highest
    /// id) of each key that exists, cancelled ones included, in rising key order.
    transactions_are_given_by_key_in_key_order
    /// TransactionRepository::transactions_by_id: The transactions of these ids, in rising id
    /// order.
    transactions_are_given_by_id
    "paging":
    /// TransactionRepository::transactions_of_work: The transactions of a work item with ids
    /// above `after`, any status, in rising id order.
    the_transactions_of_a_work_item_are_those_of_its_period_between_its_ids
    /// TransactionRepository::spans_of_work: Where to cut a work item into spans of `chunk`
    /// transactions: the first, the one after `chunk` of them, and so on, in rising id order.
    a_work_item_is_cut_into_spans_of_a_number_of_transactions
    /// TransactionRepository::transactions_after: All transactions by event date with ids above
    /// `after`, any status, in rising id order.
    transactions_are_listed_by_event_date
}

async fn write(site: &Site, mut rows: Vec<Transaction>) {
    rows.reverse();
    site.commit(Changes {
        transactions: rows,
        ..Changes::default()
    })
    .await;
}

fn statuses() -> [TransactionStatus; 6] {
    [
        TransactionStatus::New,
        TransactionStatus::Classified,
        TransactionStatus::Credited,
        TransactionStatus::Error(RowError::new(Reason::NoCreditRule, "none")),
        TransactionStatus::Obsolete,
        TransactionStatus::Cancelled,
    ]
}

/// One of each status.
fn of_all_statuses() -> Vec<Transaction> {
    let rows = (1..).zip(statuses()).map(|(number, status)| Transaction {
        replaced_by: replacement(&status),
        status,
        ..transaction(number)
    });
    rows.collect()
}

async fn the_newest_version_of_each_key_is_given(site: Site) {
    let version = |id: u64, key: u64, status| Transaction {
        id: TransactionId(uuid(id)),
        replaced_by: replacement(&status),
        status,
        ..transaction(key)
    };
    let replaced = version(1, 1, TransactionStatus::Obsolete);
    let cancelled_before = version(2, 2, TransactionStatus::Cancelled);
    let cancelled = version(3, 3, TransactionStatus::Cancelled);
    let live = version(4, 1, TransactionStatus::Credited);
    let came_back = version(5, 2, TransactionStatus::New);
    let all = vec![
        replaced,
        cancelled_before,
        cancelled.clone(),
        live.clone(),
        came_back.clone(),
    ];
    write(&site, all).await;
    let view = site.view().await;
    let keys = [3, 1, 99, 2, 1].map(|number| transaction(number).key);
    let read = view.transactions_by_key(&keys).await.unwrap();
    check_same(&read, &[live, came_back, cancelled], "newest versions");
    assert!(view.transactions_by_key(&[]).await.unwrap().is_empty());
}

async fn transactions_are_given_by_key_in_key_order(site: Site) {
    let mut rows = Vec::new();
    // The highest id first, so that only the key can give the order.
    let mut id = 1_000;
    for number in NAMES {
        for kind in ["ORDER", "RETURN", "order"] {
            id -= 1;
            let key = TransactionKey {
                number: name(number),
                kind: name(kind),
            };
            rows.push(Transaction {
                key,
                ..transaction(id)
            });
        }
    }
    write(&site, rows.clone()).await;
    let keys: Vec<_> = rows.iter().rev().map(|row| row.key.clone()).collect();
    let read = site.view().await.transactions_by_key(&keys).await.unwrap();
    check_same(&read, &rows, "transactions by key");
}

async fn transactions_are_given_by_id(site: Site) {
    let rows = of_all_statuses();
    write(&site, rows.clone()).await;
    let view = site.view().await;
    let ids = [6, 4, 2, 99, 4, 1, 3, 5].map(|id| TransactionId(uuid(id)));
    let read = view.transactions_by_id(&ids).await.unwrap();
    check_same(&read, &rows, "transactions by id");
    assert!(view.transactions_by_id(&[]).await.unwrap().is_empty());
}

async fn the_transactions_of_a_work_item_are_those_of_its_period_between_its_ids(site: Site) {
    let february = |number: u64| Transaction {
        period: name("2026-02"),
        ..transaction(100 + number)
    };
    let january = of_all_statuses();
    let other: Vec<_> = (1..=6).map(february).collect();
    write(&site, january.iter().chain(&other).cloned().collect()).await;
    let view = site.view().await;
    let item = |first, last| WorkItem {
        id: WorkItemId(uuid(1)),
        stage: Process::Credit,
        period: name("2026-01"),
        first: TransactionId(uuid(first)),
        last: TransactionId(uuid(last)),
    };
    let whole = WorkItem::whole_period(WorkItemId(uuid(1)), Process::RollUp, name("2026-02"));
    let none = || january[..0].to_vec();
    for (item, expected) in [
        (item(2, 5), january[1..5].to_vec()),
        (item(6, 6), january[5..].to_vec()),
        (item(0, 1), january[..1].to_vec()),
        (item(7, 200), none()),
        (item(5, 2), none()),
        (whole, other),
    ] {
        check_list(
            "transactions of work",
            &expected,
            |row| row.id,
            async |after, chunk| {
                view.transactions_of_work(&item, after, chunk)
                    .await
                    .unwrap()
            },
        )
        .await;
    }
    let after = Some(TransactionId(uuid(1)));
    let chunk = ChunkSize::new(2);
    let read = view
        .transactions_of_work(&item(3, 5), after, chunk)
        .await
        .unwrap();
    check_same(
        &read,
        &january[2..4],
        "transactions of work after an id before its first",
    );
}

async fn a_work_item_is_cut_into_spans_of_a_number_of_transactions(site: Site) {
    let february = Transaction {
        period: name("2026-02"),
        ..transaction(4)
    };
    let january = (1..=9).filter(|number| *number != 4).map(transaction);
    write(&site, january.chain([february]).collect()).await;
    let view = site.view().await;
    let item = |first, last| WorkItem {
        first: TransactionId(uuid(first)),
        last: TransactionId(uuid(last)),
        ..WorkItem::whole_period(WorkItemId(uuid(1)), Process::Credit, name("2026-01"))
    };
    for (item, rows, expected) in [
        (item(0, 99), 3, &[1, 5, 8][..]),
        (item(0, 99), 1, &[1, 2, 3, 5, 6, 7, 8, 9]),
        (item(0, 99), 8, &[1]),
        (item(0, 99), 7, &[1, 9]),
        (item(4, 8), 2, &[5, 7]),
        (item(4, 4), 2, &[]),
        (item(8, 2), 2, &[]),
    ] {
        let spans = view
            .spans_of_work(&item, ChunkSize::new(rows))
            .await
            .unwrap();
        let expected: Vec<_> = expected.iter().map(|id| TransactionId(uuid(*id))).collect();
        check_same(&spans, &expected, "where spans begin");
    }
}

async fn transactions_are_listed_by_event_date(site: Site) {
    let mut rows = of_all_statuses();
    let dates = [
        "2026-01-31",
        "2025-12-31",
        "2026-01-01",
        "2026-02-01",
        "2026-01-15",
    ];
    for (row, day) in rows.iter_mut().zip(dates.into_iter().cycle()) {
        row.event_date = date(day);
    }
    write(&site, rows.clone()).await;
    let view = site.view().await;
    let (first, last) = (date("2026-01-01"), date("2026-02-01"));
    for range in [
        DateRange::ALWAYS,
        DateRange::between(first, last),
        DateRange::between(first, first),
        DateRange {
            from: None,
            to: Some(last),
        },
        DateRange {
            from: Some(last),
            to: None,
        },
    ] {
        let expected = rows.iter().filter(|row| range.contains(row.event_date));
        let expected: Vec<_> = expected.cloned().collect();
        check_list(
            "transactions",
            &expected,
            |row| row.id,
            async |after, chunk| view.transactions_after(range, after, chunk).await.unwrap(),
        )
        .await;
    }
}

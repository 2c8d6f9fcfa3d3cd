//! A commit sends as many statements for a thousand rows of every kind as for one, and COPY makes no
//! difference to what is stored. Statements are counted where they pass by: a relay between the
//! store and the server reads the protocol.
#![allow(
    clippy::unwrap_used,
    reason = "the steps of tests: what cannot be, fails the test"
)]

mod database;
mod relay;
mod sets;

use attain_domain::ports::{ChunkSize, Snapshot, Store};
use attain_domain::testing::{date, name, transaction};
use attain_domain::time::DateRange;
use attain_postgres::{Options, PostgresStore};

use crate::database::Database;
use crate::relay::Relay;
use crate::sets::{before, block, everything};

async fn open(url: &str, writer_copy: bool) -> PostgresStore {
    // One connection for commits, so that statements are prepared once.
    let options = Options {
        views_max: 1,
        commits_max: 1,
        writer_copy,
        ..Options::default()
    };
    let store = PostgresStore::open(url, options).await.unwrap();
    let workspace = name("acme");
    let made = store.create_workspace(&workspace, attain_domain::testing::at(0));
    assert!(made.await.unwrap());
    store.commit(sets::calendar()).await.unwrap();
    store
}

async fn statements_for(store: &PostgresStore, relay: &Relay, round: u64, rows: u64) -> usize {
    for set in before(round, rows) {
        store.commit(set).await.unwrap();
    }
    let workspace = name("acme");
    let view = store.snapshot(&workspace).await.unwrap();
    let mark = view.definitions_mark().await.unwrap();
    drop(view);
    let set = everything(round, rows, mark);
    relay.begin();
    store.commit(set).await.unwrap();
    relay.statements()
}

async fn check_counts(writer_copy: bool) {
    let database = Database::fresh().await;
    let relay = Relay::to(&database.url()).await;
    let store = open(relay.url(), writer_copy).await;
    // What a connection asks only once is asked now.
    statements_for(&store, &relay, 1, 2).await;
    let of_one = statements_for(&store, &relay, 2, 1).await;
    let of_many = statements_for(&store, &relay, 3, 1_000).await;
    assert!(of_one > 0);
    assert_eq!(of_many, of_one);
}

#[tokio::test]
async fn a_thousand_rows_take_as_many_statements_as_one() {
    check_counts(true).await;
}

#[tokio::test]
async fn without_copy_they_do_too() {
    check_counts(false).await;
}

async fn all_rows(view: &dyn Snapshot) -> String {
    let chunk = ChunkSize::largest();
    let transactions = view.transactions_after(DateRange::ALWAYS, None, chunk);
    let transactions = transactions.await.unwrap();
    let ids: Vec<_> = transactions.iter().map(|row| row.id).collect();
    let credits = view.credits_of_transactions(&ids).await.unwrap();
    let earnings = view.earnings_after(None, DateRange::ALWAYS, None, chunk);
    let earnings = earnings.await.unwrap();
    let due = view.payable_earnings(date("2026-12-31"), None, chunk);
    let due = due.await.unwrap();
    let ids: Vec<_> = earnings.iter().map(|row| row.id).collect();
    let lines = view.lines_of_earnings(&ids).await.unwrap();
    let departed = (0..10).map(|row| transaction(block(1, 2) + row).key);
    let keys: Vec<_> = departed.collect();
    let past = view.past_transactions_of_keys(&keys).await.unwrap();
    let obsolete = view.obsolete_credits(DateRange::ALWAYS, None, chunk);
    let obsolete = obsolete.await.unwrap();
    assert_eq!((past.len(), obsolete.len()), (10, 10));
    format!(
        "{transactions:#?}\n{credits:#?}\n{earnings:#?}\n{due:#?}\n{lines:#?}\n{past:#?}\n\
         {obsolete:#?}"
    )
}

#[tokio::test]
async fn copy_and_arrays_store_the_same() {
    let mut stored = Vec::new();
    for writer_copy in [true, false] {
        let database = Database::fresh().await;
        let store = open(&database.url(), writer_copy).await;
        for set in before(1, 10) {
            store.commit(set).await.unwrap();
        }
        let workspace = name("acme");
        let view = store.snapshot(&workspace).await.unwrap();
        let mark = view.definitions_mark().await.unwrap();
        drop(view);
        store.commit(everything(1, 10, mark)).await.unwrap();
        let view = store.snapshot(&workspace).await.unwrap();
        stored.push(all_rows(&*view).await);
        drop(view);
        store.close().await;
    }
    assert!(stored[0].len() > 10_000);
    assert_eq!(stored[0], stored[1]);
}

//! Tables are partitioned by year, and unique indexes hold within a partition. What must be unique
//! over all years is so all the same.
#![allow(
    clippy::unwrap_used,
    reason = "the steps of tests: what cannot be, fails the test"
)]

mod database;

use attain_domain::change::{ChangeSet, Changes, Departure, EarningFacts};
use attain_domain::earning::Earning;
use attain_domain::ids::EarningId;
use attain_domain::ports::{CommitError, Store, StoreErrorKind};
use attain_domain::testing::{
    at, credit, date, earning, earning_departure, name, stamp_at, transaction,
};
use attain_domain::transaction::Transaction;
use attain_postgres::{Options, PostgresStore};

use crate::database::Database;

async fn open(database: &Database) -> PostgresStore {
    let store = PostgresStore::open(&database.url(), Options::default()).await;
    let store = store.unwrap();
    assert!(store.create_workspace(&name("acme"), at(0)).await.unwrap());
    store
}

async fn write(store: &PostgresStore, changes: Changes) -> Result<(), CommitError> {
    let mut set = ChangeSet::new(name("acme"));
    set.changes = changes;
    store.commit(set).await
}

async fn check_refused(store: &PostgresStore, changes: Changes) {
    match write(store, changes).await {
        Err(CommitError::Store(error)) => assert_eq!(error.kind, StoreErrorKind::Conflict),
        Ok(()) | Err(CommitError::GuardFailed(_) | CommitError::RequestSeen(_)) => {
            panic!("it was not refused as a conflict")
        }
    }
}

fn earnings(earnings: &[Earning]) -> Changes {
    Changes {
        earnings: earnings.to_vec(),
        ..Changes::default()
    }
}

fn transactions(transactions: &[Transaction]) -> Changes {
    Changes {
        transactions: transactions.to_vec(),
        ..Changes::default()
    }
}

/// Earning `number` goes, and not to history.
fn removal(number: u64) -> Departure<EarningId> {
    Departure {
        archive: false,
        ..earning_departure(number)
    }
}

/// The same earning by its key, of another id and another year.
fn in_2027(like: &Earning, number: u64) -> Earning {
    let mut other = earning(number);
    other.key = like.key.clone();
    other.date = date("2027-01-15");
    other
}

#[tokio::test]
async fn a_key_has_one_current_earning_over_all_years() {
    let database = Database::fresh().await;
    let store = open(&database).await;
    let mut of_interval = earning(2);
    of_interval.key.lineage = None;
    for (number, first) in [(1, earning(1)), (2, of_interval)] {
        let other = in_2027(&first, 10);
        check_refused(&store, earnings(&[first.clone(), other.clone()])).await;
        write(&store, earnings(std::slice::from_ref(&first)))
            .await
            .unwrap();
        check_refused(&store, earnings(std::slice::from_ref(&other))).await;
        let mut reversal = in_2027(&first, 11);
        reversal.reversal_of = Some(first.id);
        write(&store, earnings(&[reversal])).await.unwrap();
        let mut moved = earnings(&[other]);
        moved.earnings_departed = [number, 11].map(removal).to_vec();
        write(&store, moved).await.unwrap();
        let gone = Changes {
            earnings_departed: vec![removal(10)],
            ..Changes::default()
        };
        write(&store, gone).await.unwrap();
    }
}

#[tokio::test]
async fn an_id_comes_once_whatever_its_date() {
    let database = Database::fresh().await;
    let store = open(&database).await;
    for (number, day) in [(1, "2026-03-01"), (2, "2027-03-01")] {
        let mut sale = transaction(number);
        let mut part = credit(number);
        let mut earned = earning(number);
        let first = Changes {
            transactions: vec![sale.clone()],
            credits: vec![part.clone()],
            earnings: vec![earned.clone()],
            ..Changes::default()
        };
        write(&store, first).await.unwrap();
        sale.key.number = name("another");
        sale.event_date = date(day);
        check_refused(&store, transactions(&[sale])).await;
        part.credit_date = date(day);
        let again = Changes {
            credits: vec![part],
            ..Changes::default()
        };
        check_refused(&store, again).await;
        earned.date = date(day);
        earned.key.interval = name("another");
        check_refused(&store, earnings(&[earned])).await;
    }
}

#[tokio::test]
async fn a_key_has_one_live_transaction_over_all_years() {
    let database = Database::fresh().await;
    let store = open(&database).await;
    let first = transaction(1);
    let mut other = transaction(2);
    other.key = first.key.clone();
    other.event_date = date("2027-03-01");
    check_refused(&store, transactions(&[first.clone(), other.clone()])).await;
    write(&store, transactions(&[first])).await.unwrap();
    check_refused(&store, transactions(&[other])).await;
}

/// Earning `number` comes back from history.
fn back(number: u64) -> Changes {
    let row = earning(number);
    let facts = EarningFacts {
        stamp: stamp_at(2),
        ..EarningFacts::of(&row)
    };
    Changes {
        earnings_returned: vec![facts],
        ..Changes::default()
    }
}

#[tokio::test]
async fn what_comes_back_from_history_is_held_against_all_years() {
    let database = Database::fresh().await;
    let store = open(&database).await;
    let mut of_interval = earning(2);
    of_interval.key.lineage = None;
    for (number, past) in [(1, earning(1)), (2, of_interval)] {
        write(&store, earnings(std::slice::from_ref(&past)))
            .await
            .unwrap();
        let left = Changes {
            earnings_departed: vec![earning_departure(number)],
            ..Changes::default()
        };
        write(&store, left).await.unwrap();
        // Its key is another's now, then its id.
        let mut same_id = in_2027(&past, number);
        same_id.key.interval = name("another");
        for other in [in_2027(&past, 10), same_id] {
            let gone = removal(u64::try_from(other.id.0.as_u128()).unwrap());
            write(&store, earnings(&[other])).await.unwrap();
            check_refused(&store, back(number)).await;
            let gone = Changes {
                earnings_departed: vec![gone],
                ..Changes::default()
            };
            write(&store, gone).await.unwrap();
        }
        write(&store, back(number)).await.unwrap();
    }
}

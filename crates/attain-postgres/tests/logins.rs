//! Who the program logs in as, and what else is under way: neither keeps it from working.
#![allow(clippy::unwrap_used, reason = "a test: what cannot be, fails it")]

mod database;

use std::time::Duration;

use attain_domain::change::{ChangeSet, Changes};
use attain_domain::earning::Earning;
use attain_domain::ids::{CreditId, EarningId, LineId, TransactionId, WorkspaceId};
use attain_domain::ports::{Snapshot, Store};
use attain_domain::testing::{at, credit, date, earning, line, name, transaction, uuid};
use attain_postgres::{Options, PostgresStore};
use sqlx::{AssertSqlSafe, PgConnection};

use crate::database::Database;

fn acme() -> WorkspaceId {
    name("acme")
}

async fn run(connection: &mut PgConnection, text: String) {
    let done = sqlx::raw_sql(AssertSqlSafe(text)).execute(connection).await;
    done.unwrap();
}

/// A login that owns nothing and only is a member of these roles.
async fn login(database: &Database, member_of: &str) -> String {
    let mut connection = database.connect().await;
    let name = "SELECT 'attain_login_' || translate(gen_random_uuid()::text, '-', '')";
    let name: String = sqlx::query_scalar(name)
        .fetch_one(&mut connection)
        .await
        .unwrap();
    run(
        &mut connection,
        format!(
            "CREATE ROLE {name} LOGIN NOINHERIT PASSWORD 'sesame'; GRANT {member_of} TO {name}"
        ),
    )
    .await;
    name
}

/// The database's URL for another login.
fn url_for(database: &Database, login: &str) -> String {
    let url = database.url();
    let (scheme, rest) = url.split_once("://").unwrap();
    let place = rest.rsplit_once('@').map_or(rest, |(_, place)| place);
    format!("{scheme}://{login}:sesame@{place}")
}

fn some_of_all() -> Changes {
    Changes {
        transactions: vec![transaction(1)],
        credits: vec![credit(1)],
        earnings: vec![earning(1)],
        lines: vec![line(1)],
        ..Changes::default()
    }
}

async fn commit(store: &PostgresStore, changes: Changes) {
    let mut set = ChangeSet::new(acme());
    set.changes = changes;
    store.commit(set).await.unwrap();
}

async fn earnings(view: &dyn Snapshot, ids: &[u64]) -> Vec<Earning> {
    let ids: Vec<_> = ids.iter().map(|id| EarningId(uuid(*id))).collect();
    view.earnings_by_id(&ids).await.unwrap()
}

/// Writes some of what is written in bulk, and reads it.
async fn check_works(store: &PostgresStore) {
    assert!(store.create_workspace(&acme(), at(0)).await.unwrap());
    assert_eq!(store.workspaces().await.unwrap(), [acme()]);
    commit(store, some_of_all()).await;
    let view = store.snapshot(&acme()).await.unwrap();
    let id = uuid(1);
    let transactions = view.transactions_by_id(&[TransactionId(id)]).await;
    assert_eq!(transactions.unwrap(), [transaction(1)]);
    let credits = view.credits_by_id(&[CreditId(id)]).await;
    assert_eq!(credits.unwrap(), [credit(1)]);
    assert_eq!(earnings(&*view, &[1]).await, [earning(1)]);
    let lines = view.lines_by_id(&[LineId(id)]).await;
    assert_eq!(lines.unwrap(), [line(1)]);
}

async fn check_login_works(member_of: &str) {
    let database = Database::fresh().await;
    let login = login(&database, member_of).await;
    let url = url_for(&database, &login);
    let store = PostgresStore::open(&url, Options::default()).await.unwrap();
    check_works(&store).await;
    store.close().await;
    run(&mut database.connect().await, format!("DROP ROLE {login}")).await;
}

#[tokio::test]
async fn a_login_that_owns_nothing_is_enough() {
    check_login_works("attain_app, attain_writer").await;
}

#[tokio::test]
async fn without_the_role_that_copies_rows_go_as_arrays() {
    check_login_works("attain_app").await;
}

#[tokio::test]
async fn nothing_needs_prepared_statements_or_copy() {
    let database = Database::fresh().await;
    let options = Options {
        prepared: false,
        writer_copy: false,
        ..Options::default()
    };
    let store = PostgresStore::open(&database.url(), options).await.unwrap();
    check_works(&store).await;
    store.close().await;
}

fn of_2031(number: u64) -> Earning {
    Earning {
        date: date("2031-05-05"),
        ..earning(number)
    }
}

fn adding(new: Earning) -> Changes {
    Changes {
        earnings: vec![new],
        ..Changes::default()
    }
}

/// What waits for somebody's lock gives up soon.
fn impatient() -> Options {
    Options {
        lock_timeout: Duration::from_secs(2),
        ..Options::default()
    }
}

#[tokio::test]
async fn a_new_year_does_not_wait_for_views_nor_commits_to_end() {
    let database = Database::fresh().await;
    let store = PostgresStore::open(&database.url(), impatient())
        .await
        .unwrap();
    check_works(&store).await;
    let before = store.snapshot(&acme()).await.unwrap();
    assert_eq!(earnings(&*before, &[1, 2]).await, [earning(1)]);
    let mut writer = database.connect().await;
    let lock = "BEGIN; UPDATE earning SET instalments = instalments";
    run(&mut writer, lock.to_owned()).await;
    commit(&store, adding(of_2031(2))).await;
    assert_eq!(earnings(&*before, &[1, 2]).await, [earning(1)]);
    let after = store.snapshot(&acme()).await.unwrap();
    assert_eq!(earnings(&*after, &[1, 2]).await, [earning(1), of_2031(2)]);
}

#[tokio::test]
async fn two_programs_that_need_a_new_year_both_get_it() {
    let database = Database::fresh().await;
    let one = PostgresStore::open(&database.url(), impatient())
        .await
        .unwrap();
    let other = PostgresStore::open(&database.url(), impatient())
        .await
        .unwrap();
    assert!(one.create_workspace(&acme(), at(0)).await.unwrap());
    tokio::join!(
        commit(&one, adding(of_2031(1))),
        commit(&other, adding(of_2031(2)))
    );
    let view = one.snapshot(&acme()).await.unwrap();
    assert_eq!(earnings(&*view, &[1, 2]).await, [of_2031(1), of_2031(2)]);
}

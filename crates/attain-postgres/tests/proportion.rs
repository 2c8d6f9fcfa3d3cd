//! What a commit reads of a table is in proportion to the table at most, and never to the table for
//! each row that it changes: the server counts the rows that its scans read.
#![allow(
    clippy::unwrap_used,
    reason = "the steps of tests: what cannot be, fails the test"
)]

mod database;
mod sets;

use attain_domain::change::ChangeSet;
use attain_domain::ids::{CreditId, LineageId, TransactionId, WorkspaceId};
use attain_domain::ports::Store;
use attain_domain::testing::{at, name, uuid};
use attain_postgres::{Options, PostgresStore};
use sqlx::{Connection, PgConnection, Row};

use crate::database::Database;
use crate::sets::{before, block, calendar, everything};

const ROWS: u64 = 2_000;
/// More statements than any table has in one commit.
const STATEMENTS_OF_TABLE: i64 = 20;
/// Most rows of one table in the test.
const ROWS_OF_TABLE: i64 = 7 * 2_000;

async fn store(database: &Database) -> PostgresStore {
    let store = PostgresStore::open(&database.url(), Options::default()).await;
    store.expect("a database for tests opens")
}

/// What was read of each table by what has ended.
async fn read_of_tables(connection: &mut PgConnection) -> Vec<(String, i64)> {
    let counted = "SELECT relname::text, coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0) \
        FROM pg_stat_user_tables ORDER BY relname";
    let rows = sqlx::query(counted).fetch_all(connection).await;
    let rows = rows.expect("the server counts");
    rows.iter().map(|row| (row.get(0), row.get(1))).collect()
}

/// Everything in one workspace, made by the rows that it needs.
async fn fill(store: &PostgresStore, workspace: &WorkspaceId) {
    assert!(store.create_workspace(workspace, at(0)).await.unwrap());
    for set in [vec![calendar()], before(1, ROWS).to_vec()].concat() {
        store.commit(in_workspace(workspace, set)).await.unwrap();
    }
}

async fn change(store: &PostgresStore, workspace: &WorkspaceId) {
    let view = store.snapshot(workspace).await.unwrap();
    let mark = view.definitions_mark().await.unwrap();
    drop(view);
    let set = everything(1, ROWS, mark);
    store.commit(in_workspace(workspace, set)).await.unwrap();
}

/// What is read by keys: of credits and earnings that are there.
async fn look_up(store: &PostgresStore, workspace: &WorkspaceId) {
    let view = store.snapshot(workspace).await.unwrap();
    let ids = (0..ROWS).map(|row| uuid(block(1, 2) + row));
    let ids: Vec<_> = ids.collect();
    let lineages: Vec<_> = ids.iter().copied().map(LineageId).collect();
    let ann = [name("ann")];
    let current = view.earnings_of_lineages(&ann, &lineages);
    let current = current.await.unwrap();
    let live = view.earnings_for_lineages(&lineages).await.unwrap();
    let sales: Vec<_> = ids.iter().copied().map(TransactionId).collect();
    let parts = view.credits_of_transactions(&sales).await.unwrap();
    let parts_from: Vec<_> = ids.iter().copied().map(CreditId).collect();
    let adjusted = view.credits_adjusted_from(&parts_from).await.unwrap();
    let found = [&current, &live].map(Vec::len);
    let wanted = usize::try_from(ROWS).unwrap();
    assert_eq!(
        (found, parts.len(), adjusted.len()),
        ([wanted; 2], wanted, 0)
    );
}

fn in_workspace(workspace: &WorkspaceId, set: ChangeSet) -> ChangeSet {
    ChangeSet {
        workspace: workspace.clone(),
        ..set
    }
}

/// That not too much was read of any table between two counts.
fn check_read(begun: &[(String, i64)], ended: &[(String, i64)]) {
    assert!(begun.len() > 20);
    for ((table, begun), (_, ended)) in begun.iter().zip(ended) {
        let read = ended - begun;
        assert!(
            read <= STATEMENTS_OF_TABLE * ROWS_OF_TABLE,
            "{read} rows of {table} were read"
        );
    }
    let read: i64 = ended.iter().map(|(_, read)| read).sum();
    assert!(read > 0, "nothing was counted");
}

#[tokio::test]
async fn no_table_is_walked_for_every_row() {
    let database = Database::fresh().await;
    let workspace = name("acme");
    // The server counts what a connection read when it ends at the latest.
    let first = store(&database).await;
    fill(&first, &workspace).await;
    first.close().await;
    let mut outside = database.connect().await;
    let begun = read_of_tables(&mut outside).await;
    let second = store(&database).await;
    change(&second, &workspace).await;
    look_up(&second, &workspace).await;
    second.close().await;
    let ended = read_of_tables(&mut outside).await;
    outside.close().await.unwrap();
    check_read(&begun, &ended);
}

/// What the server knows of a table is of the workspaces that it saw when it looked.
#[tokio::test]
async fn a_workspace_that_is_new_to_the_server_is_not_walked_either() {
    let database = Database::fresh().await;
    let (known, new) = (name("acme"), name("beta"));
    let first = store(&database).await;
    fill(&first, &known).await;
    change(&first, &known).await;
    first.close().await;
    let mut outside = database.connect().await;
    let look = sqlx::raw_sql("ANALYZE").execute(&mut outside).await;
    look.expect("the server looks at its tables");
    let begun = read_of_tables(&mut outside).await;
    let second = store(&database).await;
    fill(&second, &new).await;
    change(&second, &new).await;
    look_up(&second, &new).await;
    second.close().await;
    let ended = read_of_tables(&mut outside).await;
    outside.close().await.unwrap();
    check_read(&begun, &ended);
}

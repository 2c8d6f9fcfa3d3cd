//! Every statement against a migrated database: that it can be prepared, and how it finds its rows.

use sqlx::{AssertSqlSafe, ConnectOptions, Executor, Row, SqlSafeStr, SqliteConnection};
use tempfile::TempDir;

use super::*;
use crate::bulk::{Bulk, ROWS_PER_STATEMENT};
use crate::options::Options;

const LISTS: [&[(&str, &str)]; 13] = [
    activity::LIST,
    chunks::LIST,
    corrections::LIST,
    credits::LIST,
    definitions::LIST,
    earnings::LIST,
    guards::LIST,
    payments::LIST,
    requests::LIST,
    rewards::LIST,
    runs::LIST,
    transactions::LIST,
    work::LIST,
];

const BULK_LISTS: [&[(&str, Bulk)]; 13] = [
    activity::BULKS,
    chunks::BULKS,
    corrections::BULKS,
    credits::BULKS,
    definitions::BULKS,
    earnings::BULKS,
    guards::BULKS,
    payments::BULKS,
    requests::BULKS,
    rewards::BULKS,
    runs::BULKS,
    transactions::BULKS,
    work::BULKS,
];

async fn migrated(folder: &TempDir) -> SqliteConnection {
    let path = folder.path().join("attain.db");
    let options = Options::default();
    crate::migrate::migrate(&path, &options).await.unwrap();
    options.writer(&path).connect().await.unwrap()
}

#[tokio::test]
async fn every_statement_can_be_prepared() {
    let folder = TempDir::new().unwrap();
    let mut connection = migrated(&folder).await;
    for (name, text) in LISTS.concat() {
        let prepared = (&mut connection).prepare(text.into_sql_str()).await;
        prepared.unwrap_or_else(|error| panic!("{name}: {error}"));
    }
    for (name, bulk) in BULK_LISTS.concat() {
        for rows in ROWS_PER_STATEMENT {
            let text = AssertSqlSafe(bulk.text(rows)).into_sql_str();
            let prepared = (&mut connection).prepare(text).await;
            prepared.unwrap_or_else(|error| panic!("{name} of {rows} rows: {error}"));
        }
    }
}

/// What walks a table of one workspace on purpose: few rows, or a page in the order of the key.
const MAY_WALK_A_WORKSPACE: &[&str] = &[
    "CALCULATIONS",
    "CLAIM_LEFT_BEHIND",
    "DEFINITIONS_MARK",
    "DROP_LEFT_BEHIND",
    "FREE_CHUNKS",
    "LEASE_CHUNK",
    "PENDING",
    "RAISE_MARK",
    "RUNS_AT_WORK",
    "RUNS_NEWEST",
    "RUNS_OPEN",
    "WAITING_REVERSAL_COUNT",
    "WORKSPACES_AT_WORK",
];

#[tokio::test]
async fn every_statement_finds_its_rows_by_a_key() {
    let folder = TempDir::new().unwrap();
    let mut connection = migrated(&folder).await;
    let tables: Vec<String> =
        sqlx::query_scalar("SELECT name FROM sqlite_schema WHERE type = 'table'")
            .fetch_all(&mut connection)
            .await
            .unwrap();
    let mut texts: Vec<(&str, String)> = Vec::new();
    let reads = LISTS.concat();
    texts.extend(reads.iter().map(|(name, text)| (*name, (*text).to_owned())));
    let bulks = BULK_LISTS.concat();
    for rows in ROWS_PER_STATEMENT {
        texts.extend(bulks.iter().map(|(name, bulk)| (*name, bulk.text(rows))));
    }
    for (name, text) in texts {
        let explain = AssertSqlSafe(format!("EXPLAIN QUERY PLAN {text}"));
        let steps = sqlx::query(explain)
            .fetch_all(&mut connection)
            .await
            .unwrap();
        for step in steps {
            let detail: String = step.get("detail");
            let scanned = detail.strip_prefix("SCAN ");
            let scanned = scanned.and_then(|rest| rest.split(' ').next());
            let scans_table = scanned.is_some_and(|scanned| {
                tables.iter().any(|table| table == scanned) && name != "WORKSPACES"
            });
            assert!(!scans_table, "{name}: {detail}");
            let walks = detail.ends_with("(workspace_id=?)");
            assert!(
                !walks || MAY_WALK_A_WORKSPACE.contains(&name),
                "{name}: {detail}"
            );
        }
    }
}

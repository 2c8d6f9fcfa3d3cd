//! Whatever statement the program's role runs, it sees and changes the rows of its transaction's
//! workspace alone. The tables are the ones that the catalog has, so none can be forgotten.
#![allow(clippy::unwrap_used, reason = "a test: what cannot be, fails it")]

mod database;

use std::collections::BTreeMap;

use sqlx::{AssertSqlSafe, Connection, PgConnection};

use crate::database::Database;

/// A table of workspaces' rows, and how to fill a row of it.
struct Table {
    name: String,
    /// Column and a value for it, as SQL.
    cells: Vec<(String, String)>,
}

const COLUMNS: &str = "SELECT c.relname::text, a.attname::text, format_type(a.atttypid, NULL), \
     a.attnotnull FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid \
     WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') \
     AND NOT c.relispartition AND a.attnum > 0 AND NOT a.attisdropped \
     AND c.relname <> 'schema_step' ORDER BY c.relname, a.attnum";

/// Words that the checks of a table allow in a column.
fn word(table: &str, column: &str) -> &'static str {
    match (table, column) {
        ("base_transaction", "status") => "'new'",
        ("credit", "kind") => "'direct'",
        ("credit", "origin") => "'rule'",
        ("credit", "status") => "'credited'",
        ("payment_batch" | "paysheet", "status") => "'unpaid'",
        ("payment_line", "kind") => "'earning'",
        ("reward", "kind") => "'bonus'",
        ("reward" | "reward_clear", "origin") => "'by_hand'",
        ("reward", "payment") => "'unpaid'",
        ("process_run", "status") => "'queued'",
        ("process_run_log", "level") => "'info'",
        ("run_chunk", "state") => "'waiting'",
        ("activity_log", "action") => "'created'",
        (_, column) if column.ends_with("currency") => "'USD'",
        _ => "'x'",
    }
}

fn value(table: &str, column: &str, kind: &str) -> String {
    let value = match kind {
        "uuid" => "gen_random_uuid()",
        "date" => "'2026-01-15'::date",
        "timestamp with time zone" => "'2026-01-15T00:00:00Z'::timestamptz",
        "numeric" | "integer" | "bigint" => "1",
        "boolean" => "false",
        "json" => "'{}'::json",
        "text" => word(table, column),
        _ => panic!("{table}.{column}: no value of type {kind} is known here"),
    };
    value.to_owned()
}

/// Every table but the list of the schema's steps; each has a workspace.
async fn tables(connection: &mut PgConnection) -> Vec<Table> {
    let rows: Vec<(String, String, String, bool)> =
        sqlx::query_as(COLUMNS).fetch_all(connection).await.unwrap();
    let mut tables: BTreeMap<String, Vec<(String, String)>> = BTreeMap::new();
    for (table, column, kind, is_needed) in rows {
        // An earning has either an amount or an error.
        let is_needed = is_needed || matches!(&*column, "amount" | "currency");
        let cells = tables.entry(table.clone()).or_default();
        if is_needed && column != "workspace_id" {
            cells.push((column.clone(), value(&table, &column, &kind)));
        } else if column == "workspace_id" {
            cells.insert(0, (column, String::new()));
        }
    }
    let tables = tables.into_iter().map(|(name, mut cells)| {
        assert_eq!(cells[0].0, "workspace_id", "{name} belongs to no workspace");
        cells.remove(0);
        Table { name, cells }
    });
    tables.collect()
}

impl Table {
    fn insert(&self, workspace: &str) -> String {
        let names: Vec<_> = self.cells.iter().map(|cell| cell.0.as_str()).collect();
        let values: Vec<_> = self.cells.iter().map(|cell| cell.1.as_str()).collect();
        let row = |first: &str, rest: Vec<&str>| [vec![first], rest].concat().join(", ");
        format!(
            "INSERT INTO {} ({}) VALUES ({})",
            self.name,
            row("workspace_id", names),
            row(&format!("'{workspace}'"), values)
        )
    }
}

/// A database in which each of two workspaces has a row in every table.
async fn filled() -> (Database, PgConnection, Vec<Table>) {
    let database = Database::fresh().await;
    let mut connection = database.connect().await;
    let tables = tables(&mut connection).await;
    assert!(tables.len() > 15, "the catalog has the tables");
    for table in &tables {
        for workspace in ["a", "b"] {
            run(&mut connection, &table.insert(workspace))
                .await
                .unwrap();
        }
    }
    (database, connection, tables)
}

async fn run(connection: &mut PgConnection, text: &str) -> Result<u64, sqlx::Error> {
    let done = sqlx::raw_sql(AssertSqlSafe(text.to_owned())).execute(connection);
    Ok(done.await?.rows_affected())
}

/// Runs a statement in a transaction that is undone: as a role, with the setting or without. The
/// rows that it touched, or the code of the error.
async fn attempt(
    connection: &mut PgConnection,
    role: &str,
    workspace: Option<&str>,
    text: &str,
) -> Result<u64, String> {
    let mut transaction = connection.begin().await.unwrap();
    run(&mut transaction, &format!("SET LOCAL ROLE {role}"))
        .await
        .unwrap();
    if let Some(workspace) = workspace {
        let set = format!("SET LOCAL attain.workspace_id = '{workspace}'");
        run(&mut transaction, &set).await.unwrap();
    }
    let done = run(&mut transaction, text).await;
    transaction.rollback().await.unwrap();
    done.map_err(|error| {
        error
            .as_database_error()
            .unwrap()
            .code()
            .unwrap()
            .into_owned()
    })
}

/// Not allowed: by a policy or for want of a right.
fn forbidden() -> Result<u64, String> {
    Err(String::from("42501"))
}

#[tokio::test]
async fn a_workspace_reads_its_own_rows_only() {
    let (_database, mut connection, tables) = filled().await;
    for table in &tables {
        let name = &table.name;
        let all = format!("SELECT 1 FROM {name}");
        let theirs = format!("SELECT 1 FROM {name} WHERE workspace_id = 'b'");
        let mut seen =
            async |workspace, text| attempt(&mut connection, "attain_app", workspace, text).await;
        assert_eq!(seen(Some("a"), &all).await, Ok(1), "{name}");
        assert_eq!(seen(Some("a"), &theirs).await, Ok(0), "{name}");
        assert_eq!(seen(None, &all).await, Ok(0), "{name}");
        assert_eq!(seen(Some(""), &all).await, Ok(0), "{name}");
    }
}

#[tokio::test]
async fn a_workspace_adds_no_row_to_another() {
    let (_database, mut connection, tables) = filled().await;
    for table in &tables {
        let name = &table.name;
        let insert = table.insert("b");
        for workspace in [Some("a"), Some(""), None] {
            let done = attempt(&mut connection, "attain_app", workspace, &insert).await;
            assert_eq!(done, forbidden(), "{name} {workspace:?}");
        }
    }
}

#[tokio::test]
async fn a_workspace_changes_and_deletes_no_row_of_another() {
    let (_database, mut connection, tables) = filled().await;
    for table in &tables {
        let name = &table.name;
        let (column, value) = table.cells.last().unwrap();
        for text in [
            format!("UPDATE {name} SET {column} = {value} WHERE workspace_id = 'b'"),
            format!("DELETE FROM {name} WHERE workspace_id = 'b'"),
        ] {
            for workspace in [Some("a"), None] {
                let done = attempt(&mut connection, "attain_app", workspace, &text).await;
                let nothing = done == Ok(0) || done == forbidden();
                assert!(nothing, "{text} {workspace:?}: {done:?}");
            }
        }
        let steal = format!("UPDATE {name} SET workspace_id = 'b'");
        let done = attempt(&mut connection, "attain_app", Some("a"), &steal).await;
        assert_eq!(done, forbidden(), "{name}");
    }
}

#[tokio::test]
async fn no_partition_is_reached_past_its_table() {
    let database = Database::fresh().await;
    let mut connection = database.connect().await;
    let partitions: Vec<String> = sqlx::query_scalar(
        "SELECT relname::text FROM pg_class WHERE relispartition AND relkind = 'r'",
    )
    .fetch_all(&mut connection)
    .await
    .unwrap();
    assert!(!partitions.is_empty());
    for partition in partitions {
        for role in ["attain_app", "attain_writer"] {
            let read = format!("SELECT 1 FROM {partition}");
            let done = attempt(&mut connection, role, Some("a"), &read).await;
            assert_eq!(done, forbidden(), "{partition} {role}");
        }
    }
}

#[tokio::test]
async fn the_activity_log_can_only_grow() {
    let (_database, mut connection, _) = filled().await;
    for text in [
        "UPDATE activity_log SET subject = 'y'",
        "DELETE FROM activity_log",
        "TRUNCATE activity_log",
    ] {
        let done = attempt(&mut connection, "attain_app", Some("a"), text).await;
        assert_eq!(done, forbidden(), "{text}");
    }
}

#[tokio::test]
async fn the_role_that_copies_only_adds_rows() {
    let (_database, mut connection, tables) = filled().await;
    for table in &tables {
        let name = &table.name;
        for text in [
            format!("SELECT 1 FROM {name}"),
            format!("DELETE FROM {name}"),
            format!("UPDATE {name} SET workspace_id = 'b'"),
        ] {
            let done = attempt(&mut connection, "attain_writer", Some("a"), &text).await;
            assert_eq!(done, forbidden(), "{text}");
        }
    }
}

#[tokio::test]
async fn the_steps_of_the_schema_are_read_only() {
    let database = Database::fresh().await;
    let mut connection = database.connect().await;
    for (text, allowed) in [
        ("SELECT 1 FROM schema_step WHERE number = 1", true),
        ("DELETE FROM schema_step", false),
        ("INSERT INTO schema_step VALUES (9, 'x', 'x')", false),
    ] {
        let done = attempt(&mut connection, "attain_app", None, text).await;
        let expected = if allowed { Ok(1) } else { forbidden() };
        assert_eq!(done, expected, "{text}");
    }
}

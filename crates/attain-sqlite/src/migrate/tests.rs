//! The steps add up to the recorded schema, none is forgotten, and what an older version has stored
//! outlives them.

use std::time::Duration;

use attain_documents::stored::encode_trace;
use attain_domain::chunk::ChunkTask;
use attain_domain::ids::{RunId, TransactionId};
use attain_domain::ports::{ChunkSize, Store};
use attain_domain::testing::{at, credit, date, earning, name, obsolete, transaction, uuid};
use attain_domain::time::DateRange;
use attain_domain::transaction::TransactionStatus;
use sqlx::ConnectOptions;
use tempfile::TempDir;

use super::*;
use crate::SqliteStore;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../migrations/sqlite");

/// Set to write the recorded schema instead of comparing it.
const REWRITE: &str = "ATTAIN_REWRITE_SCHEMA";

#[test]
fn every_step_in_the_folder_is_taken_in_order() {
    let files = std::fs::read_dir(FOLDER).unwrap();
    let names = files.map(|file| file.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = names.filter(|name| name != "schema.sql").collect();
    names.sort();
    let steps: Vec<String> = STEPS
        .iter()
        .map(|step| format!("{}.sql", step.name))
        .collect();
    assert_eq!(names, steps);
    for (expected, step) in (1..).zip(STEPS) {
        assert_eq!(step.number, expected);
        assert!(
            step.name.starts_with(&format!("{expected:04}_")),
            "{}",
            step.name
        );
    }
}

#[tokio::test]
async fn all_steps_in_order_give_the_recorded_schema() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("attain.db");
    let options = Options::default();
    migrate(&path, &options).await.unwrap();
    let mut connection = options.plain(&path).connect().await.unwrap();
    let statements: Vec<String> = sqlx::query_scalar(
        "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL \
         ORDER BY tbl_name, iif(type = 'table', 0, 1), name",
    )
    .fetch_all(&mut connection)
    .await
    .unwrap();
    let mut schema = String::from(
        "-- What all steps add up to. Written by a test, which compares it: run it with\n\
         -- ATTAIN_REWRITE_SCHEMA=1 to write it anew.\n",
    );
    for statement in statements {
        schema.push_str(&format!("\n{statement};\n"));
    }
    let recorded = format!("{FOLDER}/schema.sql");
    if std::env::var_os(REWRITE).is_some() {
        std::fs::write(&recorded, &schema).unwrap();
    }
    let recorded = std::fs::read_to_string(&recorded).unwrap();
    assert!(
        recorded == schema,
        "the schema changed: set {REWRITE}=1 and run this again"
    );
}

#[tokio::test]
async fn two_migrations_at_once_take_every_step_once() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("attain.db");
    let options = Options::default();
    let (one, other) = tokio::join!(migrate(&path, &options), migrate(&path, &options));
    let (one, other) = (one.unwrap(), other.unwrap());
    assert_eq!(one.len() + other.len(), STEPS.len(), "{one:?} {other:?}");
}

/// A database of an older version, and a connection to fill it.
async fn older(folder: &TempDir, steps: usize) -> (std::path::PathBuf, SqliteConnection) {
    let path = folder.path().join("attain.db");
    let options = Options::default();
    let before = STEPS.get(..steps).unwrap();
    migrate_to(&path, &options, before).await.unwrap();
    let connection = options.plain(&path).connect().await.unwrap();
    (path, connection)
}

/// Opened by this version of the program: refused first, then brought up to date.
async fn brought_up_to_date(path: &Path, steps: &[&str]) -> SqliteStore {
    let refused = SqliteStore::open(path, Options::default()).await;
    let error = refused.err().expect("it is older");
    assert_eq!(error.kind, StoreErrorKind::Version, "{error}");
    for expected in [
        "made by an older version of this program",
        "run `attain migrate`",
    ] {
        assert!(error.text.contains(expected), "{error}");
    }
    assert_eq!(SqliteStore::migrate(path).await.unwrap(), steps);
    SqliteStore::open(path, Options::default()).await.unwrap()
}

const WORKSPACE: &str = "INSERT INTO workspace VALUES ('acme', 0, 0)";

#[tokio::test]
async fn a_run_that_was_at_work_before_there_were_chunks_can_be_taken_up() {
    let folder = TempDir::new().unwrap();
    let (path, mut connection) = older(&folder, 7).await;
    let run = "INSERT INTO process_run (workspace_id, run_id, process, status, units_done, \
               units_total, counts, cancel_requested, lease_until, version, created_at, \
               updated_at, actor_id) VALUES ('acme', ?1, 'run_all', 'running', 0, 0, \
               '{\"taken\":0,\"done\":0,\"skipped\":0,\"failed\":0}', 0, 0, 1, 0, 0, 'tester')";
    let id = RunId(uuid(7));
    plain(&mut connection, WORKSPACE).await.unwrap();
    let run = sqlx::query(run).bind(id.0.as_bytes().to_vec());
    run.execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    let store = brought_up_to_date(
        &path,
        &["0008_run_chunks", "0009_corrections", "0010_rewards"],
    )
    .await;
    let (workspace, worker) = (name("acme"), name("worker"));
    let lease = Duration::from_secs(60);
    let chunk = store.lease_chunk(&workspace, &worker, None, lease).await;
    let chunk = chunk.unwrap().unwrap();
    assert_eq!((chunk.run, chunk.task), (id, ChunkTask::Coordinate));
}

/// What the version before corrections stored: a sale that was replaced and its credit, an earning,
/// and one that had gone to history.
fn rows_before_corrections() -> Vec<String> {
    let [one, two] = [1, 2].map(|number| format!("x'{}'", uuid(number).simple()));
    let stamp = format!("1, {}, {}, 'tester'", at(0).micros(), at(1).micros());
    let mark = format!("{}, 'tester', 'recredited'", at(60).micros());
    let left = format!("'recalculated', {}, 'tester'", at(60).micros());
    let trace = encode_trace(&earning(1).trace);
    let earned = |id: &str| {
        format!(
            "'acme', {id}, 'ann', 'reps', 'commission', '2026-01', {id}, '2026-01', 20468, {id}, \
             {id}, '100', 'USD', NULL, NULL, 1, 0, 0, 20468, NULL, NULL, NULL, NULL, {one}, \
             {stamp}, '{trace}'"
        )
    };
    vec![
        WORKSPACE.to_owned(),
        format!(
            "INSERT INTO base_transaction VALUES ('acme', {one}, '000001', 'ORDER', 20468, \
             '2026-01', 'obsolete', NULL, NULL, NULL, 0, 0, 0, 0, 0, NULL, {two}, {stamp}, \
             '1000', 'USD', '1000', 'USD', '1', '1', NULL, '{{}}')"
        ),
        format!(
            "INSERT INTO credit VALUES ('acme', {one}, {one}, {one}, '000001', 'ORDER', 'ann', \
             'direct', 'given', NULL, NULL, NULL, NULL, '1000', 'USD', '1', '100', 1, 1, 1, \
             20468, 20468, '2026-01', 'hardware', 'credited', NULL, NULL, {mark}, {stamp})"
        ),
        format!("INSERT INTO earning VALUES ({})", earned(&one)),
        format!(
            "INSERT INTO earning_history VALUES ({}, {left})",
            earned(&two)
        ),
    ]
}

#[tokio::test]
async fn what_was_stored_before_corrections_can_be_corrected() {
    let folder = TempDir::new().unwrap();
    let (path, mut connection) = older(&folder, 8).await;
    for row in rows_before_corrections() {
        run(&mut connection, row).await.unwrap();
    }
    connection.close().await.unwrap();
    let store = brought_up_to_date(&path, &["0009_corrections", "0010_rewards"]).await;
    let view = store.snapshot(&name("acme")).await.unwrap();
    let (always, chunk) = (DateRange::ALWAYS, ChunkSize::largest());
    let pending = view.pending(always).await.unwrap();
    assert_eq!(
        (pending.transactions, pending.credits, pending.earnings),
        (1, 1, 0)
    );
    let mut sale = transaction(1);
    sale.status = TransactionStatus::Obsolete;
    sale.replaced_by = Some(TransactionId(uuid(2)));
    let sales = view.obsolete_transactions(always, None, chunk).await;
    assert_eq!(sales.unwrap(), [sale]);
    let mut part = credit(1);
    part.obsolete = Some(obsolete());
    let parts = view.obsolete_credits(always, None, chunk).await;
    assert_eq!(parts.unwrap(), [part]);
    let due = view.payable_earnings(date("2026-12-31"), None, chunk).await;
    assert_eq!(due.unwrap(), [earning(1)]);
    let ann = name("ann");
    let past = view.past_earnings_of_participant(&ann, always, None, chunk);
    let past = past.await.unwrap();
    assert_eq!(past[0].earning, earning(2));
}

//! What only a store in a file can get wrong: files of other programs and versions, a full disk,
//! several processes, views that are left behind.
#![allow(clippy::unwrap_used, reason = "what cannot be, fails the test")]

use std::path::Path;
use std::time::Duration;

use attain_domain::change::{ChangeSet, Guard};
use attain_domain::definition::{Definition, DefinitionKind};
use attain_domain::ids::{ActivityId, DefinitionId, WorkspaceId};
use attain_domain::ports::{ChunkSize, CommitError, Store, StoreError, StoreErrorKind};
use attain_domain::stamp::Version;
use attain_domain::testing::{activity, at, name, put, settings, uuid};
use attain_sqlite::{Durability, Options, SqliteStore};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, SqliteConnection};
use tempfile::TempDir;

fn folder() -> TempDir {
    TempDir::new().unwrap()
}

fn options() -> Options {
    Options {
        migrate: true,
        durability: Durability::ProcessEnd,
        patience: Duration::from_millis(300),
        ..Options::default()
    }
}

fn acme() -> WorkspaceId {
    name("acme")
}

async fn open(path: &Path) -> SqliteStore {
    SqliteStore::open(path, options()).await.unwrap()
}

async fn with_workspace(path: &Path) -> SqliteStore {
    let store = open(path).await;
    assert!(store.create_workspace(&acme(), at(0)).await.unwrap());
    store
}

async fn raw(path: &Path) -> SqliteConnection {
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true);
    options.connect().await.unwrap()
}

async fn run(connection: &mut SqliteConnection, text: &str) -> Result<(), sqlx::Error> {
    let text = AssertSqlSafe(text.to_owned());
    sqlx::raw_sql(text).execute(connection).await.map(|_| ())
}

async fn refusal(path: &Path, migrate: bool) -> StoreError {
    let options = Options {
        migrate,
        ..options()
    };
    let opened = SqliteStore::open(path, options).await;
    opened.err().expect("the file is refused")
}

fn check(error: &StoreError, kind: StoreErrorKind, text: &str) {
    assert_eq!(error.kind, kind, "{error:?}");
    assert!(error.text.contains(text), "{error}");
}

#[tokio::test]
async fn a_missing_file_is_made_only_by_a_migration() {
    let folder = folder();
    let path = folder.path().join("attain.db");
    check(
        &refusal(&path, false).await,
        StoreErrorKind::Version,
        "run `attain migrate`",
    );
    assert!(!path.exists());

    let steps = SqliteStore::migrate(&path).await.unwrap();
    assert_eq!(steps.first(), Some(&"0001_workspaces_and_definitions"));
    assert_eq!(
        SqliteStore::migrate(&path).await.unwrap(),
        Vec::<&str>::new()
    );
    let opened = SqliteStore::open(
        &path,
        Options {
            migrate: false,
            ..options()
        },
    )
    .await;
    assert_eq!(opened.unwrap().workspaces().await.unwrap(), []);
}

#[tokio::test]
async fn a_file_of_a_newer_version_is_refused() {
    let folder = folder();
    let path = folder.path().join("attain.db");
    open(&path).await.close().await;
    run(&mut raw(&path).await, "PRAGMA user_version = 9999")
        .await
        .unwrap();
    for migrate in [false, true] {
        let error = refusal(&path, migrate).await;
        check(
            &error,
            StoreErrorKind::Version,
            "made by a newer version of this program",
        );
        check(
            &error,
            StoreErrorKind::Version,
            "it is schema 9999, this program knows ",
        );
    }
}

#[tokio::test]
async fn a_file_whose_steps_differ_is_refused() {
    let folder = folder();
    let path = folder.path().join("attain.db");
    open(&path).await.close().await;
    let change = "UPDATE schema_step SET checksum = 'x' WHERE number = 2";
    run(&mut raw(&path).await, change).await.unwrap();
    let error = refusal(&path, true).await;
    check(&error, StoreErrorKind::Version, "step 2");
}

#[tokio::test]
async fn files_of_others_are_refused_and_left_alone() {
    let folder = folder();
    let text = folder.path().join("notes.txt");
    std::fs::write(&text, "dear diary, ".repeat(1_000)).unwrap();
    check(
        &refusal(&text, true).await,
        StoreErrorKind::Corrupt,
        "not a SQLite database",
    );

    let other = folder.path().join("other.db");
    let mut connection = raw(&other).await;
    run(&mut connection, "CREATE TABLE song (title TEXT)")
        .await
        .unwrap();
    connection.close().await.unwrap();
    let before = std::fs::read(&other).unwrap();
    check(
        &refusal(&other, true).await,
        StoreErrorKind::Version,
        "database of another program",
    );
    assert_eq!(std::fs::read(&other).unwrap(), before);
}

#[tokio::test]
async fn two_handles_on_one_file_see_each_others_commits() {
    let folder = folder();
    let path = folder.path().join("attain.db");
    let one = with_workspace(&path).await;
    let other = open(&path).await;
    let view = other.snapshot(&acme()).await.unwrap();

    one.commit(settings_at(1)).await.unwrap();
    let id = DefinitionId::parse("settings").unwrap();
    let kind = DefinitionKind::Settings;
    assert_eq!(
        view.definition(kind, &id).await.unwrap(),
        None,
        "an old view"
    );
    let view = other.snapshot(&acme()).await.unwrap();
    assert!(
        view.definition(kind, &id).await.unwrap().is_some(),
        "a new view"
    );

    let stale = other.commit(settings_at(1)).await.unwrap_err();
    assert!(matches!(stale, CommitError::GuardFailed(_)), "{stale:?}");
    let mut next = settings_at(2);
    next.guards = vec![Guard::DefinitionAt(kind, id, Version(1))];
    other.commit(next).await.unwrap();
}

fn settings_at(version: u32) -> ChangeSet {
    let mut set = ChangeSet::new(acme());
    let id = DefinitionId::parse("settings").unwrap();
    set.guards = vec![Guard::DefinitionAbsent(DefinitionKind::Settings, id)];
    set.changes.definitions = vec![put(Definition::Settings(settings()), version)];
    set
}

#[tokio::test]
async fn a_commit_behind_a_long_writer_is_unavailable_and_works_later() {
    let folder = folder();
    let path = folder.path().join("attain.db");
    let store = with_workspace(&path).await;
    let mut other = raw(&path).await;
    run(&mut other, "BEGIN IMMEDIATE").await.unwrap();
    let busy = store.commit(settings_at(1)).await.unwrap_err();
    let CommitError::Store(busy) = busy else {
        panic!("{busy:?}")
    };
    check(
        &busy,
        StoreErrorKind::Unavailable,
        "busy with another writer",
    );
    assert!(busy.is_retryable());
    run(&mut other, "ROLLBACK").await.unwrap();
    store.commit(settings_at(1)).await.unwrap();
}

#[tokio::test]
async fn a_full_store_keeps_what_it_has_and_takes_no_part_of_a_commit() {
    let folder = folder();
    let path = folder.path().join("attain.db");
    with_workspace(&path).await.close().await;
    let full = Options {
        pages_max: Some(80),
        ..options()
    };
    let store = SqliteStore::open(&path, full).await.unwrap();
    let mut set = ChangeSet::new(acme());
    set.changes.activities = (1..=5_000).map(activity).collect();
    for _ in 0..2 {
        let error = store.commit(set.clone()).await.unwrap_err();
        let CommitError::Store(error) = error else {
            panic!("{error:?}")
        };
        check(&error, StoreErrorKind::Full, "no space left");
        assert!(!error.is_retryable());
    }
    let view = store.snapshot(&acme()).await.unwrap();
    assert_eq!(
        view.activities_after(None, ChunkSize::largest())
            .await
            .unwrap(),
        []
    );
    set.changes.activities.truncate(10);
    store.commit(set).await.unwrap();
}

#[tokio::test]
async fn the_database_itself_refuses_to_change_the_activity_log() {
    let folder = folder();
    let path = folder.path().join("attain.db");
    let store = with_workspace(&path).await;
    let mut set = ChangeSet::new(acme());
    set.changes.activities = vec![activity(1)];
    store.commit(set).await.unwrap();
    let mut connection = raw(&path).await;
    for change in [
        "UPDATE activity_log SET subject = 'x'",
        "DELETE FROM activity_log",
    ] {
        let refused = run(&mut connection, change).await.unwrap_err();
        assert!(refused.to_string().contains("append-only"), "{refused}");
    }
    let view = store.snapshot(&acme()).await.unwrap();
    let before = Some(ActivityId(uuid(0)));
    let entries = view
        .activities_after(before, ChunkSize::largest())
        .await
        .unwrap();
    assert_eq!(entries, [activity(1)]);
}

#[tokio::test]
async fn views_give_their_connections_back_and_let_the_log_be_emptied() {
    let folder = folder();
    let path = folder.path().join("attain.db");
    let few = Options {
        views_max: 2,
        ..options()
    };
    let store = SqliteStore::open(&path, few).await.unwrap();
    store.create_workspace(&acme(), at(0)).await.unwrap();
    let (one, two) = (store.snapshot(&acme()).await, store.snapshot(&acme()).await);
    let (one, two) = (one.unwrap(), two.unwrap());
    let third = store.snapshot(&acme()).await.err().expect("there are two");
    check(&third, StoreErrorKind::Unavailable, "in use by other views");
    drop((one, two));
    store.commit(settings_at(1)).await.unwrap();
    let view = store.snapshot(&acme()).await.unwrap();
    assert!(log_is_held(&path).await);
    drop(view);
    // Giving back is an order to the connection's own thread, which comes soon but not at once.
    for _ in 0..1_000 {
        if !log_is_held(&path).await {
            return;
        }
    }
    panic!("a view that was dropped still holds the log");
}

/// Whether somebody keeps the log from being emptied.
async fn log_is_held(path: &Path) -> bool {
    let options = SqliteConnectOptions::new()
        .filename(path)
        .busy_timeout(Duration::ZERO);
    let mut connection = options.connect().await.unwrap();
    let held: i64 = sqlx::query_scalar("PRAGMA wal_checkpoint(TRUNCATE)")
        .fetch_one(&mut connection)
        .await
        .unwrap();
    held != 0
}

#[tokio::test]
async fn a_commit_that_is_given_up_leaves_nothing_behind() {
    let folder = folder();
    let path = folder.path().join("attain.db");
    let store = with_workspace(&path).await;
    let mut set = ChangeSet::new(acme());
    set.changes.activities = (1..=20_000).map(activity).collect();
    let mut given_up = Box::pin(store.commit(set));
    for _ in 0..200 {
        if futures::poll!(given_up.as_mut()).is_ready() {
            break;
        }
        tokio::task::yield_now().await;
    }
    drop(given_up);
    store.commit(settings_at(1)).await.unwrap();
    let view = store.snapshot(&acme()).await.unwrap();
    let entries = view
        .activities_after(None, ChunkSize::largest())
        .await
        .unwrap();
    assert!(entries.is_empty(), "{} entries", entries.len());
}

#[tokio::test]
async fn texts_with_every_control_character_are_kept() {
    let folder = folder();
    let path = folder.path().join("attain.db");
    let store = with_workspace(&path).await;
    let text: String = (0_u8..=0x9f)
        .map(char::from)
        .chain(['\u{2028}', '\u{fffd}'])
        .collect();
    let mut entry = activity(1);
    entry.subject = text.clone();
    entry.before = Some(String::new());
    entry.after = Some(text);
    let mut set = ChangeSet::new(acme());
    set.changes.activities = vec![entry.clone()];
    store.commit(set).await.unwrap();
    let view = store.snapshot(&acme()).await.unwrap();
    let entries = view
        .activities_after(None, ChunkSize::largest())
        .await
        .unwrap();
    assert_eq!(entries, [entry]);
}

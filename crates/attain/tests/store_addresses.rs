//! What `--store` may say and what it may not, given to the program itself: PostgreSQL in its two
//! forms does what a file does, and what cannot be used is told, never with a password.
#![allow(clippy::unwrap_used, reason = "what cannot be, fails the test")]

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use attain_local_postgres::test_server;
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use tempfile::TempDir;
use tokio::runtime::Runtime;

fn examples() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../examples/small")
}

/// How the program ended.
struct Ended {
    code: i32,
    out: String,
    err: String,
}

impl Ended {
    #[track_caller]
    fn check(&self, code: i32, told: &str) -> &Self {
        assert_eq!(self.code, code, "{}{}", self.out, self.err);
        let all = format!("{}{}", self.out, self.err);
        assert!(all.contains(told), "{all}");
        assert!(
            !all.contains("secret") && !all.contains("panicked"),
            "{all}"
        );
        self
    }
}

/// Runs the program in a folder that the server's account may enter, too.
struct Place {
    folder: TempDir,
}

impl Place {
    fn new() -> Self {
        let folder = TempDir::new().unwrap();
        fs::set_permissions(folder.path(), Permissions::from_mode(0o755)).unwrap();
        Self { folder }
    }

    fn run(&self, store: &str, arguments: &[&str]) -> Ended {
        self.run_on(Some(store), arguments)
    }

    fn run_on(&self, store: Option<&str>, arguments: &[&str]) -> Ended {
        let mut command = Command::new(env!("CARGO_BIN_EXE_attain"));
        for (name, _) in std::env::vars_os() {
            let text = name.to_string_lossy();
            if text.starts_with("ATTAIN_") && text != "ATTAIN_POSTGRES_BIN" {
                command.env_remove(&name);
            }
        }
        command.envs(store.map(|store| ("ATTAIN_STORE", store)));
        let output = command.current_dir(&self.folder).args(arguments).output();
        let output = output.unwrap();
        Ended {
            code: output.status.code().expect("the program ended by itself"),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Makes the small company and pays it; gives Ana's statement, and what is listed as paid.
    #[track_caller]
    fn quarter(&self, store: &str) -> String {
        let (documents, rows) = (
            examples().join("documents"),
            examples().join("transactions.csv"),
        );
        let (documents, rows) = (documents.to_str().unwrap(), rows.to_str().unwrap());
        let rejected = self.folder.path().join("rejected.csv");
        let rejected = rejected.to_str().unwrap();
        // Three rows are bad on purpose.
        let steps: [(i32, &[&str]); 4] = [
            (0, &["apply", "-f", documents]),
            (3, &["import", "transactions", rows, "--rejected", rejected]),
            (3, &["run", "--period", "2026-01..2026-03"]),
            (
                0,
                &[
                    "pay",
                    "create",
                    "--group",
                    "everybody",
                    "--period",
                    "2026-01",
                ],
            ),
        ];
        for (code, arguments) in steps {
            self.run(store, arguments).check(code, "");
        }
        let statement = self.run(store, &["statement", "ana", "--period", "2026-03"]);
        statement.check(0, "159000");
        statement.out
    }
}

/// A new database of the test server, dropped at the end.
struct Database {
    runtime: Runtime,
    name: String,
}

impl Database {
    fn new(name: &str) -> Self {
        let name = format!("attain_addresses_{name}_{}", std::process::id());
        let database = Self {
            runtime: Runtime::new().unwrap(),
            name,
        };
        database.on_server(format!("CREATE DATABASE {}", database.name));
        database
    }

    fn url(&self) -> String {
        test_server().url_of(&self.name)
    }

    fn on_server(&self, sql: String) {
        self.execute(test_server().url(), sql);
    }

    fn execute(&self, url: &str, sql: String) {
        self.runtime.block_on(async {
            let mut connection = PgConnection::connect(url).await.unwrap();
            let done = sqlx::raw_sql(AssertSqlSafe(sql))
                .execute(&mut connection)
                .await;
            done.unwrap();
            connection.close().await.unwrap();
        });
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        self.on_server(format!("DROP DATABASE {} WITH (FORCE)", self.name));
    }
}

#[test]
fn a_database_does_what_a_file_does_once_it_is_migrated() {
    let (place, database) = (Place::new(), Database::new("quarter"));
    let url = database.url();
    place
        .run(&url, &["list", "runs"])
        .check(4, "run `attain migrate` to make it [STORE_VERSION]");
    place
        .run(&url, &["migrate"])
        .check(0, "is at this program's version");
    place
        .run(&url, &["migrate"])
        .check(0, "is at this program's version");
    assert_eq!(place.quarter(&url), place.quarter("x.sqlite"));
}

#[test]
fn a_local_cluster_does_what_a_file_does_and_is_stopped_after_each_command() {
    let place = Place::new();
    let store = "postgres-local:cluster";
    assert_eq!(place.quarter(store), place.quarter("x.sqlite"));
    let cluster = place.folder.path().join("cluster");
    assert!(cluster.join("data/PG_VERSION").exists());
    assert!(!cluster.join("data/postmaster.pid").exists());
    place
        .run(store, &["migrate"])
        .check(0, "postgres-local:cluster is at this program's version");
}

#[test]
fn scenarios_run_in_workspaces_of_a_database_or_on_a_server_of_their_own() {
    let (place, database) = (Place::new(), Database::new("scenarios"));
    let file = examples().join("../acceptance/a01-flat-rate.yaml");
    let arguments = ["test", "--on", "postgres", file.to_str().unwrap()];
    let url = database.url();
    place.run(&url, &arguments).check(4, "[STORE_VERSION]");
    place.run(&url, &["migrate"]).check(0, "");
    for store in [Some(url.as_str()), Some(url.as_str()), None] {
        place
            .run_on(store, &arguments)
            .check(0, "1 passed, 0 failed");
    }
    place
        .run("x.sqlite", &arguments)
        .check(2, "--on postgres: x.sqlite is a SQLite file");
    assert_eq!(place.folder.path().read_dir().unwrap().count(), 0);
}

#[test]
fn a_database_of_another_version_is_left_alone() {
    let (place, database) = (Place::new(), Database::new("version"));
    let url = database.url();
    place.run(&url, &["migrate"]).check(0, "");
    let newer = "INSERT INTO schema_step (number, name, checksum) VALUES (9999, 'newer', '')";
    database.execute(&url, newer.to_owned());
    for command in [&["list", "runs"][..], &["migrate"]] {
        let told = "newer version of this program: it is schema 9999";
        place
            .run(&url, command)
            .check(4, told)
            .check(4, "[STORE_VERSION]");
    }
}

#[test]
fn a_server_and_a_database_that_are_not_there_are_told() {
    let place = Place::new();
    // Port 1 of this machine: nobody listens, and nothing is sent anywhere.
    let gone = "postgres://ann:secret@127.0.0.1:1/sales";
    for command in [&["list", "runs"][..], &["migrate"], &["serve"]] {
        let ended = place.run(gone, command);
        ended.check(4, "postgres://ann@127.0.0.1:1/sales: ");
        ended.check(4, "[STORE_UNAVAILABLE]").check(4, "refused");
    }
    let nowhere = test_server().url_of("attain_is_not_here");
    place
        .run(&nowhere, &["list", "runs"])
        .check(4, "\"attain_is_not_here\" does not exist");
}

#[test]
fn addresses_that_are_none_are_wrong_usage() {
    let place = Place::new();
    for (store, told) in [
        ("", "--store: it names nothing"),
        (
            "mysql://ann:secret@db/sales",
            "--store: `mysql` is no kind of store",
        ),
        (
            "postgres://ann:secret@db:port/x",
            "--store: this is no URL such as",
        ),
        ("postgres:secret", "two slashes"),
        ("postgres-local:", "the path of a folder"),
    ] {
        place.run(store, &["list", "runs"]).check(2, told);
    }
    let help = place.run("postgres://ann:secret@db/sales", &["list", "--help"]);
    help.check(0, "ATTAIN_STORE");
}

#[test]
fn a_file_is_not_distributed() {
    let place = Place::new();
    let refused = place.run("x.sqlite", &["migrate", "--distribute"]);
    refused.check(
        2,
        "x.sqlite is a SQLite file, and only a PostgreSQL database with Citus",
    );
    assert!(!place.folder.path().join("x.sqlite").exists());
}

#[test]
fn a_database_without_citus_is_not_distributed() {
    let (place, database) = (Place::new(), Database::new("citus"));
    let refused = place.run(&database.url(), &["migrate", "--distribute"]);
    refused.check(4, "no extension `citus`");
}

#[test]
fn a_folder_of_something_else_is_no_cluster() {
    let place = Place::new();
    let data = place.folder.path().join("cluster/data");
    fs::create_dir_all(&data).unwrap();
    let refused = place.run("postgres-local:cluster", &["list", "runs"]);
    refused.check(4, "[STORE_UNAVAILABLE]");
    assert_eq!(fs::read_dir(Path::new(&data)).unwrap().count(), 0);
    fs::write(place.folder.path().join("file"), "text").unwrap();
    let refused = place.run("postgres-local:file", &["list", "runs"]);
    refused.check(4, "[STORE_UNAVAILABLE]");
}

//! The built program, and SQL beside it: for tests that watch the program at work, and disturb it.
#![allow(dead_code, reason = "each binary of tests uses what it needs")]
#![allow(
    clippy::unwrap_used,
    reason = "a test's own tool: what cannot be, fails the test"
)]

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use attain_local_postgres::test_server;
use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, PgConnection};
use tempfile::TempDir;
use tokio::runtime::Runtime;
use tokio::time::{sleep, timeout};

/// How long something that has to happen may take. Nothing waits for so long unless it never does.
const PATIENCE: Duration = Duration::from_secs(60);
/// The pause between two looks at what others are about.
const LOOK_AGAIN: Duration = Duration::from_millis(2);

/// How the program ended.
pub(crate) struct Ended {
    /// None if a signal ended it.
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Ended {
    fn of(output: Output) -> Self {
        Self {
            code: output.status.code(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    #[track_caller]
    pub(crate) fn check(&self, code: i32, told: &str) -> &Self {
        let all = format!("{}{}", self.out, self.err);
        assert_eq!(self.code, Some(code), "{all}");
        assert!(all.contains(told), "`{told}` is not in: {all}");
        assert!(!all.contains("panicked"), "{all}");
        self
    }

    /// The number beside a name, in a table with two columns.
    #[track_caller]
    pub(crate) fn count(&self, name: &str) -> u64 {
        let mut counts = self.out.lines().filter_map(|line| {
            let mut words = line.split_whitespace().filter(|word| *word != "|");
            (words.next() == Some(name)).then(|| words.next()?.parse().ok())?
        });
        let count = counts.next();
        count.unwrap_or_else(|| panic!("no {name} in {}", self.out))
    }
}

/// A program at work. It is killed when this is dropped.
pub(crate) struct AtWork(Option<Child>);

impl AtWork {
    /// Waits for its end.
    pub(crate) fn end(mut self) -> Ended {
        Ended::of(self.take().wait_with_output().unwrap())
    }

    fn take(&mut self) -> Child {
        self.0.take().unwrap()
    }

    /// Whether it has ended already.
    pub(crate) fn has_ended(&mut self) -> bool {
        self.0.as_mut().unwrap().try_wait().unwrap().is_some()
    }

    /// Ends it at once, as if its machine were gone, and waits until it is.
    pub(crate) fn kill(mut self) {
        let mut child = self.take();
        child.kill().unwrap();
        child.wait().unwrap();
    }

    /// Asks it to end, as a service is asked.
    pub(crate) fn terminate(&self) {
        self.signal("TERM");
    }

    /// Asks it to end, as Control-C does.
    pub(crate) fn interrupt(&self) {
        self.signal("INT");
    }

    fn signal(&self, name: &str) {
        let pid = self.0.as_ref().unwrap().id();
        let mut shell = Command::new("sh");
        shell.args(["-c", &format!("kill -{name} {pid}")]);
        assert!(shell.status().unwrap().success());
    }
}

impl Drop for AtWork {
    fn drop(&mut self) {
        if let Some(mut child) = self.0.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// A workspace of a database, and a folder for files that the program reads.
pub(crate) struct Place {
    folder: TempDir,
    url: String,
    workspace: &'static str,
    lease_seconds: u32,
    runtime: Runtime,
}

impl Place {
    /// The database is migrated.
    pub(crate) fn over(url: &str, workspace: &'static str, lease_seconds: u32) -> Self {
        let folder = TempDir::new().unwrap();
        fs::set_permissions(folder.path(), Permissions::from_mode(0o755)).unwrap();
        let place = Self {
            folder,
            url: url.to_owned(),
            workspace,
            lease_seconds,
            runtime: Runtime::new().unwrap(),
        };
        place.run(&["migrate"]).check(0, "");
        place
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Runs the program to its end.
    pub(crate) fn run(&self, arguments: &[&str]) -> Ended {
        Ended::of(self.command(arguments).output().unwrap())
    }

    /// Starts the program.
    pub(crate) fn begin(&self, arguments: &[&str]) -> AtWork {
        let mut command = self.command(arguments);
        command.stdin(Stdio::null()).stdout(Stdio::piped());
        AtWork(Some(command.stderr(Stdio::piped()).spawn().unwrap()))
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_attain"));
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("ATTAIN_") {
                command.env_remove(&name);
            }
        }
        command
            .env("ATTAIN_STORE", &self.url)
            .env("ATTAIN_WORKSPACE", self.workspace)
            .env("ATTAIN_LEASE_SECONDS", self.lease_seconds.to_string())
            .current_dir(&self.folder)
            .args(arguments);
        command
    }

    /// The rows that a statement about the workspace, its `$1`, gives; each of one text.
    pub(crate) fn ask(&self, sql: &'static str) -> Vec<String> {
        self.runtime.block_on(async {
            let mut connection = connect(&self.url).await;
            let rows = sqlx::query_scalar(sql).bind(self.workspace);
            let rows = rows.fetch_all(&mut connection).await.unwrap();
            connection.close().await.unwrap();
            rows
        })
    }

    /// Asks until there are rows.
    #[track_caller]
    pub(crate) fn until(&self, sql: &'static str) -> Vec<String> {
        self.rows_or_end(sql, || false)
    }

    /// Asks until there are rows, which have to come while a program is at work.
    #[track_caller]
    pub(crate) fn while_at_work(&self, at_work: &mut AtWork, sql: &'static str) {
        let rows = self.rows_or_end(sql, || at_work.has_ended());
        if rows.is_empty() {
            let Ended { code, out, err } = Ended::of(at_work.take().wait_with_output().unwrap());
            panic!("it ended before {sql}: {code:?} {out}{err}");
        }
    }

    #[track_caller]
    fn rows_or_end(&self, sql: &'static str, mut has_ended: impl FnMut() -> bool) -> Vec<String> {
        let rows = self.runtime.block_on(async {
            let mut connection = connect(&self.url).await;
            let asking = async {
                loop {
                    // Before the look, so that what is there at the end is seen.
                    let is_last = has_ended();
                    let rows = sqlx::query_scalar(sql).bind(self.workspace);
                    let rows: Vec<String> = rows.fetch_all(&mut connection).await.unwrap();
                    if is_last || !rows.is_empty() {
                        return rows;
                    }
                    sleep(LOOK_AGAIN).await;
                }
            };
            timeout(PATIENCE, asking).await
        });
        rows.unwrap_or_else(|_| panic!("never: {sql}"))
    }

    /// Waits until a program has ended, for so long at most.
    #[track_caller]
    pub(crate) fn ends_within(&self, mut at_work: AtWork, most: Duration) -> Ended {
        let ended = self.runtime.block_on(async {
            let ending = async {
                while !at_work.has_ended() {
                    sleep(LOOK_AGAIN).await;
                }
            };
            timeout(most, ending).await
        });
        assert!(ended.is_ok(), "it is still there after {most:?}");
        at_work.end()
    }
}

async fn connect(url: &str) -> PgConnection {
    let options: PgConnectOptions = url.parse().unwrap();
    options.connect().await.unwrap()
}

/// A new database of the server that all tests use, dropped at the end.
pub(crate) struct Database {
    name: String,
}

impl Database {
    pub(crate) fn new(name: &str) -> Self {
        let name = format!("attain_{name}_{}", std::process::id());
        on_server(format!("CREATE DATABASE {name}"));
        Self { name }
    }

    pub(crate) fn url(&self) -> String {
        test_server().url_of(&self.name)
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        on_server(format!("DROP DATABASE {} WITH (FORCE)", self.name));
    }
}

fn on_server(sql: String) {
    let on_thread = std::thread::spawn(move || {
        Runtime::new().unwrap().block_on(async {
            let mut connection = connect(test_server().url()).await;
            let done = sqlx::raw_sql(AssertSqlSafe(sql));
            done.execute(&mut connection).await.unwrap();
            connection.close().await.unwrap();
        });
    });
    // Where a test fails, a database that is left behind harms nobody.
    let _ = on_thread.join();
}

//! A server that stops in the middle of the work, and is started again: whoever asked for the work
//! is told, and the same command once more ends right. In the end everything is there once, as in
//! another workspace where nothing went wrong.
#![allow(clippy::unwrap_used, reason = "what cannot be, fails the test")]

mod company;
mod program;

use attain_local_postgres::{Stop, Throwaway};

use company::{check_same, facts, found};
use program::{Ended, Place};

/// More than the commits of an import and of a batch take at once, three times.
const SALES: u32 = 21_000;
/// Longer than any commit takes, and no longer: a run that was cut off is taken over after it.
const LEASE_SECONDS: u32 = 3;

const IMPORT: &[&str] = &["import", "transactions", "sales.csv"];
const RUN: &[&str] = &["run", "all", "--period", "2026-01", "--wait"];
/// With an id, so that a repeat goes on with the same batch.
const CREATE: &[&str] = &[
    "pay",
    "create",
    "--group",
    "everybody",
    "--period",
    "2026-01",
    "--request-id",
    "january",
];

/// How the server goes away.
#[derive(Clone, Copy, Debug)]
enum Goes {
    /// It is stopped, and started when the command has ended.
    Stopped,
    /// It is killed, and started again at once.
    Killed,
}

/// A server of this test alone, and a workspace on it in which nothing goes wrong.
struct Site {
    server: Throwaway,
    place: Place,
}

impl Site {
    fn new() -> Self {
        // Otherwise the server itself loses what it has said is stored.
        let server = Throwaway::start_with(&[("synchronous_commit", "on")]).unwrap();
        let place = Place::over(&server.url("postgres"), LEASE_SECONDS);
        company::write(&place, SALES);
        for workspace in ["calm", "stormy"] {
            found(&place, workspace);
        }
        Self { server, place }
    }

    fn calm(&self, command: &[&str]) -> Vec<String> {
        self.place.run("calm", command).check(0, "");
        facts(&self.place, "calm")
    }

    /// Begins a command, takes the server away once `sql` has rows, and repeats the command until
    /// it is done. Says how the first and the last of them ended.
    #[track_caller]
    fn stormy(&self, command: &[&str], sql: &'static str, goes: Goes) -> (Ended, Ended) {
        let at_work = self.place.begin("stormy", command);
        self.place.until(sql, "stormy");
        let first = match goes {
            Goes::Stopped => {
                self.server.stop(Stop::Immediate).unwrap();
                let first = at_work.end();
                self.server.resume().unwrap();
                first.check(4, "[STORE_UNAVAILABLE]");
                first
            }
            Goes::Killed => {
                self.server.kill().unwrap();
                self.server.resume().unwrap();
                at_work.end()
            }
        };
        if first.code == Some(0) {
            return (first, self.place.run("stormy", &["list", "runs"]));
        }
        first.check(4, "error: ").check(4, "[STORE_UNAVAILABLE]");
        let last = self.place.run("stormy", command);
        last.check(0, "");
        (first, last)
    }
}

#[test]
fn nothing_is_lost_or_doubled_when_the_server_goes_away_at_work() {
    let site = Site::new();
    let imported = site.calm(IMPORT);
    let some = "SELECT 'some' FROM base_transaction WHERE workspace_id = $1 LIMIT 1";
    let (_, again) = site.stormy(IMPORT, some, Goes::Stopped);
    let (stored, unchanged) = (again.count("stored"), again.count("unchanged"));
    assert_eq!(stored + unchanged, u64::from(SALES));
    assert!(unchanged > 0 && stored > 0, "{unchanged} were there before");
    check_same(&site.place, "stormy", &imported);

    let ran = site.calm(RUN);
    let credited = "SELECT 'some' FROM credit WHERE workspace_id = $1 LIMIT 1";
    let earned = "SELECT 'some' FROM earning WHERE workspace_id = $1 LIMIT 1";
    let at_work = site.place.begin("stormy", RUN);
    site.place.until(credited, "stormy");
    site.server.stop(Stop::Immediate).unwrap();
    at_work
        .end()
        .check(4, "error: ")
        .check(4, "[STORE_UNAVAILABLE]");
    site.server.resume().unwrap();
    site.stormy(RUN, earned, Goes::Killed);
    check_same(&site.place, "stormy", &ran);

    let created = site.calm(CREATE);
    let lines = "SELECT 'some' FROM payment_line WHERE workspace_id = $1 LIMIT 1";
    site.stormy(CREATE, lines, Goes::Stopped);
    check_same(&site.place, "stormy", &created);

    check_paid(&site);
}

/// Freezes and pays the batch of both workspaces.
fn check_paid(site: &Site) {
    let batch = |workspace: &str| {
        let listed = site.place.run(workspace, &["pay", "batches", "-o", "csv"]);
        let rows: Vec<&str> = listed.out.lines().skip(1).collect();
        let [row] = rows.as_slice() else {
            panic!("one batch: {}", listed.out)
        };
        row.split(',').next().unwrap().to_owned()
    };
    let (calm, stormy) = (batch("calm"), batch("stormy"));
    for (workspace, batch) in [("calm", &calm), ("stormy", &stormy)] {
        let frozen = site.place.run(workspace, &["pay", "freeze", batch]);
        frozen.check(0, "Frozen");
    }
    let paid = site.calm(&["pay", "run", &calm]);
    let some = "SELECT 'some' FROM paysheet WHERE workspace_id = $1 AND status = 'paid' LIMIT 1";
    site.stormy(&["pay", "run", &stormy], some, Goes::Killed);
    check_same(&site.place, "stormy", &paid);
}

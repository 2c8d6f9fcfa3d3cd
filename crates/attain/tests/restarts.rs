//! A server that stops in the middle of the work, and is started again: whoever asked for the work
//! is told, and the same command once more ends right. In the end everything is there once, as in
//! another database where nothing went wrong.
#![allow(clippy::unwrap_used, reason = "what cannot be, fails the test")]

mod company;
mod program;

use attain_local_postgres::{Stop, Throwaway};

use company::{check_same, facts, found};
use program::{Database, Ended, Place};

/// More than a commit of an import or of a batch takes, so that there is a middle.
const SALES: u32 = 16_000;
/// Longer than any commit takes, and no longer: a run that was cut off is taken over after it.
const LEASE_SECONDS: u32 = 3;

const IMPORT: &[&str] = &["import", "transactions", "sales.csv"];
const IMPORT_CHANGED: &[&str] = &["import", "transactions", "changed.csv"];
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

/// A workspace on a server of this test alone, and one in which nothing goes wrong.
struct Site {
    server: Throwaway,
    stormy: Place,
    calm: Place,
    _database: Database,
}

impl Site {
    fn new() -> Self {
        // Otherwise the server itself loses what it has said is stored.
        let server = Throwaway::start_with(&[("synchronous_commit", "on")]).unwrap();
        let stormy = Place::over(&server.url("postgres"), "stormy", LEASE_SECONDS);
        let database = Database::new("restarts");
        let calm = Place::over(&database.url(), "calm", LEASE_SECONDS);
        for place in [&stormy, &calm] {
            company::write(place, SALES);
            found(place);
        }
        Self {
            server,
            stormy,
            calm,
            _database: database,
        }
    }

    fn calm(&self, command: &[&str]) -> Vec<String> {
        self.calm.run(command).check(0, "");
        facts(&self.calm)
    }

    /// Begins a command, takes the server away once `sql` has rows, and repeats the command until
    /// it is done. Says how the first and the last of them ended.
    #[track_caller]
    fn stormy(&self, command: &[&str], sql: &'static str, goes: Goes) -> (Ended, Ended) {
        let mut at_work = self.stormy.begin(command);
        self.stormy.while_at_work(&mut at_work, sql);
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
            return (first, self.stormy.run(&["list", "runs"]));
        }
        first.check(4, "error: ").check(4, "[STORE_UNAVAILABLE]");
        let last = self.stormy.run(command);
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
    check_same(&site.stormy, &imported);

    let ran = site.calm(RUN);
    let credited = "SELECT 'some' FROM credit WHERE workspace_id = $1 LIMIT 1";
    let earned = "SELECT 'some' FROM earning WHERE workspace_id = $1 LIMIT 1";
    let mut at_work = site.stormy.begin(RUN);
    site.stormy.while_at_work(&mut at_work, credited);
    site.server.stop(Stop::Immediate).unwrap();
    at_work
        .end()
        .check(4, "error: ")
        .check(4, "[STORE_UNAVAILABLE]");
    site.server.resume().unwrap();
    site.stormy(RUN, earned, Goes::Killed);
    check_same(&site.stormy, &ran);

    let created = site.calm(CREATE);
    let lines = "SELECT 'some' FROM payment_line WHERE workspace_id = $1 LIMIT 1";
    site.stormy(CREATE, lines, Goes::Stopped);
    check_same(&site.stormy, &created);

    check_paid(&site);
    check_corrected(&site);
}

/// Freezes and pays the batch of both workspaces.
fn check_paid(site: &Site) {
    let [calm, stormy] = [&site.calm, &site.stormy].map(|place| {
        let listed = place.run(&["pay", "batches", "-o", "csv"]);
        let rows: Vec<&str> = listed.out.lines().skip(1).collect();
        let [row] = rows.as_slice() else {
            panic!("one batch: {}", listed.out)
        };
        let batch = row.split(',').next().unwrap().to_owned();
        place.run(&["pay", "freeze", &batch]).check(0, "Frozen");
        batch
    });
    let paid = site.calm(&["pay", "run", &calm]);
    let some = "SELECT 'some' FROM paysheet WHERE workspace_id = $1 AND status = 'paid' LIMIT 1";
    site.stormy(&["pay", "run", &stormy], some, Goes::Killed);
    check_same(&site.stormy, &paid);
}

/// Half of what was paid turns out to be another amount: the server goes away while that is taken
/// back, and while it is earned anew.
fn check_corrected(site: &Site) {
    let imported = site.calm(IMPORT_CHANGED);
    let marked = "SELECT 'some' FROM credit WHERE workspace_id = $1 AND obsolete_at IS NOT NULL \
        LIMIT 1";
    site.stormy(IMPORT_CHANGED, marked, Goes::Killed);
    check_same(&site.stormy, &imported);

    let ran = site.calm(RUN);
    let taken_back = "SELECT 'some' FROM earning_history WHERE workspace_id = $1 LIMIT 1";
    let mut at_work = site.stormy.begin(RUN);
    site.stormy.while_at_work(&mut at_work, taken_back);
    site.server.stop(Stop::Immediate).unwrap();
    at_work
        .end()
        .check(4, "error: ")
        .check(4, "[STORE_UNAVAILABLE]");
    site.server.resume().unwrap();
    let posted = "SELECT 'some' FROM earning WHERE workspace_id = $1 \
        AND reversal_of_id IS NOT NULL AND NOT awaits_calculation LIMIT 1";
    site.stormy(RUN, posted, Goes::Killed);
    check_same(&site.stormy, &ran);
}

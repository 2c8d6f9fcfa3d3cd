//! Workers that are killed while they hold a piece of a run: the others finish it, and it comes to
//! what it comes to when nobody is killed. Workers that are asked to leave do so, and hold nothing.
#![allow(clippy::unwrap_used, reason = "what cannot be, fails the test")]

mod company;
mod program;

use std::collections::BTreeMap;
use std::time::Duration;

use attain_local_postgres::Throwaway;

use company::{check_same, facts, found};
use program::{AtWork, Database, Place};

/// So many that a stage has more pieces than there are workers.
const SALES: u32 = 12_000;
/// Longer than any commit takes; what a killed worker held waits for so long.
const LEASE_SECONDS: u32 = 3;
/// In which a worker leaves, whatever it is at: it is given five seconds.
const LEAVES_WITHIN: Duration = Duration::from_secs(8);
/// How often a worker is killed that has just let its piece go.
const KILLS_MAX: usize = 20;

const IMPORT: &[&str] = &["import", "transactions", "sales.csv"];
const RUN: &[&str] = &["run", "all", "--period", "2026-01"];
const START: &[&str] = &["run", "all", "--period", "2026-01", "--detach"];

/// Who holds a piece of a run that is not the run itself, and which piece.
const HOLDS_A_PIECE: &str = "SELECT worker_id || ' ' || chunk_id FROM run_chunk \
    WHERE workspace_id = $1 AND state = 'leased' AND chunk_number > 0 \
    AND lease_until > clock_timestamp() \
    AND worker_id <> ALL (SELECT worker_id FROM run_chunk WHERE workspace_id = $1 \
    AND chunk_number = 0 AND worker_id IS NOT NULL)";
/// Who coordinates a run whose pieces are being worked on.
const COORDINATES: &str = "SELECT worker_id || ' ' || chunk_id FROM run_chunk \
    WHERE workspace_id = $1 AND state = 'leased' AND chunk_number = 0 \
    AND lease_until > clock_timestamp() AND EXISTS (SELECT FROM run_chunk \
    WHERE workspace_id = $1 AND chunk_number > 0 AND lease_until > clock_timestamp())";
/// What is held, and by whom.
const HELD: &str = "SELECT worker_id || ' ' || chunk_id FROM run_chunk \
    WHERE workspace_id = $1 AND state = 'leased' AND lease_until > clock_timestamp()";
/// How the run ended, once it has, and what it counted.
const ENDED: &str = "SELECT status || ' ' || counts FROM process_run \
    WHERE workspace_id = $1 AND ended_at IS NOT NULL";

/// Workers, by name, each a process of its own.
struct Workers<'p> {
    place: &'p Place,
    at_work: BTreeMap<String, AtWork>,
    hired: usize,
}

impl<'p> Workers<'p> {
    fn new(place: &'p Place, count: usize) -> Self {
        let at_work = BTreeMap::new();
        let mut workers = Self {
            place,
            at_work,
            hired: 0,
        };
        (0..count).for_each(|_| workers.hire());
        workers
    }

    fn hire(&mut self) {
        self.hired += 1;
        let name = format!("worker{}", self.hired);
        let at_work = self.place.begin(&["worker", "--name", &name]);
        self.at_work.insert(name, at_work);
    }

    /// Kills somebody who holds what `sql` looks for. One who has let it go meanwhile is replaced,
    /// and the next is killed.
    #[track_caller]
    fn kill(&mut self, sql: &'static str) {
        for _ in 0..KILLS_MAX {
            let found = self.place.until(sql);
            let held = found.first().unwrap();
            let (name, _) = held.split_once('-').unwrap();
            self.at_work.remove(name).unwrap().kill();
            // The dead let nothing go.
            if self.place.ask(HELD).contains(held) {
                return;
            }
            self.hire();
        }
        panic!("nobody was killed in time");
    }
}

/// A workspace in a database of its own, with sales that wait for a run.
fn site(name: &'static str) -> (Database, Place) {
    let database = Database::new(name);
    let place = Place::over(&database.url(), name, LEASE_SECONDS);
    prepare(&place);
    (database, place)
}

fn prepare(place: &Place) {
    company::write(place, SALES);
    found(place);
    place.run(IMPORT).check(0, "");
}

#[test]
fn a_run_whose_workers_are_killed_is_finished_by_the_others() {
    let ((_calm, calm), (_stormy, place)) = (site("calm"), site("stormy"));
    calm.run(RUN).check(0, "");
    let mut workers = Workers::new(&place, 3);
    place.run(START).check(0, "run_");
    workers.kill(HOLDS_A_PIECE);
    workers.kill(COORDINATES);
    let ended = place.until(ENDED);
    assert_eq!(ended, calm.ask(ENDED), "nothing is counted twice");
    check_same(&place, &facts(&calm));
    let log = "SELECT entry_text FROM process_run_log WHERE workspace_id = $1 \
        AND entry_text LIKE '%taken up again%'";
    assert_eq!(place.ask(log).len(), 1, "it was coordinated anew");
}

#[test]
fn a_worker_that_is_asked_to_leave_does_and_holds_nothing() {
    let (_database, place) = site("leaves");
    place.run(START).check(0, "run_");
    for signal in [AtWork::terminate, AtWork::interrupt] {
        let arguments = ["worker", "--name", "guest", "--workers", "2"];
        let guest = place.begin(&arguments);
        place.until(COORDINATES);
        signal(&guest);
        place.ends_within(guest, LEAVES_WITHIN).check(0, "");
        assert_eq!(place.ask(HELD), [""; 0], "it is all given back");
    }
    let idle = place.begin(&["worker", "--name", "last"]);
    let ended = place.until(ENDED);
    assert!(ended[0].starts_with("succeeded "), "{ended:?}");
    idle.terminate();
    place.ends_within(idle, LEAVES_WITHIN).check(0, "");
}

#[test]
fn a_worker_leaves_although_the_server_is_gone() {
    let server = Throwaway::start().unwrap();
    let place = Place::over(&server.url("postgres"), "gone", LEASE_SECONDS);
    prepare(&place);
    place.run(START).check(0, "run_");
    let guest = place.begin(&["worker", "--name", "guest"]);
    place.until(COORDINATES);
    server.kill().unwrap();
    guest.terminate();
    place.ends_within(guest, LEAVES_WITHIN).check(0, "");
}

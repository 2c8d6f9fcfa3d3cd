//! Any number of workers, in one process or in several: what comes of a run is the same, whoever
//! did what, and whoever fell silent.

use attain_app::{Limits, RunRequest, WhenBusy};
use attain_domain::chunk::ChunkTask;
use attain_domain::ids::WorkspaceId;
use attain_domain::ports::ChunkSize;
use attain_domain::run::{Process, Run, RunStatus};
use attain_domain::testing::name;
use attain_domain::time::DateRange;
use futures::executor::block_on;
use futures::future::join;

use crate::crashes::a_rich_history;
use crate::incremental::{check_nothing_waits, check_same};
use crate::world::bench::{Bench, first_of, of_workers};
use crate::world::company::{Company, MONTHS};
use crate::world::facts::{Facts, facts};
use crate::world::steps::check_counts;
use crate::world::stores::{Interrupted, Interruption};

fn everything() -> RunRequest {
    RunRequest {
        process: Process::RunAll,
        range: DateRange::between(first_of(0), first_of(MONTHS)),
        when_busy: WhenBusy::Refuse,
    }
}

async fn start(bench: &Bench) -> Run {
    let run = bench.engine.start_run(&bench.caller, &everything()).await;
    run.expect("nothing is in the way")
}

async fn read(bench: &Bench, run: &Run) -> Run {
    let run = bench.engine.run(&bench.caller, run.id).await;
    run.expect("it was started")
}

/// What is left of a run that has ended: its record alone.
async fn check_clean(bench: &Bench, run: &Run) {
    let left = bench.snapshot().await;
    let left = left.chunks_of_run(run.id, None, ChunkSize::largest()).await;
    assert_eq!(left.expect("it answers"), [], "chunks are counted and gone");
    let log = bench.snapshot().await;
    let entries = log.run_log_after(run.id, 0, ChunkSize::largest()).await;
    let numbers: Vec<u64> = entries
        .expect("it answers")
        .iter()
        .map(|entry| entry.number)
        .collect();
    let expected: Vec<u64> = (1..=numbers.len() as u64).collect();
    assert_eq!(
        numbers, expected,
        "entries are numbered one after the other"
    );
    check_nothing_waits(bench).await;
}

/// What a run over everything comes to, and what it counts.
async fn undisturbed(limits: Limits) -> (Facts, Run) {
    let (bench, _) = a_rich_history().prepare_with(limits).await;
    let run = bench.run_all().await.expect("nothing is in the way");
    check_clean(&bench, &run).await;
    (facts(&*bench.snapshot().await).await, run)
}

#[test]
fn workers_may_be_few_or_many() {
    let (expected, alone) = block_on(undisturbed(of_workers(1)));
    check_counts(&alone);
    for number in [2, 4, 9] {
        let (came_to, run) = block_on(undisturbed(of_workers(number)));
        check_same(&came_to, &expected);
        assert_eq!(run.counts, alone.counts, "{number} workers");
    }
}

/// A second process joins a run and dies at one of its commits, or is cut off from then on. Its
/// chunk is leased until the lease is over; the first process goes on with it then.
async fn with_a_guest(at: u32, what: Interruption) -> (bool, Facts, Run) {
    let (bench, _) = a_rich_history().prepare_with(of_workers(2)).await;
    let guest = Interrupted::new(&bench, at, what);
    let joined = bench.through(guest.clone());
    let run = start(&bench).await;
    let at_work = async {
        while read(&bench, &run).await.stage.is_none() {
            tokio::task::yield_now().await;
        }
        joined.engine.execute_run(&bench.caller, run.id).await
    };
    let (ended, _) = join(bench.engine.execute_run(&bench.caller, run.id), at_work).await;
    let ended = ended.expect("one worker less makes no run fail");
    check_clean(&bench, &ended).await;
    let came_to = facts(&*bench.snapshot().await).await;
    (guest.was_interrupted(), came_to, ended)
}

#[test]
fn the_chunk_of_a_worker_that_falls_silent_is_done_by_another() {
    let (expected, alone) = block_on(undisturbed(of_workers(1)));
    let mut silent = 0;
    for dies in [|| Interruption::DieBefore, || Interruption::DieAfter] {
        for at in 0..40 {
            let (was_interrupted, came_to, run) = block_on(with_a_guest(at, dies()));
            check_same(&came_to, &expected);
            assert_eq!(run.counts, alone.counts, "nothing is counted twice: {at}");
            silent += u32::from(was_interrupted);
        }
    }
    assert!(silent > 10, "the guest fell silent {silent} times");
}

/// One who takes a chunk up, and is never heard of again.
#[test]
fn a_chunk_that_nobody_finishes_goes_to_the_next() {
    let (expected, alone) = block_on(undisturbed(of_workers(1)));
    let (came_to, run, stolen) = block_on(async {
        let (bench, _) = a_rich_history().prepare_with(of_workers(2)).await;
        let run = start(&bench).await;
        let (store, lease) = (bench.store.clone(), std::time::Duration::from_secs(60));
        let steal = async {
            let mut stolen = 0;
            while !read(&bench, &run).await.status.has_ended() {
                let is_planned = read(&bench, &run).await.stage.is_some();
                if is_planned && stolen < 5 {
                    let workspace = &bench.caller.workspace;
                    let silent = name("silent");
                    let chunk = store.lease_chunk(workspace, &silent, None, lease).await;
                    let chunk = chunk.expect("it answers");
                    let chunk = chunk.filter(|chunk| chunk.task != ChunkTask::Coordinate);
                    stolen += u32::from(chunk.is_some());
                }
                tokio::task::yield_now().await;
            }
            stolen
        };
        let work = bench.engine.execute_run(&bench.caller, run.id);
        let (ended, stolen) = join(work, steal).await;
        let ended = ended.expect("it ends");
        check_clean(&bench, &ended).await;
        (facts(&*bench.snapshot().await).await, ended, stolen)
    });
    check_same(&came_to, &expected);
    assert_eq!(run.counts, alone.counts);
    assert!(stolen > 2, "{stolen} chunks were stolen");
}

/// Runs of two workspaces, started by somebody who does not work.
#[test]
fn a_worker_serves_every_workspace() {
    block_on(async {
        let (bench, company) = a_rich_history().prepare_with(of_workers(2)).await;
        let workspace: WorkspaceId = name("other");
        let made = bench.engine.create_workspace(&workspace).await;
        assert!(made.expect("the store takes workspaces"));
        let mut beside = bench.clone();
        beside.caller.workspace = workspace;
        define(&beside, &company).await;
        let (one, other) = (start(&bench).await, start(&beside).await);
        let stop = async {
            for (bench, run) in [(&bench, &one), (&beside, &other)] {
                while !read(bench, run).await.status.has_ended() {
                    tokio::task::yield_now().await;
                }
            }
        };
        bench.engine.work(&name("everywhere"), stop).await;
        for (bench, run) in [(&bench, &one), (&beside, &other)] {
            let ended = read(bench, run).await;
            check_counts(&ended);
            assert_ne!(ended.status, RunStatus::Failed);
            check_clean(bench, &ended).await;
        }
    });
}

async fn define(bench: &Bench, company: &Company) {
    let defined = bench.define(company).await;
    defined.expect("the company can be defined");
}

/// Whoever is told to leave gives back what it holds, at once and between two commits.
#[test]
fn a_worker_that_leaves_holds_nothing() {
    let (expected, _) = block_on(undisturbed(of_workers(1)));
    for turns in (0..200).step_by(7) {
        let came_to = block_on(async {
            let (bench, _) = a_rich_history().prepare_with(of_workers(2)).await;
            let run = start(&bench).await;
            let stop = async {
                for _ in 0..turns {
                    tokio::task::yield_now().await;
                }
            };
            bench.engine.work(&name("guest"), stop).await;
            if !read(&bench, &run).await.status.has_ended() {
                let at_work = bench.store.workspaces_at_work().await;
                let at_work = at_work.expect("it answers");
                assert_eq!(at_work.len(), 1, "something waits, and nothing is leased");
                let ended = bench.engine.execute_run(&bench.caller, run.id).await;
                check_counts(&ended.expect("it ends"));
            }
            check_clean(&bench, &run).await;
            facts(&*bench.snapshot().await).await
        });
        check_same(&came_to, &expected);
    }
}

//! Chunks of runs: who is handed which, for how long, and what becomes of their work.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use attain_domain::change::{Changes, Guard};
use attain_domain::chunk::{ChunkEnd, ChunkLease, ChunkState, ChunkTask, ChunkWork, RunChunk};
use attain_domain::ids::{RunId, WorkerId, WorkspaceId};
use attain_domain::ports::{ChunkSize, Store};
use attain_domain::refusal::{Reason, RowError};
use attain_domain::run::RunCounts;
use attain_domain::stamp::Version;
use attain_domain::testing::{chunk, name, uuid};
use futures::future::join_all;

use crate::case::cases;
use crate::difference::check_same;
use crate::pages::check_list;
use crate::samples::{done, leased};
use crate::site::Site;

cases! { "leases":
    /// Store::lease_chunk: Of the oldest run (that of the lowest id), or of one run only, the lowest
    /// number.
    the_oldest_run_and_the_lowest_number_come_first
    /// Store::lease_chunk: Of the oldest run (that of the lowest id), or of one run only, the lowest
    /// number.
    one_run_only_may_be_asked_for
    /// Store::lease_chunk: The chunk is leased from now on, its attempt and its version are one
    /// higher, and nothing else of it changes.
    a_lease_says_who_and_changes_nothing_else
    /// Store::lease_chunk: A chunk is never handed to two workers while the lease of the first holds.
    what_is_leased_is_not_handed_out_again
    /// Store::lease_chunk: Hands a worker the first chunk of a workspace that waits, or whose lease
    /// is over.
    a_lease_that_is_over_is_handed_to_the_next
    /// Store::lease_chunk: Hands a worker the first chunk of a workspace that waits, or whose lease
    /// is over.
    what_has_ended_is_not_handed_out
    /// Store::lease_chunk: `None` when there is none, or no such workspace.
    where_there_is_nothing_nobody_is_handed_anything
    /// Store::renew_lease: False, and nothing changes, when the chunk is gone or has ended, or
    /// somebody took it up since.
    a_lease_is_renewed_in_its_own_turn_alone
    /// Store::renew_lease: Makes the lease of a worker's turn end `lease` from now: later, to keep
    /// the chunk, or at once, to give it back.
    what_is_given_back_is_handed_out_at_once
    /// Store::commit: A chunk that the set names as worked gets its version raised by one.
    work_says_what_is_left_and_raises_the_version
    /// Guard::ChunkHeld: The chunk is leased, and nobody took it up since.
    who_lost_a_chunk_does_not_come_through
    /// RunRepository::chunks_of_run: The chunks of a run with numbers above `after`, in rising order.
    chunks_are_listed_by_number
    /// RunRepository::chunks_ended: The chunks of a run that have ended, in rising number order.
    chunks_that_have_ended_are_given
    /// Store::workspaces_at_work: The workspaces in which a chunk waits or has a lease that is over,
    /// in rising order.
    workspaces_at_work_are_those_with_something_to_take_up
    /// Store::lease_chunk: Hands a worker the first chunk of a workspace.
    workspaces_do_not_hand_out_each_others_chunks
    /// Store::lease_chunk: A chunk is never handed to two workers while the lease of the first holds.
    of_many_workers_each_is_handed_another_chunk
    /// Store::lease_chunk: A chunk is never handed to two workers while the lease of the first holds.
    of_many_workers_one_takes_over
}

/// Longer than any case takes.
const LONG: Duration = Duration::from_secs(3_600);
const NONE: Duration = Duration::ZERO;
const RACERS: u64 = 12;

async fn with_chunks(site: &Site, chunks: Vec<RunChunk>) {
    site.commit(Changes {
        chunks,
        ..Changes::default()
    })
    .await;
}

async fn lease(site: &Site, worker: &str, lease: Duration) -> Option<RunChunk> {
    hand_out(site, &name(worker), None, lease).await
}

async fn lease_of(site: &Site, run: u64) -> Option<RunChunk> {
    hand_out(site, &name("ann"), Some(RunId(uuid(run))), LONG).await
}

async fn hand_out(
    site: &Site,
    worker: &WorkerId,
    only: Option<RunId>,
    lease: Duration,
) -> Option<RunChunk> {
    let (store, workspace) = (&site.store, &site.workspace);
    let leased = store.lease_chunk(workspace, worker, only, lease).await;
    leased.expect("the store answers")
}

async fn renew(site: &Site, chunk: &RunChunk, attempt: u32, lease: Duration) -> bool {
    let renewed = site
        .store
        .renew_lease(&site.workspace, chunk.id, attempt, lease);
    renewed.await.expect("the store answers")
}

async fn stored(site: &Site, run: u64) -> Vec<RunChunk> {
    let view = site.view().await;
    let chunks = view.chunks_of_run(RunId(uuid(run)), None, ChunkSize::largest());
    chunks.await.expect("the view answers")
}

/// The lease of a chunk.
fn lease_in(chunk: &RunChunk) -> &ChunkLease {
    match &chunk.state {
        ChunkState::Leased(lease) => lease,
        other @ (ChunkState::Waiting | ChunkState::Ended(_)) => {
            panic!("{} is leased, but {other:?}", chunk.id)
        }
    }
}

fn held(chunk: &RunChunk) -> Guard {
    Guard::ChunkHeld {
        chunk: chunk.id,
        attempt: chunk.attempt,
    }
}

fn working(work: ChunkWork) -> Changes {
    Changes {
        chunks_worked: vec![work],
        ..Changes::default()
    }
}

async fn the_oldest_run_and_the_lowest_number_come_first(site: Site) {
    with_chunks(
        &site,
        vec![chunk(2, 1), chunk(1, 5), chunk(1, 3), chunk(2, 0)],
    )
    .await;
    for (run, number) in [(1, 3), (1, 5), (2, 0), (2, 1)] {
        let handed = lease(&site, "ann", LONG).await.expect("one waits");
        assert_eq!((handed.run, handed.number), (RunId(uuid(run)), number));
    }
    assert_eq!(lease(&site, "ann", LONG).await, None);
}

async fn one_run_only_may_be_asked_for(site: Site) {
    with_chunks(&site, vec![chunk(1, 1), chunk(2, 1), chunk(2, 2)]).await;
    for number in [1, 2] {
        let handed = lease_of(&site, 2).await.expect("one waits");
        assert_eq!((handed.run, handed.number), (RunId(uuid(2)), number));
    }
    assert_eq!(lease_of(&site, 2).await, None);
    assert_eq!(lease_of(&site, 3).await, None);
    assert!(lease_of(&site, 1).await.is_some());
}

async fn a_lease_says_who_and_changes_nothing_else(site: Site) {
    let plain = RunChunk {
        attempt: 4,
        version: Version(7),
        units: 3,
        failures: done(&chunk(1, 1)).failures,
        ..chunk(1, 1)
    };
    with_chunks(&site, vec![plain.clone()]).await;
    let handed = lease(&site, "a worker", LONG).await.expect("it waits");
    assert_eq!(lease_in(&handed).worker, name::<WorkerId>("a worker"));
    let expected = RunChunk {
        state: handed.state.clone(),
        attempt: 5,
        version: Version(8),
        ..plain
    };
    check_same(&handed, &expected, "the chunk that was handed out");
    check_same(
        &stored(&site, 1).await,
        &[expected],
        "the chunk that is stored",
    );
}

async fn what_is_leased_is_not_handed_out_again(site: Site) {
    with_chunks(&site, vec![chunk(1, 1)]).await;
    assert!(lease(&site, "ann", LONG).await.is_some());
    assert_eq!(
        lease(&site, "ann", LONG).await,
        None,
        "not to herself either"
    );
    assert_eq!(lease(&site, "bob", LONG).await, None);
}

async fn a_lease_that_is_over_is_handed_to_the_next(site: Site) {
    with_chunks(&site, vec![chunk(1, 1), chunk(1, 2)]).await;
    let anns = lease(&site, "ann", NONE).await.expect("it waits");
    let bobs = lease(&site, "bob", LONG).await.expect("the lease is over");
    assert_eq!(anns.id, bobs.id);
    assert_eq!((anns.attempt, bobs.attempt), (1, 2));
    assert_eq!((anns.version, bobs.version), (Version(2), Version(3)));
    assert!(lease_in(&anns).until <= lease_in(&bobs).until);
    assert_eq!(lease_in(&bobs).worker, name::<WorkerId>("bob"));
    // What was written with a lease counts as what was leased.
    with_chunks(&site, vec![leased(chunk(0, 1), 0)]).await;
    let old = lease(&site, "ann", LONG).await.expect("a lease long over");
    assert_eq!((old.run, old.attempt), (RunId(uuid(0)), 2));
}

async fn what_has_ended_is_not_handed_out(site: Site) {
    let ended = |number, end| RunChunk {
        state: ChunkState::Ended(end),
        ..chunk(1, number)
    };
    let why = RowError::new(Reason::Overflow, "too much");
    let both = vec![ended(1, ChunkEnd::Done), ended(2, ChunkEnd::Failed(why))];
    with_chunks(&site, both).await;
    with_chunks(&site, vec![chunk(1, 3)]).await;
    let handed = lease(&site, "ann", NONE).await.expect("it waits");
    assert_eq!(handed.number, 3);
    site.commit_guarded(vec![held(&handed)], working(done(&handed)))
        .await;
    assert_eq!(lease(&site, "bob", LONG).await, None);
}

async fn where_there_is_nothing_nobody_is_handed_anything(site: Site) {
    assert_eq!(lease(&site, "ann", LONG).await, None);
    let nowhere: WorkspaceId = name("nowhere");
    let leased = site
        .store
        .lease_chunk(&nowhere, &name("ann"), None, LONG)
        .await;
    assert_eq!(leased.unwrap(), None);
    let id = chunk(1, 1).id;
    for workspace in [&nowhere, &site.workspace] {
        let renewed = site.store.renew_lease(workspace, id, 0, LONG).await;
        assert!(!renewed.unwrap(), "{workspace}");
    }
    assert_eq!(site.store.workspaces().await.unwrap(), [name("acme")]);
}

async fn a_lease_is_renewed_in_its_own_turn_alone(site: Site) {
    with_chunks(&site, vec![chunk(1, 1), chunk(1, 2)]).await;
    assert!(!renew(&site, &chunk(1, 1), 0, LONG).await, "nobody took it");
    let anns = lease(&site, "ann", NONE).await.expect("it waits");
    assert!(!renew(&site, &anns, 0, LONG).await, "another turn");
    assert!(
        renew(&site, &anns, 1, LONG).await,
        "over, but nobody took it"
    );
    let kept = stored(&site, 1).await.remove(0);
    assert!(lease_in(&kept).until > lease_in(&anns).until);
    let expected = RunChunk {
        state: kept.state.clone(),
        ..anns.clone()
    };
    check_same(&kept, &expected, "renewing changes nothing else");
    assert_eq!(
        lease(&site, "bob", NONE).await.map(|chunk| chunk.number),
        Some(2)
    );
    assert!(renew(&site, &anns, 1, NONE).await);
    let bobs = lease(&site, "bob", LONG).await.expect("given back");
    assert_eq!((bobs.number, bobs.attempt), (1, 2));
    assert!(!renew(&site, &anns, 1, LONG).await, "somebody took it");
    site.commit_guarded(vec![held(&bobs)], working(done(&bobs)))
        .await;
    assert!(!renew(&site, &bobs, 2, LONG).await, "it has ended");
    site.commit(Changes {
        chunks_removed: vec![bobs.id],
        ..Changes::default()
    })
    .await;
    assert!(!renew(&site, &bobs, 2, LONG).await, "it is gone");
}

async fn what_is_given_back_is_handed_out_at_once(site: Site) {
    with_chunks(&site, vec![chunk(1, 1)]).await;
    let anns = lease(&site, "ann", LONG).await.expect("it waits");
    assert!(renew(&site, &anns, 1, NONE).await);
    let bobs = lease(&site, "bob", LONG).await.expect("it was given back");
    assert_eq!((bobs.id, bobs.attempt), (anns.id, 2));
}

async fn work_says_what_is_left_and_raises_the_version(site: Site) {
    with_chunks(&site, vec![chunk(1, 1), chunk(1, 2)]).await;
    let handed = lease(&site, "ann", NONE).await.expect("it waits");
    let mut counts = RunCounts::default();
    counts.note("credits_created", 2);
    let part = ChunkWork {
        left: ChunkTask::Summarise {
            children: vec![name("ann"), name("bob")],
        },
        counts,
        units: 5,
        end: None,
        ..done(&handed)
    };
    for version in [3, 4] {
        let set = site.set(vec![held(&handed)], working(part.clone()));
        site.try_commit(set).await.expect("it is held");
        let expected = RunChunk {
            task: part.left.clone(),
            counts: part.counts.clone(),
            units: 5,
            failures: part.failures.clone(),
            version: Version(version),
            ..handed.clone()
        };
        check_same(
            &stored(&site, 1).await,
            &[expected, chunk(1, 2)],
            "the chunks",
        );
    }
    let next = lease(&site, "bob", LONG).await.expect("the lease is over");
    assert_eq!(
        (next.id, &next.task, next.units),
        (handed.id, &part.left, 5)
    );
    let why = RowError::new(Reason::Overflow, "too much");
    let failed = ChunkWork {
        end: Some(ChunkEnd::Failed(why.clone())),
        ..part
    };
    site.commit_guarded(vec![held(&next)], working(failed))
        .await;
    let expected = RunChunk {
        state: ChunkState::Ended(ChunkEnd::Failed(why)),
        version: Version(6),
        ..next
    };
    check_same(
        &stored(&site, 1).await,
        &[expected, chunk(1, 2)],
        "the chunks",
    );
}

async fn who_lost_a_chunk_does_not_come_through(site: Site) {
    with_chunks(&site, vec![chunk(1, 1)]).await;
    let anns = lease(&site, "ann", NONE).await.expect("it waits");
    let bobs = lease(&site, "bob", LONG).await.expect("the lease is over");
    let set = site.set(vec![held(&anns)], working(done(&anns)));
    site.check_guard_fails(set, &held(&anns)).await;
    site.commit_guarded(vec![held(&bobs)], working(done(&bobs)))
        .await;
    // Nothing is done after the end either.
    let set = site.set(vec![held(&bobs)], working(done(&bobs)));
    site.check_guard_fails(set, &held(&bobs)).await;
}

async fn chunks_are_listed_by_number(site: Site) {
    let numbers = [0, 1, 2, 9, 10, 255, 256, i64::MAX.unsigned_abs()];
    let of = |run: u64, place: usize, number: u64| RunChunk {
        id: chunk(run, u64::try_from(100 - place).unwrap()).id,
        number,
        ..chunk(run, 1)
    };
    let all = |run| -> Vec<RunChunk> {
        let numbers = numbers.iter().enumerate();
        numbers
            .map(|(place, number)| of(run, place, *number))
            .collect()
    };
    with_chunks(&site, [all(1), all(2)].concat()).await;
    let view = site.view().await;
    for run in [1, 2] {
        check_list(
            "chunks",
            &all(run),
            |row| row.number,
            async |after, chunk| {
                let page = view.chunks_of_run(RunId(uuid(run)), after, chunk).await;
                page.unwrap()
            },
        )
        .await;
    }
    let none = view
        .chunks_of_run(RunId(uuid(3)), None, ChunkSize::largest())
        .await;
    assert_eq!(none.unwrap(), []);
}

async fn chunks_that_have_ended_are_given(site: Site) {
    let in_state = |number, state| RunChunk {
        state,
        ..chunk(1, number)
    };
    let end = |end| ChunkState::Ended(end);
    let why = RowError::new(Reason::Overflow, "too much");
    let chunks = vec![
        chunk(1, 1),
        in_state(2, end(ChunkEnd::Done)),
        leased(chunk(1, 3), 60),
        in_state(4, end(ChunkEnd::Failed(why))),
        in_state(5, end(ChunkEnd::Done)),
    ];
    with_chunks(&site, chunks.clone()).await;
    let view = site.view().await;
    let ended = [1, 3, 4].map(|place: usize| chunks[place].clone());
    for (rows, expected) in [(1, &ended[..1]), (2, &ended[..2]), (10, &ended[..])] {
        let read = view
            .chunks_ended(RunId(uuid(1)), ChunkSize::new(rows))
            .await;
        check_same(&read.unwrap(), expected, "chunks that have ended");
    }
    let none = view
        .chunks_ended(RunId(uuid(2)), ChunkSize::largest())
        .await;
    assert_eq!(none.unwrap(), []);
}

async fn at_work(site: &Site) -> Vec<WorkspaceId> {
    site.store
        .workspaces_at_work()
        .await
        .expect("the store answers")
}

async fn workspaces_at_work_are_those_with_something_to_take_up(site: Site) {
    assert_eq!(at_work(&site).await, []);
    let (zoo, idle) = (site.beside("zoo").await, site.beside("idle").await);
    let ended = RunChunk {
        state: ChunkState::Ended(ChunkEnd::Done),
        ..chunk(1, 1)
    };
    with_chunks(&zoo, vec![chunk(1, 1)]).await;
    with_chunks(&site, vec![chunk(1, 1)]).await;
    with_chunks(&idle, vec![ended]).await;
    assert_eq!(at_work(&site).await, [name("acme"), name("zoo")]);
    assert!(lease(&site, "ann", LONG).await.is_some());
    assert_eq!(at_work(&site).await, [name("zoo")]);
    let zoos = lease(&zoo, "ann", NONE).await.expect("it waits");
    assert_eq!(at_work(&site).await, [name("zoo")], "its lease is over");
    zoo.commit_guarded(vec![held(&zoos)], working(done(&zoos)))
        .await;
    assert_eq!(at_work(&site).await, []);
}

async fn workspaces_do_not_hand_out_each_others_chunks(site: Site) {
    let beside = site.beside("beside").await;
    with_chunks(&beside, vec![chunk(1, 1)]).await;
    assert_eq!(lease(&site, "ann", LONG).await, None);
    // The same ids are others there.
    with_chunks(&site, vec![chunk(1, 1)]).await;
    let handed = lease(&site, "ann", LONG).await.expect("it waits");
    assert!(!renew(&beside, &handed, 1, LONG).await);
    check_same(
        &stored(&beside, 1).await,
        &[chunk(1, 1)],
        "the other one waits",
    );
}

/// All at once, until there is nothing left.
async fn race(site: &Site, length: Duration) -> Vec<RunChunk> {
    let racers = (1..=RACERS).map(|number| {
        let (store, workspace) = (Arc::clone(&site.store), site.workspace.clone());
        tokio::spawn(take_one(store, workspace, number, length))
    });
    let racers: Vec<_> = racers.collect();
    let handed = join_all(racers).await.into_iter();
    handed
        .filter_map(|chunk| chunk.expect("a racer does not panic"))
        .collect()
}

/// Asks until the store knows; being in each other's way is no answer.
async fn take_one(
    store: Arc<dyn Store>,
    workspace: WorkspaceId,
    number: u64,
    length: Duration,
) -> Option<RunChunk> {
    const TRIES_MAX: u32 = 10_000;
    let worker: WorkerId = name(&format!("worker {number}"));
    for _ in 0..TRIES_MAX {
        match store.lease_chunk(&workspace, &worker, None, length).await {
            Ok(chunk) => return chunk,
            Err(error) if error.is_retryable() => tokio::task::yield_now().await,
            Err(error) => panic!("a racer failed: {error:?}"),
        }
    }
    panic!("a racer never came through")
}

async fn of_many_workers_each_is_handed_another_chunk(site: Site) {
    with_chunks(&site, (1..RACERS).map(|number| chunk(1, number)).collect()).await;
    let mut handed = race(&site, LONG).await;
    handed.extend(race(&site, LONG).await);
    let ids: BTreeSet<_> = handed.iter().map(|chunk| chunk.id).collect();
    assert_eq!(
        u64::try_from(handed.len()).unwrap(),
        RACERS - 1,
        "all but one"
    );
    assert_eq!(ids.len(), handed.len(), "no chunk went to two workers");
    let mut expected = handed;
    expected.sort_by_key(|chunk| chunk.number);
    check_same(
        &stored(&site, 1).await,
        &expected,
        "as they were handed out",
    );
}

async fn of_many_workers_one_takes_over(site: Site) {
    with_chunks(&site, vec![chunk(1, 1)]).await;
    let lost = lease(&site, "lost", NONE).await.expect("it waits");
    let handed = race(&site, LONG).await;
    assert_eq!(handed.len(), 1, "{handed:?}");
    assert_eq!((handed[0].id, handed[0].attempt), (lost.id, 2));
}

//! Whose turn it is: chunks are handed out, kept, given back and taken over.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use attain_domain::change::Changes;
use attain_domain::chunk::{ChunkEnd, ChunkLease, ChunkState, RunChunk};
use attain_domain::ids::{RunId, WorkerId, WorkspaceId};
use attain_domain::ports::Store;
use attain_domain::refusal::{Reason, RowError};
use attain_domain::stamp::Version;
use attain_domain::testing::{chunk, name, uuid};
use futures::future::join_all;

use super::{LONG, NONE, hand_out, held, lease, stored, with_chunks, working};
use crate::case::cases;
use crate::difference::check_same;
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
    /// Store::lease_chunk: Hands a worker the first chunk of a workspace.
    workspaces_do_not_hand_out_each_others_chunks
    /// Store::lease_chunk: A chunk is never handed to two workers while the lease of the first holds.
    of_many_workers_each_is_handed_another_chunk
    /// Store::lease_chunk: A chunk is never handed to two workers while the lease of the first holds.
    of_many_workers_one_takes_over
}

const RACERS: u64 = 12;

async fn lease_of(site: &Site, run: u64) -> Option<RunChunk> {
    hand_out(site, &name("ann"), Some(RunId(uuid(run))), LONG).await
}

async fn renew(site: &Site, chunk: &RunChunk, attempt: u32, lease: Duration) -> bool {
    let renewed = site
        .store
        .renew_lease(&site.workspace, chunk.id, attempt, lease);
    renewed.await.expect("the store answers")
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

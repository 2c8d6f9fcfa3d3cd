//! What is done in a turn, and what is left to be taken up.

use attain_domain::chunk::{ChunkEnd, ChunkState, ChunkTask, ChunkWork, RunChunk};
use attain_domain::ids::{RunId, WorkspaceId};
use attain_domain::ports::ChunkSize;
use attain_domain::refusal::{Reason, RowError};
use attain_domain::run::RunCounts;
use attain_domain::stamp::Version;
use attain_domain::testing::{chunk, name, uuid};

use super::{LONG, NONE, held, lease, stored, with_chunks, working};
use crate::case::cases;
use crate::difference::check_same;
use crate::pages::check_list;
use crate::samples::{done, leased};
use crate::site::Site;

cases! { "leases":
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

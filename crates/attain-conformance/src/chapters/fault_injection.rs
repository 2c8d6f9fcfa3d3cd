//! Fault injection: commits that do not arrive, answers that are lost, reads that fail, callers that
//! give up, servers that go away. What had happened stays; what had not can be sent again.

use std::sync::Arc;
use std::task::Poll;

use attain_domain::change::{ChangeSet, Changes};
use attain_domain::ports::{ChunkSize, CommitError, Store, StoreErrorKind};
use attain_domain::testing::{activity, at, credit, name, request};
use attain_memory::MemoryStore;
use futures::future::join_all;
use futures::poll;

use super::random::draft::Script;
use crate::Hook;
use crate::case::{Ended, cases};
use crate::everything::Everything;
use crate::faults::{Fault, FaultyStore, When};
use crate::samples::{first_commit, second_commit};
use crate::site::Site;

cases! { "fault_injection":
    /// StoreError: Nothing was applied, unless the store became unavailable during a commit: then
    /// it happened whole or not at all.
    a_commit_that_did_not_arrive_left_nothing_and_can_be_sent_again
    /// Store::commit: A commit whose answer was lost has either happened whole or not at all.
    a_commit_whose_answer_was_lost_is_known_by_its_request
    /// Store::commit: A request that the set names and that was carried out before fails the
    /// commit with `CommitError::RequestSeen`, before any guard is looked at.
    repeated_until_answered_every_commit_happens_once
    /// Snapshot: Everything that can be read from one consistent view of one workspace.
    a_read_that_failed_can_be_repeated_in_the_same_view
    /// Store::commit: Applies everything or nothing, after checking every guard in the set.
    a_commit_that_its_caller_gave_up_happened_whole_or_not_at_all
    /// Store::commit: A commit whose answer was lost has either happened whole or not at all.
    after_an_abort_and_a_restart_a_commit_is_there_whole_or_not_at_all(Reopen)
    /// Store::commit: A commit whose answer was lost has either happened whole or not at all.
    commits_in_an_interruption_happened_whole_or_not_at_all(Interrupt)
}

/// How often a caller looks at a commit before it gives up: from never to as good as to the end.
const PATIENCE: [u32; 8] = [0, 1, 2, 3, 5, 8, 13, 50];
/// How often a commit is sent again before the store counts as broken.
const TRIES_MAX: u32 = 10_000;
const SEEDS: [u64; 3] = [1, 2, 3];
const COMMITS: u32 = 24;
/// How many commits are under way when the server is interrupted, and how often that happens.
const AT_ONCE: u64 = 16;
const INTERRUPTIONS: u64 = 4;

fn requested(site: &Site, id: &str, changes: Changes) -> ChangeSet {
    ChangeSet {
        request: Some(request(id)),
        ..site.set(Vec::new(), changes)
    }
}

fn check_unavailable(outcome: Result<(), CommitError>) {
    match outcome {
        Err(CommitError::Store(error)) => assert_eq!(error.kind, StoreErrorKind::Unavailable),
        other => panic!("a fault was asked for, but the commit ended as {other:?}"),
    }
}

/// Sends a set until the store says that it is carried out, now or by an earlier sending.
async fn commit_until_known(store: &dyn Store, set: &ChangeSet) {
    for _ in 0..TRIES_MAX {
        match store.commit(set.clone()).await {
            Ok(()) | Err(CommitError::RequestSeen(_)) => return,
            Err(CommitError::Store(error)) if error.is_retryable() => {
                tokio::task::yield_now().await;
            }
            Err(other) => panic!("a commit that nothing speaks against failed as {other:?}"),
        }
    }
    panic!("the store did not answer in {TRIES_MAX} tries");
}

async fn a_commit_that_did_not_arrive_left_nothing_and_can_be_sent_again(site: Site) {
    let faulty = FaultyStore::new(Arc::clone(&site.store)).with(Fault::RefuseCommit, When::At(2));
    let (first, second) = (first_commit(), second_commit());
    let sets = [first, second].map(|changes| site.set(Vec::new(), changes));
    sets.iter().for_each(|set| site.note(set));
    faulty.commit(sets[0].clone()).await.expect("the first one");
    let before = site.everything().await;
    check_unavailable(faulty.commit(sets[1].clone()).await);
    let now = site.everything().await;
    now.check_equal(&before, "after a commit that did not arrive");
    faulty.commit(sets[1].clone()).await.expect("sent again");
    let beside = site.beside("beside").await;
    beside.commit(first_commit()).await;
    beside.commit(second_commit()).await;
    let now = site.everything().await;
    now.check_equal(&beside.everything().await, "like a store without faults");
}

async fn a_commit_whose_answer_was_lost_is_known_by_its_request(site: Site) {
    let faulty = FaultyStore::new(Arc::clone(&site.store)).with(Fault::LoseAnswer, When::At(1));
    let set = requested(&site, "first", first_commit());
    site.note(&set);
    check_unavailable(faulty.commit(set.clone()).await);
    let record = site.view().await.request(&name("first")).await.unwrap();
    assert_eq!(record, set.request, "the record of what was carried out");
    let before = site.everything().await;
    match faulty.commit(set).await {
        Err(CommitError::RequestSeen(id)) => assert_eq!(id, name("first")),
        other => panic!("it was carried out before, but the repeat ended as {other:?}"),
    }
    let now = site.everything().await;
    now.check_equal(&before, "after the repeat");
}

async fn repeated_until_answered_every_commit_happens_once(site: Site) {
    for seed in SEEDS {
        let beside = site.beside(&format!("seed {seed}")).await;
        let faulty = FaultyStore::new(Arc::clone(&site.store))
            .with(Fault::RefuseCommit, When::OneIn { calls: 3, seed })
            .with(Fault::LoseAnswer, When::OneIn { calls: 3, seed });
        repeat_a_script(&beside, &faulty, seed).await;
        let faults = [Fault::RefuseCommit, Fault::LoseAnswer];
        assert!(faults.iter().all(|fault| faulty.happened(*fault) > 0));
    }
}

/// The sets of a random script that can be applied, on both a faulty store and the memory store.
async fn repeat_a_script(site: &Site, faulty: &FaultyStore, seed: u64) {
    let (oracle, chunk) = (MemoryStore::new(), ChunkSize::largest());
    let made = oracle.create_workspace(&site.workspace, at(0)).await;
    assert!(made.unwrap(), "a store of its own");
    let mut script = Script::new(seed, site.workspace.clone());
    let mut now = Everything::default();
    for number in 1..=COMMITS {
        let mut set = script.next(&now);
        set.request = Some(request(&format!("commit {number}")));
        site.note(&set);
        if oracle.commit(set.clone()).await.is_ok() {
            commit_until_known(faulty, &set).await;
        }
        let view = oracle.snapshot(&site.workspace).await.unwrap();
        now = Everything::read(&*view, &site.known(), chunk).await;
        let is = site.everything().await;
        is.check_equal(&now, &format!("seed {seed}, commit {number}"));
    }
}

async fn a_read_that_failed_can_be_repeated_in_the_same_view(site: Site) {
    site.commit(first_commit()).await;
    let known = site.known();
    let before = site.everything().await;
    // The first read opens the view; the others are in it.
    let faulty = FaultyStore::new(Arc::clone(&site.store)).with(Fault::FailRead, When::From(2));
    let view = faulty
        .snapshot(&site.workspace)
        .await
        .expect("opens a view");
    let read = view.activities_after(None, ChunkSize::largest()).await;
    let error = read.expect_err("a fault was asked for");
    assert_eq!(error.kind, StoreErrorKind::Unavailable);
    assert!(faulty.workspaces().await.is_err(), "the store is gone");
    // Somebody else is not touched, not even by what changes meanwhile.
    site.commit(second_commit()).await;
    faulty.heal();
    let read = Everything::read(&*view, &known, ChunkSize::largest()).await;
    read.check_equal(&before, "the same view after its reads have failed");
}

/// Polls a commit so many times, and drops it then. True if it has ended before.
async fn give_up(store: &dyn Store, set: ChangeSet, patience: u32) -> bool {
    let mut commit = store.commit(set);
    for _ in 0..patience {
        match poll!(commit.as_mut()) {
            Poll::Ready(outcome) => {
                outcome.expect("nothing speaks against the commit");
                return true;
            }
            Poll::Pending => tokio::task::yield_now().await,
        }
    }
    false
}

/// Two rows and a log entry, which belong together.
fn some_changes(number: u64) -> Changes {
    Changes {
        credits: vec![credit(2 * number), credit(2 * number + 1)],
        activities: vec![activity(number)],
        ..Changes::default()
    }
}

async fn a_commit_that_its_caller_gave_up_happened_whole_or_not_at_all(site: Site) {
    let beside = site.beside("beside").await;
    for (number, patience) in (1..).zip(PATIENCE) {
        let id = format!("commit {number}");
        let set = requested(&site, &id, some_changes(number));
        site.note(&set);
        give_up(&*site.store, set.clone(), patience).await;
        // Were it half done, the repeat would meet a row of its own.
        commit_until_known(&*site.store, &set).await;
        let twin = requested(&beside, &id, some_changes(number));
        beside.try_commit(twin).await.expect("undisturbed");
        let now = site.everything().await;
        now.check_equal(&beside.everything().await, "like one that was not given up");
    }
}

async fn after_an_abort_and_a_restart_a_commit_is_there_whole_or_not_at_all(site: Site) -> Ended {
    let mut site = site;
    for (number, patience) in (1..).zip(PATIENCE) {
        let set = requested(&site, &format!("commit {number}"), some_changes(number));
        site.note(&set);
        let has_ended = give_up(&*site.store, set.clone(), patience).await;
        let Some(reopened) = site.reopened().await else {
            return Ended::NotOffered(Hook::Reopen);
        };
        site = reopened;
        let is_there = check_whole_or_not_at_all(&site, number).await;
        assert!(is_there || !has_ended, "what was answered is there");
        commit_until_known(&*site.store, &set).await;
        assert!(check_whole_or_not_at_all(&site, number).await, "sent again");
    }
    Ended::Kept
}

/// Whether it is there.
async fn check_whole_or_not_at_all(site: &Site, number: u64) -> bool {
    let Changes {
        credits,
        activities,
        ..
    } = some_changes(number);
    let view = site.view().await;
    let ids: Vec<_> = credits.iter().map(|row| row.id).collect();
    let rows = view.credits_by_id(&ids).await.unwrap().len();
    let log = view.activities_after(None, ChunkSize::largest()).await;
    let is_logged = log.unwrap().contains(&activities[0]);
    let id = name(&format!("commit {number}"));
    let is_recorded = view.request(&id).await.unwrap().is_some();
    let is_there = rows > 0;
    assert_eq!(
        (rows, is_logged, is_recorded),
        (if is_there { ids.len() } else { 0 }, is_there, is_there),
        "half of commit {number} is there"
    );
    is_there
}

async fn commits_in_an_interruption_happened_whole_or_not_at_all(site: Site) -> Ended {
    for round in 0..INTERRUPTIONS {
        let numbers = (1..=AT_ONCE).map(|number| round * AT_ONCE + number);
        let sets = numbers.map(|number| {
            let id = format!("commit {number}");
            (number, requested(&site, &id, some_changes(number)))
        });
        let sets: Vec<_> = sets.collect();
        let commits = sets.iter().map(|(_, set)| {
            site.note(set);
            let (store, set) = (Arc::clone(&site.store), set.clone());
            tokio::spawn(async move { store.commit(set).await })
        });
        let commits: Vec<_> = commits.collect();
        if !site.harness.interrupt(&site.store).await {
            return Ended::NotOffered(Hook::Interrupt);
        }
        let outcomes = join_all(commits).await;
        for ((number, set), outcome) in sets.iter().zip(outcomes) {
            let outcome = outcome.expect("a commit does not panic");
            let was_answered = outcome.is_ok();
            if !was_answered {
                check_unavailable(outcome);
            }
            let is_there = whole_once_it_answers(&site, *number).await;
            assert!(is_there || !was_answered, "commit {number} was answered");
            commit_until_known(&*site.store, set).await;
            let is_there = check_whole_or_not_at_all(&site, *number).await;
            assert!(is_there, "commit {number} was sent again");
        }
    }
    Ended::Kept
}

/// The store finds back to its server by itself; until it has, views may not open.
async fn whole_once_it_answers(site: &Site, number: u64) -> bool {
    for _ in 0..TRIES_MAX {
        match site.store.snapshot(&site.workspace).await {
            Ok(_) => return check_whole_or_not_at_all(site, number).await,
            Err(error) => assert!(error.is_retryable(), "{error:?}"),
        }
        tokio::task::yield_now().await;
    }
    panic!("the store did not answer in {TRIES_MAX} tries");
}

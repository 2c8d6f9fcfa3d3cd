//! Requests: a repeat is told from a new one before anything else is looked at.

use attain_domain::change::{ChangeSet, Changes, Guard};
use attain_domain::ids::{RequestId, RunId};
use attain_domain::ports::CommitError;
use attain_domain::stamp::Version;
use attain_domain::testing::{activity, at, credit, name, request, uuid};

use crate::case::cases;
use crate::difference::check_same;
use crate::site::Site;

cases! { "idempotency":
    /// Store::commit: A request that the set names and that was carried out before fails the
    /// commit with `CommitError::RequestSeen`, before any guard is looked at.
    a_repeat_is_refused_and_finds_its_record
    /// Store::commit: A request that the set names and that was carried out before fails the
    /// commit with `CommitError::RequestSeen`, before any guard is looked at.
    a_repeat_is_seen_before_guards_and_locks
    /// Store::commit: Applies everything or nothing, after checking every guard in the set.
    a_request_that_failed_was_not_carried_out
    /// Snapshot: Reads never see commits that came after the view was opened, and never another
    /// workspace.
    workspaces_have_requests_of_their_own
}

fn requested(site: &Site, id: &str, number: u64) -> ChangeSet {
    let changes = Changes {
        activities: vec![activity(number)],
        credits: vec![credit(number)],
        ..Changes::default()
    };
    ChangeSet {
        request: Some(request(id)),
        ..site.set(Vec::new(), changes)
    }
}

fn broken() -> Guard {
    Guard::RunAt(RunId(uuid(99)), Version(1))
}

async fn check_seen(site: &Site, set: ChangeSet, id: &str) {
    match site.check_fails(set).await {
        CommitError::RequestSeen(seen) => assert_eq!(seen, name::<RequestId>(id)),
        other @ (CommitError::GuardFailed(_) | CommitError::Store(_)) => {
            panic!("the request was carried out before, but the commit failed as {other:?}")
        }
    }
}

async fn a_repeat_is_refused_and_finds_its_record(site: Site) {
    site.try_commit(requested(&site, "first", 1))
        .await
        .expect("a new request");
    check_seen(&site, requested(&site, "first", 1), "first").await;
    // What it asks for makes no difference to the store.
    let mut other = requested(&site, "first", 2);
    other.request = Some(attain_domain::change::RequestRecord {
        digest: "another digest".to_owned(),
        answer: "another answer".to_owned(),
        at: at(9),
        ..request("first")
    });
    check_seen(&site, other, "first").await;
    let read = site.view().await.request(&name("first")).await.unwrap();
    check_same(&read, &Some(request("first")), "the first record");
    site.try_commit(requested(&site, "second", 2))
        .await
        .expect("another request");
}

async fn a_repeat_is_seen_before_guards_and_locks(site: Site) {
    site.try_commit(requested(&site, "first", 1))
        .await
        .expect("a new request");
    let mut set = requested(&site, "first", 2);
    set.guards = vec![broken()];
    check_seen(&site, set, "first").await;
    let mut set = requested(&site, "first", 2);
    set.changes.credits.push(credit(2));
    check_seen(&site, set, "first").await;
}

async fn a_request_that_failed_was_not_carried_out(site: Site) {
    let mut set = requested(&site, "first", 1);
    set.guards = vec![broken()];
    site.check_guard_fails(set, &broken()).await;
    let mut set = requested(&site, "first", 1);
    set.changes.credits.push(credit(1));
    site.check_fails(set).await;
    assert_eq!(
        site.view().await.request(&name("first")).await.unwrap(),
        None
    );
    site.try_commit(requested(&site, "first", 1))
        .await
        .expect("a new request");
}

async fn workspaces_have_requests_of_their_own(site: Site) {
    let beside = site.beside("beside").await;
    site.try_commit(requested(&site, "first", 1))
        .await
        .expect("a new request");
    assert_eq!(
        beside.view().await.request(&name("first")).await.unwrap(),
        None
    );
    beside
        .try_commit(requested(&beside, "first", 1))
        .await
        .expect("a new request here");
}

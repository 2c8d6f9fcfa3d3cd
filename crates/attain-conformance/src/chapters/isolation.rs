//! Isolation: workspaces never see each other, and views never see what came after them.

use attain_domain::change::{Changes, Guard};
use attain_domain::ids::WorkspaceId;
use attain_domain::ports::ChunkSize;
use attain_domain::testing::{activity, at, name};

use crate::case::cases;
use crate::everything::Everything;
use crate::samples::{first_commit, second_commit, third_commit};
use crate::site::Site;

cases! { "isolation":
    /// Store::create_workspace: Makes a workspace; `Ok(false)` when it exists already.
    a_workspace_is_made_once
    /// Store::workspaces: The workspaces, in rising order.
    workspaces_are_given_in_rising_order
    /// Store::snapshot: A workspace that does not exist reads as empty.
    a_workspace_that_is_not_there_reads_as_empty
    /// ChangeSet::workspace: Where; nothing crosses a workspace.
    workspaces_never_see_each_other
    /// ChangeSet::workspace: Where; nothing crosses a workspace.
    guards_look_at_their_own_workspace
    /// Snapshot: Reads never see commits that came after the view was opened, and never another
    /// workspace.
    a_view_does_not_see_later_commits
    /// Snapshot: Reads never see commits that came after the view was opened, and never another
    /// workspace.
    a_view_is_as_old_as_its_opening_even_if_read_later
    /// Snapshot: Everything that can be read from one consistent view of one workspace.
    many_views_stand_side_by_side
}

async fn a_workspace_is_made_once(site: Site) {
    for (workspace, is_new) in [("acme", false), ("other", true), ("other", false)] {
        let made = site
            .store
            .create_workspace(&name(workspace), at(5))
            .await
            .unwrap();
        assert_eq!(made, is_new, "{workspace}");
    }
    // The second making left alone what was there.
    site.commit(first_commit()).await;
    let before = site.everything().await;
    site.store
        .create_workspace(&site.workspace, at(6))
        .await
        .unwrap();
    site.everything()
        .await
        .check_equal(&before, "after making it once more");
}

async fn workspaces_are_given_in_rising_order(site: Site) {
    let long = "x".repeat(100);
    let names = ["é", "zoo", "Acme", long.as_str(), "10", "9", "acme ltd"];
    for text in names {
        site.store
            .create_workspace(&name(text), at(0))
            .await
            .unwrap();
    }
    let mut expected: Vec<WorkspaceId> = names.into_iter().chain(["acme"]).map(name).collect();
    expected.sort();
    assert_eq!(site.store.workspaces().await.unwrap(), expected);
}

async fn a_workspace_that_is_not_there_reads_as_empty(site: Site) {
    site.commit(first_commit()).await;
    let nowhere = site
        .store
        .snapshot(&name("nowhere"))
        .await
        .expect("opens a view");
    let chunk = ChunkSize::largest();
    let read = Everything::read(&*nowhere, &site.known(), chunk).await;
    let empty = site.beside("empty").await;
    let expected = Everything::read(&*empty.view().await, &site.known(), chunk).await;
    read.check_equal(&expected, "like an empty workspace");
    assert_eq!(
        site.store.workspaces().await.unwrap(),
        [name("acme"), name("empty")]
    );
}

async fn workspaces_never_see_each_other(site: Site) {
    // Its name begins with that of the other.
    let beside = site.beside("acme ltd").await;
    let all = [first_commit(), second_commit(), third_commit()];
    let sets = all.map(|changes| site.set(Vec::new(), changes));
    sets.iter().for_each(|set| beside.note(set));
    let empty = beside.everything().await;
    site.commit(first_commit()).await;
    beside
        .everything()
        .await
        .check_equal(&empty, "a commit next door");
    // The same rows, ids and all.
    let before = site.everything().await;
    beside.commit(first_commit()).await;
    site.everything()
        .await
        .check_equal(&before, "the same commit next door");
    let before = beside.everything().await;
    site.commit(second_commit()).await;
    beside
        .everything()
        .await
        .check_equal(&before, "another commit next door");
    beside.commit(second_commit()).await;
    let before = beside.everything().await;
    site.commit(third_commit()).await;
    beside
        .everything()
        .await
        .check_equal(&before, "a third commit next door");
    beside.commit(third_commit()).await;
    let is = beside.everything().await;
    is.check_equal(&site.everything().await, "the same commits");
}

async fn guards_look_at_their_own_workspace(site: Site) {
    site.commit(first_commit()).await;
    let beside = site.beside("acme-2").await;
    let anything = || Changes {
        activities: vec![activity(91)],
        ..Changes::default()
    };
    for guard in super::guards::holding_only_there() {
        let set = beside.set(vec![guard.clone()], anything());
        beside.check_guard_fails(set, &guard).await;
    }
    let free: Vec<Guard> = super::guards::broken_only_there();
    beside.commit_guarded(free, anything()).await;
}

async fn a_view_does_not_see_later_commits(site: Site) {
    site.commit(first_commit()).await;
    site.note(&site.set(Vec::new(), second_commit()));
    let (known, chunk) = (site.known(), ChunkSize::new(2));
    let view = site.view().await;
    let before = Everything::read(&*view, &known, chunk).await;
    site.commit(second_commit()).await;
    site.commit(third_commit()).await;
    let again = Everything::read(&*view, &known, chunk).await;
    again.check_equal(&before, "the same view after a commit");
    assert!(
        site.everything().await != before,
        "a new view sees the commit"
    );
}

async fn a_view_is_as_old_as_its_opening_even_if_read_later(site: Site) {
    site.commit(first_commit()).await;
    site.note(&site.set(Vec::new(), second_commit()));
    let before = site.everything().await;
    let view = site.view().await;
    site.commit(second_commit()).await;
    site.commit(third_commit()).await;
    let read = Everything::read(&*view, &site.known(), ChunkSize::largest()).await;
    read.check_equal(&before, "a view that was first read after the commit");
}

async fn many_views_stand_side_by_side(site: Site) {
    let chunk = ChunkSize::largest();
    let mut views = Vec::new();
    for number in 0..8_u64 {
        views.push((number, site.view().await));
        let activities = vec![activity(number + 1)];
        site.commit(Changes {
            activities,
            ..Changes::default()
        })
        .await;
    }
    views.reverse();
    for (number, view) in views {
        let seen = view.activities_after(None, chunk).await.unwrap().len();
        assert_eq!(
            u64::try_from(seen).unwrap(),
            number,
            "the view opened after {number} commits"
        );
    }
}

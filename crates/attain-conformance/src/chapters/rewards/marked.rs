//! Marks, guards and the second lock: who may rely on what of somebody's rewards.

use attain_domain::change::{Changes, Guard};
use attain_domain::ids::{ClearId, ParticipantId, RewardId};
use attain_domain::ports::RewardsMark;
use attain_domain::reward::{Clear, ClearUndo, Reward};
use attain_domain::stamp::Version;
use attain_domain::testing::{activity, clear, clear_undo, name, reward, stamp_at, uuid};

use super::{clearing, rewarding, undoing};
use crate::case::cases;
use crate::chapters::guards::unchanged;
use crate::chapters::races::{RACERS, check_one_wins, race};
use crate::site::Site;

cases! { "rewards":
    /// RewardRepository::rewards_marks: The marks of these participants' rewards, in rising order;
    /// those of 0 are left out.
    marks_are_given_in_rising_order
    /// Changes::rewards: Each commit that writes some of a participant, or clearings or undoings,
    /// raises the mark of the participant's rewards by one.
    a_commit_raises_a_mark_by_one_whatever_it_writes
    /// Guard: If it no longer holds, nothing of the change is applied.
    a_refused_commit_raises_no_mark
    /// Guard::RewardAt: The reward has this version.
    a_reward_is_relied_on_at_its_version
    /// Guard::ClearAt: The clearing has this version.
    a_clearing_is_relied_on_at_its_version
    /// Guard::RewardsUnchanged: No reward and no clearing of the participant was written since the
    /// mark was read.
    whoever_wrote_before_breaks_what_relied_on_the_mark
    /// Store::commit: A set fails whole, as `StoreErrorKind::Conflict`, if a row that it adds
    /// is there already
    an_undoing_is_added_once
    /// ChangeSet::workspace: Where; nothing crosses a workspace.
    workspaces_have_rewards_and_marks_of_their_own
    /// Guard::RewardsUnchanged: No reward and no clearing of the participant was written since the
    /// mark was read.
    of_many_on_one_mark_one_wins
    /// Guard::RewardsUnchanged: No reward and no clearing of the participant was written since the
    /// mark was read.
    of_many_on_no_mark_at_all_one_wins
    /// Guard::RewardAt: The reward has this version.
    of_many_on_one_reward_one_wins
    /// Changes::rewards: Each commit that writes some of a participant, or clearings or undoings,
    /// raises the mark of the participant's rewards by one.
    of_many_that_write_none_is_forgotten
}

fn reward_of(whose: &str, number: u64) -> Reward {
    Reward {
        participant: name(whose),
        ..reward(number)
    }
}

fn clear_of(whose: &str, number: u64) -> Clear {
    Clear {
        participant: name(whose),
        ..clear(number)
    }
}

fn undo_of(whose: &str, number: u64) -> ClearUndo {
    ClearUndo {
        participant: name(whose),
        ..clear_undo(number)
    }
}

async fn check_marks(site: &Site, expected: &[(&str, u64)]) {
    let asked = ["é", "ann", "nobody", "Zoe", "bob", "ann"].map(name);
    let read = site.view().await.rewards_marks(&asked).await.unwrap();
    let expected: Vec<RewardsMark> = expected
        .iter()
        .map(|(whose, mark)| RewardsMark {
            participant: name(whose),
            mark: *mark,
        })
        .collect();
    assert_eq!(read, expected);
}

async fn mark_of(site: &Site, whose: &str) -> u64 {
    let whose: ParticipantId = name(whose);
    let read = site.view().await.rewards_marks(&[whose]).await.unwrap();
    read.first().map_or(0, |mark| mark.mark)
}

/// Any change that is not about rewards.
fn anything(number: u64) -> Changes {
    Changes {
        activities: vec![activity(number)],
        ..Changes::default()
    }
}

async fn marks_are_given_in_rising_order(site: Site) {
    check_marks(&site, &[]).await;
    let of_all = ["é", "bob", "Zoe", "ann"];
    let rows = (1..).zip(of_all);
    let rows = rows.map(|(number, whose)| reward_of(whose, number));
    site.commit(rewarding(rows.collect())).await;
    check_marks(&site, &[("Zoe", 1), ("ann", 1), ("bob", 1), ("é", 1)]).await;
    let none = site.view().await.rewards_marks(&[]).await.unwrap();
    assert!(none.is_empty());
    // Relying on a mark of 0 makes none.
    let guards = vec![unchanged("nobody", 0)];
    site.commit_guarded(guards, anything(1)).await;
    check_marks(&site, &[("Zoe", 1), ("ann", 1), ("bob", 1), ("é", 1)]).await;
}

async fn a_commit_raises_a_mark_by_one_whatever_it_writes(site: Site) {
    site.commit(rewarding(vec![
        reward_of("ann", 1),
        reward_of("ann", 2),
        reward_of("bob", 3),
    ]))
    .await;
    check_marks(&site, &[("ann", 1), ("bob", 1)]).await;
    site.commit(clearing(vec![clear_of("bob", 1), clear_of("bob", 2)]))
        .await;
    check_marks(&site, &[("ann", 1), ("bob", 2)]).await;
    site.commit(undoing(vec![undo_of("bob", 1), undo_of("Zoe", 2)]))
        .await;
    check_marks(&site, &[("Zoe", 1), ("ann", 1), ("bob", 3)]).await;
    let of_all_kinds = Changes {
        rewards: vec![Reward {
            stamp: stamp_at(2),
            ..reward_of("ann", 1)
        }],
        clears: vec![clear_of("ann", 3), clear_of("bob", 4)],
        clear_undos: vec![undo_of("ann", 3)],
        ..Changes::default()
    };
    site.commit(of_all_kinds).await;
    check_marks(&site, &[("Zoe", 1), ("ann", 2), ("bob", 4)]).await;
    site.commit(anything(1)).await;
    check_marks(&site, &[("Zoe", 1), ("ann", 2), ("bob", 4)]).await;
}

async fn a_refused_commit_raises_no_mark(site: Site) {
    site.commit(rewarding(vec![reward(1)])).await;
    let broken = Guard::RewardAt(RewardId(uuid(9)), Version(1));
    let changes = Changes {
        clears: vec![clear(1)],
        clear_undos: vec![undo_of("bob", 1)],
        ..rewarding(vec![reward(2)])
    };
    // The other two lock, or make, what they look at.
    let guards = vec![unchanged("ann", 1), unchanged("bob", 0), broken.clone()];
    let set = site.set(guards, changes);
    site.check_guard_fails(set, &broken).await;
    check_marks(&site, &[("ann", 1)]).await;
}

async fn a_reward_is_relied_on_at_its_version(site: Site) {
    let at = |version| Guard::RewardAt(RewardId(uuid(1)), Version(version));
    let written = |version| Reward {
        stamp: stamp_at(version),
        ..reward(1)
    };
    let set = site.set(vec![at(1)], anything(1));
    site.check_guard_fails(set, &at(1)).await;
    site.commit(rewarding(vec![written(1)])).await;
    site.commit_guarded(vec![at(1)], rewarding(vec![written(2)]))
        .await;
    for broken in [1, 3] {
        let set = site.set(vec![at(broken)], rewarding(vec![written(3)]));
        site.check_guard_fails(set, &at(broken)).await;
    }
    site.commit_guarded(vec![at(2)], anything(2)).await;
}

async fn a_clearing_is_relied_on_at_its_version(site: Site) {
    let at = |version| Guard::ClearAt(ClearId(uuid(1)), Version(version));
    let written = |version| Clear {
        stamp: stamp_at(version),
        ..clear(1)
    };
    let set = site.set(vec![at(1)], anything(1));
    site.check_guard_fails(set, &at(1)).await;
    site.commit(clearing(vec![written(1)])).await;
    site.commit_guarded(vec![at(1)], clearing(vec![written(2)]))
        .await;
    for broken in [1, 3] {
        let set = site.set(vec![at(broken)], clearing(vec![written(3)]));
        site.check_guard_fails(set, &at(broken)).await;
    }
    site.commit_guarded(vec![at(2)], anything(2)).await;
}

async fn whoever_wrote_before_breaks_what_relied_on_the_mark(site: Site) {
    let kinds = [
        rewarding(vec![reward(1)]),
        clearing(vec![clear(1)]),
        undoing(vec![clear_undo(1)]),
        rewarding(vec![Reward {
            stamp: stamp_at(2),
            ..reward(1)
        }]),
    ];
    for (mark, changes) in (0..).zip(kinds) {
        let guard = unchanged("ann", mark);
        site.commit_guarded(vec![guard.clone()], changes).await;
        let set = site.set(vec![guard.clone()], anything(9));
        site.check_guard_fails(set, &guard).await;
    }
    // What is somebody else's breaks nothing.
    site.commit(rewarding(vec![reward_of("bob", 2)])).await;
    let guards = vec![unchanged("ann", 4), unchanged("bob", 1)];
    site.commit_guarded(guards, anything(1)).await;
}

async fn an_undoing_is_added_once(site: Site) {
    site.commit(undoing(vec![clear_undo(1)])).await;
    let mut again = rewarding(vec![reward(1)]);
    again.clears = vec![clear(1)];
    again.clear_undos = vec![clear_undo(2), clear_undo(1)];
    site.check_conflicts(again, "an undoing is there").await;
    check_marks(&site, &[("ann", 1)]).await;
}

async fn workspaces_have_rewards_and_marks_of_their_own(site: Site) {
    let beside = site.beside("beside").await;
    let mut changes = rewarding(vec![reward(1)]);
    changes.clears = vec![clear(1)];
    changes.clear_undos = vec![clear_undo(1)];
    site.commit(changes.clone()).await;
    site.commit(rewarding(vec![reward(2)])).await;
    beside.note(&beside.set(Vec::new(), changes.clone()));
    check_marks(&beside, &[]).await;
    for broken in [
        Guard::RewardAt(RewardId(uuid(1)), Version(1)),
        Guard::ClearAt(ClearId(uuid(1)), Version(1)),
        unchanged("ann", 2),
    ] {
        let set = beside.set(vec![broken.clone()], anything(1));
        beside.check_guard_fails(set, &broken).await;
    }
    // The same ids again, with other contents.
    let mut theirs = changes;
    theirs.rewards[0].reason = "another".to_owned();
    beside
        .commit_guarded(vec![unchanged("ann", 0)], theirs.clone())
        .await;
    check_marks(&site, &[("ann", 2)]).await;
    check_marks(&beside, &[("ann", 1)]).await;
    let ids = [RewardId(uuid(1)), RewardId(uuid(2))];
    let read = site.view().await.rewards_by_id(&ids).await.unwrap();
    assert_eq!(read, [reward(1), reward(2)]);
    let read = beside.view().await.rewards_by_id(&ids).await.unwrap();
    assert_eq!(read, theirs.rewards);
}

async fn of_many_on_one_mark_one_wins(site: Site) {
    site.commit(rewarding(vec![reward(99)])).await;
    let winner = check_one_wins(&site, |number| {
        site.set(vec![unchanged("ann", 1)], rewarding(vec![reward(number)]))
    })
    .await;
    assert_eq!(mark_of(&site, "ann").await, 2);
    let ids: Vec<_> = (1..=RACERS).map(|number| RewardId(uuid(number))).collect();
    let read = site.view().await.rewards_by_id(&ids).await.unwrap();
    assert_eq!(read, [reward(winner)]);
}

async fn of_many_on_no_mark_at_all_one_wins(site: Site) {
    // Nothing is there yet that could be locked.
    let winner = check_one_wins(&site, |number| {
        site.set(vec![unchanged("ann", 0)], clearing(vec![clear(number)]))
    })
    .await;
    assert_eq!(mark_of(&site, "ann").await, 1);
    let ids: Vec<_> = (1..=RACERS).map(|number| ClearId(uuid(number))).collect();
    let read = site.view().await.clears_by_id(&ids).await.unwrap();
    assert_eq!(read, [clear(winner)]);
}

async fn of_many_on_one_reward_one_wins(site: Site) {
    site.commit(rewarding(vec![reward(1)])).await;
    check_one_wins(&site, |number| {
        let row = Reward {
            reason: format!("racer {number}"),
            stamp: stamp_at(2),
            ..reward(1)
        };
        let guard = Guard::RewardAt(RewardId(uuid(1)), Version(1));
        site.set(vec![guard], rewarding(vec![row]))
    })
    .await;
    assert_eq!(mark_of(&site, "ann").await, 2);
}

async fn of_many_that_write_none_is_forgotten(site: Site) {
    let winners = race(&site, |number| {
        let rows = vec![
            reward_of("bob", 2 * number),
            reward_of("ann", 2 * number + 1),
        ];
        site.set(Vec::new(), rewarding(rows))
    })
    .await;
    assert_eq!(winners.len(), usize::try_from(RACERS).unwrap());
    check_marks(&site, &[("ann", RACERS), ("bob", RACERS)]).await;
}

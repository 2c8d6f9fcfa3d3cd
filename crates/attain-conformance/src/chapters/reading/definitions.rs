//! Definitions.

use attain_domain::change::{Changes, DefinitionChange, DefinitionsMark};
use attain_domain::definition::{Definition, DefinitionKind, DefinitionRecord};
use attain_domain::ids::DefinitionId;
use attain_domain::testing::{
    activity, live, name, participant, pay_group, payment_plan, plan, put, rule_set, stamp_at, team,
};

use super::NAMES;
use crate::case::cases;
use crate::difference::check_same;
use crate::pages::check_list;
use crate::site::Site;

cases! {
    "definitions":
    /// DefinitionChange::Put: A new version; any version that was live is kept as a past one.
    the_newest_version_is_live_and_past_ones_are_kept
    /// DefinitionChange::Delete: No version is live any more; past ones are kept.
    a_deletion_counts_as_a_version_and_leaves_none_live
    /// DefinitionRepository::definition_version: The highest version that was ever written of
    /// an id, deletions included; 0 for none.
    a_definition_comes_back_above_its_deletion
    /// DefinitionRepository::definition: The live definition of an id.
    kinds_do_not_share_their_ids
    /// repositories: Absence is `None` or an empty list, never an error.
    what_was_never_written_is_absent
    /// DefinitionsMark: Names one state of all definitions of a workspace: how many writes and
    /// deletions there were.
    the_mark_counts_writes_and_deletions
    "paging":
    /// DefinitionRepository::definitions_after: The live definitions of a kind with ids above
    /// `after`, in rising id order (bytewise).
    live_ones_are_listed_in_the_order_of_their_bytes
}

async fn write(site: &Site, definitions: Vec<DefinitionChange>) {
    site.commit(Changes {
        definitions,
        ..Changes::default()
    })
    .await;
}

fn team_named(text: &str) -> Definition {
    let mut team = team("sales");
    text.clone_into(&mut team.name);
    Definition::Team(team)
}

fn deleted(version: u32) -> DefinitionChange {
    DefinitionChange::Delete {
        kind: DefinitionKind::Team,
        id: name("sales"),
        stamp: stamp_at(version),
    }
}

/// What there is of the team: the live version, past ones, the highest number.
async fn check_team(site: &Site, is: Option<u32>, was: &[u32], highest: u32) {
    let (kind, id) = (DefinitionKind::Team, name("sales"));
    let view = site.view().await;
    let record = |version: u32| live(team_named(&format!("version {version}")), version);
    let read = view.definition(kind, &id).await.unwrap();
    check_same(&read, &is.map(record), "the live version");
    for version in 0..=highest + 1 {
        let read = view.definition_at(kind, &id, version).await.unwrap();
        let past = was.contains(&version).then(|| DefinitionRecord {
            live: false,
            ..record(version)
        });
        let expected = is.filter(|live| *live == version).map(record).or(past);
        check_same(&read, &expected, &format!("version {version}"));
    }
    assert_eq!(view.definition_version(kind, &id).await.unwrap(), highest);
    let listed = view.definitions_after(kind, None, attain_domain::ports::ChunkSize::largest());
    let expected: Vec<_> = is.map(record).into_iter().collect();
    check_same(&listed.await.unwrap(), &expected, "the list");
}

fn version(number: u32) -> DefinitionChange {
    put(team_named(&format!("version {number}")), number)
}

async fn the_newest_version_is_live_and_past_ones_are_kept(site: Site) {
    check_team(&site, None, &[], 0).await;
    write(&site, vec![version(1)]).await;
    check_team(&site, Some(1), &[], 1).await;
    write(&site, vec![version(2)]).await;
    check_team(&site, Some(2), &[1], 2).await;
    write(&site, vec![version(3)]).await;
    check_team(&site, Some(3), &[1, 2], 3).await;
}

async fn a_deletion_counts_as_a_version_and_leaves_none_live(site: Site) {
    write(&site, vec![version(1)]).await;
    write(&site, vec![deleted(2)]).await;
    check_team(&site, None, &[1], 2).await;
}

async fn a_definition_comes_back_above_its_deletion(site: Site) {
    write(&site, vec![version(1)]).await;
    write(&site, vec![deleted(2)]).await;
    write(&site, vec![version(3)]).await;
    check_team(&site, Some(3), &[1], 3).await;
    write(&site, vec![deleted(4)]).await;
    check_team(&site, None, &[1, 3], 4).await;
}

async fn kinds_do_not_share_their_ids(site: Site) {
    let all = vec![
        Definition::Plan(plan("x")),
        Definition::PayGroup(pay_group("x")),
        Definition::Participant(participant("x")),
        Definition::Team(team("x")),
        Definition::RuleSet(rule_set("x")),
        Definition::PaymentPlan(payment_plan("x")),
    ];
    write(
        &site,
        all.iter().cloned().map(|body| put(body, 1)).collect(),
    )
    .await;
    let x: DefinitionId = name("x");
    write(
        &site,
        vec![DefinitionChange::Delete {
            kind: DefinitionKind::Team,
            id: x.clone(),
            stamp: stamp_at(2),
        }],
    )
    .await;
    let view = site.view().await;
    for body in all {
        let kind = body.kind();
        let read = view.definition(kind, &x).await.unwrap();
        let expected = (kind != DefinitionKind::Team).then(|| live(body, 1));
        check_same(&read, &expected, kind.name());
    }
}

async fn live_ones_are_listed_in_the_order_of_their_bytes(site: Site) {
    let people = NAMES
        .iter()
        .map(|id| Definition::Participant(participant(id)));
    let people: Vec<_> = people.collect();
    write(
        &site,
        people
            .iter()
            .rev()
            .cloned()
            .map(|body| put(body, 1))
            .collect(),
    )
    .await;
    let gone = DefinitionChange::Delete {
        kind: DefinitionKind::Participant,
        id: name(NAMES[2]),
        stamp: stamp_at(2),
    };
    let others = vec![gone, put(people[4].clone(), 2), version(1)];
    write(&site, others).await;
    let mut expected: Vec<_> = people.into_iter().map(|body| live(body, 1)).collect();
    expected[4].stamp = stamp_at(2);
    expected.remove(2);
    let view = site.view().await;
    let kind = DefinitionKind::Participant;
    let id = |row: &DefinitionRecord| row.body.id();
    check_list("participants", &expected, id, async |after, chunk| {
        view.definitions_after(kind, after.as_ref(), chunk)
            .await
            .unwrap()
    })
    .await;
    let after = name(NAMES[2]);
    let one = attain_domain::ports::ChunkSize::new(1);
    let read = view
        .definitions_after(kind, Some(&after), one)
        .await
        .unwrap();
    check_same(&read, &expected[2..3], "the one after one that is deleted");
}

async fn what_was_never_written_is_absent(site: Site) {
    let view = site.view().await;
    for kind in DefinitionKind::ALL.iter().copied() {
        let id = name("nothing");
        assert_eq!(view.definition(kind, &id).await.unwrap(), None);
        assert_eq!(view.definition_at(kind, &id, 1).await.unwrap(), None);
        assert_eq!(view.definition_version(kind, &id).await.unwrap(), 0);
    }
}

async fn the_mark_counts_writes_and_deletions(site: Site) {
    let check = async |expected: u64| {
        let mark = site.view().await.definitions_mark().await.unwrap();
        assert_eq!(mark, DefinitionsMark(expected));
    };
    check(0).await;
    write(
        &site,
        vec![version(1), put(Definition::Plan(plan("reps")), 1)],
    )
    .await;
    check(2).await;
    write(&site, vec![version(2)]).await;
    check(3).await;
    write(&site, vec![deleted(3)]).await;
    check(4).await;
    site.commit(Changes {
        activities: vec![activity(1)],
        ..Changes::default()
    })
    .await;
    check(4).await;
    let beside = site.beside("beside").await;
    write(&beside, vec![version(1)]).await;
    check(4).await;
}

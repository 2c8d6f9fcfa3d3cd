//! What becomes of credits when something changes, and of a run that does not do everything.

use super::super::Stages;
use super::super::fixture::{EVERYTHING, World, all_to, order, person, receiver, rule};
use crate::credit::{CreditStatus, LeftBecause};
use crate::definition::Definition;
use crate::definition::rules::Receiver;
use crate::refusal::{Reason, RowError};
use crate::transaction::TransactionStatus;

const JANUARY: &str = "2015-01-15";

fn world_with(receivers: Vec<Receiver>) -> World {
    let mut world = World::new();
    world.rules("main", vec![rule("r", "true", receivers)]);
    world
}

/// Only direct credits: nobody reports to anybody.
fn flat(mut world: World) -> World {
    for id in ["ana", "ben", "cat", "mia"] {
        world.set.put(Definition::Participant(person(id, &[])), 1);
    }
    world
}

fn check_error(world: &World, reason: Reason) {
    let transaction = world.live_transactions().next().unwrap();
    let TransactionStatus::Error(error) = &transaction.status else {
        panic!("{:?}", transaction.status);
    };
    assert_eq!(error.reason, reason, "{error}");
}

#[test]
fn held_transactions_wait() {
    let mut world = flat(world_with(vec![receiver("ana", "100", true)]));
    let mut row = order("1", JANUARY, "1");
    row.hold = Some("true".to_owned());
    world.import(std::slice::from_ref(&row));
    assert_eq!(world.credit(EVERYTHING).counts.skipped, 1);
    world.check_counting(&[]);
    row.hold = Some("false".to_owned());
    world.import(&[row]);
    world.credit(EVERYTHING);
    world.check_counting(&["direct ana 1"]);
}

#[test]
fn what_stays_equal_stays_untouched_and_what_changes_keeps_its_lineage() {
    let receivers = vec![receiver("ana", "60", true), receiver("ben", "40", true)];
    let mut world = world_with(receivers);
    world.settings().archive_updated_credits = true;
    world.import(&[order("1", JANUARY, "1000")]);
    world.credit(EVERYTHING);
    let before = world.credits.clone();
    let again = world.credit(EVERYTHING);
    assert_eq!(again.counts.skipped, 1);
    assert_eq!(again.changes, crate::change::Changes::default());
    assert_eq!(again.touched.len(), 0);
    assert_eq!(again.counts.outcomes["credits_kept"], 6);
    let receivers = vec![
        receiver("ana", "60", true),
        receiver("ben", "30", true),
        receiver("cat", "10", true),
    ];
    world.rules("main", vec![rule("r", "true", receivers)]);
    world.credit(EVERYTHING);
    let of = |world: &World, who: &str| {
        world
            .credits
            .values()
            .find(|credit| credit.participant.as_str() == who)
            .cloned()
            .unwrap()
    };
    assert!(before.contains_key(&of(&world, "ana").id));
    let ben = of(&world, "ben");
    let old = before
        .values()
        .find(|credit| credit.participant.as_str() == "ben")
        .unwrap();
    assert_eq!(
        (ben.lineage, ben.stamp.version),
        (old.lineage, old.stamp.version.next())
    );
    assert!(ben.stamp.created_at > old.stamp.created_at);
    assert_eq!(ben.amount, super::super::fixture::usd("300"));
    // Ben, and what Mia and Zoe got through him and Mia.
    assert_eq!(world.departed.len(), 3);
    assert!(
        world
            .departed
            .iter()
            .all(|(_, why, archive)| { *why == LeftBecause::Recredited && *archive })
    );
}

#[test]
fn preserved_credits_stay_whatever_the_rules_say_and_still_roll_up() {
    let mut world = world_with(vec![receiver("ana", "100", true)]);
    world.import(&[order("1", JANUARY, "10000")]);
    world.credit(EVERYTHING);
    // Somebody adjusts Ana's credit to 8,000, as section 5 has it.
    let live = world.transactions.values_mut().next().unwrap();
    live.flags.preserve_credits = true;
    for credit in world.credits.values_mut() {
        match credit.participant.as_str() {
            "ana" => credit.amount = super::super::fixture::usd("8000"),
            _ => assert_eq!(credit.kind, crate::credit::CreditKind::Indirect),
        }
    }
    world.rules(
        "main",
        vec![rule(
            "r",
            "true",
            vec![receiver("ana", "60", true), receiver("ben", "40", true)],
        )],
    );
    world.credit(EVERYTHING);
    world.check_counting(&["direct ana 8000", "indirect mia 8000", "indirect zoe 8000"]);
    world
        .transactions
        .values_mut()
        .next()
        .unwrap()
        .flags
        .preserve_credits = false;
    world.credit(EVERYTHING);
    let expected = [
        "direct ana 6000",
        "direct ben 4000",
        "indirect mia 4000",
        "indirect mia 6000",
        "indirect zoe 4000",
        "indirect zoe 6000",
    ];
    assert_eq!(world.counting().len(), 6);
    world.check_counting(&expected);
}

#[test]
fn a_changed_row_hands_its_lineages_on() {
    let mut world = world_with(vec![receiver("ana", "100", true)]);
    world.import(&[order("1", JANUARY, "10000")]);
    world.credit(EVERYTHING);
    let lineages = |world: &World| {
        let mut all: Vec<_> = world
            .credits
            .values()
            .map(|credit| credit.lineage)
            .collect();
        all.sort();
        all
    };
    let before = lineages(&world);
    world.import(&[order("1", "2015-02-15", "12000")]);
    world.check_counting(&[]);
    let outcome = world.credit(EVERYTHING);
    world.check_counting(&[
        "direct ana 12000",
        "indirect mia 12000",
        "indirect zoe 12000",
    ]);
    assert_eq!(lineages(&world), before);
    assert!(
        world
            .departed
            .iter()
            .all(|(_, why, archive)| { *why == LeftBecause::Adjusted && !*archive })
    );
    let periods: Vec<_> = outcome
        .touched
        .iter()
        .map(|(_, period)| period.as_str())
        .collect();
    assert_eq!(periods, ["2015-01", "2015-02"].repeat(3));
}

#[test]
fn credits_of_versions_that_were_never_credited_are_cleaned() {
    let mut world = flat(world_with(vec![receiver("ana", "100", true)]));
    world.import(&[order("1", JANUARY, "1")]);
    world.credit(EVERYTHING);
    world.import(&[order("1", JANUARY, "2")]);
    world.import(&[order("1", JANUARY, "3")]);
    for size in [1, usize::MAX] {
        world.credit_in_chunks(EVERYTHING, size);
        world.check_counting(&["direct ana 3"]);
        assert_eq!(world.credits.len(), 1);
    }
}

#[test]
fn a_cancelled_transaction_loses_all_its_credits() {
    let mut world = world_with(vec![receiver("ana", "100", true)]);
    world.import(&[order("1", JANUARY, "1")]);
    world.credit(EVERYTHING);
    let mut row = order("1", JANUARY, "1");
    row.cancelled = Some("true".to_owned());
    world.import(&[row]);
    let outcome = world.credit(EVERYTHING);
    assert_eq!(world.credits.len(), 0);
    assert_eq!(outcome.counts.done, 1);
    assert_eq!(outcome.touched.len(), 3);
    assert!(
        world
            .departed
            .iter()
            .all(|(_, why, _)| *why == LeftBecause::Cancelled)
    );
    assert_eq!(world.credit(EVERYTHING).counts.skipped, 1);
}

#[test]
fn a_new_version_of_what_was_preserved_is_credited_by_the_rules_once() {
    let mut world = flat(world_with(vec![receiver("ana", "100", true)]));
    let mut row = order("1", JANUARY, "100");
    world.import(std::slice::from_ref(&row));
    world.credit(EVERYTHING);
    world
        .transactions
        .values_mut()
        .next()
        .unwrap()
        .flags
        .preserve_credits = true;
    row.amount = Some("120".to_owned());
    world.import(&[row]);
    world.credit(EVERYTHING);
    world.check_counting(&["direct ana 120"]);
    world.rules("main", vec![all_to("r", "ben")]);
    world.credit(EVERYTHING);
    world.check_counting(&["direct ana 120"]);
}

#[test]
fn stages_one_by_one_come_to_the_same() {
    let stages = |classify, credit, roll_up| Stages {
        classify,
        credit,
        roll_up,
    };
    let mut world = world_with(vec![receiver("ana", "100", true)]);
    world.categories(&[("computer", "")]);
    world.classify(&[("true", "computer")]);
    world.import(&[order("1", JANUARY, "1")]);
    let status = |world: &World| world.live_transactions().next().unwrap().status.clone();
    world.credit(stages(true, false, false));
    assert_eq!(status(&world), TransactionStatus::Classified);
    world.credit(stages(false, false, true));
    world.check_counting(&[]);
    world.credit(stages(false, true, false));
    assert_eq!(status(&world), TransactionStatus::Credited);
    world.check_counting(&["direct ana 1"]);
    world.credit(stages(false, false, true));
    world.check_counting(&["direct ana 1", "indirect mia 1", "indirect zoe 1"]);
    for stages in [
        EVERYTHING,
        stages(true, false, false),
        stages(false, false, true),
    ] {
        assert_eq!(world.credit(stages).counts.skipped, 1);
    }
}

#[test]
fn crediting_without_classification_says_what_is_missing() {
    let mut world = world_with(vec![receiver("ana", "100", true)]);
    world.categories(&[("computer", "")]);
    world.classify(&[("true", "computer")]);
    world.import(&[order("1", JANUARY, "1")]);
    world.credit(Stages {
        credit: true,
        ..Stages::default()
    });
    check_error(&world, Reason::Unclassified);
    world.credit(EVERYTHING);
    assert_eq!(world.counting().len(), 3);
}

#[test]
fn eligibility_is_judged_again_without_a_new_version() {
    let mut world = world_with(vec![receiver("ana", "100", true)]);
    world.import(&[order("1", JANUARY, "1")]);
    let no_plan = |credit: &crate::credit::Credit| match credit.participant.as_str() {
        "ana" | "mia" => CreditStatus::Error(RowError::new(Reason::NoPlan, "no plan")),
        _ => CreditStatus::Eligible,
    };
    let outcome = world.credit_judging(EVERYTHING, 10, &no_plan).remove(0);
    // That a manager is in no plan is nothing to report.
    assert_eq!(outcome.failures.len(), 1);
    assert_eq!(outcome.counts.errors[&Reason::NoPlan], 1);
    assert_eq!((outcome.counts.done, outcome.counts.failed), (1, 0));
    let ids: Vec<_> = world.credits.keys().copied().collect();
    let outcome = world.credit(EVERYTHING);
    assert_eq!(outcome.counts.outcomes["credits_judged"], 2);
    assert_eq!(outcome.touched.len(), 2);
    assert_eq!(world.credits.keys().copied().collect::<Vec<_>>(), ids);
    assert!(
        world
            .credits
            .values()
            .all(|credit| credit.status == CreditStatus::Eligible)
    );
}

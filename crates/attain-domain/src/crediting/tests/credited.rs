//! What transactions are credited with, and what becomes of it when something changes.

use super::super::Stages;
use super::super::fixture::{
    EVERYTHING, World, all_to, category, day, given, order, person, receiver, rule, team,
};
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
    match &transaction.status {
        TransactionStatus::Error(error) => assert_eq!(error.reason, reason, "{error}"),
        other => panic!("{other:?}"),
    }
}

#[test]
fn revenue_splits_add_up_and_non_revenue_comes_on_top() {
    let receivers =
        vec![receiver("ana", "60", true), receiver("ben", "40", true), receiver("cat", "100", false)];
    let mut world = flat(world_with(receivers));
    world.import(&[order("1", JANUARY, "10000")]);
    let outcome = world.credit(EVERYTHING);
    world.check_counting(&["direct ana 6000", "direct ben 4000", "direct cat 10000"]);
    assert_eq!(outcome.counts.done, 1);
    assert_eq!(outcome.counts.outcomes["credits_created"], 3);
    let touched: Vec<_> = outcome.touched.iter().map(|(who, period)| (who.as_str(), period.as_str())).collect();
    assert_eq!(touched, [("ana", "2015-01"), ("ben", "2015-01"), ("cat", "2015-01")]);
}

#[test]
fn a_three_way_split_of_a_hundred_loses_no_cent() {
    let receivers = vec![
        receiver("ana", "33.333333", true),
        receiver("ben", "33.333334", true),
        receiver("cat", "33.333333", true),
    ];
    let mut world = flat(world_with(receivers));
    world.import(&[order("1", JANUARY, "100.00")]);
    world.credit(EVERYTHING);
    world.check_counting(&["direct ana 33.33", "direct ben 33.34", "direct cat 33.33"]);
}

#[test]
fn every_set_contributes_its_first_match() {
    let mut world = flat(World::new());
    let one = |to: &str| vec![receiver(to, "100", true)];
    world.rules("main", vec![
        rule("small", "transaction.amount < 100", one("ana")),
        rule("first", "true", one("ben")),
        rule("second", "true", one("cat")),
    ]);
    world.rules("overlay", vec![all_to("all", "mia")]);
    world.import(&[order("1", JANUARY, "500")]);
    world.credit(EVERYTHING);
    world.check_counting(&["direct ben 500", "direct mia 500"]);
}

#[test]
fn rules_are_picked_by_event_date() {
    let mut world = flat(World::new());
    let mut before = all_to("before", "ana");
    before.effective.to = Some(day("2015-02-01"));
    world.rules("main", vec![before, all_to("after", "ben")]);
    world.import(&[order("1", "2015-01-31", "1"), order("2", "2015-02-01", "2")]);
    world.credit(EVERYTHING);
    world.check_counting(&["direct ana 1", "direct ben 2"]);
}

#[test]
fn credits_roll_up_to_every_ancestor() {
    let mut world = world_with(vec![receiver("ana", "100", true)]);
    world.import(&[order("1", JANUARY, "1000")]);
    world.credit(EVERYTHING);
    world.check_counting(&["direct ana 1000", "indirect mia 1000", "indirect zoe 1000"]);
}

#[test]
fn one_unknown_participant_keeps_the_whole_transaction_from_being_credited() {
    let receivers = vec![receiver("ana", "50", true), receiver("attribute:rep", "50", true)];
    let mut world = flat(world_with(receivers));
    let mut known = order("1", JANUARY, "100");
    known.attributes.insert("rep".to_owned(), "ben".to_owned());
    let mut stranger = order("2", JANUARY, "200");
    stranger.attributes.insert("rep".to_owned(), "nobody".to_owned());
    world.import(&[stranger, known, order("3", JANUARY, "300")]);
    let outcome = world.credit(EVERYTHING);
    world.check_counting(&["direct ana 50", "direct ben 50"]);
    assert_eq!((outcome.counts.done, outcome.counts.failed), (1, 2));
    assert_eq!(outcome.counts.errors[&Reason::UnknownParticipant], 2);
    assert_eq!(outcome.failures[0].subject, "ORDER 2");
    assert!(outcome.failures[0].error.text.contains("nobody"));
}

#[test]
fn who_has_left_is_unknown_from_then_on() {
    let mut world = flat(world_with(vec![receiver("ana", "100", true)]));
    let mut ana = person("ana", &[]);
    ana.end = Some(day(JANUARY));
    world.set.put(Definition::Participant(ana), 2);
    world.import(&[order("1", JANUARY, "1"), order("2", "2015-01-16", "2")]);
    let outcome = world.credit(EVERYTHING);
    world.check_counting(&["direct ana 1"]);
    assert_eq!(outcome.counts.errors[&Reason::UnknownParticipant], 1);
}

#[test]
fn no_matching_rule_is_an_error_and_not_a_silent_zero() {
    let mut world = World::new();
    world.rules("main", vec![rule("never", "false", vec![receiver("ana", "100", true)])]);
    world.import(&[order("1", JANUARY, "1")]);
    world.credit(EVERYTHING);
    check_error(&world, Reason::NoCreditRule);
}

#[test]
fn a_condition_over_what_is_absent_fails_loudly() {
    let mut world = world_with(vec![receiver("ana", "100", true)]);
    world.rules("main", vec![rule("r", "attribute.size > 5", vec![receiver("ana", "100", true)])]);
    world.import(&[order("1", JANUARY, "1")]);
    world.credit(EVERYTHING);
    check_error(&world, Reason::ExpressionFailed);
}

#[test]
fn the_first_category_rule_wins_else_the_default_else_an_error() {
    let mut world = flat(world_with(vec![receiver("ana", "100", true)]));
    world.categories(&[("computer", ""), ("laptop", "computer"), ("other", "")]);
    world.classify(&[
        ("attribute.region == 'EU'", "laptop"),
        ("attribute.region in ['EU', 'US']", "computer"),
    ]);
    let from = |number: &str, region: &str| {
        let mut row = order(number, JANUARY, "1");
        row.attributes.insert("region".to_owned(), region.to_owned());
        row
    };
    world.import(&[from("1", "EU"), from("2", "US"), from("3", "ASIA")]);
    let outcome = world.credit(EVERYTHING);
    let categories = |world: &World| {
        let transactions = world.live_transactions();
        transactions.map(|t| t.category.as_ref().map(ToString::to_string)).collect::<Vec<_>>()
    };
    let text = |text: &str| Some(text.to_owned());
    assert_eq!(categories(&world), [text("laptop"), text("computer"), None]);
    assert_eq!(outcome.counts.outcomes["transactions_classified"], 2);
    assert_eq!(outcome.counts.errors[&Reason::Unclassified], 1);
    world.settings().default_category = Some(category("other"));
    world.credit(EVERYTHING);
    assert_eq!(categories(&world)[2], text("other"));
    assert_eq!(world.counting().len(), 3);
}

#[test]
fn a_given_category_stays() {
    let mut world = flat(World::new());
    world.categories(&[("computer", ""), ("laptop", "computer")]);
    world.classify(&[("true", "computer")]);
    let when = "transaction.category == 'laptop'";
    world.rules("main", vec![rule("l", when, vec![receiver("ana", "100", true)])]);
    let mut row = order("1", JANUARY, "1");
    (row.do_not_classify, row.category) = (Some("yes".to_owned()), Some("laptop".to_owned()));
    world.import(&[row]);
    world.credit(EVERYTHING);
    world.check_counting(&["direct ana 1"]);
    assert_eq!(world.credits.values().next().unwrap().category, Some(category("laptop")));
}

#[test]
fn a_team_is_credited_as_one_and_only_its_lead_rolls_up() {
    let mut world = world_with(vec![receiver("team:west", "100", true)]);
    world.set.put(Definition::Team(team("west", Some("ana"), &["ana", "ben", "cat"])), 1);
    world.import(&[order("1", JANUARY, "900")]);
    world.credit(EVERYTHING);
    let expected =
        ["direct ana 900", "indirect mia 900", "indirect zoe 900", "team ben 900", "team cat 900"];
    world.check_counting(&expected);
}

#[test]
fn a_team_without_a_lead_never_rolls_up() {
    let mut world = world_with(vec![receiver("team:west", "100", true)]);
    world.set.put(Definition::Team(team("west", None, &["ana", "ben", "ana"])), 1);
    world.import(&[order("1", JANUARY, "900")]);
    world.credit(EVERYTHING);
    world.check_counting(&["team ana 900", "team ben 900"]);
    world.set.put(Definition::Team(team("west", None, &[])), 2);
    world.credit(EVERYTHING);
    check_error(&world, Reason::UnknownParticipant);
    world.check_counting(&[]);
}

#[test]
fn a_sharing_team_gets_its_members_credits_once() {
    let mut world = flat(world_with(vec![receiver("ana", "60", true), receiver("mia", "40", true)]));
    for id in ["one", "two"] {
        let mut sharing = team(id, None, &["ana", "ben"]);
        sharing.shares_members_credits = true;
        world.set.put(Definition::Team(sharing), 1);
    }
    world.import(&[order("1", JANUARY, "100")]);
    world.credit(EVERYTHING);
    world.check_counting(&["direct ana 60", "direct mia 40", "team ben 60"]);
}

#[test]
fn do_not_roll_up_means_no_roll_up_and_no_team_credit() {
    let mut world = world_with(vec![receiver("team:west", "100", true)]);
    let mut west = team("west", Some("ana"), &["ana", "ben"]);
    west.shares_members_credits = true;
    world.set.put(Definition::Team(west), 1);
    let mut row = order("1", JANUARY, "1");
    row.do_not_roll_up = Some("true".to_owned());
    world.import(&[row]);
    world.credit(EVERYTHING);
    world.check_counting(&["direct ana 1"]);
}

#[test]
fn do_not_calculate_marks_every_credit() {
    let mut world = world_with(vec![receiver("ana", "100", true)]);
    let mut row = order("1", JANUARY, "1");
    row.do_not_calculate = Some("true".to_owned());
    world.import(&[row]);
    world.credit(EVERYTHING);
    assert_eq!(world.credits.len(), 3);
    assert!(world.credits.values().all(|credit| !credit.calculates));
}

#[test]
fn held_transactions_wait() {
    let mut world = flat(world_with(vec![receiver("ana", "100", true)]));
    let mut row = order("1", JANUARY, "1");
    row.hold = Some("true".to_owned());
    world.import(&[row.clone()]);
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
        world.credits.values().find(|credit| credit.participant.as_str() == who).cloned().unwrap()
    };
    assert!(before.contains_key(&of(&world, "ana").id));
    let ben = of(&world, "ben");
    let old = before.values().find(|credit| credit.participant.as_str() == "ben").unwrap();
    assert_eq!((ben.lineage, ben.stamp.version), (old.lineage, old.stamp.version.next()));
    assert_eq!(ben.amount, super::super::fixture::usd("300"));
    // Ben, and what Mia and Zoe got through him and Mia.
    assert_eq!(world.departed.len(), 3);
    assert!(world.departed.iter().all(|(_, why, archive)| {
        *why == LeftBecause::Recredited && *archive
    }));
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
    world.rules("main", vec![rule("r", "true", vec![
        receiver("ana", "60", true),
        receiver("ben", "40", true),
    ])]);
    world.credit(EVERYTHING);
    world.check_counting(&["direct ana 8000", "indirect mia 8000", "indirect zoe 8000"]);
    world.transactions.values_mut().next().unwrap().flags.preserve_credits = false;
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
fn ready_made_credits_need_no_rules_and_roll_up() {
    let mut world = World::new();
    world.import_credits(&[given("1", "ana", "100"), given("1", "ben", "50")]);
    let outcome = world.credit(EVERYTHING);
    assert_eq!(outcome.counts.done, 1);
    let expected = [
        "direct ana 100",
        "direct ben 50",
        "indirect mia 100",
        "indirect mia 50",
        "indirect zoe 100",
        "indirect zoe 50",
    ];
    world.check_counting(&expected);
    let counts = world.credit(EVERYTHING).counts;
    assert_eq!((counts.done, counts.skipped), (0, 1));
}

#[test]
fn a_ready_made_credit_without_category_gets_that_of_its_transaction() {
    let mut world = World::new();
    world.categories(&[("computer", ""), ("laptop", "computer")]);
    world.classify(&[("true", "computer")]);
    let mut laptop = given("1", "ben", "50");
    laptop.category = Some("laptop".to_owned());
    world.import_credits(&[given("1", "ana", "100"), laptop]);
    world.credit(EVERYTHING);
    for credit in world.credits.values() {
        let expected = if credit.amount.amount == 50.into() { "laptop" } else { "computer" };
        assert_eq!(credit.category, Some(category(expected)));
    }
    assert_eq!(world.credit(EVERYTHING).counts.skipped, 1);
}

#[test]
fn a_changed_row_hands_its_lineages_on() {
    let mut world = world_with(vec![receiver("ana", "100", true)]);
    world.import(&[order("1", JANUARY, "10000")]);
    world.credit(EVERYTHING);
    let lineages = |world: &World| {
        let mut all: Vec<_> = world.credits.values().map(|credit| credit.lineage).collect();
        all.sort();
        all
    };
    let before = lineages(&world);
    world.import(&[order("1", "2015-02-15", "12000")]);
    world.check_counting(&[]);
    let outcome = world.credit(EVERYTHING);
    world.check_counting(&["direct ana 12000", "indirect mia 12000", "indirect zoe 12000"]);
    assert_eq!(lineages(&world), before);
    assert!(world.departed.iter().all(|(_, why, archive)| {
        *why == LeftBecause::Adjusted && !*archive
    }));
    let periods: Vec<_> = outcome.touched.iter().map(|(_, period)| period.as_str()).collect();
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
    assert!(world.departed.iter().all(|(_, why, _)| *why == LeftBecause::Cancelled));
    assert_eq!(world.credit(EVERYTHING).counts.skipped, 1);
}

#[test]
fn a_new_version_of_what_was_preserved_is_credited_by_the_rules_once() {
    let mut world = flat(world_with(vec![receiver("ana", "100", true)]));
    let mut row = order("1", JANUARY, "100");
    world.import(&[row.clone()]);
    world.credit(EVERYTHING);
    world.transactions.values_mut().next().unwrap().flags.preserve_credits = true;
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
    let stages = |classify, credit, roll_up| Stages { classify, credit, roll_up };
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
    for stages in [EVERYTHING, stages(true, false, false), stages(false, false, true)] {
        assert_eq!(world.credit(stages).counts.skipped, 1);
    }
}

#[test]
fn crediting_without_classification_says_what_is_missing() {
    let mut world = world_with(vec![receiver("ana", "100", true)]);
    world.categories(&[("computer", "")]);
    world.classify(&[("true", "computer")]);
    world.import(&[order("1", JANUARY, "1")]);
    world.credit(Stages { credit: true, ..Stages::default() });
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
    assert!(world.credits.values().all(|credit| credit.status == CreditStatus::Eligible));
}

//! What transactions are credited with.

use super::super::fixture::{
    EVERYTHING, World, all_to, category, day, given, order, person, receiver, rule, team,
};
use crate::definition::Definition;
use crate::definition::rules::Receiver;
use crate::refusal::Reason;
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
fn revenue_splits_add_up_and_non_revenue_comes_on_top() {
    let receivers = vec![
        receiver("ana", "60", true),
        receiver("ben", "40", true),
        receiver("cat", "100", false),
    ];
    let mut world = flat(world_with(receivers));
    world.import(&[order("1", JANUARY, "10000")]);
    let outcome = world.credit(EVERYTHING);
    world.check_counting(&["direct ana 6000", "direct ben 4000", "direct cat 10000"]);
    assert_eq!(outcome.counts.done, 1);
    assert_eq!(outcome.counts.outcomes["credits_created"], 3);
    let touched: Vec<_> = outcome
        .touched
        .iter()
        .map(|(who, period)| (who.as_str(), period.as_str()))
        .collect();
    assert_eq!(
        touched,
        [("ana", "2015-01"), ("ben", "2015-01"), ("cat", "2015-01")]
    );
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
    world.rules(
        "main",
        vec![
            rule("small", "transaction.amount < 100", one("ana")),
            rule("first", "true", one("ben")),
            rule("second", "true", one("cat")),
        ],
    );
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
    let receivers = vec![
        receiver("ana", "50", true),
        receiver("attribute:rep", "50", true),
    ];
    let mut world = flat(world_with(receivers));
    let mut known = order("1", JANUARY, "100");
    known.attributes.insert("rep".to_owned(), "ben".to_owned());
    let mut stranger = order("2", JANUARY, "200");
    stranger
        .attributes
        .insert("rep".to_owned(), "nobody".to_owned());
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
    world.rules(
        "main",
        vec![rule("never", "false", vec![receiver("ana", "100", true)])],
    );
    world.import(&[order("1", JANUARY, "1")]);
    world.credit(EVERYTHING);
    check_error(&world, Reason::NoCreditRule);
}

#[test]
fn a_condition_over_what_is_absent_fails_loudly() {
    let mut world = world_with(vec![receiver("ana", "100", true)]);
    world.rules(
        "main",
        vec![rule(
            "r",
            "attribute.size > 5",
            vec![receiver("ana", "100", true)],
        )],
    );
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
        row.attributes
            .insert("region".to_owned(), region.to_owned());
        row
    };
    world.import(&[from("1", "EU"), from("2", "US"), from("3", "ASIA")]);
    let outcome = world.credit(EVERYTHING);
    let categories = |world: &World| {
        let transactions = world.live_transactions();
        transactions
            .map(|t| t.category.as_ref().map(ToString::to_string))
            .collect::<Vec<_>>()
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
    world.rules(
        "main",
        vec![rule("l", when, vec![receiver("ana", "100", true)])],
    );
    let mut row = order("1", JANUARY, "1");
    (row.do_not_classify, row.category) = (Some("yes".to_owned()), Some("laptop".to_owned()));
    world.import(&[row]);
    world.credit(EVERYTHING);
    world.check_counting(&["direct ana 1"]);
    assert_eq!(
        world.credits.values().next().unwrap().category,
        Some(category("laptop"))
    );
}

#[test]
fn a_team_is_credited_as_one_and_only_its_lead_rolls_up() {
    let mut world = world_with(vec![receiver("team:west", "100", true)]);
    world.set.put(
        Definition::Team(team("west", Some("ana"), &["ana", "ben", "cat"])),
        1,
    );
    world.import(&[order("1", JANUARY, "900")]);
    world.credit(EVERYTHING);
    let expected = [
        "direct ana 900",
        "indirect mia 900",
        "indirect zoe 900",
        "team ben 900",
        "team cat 900",
    ];
    world.check_counting(&expected);
}

#[test]
fn a_team_without_a_lead_never_rolls_up() {
    let mut world = world_with(vec![receiver("team:west", "100", true)]);
    world.set.put(
        Definition::Team(team("west", None, &["ana", "ben", "ana"])),
        1,
    );
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
    let mut world = flat(world_with(vec![
        receiver("ana", "60", true),
        receiver("mia", "40", true),
    ]));
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
        let expected = if credit.amount.amount == 50.into() {
            "laptop"
        } else {
            "computer"
        };
        assert_eq!(credit.category, Some(category(expected)));
    }
    assert_eq!(world.credit(EVERYTHING).counts.skipped, 1);
}

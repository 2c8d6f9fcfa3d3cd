//! Rows in error: named, counted, and nobody else's business.

use super::world::*;
use crate::definition::calendar::IntervalKind;
use crate::earning::EarningOutcome;
use crate::expression::ValueType;
use crate::plan::{Basis, Component, Limit, SplitMode};

const RUNNING: Basis = Basis::PerEvent {
    running_total: true,
};

#[test]
fn a23_a_value_outside_tiers_is_an_error_on_the_row() {
    let table = percents("0-10000 1; 10000-20000 2");
    let world = World::rated(RUNNING, SplitMode::Step, table);
    let sales = [
        ("01-10", "15000"),
        ("01-11", "10000"),
        ("01-12", "-6000"),
        ("01-13", "500"),
    ];
    assert_eq!(
        world.earn(&sales),
        ["200", "VALUE_OUTSIDE_TIERS", "80", "10"]
    );
    let drafts = world.through("2015-01-31", &credits(&sales));
    let failed = &drafts[1];
    assert_eq!(failed.about.as_ref().unwrap().to_string(), "ORDER 0002");
    assert_eq!(failed.trace.measures[0].after, number("25000"));
}

#[test]
fn a_row_in_error_stays_in_totals_but_earns_nothing() {
    let mut world = World::rated(RUNNING, SplitMode::Step, percents("0-1000 1; 1000- 2"));
    world.set.attributes.transaction = [(attribute("margin"), ValueType::Number)].into();
    world.plan.measures.push(expression(
        "gate",
        IntervalKind::Quarter,
        "credit.amount == 600 ? attribute.margin : 1",
    ));
    world.first().measures.push(measure_id("gate"));
    let sales = [("01-10", "600"), ("01-11", "500"), ("01-12", "100")];
    assert_eq!(world.earn(&sales), ["EXPRESSION_FAILED", "6", "2"]);
}

#[test]
fn a_goal_that_is_missing_is_named() {
    let table = by_attainment("0- 1");
    let mut world =
        World::rated(RUNNING, SplitMode::Step, table).with_quota(IntervalKind::Quarter, "0");
    assert_eq!(world.earn(&[("01-10", "1")]), ["MISSING_GOAL"]);
    world.first().rate = None;
    world.first().output = Some("measure.sales.attainment".to_owned());
    let world = world.with_quota(IntervalKind::Year, "12");
    assert_eq!(world.earn(&[("01-10", "1")]), ["0.33"]);
}

#[test]
fn what_fails_for_one_credit_fails_its_interval() {
    let output = Some("measure.sales.total".to_owned());
    let basis = Basis::PerInterval { true_up: false };
    let mut world = World::new(Component {
        basis,
        output,
        ..component()
    });
    world.plan.measures = vec![expression(
        "sales",
        IntervalKind::Quarter,
        "1 / (credit.amount - 5)",
    )];
    let drafts = world.through("2015-06-30", &credits(&[("01-10", "5"), ("04-10", "6")]));
    assert_eq!(amounts(&drafts), ["EXPRESSION_FAILED", "1"]);
    let EarningOutcome::Error(error) = &drafts[0].outcome else {
        panic!("an error")
    };
    assert!(error.text.starts_with("ORDER 0001: "), "{error}");
}

#[test]
fn overflow_is_an_error_on_the_row() {
    let output = Some("measure.sales.value * 1000000000000000 * 1000000000000000".to_owned());
    let world = World::new(Component {
        output,
        ..component()
    });
    assert_eq!(
        world.earn(&[("01-10", "1000"), ("01-11", "0")]),
        ["OVERFLOW", "0"]
    );
}

#[test]
fn a_cap_in_percent_of_no_target_is_an_error() {
    let mut world = World::rated(RUNNING, SplitMode::Step, percents("0- 1"));
    world.first().cap = Some(Limit::PercentOfTarget(number("200")));
    assert_eq!(world.earn(&[("01-10", "1000")]), ["MISSING_GOAL"]);
}

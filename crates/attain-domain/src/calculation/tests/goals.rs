//! Goals: spreads, ramps, proration, personal ones.

use rust_decimal::Decimal;

use super::world::*;
use crate::definition::calendar::IntervalKind;
use crate::plan::{Basis, Component, Goal, Proration, Spread};

fn world(interval: IntervalKind) -> World {
    World::new(Component {
        basis: Basis::PerInterval { true_up: false },
        interval,
        output: Some("measure.sales.attainment * 100".to_owned()),
        ..component()
    })
}

/// The goals of the intervals of 2015.
fn goals(world: &World) -> Vec<Decimal> {
    let drafts = world.through("2015-12-31", &credits(&[("01-10", "1")]));
    drafts
        .iter()
        .map(|draft| draft.trace.measures[0].goal.unwrap_or_default())
        .collect()
}

fn spread(parts: &[(&str, &str)]) -> std::collections::BTreeMap<crate::ids::IntervalId, Decimal> {
    parts
        .iter()
        .map(|(id, amount)| (interval_id(id), number(amount)))
        .collect()
}

#[test]
fn e61_a_quota_is_prorated_by_day() {
    let each = Spread::Each {
        interval: IntervalKind::Quarter,
        amount: number("90000"),
    };
    let mut world = world(IntervalKind::Quarter).with_goal(each, Proration::ByDay);
    world.ann.start = Some(date("2015-02-16"));
    let drafts = world.through("2015-03-31", &credits(&[("02-20", "55000")]));
    assert_eq!(drafts[0].trace.measures[0].goal, Some(number("44000")));
    assert_eq!(amounts(&drafts), ["125"]);
}

#[test]
fn a_quota_is_prorated_by_month() {
    let each = Spread::Each {
        interval: IntervalKind::Quarter,
        amount: number("90000"),
    };
    let mut world = world(IntervalKind::Quarter).with_goal(each, Proration::ByMonth);
    world.ann.start = Some(date("2015-02-16"));
    world.ann.end = Some(date("2015-05-01"));
    world.first().pays_leavers = true;
    assert_eq!(goals(&world), ["60000", "60000"].map(number));
}

#[test]
fn e62_a_quota_is_ramped_by_month_of_tenure() {
    let months = ["10000", "20000", "30000"].map(number).to_vec();
    let ramp = Spread::Ramped {
        months,
        then: number("45000"),
    };
    let mut world = world(IntervalKind::Period).with_goal(ramp, Proration::None);
    world.ann.start = Some(date("2015-01-20"));
    let drafts = world.through("2015-05-31", &credits(&[("02-10", "15000")]));
    let goals: Vec<_> = drafts
        .iter()
        .map(|d| d.trace.measures[0].goal.unwrap())
        .collect();
    assert_eq!(
        goals,
        ["10000", "20000", "30000", "45000", "45000"].map(number)
    );
    assert_eq!(amounts(&drafts)[1], "75");
    let months = ["10000", "20000", "30000"].map(number).to_vec();
    let ramp = Spread::Ramped {
        months,
        then: number("45000"),
    };
    let mut by_quarter = self::world(IntervalKind::Quarter).with_goal(ramp, Proration::None);
    by_quarter.ann.start = Some(date("2015-02-20"));
    assert_eq!(
        self::goals(&by_quarter),
        ["30000", "120000", "135000", "135000"].map(number)
    );
}

#[test]
fn shares_of_an_even_spread_add_up() {
    let each = Spread::Each {
        interval: IntervalKind::Year,
        amount: number("100"),
    };
    let world = world(IntervalKind::Period).with_goal(each, Proration::None);
    let goals = goals(&world);
    assert_eq!(goals[..3], ["8.33", "8.34", "8.33"].map(number));
    assert_eq!(goals.iter().sum::<Decimal>(), number("100"));
}

#[test]
fn a_goal_for_a_longer_interval_is_the_sum() {
    let each = Spread::Each {
        interval: IntervalKind::Period,
        amount: number("100"),
    };
    let year = world(IntervalKind::Year).with_goal(each, Proration::None);
    assert_eq!(goals(&year), [number("1200")]);
    let amounts = spread(&[
        ("2015-01", "1"),
        ("2015-02", "2"),
        ("2015-03", "3"),
        ("2015-Q2", "30"),
    ]);
    let stated = Spread::Amounts {
        total: Some(number("36")),
        amounts,
    };
    let quarters = world(IntervalKind::Quarter).with_goal(stated.clone(), Proration::None);
    assert_eq!(goals(&quarters), ["6", "30", "0", "0"].map(number));
    let months = world(IntervalKind::Period).with_goal(stated, Proration::None);
    assert_eq!(goals(&months)[..5], ["1", "2", "3", "10", "10"].map(number));
}

#[test]
fn percents_share_a_total() {
    let percents = spread(&[
        ("2015-Q1", "10"),
        ("2015-Q2", "20"),
        ("2015-Q3", "30"),
        ("2015-Q4", "40"),
    ]);
    let stated = Spread::Percents {
        total: number("5000"),
        percents,
    };
    let quarters = world(IntervalKind::Quarter).with_goal(stated, Proration::None);
    assert_eq!(
        goals(&quarters),
        ["500", "1000", "1500", "2000"].map(number)
    );
}

#[test]
fn a_personal_goal_wins() {
    let mut world = world(IntervalKind::Quarter).with_quota(IntervalKind::Quarter, "100");
    let spread = Spread::Each {
        interval: IntervalKind::Quarter,
        amount: number("200"),
    };
    let personal = Goal {
        spread,
        proration: Proration::None,
    };
    world.ann.assignments[0].goals = [(goal_id("quota"), personal)].into();
    assert_eq!(world.earn(&[("01-10", "50")]), ["25"]);
}

//! Rate tables: flat, step and interpolated, one credit at a time or with a running total.

use super::world::*;
use crate::calculation::EarningDraft;
use crate::definition::calendar::IntervalKind;
use crate::plan::{Axis, Basis, Dimension, DimensionInput, EarningRounding, RateValues, SplitMode};

const ALONE: Basis = Basis::PerEvent {
    running_total: false,
};
const RUNNING: Basis = Basis::PerEvent {
    running_total: true,
};
const INTERVAL: Basis = Basis::PerInterval { true_up: false };

const A1: &str = "0-10000 1; 10000-50000 2; 50000-100000 3; 100000- 4";
const A5: &str = "0-1000 1; 1000-3000 2; 3000-8000 3; 8000-20000 5";
const A5_ROWS: [(&str, &str); 6] = [
    ("01-01", "200"),
    ("01-02", "300"),
    ("01-15", "1500"),
    ("02-01", "1200"),
    ("02-15", "2000"),
    ("03-01", "4500"),
];

fn alone(split: SplitMode, table: &str, inputs: &[&str]) -> Vec<String> {
    let sales: Vec<_> = inputs.iter().map(|input| ("01-10", *input)).collect();
    World::rated(ALONE, split, percents(table)).earn(&sales)
}

fn blended(drafts: &[EarningDraft]) -> Vec<String> {
    let rate = |draft: &EarningDraft| draft.trace.rate.as_ref().unwrap().rate.unwrap();
    drafts
        .iter()
        .map(|d| rate(d).round_dp(5).normalize().to_string())
        .collect()
}

#[test]
fn a1_flat_rate_applies_to_everything() {
    let world = World::rated(ALONE, SplitMode::Flat, percents(A1));
    let sales = [("01-10", "5000"), ("01-10", "15000"), ("01-10", "60000")];
    let drafts = world.through("2015-03-31", &credits(&sales));
    assert_eq!(amounts(&drafts), ["50", "300", "1800"]);
    assert_eq!(blended(&drafts), ["0.01", "0.02", "0.03"]);
}

#[test]
fn a2_each_slice_at_its_own_rate() {
    assert_eq!(
        alone(SplitMode::Step, A1, &["5000", "15000", "60000"]),
        ["50", "200", "1200"]
    );
}

#[test]
fn a3_interpolation_completes_tiers_and_takes_a_fraction_of_the_last() {
    let input = DimensionInput::PercentOfGoal(measure_id("sales"));
    let rows = "0-25 1000; 25-50 2000; 50-100 5000; 100-999 6000";
    let world = World::rated(
        ALONE,
        SplitMode::Interpolated,
        table(input, rows, RateValues::Amounts),
    )
    .with_quota(IntervalKind::Quarter, "100");
    assert_eq!(
        world.earn(&[("01-10", "12"), ("01-11", "30")]),
        ["480", "1400"]
    );
}

#[test]
fn a4_the_edge_belongs_to_the_higher_tier() {
    let table = "0-25000 1; 25000-50000 2; 50000-75000 3; 75000-100000 4";
    assert_eq!(alone(SplitMode::Flat, table, &["50000"]), ["1500"]);
}

#[test]
fn a5_step_each_transaction_alone() {
    let world = World::rated(ALONE, SplitMode::Step, percents(A5));
    let drafts = world.through("2015-03-31", &credits(&A5_ROWS));
    assert_eq!(amounts(&drafts), ["2", "3", "20", "14", "30", "95"]);
    assert_eq!(total(&drafts), number("164"));
    let expected = ["0.01", "0.01", "0.01333", "0.01167", "0.015", "0.02111"];
    assert_eq!(blended(&drafts), expected);
}

#[test]
fn a7_step_grouped_by_month() {
    let mut world = World::rated(INTERVAL, SplitMode::Step, percents(A5));
    world.first().interval = IntervalKind::Period;
    world.plan.measures[0].interval = IntervalKind::Period;
    assert_eq!(world.earn(&A5_ROWS), ["30", "56", "95"]);
}

#[test]
fn a9_step_with_a_running_total() {
    let world = World::rated(RUNNING, SplitMode::Step, percents(A5));
    let drafts = world.through("2015-03-31", &credits(&A5_ROWS));
    assert_eq!(amounts(&drafts), ["2", "3", "25", "26", "60", "169"]);
    assert_eq!(total(&drafts), number("285"));
    assert_eq!(alone(SplitMode::Step, A5, &["9700"]), ["285"]);
}

#[test]
fn a10_the_split_is_shown_slice_by_slice() {
    let table = "0-1000 1; 1000-5000 2; 5000-10000 3; 10000- 0";
    let world = World::rated(ALONE, SplitMode::Step, percents(table));
    let drafts = world.through("2015-01-31", &credits(&[("01-10", "2500")]));
    assert_eq!(amounts(&drafts), ["40"]);
    let rate = drafts[0].trace.rate.clone().unwrap();
    assert_eq!(rate.rate, Some(number("0.016")));
    assert_eq!(rate.commission, number("40"));
    let inputs: Vec<_> = rate.slices.iter().map(|s| (s.input, s.result)).collect();
    assert_eq!(
        inputs,
        [
            (number("1000"), number("10")),
            (number("1500"), number("30"))
        ]
    );
}

#[test]
fn a12_split_and_not_split_differ() {
    let table = "0-1000 4; 1000-2000 10";
    assert_eq!(alone(SplitMode::Step, table, &["1500"]), ["90"]);
    assert_eq!(alone(SplitMode::Flat, table, &["1500"]), ["150"]);
}

#[test]
fn a14_a_flat_rate_is_that_of_the_total_after() {
    let table = percents("0-500 5; 500-1000 10; 1000-9999 15");
    let world = World::rated(RUNNING, SplitMode::Flat, table);
    assert_eq!(
        world.earn(&[("01-10", "500"), ("01-11", "500")]),
        ["50", "75"]
    );
}

#[test]
fn e28_portion_or_per_transaction() {
    let deals = [("01-10", "45000"), ("02-10", "15000")];
    let table = percents("0-50000 5; 50000- 8");
    let portion = World::rated(RUNNING, SplitMode::Step, table.clone());
    assert_eq!(portion.earn(&deals), ["2250", "1050"]);
    let per_transaction = World::rated(RUNNING, SplitMode::Flat, table);
    assert_eq!(per_transaction.earn(&deals), ["2250", "1200"]);
}

#[test]
fn e29_cumulative_or_not() {
    let table = by_attainment("0-100 6; 100-150 8; 150- 10");
    let sold = [("01-10", "110000")];
    let world = |split| {
        World::rated(INTERVAL, split, table.clone()).with_quota(IntervalKind::Quarter, "100000")
    };
    assert_eq!(world(SplitMode::Flat).earn(&sold), ["8800"]);
    assert_eq!(world(SplitMode::Step).earn(&sold), ["6800"]);
}

#[test]
fn e30_one_rate_for_all() {
    let table = by_attainment("0-100 10; 100-150 12; 150-200 14; 200- 16");
    let world =
        World::rated(INTERVAL, SplitMode::Flat, table).with_quota(IntervalKind::Quarter, "100");
    assert_eq!(world.earn(&[("01-10", "125")]), ["15"]);
}

#[test]
fn e33_and_e34_accelerators() {
    let two_rates = percents("0-200000 5; 200000- 8");
    let world = World::rated(RUNNING, SplitMode::Step, two_rates);
    assert_eq!(
        total(&world.through("2015-03-31", &credits(&[("01-10", "260000")]))),
        number("14800")
    );
    let three_bands = percents("0-100000 5; 100000-125000 6; 125000- 7");
    let world = World::rated(RUNNING, SplitMode::Step, three_bands);
    assert_eq!(world.earn(&[("01-10", "150000")]), ["8250"]);
}

#[test]
fn e36_the_rate_jumps_for_everything_at_half_of_the_quota() {
    let table = by_attainment("0-50 5; 50- 10");
    let world =
        World::rated(INTERVAL, SplitMode::Flat, table).with_quota(IntervalKind::Quarter, "33000");
    assert_eq!(world.earn(&[("01-10", "16499.99")]), ["825"]);
    assert_eq!(world.earn(&[("01-10", "16500")]), ["1650"]);
}

#[test]
fn negative_credits_walk_back_down() {
    let world = World::rated(RUNNING, SplitMode::Step, percents(A5));
    let sales = [
        ("01-10", "2000"),
        ("01-11", "-1500"),
        ("01-12", "-700"),
        ("01-13", "200"),
    ];
    assert_eq!(world.earn(&sales), ["30", "-25", "-7", "2"]);
    assert_eq!(alone(SplitMode::Step, A5, &["-2000"]), ["-30"]);
    assert_eq!(alone(SplitMode::Flat, A5, &["-2000"]), ["-40"]);
}

#[test]
fn rounding_is_cumulative_unless_each_is_rounded_alone() {
    let mut world = World::rated(RUNNING, SplitMode::Step, percents("0- 1"));
    let sales = [
        ("01-10", "0.40"),
        ("01-11", "0.40"),
        ("01-12", "0.40"),
        ("01-13", "0.40"),
    ];
    assert_eq!(world.earn(&sales), ["0", "0.01", "0", "0.01"]);
    world.first().rounding = EarningRounding::EachEarning;
    assert_eq!(world.earn(&sales), ["0", "0", "0", "0"]);
}

#[test]
fn two_dimensions_are_looked_up_beside_the_split_one() {
    let mut world = World::rated(ALONE, SplitMode::Step, percents("0-1000 1; 1000- 2"));
    world.set.categories.parents = [
        ("hardware", None),
        ("laptop", Some("hardware")),
        ("service", None),
    ]
    .map(|(name, parent)| (category(name), parent.map(category)))
    .into();
    let table = &mut world.plan.rate_tables[0];
    table.dimensions.insert(
        0,
        Dimension {
            input: DimensionInput::Text("credit.category".into()),
            axis: Axis::Texts(vec!["hardware".into(), "service".into()]),
        },
    );
    table.values = RateValues::Percents(["1", "2", "10", "20"].map(number).to_vec());
    let sales = credits(&[("01-10", "1500"), ("01-11", "1500"), ("01-12", "1500")]);
    let [first, second, third] = sales.try_into().unwrap();
    let sales = [
        in_category(first, "laptop"),
        in_category(second, "service"),
        third,
    ];
    let drafts = world.through("2015-01-31", &sales);
    assert_eq!(amounts(&drafts), ["20", "200", "VALUE_OUTSIDE_TIERS"]);
    assert_eq!(drafts[0].trace.rate.as_ref().unwrap().looked_up, ["laptop"]);
}

#[test]
fn another_table_takes_over_without_restating_what_was_earned() {
    let mut world = World::rated(RUNNING, SplitMode::Step, percents("0-1000 1; 1000- 2"));
    let mut later = percents("0-1000 10; 1000- 20");
    world.plan.rate_tables[0].effective.to = Some(date("2015-02-01"));
    later.effective.from = Some(date("2015-02-01"));
    let world = world.with_table(later);
    let sales = [
        ("01-10", "1500"),
        ("02-10", "100"),
        ("02-11", "-700"),
        ("03-01", "100"),
    ];
    assert_eq!(world.earn(&sales), ["20", "20", "-130", "10"]);
}

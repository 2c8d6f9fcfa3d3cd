//! Lint: each finding with its counter-example.

use super::world::*;
use crate::calculation::lint::{Finding, FindingCode, lint_plan};
use crate::definition::calendar::IntervalKind;
use crate::plan::{
    Axis, Basis, Component, Dimension, DimensionInput, Limit, RateValues, SplitMode, Threshold,
};

const INTERVAL: Basis = Basis::PerInterval { true_up: false };
const RUNNING: Basis = Basis::PerEvent {
    running_total: true,
};

fn findings(world: &World) -> Vec<Finding> {
    lint_plan(&world.plan, &world.set())
}

fn shown(world: &World) -> Vec<String> {
    let show = |f: &Finding| format!("{} {}: {}", f.code, f.text, f.counter_example);
    findings(world).iter().map(show).collect()
}

#[test]
fn a_sound_plan_has_no_findings() {
    let world = World::rated(
        RUNNING,
        SplitMode::Step,
        percents("0-1000 1; 1000-5000 2; 5000- 3"),
    );
    assert_eq!(shown(&world), [""; 0]);
    let output = Some("measure.sales.value * 0.1".to_owned());
    assert_eq!(
        shown(&World::new(Component {
            output,
            ..component()
        })),
        [""; 0]
    );
}

#[test]
fn e36_a_cliff_is_reported_with_its_size() {
    let world = World::rated(
        INTERVAL,
        SplitMode::Flat,
        by_attainment("0-50 5; 50-100 10; 100- 10"),
    )
    .with_quota(IntervalKind::Quarter, "33000");
    let expected = "CLIFF the pay jumps by 825.00 USD: \
                    16499.99 pays 825.00 USD, 16500 pays 1650.00 USD";
    assert_eq!(shown(&world), [expected]);
}

#[test]
fn selling_more_may_pay_less() {
    let world = World::rated(INTERVAL, SplitMode::Flat, percents("0-1000 10; 1000- 5"));
    let expected = "SELLING_MORE_PAYS_LESS selling more pays less: \
                    999.99 pays 100.00 USD, 1000 pays 50.00 USD";
    assert_eq!(shown(&world), [expected]);
}

#[test]
fn a_cap_may_be_reached_before_a_tier() {
    let mut world = World::rated(RUNNING, SplitMode::Step, percents("0-1000 10; 1000- 20"));
    world.first().cap = Some(Limit::Amount(number("50")));
    let expected = "CAP_BELOW_TIER the cap is reached before the tier that begins at 1000: \
                    999.99 pays 50.00 USD, 49.999 is withheld";
    assert_eq!(shown(&world), [expected]);
}

#[test]
fn a_threshold_is_a_cliff_and_may_hide_tiers() {
    let mut world = World::rated(INTERVAL, SplitMode::Flat, by_attainment("0-50 5; 50- 10"))
        .with_quota(IntervalKind::Quarter, "1000");
    world.first().threshold = Some(Threshold {
        measure: measure_id("sales"),
        percent: number("75"),
    });
    let codes: Vec<_> = findings(&world)
        .iter()
        .map(|finding| finding.code)
        .collect();
    assert_eq!(codes, [FindingCode::UnreachableCell, FindingCode::Cliff]);
}

#[test]
fn rows_that_nothing_comes_to_are_named() {
    let mut world = World::rated(RUNNING, SplitMode::Step, percents("0- 1"));
    let table = &mut world.plan.rate_tables[0];
    table.dimensions.push(Dimension {
        input: DimensionInput::Text("credit.kind".into()),
        axis: Axis::Texts(vec!["direct".into(), "team".into()]),
    });
    table.values = RateValues::Percents(["1", "2"].map(number).to_vec());
    let expected = "UNREACHABLE_CELL rate table `rates`: row `team` is never looked up: \
                    credits that count are direct";
    assert_eq!(shown(&world), [expected]);
}

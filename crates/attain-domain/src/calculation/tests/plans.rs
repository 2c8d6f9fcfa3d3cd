//! What is refused when a plan is saved.

use super::world::*;
use crate::calculation::{PlanBook, check_plan};
use crate::definition::calendar::IntervalKind;
use crate::plan::{
    Basis, Component, Limit, MeasureSource, MeasureValue, Proration, RateTable, SplitMode, Spread,
    Tier,
};

const RUNNING: Basis = Basis::PerEvent {
    running_total: true,
};

fn refusals(world: &World) -> Vec<String> {
    let set = world.set();
    let refusals = check_plan(&world.plan, &set);
    let compiled = PlanBook::compile(&set);
    assert_eq!(compiled.is_err(), !refusals.is_empty());
    let shown = |r: &crate::refusal::Refusal| {
        format!(
            "{} {}",
            r.reason.code(),
            r.field.as_deref().unwrap_or_default()
        )
    };
    refusals.iter().map(shown).collect()
}

fn stepped(change: impl FnOnce(&mut RateTable)) -> World {
    let mut world = World::rated(RUNNING, SplitMode::Step, percents("0-1000 1; 1000-2000 2"));
    change(&mut world.plan.rate_tables[0]);
    world
}

fn tiers_of(rows: &str) -> impl FnOnce(&mut RateTable) {
    let text = rows.to_owned();
    move |table| table.dimensions = percents(&text).dimensions
}

#[test]
fn a24_one_category_in_two_components() {
    let on = |names: &[&str], earning_basis| MeasureSource::Credits {
        value: MeasureValue::Amount,
        categories: names.iter().map(|name| category(name)).collect(),
        transaction_types: Vec::new(),
        earning_basis,
    };
    let mut world = World::new(Component {
        output: Some("1".to_owned()),
        ..component()
    });
    world.set.categories.parents = (1..=6)
        .map(|number| (category(&format!("CC{number}")), None))
        .collect();
    world.plan.measures = ["communication", "network", "revenue"]
        .map(|id| measure(id, IntervalKind::Quarter))
        .to_vec();
    world.plan.measures[0].source = on(&["CC1", "CC2", "CC3"], true);
    world.plan.measures[1].source = on(&["CC3", "CC4", "CC5"], false);
    world.plan.measures[2].source = on(&["CC4", "CC5", "CC6"], true);
    let second = Component {
        id: component_id("second"),
        measures: vec![measure_id("revenue")],
        ..world.plan.components[0].clone()
    };
    world.first().measures = vec![measure_id("communication"), measure_id("network")];
    world.plan.components.push(second);
    assert_eq!(refusals(&world), [""; 0]);
    world.plan.measures[2].source = on(&["CC3", "CC4", "CC5", "CC6"], true);
    assert_eq!(
        refusals(&world),
        ["CATEGORY_OVERLAP components[1].measures"]
    );
    world.plan.allow_category_overlap = true;
    assert_eq!(refusals(&world), [""; 0]);
}

#[test]
fn tables_have_no_gaps_overlaps_or_missing_cells() {
    let field = "rate_tables[0].dimensions[0].tiers[1].from";
    assert_eq!(
        refusals(&stepped(tiers_of("0-1000 1; 1500- 2"))),
        [format!("TIER_GAP {field}")]
    );
    assert_eq!(
        refusals(&stepped(tiers_of("0-1000 1; 900- 2"))),
        [format!("TIER_OVERLAP {field}")]
    );
    assert_eq!(
        refusals(&stepped(tiers_of("0- 1; 900- 2"))),
        [format!("TIER_OVERLAP {field}")]
    );
    let shape = refusals(&stepped(tiers_of("0-1 1; 1-2 2; 2- 3")));
    assert_eq!(shape, ["TABLE_SHAPE rate_tables[0].values"]);
    let empty = Tier {
        from: number("5"),
        to: Some(number("5")),
    };
    let world = stepped(|table| {
        table.dimensions[0].axis = crate::plan::Axis::Tiers(vec![empty, empty]);
    });
    assert!(refusals(&world)[0].starts_with("TIER_OVERLAP"));
}

#[test]
fn goals_add_up() {
    let amounts = [("2015-Q1", "10"), ("2015-Q2", "20")]
        .map(|(id, amount)| (interval_id(id), number(amount)));
    let spread = |total| Spread::Amounts {
        total: Some(number(total)),
        amounts: amounts.clone().into(),
    };
    let world = |spread| stepped(|_| {}).with_goal(spread, Proration::None);
    assert_eq!(refusals(&world(spread("30"))), [""; 0]);
    assert_eq!(
        refusals(&world(spread("31"))),
        ["GOAL_SUM_MISMATCH goals[0].amounts"]
    );
    let percents = Spread::Percents {
        total: number("1"),
        percents: amounts.clone().into(),
    };
    assert_eq!(
        refusals(&world(percents)),
        ["GOAL_SUM_MISMATCH goals[0].percents"]
    );
    let nested = [
        ("2015-Q1", "10"),
        ("2015-01", "4"),
        ("2015-02", "5"),
        ("2015-03", "0"),
    ]
    .map(|(id, amount)| (interval_id(id), number(amount)));
    let nested = Spread::Amounts {
        total: Some(number("10")),
        amounts: nested.into(),
    };
    assert_eq!(
        refusals(&world(nested)),
        ["GOAL_SUM_MISMATCH goals[0].amounts.2015-Q1"]
    );
    let unknown = Spread::Amounts {
        total: None,
        amounts: [(interval_id("2099"), number("1"))].into(),
    };
    assert_eq!(
        refusals(&world(unknown)),
        ["UNKNOWN_REFERENCE goals[0].amounts.2099"]
    );
}

#[test]
fn expressions_are_refused_with_line_and_column() {
    let mut world = World::new(Component {
        output: Some("measure.sales.value *\n  measure.sale.total".to_owned()),
        ..component()
    });
    let set = world.set();
    let refusals = PlanBook::compile(&set).unwrap_err();
    let [refusal] = refusals.as_slice() else {
        panic!("{refusals:?}")
    };
    assert_eq!(refusal.field.as_deref(), Some("components[0].output"));
    let text = "plan `rep`: line 2, column 3: unknown name `measure.sale.total`";
    assert!(refusal.text.starts_with(text), "{}", refusal.text);
    world.first().output = Some("1 / 0".to_owned());
    assert_eq!(
        self::refusals(&world),
        ["BAD_EXPRESSION components[0].output"]
    );
    world.first().output = Some("credit.category".to_owned());
    assert_eq!(
        self::refusals(&world),
        ["BAD_EXPRESSION components[0].output"]
    );
    world.plan.measures = vec![expression("sales", IntervalKind::Quarter, "credit.price")];
    world.first().output = Some("1".to_owned());
    assert_eq!(self::refusals(&world), ["BAD_EXPRESSION measures[0].value"]);
}

#[test]
fn parts_of_a_plan_fit_together() {
    type Change = fn(&mut World);
    let cases: [(Change, &str); 9] = [
        (
            |w| w.first().measures.clear(),
            "BAD_PLAN components[0].measures",
        ),
        (
            |w| w.first().instalments = 0,
            "BAD_PLAN components[0].instalments",
        ),
        (
            |w| w.first().floor = Some(Limit::Amount(number("1"))),
            "BAD_PLAN components[0].floor",
        ),
        (
            |w| w.plan.measures[0].goal = Some(goal_id("x")),
            "UNKNOWN_REFERENCE measures[0].goal",
        ),
        (
            |w| {
                w.first().rate.as_mut().unwrap().table =
                    crate::ids::RateTableId::parse("x").unwrap()
            },
            "UNKNOWN_REFERENCE components[0].rate.table",
        ),
        (|w| w.first().rate = None, "BAD_PLAN components[0].rate"),
        (
            |w| w.first().rate.as_mut().unwrap().split = SplitMode::Interpolated,
            "",
        ),
        (
            |w| w.plan.measures.push(w.plan.measures[0].clone()),
            "DUPLICATE measures[1].id",
        ),
        (
            |w| w.plan.rate_tables.push(w.plan.rate_tables[0].clone()),
            "DUPLICATE rate_tables[1].effective",
        ),
    ];
    for (change, expected) in cases {
        let mut world = stepped(|_| {});
        change(&mut world);
        let found = refusals(&world);
        assert_eq!(found.first().map_or("", String::as_str), expected);
    }
}

//! Per-interval components: when they earn, true-up, leavers, measures of other intervals, and
//! the second phase.

use super::world::*;
use crate::calculation::{
    CreditInput, EarningDraft, ParticipantFold, PlanBook, ReportEarning, Window,
};
use crate::definition::calendar::IntervalKind;
use crate::money::{Currency, Money};
use crate::plan::{
    Basis, Component, DimensionInput, Limit, MeasureSource, Phase, RateValues, ReportDepth,
    SplitMode,
};
use crate::time::DateRange;

const INTERVAL: Basis = Basis::PerInterval { true_up: false };
const TRUE_UP: Basis = Basis::PerInterval { true_up: true };

fn places(drafts: &[EarningDraft]) -> Vec<String> {
    let place = |d: &EarningDraft| format!("{} {} {}", d.key.interval, d.date, amount(d));
    drafts.iter().map(place).collect()
}

fn bonus(interval: IntervalKind, basis: Basis) -> World {
    let output = Some("measure.sales.total * 0.1".to_owned());
    World::new(Component {
        basis,
        interval,
        output,
        ..component()
    })
}

#[test]
fn an_interval_earns_when_its_last_period_is_run() {
    let world = bonus(IntervalKind::Quarter, INTERVAL);
    let sales = credits(&[("01-10", "100"), ("03-10", "200")]);
    assert_eq!(places(&world.through("2015-02-28", &sales)), [""; 0]);
    assert_eq!(
        places(&world.through("2015-03-31", &sales)),
        ["2015-Q1 2015-03-31 30"]
    );
    let march = Window {
        from: date("2015-03-01"),
        through: date("2015-03-31"),
    };
    assert_eq!(places(&world.run(march, &sales)), ["2015-Q1 2015-03-31 30"]);
    let april = Window {
        from: date("2015-04-01"),
        through: date("2015-06-30"),
    };
    assert_eq!(places(&world.run(april, &sales)), ["2015-Q2 2015-06-30 0"]);
}

#[test]
fn a22_leavers_earn_only_if_the_component_says_so() {
    let mut world = bonus(IntervalKind::Quarter, INTERVAL);
    world.ann.end = Some(date("2015-02-15"));
    let sales = credits(&[("01-10", "100")]);
    assert_eq!(places(&world.through("2015-03-31", &sales)), [""; 0]);
    world.first().pays_leavers = true;
    assert_eq!(
        places(&world.through("2015-03-31", &sales)),
        ["2015-Q1 2015-03-31 10"]
    );
}

#[test]
fn a25_the_stored_input_follows_though_the_amount_stands() {
    let input = DimensionInput::Value(measure_id("sales"));
    let rates = table(input, "0-20000 250; 20000- 500", RateValues::Amounts);
    let mut world = World::rated(INTERVAL, SplitMode::Flat, rates);
    world.first().interval = IntervalKind::Period;
    world.plan.measures[0].interval = IntervalKind::Period;
    let mut sales = credits(&[("01-10", "20500"), ("02-10", "10000")]);
    let before = world.through("2015-02-28", &sales);
    assert_eq!(amounts(&before), ["500", "250"]);
    sales.push(credit(3, "02-11", "100"));
    let after = world.through("2015-02-28", &sales);
    assert_eq!(amounts(&after), ["500", "250"]);
    assert_eq!(after[1].trace.measures[0].after, number("10100"));
}

#[test]
fn a_true_up_pays_the_value_to_date_less_what_was_earned() {
    let table = percents("0-1000 1; 1000-3000 2; 3000- 3");
    let world = World::rated(TRUE_UP, SplitMode::Flat, table);
    let sales = credits(&[("01-10", "500"), ("02-10", "1000"), ("03-10", "-700")]);
    let expected = [
        "2015-01 2015-01-31 5",
        "2015-02 2015-02-28 25",
        "2015-03 2015-03-31 -22",
    ];
    assert_eq!(places(&world.through("2015-03-31", &sales)), expected);
    assert_eq!(places(&world.through("2015-02-28", &sales)), expected[..2]);
}

#[test]
fn a_floor_lifts_a_true_up_at_the_end_of_the_interval() {
    let mut world = bonus(IntervalKind::Quarter, TRUE_UP);
    world.first().floor = Some(Limit::Amount(number("100")));
    let drafts = world.through("2015-03-31", &credits(&[("01-10", "500")]));
    assert_eq!(amounts(&drafts), ["50", "0", "50"]);
    assert_eq!(drafts[2].trace.lifted, number("50"));
}

/// E34: over-quota rates only if the year is above quota.
#[test]
fn e34_a_year_to_date_gate() {
    let gate = "measure.year.attainment > 1.0 ? measure.sales.value * 0.08 \
                : measure.sales.value * 0.05";
    let mut world =
        bonus(IntervalKind::Quarter, INTERVAL).with_quota(IntervalKind::Quarter, "100000");
    let year = crate::plan::Measure {
        goal: Some(goal_id("quota")),
        ..measure("year", IntervalKind::Year)
    };
    world.plan.measures.push(year);
    world.first().measures.push(measure_id("year"));
    world.first().output = Some(gate.to_owned());
    let sales = credits(&[("01-10", "50000"), ("04-10", "75000"), ("07-10", "200000")]);
    assert_eq!(
        amounts(&world.through("2015-09-30", &sales)),
        ["2500", "3750", "10000"]
    );
    let third = Window {
        from: date("2015-09-01"),
        through: date("2015-09-30"),
    };
    let set = world.set();
    let book = PlanBook::compile(&set).unwrap();
    let span = book.span(&set, third);
    assert_eq!(
        span,
        DateRange::between(date("2015-01-01"), date("2015-10-01"))
    );
    let drafts = world.run(third, &sales);
    assert_eq!(places(&drafts), ["2015-Q3 2015-09-30 10000"]);
    assert_eq!(drafts[0].trace.measures[1].before, number("125000"));
    assert_eq!(drafts[0].trace.measures[1].goal, Some(number("400000")));
}

fn report(period: &str, component: &str, amount: &str, depth: ReportDepth) -> ReportEarning {
    ReportEarning {
        plan: plan_id("rep"),
        component: component_id(component),
        period: period_id(period),
        participant: participant_id("ben"),
        amount: Money::new(number(amount), Currency::parse("USD").unwrap()),
        depth,
    }
}

#[test]
fn the_second_phase_adds_up_what_reports_earned() {
    let mut world = bonus(IntervalKind::Quarter, INTERVAL);
    world
        .plan
        .measures
        .push(measure("team", IntervalKind::Quarter));
    world.plan.measures[1].source = MeasureSource::ReportEarnings {
        components: vec![(plan_id("rep"), component_id("commission"))],
        depth: ReportDepth::Direct,
    };
    world.plan.components.push(Component {
        id: component_id("override"),
        measures: vec![measure_id("team")],
        phase: Phase::Second,
        output: Some("measure.team.total * 0.02".to_owned()),
        ..world.plan.components[0].clone()
    });
    let reports = [
        report("2015-01", "commission", "1000", ReportDepth::Direct),
        report("2015-03", "commission", "500", ReportDepth::Direct),
        report("2015-03", "commission", "9000", ReportDepth::All),
        report("2015-03", "other", "9000", ReportDepth::Direct),
        report("2015-04", "commission", "9000", ReportDepth::Direct),
    ];
    let set = world.set();
    let book = PlanBook::compile(&set).unwrap();
    assert!(book.has_phase(Phase::Second));
    let window = Window {
        from: date("2015-03-01"),
        through: date("2015-03-31"),
    };
    let ann = &set.participants[&world.ann.id];
    let mut fold = ParticipantFold::begin(&book, &set, ann, window, Phase::Second, &reports);
    let mut drafts = Vec::new();
    let sale = credit(1, "01-10", "100");
    fold.credit(
        &CreditInput {
            credit: &sale,
            transaction: None,
        },
        &mut drafts,
    );
    fold.finish(&mut drafts);
    assert_eq!(places(&drafts), ["2015-Q1 2015-03-31 30"]);
}

#[test]
fn a_component_starts_and_ends_with_its_dates() {
    let output = Some("measure.sales.value * 0.1".to_owned());
    let mut world = World::new(Component {
        output,
        ..component()
    });
    world.first().effective = DateRange {
        from: Some(date("2015-02-01")),
        to: None,
    };
    let sales = credits(&[("01-10", "100"), ("02-10", "100")]);
    let drafts = world.through("2015-03-31", &sales);
    assert_eq!(amounts(&drafts), ["10"]);
    assert_eq!(
        drafts[0].trace.measures[0].before,
        number("100"),
        "measures are the plan's"
    );
    let mut world = bonus(IntervalKind::Quarter, INTERVAL);
    world.first().effective = DateRange {
        from: None,
        to: Some(date("2015-03-31")),
    };
    assert_eq!(places(&world.through("2015-03-31", &sales)), [""; 0]);
}

//! Thresholds, caps, floors, fixed amounts, instalments, currency.

use super::world::*;
use crate::definition::CurrencyRates;
use crate::definition::calendar::IntervalKind;
use crate::definition::rates::CurrencyRate;
use crate::money::{Currency, Money, Rounding};
use crate::paying::part_amount;
use crate::plan::{Basis, Component, Limit, SplitMode, Threshold};

const INTERVAL: Basis = Basis::PerInterval { true_up: false };

fn share(basis: Basis, interval: IntervalKind, output: &str) -> World {
    World::new(Component {
        basis,
        interval,
        output: Some(output.to_owned()),
        ..component()
    })
}

fn at_seventy_five() -> Option<Threshold> {
    Some(Threshold {
        measure: measure_id("sales"),
        percent: number("75"),
    })
}

#[test]
fn e56_a_cap_withholds_visibly() {
    let mut world = share(INTERVAL, IntervalKind::Year, "measure.sales.total * 0.1");
    world.ann.assignments[0].target_incentive = Some(number("5000"));
    world.first().cap = Some(Limit::PercentOfTarget(number("200")));
    let drafts = world.through("2015-12-31", &credits(&[("01-10", "124000")]));
    assert_eq!(amounts(&drafts), ["10000"]);
    assert_eq!(drafts[0].trace.withheld, number("2400"));
    assert_eq!(drafts[0].trace.unrounded, number("12400"));
}

#[test]
fn a_cap_holds_for_the_interval_and_gives_back() {
    let running = Basis::PerEvent {
        running_total: true,
    };
    for basis in [
        running,
        Basis::PerEvent {
            running_total: false,
        },
    ] {
        let mut world = share(basis, IntervalKind::Quarter, "measure.sales.value * 0.1");
        world.first().cap = Some(Limit::Amount(number("100")));
        let sales = [
            ("01-10", "800"),
            ("02-10", "400"),
            ("03-10", "-300"),
            ("04-10", "500"),
        ];
        let drafts = world.through("2015-04-30", &credits(&sales));
        assert_eq!(amounts(&drafts), ["80", "20", "-10", "50"]);
        let withheld: Vec<_> = drafts.iter().map(|d| d.trace.withheld).collect();
        assert_eq!(withheld, ["0", "20", "-20", "0"].map(number));
    }
}

#[test]
fn e57_below_the_threshold_nothing_at_it_the_whole_curve() {
    let table = percents("0- 10");
    for (sold, earned) in [("74990", "0"), ("75000", "7500")] {
        let mut world = World::rated(INTERVAL, SplitMode::Step, table.clone())
            .with_quota(IntervalKind::Quarter, "100000");
        world.first().threshold = at_seventy_five();
        let drafts = world.through("2015-03-31", &credits(&[("01-10", sold)]));
        assert_eq!(amounts(&drafts), [earned]);
        assert_eq!(drafts[0].trace.threshold_reached, Some(earned != "0"));
    }
}

#[test]
fn a_running_total_jumps_when_the_threshold_is_reached() {
    let running = Basis::PerEvent {
        running_total: true,
    };
    let mut world = World::rated(running, SplitMode::Step, percents("0- 10"))
        .with_quota(IntervalKind::Quarter, "100000");
    world.first().threshold = at_seventy_five();
    let sales = [("01-10", "70000"), ("02-10", "10000"), ("03-10", "-6000")];
    assert_eq!(world.earn(&sales), ["0", "8000", "-8000"]);
}

#[test]
fn e58_fixed_spiff_and_value_spiff() {
    let each = Basis::PerEvent {
        running_total: false,
    };
    let fixed = share(each, IntervalKind::Quarter, "250");
    let four = [
        ("01-10", "1"),
        ("01-11", "2"),
        ("02-10", "3"),
        ("03-10", "4"),
    ];
    assert_eq!(
        total(&fixed.through("2015-03-31", &credits(&four))),
        number("1000")
    );
    let value = share(each, IntervalKind::Quarter, "measure.sales.value * 0.02");
    assert_eq!(value.earn(&[("01-10", "50000")]), ["1000"]);
}

#[test]
fn e37_instalments_add_up_and_e39_the_liability_is_what_is_left() {
    let each = Basis::PerEvent {
        running_total: false,
    };
    let mut world = share(each, IntervalKind::Quarter, "measure.sales.value * 0.06");
    world.first().instalments = 3;
    let drafts = world.through("2015-01-31", &credits(&[("01-10", "1000")]));
    assert_eq!(
        (amount(&drafts[0]), drafts[0].instalments),
        ("60".to_owned(), 3)
    );
    let usd = Currency::parse("USD").unwrap();
    let part = |whole, number, of| {
        let whole = Money::new(whole, usd);
        part_amount(whole, number, of, Rounding::HalfEven)
            .unwrap()
            .amount
    };
    assert_eq!(
        [0, 1, 2].map(|at| part(number("60"), at, 3)),
        ["20", "20", "20"].map(number)
    );
    let liability = number("100") - part(number("100"), 0, 5);
    assert_eq!(liability, number("80"));
}

#[test]
fn e64_a_later_rate_leaves_an_earlier_date_alone() {
    let [eur, usd] = ["EUR", "USD"].map(|code| Currency::parse(code).unwrap());
    let rate = |when, rate| CurrencyRate {
        from: eur,
        to: usd,
        date: date(when),
        rate: number(rate),
    };
    let rates = CurrencyRates {
        rates: vec![rate("2015-01-01", "1.0850"), rate("2015-02-01", "1.2")],
    };
    let each = Basis::PerEvent {
        running_total: false,
    };
    let mut world = share(each, IntervalKind::Quarter, "measure.sales.value * 0.08");
    world.set.settings.as_mut().unwrap().operating_currency = eur;
    let drafts = world.through("2015-01-31", &credits(&[("01-10", "10000")]));
    assert_eq!(amounts(&drafts), ["800"]);
    let earned = Money::new(number("800"), eur);
    let (paid, _) = rates
        .convert(earned, usd, date("2015-01-31"))
        .unwrap()
        .unwrap();
    assert_eq!(
        Rounding::HalfEven.money(paid.amount, usd).to_string(),
        "868.00 USD"
    );
}

#[test]
fn the_target_of_an_interval_is_its_share_of_the_year() {
    let mut world = share(
        INTERVAL,
        IntervalKind::Quarter,
        "target * measure.sales.attainment",
    )
    .with_quota(IntervalKind::Quarter, "100");
    world.ann.assignments[0].target_incentive = Some(number("10000"));
    assert_eq!(world.earn(&[("01-10", "50")]), ["1250"]);
    world.ann.assignments[0].target_incentive = None;
    assert_eq!(world.earn(&[("01-10", "50")]), ["MISSING_GOAL"]);
}

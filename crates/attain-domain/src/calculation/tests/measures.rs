//! Measures: what is added up, factors, and what the explanation shows of it.

use super::world::*;
use crate::calculation::EarningDraft;
use crate::credit::{Credit, CreditKind};
use crate::definition::calendar::IntervalKind;
use crate::ids::TransactionType;
use crate::plan::{
    Basis, Component, Factor, FactorEntry, IndirectCredits, MeasureSource, MeasureValue,
};
use crate::time::DateRange;

fn attainments(drafts: &[EarningDraft]) -> Vec<String> {
    drafts
        .iter()
        .map(|d| d.trace.measures[0].after.normalize().to_string())
        .collect()
}

fn five_percent(basis: Basis) -> World {
    let output = Some("measure.sales.value * 0.05".to_owned());
    World::new(Component {
        basis,
        output,
        interval: IntervalKind::Period,
        ..component()
    })
}

const A16: [(&str, &str); 5] = [
    ("01-10", "1000"),
    ("01-11", "1500"),
    ("01-12", "500"),
    ("02-10", "1500"),
    ("02-11", "500"),
];

#[test]
fn a16_attainment_individually() {
    let alone = five_percent(Basis::PerEvent {
        running_total: false,
    });
    let drafts = alone.through("2015-02-28", &credits(&A16));
    assert_eq!(attainments(&drafts), ["1000", "1500", "500", "1500", "500"]);
    let running = five_percent(Basis::PerEvent {
        running_total: true,
    });
    let drafts = running.through("2015-02-28", &credits(&A16));
    assert_eq!(
        attainments(&drafts),
        ["1000", "2500", "3000", "1500", "2000"]
    );
}

#[test]
fn a17_attainment_grouped_against_a_target_spread_evenly() {
    let mut world =
        five_percent(Basis::PerInterval { true_up: false }).with_quota(IntervalKind::Year, "36000");
    world.first().output = Some("measure.sales.attainment * 100".to_owned());
    let drafts = world.through("2015-02-28", &credits(&A16));
    assert_eq!(attainments(&drafts), ["3000", "2000"]);
    assert_eq!(drafts[0].trace.measures[0].goal, Some(number("3000")));
    assert_eq!(amounts(&drafts), ["100", "66.67"]);
}

fn factor(id: &str, entries: &[(DateRange, Option<&str>, &str)]) -> Factor {
    let entry = |(effective, kind, value): &(DateRange, Option<&str>, &str)| FactorEntry {
        effective: *effective,
        transaction_type: kind.map(|kind| TransactionType::parse(kind).unwrap()),
        category: None,
        value: number(value),
    };
    Factor {
        id: factor_id(id),
        entries: entries.iter().map(entry).collect(),
    }
}

#[test]
fn a19_factors_count_where_an_expression_names_them() {
    let mut world = five_percent(Basis::PerEvent {
        running_total: false,
    });
    let to_april = DateRange {
        from: None,
        to: Some(date("2015-04-01")),
    };
    world.plan.factors = vec![
        factor(
            "season",
            &[(to_april, None, "1.25"), (DateRange::ALWAYS, None, "1")],
        ),
        factor(
            "event",
            &[
                (DateRange::ALWAYS, Some("ORDER"), "0.5"),
                (DateRange::ALWAYS, Some("INVOICE"), "0.5"),
            ],
        ),
    ];
    let named = "credit.amount * factor.season * factor.event";
    world.plan.measures = vec![expression("sales", IntervalKind::Period, named)];
    world.first().output = Some("measure.sales.value".to_owned());
    let sales = credits(&[
        ("02-10", "ORDER 1000"),
        ("02-11", "INVOICE 1000"),
        ("05-10", "INVOICE 1000"),
    ]);
    let drafts = world.through("2015-05-31", &sales);
    assert_eq!(amounts(&drafts), ["625", "625", "500"]);
    let used = &drafts[0].trace.factors;
    assert_eq!(
        *used,
        [
            (factor_id("event"), number("0.5")),
            (factor_id("season"), number("1.25"))
        ]
    );
    world.plan.measures = vec![measure("sales", IntervalKind::Period)];
    assert_eq!(amounts(&world.through("2015-05-31", &sales[..1])), ["1000"]);
}

#[test]
fn a20_staged_credit() {
    let mut world = five_percent(Basis::PerEvent {
        running_total: false,
    });
    let always = DateRange::ALWAYS;
    let stages = [
        (always, Some("ORDER"), "0.6"),
        (always, Some("INVOICE"), "0.2"),
        (always, Some("PAYMENT"), "0.2"),
    ];
    world.plan.factors = vec![factor("stage", &stages)];
    let named = "credit.amount * factor.stage";
    world.plan.measures = vec![expression("sales", IntervalKind::Period, named)];
    world.first().output = Some("measure.sales.value".to_owned());
    let sales = [
        ("01-10", "ORDER 10000"),
        ("02-10", "INVOICE 10000"),
        ("03-10", "PAYMENT 10000"),
    ];
    assert_eq!(world.earn(&sales), ["6000", "2000", "2000"]);
    assert_eq!(world.earn(&[("01-10", "RETURN 10000")]), ["MISSING_FACTOR"]);
}

fn of_kind(mut credit: Credit, kind: CreditKind) -> Credit {
    credit.kind = kind;
    credit
}

#[test]
fn only_the_wanted_kinds_of_credits_count() {
    let [direct, indirect, team] = ["100", "20", "3"].map(|amount| credit(1, "01-10", amount));
    let sales = [
        direct,
        of_kind(indirect, CreditKind::Indirect),
        of_kind(team, CreditKind::Team),
    ];
    for (wanted, sum) in [
        (IndirectCredits::None, "5"),
        (IndirectCredits::Manager, "6"),
        (IndirectCredits::Team, "5.15"),
        (IndirectCredits::All, "6.15"),
    ] {
        let mut world = five_percent(Basis::PerEvent {
            running_total: false,
        });
        world.first().indirect = wanted;
        assert_eq!(total(&world.through("2015-01-31", &sales)), number(sum));
    }
}

#[test]
fn b13_a_category_counts_for_its_ancestors_only() {
    let mut world = five_percent(Basis::PerEvent {
        running_total: false,
    });
    world.set.categories.parents = [
        (category("computer"), None),
        (category("laptop"), Some(category("computer"))),
    ]
    .into();
    let measure_on = |name| MeasureSource::Credits {
        value: MeasureValue::Amount,
        categories: vec![category(name)],
        transaction_types: Vec::new(),
        earning_basis: true,
    };
    let eligibility = |world: &World, name| {
        let set = world.set();
        let book = crate::calculation::PlanBook::compile(&set).unwrap();
        book.eligibility(&set, &in_category(credit(1, "01-10", "100"), name))
    };
    world.plan.measures[0].source = measure_on("computer");
    assert_eq!(
        eligibility(&world, "laptop"),
        crate::credit::CreditStatus::Eligible
    );
    world.plan.measures[0].source = measure_on("laptop");
    let crate::credit::CreditStatus::Error(error) = eligibility(&world, "computer") else {
        panic!("a credit on Computer does not count for a measure on Laptop");
    };
    assert_eq!(error.reason, crate::refusal::Reason::NoMatchingMeasure);
    let drafts = world.through(
        "2015-01-31",
        &[in_category(credit(1, "01-10", "1"), "computer")],
    );
    assert_eq!(drafts, []);
    world.ann.assignments.clear();
    let crate::credit::CreditStatus::Error(error) = eligibility(&world, "laptop") else {
        panic!("no plan");
    };
    assert_eq!(error.reason, crate::refusal::Reason::NoPlan);
}

#[test]
fn b12_a_credit_that_is_not_to_be_calculated_counts_for_nothing() {
    let world = five_percent(Basis::PerEvent {
        running_total: true,
    });
    let held = Credit {
        calculates: false,
        ..credit(1, "01-10", "100")
    };
    let drafts = world.through("2015-01-31", &[held, credit(2, "01-11", "100")]);
    assert_eq!(attainments(&drafts), ["100"]);
}

#[test]
fn assignments_bound_which_credits_count() {
    let mut world = five_percent(Basis::PerEvent {
        running_total: true,
    });
    world.ann.assignments[0].effective = DateRange::between(date("2015-01-11"), date("2015-01-12"));
    assert_eq!(
        attainments(&world.through("2015-01-31", &credits(&A16))),
        ["1500"]
    );
}

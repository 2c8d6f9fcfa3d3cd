//! A plan with everything that plans can have, and one that does not hold together.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use smol_str::SmolStr;

use attain_domain::definition::calendar::IntervalKind;
use attain_domain::ids::*;
use attain_domain::plan::*;
use attain_domain::time::DateRange;

use super::{dates, decimal, from};

pub(super) fn goal(spread: Spread, proration: Proration) -> Goal {
    Goal { spread, proration }
}

pub(super) fn spreads() -> Vec<Spread> {
    let by_interval = |parts: &[(&str, &str)]| -> BTreeMap<IntervalId, Decimal> {
        let parts = parts.iter();
        parts
            .map(|(id, part)| (id!(IntervalId, id), decimal(part)))
            .collect()
    };
    let each = |interval| Spread::Each {
        interval,
        amount: decimal("250000.5"),
    };
    vec![
        each(IntervalKind::Period),
        each(IntervalKind::Quarter),
        each(IntervalKind::Year),
        Spread::Amounts {
            total: Some(decimal("300")),
            amounts: by_interval(&[("2026-Q1", "100"), ("2026-Q2", "200")]),
        },
        Spread::Amounts {
            total: None,
            amounts: by_interval(&[("2026", "100")]),
        },
        Spread::Percents {
            total: decimal("1000"),
            percents: by_interval(&[("2026-Q1", "33.5"), ("2026-Q2", "66.5")]),
        },
        Spread::Ramped {
            months: vec![decimal("1000"), decimal("2000")],
            then: decimal("5000"),
        },
    ]
}

fn tier(from: &str, to: Option<&str>) -> Tier {
    Tier {
        from: decimal(from),
        to: to.map(decimal),
    }
}

fn tiers() -> Axis {
    Axis::Tiers(vec![
        tier("0", Some("10000")),
        tier("10000", Some("50000.5")),
        tier("50000.5", None),
    ])
}

fn by_value() -> Dimension {
    Dimension {
        input: DimensionInput::Value(id!(MeasureId, "revenue")),
        axis: tiers(),
    }
}

fn texts() -> Axis {
    Axis::Texts(["West", "no", "1", "a: b"].map(SmolStr::new).to_vec())
}

fn table(name: &str, dimensions: Vec<Dimension>, values: RateValues) -> RateTable {
    RateTable {
        id: id!(RateTableId, name),
        effective: from("2026-01-01"),
        dimensions,
        values,
    }
}

pub(super) fn rate_tables() -> Vec<RateTable> {
    let by_region = Dimension {
        input: DimensionInput::Text(SmolStr::new("attribute.region")),
        axis: texts(),
    };
    let by_attainment = Dimension {
        input: DimensionInput::PercentOfGoal(id!(MeasureId, "revenue")),
        axis: Axis::Tiers(vec![tier("-10", Some("50")), tier("50", Some("100"))]),
    };
    let numbers = |count: i64| (1..=count).map(|n| Decimal::new(n, 1)).collect();
    vec![
        table("flat", vec![by_value()], RateValues::Percents(numbers(3))),
        table(
            "by region",
            vec![by_region.clone(), by_attainment.clone()],
            RateValues::Amounts(numbers(8)),
        ),
        table(
            "three",
            vec![by_region, by_value(), by_attainment],
            RateValues::Percents(numbers(24)),
        ),
    ]
}

/// Tables that do not hold together: kept as they are all the same.
pub(super) fn odd_tables() -> Plan {
    let twice = Dimension {
        input: DimensionInput::Text(SmolStr::new("credit.category")),
        axis: Axis::Texts(["A", "A"].map(SmolStr::new).to_vec()),
    };
    let mixed = Dimension {
        axis: texts(),
        ..by_value()
    };
    let empty = Dimension {
        axis: Axis::Tiers(Vec::new()),
        ..by_value()
    };
    let values = || RateValues::Percents(vec![Decimal::ONE, Decimal::TWO]);
    let many = vec![by_value(); 30];
    Plan {
        id: id!(PlanId, "odd"),
        name: "odd".to_owned(),
        allow_category_overlap: true,
        measures: Vec::new(),
        goals: Vec::new(),
        rate_tables: vec![
            table("short", vec![by_value()], values()),
            table("twice", vec![twice], values()),
            table("mixed", vec![mixed], RateValues::Amounts(Vec::new())),
            table("empty", vec![empty], RateValues::Amounts(Vec::new())),
            table("none", Vec::new(), values()),
            table("many", many, values()),
        ],
        factors: Vec::new(),
        components: Vec::new(),
    }
}

fn measures() -> Vec<Measure> {
    let credits = |value, earning_basis| MeasureSource::Credits {
        value,
        categories: vec![id!(CategoryId, "Computer"), id!(CategoryId, "Network")],
        transaction_types: vec![id!(TransactionType, "ORDER")],
        earning_basis,
    };
    let measure = |id: &str, source, interval, goal: Option<&str>| Measure {
        id: id!(MeasureId, id),
        source,
        interval,
        goal: goal.map(|goal| id!(GoalId, goal)),
    };
    let everything = MeasureSource::Credits {
        value: MeasureValue::Quantity,
        categories: Vec::new(),
        transaction_types: Vec::new(),
        earning_basis: true,
    };
    let expression = MeasureValue::Expression("credit.amount * 0.5".to_owned());
    let pairs = vec![(id!(PlanId, "ae/1"), id!(ComponentId, "commission"))];
    let reports = |components, depth| MeasureSource::ReportEarnings { components, depth };
    let (amount, year) = (credits(MeasureValue::Amount, true), IntervalKind::Year);
    vec![
        measure("revenue", amount, IntervalKind::Quarter, Some("goal 0")),
        measure("margin", credits(expression, false), year, None),
        measure("units", everything, IntervalKind::Period, None),
        measure("all", reports(Vec::new(), ReportDepth::All), year, None),
        measure("some", reports(pairs, ReportDepth::Direct), year, None),
    ]
}

fn components() -> Vec<Component> {
    let full = Component {
        id: id!(ComponentId, "commission"),
        name: "Commission on revenue".to_owned(),
        effective: dates("2026-01-01", "2027-01-01"),
        measures: vec![id!(MeasureId, "revenue"), id!(MeasureId, "units")],
        basis: Basis::PerEvent {
            running_total: true,
        },
        interval: IntervalKind::Quarter,
        rounding: EarningRounding::EachEarning,
        indirect: IndirectCredits::All,
        rate: Some(RateUse {
            table: id!(RateTableId, "flat"),
            split: SplitMode::Step,
            input: id!(MeasureId, "units"),
        }),
        output: Some("commission * factor.event".to_owned()),
        threshold: Some(Threshold {
            measure: id!(MeasureId, "revenue"),
            percent: decimal("50"),
        }),
        cap: Some(Limit::PercentOfTarget(decimal("200"))),
        floor: Some(Limit::Amount(decimal("100"))),
        instalments: 3,
        pays_leavers: true,
        phase: Phase::Second,
    };
    let plain = Component {
        id: id!(ComponentId, "bonus"),
        name: "bonus".to_owned(),
        effective: DateRange::ALWAYS,
        basis: Basis::PerInterval { true_up: true },
        rounding: EarningRounding::Cumulative,
        indirect: IndirectCredits::None,
        rate: Some(RateUse {
            table: id!(RateTableId, "flat"),
            split: SplitMode::Flat,
            input: id!(MeasureId, "revenue"),
        }),
        output: None,
        threshold: None,
        cap: None,
        floor: None,
        instalments: 1,
        pays_leavers: false,
        phase: Phase::First,
        ..full.clone()
    };
    let without_rate = Component {
        measures: Vec::new(),
        rate: None,
        instalments: 0,
        ..plain.clone()
    };
    vec![full, plain, without_rate]
}

pub(crate) fn plan() -> Plan {
    let goals = spreads().into_iter().enumerate();
    let entry = |transaction_type: Option<&str>, category: Option<&str>, value| FactorEntry {
        effective: from("2026-04-01"),
        transaction_type: transaction_type.map(|of| id!(TransactionType, of)),
        category: category.map(|of| id!(CategoryId, of)),
        value: decimal(value),
    };
    Plan {
        id: id!(PlanId, "ae/1"),
        name: "Account executives — 2026".to_owned(),
        allow_category_overlap: false,
        measures: measures(),
        goals: goals
            .map(|(index, spread)| NamedGoal {
                id: id!(GoalId, &format!("goal {index}")),
                goal: goal(spread, Proration::ByDay),
            })
            .collect(),
        rate_tables: rate_tables(),
        factors: vec![Factor {
            id: id!(FactorId, "event"),
            entries: vec![
                entry(Some("ORDER"), Some("Computer"), "0.5"),
                entry(None, None, "1.25"),
            ],
        }],
        components: components(),
    }
}

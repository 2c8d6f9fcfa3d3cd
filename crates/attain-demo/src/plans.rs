//! Three plans: commission with accelerators for clerks, overrides on roll-ups for managers, and a
//! quarterly bonus.

use attain_domain::definition::calendar::IntervalKind;
use attain_domain::ids::{ComponentId, GoalId, MeasureId, PlanId, RateTableId};
use attain_domain::plan::{
    Axis, Basis, Component, Dimension, DimensionInput, EarningRounding, Goal, IndirectCredits,
    Limit, Measure, MeasureSource, MeasureValue, NamedGoal, Phase, Plan, Proration, RateTable,
    RateUse, RateValues, SplitMode, Spread, Threshold, Tier,
};
use attain_domain::time::DateRange;
use rust_decimal::Decimal;

fn measure(interval: IntervalKind, goal: Option<GoalId>) -> Measure {
    Measure {
        id: sales(),
        source: MeasureSource::Credits {
            value: MeasureValue::Amount,
            categories: Vec::new(),
            transaction_types: Vec::new(),
            earning_basis: true,
        },
        interval,
        goal,
    }
}

fn sales() -> MeasureId {
    MeasureId::parse("sales").expect("a name")
}

fn quota() -> GoalId {
    GoalId::parse("quota").expect("a name")
}

fn goal() -> NamedGoal {
    let amount = Decimal::from(8_000_000);
    let spread = Spread::Each {
        interval: IntervalKind::Quarter,
        amount,
    };
    NamedGoal {
        id: quota(),
        goal: Goal {
            spread,
            proration: Proration::None,
        },
    }
}

fn table(
    id: &str,
    input: DimensionInput,
    bounds: &[(i64, Option<i64>)],
    values: RateValues,
) -> RateTable {
    let tier = |(from, to): &(i64, Option<i64>)| Tier {
        from: Decimal::from(*from),
        to: to.map(Decimal::from),
    };
    let axis = Axis::Tiers(bounds.iter().map(tier).collect());
    RateTable {
        id: RateTableId::parse(id).expect("a name"),
        effective: DateRange::ALWAYS,
        dimensions: vec![Dimension { input, axis }],
        values,
    }
}

fn component(id: &str, name: &str, basis: Basis, interval: IntervalKind) -> Component {
    Component {
        id: ComponentId::parse(id).expect("a name"),
        name: name.to_owned(),
        effective: DateRange::ALWAYS,
        measures: vec![sales()],
        basis,
        rounding: EarningRounding::Cumulative,
        interval,
        indirect: IndirectCredits::None,
        rate: None,
        output: None,
        threshold: None,
        cap: None,
        floor: None,
        instalments: 1,
        pays_leavers: true,
        phase: Phase::First,
    }
}

fn rate(table: &str, split: SplitMode) -> Option<RateUse> {
    let table = RateTableId::parse(table).expect("a name");
    Some(RateUse {
        table,
        split,
        input: sales(),
    })
}

fn plan(id: &str, name: &str, measures: Vec<Measure>, goals: Vec<NamedGoal>) -> Plan {
    Plan {
        id: PlanId::parse(id).expect("a name"),
        name: name.to_owned(),
        allow_category_overlap: true,
        measures,
        goals,
        rate_tables: Vec::new(),
        factors: Vec::new(),
        components: Vec::new(),
    }
}

/// Clerks: 0.4 % to quota, 0.6 % up to one and a half times, 0.9 % above, slice by slice over the
/// quarter's running total.
pub(crate) fn rep() -> Plan {
    let quarter = IntervalKind::Quarter;
    let mut rep = plan(
        "rep",
        "Clerks",
        vec![measure(quarter, Some(quota()))],
        vec![goal()],
    );
    let percents = [4, 6, 9].map(|tenths| Decimal::new(tenths, 1)).to_vec();
    let bounds = [(0, Some(100)), (100, Some(150)), (150, None)];
    let input = DimensionInput::PercentOfGoal(sales());
    rep.rate_tables = vec![table(
        "accelerator",
        input,
        &bounds,
        RateValues::Percents(percents),
    )];
    let basis = Basis::PerEvent {
        running_total: true,
    };
    let mut commission = component("commission", "Commission", basis, quarter);
    commission.indirect = IndirectCredits::Team;
    commission.rate = rate("accelerator", SplitMode::Step);
    rep.components = vec![commission];
    rep
}

/// Everybody above and beside the clerks: a monthly override on what was rolled up, capped.
pub(crate) fn manager() -> Plan {
    let month = IntervalKind::Period;
    let mut manager = plan(
        "manager",
        "Managers",
        vec![measure(month, None)],
        Vec::new(),
    );
    let percents = [5, 4, 3]
        .map(|hundredths| Decimal::new(hundredths, 2))
        .to_vec();
    let bounds = [
        (0, Some(50_000_000)),
        (50_000_000, Some(200_000_000)),
        (200_000_000, None),
    ];
    let input = DimensionInput::Value(sales());
    manager.rate_tables = vec![table(
        "override",
        input,
        &bounds,
        RateValues::Percents(percents),
    )];
    let basis = Basis::PerInterval { true_up: false };
    let mut over = component("override", "Override", basis, month);
    over.indirect = IndirectCredits::Manager;
    over.rate = rate("override", SplitMode::Step);
    over.cap = Some(Limit::Amount(Decimal::from(500_000)));
    manager.components = vec![over];
    manager
}

/// Clerks: a fixed amount for the quarter by attainment, nothing below 80 percent.
pub(crate) fn bonus() -> Plan {
    let quarter = IntervalKind::Quarter;
    let measures = vec![measure(quarter, Some(quota()))];
    let mut bonus = plan("bonus", "Quarterly bonus", measures, vec![goal()]);
    let amounts = [0, 1_000, 2_500, 5_000].map(Decimal::from).to_vec();
    let bounds = [
        (0, Some(80)),
        (80, Some(100)),
        (100, Some(120)),
        (120, None),
    ];
    let input = DimensionInput::PercentOfGoal(sales());
    bonus.rate_tables = vec![table("bonus", input, &bounds, RateValues::Amounts(amounts))];
    let basis = Basis::PerInterval { true_up: false };
    let mut quarterly = component("quarterly-bonus", "Quarterly bonus", basis, quarter);
    quarterly.rate = rate("bonus", SplitMode::Flat);
    quarterly.threshold = Some(Threshold {
        measure: sales(),
        percent: Decimal::from(80),
    });
    bonus.components = vec![quarterly];
    bonus
}

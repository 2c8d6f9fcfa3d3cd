//! Plans, with every way to write each part of them.

use attain_domain::definition::Definition;
use attain_domain::definition::calendar::IntervalKind;
use attain_domain::ids::IntervalId;
use attain_domain::plan::{
    Axis, Basis, Component, Dimension, DimensionInput, EarningRounding, Factor, FactorEntry, Goal,
    IndirectCredits, Limit, Measure, MeasureSource, MeasureValue, NamedGoal, Phase, Plan,
    Proration, RateTable, RateUse, RateValues, ReportDepth, SplitMode, Spread, Threshold, Tier,
};
use attain_domain::testing::{decimal, name, per_event_component, plan};
use rust_decimal::Decimal;

use super::definitions::check_versions;
use super::extremes::{Numbered, names, numbers, ranges, texts};
use crate::case::cases;
use crate::site::Site;

cases! { "fidelity":
    /// Snapshot: What was written is read back equal, field by field.
    plans_are_read_as_they_were_written
}

const INTERVALS: [IntervalKind; 3] = [
    IntervalKind::Period,
    IntervalKind::Quarter,
    IntervalKind::Year,
];

fn by_interval() -> std::collections::BTreeMap<IntervalId, Decimal> {
    names()
        .into_iter()
        .zip(numbers().into_iter().cycle())
        .collect()
}

pub(super) fn goals() -> Vec<Goal> {
    let each = INTERVALS.map(|interval| Spread::Each {
        interval,
        amount: decimal("999999999999999.99999999"),
    });
    let mut spreads: Vec<Spread> = each.into_iter().collect();
    for total in [None, Some(decimal("0.00000001"))] {
        let amounts = by_interval();
        spreads.push(Spread::Amounts { total, amounts });
    }
    spreads.push(Spread::Percents {
        total: decimal("1000000"),
        percents: by_interval(),
    });
    for months in [Vec::new(), numbers()] {
        spreads.push(Spread::Ramped {
            months,
            then: decimal("1000"),
        });
    }
    let prorations = [Proration::None, Proration::ByDay, Proration::ByMonth];
    let goals = spreads.into_iter().zip(prorations.into_iter().cycle());
    goals
        .map(|(spread, proration)| Goal { spread, proration })
        .collect()
}

pub(super) fn rate_tables() -> Vec<RateTable> {
    let tiers = || {
        Axis::Tiers(vec![
            Tier {
                from: decimal("0"),
                to: Some(decimal("99.99999999")),
            },
            Tier {
                from: decimal("99.99999999"),
                to: None,
            },
        ])
    };
    let texts = || {
        Axis::Texts(
            ["", "north & south", "日本", "\"x\""]
                .map(Into::into)
                .to_vec(),
        )
    };
    let dimension = |input, axis| Dimension { input, axis };
    let sales = || name("sales");
    let dimensions = vec![
        vec![dimension(DimensionInput::Value(sales()), tiers())],
        vec![dimension(DimensionInput::PercentOfGoal(sales()), tiers())],
        vec![
            dimension(DimensionInput::PercentOfGoal(sales()), tiers()),
            dimension(DimensionInput::Text("credit.category".into()), texts()),
        ],
    ];
    let values = [
        RateValues::Percents(numbers()),
        RateValues::Amounts(numbers()),
    ];
    let parts = dimensions.into_iter().zip(values.into_iter().cycle());
    let numbered = (0..).zip(parts.zip(ranges().into_iter().cycle()));
    let table = |(number, ((dimensions, values), effective))| RateTable {
        id: name(&format!("table {number}")),
        effective,
        dimensions,
        values,
    };
    numbered.map(table).collect()
}

fn measures() -> Vec<Measure> {
    let values = texts().into_iter().map(MeasureValue::Expression);
    let values = values.chain([MeasureValue::Amount, MeasureValue::Quantity]);
    let of_credits = values.flat_map(|value| {
        [true, false].map(|earning_basis| MeasureSource::Credits {
            value: value.clone(),
            categories: names(),
            transaction_types: names(),
            earning_basis,
        })
    });
    let of_reports = [ReportDepth::Direct, ReportDepth::All].map(|depth| {
        let components = names().into_iter().zip(names()).collect();
        MeasureSource::ReportEarnings { components, depth }
    });
    let of_everything = MeasureSource::ReportEarnings {
        components: Vec::new(),
        depth: ReportDepth::All,
    };
    let sources = of_credits.chain(of_reports).chain([of_everything]);
    let goals = [None, Some(name("quota"))];
    let numbered = (0..).zip(sources).zip(INTERVALS.into_iter().cycle());
    let numbered = numbered.zip(goals.into_iter().cycle());
    let measure = |(((number, source), interval), goal)| Measure {
        id: name(&format!("measure {number}")),
        source,
        interval,
        goal,
    };
    numbered.map(measure).collect()
}

fn bases() -> Vec<Basis> {
    let per_event = [true, false].map(|running_total| Basis::PerEvent { running_total });
    let per_interval = [true, false].map(|true_up| Basis::PerInterval { true_up });
    per_event.into_iter().chain(per_interval).collect()
}

fn limits() -> Vec<Limit> {
    let amounts = numbers().into_iter().map(Limit::Amount);
    amounts
        .chain(numbers().into_iter().map(Limit::PercentOfTarget))
        .collect()
}

fn components() -> Vec<Component> {
    use IndirectCredits::{All, Manager, None as DirectOnly, Team};
    let plain = |number| per_event_component(&format!("component {number}"), "sales");
    let splits = [SplitMode::Flat, SplitMode::Step, SplitMode::Interpolated];
    let roundings = [EarningRounding::Cumulative, EarningRounding::EachEarning];
    let rate = |split| RateUse {
        table: name("rates"),
        split,
        input: name("sales"),
    };
    let threshold = |percent| Threshold {
        measure: name("sales"),
        percent,
    };
    Numbered::new(plain)
        .vary(texts(), |row, text| row.name = text)
        .vary(ranges(), |row, range| row.effective = range)
        .vary([names()], |row, names| row.measures = names)
        .vary(bases(), |row, basis| row.basis = basis)
        .vary(INTERVALS, |row, interval| row.interval = interval)
        .vary(roundings, |row, rounding| row.rounding = rounding)
        .vary([DirectOnly, Manager, Team, All], |row, indirect| {
            row.indirect = indirect
        })
        .vary(splits.map(rate), |row, rate| row.rate = Some(rate))
        .vary(texts(), |row, text| row.output = Some(text))
        .vary([None], |row, none| row.output = none)
        .vary(numbers(), |row, percent| {
            row.threshold = Some(threshold(percent))
        })
        .vary(limits(), |row, limit| row.cap = Some(limit))
        .vary(limits(), |row, limit| row.floor = Some(limit))
        .vary([0, 12, u16::MAX], |row, count| row.instalments = count)
        .vary([true], |row, pays| row.pays_leavers = pays)
        .vary([Phase::First, Phase::Second], |row, phase| {
            row.phase = phase
        })
        .rows
}

fn factors() -> Vec<Factor> {
    let entries = numbers().into_iter().zip(ranges().into_iter().cycle());
    let entries = entries.zip(names()).zip(names());
    let entry = |(((value, effective), transaction_type), category)| FactorEntry {
        effective,
        transaction_type: Some(transaction_type),
        category: Some(category),
        value,
    };
    let mut entries: Vec<FactorEntry> = entries.map(entry).collect();
    entries.push(FactorEntry {
        effective: ranges()[0],
        transaction_type: None,
        category: None,
        value: decimal("1"),
    });
    let full = Factor {
        id: name("full"),
        entries,
    };
    let empty = Factor {
        id: name("empty"),
        entries: Vec::new(),
    };
    vec![full, empty]
}

async fn plans_are_read_as_they_were_written(site: Site) {
    let goal = |(number, goal)| NamedGoal {
        id: name(&format!("goal {number}")),
        goal,
    };
    let full = Plan {
        allow_category_overlap: true,
        measures: measures(),
        goals: (0..).zip(goals()).map(goal).collect(),
        rate_tables: rate_tables(),
        factors: factors(),
        components: components(),
        ..plan("full")
    };
    let empty = Plan {
        measures: Vec::new(),
        components: Vec::new(),
        ..plan("empty")
    };
    let mut all = vec![full, plan("plain"), empty];
    all.extend(texts().into_iter().map(|name| Plan {
        name,
        ..plan("named")
    }));
    let ids: Vec<attain_domain::ids::PlanId> = names();
    all.extend(ids.iter().map(|id| plan(id.as_str())));
    check_versions(&site, all.into_iter().map(Definition::Plan).collect()).await;
}

//! The plans of the company: `reps` from their sales, `managers` from what rolls up to them, and in
//! a second phase from what their reports have earned.

use attain_domain::definition::calendar::IntervalKind;
use attain_domain::plan::{
    Axis, Basis, Component, Dimension, DimensionInput, EarningRounding, Factor, FactorEntry, Goal,
    IndirectCredits, Limit, Measure, MeasureSource, MeasureValue, NamedGoal, Phase, Plan,
    Proration, RateTable, RateUse, RateValues, ReportDepth, SplitMode, Spread, Threshold, Tier,
};
use attain_domain::testing::{date, decimal, name};
use attain_domain::time::DateRange;

use super::knobs::Knob;

/// What is different about the plans.
#[derive(Clone, Debug, Default)]
pub(crate) struct Plans {
    basis: u8,
    mode: u8,
    interval: u8,
    measure_interval: u8,
    by_attainment: bool,
    tiers: u8,
    table_dates: bool,
    cap: u8,
    threshold: u8,
    round_each: bool,
    instalments: u8,
    output: u8,
    bonus: u8,
    laptops: u8,
    override_: u8,
    override_counts: u8,
    second: u8,
    second_depth: bool,
    leavers: bool,
    factor: u8,
}

impl Plans {
    /// Sets a knob that is about plans.
    #[allow(
        clippy::wildcard_enum_match_arm,
        reason = "the other knobs are not about plans"
    )]
    pub(crate) fn turn(&mut self, knob: &Knob) {
        match knob {
            Knob::Basis(basis) => self.basis = *basis,
            Knob::Mode(mode) => self.mode = *mode,
            Knob::Interval(interval) => self.interval = *interval,
            Knob::MeasureInterval(interval) => self.measure_interval = *interval,
            Knob::ByAttainment(is) => self.by_attainment = *is,
            Knob::Tiers(tiers) => self.tiers = *tiers,
            Knob::TableDates(is) => self.table_dates = *is,
            Knob::Cap(cap) => self.cap = *cap,
            Knob::Threshold(threshold) => self.threshold = *threshold,
            Knob::RoundEach(is) => self.round_each = *is,
            Knob::Instalments(count) => self.instalments = *count,
            Knob::Output(output) => self.output = *output,
            Knob::Bonus(bonus) => self.bonus = *bonus,
            Knob::Laptops(laptops) => self.laptops = *laptops,
            Knob::Override(kind) => self.override_ = *kind,
            Knob::OverrideCounts(counts) => self.override_counts = *counts,
            Knob::Second(second) => self.second = *second,
            Knob::SecondDepth(all) => self.second_depth = *all,
            Knob::Leavers(are) => self.leavers = *are,
            Knob::Factor(factor) => self.factor = *factor,
            other => panic!("{other:?} is about nothing"),
        }
    }

    /// Both plans.
    pub(crate) fn all(&self) -> Vec<Plan> {
        vec![self.reps(), self.managers()]
    }

    fn reps(&self) -> Plan {
        let mut components = vec![self.commission()];
        components.extend(self.bonus_component());
        components.extend(self.laptops_component());
        Plan {
            id: name("reps"),
            name: "Reps".to_owned(),
            allow_category_overlap: true,
            measures: vec![
                Measure {
                    interval: interval(self.measure_interval),
                    goal: Some(name("quota")),
                    ..measure("sales", MeasureValue::Amount, &[])
                },
                Measure {
                    goal: Some(name("quota")),
                    ..measure("units", MeasureValue::Quantity, &[])
                },
                measure("laptops", MeasureValue::Amount, &["hardware"]),
                measure(
                    "pieces",
                    MeasureValue::Expression(PIECES.to_owned()),
                    &["software"],
                ),
            ],
            goals: vec![NamedGoal {
                id: name("quota"),
                goal: quota(),
            }],
            rate_tables: self.tables(),
            factors: self.factors(),
            components,
        }
    }

    fn commission(&self) -> Component {
        let basis = match self.basis {
            0 => Basis::PerEvent {
                running_total: true,
            },
            1 => Basis::PerEvent {
                running_total: false,
            },
            2 => Basis::PerInterval { true_up: false },
            _ => Basis::PerInterval { true_up: true },
        };
        let is_event = matches!(basis, Basis::PerEvent { .. });
        let output = match self.output {
            0 | 1 => None,
            2 => Some("commission * 1.5".to_owned()),
            _ if is_event => Some("commission + transaction.quantity * 0.333".to_owned()),
            _ => Some("commission + participant.grade".to_owned()),
        };
        let rounding = if self.round_each {
            EarningRounding::EachEarning
        } else {
            EarningRounding::Cumulative
        };
        let cap = match self.cap {
            0 => None,
            1 => Some(Limit::Amount(decimal("55.55"))),
            _ => Some(Limit::PercentOfTarget(decimal("4"))),
        };
        let threshold = (self.threshold > 0).then(|| Threshold {
            measure: name("sales"),
            percent: decimal(if self.threshold == 1 { "20" } else { "75" }),
        });
        Component {
            basis,
            interval: interval(self.interval),
            rounding,
            rate: Some(RateUse {
                table: name("rates"),
                split: mode(self.mode),
                input: name("sales"),
            }),
            output,
            cap,
            threshold,
            instalments: u16::from(self.instalments.max(1)),
            pays_leavers: self.leavers,
            ..component("commission", &["sales"])
        }
    }

    /// Reads goals, attainment and attributes of people.
    fn bonus_component(&self) -> Option<Component> {
        let (output, kind) = match self.bonus {
            0 => return None,
            1 => ("measure.sales.attainment * 10.0", IntervalKind::Quarter),
            2 => (
                "measure.units.total * (1 + participant.grade)",
                IntervalKind::Period,
            ),
            _ => ("measure.units.value * factor.season", IntervalKind::Period),
        };
        Some(Component {
            basis: Basis::PerInterval { true_up: false },
            interval: kind,
            output: Some(output.to_owned()),
            floor: (self.bonus == 1).then(|| Limit::Amount(decimal("5"))),
            pays_leavers: self.leavers,
            ..component("bonus", &["units", "sales"])
        })
    }

    fn laptops_component(&self) -> Option<Component> {
        let (measure, output, effective) = match self.laptops {
            0 => return None,
            1 => (
                "laptops",
                "credit.amount * factor.season * 0.01",
                DateRange::ALWAYS,
            ),
            _ => ("pieces", "measure.pieces.value * 1.111", from("2026-02-01")),
        };
        Some(Component {
            effective,
            output: Some(output.to_owned()),
            indirect: IndirectCredits::Team,
            ..component("extra", &[measure])
        })
    }

    fn tables(&self) -> Vec<RateTable> {
        let rates = match self.tiers {
            0 => ["1", "2", "5"],
            1 => ["3.5", "0.75", "10"],
            _ => ["0", "4.125", "4"],
        };
        if !self.table_dates {
            return vec![self.table(DateRange::ALWAYS, &rates)];
        }
        let until = DateRange {
            from: None,
            to: Some(date("2026-02-10")),
        };
        vec![
            self.table(until, &rates),
            self.table(from("2026-02-10"), &["2", "3", "4"]),
        ]
    }

    fn table(&self, effective: DateRange, rates: &[&str]) -> RateTable {
        let (input, bounds) = if self.by_attainment {
            (DimensionInput::PercentOfGoal(name("sales")), ["50", "100"])
        } else {
            (DimensionInput::Value(name("sales")), ["1000", "2500.50"])
        };
        let last = (self.mode == 2).then(|| decimal("100000000"));
        RateTable {
            id: name("rates"),
            effective,
            dimensions: vec![Dimension {
                input,
                axis: tiers(&bounds, last),
            }],
            values: RateValues::Percents(rates.iter().map(|rate| decimal(rate)).collect()),
        }
    }

    fn factors(&self) -> Vec<Factor> {
        let entry = |effective, value: &str| FactorEntry {
            effective,
            transaction_type: None,
            category: None,
            value: decimal(value),
        };
        let entries = match self.factor {
            0 => vec![entry(DateRange::ALWAYS, "1.25")],
            1 => vec![
                entry(from("2026-02-01"), "0.8"),
                entry(DateRange::ALWAYS, "1"),
            ],
            _ => vec![entry(from("2026-02-01"), "2")],
        };
        vec![Factor {
            id: name("season"),
            entries,
        }]
    }

    fn overriding(&self) -> Component {
        let counts = [
            IndirectCredits::Manager,
            IndirectCredits::All,
            IndirectCredits::None,
        ];
        let (basis, split) = match self.override_ {
            0 => (
                Basis::PerEvent {
                    running_total: true,
                },
                SplitMode::Step,
            ),
            1 => (
                Basis::PerEvent {
                    running_total: true,
                },
                SplitMode::Flat,
            ),
            2 => (
                Basis::PerEvent {
                    running_total: false,
                },
                SplitMode::Flat,
            ),
            _ => (Basis::PerInterval { true_up: true }, SplitMode::Step),
        };
        Component {
            basis,
            interval: IntervalKind::Quarter,
            indirect: counts[usize::from(self.override_counts)],
            rate: Some(RateUse {
                table: name("rates"),
                split,
                input: name("team"),
            }),
            ..component("override", &["team"])
        }
    }

    fn managers(&self) -> Plan {
        let mut components = vec![self.overriding()];
        components.extend(self.second_component());
        let depth = if self.second_depth {
            ReportDepth::All
        } else {
            ReportDepth::Direct
        };
        let below = MeasureSource::ReportEarnings {
            components: Vec::new(),
            depth,
        };
        Plan {
            id: name("managers"),
            name: "Managers".to_owned(),
            allow_category_overlap: true,
            measures: vec![
                Measure {
                    interval: IntervalKind::Quarter,
                    ..measure("team", MeasureValue::Amount, &[])
                },
                Measure {
                    source: below,
                    ..measure("below", MeasureValue::Amount, &[])
                },
            ],
            goals: Vec::new(),
            rate_tables: vec![team_table()],
            factors: Vec::new(),
            components,
        }
    }

    fn second_component(&self) -> Option<Component> {
        let kind = match self.second {
            0 => return None,
            1 => IntervalKind::Period,
            _ => IntervalKind::Quarter,
        };
        Some(Component {
            basis: Basis::PerInterval { true_up: false },
            interval: kind,
            output: Some("measure.below.total * 0.1".to_owned()),
            phase: Phase::Second,
            ..component("share", &["below"])
        })
    }
}

const PIECES: &str = "transaction.quantity * 2.0 + 1.0";

/// The rates that somebody may have instead of the plan's.
pub(crate) fn personal_table() -> RateTable {
    RateTable {
        id: name("rates"),
        effective: DateRange::ALWAYS,
        dimensions: vec![Dimension {
            input: DimensionInput::Value(name("sales")),
            axis: tiers(&["700"], Some(decimal("100000000"))),
        }],
        values: RateValues::Percents(vec![decimal("6"), decimal("7")]),
    }
}

fn team_table() -> RateTable {
    RateTable {
        id: name("rates"),
        effective: DateRange::ALWAYS,
        dimensions: vec![Dimension {
            input: DimensionInput::Value(name("team")),
            axis: tiers(&["1200", "4000"], None),
        }],
        values: RateValues::Percents(["0.5", "1.25", "2"].map(decimal).into()),
    }
}

fn quota() -> Goal {
    let spread = Spread::Each {
        interval: IntervalKind::Quarter,
        amount: decimal("3000"),
    };
    Goal {
        spread,
        proration: Proration::None,
    }
}

fn from(day: &str) -> DateRange {
    DateRange {
        from: Some(date(day)),
        to: None,
    }
}

fn interval(number: u8) -> IntervalKind {
    [
        IntervalKind::Quarter,
        IntervalKind::Period,
        IntervalKind::Year,
    ][usize::from(number)]
}

fn mode(number: u8) -> SplitMode {
    match number {
        0 => SplitMode::Step,
        1 | 3 => SplitMode::Flat,
        _ => SplitMode::Interpolated,
    }
}

fn tiers(bounds: &[&str], last: Option<rust_decimal::Decimal>) -> Axis {
    let mut from = decimal("0");
    let mut tiers = Vec::new();
    for bound in bounds {
        let to = decimal(bound);
        tiers.push(Tier { from, to: Some(to) });
        from = to;
    }
    tiers.push(Tier { from, to: last });
    Axis::Tiers(tiers)
}

fn measure(id: &str, value: MeasureValue, categories: &[&str]) -> Measure {
    Measure {
        id: name(id),
        source: MeasureSource::Credits {
            value,
            categories: categories.iter().map(|category| name(category)).collect(),
            transaction_types: Vec::new(),
            earning_basis: true,
        },
        interval: IntervalKind::Period,
        goal: None,
    }
}

fn component(id: &str, measures: &[&str]) -> Component {
    Component {
        id: name(id),
        name: id.to_owned(),
        effective: DateRange::ALWAYS,
        measures: measures.iter().map(|measure| name(measure)).collect(),
        basis: Basis::PerEvent {
            running_total: false,
        },
        interval: IntervalKind::Period,
        rounding: EarningRounding::Cumulative,
        indirect: IndirectCredits::None,
        rate: None,
        output: None,
        threshold: None,
        cap: None,
        floor: None,
        instalments: 1,
        pays_leavers: false,
        phase: Phase::First,
    }
}

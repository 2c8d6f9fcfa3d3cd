//! The documents of the company, written from what is agreed.

use std::collections::BTreeMap;

use attain_domain::definition::calendar::{IntervalKind, PeriodStatus};
use attain_domain::definition::participant::{Assignment, ReportingLine};
use attain_domain::definition::rules::{CreditRule, Receiver, ReceiverKind};
use attain_domain::definition::settings::NegativeSheet;
use attain_domain::definition::{
    AttributeSchema, Calendar, Definition, Participant, RuleSet, Settings,
};
use attain_domain::expression::ValueType;
use attain_domain::money::Rounding;
use attain_domain::plan::{
    Axis, Basis, Component, Dimension, DimensionInput, EarningRounding, IndirectCredits, Measure,
    MeasureSource, MeasureValue, Phase, Plan, RateTable, RateUse, RateValues, ReportDepth,
    SplitMode, Tier,
};
use attain_domain::testing::{date, months, name, pay_group, settings};
use attain_domain::time::{Date, DateRange};
use rust_decimal::Decimal;

use crate::draws::payment_plans;
use crate::terms::{BONUS, CARRIED, LADDER, MONTHS, PEOPLE, Receives, TEAM, Terms};

/// The id of one of the people; 5 is nobody.
pub(crate) fn person_id(who: u8) -> String {
    format!("p{who}")
}

/// The date of a day.
pub(crate) fn date_of(day: u32) -> Date {
    date("2026-01-01") + chrono::Days::new(day.into())
}

/// Cents as an amount.
pub(crate) fn amount_of(cents: i64) -> Decimal {
    Decimal::new(cents, 2)
}

/// Everything that is defined.
pub(crate) fn documents(terms: &Terms) -> Vec<Definition> {
    let mut all = vec![
        Definition::Settings(settings_of(terms)),
        Definition::Attributes(AttributeSchema {
            transaction: [(name("owner"), ValueType::Text)].into(),
        }),
        Definition::Calendar(calendar(terms)),
        Definition::PayGroup(pay_group("staff")),
        Definition::Plan(reps(terms)),
        Definition::Plan(extra(terms)),
        Definition::Plan(managers(terms)),
        Definition::RuleSet(rule_set(terms)),
    ];
    all.extend(
        payment_plans(terms)
            .into_iter()
            .map(Definition::PaymentPlan),
    );
    let people = (0..PEOPLE).map(|who| Definition::Participant(person(terms, who)));
    all.extend(people);
    all
}

fn settings_of(terms: &Terms) -> Settings {
    Settings {
        archive_updated_credits: terms.archive,
        collect_cancellations_as_zero: terms.cancels_as_zero,
        rounding: if terms.half_up {
            Rounding::HalfUp
        } else {
            Rounding::HalfEven
        },
        negative_sheet: match terms.negative {
            0 => NegativeSheet::Stands,
            CARRIED => NegativeSheet::Carried,
            _ => NegativeSheet::Lifted,
        },
        ..settings()
    }
}

fn calendar(terms: &Terms) -> Calendar {
    let count = u32::try_from(MONTHS).expect("a few months");
    let mut calendar = months(2026, count);
    for (period, closed) in calendar.periods.iter_mut().zip(terms.closed) {
        if closed {
            period.status = PeriodStatus::Closed;
        }
    }
    calendar
}

fn person(terms: &Terms, who: u8) -> Participant {
    let lines = terms.lines_of(who).into_iter().map(|line| ReportingLine {
        manager: name(&person_id(line.manager)),
        effective: DateRange {
            from: line.from.map(date_of),
            to: line.to.map(date_of),
        },
    });
    let plans: &[&str] = match who {
        0 => &["managers"],
        1 | 2 => &["extra", "managers"],
        _ => &["reps", "extra"],
    };
    let assignments = plans.iter().map(|plan| Assignment {
        plan: name(plan),
        effective: DateRange::ALWAYS,
        goals: BTreeMap::new(),
        rate_tables: BTreeMap::new(),
        target_incentive: None,
    });
    Participant {
        id: name(&person_id(who)),
        name: format!("Person {who}"),
        start: None,
        end: None,
        pay_group: Some(name("staff")),
        pay_currency: None,
        reports_to: lines.collect(),
        assignments: assignments.collect(),
        attributes: BTreeMap::new(),
    }
}

fn rule_set(terms: &Terms) -> RuleSet {
    let rules = terms.rule_list().into_iter().map(|rule| CreditRule {
        id: name(rule.id),
        effective: DateRange::ALWAYS,
        when: rule.above.map_or("true".to_owned(), |least| {
            format!("transaction.amount > {:.2}", amount_of(least))
        }),
        receivers: rule.receivers.into_iter().map(receiver).collect(),
    });
    RuleSet {
        id: name("base"),
        name: "Base".to_owned(),
        rules: rules.collect(),
    }
}

fn receiver(receives: Receives) -> Receiver {
    let owner = || ReceiverKind::Attribute(name("owner"));
    let named = |who| ReceiverKind::Participant(name(&person_id(who)));
    Receiver {
        who: receives.who.map_or_else(owner, named),
        percent: Decimal::new(receives.percent, 2),
        revenue: receives.revenue,
        rolls_up: receives.rolls_up,
    }
}

fn reps(terms: &Terms) -> Plan {
    let rates = terms.rate_list();
    let interval = if rates.ladder_by_month {
        IntervalKind::Period
    } else {
        IntervalKind::Quarter
    };
    let flat = Component {
        output: Some(format!("credit.amount * {}", Decimal::new(rates.flat, 5))),
        ..component("flat", "sales")
    };
    let ladder = Component {
        basis: Basis::PerEvent {
            running_total: true,
        },
        interval,
        rate: Some(rate_use("rates", "climbed", SplitMode::Step)),
        ..component("ladder", "climbed")
    };
    Plan {
        measures: vec![
            measure("sales", IntervalKind::Period),
            measure("climbed", interval),
        ],
        rate_tables: vec![table("climbed", &LADDER, &rates.ladder)],
        components: vec![flat, ladder],
        ..plan("reps")
    }
}

fn extra(terms: &Terms) -> Plan {
    let bonus = Component {
        basis: Basis::PerInterval { true_up: false },
        interval: IntervalKind::Quarter,
        rate: Some(rate_use("rates", "total", SplitMode::Interpolated)),
        ..component("bonus", "total")
    };
    Plan {
        measures: vec![measure("total", IntervalKind::Quarter)],
        rate_tables: vec![table("total", &BONUS, &terms.rate_list().bonus)],
        components: vec![bonus],
        ..plan("extra")
    }
}

fn managers(terms: &Terms) -> Plan {
    let overriding = Component {
        basis: Basis::PerEvent {
            running_total: true,
        },
        interval: IntervalKind::Quarter,
        indirect: IndirectCredits::Manager,
        rate: Some(rate_use("rates", "team", SplitMode::Step)),
        ..component("override", "team")
    };
    let share = Component {
        basis: Basis::PerInterval { true_up: false },
        output: Some("measure.below.total * 0.1".to_owned()),
        phase: Phase::Second,
        ..component("share", "below")
    };
    let below = Measure {
        source: MeasureSource::ReportEarnings {
            components: Vec::new(),
            depth: ReportDepth::Direct,
        },
        ..measure("below", IntervalKind::Period)
    };
    Plan {
        measures: vec![measure("team", IntervalKind::Quarter), below],
        rate_tables: vec![table("team", &TEAM, &terms.team_rates())],
        components: vec![overriding, share],
        ..plan("managers")
    }
}

fn plan(id: &str) -> Plan {
    Plan {
        id: name(id),
        name: id.to_owned(),
        allow_category_overlap: true,
        measures: Vec::new(),
        goals: Vec::new(),
        rate_tables: Vec::new(),
        factors: Vec::new(),
        components: Vec::new(),
    }
}

fn rate_use(table: &str, input: &str, split: SplitMode) -> RateUse {
    RateUse {
        table: name(table),
        split,
        input: name(input),
    }
}

/// Tiers from nothing up to each end; one rate more than there are ends leaves the last one open.
fn table(input: &str, ends: &[i64], rates: &[i64]) -> RateTable {
    let mut from = Decimal::ZERO;
    let tiers = (0..rates.len()).map(|number| {
        let to = ends.get(number).map(|end| amount_of(*end));
        let tier = Tier { from, to };
        from = to.unwrap_or(from);
        tier
    });
    RateTable {
        id: name("rates"),
        effective: DateRange::ALWAYS,
        dimensions: vec![Dimension {
            input: DimensionInput::Value(name(input)),
            axis: Axis::Tiers(tiers.collect()),
        }],
        values: RateValues::Percents(rates.iter().map(|rate| Decimal::new(*rate, 3)).collect()),
    }
}

fn measure(id: &str, interval: IntervalKind) -> Measure {
    Measure {
        id: name(id),
        source: MeasureSource::Credits {
            value: MeasureValue::Amount,
            categories: Vec::new(),
            transaction_types: Vec::new(),
            earning_basis: true,
        },
        interval,
        goal: None,
    }
}

fn component(id: &str, measure: &str) -> Component {
    Component {
        id: name(id),
        name: id.to_owned(),
        effective: DateRange::ALWAYS,
        measures: vec![name(measure)],
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

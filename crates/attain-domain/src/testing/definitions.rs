//! Definitions of a small company: a calendar, a plan of one commission, people.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::values::{date, name, stamp_at};
use crate::change::DefinitionChange;
use crate::definition::calendar::{IntervalKind, Period, PeriodStatus};
use crate::definition::participant::Assignment;
use crate::definition::settings::NegativeSheet;
use crate::definition::{
    Calendar, Definition, DefinitionRecord, Participant, PayGroup, RuleSet, Settings, Team,
};
use crate::money::{Currency, Rounding};
use crate::payment_plan::{
    DrawMode, DrawProration, Floor, Minimum, PaymentPlan, Recoverability, RecoveryTerms,
    RecoveryTiming, Sharing,
};
use crate::plan::{
    Basis, Component, EarningRounding, IndirectCredits, Measure, MeasureSource, MeasureValue,
    Phase, Plan,
};
use crate::time::{Date, DateRange};

/// A definition as the live version of a number.
#[must_use]
pub fn live(body: Definition, version: u32) -> DefinitionRecord {
    DefinitionRecord {
        body,
        live: true,
        stamp: stamp_at(version),
    }
}

/// Writes a definition as the version of a number.
#[must_use]
pub fn put(body: Definition, version: u32) -> DefinitionChange {
    DefinitionChange::Put(Box::new(live(body, version)))
}

/// Dollars, half-even, everything else as it is by default.
#[must_use]
pub fn settings() -> Settings {
    Settings {
        name: "A small company".to_owned(),
        operating_currency: Currency::parse("USD").expect("USD is a currency"),
        rounding: Rounding::default(),
        default_category: None,
        archive_updated_credits: true,
        collect_cancellations_as_zero: false,
        summarised_roll_up: false,
        negative_sheet: NegativeSheet::default(),
    }
}

/// Consecutive periods of a month each, from January of a year on, all open.
///
/// # Panics
/// Beyond the range of dates.
#[must_use]
pub fn months(year: i32, count: u32) -> Calendar {
    let first_of = |months: u32| {
        let years = i32::try_from(months / 12).expect("far below 2^31");
        Date::from_ymd_opt(year + years, months % 12 + 1, 1).expect("a year that has dates")
    };
    let period = |month: u32| {
        let start = first_of(month);
        Period {
            id: name(&start.format("%Y-%m").to_string()),
            start,
            end: first_of(month + 1),
            quarter: name(&format!("{}-Q{}", start.format("%Y"), month % 12 / 3 + 1)),
            year: name(&start.format("%Y").to_string()),
            status: PeriodStatus::Open,
        }
    };
    Calendar {
        periods: (0..count).map(period).collect(),
    }
}

/// The twelve months of 2026.
#[must_use]
pub fn calendar() -> Calendar {
    months(2026, 12)
}

/// Somebody in the pay group `staff` and in the plan `reps`, from 2026 on.
#[must_use]
pub fn participant(id: &str) -> Participant {
    Participant {
        id: name(id),
        name: id.to_owned(),
        start: Some(date("2026-01-01")),
        end: None,
        pay_group: Some(name("staff")),
        pay_currency: None,
        reports_to: Vec::new(),
        assignments: vec![Assignment {
            plan: name("reps"),
            effective: DateRange::ALWAYS,
            goals: BTreeMap::new(),
            rate_tables: BTreeMap::new(),
            target_incentive: None,
        }],
        attributes: BTreeMap::new(),
    }
}

/// A team without members.
#[must_use]
pub fn team(id: &str) -> Team {
    Team {
        id: name(id),
        name: id.to_owned(),
        lead: None,
        shares_members_credits: false,
        members: Vec::new(),
    }
}

/// A pay group.
#[must_use]
pub fn pay_group(id: &str) -> PayGroup {
    PayGroup {
        id: name(id),
        name: id.to_owned(),
    }
}

/// A recoverable minimum of 1000 a period that nobody has yet, everything else as it is by default.
#[must_use]
pub fn payment_plan(id: &str) -> PaymentPlan {
    PaymentPlan {
        id: name(id),
        name: id.to_owned(),
        effective: DateRange::ALWAYS,
        priority: 0,
        assignments: Vec::new(),
        shared_by: Sharing::default(),
        minimum: Minimum {
            amount: Decimal::ONE_THOUSAND,
            interval: IntervalKind::Period,
            mode: DrawMode::TopUp,
            proration: DrawProration::default(),
        },
        recoverability: Recoverability::Recoverable(RecoveryTerms {
            timing: RecoveryTiming::Immediate,
            percent: Decimal::ONE_HUNDRED,
            floor: Floor::default(),
            balance_cap: None,
            waive_after: None,
        }),
        pay_cap: None,
    }
}

/// A set without rules.
#[must_use]
pub fn rule_set(id: &str) -> RuleSet {
    RuleSet {
        id: name(id),
        name: id.to_owned(),
        rules: Vec::new(),
    }
}

/// A plan with one measure, `sales`, of the amounts of all credits, and one component,
/// `commission`.
#[must_use]
pub fn plan(id: &str) -> Plan {
    Plan {
        id: name(id),
        name: id.to_owned(),
        allow_category_overlap: false,
        measures: vec![Measure {
            id: name("sales"),
            source: MeasureSource::Credits {
                value: MeasureValue::Amount,
                categories: Vec::new(),
                transaction_types: Vec::new(),
                earning_basis: true,
            },
            interval: IntervalKind::Period,
            goal: None,
        }],
        goals: Vec::new(),
        rate_tables: Vec::new(),
        factors: Vec::new(),
        components: vec![per_event_component("commission", "sales")],
    }
}

/// A component that earns a tenth of every credit that one measure counts.
#[must_use]
pub fn per_event_component(id: &str, measure: &str) -> Component {
    Component {
        id: name(id),
        name: id.to_owned(),
        effective: DateRange::ALWAYS,
        measures: vec![name(measure)],
        basis: Basis::PerEvent {
            running_total: false,
        },
        interval: IntervalKind::Period,
        rounding: EarningRounding::default(),
        indirect: IndirectCredits::None,
        rate: None,
        output: Some(format!("measure.{measure}.value * 0.1")),
        threshold: None,
        cap: None,
        floor: None,
        instalments: 1,
        pays_leavers: false,
        phase: Phase::First,
    }
}

//! One mistake at a time.

use chrono::NaiveDate;

use super::check;
use crate::definition::calendar::{Calendar, Period, PeriodStatus};
use crate::definition::participant::{Participant, ReportingLine};
use crate::definition::{Definition, DefinitionSet, Settings};
use crate::ids::{CategoryId, IntervalId, ParticipantId, PeriodId};
use crate::money::{Currency, Rounding};
use crate::refusal::Reason;
use crate::time::DateRange;

fn settings() -> Settings {
    Settings {
        name: "Acme".to_owned(),
        operating_currency: Currency::parse("USD").expect("known"),
        rounding: Rounding::HalfEven,
        default_category: None,
        archive_updated_credits: false,
        collect_cancellations_as_zero: false,
        summarised_roll_up: false,
        negative_sheet: crate::definition::settings::NegativeSheet::Stands,
    }
}

fn day(month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, month, day).expect("a date")
}

fn period(id: &str, start: NaiveDate, end: NaiveDate) -> Period {
    Period {
        id: PeriodId::parse(id).expect("a name"),
        start,
        end,
        quarter: IntervalId::parse("2026-Q1").expect("a name"),
        year: IntervalId::parse("2026").expect("a name"),
        status: PeriodStatus::Open,
    }
}

fn set_with(definitions: Vec<Definition>) -> DefinitionSet {
    let mut set = DefinitionSet::default();
    set.put(Definition::Settings(settings()), 1);
    for definition in definitions {
        set.put(definition, 1);
    }
    set
}

fn check_reasons(definitions: Vec<Definition>, expected: &[Reason]) {
    let found: Vec<Reason> = check(&set_with(definitions))
        .iter()
        .map(|r| r.reason)
        .collect();
    assert_eq!(found, expected);
}

#[test]
fn a_workspace_needs_settings() {
    let found = check(&DefinitionSet::default());
    assert_eq!(found[0].reason, Reason::MissingValue);
}

#[test]
fn periods_leave_no_gap_and_do_not_overlap() {
    let calendar = |second: Period| {
        let first = period("2026-01", day(1, 1), day(2, 1));
        Definition::Calendar(Calendar {
            periods: vec![first, second],
        })
    };
    check_reasons(vec![calendar(period("2026-02", day(2, 1), day(3, 1)))], &[]);
    let gap = calendar(period("2026-02", day(2, 2), day(3, 1)));
    check_reasons(vec![gap], &[Reason::BadCalendar]);
    let overlap = calendar(period("2026-02", day(1, 31), day(3, 1)));
    check_reasons(vec![overlap], &[Reason::BadCalendar]);
    let twice = calendar(period("2026-01", day(2, 1), day(3, 1)));
    check_reasons(vec![twice], &[Reason::Duplicate]);
}

#[test]
fn category_trees_have_no_cycles_and_no_strangers() {
    let id = |text: &str| CategoryId::parse(text).expect("a name");
    let tree = |edges: &[(&str, Option<&str>)]| {
        let parents = edges
            .iter()
            .map(|(child, parent)| (id(child), parent.map(id)))
            .collect();
        Definition::Categories(crate::definition::CategoryTree { parents })
    };
    check_reasons(vec![tree(&[("a", None), ("b", Some("a"))])], &[]);
    check_reasons(vec![tree(&[("b", Some("a"))])], &[Reason::UnknownCategory]);
    let cycle = tree(&[("a", Some("b")), ("b", Some("a"))]);
    check_reasons(vec![cycle], &[Reason::Cycle, Reason::Cycle]);
}

#[test]
fn managers_exist_and_ranges_hold_a_date() {
    let ana = Participant {
        id: ParticipantId::parse("ana").expect("a name"),
        name: "Ana".to_owned(),
        start: Some(day(2, 1)),
        end: Some(day(1, 1)),
        pay_group: None,
        pay_currency: None,
        reports_to: vec![ReportingLine {
            manager: ParticipantId::parse("mia").expect("a name"),
            effective: DateRange::between(day(2, 1), day(2, 1)),
        }],
        assignments: Vec::new(),
        attributes: std::collections::BTreeMap::new(),
    };
    let reasons = [
        Reason::OutOfRange,
        Reason::OutOfRange,
        Reason::UnknownReference,
    ];
    check_reasons(vec![Definition::Participant(ana)], &reasons);
}

#[test]
fn a_negative_sheet_may_do_each_of_three_things() {
    use crate::definition::settings::NegativeSheet::{Carried, Lifted, Stands};
    for negative_sheet in [Stands, Carried, Lifted] {
        let settings = Settings {
            negative_sheet,
            ..settings()
        };
        check_reasons(vec![Definition::Settings(settings)], &[]);
    }
}

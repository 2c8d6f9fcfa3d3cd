//! Which years a commit needs.

use attain_domain::definition::calendar::{Period, PeriodStatus};
use attain_domain::testing::{date, name, put, transaction};

use super::*;

fn years(all: &[i32]) -> BTreeSet<i32> {
    all.iter().copied().collect()
}

#[test]
fn years_in_a_row_are_made_together() {
    let missing = years(&[2024, 2025, 2027]);
    assert_eq!(spans(&missing), [(2024, 2025), (2027, 2027)]);
}

#[test]
fn a_known_year_is_not_asked_for_again() {
    let known = Years(Mutex::new(years(&[2026])));
    let mut changes = Changes {
        transactions: vec![transaction(1), transaction(2)],
        ..Changes::default()
    };
    assert_eq!(known.missing(&changes), years(&[]));
    changes.transactions[0].event_date = date("2031-05-05");
    assert_eq!(known.missing(&changes), years(&[2031]));
}

#[test]
fn a_calendar_gets_the_years_of_its_periods_but_not_of_the_day_after() {
    let period = Period {
        id: name("2026"),
        start: date("2025-12-01"),
        end: date("2027-01-01"),
        quarter: name("2026-Q1"),
        year: name("2026"),
        status: PeriodStatus::Open,
    };
    let calendar = Calendar {
        periods: vec![period],
    };
    assert_eq!(years_of(&calendar), years(&[2025, 2026]));
    let changes = Changes {
        definitions: vec![put(Definition::Calendar(calendar), 1)],
        ..Changes::default()
    };
    assert_eq!(Years::default().missing(&changes), years(&[2025, 2026]));
}

#[test]
fn a_calendar_without_end_gets_a_bounded_number_of_years() {
    let period = Period {
        id: name("ever"),
        start: date("0001-01-01"),
        end: date("9999-12-31"),
        quarter: name("ever-Q1"),
        year: name("ever"),
        status: PeriodStatus::Open,
    };
    let calendar = Calendar {
        periods: vec![period],
    };
    assert_eq!(years_of(&calendar).len(), YEARS_AHEAD);
}

#[test]
fn a_year_that_has_no_partitions_has_no_first_day() {
    assert_eq!(first_day(0), None);
    assert_eq!(first_day(10_000), None);
    assert_eq!(first_day(9_999), Some(date("9999-01-01")));
}

//! The pay calendar: periods, and the intervals that measures accumulate over.

use crate::ids::{IntervalId, PeriodId};
use crate::time::{Date, DateRange};

/// Whether transactions, adjustments and calculations may touch a period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PeriodStatus {
    /// Open for everything.
    Open,
    /// Closed, may be opened again.
    Closed,
    /// Closed for good.
    PermanentlyClosed,
}

/// One pay calendar period, `[start, end)`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Period {
    /// Its name, such as `2026-01`.
    pub id: PeriodId,
    /// First date in it.
    pub start: Date,
    /// First date after it.
    pub end: Date,
    /// The quarter it belongs to, such as `2026-Q1`.
    pub quarter: IntervalId,
    /// The year it belongs to, such as `2026`.
    pub year: IntervalId,
    /// Open or closed.
    pub status: PeriodStatus,
}

impl Period {
    /// Its dates.
    #[must_use]
    pub fn range(&self) -> DateRange {
        DateRange::between(self.start, self.end)
    }

    /// The last date in it.
    #[must_use]
    pub fn last_date(&self) -> Date {
        self.end.pred_opt().unwrap_or(self.start)
    }
}

/// The spans that a measure can accumulate over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum IntervalKind {
    /// One period.
    Period,
    /// The periods of one quarter.
    Quarter,
    /// The periods of one year.
    Year,
}

/// One interval: consecutive periods.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Interval {
    /// Its name: a period's, a quarter's or a year's.
    pub id: IntervalId,
    /// Period, quarter or year.
    pub kind: IntervalKind,
    /// First date in it.
    pub start: Date,
    /// First date after it.
    pub end: Date,
}

impl Interval {
    /// Its dates.
    #[must_use]
    pub fn range(&self) -> DateRange {
        DateRange::between(self.start, self.end)
    }

    /// The last date in it.
    #[must_use]
    pub fn last_date(&self) -> Date {
        self.end.pred_opt().unwrap_or(self.start)
    }
}

/// The pay calendar of a workspace: contiguous periods in rising order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Calendar {
    /// The periods.
    pub periods: Vec<Period>,
}

impl Calendar {
    /// The period that holds a date.
    #[must_use]
    pub fn period_at(&self, date: Date) -> Option<&Period> {
        let after = self.periods.partition_point(|period| period.start <= date);
        let period = self.periods.get(after.checked_sub(1)?)?;
        (date < period.end).then_some(period)
    }

    /// The period of a name.
    #[must_use]
    pub fn period(&self, id: &PeriodId) -> Option<&Period> {
        self.periods.iter().find(|period| period.id == *id)
    }

    /// Whether a period is there and open.
    #[must_use]
    pub fn is_open(&self, id: &PeriodId) -> bool {
        self.period(id)
            .is_some_and(|period| period.status == PeriodStatus::Open)
    }

    /// The interval of a kind that holds a date.
    #[must_use]
    pub fn interval_at(&self, kind: IntervalKind, date: Date) -> Option<Interval> {
        self.period_at(date)
            .map(|period| self.interval_of(kind, period))
    }

    /// The interval of a kind that a period belongs to.
    #[must_use]
    pub fn interval_of(&self, kind: IntervalKind, period: &Period) -> Interval {
        let (id, same): (_, fn(&Period, &Period) -> bool) = match kind {
            IntervalKind::Period => {
                let id = IntervalId::parse(period.id.as_str()).expect("a period's id is a name");
                (id, |a, b| a.id == b.id)
            }
            IntervalKind::Quarter => (period.quarter.clone(), |a, b| a.quarter == b.quarter),
            IntervalKind::Year => (period.year.clone(), |a, b| a.year == b.year),
        };
        let members = || self.periods.iter().filter(|other| same(other, period));
        let start = members().map(|p| p.start).min().unwrap_or(period.start);
        let end = members().map(|p| p.end).max().unwrap_or(period.end);
        Interval {
            id,
            kind,
            start,
            end,
        }
    }

    /// The periods that lie in a range of dates, at least in part, in rising order.
    pub fn periods_in(&self, range: DateRange) -> impl Iterator<Item = &Period> {
        self.periods
            .iter()
            .filter(move |period| period.range().overlaps(&range))
    }

    /// The intervals of a kind that share a date with a range, in rising order.
    #[must_use]
    pub fn intervals_in(&self, kind: IntervalKind, range: DateRange) -> Vec<Interval> {
        let mut intervals: Vec<Interval> = Vec::new();
        for period in self.periods_in(range) {
            if intervals.last().is_none_or(|last| last.end <= period.start) {
                intervals.push(self.interval_of(kind, period));
            }
        }
        intervals
    }
}

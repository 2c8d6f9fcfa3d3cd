//! The pay calendar as the calculation walks it: periods by number, and the intervals they are in.

use crate::definition::Calendar;
use crate::definition::calendar::{Interval, IntervalKind, Period};
use crate::ids::PeriodId;
use crate::time::{Date, DateRange};

/// An interval, and the numbers of its first and last period.
#[derive(Clone, Debug)]
pub(super) struct Span {
    pub(super) interval: Interval,
    pub(super) first: usize,
    pub(super) last: usize,
}

impl Span {
    /// How many periods it has.
    pub(super) fn periods(&self) -> usize {
        self.last - self.first + 1
    }
}

#[derive(Clone, Debug, Default)]
struct Spans {
    all: Vec<Span>,
    of_period: Vec<usize>,
}

/// Periods and intervals, numbered from 0.
#[derive(Clone, Debug, Default)]
pub(super) struct Timeline {
    periods: Vec<Period>,
    by_period: Spans,
    by_quarter: Spans,
    by_year: Spans,
}

impl Timeline {
    pub(super) fn new(calendar: &Calendar) -> Self {
        let spans = |kind| Spans::new(calendar, kind);
        Self {
            periods: calendar.periods.clone(),
            by_period: spans(IntervalKind::Period),
            by_quarter: spans(IntervalKind::Quarter),
            by_year: spans(IntervalKind::Year),
        }
    }

    fn spans(&self, kind: IntervalKind) -> &Spans {
        match kind {
            IntervalKind::Period => &self.by_period,
            IntervalKind::Quarter => &self.by_quarter,
            IntervalKind::Year => &self.by_year,
        }
    }

    /// The number of the period that holds a date.
    pub(super) fn number_at(&self, date: Date) -> Option<usize> {
        let after = self.periods.partition_point(|period| period.start <= date);
        let number = after.checked_sub(1)?;
        (date < self.periods[number].end).then_some(number)
    }

    /// The period of a number that [`Self::number_at`] gave.
    pub(super) fn period(&self, number: usize) -> &Period {
        &self.periods[number]
    }

    /// The number of the period of a name.
    pub(super) fn number_of(&self, id: &PeriodId) -> Option<usize> {
        self.periods.iter().position(|period| period.id == *id)
    }

    /// The numbers of the periods that share a date with a range: first, and last.
    pub(super) fn numbers_in(&self, range: DateRange) -> Option<(usize, usize)> {
        let inside = |period: &Period| period.range().overlaps(&range);
        let first = self.periods.iter().position(inside)?;
        let last = self.periods.iter().rposition(inside)?;
        Some((first, last))
    }

    /// The number of the interval of a kind that a period is in.
    pub(super) fn span_number(&self, kind: IntervalKind, period: usize) -> usize {
        self.spans(kind).of_period[period]
    }

    /// The interval of a kind that a period is in.
    pub(super) fn span(&self, kind: IntervalKind, period: usize) -> &Span {
        let spans = self.spans(kind);
        &spans.all[spans.of_period[period]]
    }
}

impl Spans {
    fn new(calendar: &Calendar, kind: IntervalKind) -> Self {
        let mut spans = Self::default();
        for (number, period) in calendar.periods.iter().enumerate() {
            let interval = calendar.interval_of(kind, period);
            match spans.all.last_mut() {
                Some(last) if last.interval.id == interval.id => last.last = number,
                _ => spans.all.push(Span {
                    interval,
                    first: number,
                    last: number,
                }),
            }
            spans.of_period.push(spans.all.len() - 1);
        }
        spans
    }
}

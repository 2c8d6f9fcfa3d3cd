//! What a goal and a target incentive are for one interval and one person.

use std::collections::BTreeMap;

use chrono::Datelike;
use rust_decimal::Decimal;

use super::timeline::{Span, Timeline};
use crate::definition::calendar::{IntervalKind, Period};
use crate::ids::IntervalId;
use crate::money::{MoneyError, Rounding, add, divide, multiply, percent_of, subtract};
use crate::plan::{Goal, Proration, Spread};
use crate::time::{Date, DateRange};

/// Evenly spread shares are in cents, rounded cumulatively, so that they add up.
const SHARE_DIGITS: u32 = 2;
/// What proration leaves after the point.
const PRORATED_DIGITS: u32 = crate::money::SCALE_MAX;

/// When a person was there, as far as goals are concerned.
#[derive(Clone, Debug, Default)]
pub(crate) struct Presence {
    /// First day with the company; tenure counts from it.
    pub(super) start: Option<Date>,
    /// Employed and in the plan; disjoint and in rising order.
    pub(crate) ranges: Vec<DateRange>,
}

impl Presence {
    pub(crate) fn new(
        start: Option<Date>,
        end: Option<Date>,
        assigned: impl Iterator<Item = DateRange>,
    ) -> Self {
        let employed = DateRange {
            from: start,
            to: end.and_then(|last| last.succ_opt()),
        };
        let mut parts: Vec<DateRange> = assigned
            .map(|range| common(&range, &employed))
            .filter(|range| !range.is_empty())
            .collect();
        parts.sort();
        let mut ranges: Vec<DateRange> = Vec::new();
        for part in parts {
            match ranges.last_mut() {
                Some(last) if touches(last, &part) => {
                    last.to = last.to.and_then(|a| part.to.map(|b| a.max(b)));
                }
                _ => ranges.push(part),
            }
        }
        Self { start, ranges }
    }

    pub(super) fn overlaps(&self, range: DateRange) -> bool {
        self.ranges.iter().any(|there| there.overlaps(&range))
    }

    pub(crate) fn days_in(&self, range: DateRange) -> i64 {
        self.ranges.iter().map(|r| days(common(r, &range))).sum()
    }
}

fn touches(earlier: &DateRange, later: &DateRange) -> bool {
    match (earlier.to, later.from) {
        (Some(to), Some(from)) => from <= to,
        _ => true,
    }
}

pub(crate) fn common(left: &DateRange, right: &DateRange) -> DateRange {
    DateRange {
        from: left.from.max(right.from),
        to: match (left.to, right.to) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        },
    }
}

/// Days of a range that is closed at both ends; none for an empty one.
pub(crate) fn days(range: DateRange) -> i64 {
    match (range.from, range.to) {
        (Some(from), Some(to)) => (to - from).num_days().max(0),
        _ => 0,
    }
}

/// The part of a total that goes to shares `from..to` of `of` equal ones.
pub(super) fn share(
    total: Decimal,
    from: usize,
    to: usize,
    of: usize,
) -> Result<Decimal, MoneyError> {
    let up_to = |shares: usize| -> Result<Decimal, MoneyError> {
        if shares == of {
            return Ok(total);
        }
        let exact = divide(multiply(total, Decimal::from(shares))?, Decimal::from(of))?;
        Ok(Rounding::HalfEven.round(exact, SHARE_DIGITS))
    };
    subtract(up_to(to)?, up_to(from)?)
}

/// The target incentive of an interval: the yearly one, spread evenly over the year's periods.
pub(super) fn target_of(
    yearly: Decimal,
    timeline: &Timeline,
    span: &Span,
) -> Result<Decimal, MoneyError> {
    share_of(yearly, timeline.span(IntervalKind::Year, span.first), span)
}

fn share_of(total: Decimal, whole: &Span, part: &Span) -> Result<Decimal, MoneyError> {
    let (from, to) = (part.first - whole.first, part.last + 1 - whole.first);
    share(total, from, to, whole.periods())
}

/// The goal of an interval for somebody; `None` when the goal says nothing about it.
pub(super) fn goal_of(
    goal: &Goal,
    timeline: &Timeline,
    span: &Span,
    presence: &Presence,
) -> Result<Option<Decimal>, MoneyError> {
    let whole = match &goal.spread {
        Spread::Each { interval, amount } => Some(each(*interval, *amount, timeline, span)?),
        Spread::Amounts { amounts, .. } => stated(amounts, timeline, span)?,
        Spread::Percents { total, percents } => match stated(percents, timeline, span)? {
            Some(percent) => Some(percent_of(*total, percent)?),
            None => None,
        },
        Spread::Ramped { months, then } => {
            return ramped(months, *then, goal.proration, timeline, span, presence).map(Some);
        }
    };
    match whole {
        Some(whole) => prorated(whole, goal.proration, span.interval.range(), presence).map(Some),
        None => Ok(None),
    }
}

fn each(
    kind: IntervalKind,
    amount: Decimal,
    timeline: &Timeline,
    span: &Span,
) -> Result<Decimal, MoneyError> {
    if kind >= span.interval.kind {
        return share_of(amount, timeline.span(kind, span.first), span);
    }
    let first = timeline.span_number(kind, span.first);
    let last = timeline.span_number(kind, span.last);
    multiply(amount, Decimal::from(last - first + 1))
}

type Stated = BTreeMap<IntervalId, Decimal>;

/// What is stated for the interval itself, else for its parts together, else its share of what
/// is stated for an interval around it.
fn stated(
    amounts: &Stated,
    timeline: &Timeline,
    span: &Span,
) -> Result<Option<Decimal>, MoneyError> {
    if let Some(amount) = amounts.get(&span.interval.id) {
        return Ok(Some(*amount));
    }
    if let Some(sum) = stated_for_parts(amounts, timeline, span)? {
        return Ok(Some(sum));
    }
    for kind in [IntervalKind::Quarter, IntervalKind::Year] {
        if kind > span.interval.kind {
            let around = timeline.span(kind, span.first);
            if let Some(amount) = amounts.get(&around.interval.id) {
                return share_of(*amount, around, span).map(Some);
            }
        }
    }
    Ok(None)
}

fn stated_for_parts(
    amounts: &Stated,
    timeline: &Timeline,
    span: &Span,
) -> Result<Option<Decimal>, MoneyError> {
    let part_kind = match span.interval.kind {
        IntervalKind::Period => return Ok(None),
        IntervalKind::Quarter => IntervalKind::Period,
        IntervalKind::Year => IntervalKind::Quarter,
    };
    let mut sum: Option<Decimal> = None;
    let mut period = span.first;
    while period <= span.last {
        let part = timeline.span(part_kind, period);
        let amount = match amounts.get(&part.interval.id) {
            Some(amount) => Some(*amount),
            None => stated_for_parts(amounts, timeline, part)?,
        };
        if let Some(amount) = amount {
            sum = Some(add(sum.unwrap_or_default(), amount)?);
        }
        period = part.last + 1;
    }
    Ok(sum)
}

fn prorated(
    whole: Decimal,
    proration: Proration,
    range: DateRange,
    presence: &Presence,
) -> Result<Decimal, MoneyError> {
    let (there, of) = match proration {
        Proration::None => return Ok(whole),
        Proration::ByDay => (presence.days_in(range), days(range)),
        Proration::ByMonth => {
            let months = months_of(range);
            let there = months.iter().filter(|m| presence.overlaps(**m)).count();
            (count(there), count(months.len()))
        }
    };
    if there == of {
        return Ok(whole);
    }
    let exact = divide(multiply(whole, Decimal::from(there))?, Decimal::from(of))?;
    Ok(Rounding::HalfEven.round(exact, PRORATED_DIGITS))
}

fn count(many: usize) -> i64 {
    i64::try_from(many).unwrap_or(i64::MAX)
}

/// The calendar months of a range, cut to it.
fn months_of(range: DateRange) -> Vec<DateRange> {
    let (Some(mut from), Some(to)) = (range.from, range.to) else {
        return Vec::new();
    };
    let mut months = Vec::new();
    while from < to {
        let next = from
            .with_day(1)
            .and_then(|first| first.checked_add_months(chrono::Months::new(1)))
            .unwrap_or(to)
            .min(to);
        months.push(DateRange::between(from, next));
        from = next;
    }
    months
}

fn ramped(
    months: &[Decimal],
    then: Decimal,
    proration: Proration,
    timeline: &Timeline,
    span: &Span,
    presence: &Presence,
) -> Result<Decimal, MoneyError> {
    let mut sum = Decimal::ZERO;
    for number in span.first..=span.last {
        let period = timeline.period(number);
        if presence.start.is_some_and(|start| period.end <= start) {
            continue;
        }
        let amount = ramped_period(months, then, presence.start, period)?;
        sum = add(sum, prorated(amount, proration, period.range(), presence)?)?;
    }
    Ok(sum)
}

/// A period counts as one month of tenure, or as several when it is about that long.
fn ramped_period(
    months: &[Decimal],
    then: Decimal,
    start: Option<Date>,
    period: &Period,
) -> Result<Decimal, MoneyError> {
    let length = ((period.end - period.start).num_days() + 15) / 30;
    let mut sum = Decimal::ZERO;
    for month in 0..length.max(1) {
        let elapsed = start.map_or(i64::MAX, |start| {
            i64::from(month_number(period.start) - month_number(start)) + month
        });
        if elapsed < 0 && length > 1 {
            continue;
        }
        let tenure = usize::try_from(elapsed.max(0)).unwrap_or(usize::MAX);
        sum = add(sum, months.get(tenure).copied().unwrap_or(then))?;
    }
    Ok(sum)
}

fn month_number(date: Date) -> i32 {
    date.year() * 12 + i32::try_from(date.month0()).unwrap_or(0)
}

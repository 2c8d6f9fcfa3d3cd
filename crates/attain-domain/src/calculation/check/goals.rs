//! Goals: intervals that exist, parts that add up.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::Wrong;
use crate::definition::Calendar;
use crate::definition::calendar::Period;
use crate::ids::IntervalId;
use crate::plan::{Goal, Spread};
use crate::refusal::Reason;

pub(super) fn check_goal(wrong: &mut Wrong<'_>, field: &str, goal: &Goal) {
    match &goal.spread {
        Spread::Each { amount, .. } => wrong.not_negative(&format!("{field}.amount"), *amount),
        Spread::Amounts { total, amounts } => {
            check_parts(wrong, &format!("{field}.amounts"), amounts, *total);
            if let Some(total) = total {
                wrong.not_negative(&format!("{field}.total"), *total);
            }
        }
        Spread::Percents { total, percents } => {
            wrong.not_negative(&format!("{field}.total"), *total);
            let hundred = Some(Decimal::ONE_HUNDRED);
            check_parts(wrong, &format!("{field}.percents"), percents, hundred);
        }
        Spread::Ramped { months, then } => {
            for (index, month) in months.iter().enumerate() {
                wrong.not_negative(&format!("{field}.months[{index}]"), *month);
            }
            wrong.not_negative(&format!("{field}.then"), *then);
        }
    }
}

type Parts = BTreeMap<IntervalId, Decimal>;

fn check_parts(wrong: &mut Wrong<'_>, field: &str, parts: &Parts, total: Option<Decimal>) {
    let calendar = &wrong.set.calendar;
    for (interval, amount) in parts {
        wrong.not_negative(&format!("{field}.{interval}"), *amount);
        let is_known = |period: &Period| names(period).contains(&interval.as_str());
        if !calendar.periods.iter().any(is_known) {
            wrong.unknown(format!("{field}.{interval}"), "interval", interval);
        }
    }
    for (interval, amount) in parts {
        let inner = parts_within(interval, parts, calendar);
        let sum = sum(inner.iter().map(|(_, amount)| *amount));
        if !inner.is_empty() && sum != Some(*amount) {
            mismatch(wrong, &format!("{field}.{interval}"), sum, *amount);
        }
    }
    let outermost = parts.iter().filter(|(interval, _)| {
        !parts
            .keys()
            .any(|other| contains(calendar, other, interval))
    });
    let sum = sum(outermost.map(|(_, amount)| *amount));
    if let Some(total) = total
        && sum != Some(total)
    {
        mismatch(wrong, field, sum, total);
    }
}

fn mismatch(wrong: &mut Wrong<'_>, field: &str, sum: Option<Decimal>, total: Decimal) {
    let sum = sum.map_or("more than numbers hold".to_owned(), |sum| {
        sum.normalize().to_string()
    });
    let text = format!("the parts add up to {sum}, not to {}", total.normalize());
    wrong.add(Reason::GoalSumMismatch, field, text);
}

fn sum(mut amounts: impl Iterator<Item = Decimal>) -> Option<Decimal> {
    amounts.try_fold(Decimal::ZERO, Decimal::checked_add)
}

/// The names of the intervals that a period is in, the widest first.
fn names(period: &Period) -> [&str; 3] {
    [
        period.year.as_str(),
        period.quarter.as_str(),
        period.id.as_str(),
    ]
}

/// Whether one interval lies within another, wider one.
fn contains(calendar: &Calendar, outer: &IntervalId, inner: &IntervalId) -> bool {
    calendar.periods.iter().any(|period| {
        let names = names(period);
        let at = |id: &IntervalId| names.iter().position(|name| *name == id.as_str());
        matches!((at(outer), at(inner)), (Some(outer), Some(inner)) if outer < inner)
    })
}

/// The parts that lie directly within another part.
fn parts_within<'p>(
    outer: &IntervalId,
    parts: &'p Parts,
    calendar: &Calendar,
) -> Vec<(&'p IntervalId, Decimal)> {
    let inner: Vec<&IntervalId> = parts
        .keys()
        .filter(|id| contains(calendar, outer, id))
        .collect();
    let direct = |id: &&&IntervalId| !inner.iter().any(|other| contains(calendar, other, id));
    let amount = |id: &&'p IntervalId| parts.get(*id).map(|amount| (*id, *amount));
    inner.iter().filter(direct).filter_map(amount).collect()
}

//! Instalments: into which amounts an earning is cut, and when each part is due.

use chrono::Months;
use rust_decimal::Decimal;

use crate::definition::Calendar;
use crate::earning::Earning;
use crate::money::{Money, MoneyError, Rounding, divide, multiply, subtract};
use crate::time::Date;

/// Part `part` (from 0) of `count`. Rounding is cumulative, so the parts add up to the amount.
///
/// # Errors
/// [`MoneyError::Overflow`].
pub fn part_amount(
    amount: Money,
    part: u16,
    count: u16,
    rounding: Rounding,
) -> Result<Money, MoneyError> {
    if count <= 1 {
        return Ok(amount);
    }
    let until = |parts: Decimal| {
        let exact = divide(multiply(amount.amount, parts)?, Decimal::from(count))?;
        Ok(rounding.round(exact, amount.currency.digits()))
    };
    let before = until(Decimal::from(part))?;
    let after = until(Decimal::from(part) + Decimal::ONE)?;
    Ok(rounding.money(subtract(after, before)?, amount.currency))
}

/// What the parts of an earning that are paid come to.
///
/// # Errors
/// [`MoneyError::Overflow`].
pub fn paid_amount(
    earning: &Earning,
    amount: Money,
    rounding: Rounding,
) -> Result<Money, MoneyError> {
    let count = earning.instalments.count;
    let parts = 0..earning.instalments.paid.min(count);
    parts
        .into_iter()
        .try_fold(Money::zero(amount.currency), |sum, part| {
            sum.checked_add(part_amount(amount, part, count, rounding)?)
        })
}

/// When a part of an earning is due: the first on the earning's date, each later one on the last
/// date of the next period. Beyond the calendar's end, periods are taken to be months.
#[must_use]
pub fn due_date(calendar: &Calendar, date: Date, part: u16) -> Date {
    if part == 0 {
        return date;
    }
    let part = usize::from(part);
    let here = calendar
        .periods
        .partition_point(|period| period.start <= date);
    let within = here
        .checked_sub(1)
        .filter(|at| date < calendar.periods[*at].end);
    let Some(at) = within else {
        return months_later(date, part);
    };
    match calendar.periods.get(at + part) {
        Some(period) => period.last_date(),
        None => {
            let last = &calendar.periods[calendar.periods.len() - 1];
            let beyond = at + part - (calendar.periods.len() - 1);
            let end = months_later(last.end, beyond);
            end.pred_opt().unwrap_or(end)
        }
    }
}

fn months_later(date: Date, months: usize) -> Date {
    let months = Months::new(u32::try_from(months).unwrap_or(u32::MAX));
    date.checked_add_months(months).unwrap_or(Date::MAX)
}

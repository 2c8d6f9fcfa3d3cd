//! Where the money is: what was paid beyond what was earned, line by line.

use crate::money::{Currency, Money, MoneyError};
use crate::reward::Reward;

use super::balance::sum;

/// What moved for one participant, up to one moment. All in operating currency.
#[derive(Clone, Debug)]
pub struct Movements<'a> {
    /// What the paid sheets paid: the sum of their lines that were not held.
    pub paid: Money,
    /// What was earned, reversals included.
    pub earned: Money,
    /// What of it was not paid: on no paid sheet, held, or carried to the next sheet.
    pub earnings_waiting: Money,
    /// All rewards.
    pub rewards: &'a [Reward],
}

/// The lines of conservation (section 8):
/// `paid − earned = balance + forgiven + not recoverable − earnings waiting − rewards waiting`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Conservation {
    /// What was paid.
    pub paid: Money,
    /// What was earned.
    pub earned: Money,
    /// What is owed.
    pub balance: Money,
    /// Recoverable rewards that were cleared.
    pub forgiven: Money,
    /// Rewards that never were recoverable.
    pub not_recoverable: Money,
    /// Earned and not paid: unpaid, held or carried.
    pub earnings_waiting: Money,
    /// Assigned and not paid: unpaid or held rewards of any kind.
    pub rewards_waiting: Money,
    /// What the lines do not account for: 0, or something is wrong.
    pub gap: Money,
}

/// The lines of conservation for one participant. Withdrawn rewards count nowhere.
///
/// # Errors
/// [`MoneyError`] when a sum overflows or the currencies differ.
pub fn conserve(movements: &Movements<'_>) -> Result<Conservation, MoneyError> {
    let currency = movements.paid.currency;
    let of = |which: &dyn Fn(&Reward) -> bool| -> Result<Money, MoneyError> {
        let standing = movements.rewards.iter().filter(|r| r.withdrawn.is_none());
        sum(standing.filter(|reward| which(reward)), currency)
    };
    let balance = of(&Reward::is_owed)?;
    let forgiven = of(&|reward| reward.recoverable && reward.cleared.is_some())?;
    let not_recoverable = of(&|reward| !reward.recoverable)?;
    let rewards_waiting = of(&|reward| !reward.is_paid())?;
    let gap = total(
        currency,
        &[
            movements.paid,
            movements.earned.negated(),
            balance.negated(),
            forgiven.negated(),
            not_recoverable.negated(),
            movements.earnings_waiting,
            rewards_waiting,
        ],
    )?;
    Ok(Conservation {
        paid: movements.paid,
        earned: movements.earned,
        balance,
        forgiven,
        not_recoverable,
        earnings_waiting: movements.earnings_waiting,
        rewards_waiting,
        gap,
    })
}

fn total(currency: Currency, parts: &[Money]) -> Result<Money, MoneyError> {
    let sum = parts
        .iter()
        .try_fold(Money::zero(currency), |sum, part| sum.checked_add(*part))?;
    Ok(Money::new(sum.amount.normalize(), currency))
}

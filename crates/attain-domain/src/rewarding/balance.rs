//! What is owed: now, and as of a past date with what was known at a past moment.

use std::collections::{BTreeMap, BTreeSet};

use crate::ids::RewardId;
use crate::money::{Currency, Money, MoneyError};
use crate::reward::{Account, Clear, Reward};
use crate::time::{Date, Instant};

/// The rewards that make up the owed balance.
pub fn owed(rewards: &[Reward]) -> impl Iterator<Item = &Reward> {
    rewards.iter().filter(|reward| reward.is_owed())
}

/// The owed balance of one participant's rewards, in the operating currency that is given: the sum
/// of the recoverable ones that were not cleared or withdrawn (section 8). Positive is owed to the
/// company.
///
/// # Errors
/// [`MoneyError`] when the sum overflows or a reward is in another currency.
pub fn balance(rewards: &[Reward], currency: Currency) -> Result<Money, MoneyError> {
    sum(owed(rewards), currency)
}

/// The owed balance by account; accounts in which nothing is owed are left out.
///
/// # Errors
/// As [`balance`].
pub fn balances(
    rewards: &[Reward],
    currency: Currency,
) -> Result<BTreeMap<Account, Money>, MoneyError> {
    by_account(owed(rewards), currency)
}

/// The sums of rewards by account, all of which count; accounts that come to nothing are left out.
///
/// # Errors
/// As [`balance`].
pub fn by_account<'a>(
    rewards: impl Iterator<Item = &'a Reward>,
    currency: Currency,
) -> Result<BTreeMap<Account, Money>, MoneyError> {
    let mut by_account: BTreeMap<Account, Money> = BTreeMap::new();
    for reward in rewards {
        let of_account = by_account
            .entry(reward.account.clone())
            .or_insert_with(|| Money::zero(currency));
        *of_account = of_account.checked_add(reward.amount)?;
    }
    by_account.retain(|_, money| !money.amount.is_zero());
    Ok(by_account)
}

/// As of when a balance is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AsOf {
    /// What is dated on or before this date counts.
    pub date: Date,
    /// What was recorded at or before this moment counts.
    pub known_at: Instant,
}

impl AsOf {
    fn has(&self, date: Date, at: Instant) -> bool {
        date <= self.date && at <= self.known_at
    }

    fn has_clear(&self, clear: &Clear) -> bool {
        let undone = clear.undone.as_ref();
        self.has(clear.date, clear.at) && !undone.is_some_and(|undo| self.has(undo.date, undo.at))
    }
}

/// The rewards that made up the balance as of a date, as known at a moment. A clearing, or its
/// undoing, counts from its own date on: before, the balance is what it was. A withdrawn reward
/// counts only for those who could not know yet that it would be.
#[must_use]
pub fn owed_as_of<'a>(rewards: &'a [Reward], clears: &[Clear], as_of: AsOf) -> Vec<&'a Reward> {
    let standing = clears.iter().filter(|clear| as_of.has_clear(clear));
    let cleared: BTreeSet<RewardId> = standing
        .flat_map(|clear| clear.rewards.iter().copied())
        .collect();
    let is_withdrawn = |reward: &Reward| {
        let withdrawn = reward.withdrawn.as_ref();
        withdrawn.is_some_and(|withdrawn| withdrawn.at <= as_of.known_at)
    };
    let counts = |reward: &&Reward| {
        reward.recoverable
            && as_of.has(reward.date, reward.stamp.created_at)
            && !cleared.contains(&reward.id)
            && !is_withdrawn(reward)
    };
    rewards.iter().filter(counts).collect()
}

/// The owed balance of one participant as of a date, as known at a moment (section 8: a balance as
/// of a date before a clearing still answers what was owed then).
///
/// # Errors
/// As [`balance`].
pub fn balance_as_of(
    rewards: &[Reward],
    clears: &[Clear],
    as_of: AsOf,
    currency: Currency,
) -> Result<Money, MoneyError> {
    sum(owed_as_of(rewards, clears, as_of).into_iter(), currency)
}

/// The sum of rewards, all of which count.
///
/// # Errors
/// As [`balance`].
pub fn sum<'a>(
    mut rewards: impl Iterator<Item = &'a Reward>,
    currency: Currency,
) -> Result<Money, MoneyError> {
    let sum = rewards.try_fold(Money::zero(currency), |sum, reward| {
        sum.checked_add(reward.amount)
    })?;
    Ok(Money::new(sum.amount.normalize(), currency))
}

//! What all plans of one settlement share: the sheet, what is owed by account, and the rewards that
//! are being made.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::sheet::{DraftReward, SheetFacts};
use crate::definition::calendar::Period;
use crate::definition::{DefinitionSet, Settings};
use crate::ids::{ComponentId, PaymentPlanId, PlanId};
use crate::money::{Money, MoneyError, add, check_number, subtract};
use crate::refusal::{Reason, Refusal};
use crate::reward::{Account, RewardKind, SettlementStep};

/// The sheet and the books that are kept while it is settled.
pub(super) struct Desk<'a> {
    pub(super) set: &'a DefinitionSet,
    pub(super) settings: &'a Settings,
    pub(super) sheet: &'a SheetFacts<'a>,
    pub(super) period: &'a Period,
    /// What was owed before and still is. What the sheet itself advances is not in it.
    owed: BTreeMap<Account, Decimal>,
    /// What the sheet's own repayments by hand pay back, as a negative number.
    repaid_by_hand: Decimal,
    /// What the sheet advances.
    advanced: BTreeMap<Account, Decimal>,
    pub(super) rewards: Vec<DraftReward>,
}

/// Which reward, but for its amount.
pub(super) struct Draft {
    pub(super) recoverable: bool,
    pub(super) account: Account,
    pub(super) plan: Option<PaymentPlanId>,
    pub(super) step: SettlementStep,
    pub(super) component: Option<(PlanId, ComponentId)>,
}

/// A refusal for sums beyond the engine's numbers.
pub(super) fn overflow(error: MoneyError) -> Refusal {
    Refusal::new(Reason::Overflow, format!("settling a sheet: {error}"))
}

impl<'a> Desk<'a> {
    pub(super) fn open(set: &'a DefinitionSet, sheet: &'a SheetFacts<'a>) -> Result<Self, Refusal> {
        let Some(settings) = &set.settings else {
            let text = "definitions without settings";
            return Err(Refusal::new(Reason::Internal, text));
        };
        let Some(period) = set.calendar.period(sheet.period) else {
            let text = format!("the calendar has no period `{}`", sheet.period);
            return Err(Refusal::new(Reason::UnknownReference, text).at("period"));
        };
        check_currency(settings, sheet)?;
        let by_hand = sheet.rewards.iter().filter(|reward| reward.is_owed());
        let repaid_by_hand = by_hand
            .map(|reward| reward.amount.amount.min(Decimal::ZERO))
            .try_fold(Decimal::ZERO, add)
            .map_err(overflow)?;
        let owed = sheet.balances.iter();
        Ok(Self {
            set,
            settings,
            sheet,
            period,
            owed: owed.map(|(a, m)| (a.clone(), m.amount)).collect(),
            repaid_by_hand,
            advanced: BTreeMap::new(),
            rewards: Vec::new(),
        })
    }

    pub(super) fn money(&self, amount: Decimal) -> Money {
        let amount = if amount.is_zero() {
            Decimal::ZERO
        } else {
            amount.normalize()
        };
        Money::new(amount, self.settings.operating_currency)
    }

    /// Rounds to the minor unit, as the workspace rounds.
    pub(super) fn round(&self, amount: Decimal) -> Decimal {
        let digits = self.settings.operating_currency.digits();
        self.settings.rounding.round(amount, digits)
    }

    /// What is still owed in an account of what was owed before the sheet.
    pub(super) fn owed(&self, account: &Account) -> Decimal {
        self.owed.get(account).copied().unwrap_or(Decimal::ZERO)
    }

    /// The accounts in which something is owed.
    pub(super) fn accounts(&self) -> Vec<Account> {
        let owing = self.owed.iter().filter(|(_, owed)| **owed > Decimal::ZERO);
        owing.map(|(account, _)| account.clone()).collect()
    }

    /// How much may be taken from an account: not more than is owed in it, nor than is owed in all
    /// after what the sheet pays back by hand. An account that was paid back too much lessens what
    /// may be taken from others.
    pub(super) fn takeable(&self, account: &Account) -> Result<Decimal, MoneyError> {
        let in_all = self.owed.values().copied();
        let in_all = in_all.into_iter().try_fold(self.repaid_by_hand, add)?;
        Ok(self.owed(account).min(in_all).max(Decimal::ZERO))
    }

    /// Forgives what is owed in an account.
    pub(super) fn waive(&mut self, account: &Account) -> Decimal {
        let owed = self.owed(account).max(Decimal::ZERO);
        if owed > Decimal::ZERO {
            self.owed.remove(account);
        }
        owed
    }

    /// What is owed in an account after the sheet, as far as it is settled.
    pub(super) fn balance(&self, account: &Account) -> Result<Decimal, MoneyError> {
        let advanced = self.advanced.get(account).copied();
        add(self.owed(account), advanced.unwrap_or(Decimal::ZERO))
    }

    /// What is owed in all accounts after the sheet, its own rewards included.
    pub(super) fn balance_of_all(&self) -> Result<Decimal, MoneyError> {
        let owing = self.sheet.rewards.iter().filter(|reward| reward.is_owed());
        let rewards = owing.map(|reward| reward.amount.amount);
        let parts = self.owed.values().chain(self.advanced.values()).copied();
        parts.chain(rewards).try_fold(Decimal::ZERO, add)
    }

    /// Asks for a reward. An amount of 0 asks for none.
    pub(super) fn make(&mut self, amount: Decimal, draft: Draft) -> Result<(), Refusal> {
        if amount.is_zero() {
            return Ok(());
        }
        check_number(amount).map_err(|error| {
            let text = format!("a reward of {amount} {error}");
            Refusal::new(Reason::Overflow, text)
        })?;
        let is_positive = amount > Decimal::ZERO;
        if draft.recoverable {
            let book = if is_positive {
                &mut self.advanced
            } else {
                &mut self.owed
            };
            let entry = book.entry(draft.account.clone()).or_default();
            *entry = add(*entry, amount).map_err(overflow)?;
        }
        let kind = match (draft.recoverable, is_positive) {
            (true, true) => RewardKind::Advance,
            (true, false) => RewardKind::Repayment,
            (false, true) if draft.step == SettlementStep::Draw => RewardKind::Bonus,
            (false, true | false) => RewardKind::Adjustment,
        };
        self.rewards.push(DraftReward {
            amount: self.money(amount),
            recoverable: draft.recoverable,
            kind,
            account: draft.account,
            plan: draft.plan,
            step: draft.step,
            component: draft.component,
        });
        Ok(())
    }

    /// The sum of the rewards that the sheet takes and those that are made.
    pub(super) fn sum_of_rewards(&self) -> Result<Decimal, MoneyError> {
        let taken = sum_of_taken(self.sheet)?;
        let made = self.rewards.iter().map(|reward| reward.amount.amount);
        made.into_iter().try_fold(taken, add)
    }
}

/// The sum of the rewards that the sheet takes which were there before it.
pub(super) fn sum_of_taken(sheet: &SheetFacts<'_>) -> Result<Decimal, MoneyError> {
    let amounts = sheet.rewards.iter().map(|reward| reward.amount.amount);
    amounts.into_iter().try_fold(Decimal::ZERO, add)
}

fn check_currency(settings: &Settings, sheet: &SheetFacts<'_>) -> Result<(), Refusal> {
    let lines = sheet.lines.iter().map(|line| line.amount.currency);
    let rewards = sheet.rewards.iter().map(|reward| reward.amount.currency);
    let balances = sheet.balances.values().map(|money| money.currency);
    let mut all = lines.chain(rewards).chain(balances);
    match all.find(|currency| *currency != settings.operating_currency) {
        None => Ok(()),
        Some(other) => {
            let operating = settings.operating_currency;
            let text = format!("a sheet is settled in {operating}, not in {other}");
            Err(Refusal::new(Reason::StoreCorrupt, text))
        }
    }
}

/// What is left of `whole` after `part`, at least 0.
pub(super) fn beyond(whole: Decimal, part: Decimal) -> Result<Decimal, Refusal> {
    let left = subtract(whole, part).map_err(overflow)?;
    Ok(left.max(Decimal::ZERO))
}

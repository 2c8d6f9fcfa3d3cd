//! What is stored already, by key; and checks against calendar and rates.

use rust_decimal::Decimal;

use super::fields::settings;
use crate::credit::Credit;
use crate::definition::DefinitionSet;
use crate::definition::calendar::PeriodStatus;
use crate::ids::{PeriodId, TransactionId};
use crate::money::{Money, check_number};
use crate::refusal::{Reason, Refusal};
use crate::time::Date;
use crate::transaction::{Transaction, TransactionKey, TransactionStatus};

/// The newest version of each key, and the credits of those versions.
pub(super) struct Stored<'a> {
    by_key: Vec<&'a Transaction>,
    by_transaction: Vec<&'a Credit>,
}

impl<'a> Stored<'a> {
    pub(super) fn new(existing: &'a [Transaction], credits: &'a [Credit]) -> Self {
        let mut by_key: Vec<&Transaction> = existing.iter().collect();
        by_key.sort_by(|a, b| a.key.cmp(&b.key));
        let mut by_transaction: Vec<&Credit> = credits.iter().collect();
        by_transaction.sort_by_key(|credit| (credit.transaction, credit.id));
        Self {
            by_key,
            by_transaction,
        }
    }

    pub(super) fn transaction(&self, key: &TransactionKey) -> Option<&'a Transaction> {
        let found = self
            .by_key
            .binary_search_by(|transaction| transaction.key.cmp(key))
            .ok()?;
        self.by_key.get(found).copied()
    }

    /// The credits of a transaction in the live table, obsolete ones included.
    pub(super) fn credits(&self, id: TransactionId) -> &[&'a Credit] {
        let credits = &self.by_transaction;
        let start = credits.partition_point(|credit| credit.transaction < Some(id));
        let end = credits.partition_point(|credit| credit.transaction <= Some(id));
        credits.get(start..end).unwrap_or_default()
    }
}

/// Whether a stored transaction no longer counts.
pub(super) fn is_cancelled(transaction: &Transaction) -> bool {
    match transaction.status {
        TransactionStatus::Cancelled => true,
        TransactionStatus::New
        | TransactionStatus::Classified
        | TransactionStatus::Credited
        | TransactionStatus::Error(_)
        | TransactionStatus::Obsolete => false,
    }
}

fn closed(field: &'static str, text: String) -> Refusal {
    Refusal::new(Reason::PeriodNotOpen, text).at(field)
}

/// The open period of a date.
pub(crate) fn open_period_at(set: &DefinitionSet, date: Date) -> Result<&PeriodId, Refusal> {
    let Some(period) = set.calendar.period_at(date) else {
        let refusal = closed("event_date", format!("{date} lies in no period"));
        return Err(refusal.with("date", date));
    };
    match period.status {
        PeriodStatus::Open => Ok(&period.id),
        PeriodStatus::Closed | PeriodStatus::PermanentlyClosed => {
            let text = format!("{date} lies in period {}, which is closed", period.id);
            Err(closed("event_date", text)
                .with("date", date)
                .with("period", &period.id))
        }
    }
}

/// What is stored may leave its period only while that is open.
pub(crate) fn refuse_closed(set: &DefinitionSet, id: &PeriodId) -> Result<(), Refusal> {
    match set.calendar.period(id).map(|period| period.status) {
        Some(PeriodStatus::Open) => Ok(()),
        Some(PeriodStatus::Closed | PeriodStatus::PermanentlyClosed) | None => {
            let text = format!("what is stored lies in period {id}, which is closed");
            Err(closed("event_date", text).with("period", id))
        }
    }
}

/// An amount in operating currency at the rate of a date, rounded to the minor unit.
pub(super) fn converted(
    set: &DefinitionSet,
    field: &'static str,
    money: Money,
    date: Date,
) -> Result<(Money, Decimal), Refusal> {
    let settings = settings(set)?;
    let operating = settings.operating_currency;
    let too_large = |wrong: &dyn std::fmt::Display| {
        let text = format!("{money} in {operating}: {wrong}");
        Refusal::new(Reason::OutOfRange, text).at(field)
    };
    let found = set
        .rates
        .convert(money, operating, date)
        .map_err(|wrong| too_large(&wrong))?;
    let Some((exact, rate)) = found else {
        let text = format!(
            "no rate converts {} to {operating} on {date}",
            money.currency
        );
        let refusal = Refusal::new(Reason::MissingCurrencyRate, text).at("currency");
        return Err(refusal.with("currency", money.currency).with("date", date));
    };
    let rounded = settings.rounding.money(exact.amount, operating);
    check_number(rounded.amount).map_err(|wrong| too_large(&wrong))?;
    Ok((rounded, rate))
}

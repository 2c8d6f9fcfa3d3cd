//! Currency rates: how amounts in one currency become amounts in another, by date.

use rust_decimal::Decimal;

use crate::money::{Currency, Money, MoneyError, divide, multiply};
use crate::time::Date;

/// From a date on, one unit of `from` is `rate` units of `to`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CurrencyRate {
    /// The currency that is converted.
    pub from: Currency,
    /// The currency it becomes.
    pub to: Currency,
    /// First date of the rate; it holds until the next one of the pair.
    pub date: Date,
    /// Units of `to` for one unit of `from`; positive.
    pub rate: Decimal,
}

/// All currency rates of a workspace, ordered by (from, to, date).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CurrencyRates {
    /// In (from, to, date) order.
    pub rates: Vec<CurrencyRate>,
}

impl CurrencyRates {
    /// The rate between two currencies on a date: 1 for the same currency, the stated rate, else
    /// the inverse of the opposite rate. `None` when neither is known.
    #[must_use]
    pub fn rate_at(&self, from: Currency, to: Currency, date: Date) -> Option<Decimal> {
        if from == to {
            return Some(Decimal::ONE);
        }
        self.stated(from, to, date).or_else(|| {
            let opposite = self.stated(to, from, date)?;
            divide(Decimal::ONE, opposite).ok()
        })
    }

    fn stated(&self, from: Currency, to: Currency, date: Date) -> Option<Decimal> {
        let after = self
            .rates
            .partition_point(|r| (r.from, r.to, r.date) <= (from, to, date));
        let rate = self.rates.get(after.checked_sub(1)?)?;
        (rate.from == from && rate.to == to).then_some(rate.rate)
    }

    /// Converts an amount at the rate of a date, unrounded.
    ///
    /// # Errors
    /// [`MoneyError::Overflow`]; `Ok(None)` when there is no rate.
    pub fn convert(
        &self,
        money: Money,
        to: Currency,
        date: Date,
    ) -> Result<Option<(Money, Decimal)>, MoneyError> {
        let Some(rate) = self.rate_at(money.currency, to, date) else {
            return Ok(None);
        };
        Ok(Some((Money::new(multiply(money.amount, rate)?, to), rate)))
    }
}

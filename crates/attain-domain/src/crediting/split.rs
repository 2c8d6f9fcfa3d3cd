//! Splitting money and quantities by percents, so that what belongs together adds up exactly.

use rust_decimal::Decimal;

use crate::money::{Currency, Money, MoneyError, Rounding, add, percent_of, subtract};

/// Digits after the point of a split quantity.
const QUANTITY_DIGITS: u32 = 6;

/// The parts of one transaction under one rule. Revenue parts are rounded cumulatively, in the
/// order of the receivers: part = rounded value after − rounded value before. So they add up to
/// the whole when their percents do.
pub(crate) struct Split {
    amount: Money,
    quantity: Decimal,
    rounding: Rounding,
    percent_before: Decimal,
    amount_before: Decimal,
    quantity_before: Decimal,
}

/// One receiver's part.
#[derive(Clone, Copy)]
pub(crate) struct Part {
    pub(crate) amount: Money,
    pub(crate) quantity: Decimal,
}

impl Split {
    pub(crate) fn new(amount: Money, quantity: Decimal, rounding: Rounding) -> Self {
        let zero = Decimal::ZERO;
        let (percent_before, amount_before, quantity_before) = (zero, zero, zero);
        Self {
            amount,
            quantity,
            rounding,
            percent_before,
            amount_before,
            quantity_before,
        }
    }

    /// The part of the next revenue receiver.
    pub(crate) fn revenue(&mut self, percent: Decimal) -> Result<Part, MoneyError> {
        let percent_after = add(self.percent_before, percent)?;
        let after = self.up_to(percent_after)?;
        let part = Part {
            amount: self.money(subtract(after.0, self.amount_before)?),
            quantity: subtract(after.1, self.quantity_before)?.normalize(),
        };
        self.percent_before = percent_after;
        (self.amount_before, self.quantity_before) = after;
        Ok(part)
    }

    /// The part of a non-revenue receiver, which stands alone.
    pub(crate) fn alone(&self, percent: Decimal) -> Result<Part, MoneyError> {
        let (amount, quantity) = self.up_to(percent)?;
        Ok(Part {
            amount: self.money(amount),
            quantity,
        })
    }

    fn up_to(&self, percent: Decimal) -> Result<(Decimal, Decimal), MoneyError> {
        if percent == Decimal::ONE_HUNDRED {
            return Ok((self.amount.amount, self.quantity));
        }
        let amount = percent_of(self.amount.amount, percent)?;
        let quantity = percent_of(self.quantity, percent)?;
        let amount = self.rounding.round(amount, self.currency().digits());
        Ok((amount, self.rounding.round(quantity, QUANTITY_DIGITS)))
    }

    fn money(&self, amount: Decimal) -> Money {
        Money::new(amount.normalize(), self.currency())
    }

    fn currency(&self) -> Currency {
        self.amount.currency
    }
}

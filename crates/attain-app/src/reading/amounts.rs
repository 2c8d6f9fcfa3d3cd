//! Sums of one currency.

use attain_domain::money::{Currency, Money, add, subtract};
use attain_domain::refusal::{Reason, Refusal};
use rust_decimal::Decimal;

/// Adds up amounts of one currency.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sum(Decimal);

impl Sum {
    pub(super) const NOTHING: Self = Self(Decimal::ZERO);

    pub(super) fn add(&mut self, amount: Decimal) -> Result<(), Refusal> {
        self.0 = add(self.0, amount).map_err(overflow)?;
        Ok(())
    }

    pub(super) fn less(self, other: Self) -> Result<Self, Refusal> {
        subtract(self.0, other.0).map(Self).map_err(overflow)
    }

    pub(super) fn value(self) -> Decimal {
        self.0.normalize()
    }

    pub(super) fn money(self, currency: Currency) -> Money {
        Money::new(self.value(), currency)
    }
}

pub(super) fn overflow(error: impl std::fmt::Display) -> Refusal {
    Refusal::new(Reason::Overflow, format!("a sum: {error}"))
}

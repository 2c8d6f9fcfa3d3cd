//! From what a component gives, unrounded, to what is earned: threshold, cap, floor, rounding.

use rust_decimal::Decimal;

use crate::money::{MoneyError, Rounding, add, subtract};

/// The limits of one interval, and how earnings are rounded.
#[derive(Clone, Copy, Debug)]
pub(super) struct Terms {
    pub(super) cap: Option<Decimal>,
    pub(super) floor: Option<Decimal>,
    pub(super) rounding: Rounding,
    pub(super) digits: u32,
    /// Whether each earning is rounded alone, not cumulatively.
    pub(super) each: bool,
}

/// What has been earned in an interval so far.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Accrued {
    /// What rows gave, threshold aside.
    pub(super) given: Decimal,
    /// After the threshold.
    gated: Decimal,
    /// After rounding each, if so; before the cap.
    uncapped: Decimal,
    capped: Decimal,
    lifted: Decimal,
    /// The sum of the earnings.
    settled: Decimal,
}

/// What one row earns.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Settled {
    pub(super) amount: Decimal,
    pub(super) unrounded: Decimal,
    pub(super) withheld: Decimal,
    pub(super) lifted: Decimal,
}

impl Accrued {
    /// Where the fast lane has come to, without limits.
    pub(super) fn resumed(given: Decimal, settled: Decimal, each: bool) -> Self {
        let uncapped = if each { settled } else { given };
        Self {
            given,
            gated: given,
            uncapped,
            capped: uncapped,
            lifted: Decimal::ZERO,
            settled,
        }
    }

    /// Goes on to what all rows give together now, `given`.
    pub(super) fn settle(
        &mut self,
        terms: &Terms,
        given: Decimal,
        reached: bool,
    ) -> Result<Settled, MoneyError> {
        let next = self.next(terms, given, reached)?;
        let settled = Settled {
            amount: subtract(next.settled, self.settled)?,
            unrounded: subtract(next.gated, self.gated)?,
            withheld: subtract(
                subtract(next.uncapped, next.capped)?,
                subtract(self.uncapped, self.capped)?,
            )?,
            lifted: subtract(next.lifted, self.lifted)?,
        };
        *self = next;
        Ok(settled)
    }

    fn next(&self, terms: &Terms, given: Decimal, reached: bool) -> Result<Self, MoneyError> {
        let round = |value| terms.rounding.round(value, terms.digits);
        let (gated, uncapped) = if terms.each {
            let row = subtract(given, self.given)?;
            let row = if reached { row } else { Decimal::ZERO };
            (add(self.gated, row)?, add(self.uncapped, round(row))?)
        } else {
            let gated = if reached { given } else { Decimal::ZERO };
            (gated, gated)
        };
        let capped = terms.cap.map_or(uncapped, |cap| uncapped.min(cap));
        let lifted = match terms.floor {
            Some(floor) if capped < floor => subtract(floor, capped)?,
            _ => Decimal::ZERO,
        };
        let settled = round(add(capped, lifted)?);
        Ok(Self {
            given,
            gated,
            uncapped,
            capped,
            lifted,
            settled,
        })
    }
}

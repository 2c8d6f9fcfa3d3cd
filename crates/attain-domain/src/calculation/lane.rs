//! The fast lane: the walk up one step or flat table in whole numbers, for the plainest and most
//! frequent kind of component. It gives exactly what the decimals give, or steps aside: on the
//! first number that does not fit, or a total outside of the tiers, the walk goes on in decimals.

use rust_decimal::Decimal;

use super::curve::Curve;
use crate::money::{Rounding, SCALE_MAX};
use crate::plan::SplitMode;

/// One tier.
#[derive(Clone, Copy, Debug)]
struct Rung {
    from: i64,
    /// The largest number for an open one.
    to: i64,
    slope: i64,
    below: i128,
}

/// The walk through one interval.
#[derive(Clone, Debug)]
pub(super) struct Lane {
    rungs: Vec<Rung>,
    flat: bool,
    each: bool,
    rounding: Rounding,
    digits: u32,
    /// Digits after the point of totals and bounds. Grows with what comes.
    input_scale: u32,
    slope_scale: u32,
    /// One unit of the rounded amount, in unrounded ones.
    unit: i128,
    total: i64,
    rung: usize,
    /// What rows gave together, unrounded.
    given: i128,
    /// What rows earned together, in units.
    settled: i128,
}

/// One step of the walk.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stride {
    pub(super) before: Decimal,
    pub(super) after: Decimal,
    /// What the row gives, unrounded.
    pub(super) given: Decimal,
    pub(super) amount: Decimal,
    /// The tier, if the row lies in one.
    pub(super) tier: Option<usize>,
}

impl Lane {
    /// The start of an interval; `None` if the curve does not fit whole numbers.
    pub(super) fn start(
        curve: &Curve,
        rounding: Rounding,
        digits: u32,
        each: bool,
    ) -> Option<Self> {
        if !curve.is_plain() {
            return None;
        }
        let segments = curve.segments();
        let bounds = segments
            .clone()
            .flat_map(|segment| [Some(segment.from), segment.to]);
        let scales = bounds.flatten().map(|bound| bound.normalize().scale());
        let input_scale = scales.chain([digits]).max()?;
        let slopes = segments
            .clone()
            .map(|segment| segment.slope.normalize().scale());
        let slope_scale = slopes.max()?;
        if input_scale > SCALE_MAX || slope_scale > SCALE_MAX {
            return None;
        }
        let mut rungs = Vec::with_capacity(segments.clone().count());
        let mut below = 0_i128;
        for segment in segments {
            let from = whole(segment.from, input_scale)?;
            let to = segment
                .to
                .map_or(Some(i64::MAX), |to| whole(to, input_scale))?;
            let slope = whole(segment.slope, slope_scale)?;
            rungs.push(Rung {
                from,
                to,
                slope,
                below,
            });
            below = below.checked_add(product(to.checked_sub(from)?, slope))?;
        }
        Some(Self {
            rungs,
            flat: curve.mode() == SplitMode::Flat,
            each,
            rounding,
            digits,
            input_scale,
            slope_scale,
            unit: power(input_scale.checked_add(slope_scale)?.checked_sub(digits)?)?,
            total: 0,
            rung: 0,
            given: 0,
            settled: 0,
        })
    }

    /// Adds one value; `None`, and nothing is changed, if it must be done in decimals.
    pub(super) fn step(&mut self, value: Decimal) -> Option<Stride> {
        if value.scale() > self.input_scale {
            self.widen(value.scale())?;
        }
        let input = whole(value, self.input_scale)?;
        let total = self.total.checked_add(input)?;
        let size = total.checked_abs()?;
        let number = self.rung_at(size)?;
        let rung = &self.rungs[number];
        let given = if self.flat {
            self.given.checked_add(product(input, rung.slope))?
        } else {
            let given = rung
                .below
                .checked_add(product(size - rung.from, rung.slope))?;
            if total < 0 { -given } else { given }
        };
        let row = given.checked_sub(self.given)?;
        let settled = if self.each {
            self.settled.checked_add(self.rounded(row)?)?
        } else {
            self.rounded(given)?
        };
        let same_side = (self.total >= 0 && total >= 0) || (self.total <= 0 && total <= 0);
        let within = self.flat || number == self.rung && same_side && input != 0;
        let stride = Stride {
            before: Decimal::new(self.total, self.input_scale),
            after: Decimal::new(total, self.input_scale),
            given: decimal(row, self.input_scale + self.slope_scale)?,
            amount: decimal(settled.checked_sub(self.settled)?, self.digits)?,
            tier: within.then_some(number),
        };
        (self.total, self.rung) = (total, number);
        (self.given, self.settled) = (given, settled);
        Some(stride)
    }

    /// The total, what rows gave and what they earned so far, as decimals.
    pub(super) fn so_far(&self) -> Option<(Decimal, Decimal, Decimal)> {
        let given = decimal(self.given, self.input_scale + self.slope_scale)?;
        let settled = decimal(self.settled, self.digits)?;
        Some((Decimal::new(self.total, self.input_scale), given, settled))
    }

    fn rung_at(&self, size: i64) -> Option<usize> {
        let holds = |rung: &Rung| rung.from <= size && size < rung.to;
        if holds(&self.rungs[self.rung]) {
            return Some(self.rung);
        }
        self.rungs.iter().position(holds)
    }

    /// Rounds to whole units.
    fn rounded(&self, value: i128) -> Option<i128> {
        if let (Ok(value), Ok(unit)) = (i64::try_from(value), i64::try_from(self.unit)) {
            let (whole, rest) = (value / unit, value % unit);
            let up = self.rounds_up(
                rest.unsigned_abs().into(),
                unit.unsigned_abs().into(),
                whole & 1 != 0,
            );
            return Some(i128::from(whole + if up { value.signum() } else { 0 }));
        }
        let (whole, rest) = (value.checked_div(self.unit)?, value.checked_rem(self.unit)?);
        let up = self.rounds_up(
            rest.unsigned_abs(),
            self.unit.unsigned_abs(),
            whole & 1 != 0,
        );
        whole.checked_add(if up { value.signum() } else { 0 })
    }

    fn rounds_up(&self, rest: u128, unit: u128, odd: bool) -> bool {
        match rest.cmp(&(unit - rest)) {
            std::cmp::Ordering::Less => false,
            std::cmp::Ordering::Greater => true,
            std::cmp::Ordering::Equal => match self.rounding {
                Rounding::HalfEven => odd,
                Rounding::HalfUp => true,
            },
        }
    }

    /// Goes on with more digits after the point.
    #[cold]
    fn widen(&mut self, scale: u32) -> Option<()> {
        if scale > SCALE_MAX {
            return None;
        }
        let by = power(scale.checked_sub(self.input_scale)?)?;
        let small = i64::try_from(by).ok()?;
        let mut rungs = self.rungs.clone();
        for rung in &mut rungs {
            rung.from = rung.from.checked_mul(small)?;
            rung.to = if rung.to == i64::MAX {
                i64::MAX
            } else {
                rung.to.checked_mul(small)?
            };
            rung.below = rung.below.checked_mul(by)?;
        }
        let total = self.total.checked_mul(small)?;
        let (given, unit) = (self.given.checked_mul(by)?, self.unit.checked_mul(by)?);
        self.rungs = rungs;
        (self.total, self.given, self.unit, self.input_scale) = (total, given, unit, scale);
        Some(())
    }
}

fn product(left: i64, right: i64) -> i128 {
    i128::from(left) * i128::from(right)
}

fn power(digits: u32) -> Option<i128> {
    10_i128.checked_pow(digits)
}

/// A decimal in units of its last digit at a scale, if it has none beyond it.
fn whole(value: Decimal, scale: u32) -> Option<i64> {
    let value = if value.scale() > scale {
        value.normalize()
    } else {
        value
    };
    let mantissa = i64::try_from(value.mantissa()).ok()?;
    let missing = scale.checked_sub(value.scale())?;
    if missing == 0 {
        return Some(mantissa);
    }
    mantissa.checked_mul(10_i64.checked_pow(missing)?)
}

fn decimal(value: i128, scale: u32) -> Option<Decimal> {
    match i64::try_from(value) {
        Ok(small) => Some(Decimal::new(small, scale)),
        Err(_) => Decimal::try_from_i128_with_scale(value, scale).ok(),
    }
}

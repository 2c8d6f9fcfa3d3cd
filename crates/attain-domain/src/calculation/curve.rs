//! What a rate table gives along the dimension that is split, as a function of a total.
//!
//! The function is kept for one person, interval and cell of the other dimensions, with the bounds
//! as amounts (percents of a goal are multiplied out once), so that a row costs no division.

use rust_decimal::Decimal;

use crate::earning::SliceTrace;
use crate::money::{MoneyError, add, divide, multiply, percent_of, subtract};
use crate::plan::{SplitMode, Tier};
use crate::refusal::{Reason, RowError};

/// One tier.
#[derive(Clone, Debug)]
pub(super) struct Segment {
    pub(super) from: Decimal,
    pub(super) to: Option<Decimal>,
    /// As the table has it.
    pub(super) tier: Tier,
    pub(super) value: Decimal,
    /// The value per unit of input: a hundredth of it for percents.
    pub(super) slope: Decimal,
    /// What the tiers below give together.
    below: Decimal,
}

/// The function along one dimension.
#[derive(Clone, Debug)]
pub(super) struct Curve {
    mode: SplitMode,
    percents: bool,
    /// Whether an input below zero is looked up by its size: when the first tier starts at 0.
    mirrored: bool,
    segments: Vec<Segment>,
}

/// What a row gets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Commission {
    /// Unrounded.
    pub(super) amount: Decimal,
    /// As a fraction of the input, where there is one.
    pub(super) rate: Option<Decimal>,
    /// The tiers that were touched.
    pub(super) slices: Vec<SliceTrace>,
}

impl Curve {
    /// `goal` is given when the tiers are percents of it. `values` are those of the tiers.
    pub(super) fn new(
        mode: SplitMode,
        percents: bool,
        tiers: &[Tier],
        values: impl Iterator<Item = Decimal>,
        goal: Option<Decimal>,
    ) -> Result<Self, MoneyError> {
        let bound = |bound: Decimal| goal.map_or(Ok(bound), |goal| percent_of(goal, bound));
        let mut segments = Vec::with_capacity(tiers.len());
        let mut below = Decimal::ZERO;
        for (tier, value) in tiers.iter().zip(values) {
            let from = bound(tier.from)?;
            let to = tier.to.map(bound).transpose()?;
            let slope = if percents {
                percent_of(value, Decimal::ONE)?
            } else {
                value
            };
            segments.push(Segment {
                from,
                to,
                tier: *tier,
                value,
                slope,
                below,
            });
            below = match (mode, to) {
                (SplitMode::Flat, _) => below,
                (SplitMode::Interpolated, _) => add(below, value)?,
                (SplitMode::Step, Some(to)) => add(below, multiply(subtract(to, from)?, slope)?)?,
                (SplitMode::Step, None) => below,
            };
        }
        let mirrored = tiers.first().is_some_and(|tier| tier.from.is_zero());
        Ok(Self {
            mode,
            percents,
            mirrored,
            segments,
        })
    }

    /// Whether whole numbers can walk it: percents of the input, from 0 up, tier by tier.
    pub(super) fn is_plain(&self) -> bool {
        self.percents && self.mirrored && self.mode != SplitMode::Interpolated
    }

    pub(super) fn mode(&self) -> SplitMode {
        self.mode
    }

    pub(super) fn segment_at(&self, number: usize) -> Option<&Segment> {
        self.segments.get(number)
    }

    pub(super) fn segments(&self) -> impl Iterator<Item = &Segment> + Clone {
        self.segments.iter()
    }

    /// The total that is looked up: its size when the curve is mirrored.
    fn looked_up(&self, total: Decimal) -> Decimal {
        if self.mirrored { total.abs() } else { total }
    }

    fn segment(&self, total: Decimal) -> Result<&Segment, RowError> {
        let at = self.looked_up(total);
        let found = self
            .segments
            .iter()
            .rev()
            .find(|segment| segment.from <= at);
        found
            .filter(|segment| segment.to.is_none_or(|to| at < to))
            .ok_or_else(|| {
                let text = format!("{} lies outside every tier", total.normalize());
                RowError::new(Reason::ValueOutsideTiers, text)
            })
    }

    /// What the table gives for a whole total; step and interpolated only.
    pub(super) fn total(&self, total: Decimal) -> Result<Decimal, RowError> {
        let segment = self.segment(total)?;
        let at = self.looked_up(total);
        let given = self.given(segment, at).map_err(overflow)?;
        Ok(if self.mirrored && total < Decimal::ZERO {
            -given
        } else {
            given
        })
    }

    fn given(&self, segment: &Segment, at: Decimal) -> Result<Decimal, MoneyError> {
        let into = subtract(at, segment.from)?;
        if self.mode == SplitMode::Step {
            return add(segment.below, multiply(into, segment.slope)?);
        }
        let given = match segment.to {
            Some(to) if !into.is_zero() => {
                let width = subtract(to, segment.from)?;
                add(
                    segment.below,
                    divide(multiply(segment.value, into)?, width)?,
                )?
            }
            _ => segment.below,
        };
        if self.percents {
            percent_of(at, given)
        } else {
            Ok(given)
        }
    }

    /// What a total of nothing gives: nothing, unless the tiers start below it.
    pub(super) fn at_nothing(&self) -> Decimal {
        self.total(Decimal::ZERO).unwrap_or_default()
    }

    /// Step and interpolated: what the input between two totals gives.
    pub(super) fn between(
        &self,
        before: (Decimal, Decimal),
        after: (Decimal, Decimal),
    ) -> Result<Commission, MoneyError> {
        let amount = subtract(after.1, before.1)?;
        let slices = self.slices(before.0, after.0)?;
        let input = subtract(after.0, before.0)?;
        let rate = match slices.as_slice() {
            [only] if self.percents && self.mode == SplitMode::Step && only.input == input => {
                Some(percent_of(only.value, Decimal::ONE)?)
            }
            _ if self.percents && !input.is_zero() => Some(divide(amount, input)?),
            _ => None,
        };
        Ok(Commission {
            amount,
            rate,
            slices,
        })
    }

    /// Flat: the value of the tier that the total falls in, for the whole input.
    pub(super) fn flat(&self, total: Decimal, input: Decimal) -> Result<Commission, RowError> {
        let segment = self.segment(total)?;
        let amount = if self.percents {
            multiply(input, segment.slope).map_err(overflow)?
        } else if self.mirrored && input < Decimal::ZERO {
            -segment.value
        } else {
            segment.value
        };
        let slice = SliceTrace {
            from: segment.tier.from,
            to: segment.tier.to,
            input,
            value: segment.value,
            result: amount,
        };
        let rate = self.percents.then_some(segment.slope);
        Ok(Commission {
            amount,
            rate,
            slices: vec![slice],
        })
    }

    /// The tiers between two totals. With interpolated percents the results are what the tier
    /// gives at the total after, so they add up to the total, not to the step.
    pub(super) fn slices(
        &self,
        before: Decimal,
        after: Decimal,
    ) -> Result<Vec<SliceTrace>, MoneyError> {
        let mut slices = Vec::new();
        let (low, high, down) = if before <= after {
            (before, after, false)
        } else {
            (after, before, true)
        };
        if self.mirrored && low < Decimal::ZERO {
            let near = (-high).max(Decimal::ZERO);
            self.push_slices(near, -low, down, after, &mut slices)?;
            if high > Decimal::ZERO {
                self.push_slices(Decimal::ZERO, high, down, after, &mut slices)?;
            }
        } else {
            self.push_slices(low, high, down, after, &mut slices)?;
        }
        Ok(slices)
    }

    fn push_slices(
        &self,
        low: Decimal,
        high: Decimal,
        down: bool,
        after: Decimal,
        slices: &mut Vec<SliceTrace>,
    ) -> Result<(), MoneyError> {
        for segment in &self.segments {
            let from = segment.from.max(low);
            let to = segment.to.map_or(high, |to| to.min(high));
            if from >= to {
                continue;
            }
            let size = subtract(to, from)?;
            let input = if down { -size } else { size };
            let result = match (self.mode, segment.to) {
                (SplitMode::Interpolated, Some(end)) => {
                    let width = subtract(end, segment.from)?;
                    let part = divide(multiply(segment.value, input)?, width)?;
                    if self.percents {
                        percent_of(after.abs(), part)?
                    } else {
                        part
                    }
                }
                _ => multiply(input, segment.slope)?,
            };
            let (tier, value) = (segment.tier, segment.value);
            slices.push(SliceTrace {
                from: tier.from,
                to: tier.to,
                input,
                value,
                result,
            });
        }
        Ok(())
    }
}

/// An overflow of the engine's numbers, as a row's error.
pub(super) fn overflow(error: MoneyError) -> RowError {
    RowError::new(Reason::Overflow, error.to_string())
}

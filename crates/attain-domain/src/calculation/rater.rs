//! Walks a rate table credit by credit, so that totals depend on totals only.
//!
//! With step and interpolated rates, what all rows give together is `base + f(total)` exactly: a
//! sum of differences would round in each of them. `base` changes only when another curve takes
//! over (another version of the table, cell, or interval), or when a row counted for nothing.

use rust_decimal::Decimal;
use smol_str::SmolStr;

use super::curve::{Commission, Curve, overflow};
use super::names::Facts;
use super::table::CompiledTable;
use crate::earning::MeasureTrace;
use crate::money::{add, subtract};
use crate::plan::SplitMode;
use crate::refusal::RowError;

/// One curve that is in use in the interval.
#[derive(Clone, Debug)]
struct Laid<'a> {
    table: &'a CompiledTable,
    offset: usize,
    /// The number of the interval of the input measure.
    span: usize,
    curve: Curve,
    nothing: Decimal,
}

/// The last total that was rated, and what the curve gives for it.
#[derive(Clone, Copy, Debug)]
struct Point {
    laid: usize,
    base: Decimal,
    total: Decimal,
    given: Decimal,
}

/// The walk through one interval of a component.
#[derive(Clone, Debug, Default)]
pub(super) struct Rater<'a> {
    laid: Vec<Laid<'a>>,
    at: Option<Point>,
}

/// What a row gets.
#[derive(Clone, Debug)]
pub(super) struct Rated {
    pub(super) commission: Commission,
    pub(super) looked_up: Vec<SmolStr>,
    /// What all rows give together now, for a walk that is not flat.
    pub(super) given: Option<Decimal>,
    at: Option<Point>,
}

/// What is rated.
#[derive(Clone, Copy, Debug)]
pub(super) struct Input {
    /// The number of the measure in the component.
    pub(super) measure: usize,
    /// The number of the measure's interval.
    pub(super) span: usize,
    /// Whether rows start where those before ended.
    pub(super) running: bool,
    /// What the rows before gave together.
    pub(super) given: Decimal,
}

impl<'a> Rater<'a> {
    /// Forgets the interval.
    pub(super) fn clear(&mut self) {
        self.laid.clear();
        self.at = None;
    }

    /// Goes on from where the fast lane has come to on a curve: a total, and what it gave.
    pub(super) fn resume(
        &mut self,
        table: &'a CompiledTable,
        curve: Curve,
        span: usize,
        (total, given): (Decimal, Decimal),
    ) {
        let nothing = curve.at_nothing();
        self.laid = vec![Laid {
            table,
            offset: 0,
            span,
            curve,
            nothing,
        }];
        let base = Decimal::ZERO;
        self.at = (table.mode == SplitMode::Step).then_some(Point {
            laid: 0,
            base,
            total,
            given,
        });
    }

    /// Takes the step that [`Self::rate`] computed.
    pub(super) fn accept(&mut self, rated: &Rated) {
        if rated.at.is_some() {
            self.at = rated.at;
        }
    }

    /// Rates one row.
    pub(super) fn rate(
        &mut self,
        table: &'a CompiledTable,
        facts: &Facts<'_>,
        input: Input,
    ) -> Result<Rated, RowError> {
        let (offset, looked_up) = table.locate(facts)?;
        let number = self.lay(table, offset, input.span, facts.measures)?;
        let laid = &self.laid[number];
        let Some(measure) = facts.measures.get(input.measure) else {
            let commission = Commission {
                amount: Decimal::ZERO,
                rate: None,
                slices: Vec::new(),
            };
            return Ok(Rated {
                commission,
                looked_up,
                given: None,
                at: None,
            });
        };
        if table.mode == SplitMode::Flat {
            let commission = laid.curve.flat(measure.after, measure.value)?;
            return Ok(Rated {
                commission,
                looked_up,
                given: None,
                at: None,
            });
        }
        if !input.running {
            let before = (measure.before, laid.at(measure.before)?);
            let after = (measure.after, laid.curve.total(measure.after)?);
            let commission = laid.curve.between(before, after).map_err(overflow)?;
            return Ok(Rated {
                commission,
                looked_up,
                given: None,
                at: None,
            });
        }
        let from = self.start(number, measure.before, input.given)?;
        let after = (measure.after, self.laid[number].curve.total(measure.after)?);
        let curve = &self.laid[number].curve;
        let commission = curve
            .between((from.total, from.given), after)
            .map_err(overflow)?;
        let given = add(from.base, after.1).map_err(overflow)?;
        let at = Point {
            total: after.0,
            given: after.1,
            ..from
        };
        Ok(Rated {
            commission,
            looked_up,
            given: Some(given),
            at: Some(at),
        })
    }

    /// Where the row starts. After a row that could not be rated because its total lay outside of
    /// the tiers it starts at the last total that could; any other row that gave nothing is
    /// stepped over.
    fn start(&self, number: usize, before: Decimal, given: Decimal) -> Result<Point, RowError> {
        let curve_at = |total| self.laid[number].at(total);
        match self.at {
            Some(at) if at.laid == number && at.total == before => Ok(at),
            Some(at) if at.laid == number => match curve_at(before) {
                Ok(value) => {
                    let skipped = subtract(at.given, value).map_err(overflow)?;
                    let base = add(at.base, skipped).map_err(overflow)?;
                    Ok(Point {
                        base,
                        total: before,
                        given: value,
                        ..at
                    })
                }
                Err(_) => Ok(at),
            },
            at => {
                let (total, value) = match curve_at(before) {
                    Ok(value) => (before, value),
                    // Nothing was rated yet: the walk starts at nothing.
                    Err(_) if at.is_none() => (Decimal::ZERO, self.laid[number].nothing),
                    Err(error) => return Err(error),
                };
                let base = subtract(given, value).map_err(overflow)?;
                let laid = number;
                Ok(Point {
                    laid,
                    base,
                    total,
                    given: value,
                })
            }
        }
    }

    fn lay(
        &mut self,
        table: &'a CompiledTable,
        offset: usize,
        span: usize,
        measures: &[MeasureTrace],
    ) -> Result<usize, RowError> {
        let is_same = |laid: &Laid<'_>| {
            laid.offset == offset && laid.span == span && std::ptr::eq(laid.table, table)
        };
        if let Some(number) = self.laid.iter().position(is_same) {
            return Ok(number);
        }
        let curve = table.curve(offset, measures)?;
        let nothing = curve.at_nothing();
        self.laid.push(Laid {
            table,
            offset,
            span,
            curve,
            nothing,
        });
        Ok(self.laid.len() - 1)
    }
}

impl Laid<'_> {
    fn at(&self, total: Decimal) -> Result<Decimal, RowError> {
        if total.is_zero() {
            Ok(self.nothing)
        } else {
            self.curve.total(total)
        }
    }
}

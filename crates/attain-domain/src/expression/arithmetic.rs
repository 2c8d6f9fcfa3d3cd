//! Arithmetic that is exact or says so.
//!
//! `rust_decimal` holds 28 digits (29 for small leading ones) and shortens longer results without
//! a word. Here a result is one of
//!
//! - exact, whenever its digits fit;
//! - rounded half to even in its last place, but only at or beyond [`DECIMALS_KEPT_MIN`] decimal
//!   places: quotients such as `1 / 3`, and products of them;
//! - an error: [`Trouble::PrecisionLost`] when fewer places could be kept, and
//!   [`Trouble::Overflow`] when not even the whole part fits.

use rust_decimal::Decimal;

use super::syntax::ArithmeticOperator;

/// The decimal places every result keeps, unless it is exact with fewer. Money has at most 4 and
/// rates 8, so 12 keep a rounded intermediate far below any amount that is paid; and the other 16
/// of 28 digits hold the whole part, 10^16, enough for sums of the smallest currency units.
/// More would refuse everyday formulas: were it 20, `10000000000 / 3` would be an error.
pub const DECIMALS_KEPT_MIN: u32 = 12;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Trouble {
    Overflow,
    DivisionByZero,
    PrecisionLost,
}

/// Inlined, like what it does most: handing a 16-byte decimal from function to function costs as
/// much as adding two. Not in debug builds, where it would only make the recursion's frames large.
#[cfg_attr(not(debug_assertions), inline(always))]
pub(super) fn calculate(
    operator: ArithmeticOperator,
    left: Decimal,
    right: Decimal,
) -> Result<Decimal, Trouble> {
    match operator {
        ArithmeticOperator::Add => added(left, right),
        ArithmeticOperator::Subtract => added(left, -right),
        ArithmeticOperator::Multiply => multiplied(left, right),
        ArithmeticOperator::Divide => divided(left, right),
        ArithmeticOperator::Remainder => remainder(left, right),
    }
}

#[cfg_attr(not(debug_assertions), inline(always))]
fn added(left: Decimal, right: Decimal) -> Result<Decimal, Trouble> {
    let sum = left.checked_add(right).ok_or(Trouble::Overflow)?;
    // An exact sum has the longer of the two scales; a shorter scale means digits were cut.
    let scale = left.scale().max(right.scale());
    if sum.scale() >= scale.min(DECIMALS_KEPT_MIN) || is_exact_sum(left, right) {
        return Ok(sum);
    }
    Err(Trouble::PrecisionLost)
}

#[cfg_attr(not(debug_assertions), inline(always))]
fn multiplied(left: Decimal, right: Decimal) -> Result<Decimal, Trouble> {
    let product = left.checked_mul(right).ok_or(Trouble::Overflow)?;
    let scale = left.scale() + right.scale();
    if product.scale() >= scale.min(DECIMALS_KEPT_MIN) || exact_product(left, right).is_some() {
        return Ok(product);
    }
    Err(Trouble::PrecisionLost)
}

fn divided(left: Decimal, right: Decimal) -> Result<Decimal, Trouble> {
    if right.is_zero() {
        return Err(Trouble::DivisionByZero);
    }
    let quotient = left.checked_div(right).ok_or(Trouble::Overflow)?;
    if quotient.scale() >= DECIMALS_KEPT_MIN || exact_product(quotient, right) == Some(left) {
        return Ok(quotient);
    }
    Err(Trouble::PrecisionLost)
}

/// What is left of `left` after taking out whole `right`s, with the sign of `left`. Always exact.
fn remainder(left: Decimal, right: Decimal) -> Result<Decimal, Trouble> {
    if right.is_zero() {
        return Err(Trouble::DivisionByZero);
    }
    left.checked_rem(right).ok_or(Trouble::Overflow)
}

/// The product, if all its digits fit; zeros at the end of the factors need not.
#[cold]
fn exact_product(left: Decimal, right: Decimal) -> Option<Decimal> {
    if left.is_zero() || right.is_zero() {
        return Some(Decimal::ZERO);
    }
    let (left, right) = (left.normalize(), right.normalize());
    let product = left.checked_mul(right)?;
    (product.scale() == left.scale() + right.scale()).then_some(product)
}

#[cold]
fn is_exact_sum(left: Decimal, right: Decimal) -> bool {
    let (left, right) = (left.normalize(), right.normalize());
    let scale = left.scale().max(right.scale());
    left.checked_add(right)
        .is_some_and(|sum| sum.scale() == scale)
}

/// The same number. `rust_decimal` writes a result in four pieces; read back in one it stalls the
/// processor for longer than an addition takes, read in pieces it does not (a third faster, as
/// measured on a formula with two operations).
#[cfg_attr(not(debug_assertions), inline(always))]
pub(super) fn rebuilt(number: Decimal) -> Decimal {
    let parts = number.unpack();
    Decimal::from_parts(parts.lo, parts.mid, parts.hi, parts.negative, parts.scale)
}

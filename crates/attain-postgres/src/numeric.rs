//! Decimals in the binary form of `numeric`: digits of base 10 000, exactly as many as there are.
//! The driver's own reading multiplies powers for every digit; this one is a few divisions.

#[cfg(test)]
mod tests;

use rust_decimal::Decimal;
use sqlx::error::BoxDynError;
use sqlx::postgres::{PgTypeInfo, PgValueFormat, PgValueRef, Postgres};
use sqlx::{Decode, Type};

/// A decimal in a cell of a row.
pub(crate) struct Number(pub(crate) Decimal);

impl Type<Postgres> for Number {
    fn type_info() -> PgTypeInfo {
        <Decimal as Type<Postgres>>::type_info()
    }
}

impl<'r> Decode<'r, Postgres> for Number {
    fn decode(value: PgValueRef<'r>) -> Result<Self, BoxDynError> {
        let number = match value.format() {
            PgValueFormat::Binary => read(value.as_bytes()?),
            PgValueFormat::Text => Decimal::from_str_exact(value.as_str()?).ok(),
        };
        Ok(Self(
            number.ok_or("a number has more digits than a decimal")?,
        ))
    }
}

const BASE: u128 = 10_000;
/// Decimal digits in one digit of base 10 000.
const DIGITS_PER_GROUP: u32 = 4;
/// A decimal's 96 bits, moved up by at most three digits, are at most 32 decimal digits.
const GROUPS_MAX: usize = 8;
const NEGATIVE: u16 = 0x4000;
const POSITIVE: u16 = 0x0000;

/// Adds a cell with the number, its length first.
pub(crate) fn put(bytes: &mut Vec<u8>, number: Decimal) {
    let scale = number.scale();
    // Groups are counted from the point, so the last one after it is filled up with zeros.
    let fraction_groups = scale.div_ceil(DIGITS_PER_GROUP);
    let missing = fraction_groups * DIGITS_PER_GROUP - scale;
    let mut groups = [0_u16; GROUPS_MAX];
    let count = split(
        number.mantissa().unsigned_abs() * 10_u128.pow(missing),
        &mut groups,
    );
    // From the last to the first; zeros at the end are not stored.
    let stored = &groups[..count];
    let zeros = stored.iter().take_while(|group| **group == 0).count();
    let stored = &stored[zeros..];
    let is_zero = stored.is_empty();
    let weight = if is_zero {
        0
    } else {
        small(count) - small(fraction_groups as usize) - 1
    };
    let sign = if number.is_sign_negative() && !is_zero {
        NEGATIVE
    } else {
        POSITIVE
    };
    let length = 8 + 2 * i32::from(small(stored.len()));
    bytes.extend_from_slice(&length.to_be_bytes());
    bytes.extend_from_slice(&small(stored.len()).to_be_bytes());
    bytes.extend_from_slice(&weight.to_be_bytes());
    bytes.extend_from_slice(&sign.to_be_bytes());
    bytes.extend_from_slice(&small(scale as usize).to_be_bytes());
    for group in stored.iter().rev() {
        bytes.extend_from_slice(&group.to_be_bytes());
    }
}

/// The number in a cell; none if it is no number, or has more digits than a decimal.
pub(crate) fn read(cell: &[u8]) -> Option<Decimal> {
    let (head, digits) = cell.split_first_chunk::<8>()?;
    let [c0, c1, w0, w1, s0, s1, d0, d1] = *head;
    let (count, weight) = (i16::from_be_bytes([c0, c1]), i16::from_be_bytes([w0, w1]));
    let sign = u16::from_be_bytes([s0, s1]);
    let scale = u32::from(u16::from_be_bytes([d0, d1]));
    if digits.len() != usize::try_from(count).ok()? * 2 || (sign != POSITIVE && sign != NEGATIVE) {
        return None;
    }
    let mut mantissa: u128 = 0;
    for digit in digits.chunks_exact(2) {
        let digit = u16::from_be_bytes([digit[0], digit[1]]);
        mantissa = mantissa.checked_mul(BASE)?.checked_add(u128::from(digit))?;
    }
    // How many digits after the point the mantissa has so far; negative when zeros are left out.
    let fraction = (i32::from(count) - i32::from(weight) - 1) * DIGITS_PER_GROUP.cast_signed();
    let missing = i32::try_from(scale).ok()? - fraction;
    let power = 10_u128.checked_pow(missing.unsigned_abs());
    let mantissa = match power {
        _ if mantissa == 0 => 0,
        Some(power) if missing >= 0 => mantissa.checked_mul(power)?,
        // Digits after the last one of the scale are zeros.
        Some(power) if mantissa.is_multiple_of(power) => mantissa / power,
        _ => return None,
    };
    let mantissa = i128::try_from(mantissa).ok()?;
    let signed = if sign == NEGATIVE {
        -mantissa
    } else {
        mantissa
    };
    Decimal::try_from_i128_with_scale(signed, scale).ok()
}

/// The digits of base 10 000, the last first, and how many there are.
#[expect(
    clippy::cast_possible_truncation,
    reason = "a remainder of 10 000 fits, and the upper half was looked at"
)]
fn split(mut rest: u128, groups: &mut [u16; GROUPS_MAX]) -> usize {
    let mut count = 0;
    while rest > u128::from(u64::MAX) {
        groups[count] = (rest % BASE) as u16;
        rest /= BASE;
        count += 1;
    }
    // Most numbers are small, and dividing 64 bits is several times as fast.
    let mut rest = rest as u64;
    while rest > 0 {
        groups[count] = (rest % BASE as u64) as u16;
        rest /= BASE as u64;
        count += 1;
    }
    count
}

/// A number of digits or groups: at most 28.
fn small(count: usize) -> i16 {
    i16::try_from(count).unwrap_or(i16::MAX)
}

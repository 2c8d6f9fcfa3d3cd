//! Exact money: decimals with a currency, checked arithmetic, one named rounding. No floats.

use std::fmt;

use rust_decimal::{Decimal, RoundingStrategy};

/// Most digits after the point that any stored amount, quantity or rate may have.
pub const SCALE_MAX: u32 = 8;
/// Largest stored absolute value, exclusive: 10^15. With [`SCALE_MAX`] a value has at most 23
/// digits, so the sum of 10 000 of them is still exact in the 28 digits of a decimal.
pub const MAGNITUDE_MAX: i64 = 1_000_000_000_000_000;

/// What can go wrong with money.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// The result has more digits than a decimal holds.
    #[error("the amount is too large")]
    Overflow,
    /// Two currencies met.
    #[error("{left} and {right} cannot be combined")]
    CurrencyMismatch {
        /// The currency of the left side.
        left: Currency,
        /// The currency of the right side.
        right: Currency,
    },
    /// Division by zero.
    #[error("division by zero")]
    DivisionByZero,
}

/// Why a text is not a number that we store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NumberError {
    /// Not a plain decimal number.
    #[error("is not a decimal number")]
    Malformed,
    /// More than [`SCALE_MAX`] digits after the point.
    #[error("has more than {SCALE_MAX} digits after the point")]
    TooManyDigits,
    /// Not below [`MAGNITUDE_MAX`].
    #[error("is not below {MAGNITUDE_MAX}")]
    TooLarge,
}

/// Reads a plain decimal such as `-1234.50`: no exponent, no separators, no NaN.
///
/// # Errors
/// See [`NumberError`].
pub fn parse_number(text: &str) -> Result<Decimal, NumberError> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let plain = digits.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    if !plain || !digits.starts_with(|c: char| c.is_ascii_digit()) || digits.ends_with('.') {
        return Err(NumberError::Malformed);
    }
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    if fraction.contains('.') {
        return Err(NumberError::Malformed);
    }
    if fraction.len() > SCALE_MAX as usize {
        return Err(NumberError::TooManyDigits);
    }
    if whole.trim_start_matches('0').len() > 15 {
        return Err(NumberError::TooLarge);
    }
    let number = Decimal::from_str_exact(text).map_err(|_| NumberError::Malformed)?;
    Ok(if number.is_zero() {
        Decimal::ZERO
    } else {
        number.normalize()
    })
}

/// Whether a number fits the limits of storage: magnitude and scale.
///
/// # Errors
/// See [`NumberError`].
pub fn check_number(number: Decimal) -> Result<Decimal, NumberError> {
    if number.normalize().scale() > SCALE_MAX {
        return Err(NumberError::TooManyDigits);
    }
    if number.abs() >= Decimal::from(MAGNITUDE_MAX) {
        return Err(NumberError::TooLarge);
    }
    Ok(number)
}

/// An ISO 4217 currency that has a minor unit.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Currency {
    code: [u8; 3],
    digits: u8,
}

/// Not the code of a currency that people are paid in.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not an ISO 4217 currency with a minor unit")]
pub struct UnknownCurrency(pub String);

impl Currency {
    /// Looks up an upper-case ISO 4217 code. Codes without a minor unit (`XXX`, `XAU`) are refused.
    ///
    /// # Errors
    /// [`UnknownCurrency`] with the text.
    pub fn parse(code: &str) -> Result<Self, UnknownCurrency> {
        let unknown = || UnknownCurrency(code.to_owned());
        let known = iso_currency::Currency::from_code(code).ok_or_else(unknown)?;
        let digits = known.exponent().ok_or_else(unknown)?;
        let code = code.as_bytes().try_into().map_err(|_| unknown())?;
        Ok(Self {
            code,
            digits: u8::try_from(digits).map_err(|_| unknown())?,
        })
    }

    /// The three letters.
    #[must_use]
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.code).expect("parse lets in ASCII only")
    }

    /// Digits of the minor unit: 2 for USD, 0 for JPY.
    #[must_use]
    pub fn digits(self) -> u32 {
        u32::from(self.digits)
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// How money is rounded to the minor unit. The workspace chooses one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Rounding {
    /// Ties go to the even neighbour. The default.
    #[default]
    HalfEven,
    /// Ties go away from zero.
    HalfUp,
}

impl Rounding {
    /// Rounds to `digits` after the point, and keeps exactly that scale out of sight: the result
    /// is normalised, so that equal amounts print alike.
    #[must_use]
    pub fn round(self, value: Decimal, digits: u32) -> Decimal {
        let strategy = match self {
            Self::HalfEven => RoundingStrategy::MidpointNearestEven,
            Self::HalfUp => RoundingStrategy::MidpointAwayFromZero,
        };
        let rounded = value.round_dp_with_strategy(digits, strategy).normalize();
        if rounded.is_zero() {
            Decimal::ZERO
        } else {
            rounded
        }
    }

    /// Rounds to the minor unit of a currency.
    #[must_use]
    pub fn money(self, value: Decimal, currency: Currency) -> Money {
        Money::new(self.round(value, currency.digits()), currency)
    }
}

/// An exact signed amount in one currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Money {
    /// The amount, in major units.
    pub amount: Decimal,
    /// Its currency.
    pub currency: Currency,
}

impl Money {
    /// An amount in a currency.
    #[must_use]
    pub fn new(amount: Decimal, currency: Currency) -> Self {
        Self { amount, currency }
    }

    /// Nothing, in a currency.
    #[must_use]
    pub fn zero(currency: Currency) -> Self {
        Self::new(Decimal::ZERO, currency)
    }

    /// The sum of two amounts of one currency.
    ///
    /// # Errors
    /// [`MoneyError`] when the currencies differ or the sum overflows.
    pub fn checked_add(self, other: Self) -> Result<Self, MoneyError> {
        if self.currency != other.currency {
            let (left, right) = (self.currency, other.currency);
            return Err(MoneyError::CurrencyMismatch { left, right });
        }
        Ok(Self::new(add(self.amount, other.amount)?, self.currency))
    }

    /// The same amount with the other sign.
    #[must_use]
    pub fn negated(self) -> Self {
        let amount = if self.amount.is_zero() {
            Decimal::ZERO
        } else {
            -self.amount
        };
        Self::new(amount, self.currency)
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = self.currency.digits() as usize;
        if self.amount.scale() as usize > digits {
            write!(f, "{} {}", self.amount, self.currency)
        } else {
            write!(f, "{:.digits$} {}", self.amount, self.currency)
        }
    }
}

/// Checked addition.
///
/// # Errors
/// [`MoneyError::Overflow`].
pub fn add(left: Decimal, right: Decimal) -> Result<Decimal, MoneyError> {
    left.checked_add(right).ok_or(MoneyError::Overflow)
}

/// Checked subtraction.
///
/// # Errors
/// [`MoneyError::Overflow`].
pub fn subtract(left: Decimal, right: Decimal) -> Result<Decimal, MoneyError> {
    left.checked_sub(right).ok_or(MoneyError::Overflow)
}

/// Checked multiplication. Inputs within [`SCALE_MAX`] give an exact product.
///
/// # Errors
/// [`MoneyError::Overflow`].
pub fn multiply(left: Decimal, right: Decimal) -> Result<Decimal, MoneyError> {
    left.checked_mul(right).ok_or(MoneyError::Overflow)
}

/// Checked division, to 28 digits.
///
/// # Errors
/// [`MoneyError::DivisionByZero`], [`MoneyError::Overflow`].
pub fn divide(left: Decimal, right: Decimal) -> Result<Decimal, MoneyError> {
    if right.is_zero() {
        return Err(MoneyError::DivisionByZero);
    }
    left.checked_div(right).ok_or(MoneyError::Overflow)
}

/// `part` percent of `value`.
///
/// # Errors
/// [`MoneyError::Overflow`].
pub fn percent_of(value: Decimal, part: Decimal) -> Result<Decimal, MoneyError> {
    multiply(value, multiply(part, Decimal::new(1, 2))?)
}

#[cfg(test)]
mod tests;

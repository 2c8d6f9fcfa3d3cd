//! Numbers of the reference: whole cents, and fractions of them that are rounded once.

/// Thousandths of a percent in one: what a rate is divided by.
pub(crate) const RATE: i128 = 100_000;
/// Hundredths of a percent in one: what a split is divided by.
pub(crate) const PERCENT: i128 = 10_000;

/// A fraction rounded to whole cents: ties to the even neighbour, or away from zero.
pub(crate) fn rounded(numerator: i128, denominator: i128, half_up: bool) -> i64 {
    let size = numerator.abs();
    let (whole, rest) = (size / denominator, size % denominator);
    let up = match (rest * 2).cmp(&denominator) {
        std::cmp::Ordering::Less => false,
        std::cmp::Ordering::Equal => half_up || whole % 2 == 1,
        std::cmp::Ordering::Greater => true,
    };
    let size = i64::try_from(whole + i128::from(up)).expect("amounts are far below 2^63");
    if numerator < 0 { -size } else { size }
}

/// What tiers give for a total, each slice at its own rate, over [`RATE`]. A total below zero gives
/// what its size gives, negated.
pub(crate) fn by_slices(total: i64, ends: &[i64], rates: &[i64]) -> i128 {
    let size = total.abs();
    let (mut given, mut from) = (0_i128, 0);
    for (number, rate) in rates.iter().enumerate() {
        let to = ends.get(number).map_or(size, |end| size.min(*end));
        if to > from {
            given += i128::from(to - from) * i128::from(*rate);
            from = to;
        }
    }
    if total < 0 { -given } else { given }
}

/// What an interpolated table gives for a total, rounded: the whole percent of every tier that is
/// full, and of the one reached the part that is filled, of the whole total.
pub(crate) fn interpolated(total: i64, ends: &[i64], rates: &[i64], half_up: bool) -> i64 {
    let size = i128::from(total.abs());
    let (mut full, mut from) = (0_i128, 0_i128);
    for (end, rate) in ends.iter().zip(rates) {
        let (end, rate) = (i128::from(*end), i128::from(*rate));
        if size < end {
            let width = end - from;
            let over_width = full * width + rate * (size - from);
            let whole = size * over_width;
            let signed = if total < 0 { -whole } else { whole };
            return rounded(signed, width * RATE, half_up);
        }
        full += rate;
        from = end;
    }
    panic!("{total} is beyond the table")
}

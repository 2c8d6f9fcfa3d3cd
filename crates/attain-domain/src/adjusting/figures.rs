//! The figures of a credit: cut into parts, and put into words.

use rust_decimal::Decimal;

use super::request::SplitPart;
use crate::credit::Credit;
use crate::crediting::Split;
use crate::money::{Money, MoneyError, Rounding, add, percent_of};
use crate::refusal::{Reason, Refusal};

/// What one part of a credit is.
pub(super) struct Figures {
    pub(super) amount: Money,
    pub(super) quantity: Decimal,
    pub(super) percent: Decimal,
}

/// The parts of a credit, in their order. Those of a revenue credit add up to it exactly.
pub(super) fn parts(
    credit: &Credit,
    into: &[SplitPart],
    rounding: Rounding,
) -> Result<Vec<Figures>, Refusal> {
    let all = into
        .iter()
        .try_fold(Decimal::ZERO, |sum, part| add(sum, part.percent));
    let all = all.map_err(|error| too_large(&error))?;
    for (index, part) in into.iter().enumerate() {
        if part.percent.is_sign_negative() || part.percent.is_zero() {
            let text = format!("{} is no part: it must be above 0", part.percent);
            let field = format!("parts[{index}].percent");
            return Err(Refusal::new(Reason::OutOfRange, text).at(field));
        }
    }
    if into.is_empty() || (credit.revenue && all != Decimal::ONE_HUNDRED) {
        let text = format!("the parts total {all} percent of the credit, not 100");
        return Err(Refusal::new(Reason::SplitNotWhole, text).at("parts"));
    }
    let mut split = Split::new(credit.amount, credit.quantity, rounding);
    let mut figures = Vec::with_capacity(into.len());
    for part in into {
        let cut = if credit.revenue {
            split.revenue(part.percent)
        } else {
            split.alone(part.percent)
        };
        let cut = cut.map_err(|error| too_large(&error))?;
        let percent = percent_of(credit.percent, part.percent);
        figures.push(Figures {
            amount: cut.amount,
            quantity: cut.quantity,
            percent: percent.map_err(|error| too_large(&error))?.normalize(),
        });
    }
    Ok(figures)
}

fn too_large(error: &MoneyError) -> Refusal {
    Refusal::new(Reason::Overflow, error.to_string()).at("parts")
}

/// A credit in the words of the activity log.
pub(super) fn credit_says(credit: &Credit) -> String {
    let category = credit
        .category
        .as_ref()
        .map(|category| format!(", {category}"));
    format!(
        "{} of {}, {} on {}{}",
        credit.amount,
        credit.key,
        credit.participant,
        credit.credit_date,
        category.unwrap_or_default()
    )
}

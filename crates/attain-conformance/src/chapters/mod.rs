//! The chapters.

mod fidelity;
mod guards;
mod reading;

use crate::case::Case;

pub(crate) fn all() -> Vec<Case> {
    let chapters = [fidelity::cases(), reading::cases(), guards::cases()];
    chapters.into_iter().flatten().collect()
}

//! The chapters.

mod fidelity;
mod guards;

use crate::case::Case;

pub(crate) fn all() -> Vec<Case> {
    let chapters: [fn() -> Vec<Case>; 2] = [fidelity::cases, guards::cases];
    chapters.into_iter().flat_map(|cases| cases()).collect()
}

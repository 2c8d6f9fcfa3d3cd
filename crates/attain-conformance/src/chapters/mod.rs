//! The chapters.

mod guards;

use crate::case::Case;

pub(crate) fn all() -> Vec<Case> {
    let chapters: [fn() -> Vec<Case>; 1] = [guards::cases];
    chapters.into_iter().flat_map(|cases| cases()).collect()
}

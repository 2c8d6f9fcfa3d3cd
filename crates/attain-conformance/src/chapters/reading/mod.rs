//! Reading: what each read gives and leaves out, in which order, page by page.

mod credits;
mod definitions;
mod earnings;
mod payments;
mod processes;
mod transactions;

use crate::case::Case;

pub(super) fn cases() -> Vec<Case> {
    [
        definitions::cases(),
        transactions::cases(),
        credits::cases(),
        earnings::cases(),
        payments::cases(),
        processes::cases(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Names in their order, bytewise: neither case, accents nor digits are looked at as such.
const NAMES: [&str; 8] = ["10", "9", "B", "a", "a b", "ab", "é", "𝄞"];

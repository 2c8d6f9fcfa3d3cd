//! Corrections: what waits for Revert, what waits for the calculation, what went to history, and
//! what comes back from there.

mod moves;
mod obsolete;
mod past;
mod returns;
mod waiting;

use attain_domain::earning::{Earning, Instalments};
use attain_domain::testing::date;
use attain_domain::time::DateRange;

use crate::case::Case;

pub(super) fn cases() -> Vec<Case> {
    [
        obsolete::cases(),
        waiting::cases(),
        past::cases(),
        moves::cases(),
        returns::cases(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// On either side of the borders of [`ranges`].
const DAYS: [&str; 4] = ["2025-12-31", "2026-01-01", "2026-01-31", "2026-02-01"];

/// Everything, January 2026, no day at all, what was before it, what came after it.
fn ranges() -> [DateRange; 5] {
    let (first, end) = (date("2026-01-01"), date("2026-02-01"));
    [
        DateRange::ALWAYS,
        DateRange::between(first, end),
        DateRange::between(first, first),
        DateRange {
            from: None,
            to: Some(first),
        },
        DateRange {
            from: Some(end),
            to: None,
        },
    ]
}

/// An earning of so many parts, of which so many are taken up and paid.
fn in_parts(count: u16, taken: u16, paid: u16, earning: Earning) -> Earning {
    Earning {
        instalments: Instalments {
            count,
            taken,
            paid,
            next_due: date("2026-01-31"),
        },
        ..earning
    }
}

//! Fidelity: what was written is read back, every field of every record, at its extremes.

mod credits;
mod definitions;
mod earnings;
pub(super) mod extremes;
mod payment_plans;
mod payments;
mod plans;
mod processes;
mod rewards;
pub(super) mod settlements;
mod transactions;

use crate::case::Case;

pub(super) fn cases() -> Vec<Case> {
    [
        definitions::cases(),
        plans::cases(),
        payment_plans::cases(),
        transactions::cases(),
        credits::cases(),
        earnings::cases(),
        payments::cases(),
        processes::cases(),
        rewards::cases(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

//! The chapters.

mod durability;
mod fidelity;
mod guards;
mod history;
mod idempotency;
mod isolation;
mod locks;
mod reading;

use crate::case::Case;

pub(crate) fn all() -> Vec<Case> {
    let chapters = [
        fidelity::cases(),
        reading::cases(),
        history::cases(),
        guards::cases(),
        locks::cases(),
        idempotency::cases(),
        isolation::cases(),
        durability::cases(),
    ];
    chapters.into_iter().flatten().collect()
}

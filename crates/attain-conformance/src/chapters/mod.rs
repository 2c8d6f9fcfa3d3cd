//! The chapters.

mod claims;
mod durability;
mod fidelity;
mod guards;
mod history;
mod idempotency;
mod isolation;
mod leases;
mod limits;
mod locks;
mod races;
mod random;
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
        claims::cases(),
        races::cases(),
        leases::cases(),
        limits::cases(),
        durability::cases(),
        random::cases(),
    ];
    chapters.into_iter().flatten().collect()
}

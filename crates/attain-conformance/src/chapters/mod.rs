//! The chapters.

mod activity;
mod claims;
mod corrections;
mod durability;
mod fault_injection;
mod fidelity;
mod guards;
mod history;
mod idempotency;
mod isolation;
mod leases;
mod limits;
mod locks;
mod paging;
mod races;
mod random;
mod reading;
mod rewards;

use crate::case::Case;

pub(crate) fn all() -> Vec<Case> {
    let chapters = [
        fidelity::cases(),
        reading::cases(),
        paging::cases(),
        guards::cases(),
        locks::cases(),
        idempotency::cases(),
        isolation::cases(),
        claims::cases(),
        races::cases(),
        leases::cases(),
        limits::cases(),
        history::cases(),
        corrections::cases(),
        rewards::cases(),
        activity::cases(),
        durability::cases(),
        random::cases(),
        fault_injection::cases(),
    ];
    chapters.into_iter().flatten().collect()
}

#[cfg(test)]
mod tests;

//! For tests, of this and of other teams: records with nothing special about them, a clock and ids
//! that do as they are told, and mocks of every port. Feature `testing`.
//!
//! A record is made by a function that takes a number; set what the test is about with the update
//! syntax: `Credit { amount: usd("10.00"), ..credit(7) }`. Records of one number go together: credit
//! 7 is of transaction 7, earning 7 of credit 7, line 7 of earning 7 on paysheet 7 of batch 7.

mod definitions;
mod mocks;
mod payments;
mod processes;
mod records;
mod rewards;
mod sources;
mod values;

pub use definitions::{
    calendar, live, months, participant, pay_group, payment_plan, per_event_component, plan, put,
    rule_set, settings, team,
};
pub use mocks::{MockSnapshot, MockStore};
pub use payments::{batch, line, paysheet};
pub use processes::{
    activity, calculation, change_for, change_for_everybody, chunk, log_entry, request, run,
    work_item,
};
pub use records::{credit, credit_departure, earning, earning_departure, obsolete, transaction};
pub use rewards::{clear, clear_undo, reward};
pub use sources::{ManualClock, SequentialIds};
pub use values::{Name, at, date, decimal, name, stamp, stamp_at, usd, uuid};

pub use crate::ports::{MockClock, MockIdSource};

#[cfg(test)]
mod tests;

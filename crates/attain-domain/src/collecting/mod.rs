//! Collecting: rows of a source become transactions and ready-made credits, in this order:
//! de-duplicate, validate, convert currency. Decides only; rows and what is stored are arguments.
//!
//! `read = stored + unchanged + superseded + rejected`, always. Superseded are rows for which a
//! newer one of the same key stands in the same import, or is stored already.

mod credits;
mod decided;
mod fields;
mod newest;
mod raw_credit;
mod raw_transaction;
mod stored;
mod transactions;

pub use credits::collect_credits;
pub(crate) use decided::Decisions;
pub use decided::{CollectCounts, Collected};
pub(crate) use fields::{check_attribute, declared, known_category};
pub use raw_credit::{IncomingCredit, RawCredit};
pub use raw_transaction::{GivenFlags, IncomingTransaction, RawTransaction};
pub(crate) use stored::{open_period_at, refuse_closed};
pub(crate) use transactions::amend;
pub use transactions::collect;

#[cfg(test)]
mod tests;

//! Reverting: what is obsolete leaves the live tables, and what was paid for it is taken back.
//!
//! | workspace setting | earning not paid | earning paid |
//! |---|---|---|
//! | `archive_updated_credits` | history | history, and a reversal |
//! | default | removed, nothing in history | history, and a reversal |
//!
//! A credit or transaction goes the way of its earnings. What stands on a sheet that is not paid yet
//! stays as it is: the calculation compares it with what is earned now. Only if that is something
//! else does it become obsolete: a refresh drops it, and paying the sheet as it stands writes the
//! reversal then.

mod rows;

pub use rows::{Reverted, revert_credits, revert_earnings, revert_transactions};

#[cfg(test)]
mod tests;

//! Rewards, what is owed because of them, and forgiving it.

mod assign;
mod balance;
mod clear;
mod undo;

pub use assign::{AssignReport, REWARDS_MAX};
pub use balance::{AccountBalance, BalanceAsked, BalanceView, ParticipantBalance};
pub use clear::{ClearAsked, ClearOutcome, ClearReport};
pub use undo::ClearView;

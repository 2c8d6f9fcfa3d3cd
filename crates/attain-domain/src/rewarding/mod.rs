//! Rewarding: what may be done with rewards, what somebody owes because of them, and how that is
//! forgiven. Decides only: no clock, no store; rows in, rows out.
//!
//! **Owed balance** = the sum of recoverable rewards that were neither cleared nor withdrawn, paid
//! or not, whether a person or a payment plan assigned them (domain rules, section 8). It is always
//! added up from them, never kept as a number of its own.
//!
//! **Clearing** turns every one of them, positive and negative, into one that is not owed. Nothing
//! is deleted and no amount changes. As of a date before the clearing the balance is what it was.

mod assign;
mod balance;
mod clear;
mod conservation;
mod paying;
mod told;

pub use assign::{NewReward, assign, check_reward, withdraw};
pub use balance::{AsOf, balance, balance_as_of, balances, by_account, owed, owed_as_of, sum};
pub use clear::{ClearRequest, ClearedBalance, RestoredBalance, UndoRequest, clear, undo_clear};
pub use conservation::{Conservation, Movements, conserve};
pub use paying::{hold, pay, put_back, take_back, take_up};
pub use told::{clear_says, reward_says, tell_clear, tell_reward, tell_undo};

#[cfg(test)]
#[cfg(feature = "testing")]
mod tests;

//! Paying: what batches, paysheets and lines may do and when, and what a pay run makes of earnings.
//! Pure: rows in, changes out. How many rows go into one commit is the caller's choice, as long as
//! a participant's sheet is filled, paid or dropped whole.

mod batch;
mod book;
mod decided;
mod drop;
mod fill;
mod hold;
mod parts;
mod rewards;
mod settling;
mod sheet;

pub use batch::{BatchAction, check_batch, new_batch, next_batch};
pub use book::{PartBook, reversal};
pub use decided::Decided;
pub use drop::{WholeSheet, drop_sheet, pay_sheet};
pub use fill::{FillSheet, StaleHold, fill_sheet};
pub use hold::{
    HoldOf, LineAction, hold_on_sheet, release_reward_to_next_batch, release_to_next_batch,
};
pub use parts::{due_date, paid_amount, part_amount};
pub use rewards::RewardFacts;
pub use sheet::{PaysheetAction, act_on_sheet};

#[cfg(test)]
#[cfg(feature = "testing")]
mod tests;

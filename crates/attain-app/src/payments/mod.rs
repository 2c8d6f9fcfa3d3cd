//! Payments: batches, paysheets, lines. What takes several commits leaves the batch in a state of
//! its own in between, and is finished by the same call again.

mod batches;
mod fill;
mod gather;
mod holds;
mod load;
mod refusals;
mod rewards;
mod sheets;
mod views;
mod walk;
mod write;

#[cfg(test)]
pub(crate) mod tests;

pub use attain_domain::paying::{HoldOf, LineAction, PaysheetAction};
pub(crate) use load::{check_etag, not_found};
pub(crate) use rewards::{reward_facts, rewards_of};
pub use views::{BatchView, LineOutcome, PaysheetView, SheetsOutcome};

//! Payments: batches, paysheets, lines. What takes several commits leaves the batch in a state of
//! its own in between, and is finished by the same call again.

mod batches;
mod fill;
mod gather;
mod load;
mod refusals;
mod sheets;
mod views;
mod walk;
mod write;

#[cfg(test)]
pub(crate) mod tests;

pub use attain_domain::paying::{LineAction, PaysheetAction};
pub use views::{BatchView, LineOutcome, PaysheetView, SheetsOutcome};

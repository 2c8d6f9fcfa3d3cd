//! Correcting the past: adjusting, what waits for Revert, and the gate that keeps every other process
//! away until it is reverted.

mod adjust;
mod answers;
mod gate;
mod history;
mod pending;

pub use adjust::{ADJUSTMENTS_MAX, AdjustReport};
pub(crate) use gate::{check, pending_range, refuse_unsettled};
pub use history::{EarningHistory, Left, TransactionHistory, Version};
pub(crate) use pending::open_spans;
pub use pending::{PendingReport, PendingRow};

//! Correcting the past: adjusting, what waits for Revert, and the gate that keeps every other process
//! away until it is reverted.

mod adjust;
mod answers;
mod as_of;
mod gate;
mod history;
mod pending;
mod preview;

pub use adjust::{ADJUSTMENTS_MAX, AdjustReport};
pub use as_of::AsOf;
pub(crate) use gate::{check, pending_range, refuse_unsettled, revert_range};
pub use history::{EarningHistory, Left, TransactionHistory, Version};
pub(crate) use pending::open_spans;
pub use pending::{PendingReport, PendingRow};
pub use preview::{AdjustPreview, PREVIEW_MAX, PayChange};

//! Adjusting: what was credited is changed, split, transferred or cancelled, and what was sold is
//! changed or cancelled, without losing what was there. The old row becomes obsolete and waits for
//! Revert; a new one takes its place. Decides only; what is stored is an argument.
//!
//! Of one transaction, everything that a request says is done together or not at all.

mod credits;
mod decide;
mod figures;
mod group;
mod request;
mod transactions;

pub use decide::{Adjusted, Known, Outcome, adjust, check_reason};
pub use request::{
    Adjustment, AdjustmentKind, CreditAction, CreditPatch, REASON_BYTES_MAX, SplitPart,
    TransactionAction, TransactionPatch,
};

#[cfg(test)]
mod tests;

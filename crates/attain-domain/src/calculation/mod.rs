//! The calculation: from the credits of a participant and the plans of a workspace to earnings.
//!
//! Plans are compiled once ([`PlanBook`]), a participant's credits are folded in their order into
//! drafts ([`ParticipantFold`]), and drafts are compared with what is live ([`difference()`]): what
//! did not change is not touched. Everything is a pure function of its arguments.
//!
//! **Running totals.** A component keeps the sum of what its rows give, unrounded. With step or
//! interpolated rates and no output formula that sum is a function of the total alone, so neither
//! the cut nor the order of sales matters. A row earns the rounded sum after it less the rounded
//! sum before it. Without a running total, the first measure and the rate's input see each credit
//! alone; thresholds and the other measures of the component (gates, dimensions) always run.
//!
//! **One decides.** Where somebody has several assignments to a plan in one interval, the last one
//! in it gives the goal and the target incentive, so that both are the same whenever the interval
//! is calculated. Rate tables follow the credit date (per event) or the interval's last date.
//!
//! **Below zero.** A table whose first tier starts at 0 gives for a negative total what it gives
//! for the same positive one, negated: negative credits walk back down the tiers they climbed.
//!
//! **Errors.** A row in error earns nothing and counts for no sum, but its value stays in the
//! totals of its measures. Others go on.

mod accrual;
mod book;
mod check;
mod compiled;
mod component;
mod curve;
mod difference;
mod draft;
mod earn;
mod factor;
mod fold;
pub(crate) mod goals;
mod lane;
pub mod lint;
mod membership;
mod names;
mod plain;
mod rater;
mod table;
#[cfg(test)]
mod tests;
mod timeline;

pub use book::PlanBook;
pub use check::check_plan;
pub use difference::{Differences, Waiting, difference};
pub use draft::{CreditInput, EarningDraft, ReportEarning, Window};
pub use fold::ParticipantFold;

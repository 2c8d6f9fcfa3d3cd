//! What an explanation says: how an earning came to be and what became of it, from stored facts.

use attain_domain::credit::Credit;
use attain_domain::definition::rules::CreditRule;
use attain_domain::earning::Earning;
use attain_domain::ids::{CreditId, RuleId, RuleSetId};
use attain_domain::paying::HoldOf;
use attain_domain::payment::{PaymentBatch, PaymentLine, Paysheet};
use attain_domain::plan::Component;
use attain_domain::reward::Reward;
use attain_domain::run::Calculation;
use attain_domain::transaction::Transaction;

use crate::corrections::Left;

/// Most credits that an explanation lists; the count covers all.
pub(super) const COUNTED_CREDITS_MAX: usize = 100;

/// Most steps of a roll-up path; hierarchies are far less deep.
pub(super) const PATH_STEPS_MAX: usize = 100;

/// The rule that gave a credit.
#[derive(Clone, Debug, PartialEq)]
pub struct RuleExplained {
    /// The set.
    pub set: RuleSetId,
    /// The rule that won in it.
    pub rule: RuleId,
    /// The rule as it reads now; none once it is gone.
    pub reads_now: Option<CreditRule>,
}

/// A credit, back to the transaction.
#[derive(Clone, Debug, PartialEq)]
pub struct CreditExplained {
    /// The version of the credit that was calculated.
    pub id: CreditId,
    /// It, live or past, unless it was removed: split percent, amount, category and dates.
    pub credit: Option<Credit>,
    /// The credits it was made from by roll-up or team, nearest first; the last is the direct one.
    pub path: Vec<Credit>,
    /// The rule that gave the direct credit; none for one that was imported.
    pub rule: Option<RuleExplained>,
    /// The transaction: natural key, amounts, currency rate.
    pub transaction: Option<Transaction>,
}

/// The credits that counted for an earning per interval.
#[derive(Clone, Debug, PartialEq)]
pub struct CountedCredits {
    /// How many.
    pub count: u64,
    /// The first 100, in the order in which they were added up.
    pub first: Vec<Credit>,
}

/// Where an earning comes from.
#[derive(Clone, Debug, PartialEq)]
pub enum EarningSource {
    /// One credit.
    Credit(Box<CreditExplained>),
    /// The credits of an interval.
    Interval(CountedCredits),
}

/// A payment line of an earning, and how far its payment has come.
#[derive(Clone, Debug, PartialEq)]
pub struct PaymentExplained {
    /// The line: amount, currency rate, pay amount, whether it is held.
    pub line: PaymentLine,
    /// Its sheet.
    pub sheet: Paysheet,
    /// Its batch: the pay date.
    pub batch: PaymentBatch,
    /// Whether it was paid.
    pub is_paid: bool,
}

/// How an earning came to be, and what became of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Explanation {
    /// The earning. Its trace has the measures before and after it with their goals, the slices of
    /// the rate table, factors, the unrounded amount, and what cap and floor did.
    pub earning: Earning,
    /// Set when it went to history.
    pub left: Option<Left>,
    /// The component, as the version of the plan that was used has it.
    pub component: Option<Component>,
    /// What it comes from.
    pub source: EarningSource,
    /// The calculation that made it; none once it was deleted.
    pub calculation: Option<Calculation>,
    /// The lines that pay it.
    pub payments: Vec<PaymentExplained>,
    /// The reversals that take it back.
    pub reversals: Vec<Earning>,
    /// For a reversal: the earning that it takes back.
    pub takes_back: Option<Earning>,
    /// The current earning of the same key, if that is another one.
    pub successor: Option<Earning>,
}

/// A line of a paysheet, explained.
#[derive(Clone, Debug, PartialEq)]
pub enum LineExplained {
    /// A line of an earning or a reversal.
    Earning {
        /// The line.
        line: Box<PaymentLine>,
        /// The earning that it pays; none if it is not stored any more.
        earning: Option<Box<Explanation>>,
    },
    /// A reward: it says itself where it came from and why.
    Reward(Box<Reward>),
}

impl LineExplained {
    /// Which line it is.
    #[must_use]
    pub fn of(&self) -> HoldOf {
        match self {
            Self::Earning { line, .. } => HoldOf::Line(line.id),
            Self::Reward(reward) => HoldOf::Reward(reward.id),
        }
    }
}

/// A paysheet, explained line by line.
#[derive(Clone, Debug, PartialEq)]
pub struct PaysheetExplanation {
    /// The sheet, with what payment plans made of it.
    pub sheet: Paysheet,
    /// Its batch.
    pub batch: PaymentBatch,
    /// How many lines it has, rewards included.
    pub line_count: u64,
    /// The lines of this page: earnings and reversals by date and id, then rewards likewise.
    pub lines: Vec<LineExplained>,
    /// The line to go on after; none at the end.
    pub next: Option<HoldOf>,
}

//! Reading: lists by keyset pages, statements of participants, and explanations from stored facts.

mod amounts;
mod counted;
mod explain;
mod explanation;
mod lists;
mod rewarded;
mod statement;
mod statement_of;

#[cfg(test)]
mod tests;

pub use explanation::{
    CountedCredits, CreditExplained, EarningSource, Explanation, LineExplained, PaymentExplained,
    PaysheetExplanation, RuleExplained,
};
pub use lists::TransactionView;
pub(crate) use lists::newest_transactions;
pub use statement::{
    Attainment, ComponentEarnings, CreditsSummary, KindSummary, Statement, StatementBalance,
    StatementPayment, StatementTotals,
};

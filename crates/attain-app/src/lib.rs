//! The use cases of Attain: load from a snapshot, decide with the domain, commit, repeat when a
//! guard no longer holds. No SQL, no wire format, no files.

mod answers;
mod caller;
mod commit;
mod corrections;
mod definitions;
mod engine;
mod failure;
mod importing;
mod payments;
mod reading;
mod rewarding;
mod runs;
mod system;
mod world;
mod worlds;

pub use caller::Caller;
pub use corrections::{
    ADJUSTMENTS_MAX, AdjustPreview, AdjustReport, AsOf, EarningHistory, Left, PREVIEW_MAX,
    PayChange, PendingReport, PendingRow, TransactionHistory, Version,
};
pub use definitions::{AppliedDefinition, ApplyMode, ApplyPlan, DefinitionOutcome};
pub use engine::{Engine, Limits};
pub use importing::{ImportReport, ImportStream, ImportedRow, RejectedRow};
pub use payments::{
    BatchView, HoldOf, LineAction, LineOutcome, PaysheetAction, PaysheetView, SheetsOutcome,
};
pub use reading::{
    Attainment, ComponentEarnings, CountedCredits, CreditExplained, CreditsSummary, EarningSource,
    Explanation, KindSummary, LineExplained, PaymentExplained, PaysheetExplanation, RuleExplained,
    Statement, StatementBalance, StatementPayment, StatementTotals, TransactionView,
};
pub use rewarding::{
    AccountBalance, AssignReport, BalanceAsked, BalanceView, ClearAsked, ClearOutcome, ClearReport,
    ClearView, ParticipantBalance, REWARDS_MAX,
};
pub use runs::{RunRequest, WhenBusy};
pub use system::{SystemClock, TimeOrderedIds};
pub use world::World;

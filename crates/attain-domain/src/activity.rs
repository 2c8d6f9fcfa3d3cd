//! The activity log: every create, update and delete, by whom, when, through which request.

use crate::ids::{ActivityId, ActorId, RequestId, RunId};
use crate::time::Instant;

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ActivityAction {
    /// A record was made.
    Created,
    /// A record was changed.
    Updated,
    /// A record was deleted, or moved to history.
    Deleted,
}

/// What kind of record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RecordKind {
    /// A definition of any kind.
    Definition,
    /// Transactions.
    Transaction,
    /// Credits.
    Credit,
    /// Earnings and reversals.
    Earning,
    /// A payment batch.
    Batch,
    /// A paysheet.
    Paysheet,
    /// Payment lines.
    PaymentLine,
    /// Rewards.
    Reward,
    /// Clearings of owed balances.
    Clear,
    /// Undoings of clearings.
    ClearUndo,
    /// A process run.
    Run,
    /// A calculation.
    Calculation,
}

/// One entry. Bulk work writes one entry per commit and kind of record, with the count; the rows
/// themselves carry the rest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Activity {
    /// Its id; rising in the order of writing.
    pub id: ActivityId,
    /// When.
    pub at: Instant,
    /// Who.
    pub actor: ActorId,
    /// Through which request.
    pub request: Option<RequestId>,
    /// Through which run.
    pub run: Option<RunId>,
    /// What was done.
    pub action: ActivityAction,
    /// To what kind of record.
    pub record: RecordKind,
    /// Which record; for several, the first.
    pub subject: String,
    /// How many records.
    pub count: u64,
    /// What it was, for people.
    pub before: Option<String>,
    /// What it became, for people.
    pub after: Option<String>,
    /// Why, in the words of whoever did it; none where nobody has to give a reason.
    pub reason: Option<String>,
}

//! The unit of work as a value: everything one commit does, and the facts it relies on.

use crate::activity::Activity;
use crate::chunk::{ChunkWork, RunChunk};
use crate::credit::{Credit, CreditStatus, LeftBecause, Obsolete};
use crate::definition::{Definition, DefinitionKind, DefinitionRecord};
use crate::earning::{Earning, EarningPayment, Trace};
use crate::ids::{
    ActorId, BatchId, CalculationId, ChunkId, ClearId, CreditId, DefinitionId, EarningId, LineId,
    PaysheetId, PeriodId, RequestId, RewardId, RunId, TransactionId, WorkItemId, WorkspaceId,
};
use crate::payment::{PaymentBatch, PaymentLine, Paysheet};
use crate::ports::RewardsMark;
use crate::reward::{Clear, ClearUndo, Reward};
use crate::run::{Calculation, Change, Run, RunLogEntry, WorkItem};
use crate::stamp::{Stamp, Version};
use crate::time::{Date, DateRange, Instant};
use crate::transaction::{Transaction, TransactionKey, TransactionProgress};

/// A fact that a change relies on. If it no longer holds, nothing of the change is applied.
#[derive(Clone, Debug, PartialEq)]
pub enum Guard {
    /// The live definition has this version.
    DefinitionAt(DefinitionKind, DefinitionId, Version),
    /// There is no live definition of this id.
    DefinitionAbsent(DefinitionKind, DefinitionId),
    /// No definition of the workspace was written or deleted since the mark was read.
    DefinitionsUnchanged(DefinitionsMark),
    /// No live (not obsolete, not cancelled) transaction has this key.
    TransactionKeyFree(TransactionKey),
    /// The transaction has this version.
    TransactionAt(TransactionId, Version),
    /// The credit is in the live table, at this version.
    CreditAt(CreditId, Version),
    /// The earning is in the live table, at this version.
    EarningAt(EarningId, Version),
    /// The batch has this version.
    BatchAt(BatchId, Version),
    /// The paysheet has this version.
    PaysheetAt(PaysheetId, Version),
    /// The payment line has this version.
    LineAt(LineId, Version),
    /// The reward has this version.
    RewardAt(RewardId, Version),
    /// The clearing has this version.
    ClearAt(ClearId, Version),
    /// No reward and no clearing of the participant was written since the mark was read.
    RewardsUnchanged(RewardsMark),
    /// The run has this version.
    RunAt(RunId, Version),
    /// No other run whose lease holds at this instant (it ends after it), and which has not ended,
    /// overlaps the dates.
    NoRunOverlaps {
        /// The run that wants to begin, which does not count.
        except: RunId,
        /// Its dates.
        range: DateRange,
        /// Now.
        at: Instant,
    },
    /// The chunk is leased, and nobody took it up since. That the lease is over makes no difference
    /// as long as nobody did.
    ChunkHeld {
        /// The chunk.
        chunk: ChunkId,
        /// The worker's turn.
        attempt: u32,
    },
    /// The chunk has this version.
    ChunkAt(ChunkId, Version),
    /// The workspace exists.
    WorkspaceExists,
}

/// Names one state of all definitions of a workspace: how many writes and deletions there were.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct DefinitionsMark(pub u64);

/// A write of a definition: a new live version, or its end.
#[derive(Clone, Debug, PartialEq)]
pub enum DefinitionChange {
    /// A new version; any version that was live is kept as a past one.
    Put(Box<DefinitionRecord>),
    /// No version is live any more; past ones are kept.
    Delete {
        /// What kind.
        kind: DefinitionKind,
        /// Which.
        id: DefinitionId,
        /// When and by whom.
        stamp: Stamp,
    },
}

impl DefinitionChange {
    /// The definition that it writes, if it does not delete.
    #[must_use]
    pub fn body(&self) -> Option<&Definition> {
        match self {
            Self::Put(record) => Some(&record.body),
            Self::Delete { .. } => None,
        }
    }
}

/// A row that leaves its live table.
#[derive(Clone, Debug, PartialEq)]
pub struct Departure<Id> {
    /// Which.
    pub id: Id,
    /// Why.
    pub because: LeftBecause,
    /// Whether it goes to history; else it is removed.
    pub archive: bool,
    /// When.
    pub at: Instant,
    /// By whom.
    pub actor: ActorId,
}

/// The obsolete mark for a row that stays live for now.
#[derive(Clone, Debug, PartialEq)]
pub struct Obsoletion<Id> {
    /// Which.
    pub id: Id,
    /// The mark.
    pub mark: Obsolete,
    /// The new stamp.
    pub stamp: Stamp,
}

/// A credit that turned out to count, or not.
#[derive(Clone, Debug, PartialEq)]
pub struct CreditEligibility {
    /// Which.
    pub id: CreditId,
    /// What it is now.
    pub status: CreditStatus,
    /// The new stamp.
    pub stamp: Stamp,
}

/// An earning whose amount stands, but whose facts changed. Its key, too, stays: it may move to
/// another period of its interval.
#[derive(Clone, Debug, PartialEq)]
pub struct EarningFacts {
    /// Which.
    pub id: EarningId,
    /// The credit version it stands for now.
    pub credit: Option<CreditId>,
    /// The transaction version it stands for now.
    pub transaction: Option<TransactionId>,
    /// The calculation that it belongs to now.
    pub calculation: CalculationId,
    /// The period that it counts in now.
    pub period: PeriodId,
    /// Its date now. When a part of it that no sheet has taken is due does not change with it.
    pub date: Date,
    /// The facts now.
    pub trace: Trace,
    /// The new stamp.
    pub stamp: Stamp,
}

impl EarningFacts {
    /// The facts of an earning as it is.
    #[must_use]
    pub fn of(earning: &Earning) -> Self {
        Self {
            id: earning.id,
            credit: earning.credit,
            transaction: earning.transaction,
            calculation: earning.calculation,
            period: earning.period.clone(),
            date: earning.date,
            trace: earning.trace.clone(),
            stamp: earning.stamp.clone(),
        }
    }
}

/// A request that was carried out, so that a repeat gets the first answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestRecord {
    /// The caller's id.
    pub id: RequestId,
    /// Names the content: the same id with another one is refused.
    pub digest: String,
    /// The answer, as the caller's use case writes it down.
    pub answer: String,
    /// When.
    pub at: Instant,
}

/// Everything one commit does. Lists are applied in the order of the fields: what leaves first,
/// what comes later; a row may be named by one list only.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Changes {
    /// Definitions written.
    pub definitions: Vec<DefinitionChange>,
    /// New transactions.
    pub transactions: Vec<Transaction>,
    /// Transactions that came on, were replaced or cancelled.
    pub transactions_progressed: Vec<TransactionProgress>,
    /// Obsolete transactions that leave the live table. Their keys stay as they are.
    pub transactions_departed: Vec<Departure<TransactionId>>,
    /// Credits that leave the live table.
    pub credits_departed: Vec<Departure<CreditId>>,
    /// Credits that no longer count.
    pub credits_obsoleted: Vec<Obsoletion<CreditId>>,
    /// Credits whose eligibility changed.
    pub credits_judged: Vec<CreditEligibility>,
    /// New credits.
    pub credits: Vec<Credit>,
    /// Earnings that leave the live table.
    pub earnings_departed: Vec<Departure<EarningId>>,
    /// Earnings that come back from history, without their obsolete mark: what was taken back is
    /// earned again. Their facts are as named here.
    pub earnings_returned: Vec<EarningFacts>,
    /// Earnings that no longer count, but stand on an unpaid sheet.
    pub earnings_obsoleted: Vec<Obsoletion<EarningId>>,
    /// Earnings whose facts changed.
    pub earnings_explained: Vec<EarningFacts>,
    /// Earnings whose payment came on or back. A row that is not at the version read fails the
    /// whole commit as [`Guard::EarningAt`].
    pub earnings_paid: Vec<EarningPayment>,
    /// New earnings and reversals.
    pub earnings: Vec<Earning>,
    /// Calculations, new or changed.
    pub calculations: Vec<Calculation>,
    /// Calculations deleted.
    pub calculations_deleted: Vec<CalculationId>,
    /// Payment lines deleted (their batch is unpaid, or they were held when it was paid and are
    /// released now).
    pub lines_deleted: Vec<LineId>,
    /// Paysheets deleted (their batch is unpaid).
    pub paysheets_deleted: Vec<PaysheetId>,
    /// Batches deleted (unpaid).
    pub batches_deleted: Vec<BatchId>,
    /// Batches, new or changed.
    pub batches: Vec<PaymentBatch>,
    /// Paysheets, new or changed.
    pub paysheets: Vec<Paysheet>,
    /// Payment lines, new or changed.
    pub lines: Vec<PaymentLine>,
    /// Rewards, new or changed. Each commit that writes some of a participant, or clearings or
    /// undoings, raises the mark of the participant's rewards by one.
    pub rewards: Vec<Reward>,
    /// Clearings, new or changed.
    pub clears: Vec<Clear>,
    /// New undoings of clearings.
    pub clear_undos: Vec<ClearUndo>,
    /// Runs, new or changed.
    pub runs: Vec<Run>,
    /// Log entries of runs.
    pub run_log: Vec<RunLogEntry>,
    /// Chunks removed: their run has counted them.
    pub chunks_removed: Vec<ChunkId>,
    /// Chunks after a piece of work.
    pub chunks_worked: Vec<ChunkWork>,
    /// New chunks.
    pub chunks: Vec<RunChunk>,
    /// Work items done.
    pub work_done: Vec<WorkItemId>,
    /// Work items added.
    pub work: Vec<WorkItem>,
    /// Entries of the change log; one that stands there already is not added again.
    pub changed: Vec<Change>,
    /// Moves the entries that stand in the change log now, for these periods, to a run's own list.
    pub claims: Vec<Claim>,
    /// Entries of a run's own list that are done; one that does not stand there is no error.
    pub claims_done: Vec<ClaimDone>,
    /// Activity entries.
    pub activities: Vec<Activity>,
}

/// Moves entries to a run's own list: those that stand in the change log now, and those left on
/// the lists of runs that have ended. What is logged later waits for the next run. Periods and runs
/// are looked up as the commit leaves them: the live calendar says which periods the dates touch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// Whose list.
    pub run: RunId,
    /// The dates whose periods are claimed.
    pub range: DateRange,
}

/// Strikes one entry off a run's own list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimDone {
    /// Whose list.
    pub run: RunId,
    /// What is struck off.
    pub change: Change,
}

/// One unit of work, guarded.
#[derive(Clone, Debug, PartialEq)]
pub struct ChangeSet {
    /// Where; nothing crosses a workspace.
    pub workspace: WorkspaceId,
    /// The request it carries out, if a caller gave it an id.
    pub request: Option<RequestRecord>,
    /// What it relies on.
    pub guards: Vec<Guard>,
    /// What it does.
    pub changes: Changes,
}

impl ChangeSet {
    /// A change set that does nothing yet.
    #[must_use]
    pub fn new(workspace: WorkspaceId) -> Self {
        Self {
            workspace,
            request: None,
            guards: Vec::new(),
            changes: Changes::default(),
        }
    }
}

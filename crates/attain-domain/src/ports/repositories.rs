//! The read ports, one per aggregate. Absence is `None` or an empty list, never an error. Lists of
//! ids may hold up to [`ChunkSize::MAX`] of them; answers come in the stated order.

use async_trait::async_trait;

use super::error::StoreError;
use super::page::{ChunkSize, EarningPosition, PaysheetPosition, Pending};
use crate::activity::Activity;
use crate::change::{DefinitionsMark, RequestRecord};
use crate::chunk::RunChunk;
use crate::credit::{Credit, CreditPosition, PastCredit};
use crate::definition::{DefinitionKind, DefinitionRecord};
use crate::earning::{Earning, PastEarning};
use crate::ids::{
    ActivityId, BatchId, CalculationId, CreditId, DefinitionId, EarningId, LineId, LineageId,
    ParticipantId, PaysheetId, PeriodId, RequestId, RunId, TransactionId, WorkItemId,
};
use crate::payment::{PaymentBatch, PaymentLine, Paysheet};
use crate::run::{Calculation, Change, Process, Run, RunLogEntry, WorkItem};
use crate::time::{Date, DateRange};
use crate::transaction::{PastTransaction, Transaction, TransactionKey};

/// Definitions.
#[async_trait]
pub trait DefinitionRepository: Send + Sync {
    /// The live definitions of a kind with ids above `after`, in rising id order (bytewise).
    async fn definitions_after(
        &self,
        kind: DefinitionKind,
        after: Option<&DefinitionId>,
        chunk: ChunkSize,
    ) -> Result<Vec<DefinitionRecord>, StoreError>;

    /// The live definition of an id.
    async fn definition(
        &self,
        kind: DefinitionKind,
        id: &DefinitionId,
    ) -> Result<Option<DefinitionRecord>, StoreError>;

    /// One version of a definition, live or past.
    async fn definition_at(
        &self,
        kind: DefinitionKind,
        id: &DefinitionId,
        version: u32,
    ) -> Result<Option<DefinitionRecord>, StoreError>;

    /// The highest version that was ever written of an id, deletions included; 0 for none.
    async fn definition_version(
        &self,
        kind: DefinitionKind,
        id: &DefinitionId,
    ) -> Result<u32, StoreError>;

    /// The mark of the state of all definitions.
    async fn definitions_mark(&self) -> Result<DefinitionsMark, StoreError>;
}

/// Transactions.
#[async_trait]
pub trait TransactionRepository: Send + Sync {
    /// The newest version (the one of the highest id) of each key that exists, cancelled ones
    /// included, in rising key order.
    async fn transactions_by_key(
        &self,
        keys: &[TransactionKey],
    ) -> Result<Vec<Transaction>, StoreError>;

    /// The transactions of these ids, in rising id order.
    async fn transactions_by_id(
        &self,
        ids: &[TransactionId],
    ) -> Result<Vec<Transaction>, StoreError>;

    /// The transactions of a work item with ids above `after`, any status, in rising id order.
    async fn transactions_of_work(
        &self,
        item: &WorkItem,
        after: Option<TransactionId>,
        chunk: ChunkSize,
    ) -> Result<Vec<Transaction>, StoreError>;

    /// Where to cut a work item into spans of `chunk` transactions: the first, the one after
    /// `chunk` of them, and so on, in rising id order.
    async fn spans_of_work(
        &self,
        item: &WorkItem,
        chunk: ChunkSize,
    ) -> Result<Vec<TransactionId>, StoreError>;

    /// All transactions by event date with ids above `after`, any status, in rising id order.
    async fn transactions_after(
        &self,
        range: DateRange,
        after: Option<TransactionId>,
        chunk: ChunkSize,
    ) -> Result<Vec<Transaction>, StoreError>;
}

/// What waits for Revert, what Revert has left for the calculation, and what went to history.
#[async_trait]
pub trait CorrectionRepository: Send + Sync {
    /// How much waits for Revert, by transaction, credit and earning date.
    async fn pending(&self, range: DateRange) -> Result<Pending, StoreError>;

    /// The obsolete transactions by event date with ids above `after`, in rising id order.
    async fn obsolete_transactions(
        &self,
        range: DateRange,
        after: Option<TransactionId>,
        chunk: ChunkSize,
    ) -> Result<Vec<Transaction>, StoreError>;

    /// The obsolete credits by credit date with ids above `after`, in rising id order.
    async fn obsolete_credits(
        &self,
        range: DateRange,
        after: Option<CreditId>,
        chunk: ChunkSize,
    ) -> Result<Vec<Credit>, StoreError>;

    /// The obsolete earnings by earning date that stand on no unpaid sheet (as many of their parts
    /// are paid as are taken up), with ids above `after`, in rising id order.
    async fn obsolete_earnings(
        &self,
        range: DateRange,
        after: Option<EarningId>,
        chunk: ChunkSize,
    ) -> Result<Vec<Earning>, StoreError>;

    /// The credits in the live table that were adjusted from these, in rising id order.
    async fn credits_adjusted_from(&self, ids: &[CreditId]) -> Result<Vec<Credit>, StoreError>;

    /// All live earnings for these credits, obsolete ones included, reversals not, in rising id
    /// order.
    async fn earnings_for_lineages(
        &self,
        lineages: &[LineageId],
    ) -> Result<Vec<Earning>, StoreError>;

    /// The reversals that await a calculation, by earning date, of these participants, in rising id
    /// order.
    async fn waiting_reversals(
        &self,
        participants: &[ParticipantId],
        range: DateRange,
    ) -> Result<Vec<Earning>, StoreError>;

    /// How many reversals await a calculation, by earning date.
    async fn waiting_reversal_count(&self, range: DateRange) -> Result<u64, StoreError>;

    /// The transactions of these keys that went to history, in rising id order.
    async fn past_transactions_of_keys(
        &self,
        keys: &[TransactionKey],
    ) -> Result<Vec<PastTransaction>, StoreError>;

    /// The credits of these keys that went to history, in rising id order.
    async fn past_credits_of_keys(
        &self,
        keys: &[TransactionKey],
    ) -> Result<Vec<PastCredit>, StoreError>;

    /// The credits of these ids that went to history, in rising id order.
    async fn past_credits(&self, ids: &[CreditId]) -> Result<Vec<PastCredit>, StoreError>;

    /// The earnings of a participant that went to history, by earning date, with ids above `after`,
    /// in rising id order.
    async fn past_earnings_of_participant(
        &self,
        participant: &ParticipantId,
        range: DateRange,
        after: Option<EarningId>,
        chunk: ChunkSize,
    ) -> Result<Vec<PastEarning>, StoreError>;
}

/// Credits. The live table holds obsolete ones too, until they are reverted.
#[async_trait]
pub trait CreditRepository: Send + Sync {
    /// The credits of these transactions in the live table, in rising (transaction, id) order.
    async fn credits_of_transactions(
        &self,
        transactions: &[TransactionId],
    ) -> Result<Vec<Credit>, StoreError>;

    /// The credits of these ids in the live table, in rising id order.
    async fn credits_by_id(&self, ids: &[CreditId]) -> Result<Vec<Credit>, StoreError>;

    /// The credits of these participants that are not obsolete, by credit date, above `after`, in
    /// rising position order.
    async fn credits_of_participants(
        &self,
        participants: &[ParticipantId],
        range: DateRange,
        after: Option<&CreditPosition>,
        chunk: ChunkSize,
    ) -> Result<Vec<Credit>, StoreError>;

    /// The summarised roll-up credits that came through a participant, by credit date, not
    /// obsolete, in rising (participant, date, id) order.
    async fn summarised_credits_through(
        &self,
        child: &ParticipantId,
        range: DateRange,
    ) -> Result<Vec<Credit>, StoreError>;
}

/// Earnings and reversals.
#[async_trait]
pub trait EarningRepository: Send + Sync {
    /// The current earnings (neither obsolete nor reversals) of these participants for these
    /// credits, in rising (participant, id) order.
    async fn earnings_of_lineages(
        &self,
        participants: &[ParticipantId],
        lineages: &[LineageId],
    ) -> Result<Vec<Earning>, StoreError>;

    /// The current earnings of these participants by earning date, above `after`, in rising
    /// position order.
    async fn current_earnings(
        &self,
        participants: &[ParticipantId],
        range: DateRange,
        after: Option<&EarningPosition>,
        chunk: ChunkSize,
    ) -> Result<Vec<Earning>, StoreError>;

    /// All live earnings by earning date, obsolete ones and reversals included, of one participant
    /// or all, above `after`, in rising position order.
    async fn earnings_after(
        &self,
        participant: Option<&ParticipantId>,
        range: DateRange,
        after: Option<&EarningPosition>,
        chunk: ChunkSize,
    ) -> Result<Vec<Earning>, StoreError>;

    /// Earnings and reversals with an amount, a part of which is not taken up yet and due on or
    /// before a date, not obsolete and awaiting no calculation, above `after`, in rising position
    /// order.
    async fn payable_earnings(
        &self,
        due: Date,
        after: Option<&EarningPosition>,
        chunk: ChunkSize,
    ) -> Result<Vec<Earning>, StoreError>;

    /// The live earnings of these ids, in rising id order.
    async fn earnings_by_id(&self, ids: &[EarningId]) -> Result<Vec<Earning>, StoreError>;

    /// The earnings of these ids that went to history, in rising id order.
    async fn past_earnings(&self, ids: &[EarningId]) -> Result<Vec<PastEarning>, StoreError>;

    /// All calculations, in rising id order.
    async fn calculations(&self) -> Result<Vec<Calculation>, StoreError>;

    /// One calculation.
    async fn calculation(&self, id: CalculationId) -> Result<Option<Calculation>, StoreError>;
}

/// Payment batches, paysheets and lines.
#[async_trait]
pub trait PaymentRepository: Send + Sync {
    /// One batch.
    async fn batch(&self, id: BatchId) -> Result<Option<PaymentBatch>, StoreError>;

    /// Batches with ids above `after`, in rising id order.
    async fn batches_after(
        &self,
        after: Option<BatchId>,
        chunk: ChunkSize,
    ) -> Result<Vec<PaymentBatch>, StoreError>;

    /// The paysheets of a batch above `after`, in rising position order.
    async fn paysheets_of_batch(
        &self,
        batch: BatchId,
        after: Option<&PaysheetPosition>,
        chunk: ChunkSize,
    ) -> Result<Vec<Paysheet>, StoreError>;

    /// One paysheet.
    async fn paysheet(&self, id: PaysheetId) -> Result<Option<Paysheet>, StoreError>;

    /// The sheets of a participant, in rising id order.
    async fn paysheets_of_participant(
        &self,
        participant: &ParticipantId,
    ) -> Result<Vec<Paysheet>, StoreError>;

    /// The lines of these sheets, in rising (participant, date, id) order.
    async fn lines_of_paysheets(
        &self,
        paysheets: &[PaysheetId],
    ) -> Result<Vec<PaymentLine>, StoreError>;

    /// The lines that pay these earnings, in rising id order.
    async fn lines_of_earnings(
        &self,
        earnings: &[EarningId],
    ) -> Result<Vec<PaymentLine>, StoreError>;

    /// The lines of these ids, in rising id order.
    async fn lines_by_id(&self, ids: &[LineId]) -> Result<Vec<PaymentLine>, StoreError>;

    /// Held lines of paid batches, whose payment waits for a release, in rising id order, above
    /// `after`.
    async fn held_lines(
        &self,
        after: Option<LineId>,
        chunk: ChunkSize,
    ) -> Result<Vec<PaymentLine>, StoreError>;
}

/// Process runs and their logs.
#[async_trait]
pub trait RunRepository: Send + Sync {
    /// One run.
    async fn run(&self, id: RunId) -> Result<Option<Run>, StoreError>;

    /// Runs with ids below `before`, newest first.
    async fn runs_before(
        &self,
        before: Option<RunId>,
        chunk: ChunkSize,
    ) -> Result<Vec<Run>, StoreError>;

    /// Runs that have not ended, in rising id order.
    async fn runs_open(&self) -> Result<Vec<Run>, StoreError>;

    /// The chunks of a run with numbers above `after`, in rising order.
    async fn chunks_of_run(
        &self,
        run: RunId,
        after: Option<u64>,
        chunk: ChunkSize,
    ) -> Result<Vec<RunChunk>, StoreError>;

    /// The chunks of a run that have ended, in rising number order.
    async fn chunks_ended(&self, run: RunId, chunk: ChunkSize)
    -> Result<Vec<RunChunk>, StoreError>;

    /// Log entries of a run with numbers above `after`, in rising order.
    async fn run_log_after(
        &self,
        run: RunId,
        after: u64,
        chunk: ChunkSize,
    ) -> Result<Vec<RunLogEntry>, StoreError>;
}

/// The work list and the change log.
#[async_trait]
pub trait WorkRepository: Send + Sync {
    /// Work items of a stage in these periods with ids above `after`, in rising id order.
    async fn work_after(
        &self,
        stage: Process,
        periods: &[PeriodId],
        after: Option<WorkItemId>,
        chunk: ChunkSize,
    ) -> Result<Vec<WorkItem>, StoreError>;

    /// How many work items of a stage wait in these periods.
    async fn work_count(&self, stage: Process, periods: &[PeriodId]) -> Result<u64, StoreError>;

    /// Entries of the change log for these periods above `after`, in rising order.
    async fn changes_after(
        &self,
        periods: &[PeriodId],
        after: Option<&Change>,
        chunk: ChunkSize,
    ) -> Result<Vec<Change>, StoreError>;

    /// Entries on a run's own list above `after`, in rising order.
    async fn claimed_after(
        &self,
        run: RunId,
        after: Option<&Change>,
        chunk: ChunkSize,
    ) -> Result<Vec<Change>, StoreError>;
}

/// The activity log.
#[async_trait]
pub trait ActivityRepository: Send + Sync {
    /// Entries with ids above `after`, in rising order.
    async fn activities_after(
        &self,
        after: Option<ActivityId>,
        chunk: ChunkSize,
    ) -> Result<Vec<Activity>, StoreError>;
}

/// Requests that were carried out.
#[async_trait]
pub trait RequestRepository: Send + Sync {
    /// The record of a request.
    async fn request(&self, id: &RequestId) -> Result<Option<RequestRecord>, StoreError>;
}

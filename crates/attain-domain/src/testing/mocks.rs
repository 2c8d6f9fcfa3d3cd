//! Mocks of the ports, for tests of what a caller does when a store fails. For everything else the
//! memory store is shorter and cannot be wrong about the ports.
//!
//! Lifetimes are written out where `Option<&T>` would hide one: mockall needs them, and they must
//! stand in the order in which `async_trait` makes its own.

use std::time::Duration;

use async_trait::async_trait;
use mockall::mock;

use crate::activity::Activity;
use crate::change::{ChangeSet, DefinitionsMark, RequestRecord};
use crate::chunk::RunChunk;
use crate::credit::{Credit, CreditPosition, PastCredit};
use crate::definition::{DefinitionKind, DefinitionRecord};
use crate::earning::{Earning, PastEarning};
use crate::ids::{
    ActivityId, BatchId, CalculationId, ChunkId, ClearId, CreditId, DefinitionId, EarningId,
    LineId, LineageId, ParticipantId, PaysheetId, PeriodId, RequestId, RewardId, RunId,
    TransactionId, WorkItemId, WorkerId, WorkspaceId,
};
use crate::payment::{PaymentBatch, PaymentLine, Paysheet};
use crate::ports::{
    ActivityRepository, ChunkSize, CommitError, CorrectionRepository, CreditRepository,
    DefinitionRepository, EarningPosition, EarningRepository, PaymentRepository, PaysheetPosition,
    Pending, RequestRepository, RewardPosition, RewardRepository, RewardsMark, RunRepository,
    Snapshot, Store, StoreError, TransactionRepository, WorkRepository,
};
use crate::reward::{Clear, ClearUndo, Reward};
use crate::run::{Calculation, Change, Process, Run, RunLogEntry, WorkItem};
use crate::time::{Date, DateRange, Instant};
use crate::transaction::{PastTransaction, Transaction, TransactionKey};

mock! {
    /// A view whose every read answers as it was told.
    pub Snapshot {}

    #[async_trait]
    impl DefinitionRepository for Snapshot {
        async fn definitions_after<'a, 'b>(
            &'a self,
            kind: DefinitionKind,
            after: Option<&'b DefinitionId>,
            chunk: ChunkSize,
        ) -> Result<Vec<DefinitionRecord>, StoreError>;
        async fn definition(
            &self,
            kind: DefinitionKind,
            id: &DefinitionId,
        ) -> Result<Option<DefinitionRecord>, StoreError>;
        async fn definition_at(
            &self,
            kind: DefinitionKind,
            id: &DefinitionId,
            version: u32,
        ) -> Result<Option<DefinitionRecord>, StoreError>;
        async fn definition_version(
            &self,
            kind: DefinitionKind,
            id: &DefinitionId,
        ) -> Result<u32, StoreError>;
        async fn definitions_mark(&self) -> Result<DefinitionsMark, StoreError>;
    }

    #[async_trait]
    impl TransactionRepository for Snapshot {
        async fn transactions_by_key(
            &self,
            keys: &[TransactionKey],
        ) -> Result<Vec<Transaction>, StoreError>;
        async fn transactions_by_id(
            &self,
            ids: &[TransactionId],
        ) -> Result<Vec<Transaction>, StoreError>;
        async fn transactions_of_work(
            &self,
            item: &WorkItem,
            after: Option<TransactionId>,
            chunk: ChunkSize,
        ) -> Result<Vec<Transaction>, StoreError>;
        async fn spans_of_work(
            &self,
            item: &WorkItem,
            chunk: ChunkSize,
        ) -> Result<Vec<TransactionId>, StoreError>;
        async fn transactions_after(
            &self,
            range: DateRange,
            after: Option<TransactionId>,
            chunk: ChunkSize,
        ) -> Result<Vec<Transaction>, StoreError>;
    }

    #[async_trait]
    impl CreditRepository for Snapshot {
        async fn credits_of_transactions(
            &self,
            transactions: &[TransactionId],
        ) -> Result<Vec<Credit>, StoreError>;
        async fn credits_by_id(&self, ids: &[CreditId]) -> Result<Vec<Credit>, StoreError>;
        async fn credits_of_participants<'a, 'b, 'c>(
            &'a self,
            participants: &'b [ParticipantId],
            range: DateRange,
            after: Option<&'c CreditPosition>,
            chunk: ChunkSize,
        ) -> Result<Vec<Credit>, StoreError>;
        async fn summarised_credits_through(
            &self,
            child: &ParticipantId,
            range: DateRange,
        ) -> Result<Vec<Credit>, StoreError>;
    }

    #[async_trait]
    impl CorrectionRepository for Snapshot {
        async fn pending(&self, range: DateRange) -> Result<Pending, StoreError>;
        async fn obsolete_transactions(
            &self,
            range: DateRange,
            after: Option<TransactionId>,
            chunk: ChunkSize,
        ) -> Result<Vec<Transaction>, StoreError>;
        async fn obsolete_credits(
            &self,
            range: DateRange,
            after: Option<CreditId>,
            chunk: ChunkSize,
        ) -> Result<Vec<Credit>, StoreError>;
        async fn obsolete_earnings(
            &self,
            range: DateRange,
            after: Option<EarningId>,
            chunk: ChunkSize,
        ) -> Result<Vec<Earning>, StoreError>;
        async fn credits_adjusted_from(&self, ids: &[CreditId]) -> Result<Vec<Credit>, StoreError>;
        async fn earnings_for_lineages(
            &self,
            lineages: &[LineageId],
        ) -> Result<Vec<Earning>, StoreError>;
        async fn waiting_reversals(
            &self,
            participants: &[ParticipantId],
            range: DateRange,
        ) -> Result<Vec<Earning>, StoreError>;
        async fn waiting_reversal_count(&self, range: DateRange) -> Result<u64, StoreError>;
        async fn past_transactions_of_keys(
            &self,
            keys: &[TransactionKey],
        ) -> Result<Vec<PastTransaction>, StoreError>;
        async fn past_credits_of_keys(
            &self,
            keys: &[TransactionKey],
        ) -> Result<Vec<PastCredit>, StoreError>;
        async fn past_credits(&self, ids: &[CreditId]) -> Result<Vec<PastCredit>, StoreError>;
        async fn past_earnings_of_participant(
            &self,
            participant: &ParticipantId,
            range: DateRange,
            after: Option<EarningId>,
            chunk: ChunkSize,
        ) -> Result<Vec<PastEarning>, StoreError>;
    }

    #[async_trait]
    impl EarningRepository for Snapshot {
        async fn earnings_of_lineages(
            &self,
            participants: &[ParticipantId],
            lineages: &[LineageId],
        ) -> Result<Vec<Earning>, StoreError>;
        async fn current_earnings<'a, 'b, 'c>(
            &'a self,
            participants: &'b [ParticipantId],
            range: DateRange,
            after: Option<&'c EarningPosition>,
            chunk: ChunkSize,
        ) -> Result<Vec<Earning>, StoreError>;
        async fn earnings_after<'a, 'b, 'c>(
            &'a self,
            participant: Option<&'b ParticipantId>,
            range: DateRange,
            after: Option<&'c EarningPosition>,
            chunk: ChunkSize,
        ) -> Result<Vec<Earning>, StoreError>;
        async fn payable_earnings<'a, 'b>(
            &'a self,
            due: Date,
            after: Option<&'b EarningPosition>,
            chunk: ChunkSize,
        ) -> Result<Vec<Earning>, StoreError>;
        async fn earnings_by_id(&self, ids: &[EarningId]) -> Result<Vec<Earning>, StoreError>;
        async fn past_earnings(&self, ids: &[EarningId]) -> Result<Vec<PastEarning>, StoreError>;
        async fn calculations(&self) -> Result<Vec<Calculation>, StoreError>;
        async fn calculation(&self, id: CalculationId) -> Result<Option<Calculation>, StoreError>;
    }

    #[async_trait]
    impl PaymentRepository for Snapshot {
        async fn batch(&self, id: BatchId) -> Result<Option<PaymentBatch>, StoreError>;
        async fn batches_after(
            &self,
            after: Option<BatchId>,
            chunk: ChunkSize,
        ) -> Result<Vec<PaymentBatch>, StoreError>;
        async fn paysheets_of_batch<'a, 'b>(
            &'a self,
            batch: BatchId,
            after: Option<&'b PaysheetPosition>,
            chunk: ChunkSize,
        ) -> Result<Vec<Paysheet>, StoreError>;
        async fn paysheet(&self, id: PaysheetId) -> Result<Option<Paysheet>, StoreError>;
        async fn paysheets_of_participant(
            &self,
            participant: &ParticipantId,
        ) -> Result<Vec<Paysheet>, StoreError>;
        async fn lines_of_paysheets(
            &self,
            paysheets: &[PaysheetId],
        ) -> Result<Vec<PaymentLine>, StoreError>;
        async fn lines_of_earnings(
            &self,
            earnings: &[EarningId],
        ) -> Result<Vec<PaymentLine>, StoreError>;
        async fn lines_by_id(&self, ids: &[LineId]) -> Result<Vec<PaymentLine>, StoreError>;
        async fn held_lines(
            &self,
            after: Option<LineId>,
            chunk: ChunkSize,
        ) -> Result<Vec<PaymentLine>, StoreError>;
    }

    #[async_trait]
    impl RewardRepository for Snapshot {
        async fn rewards_by_id(&self, ids: &[RewardId]) -> Result<Vec<Reward>, StoreError>;
        async fn rewards_of_participants<'a, 'b, 'c>(
            &'a self,
            participants: &'b [ParticipantId],
            after: Option<&'c RewardPosition>,
            chunk: ChunkSize,
        ) -> Result<Vec<Reward>, StoreError>;
        async fn payable_rewards<'a, 'b>(
            &'a self,
            due: Date,
            after: Option<&'b RewardPosition>,
            chunk: ChunkSize,
        ) -> Result<Vec<Reward>, StoreError>;
        async fn rewards_of_paysheets(
            &self,
            paysheets: &[PaysheetId],
        ) -> Result<Vec<Reward>, StoreError>;
        async fn clears_of_participants(
            &self,
            participants: &[ParticipantId],
        ) -> Result<Vec<Clear>, StoreError>;
        async fn clears_by_id(&self, ids: &[ClearId]) -> Result<Vec<Clear>, StoreError>;
        async fn undos_of_clears(&self, clears: &[ClearId]) -> Result<Vec<ClearUndo>, StoreError>;
        async fn rewards_marks(
            &self,
            participants: &[ParticipantId],
        ) -> Result<Vec<RewardsMark>, StoreError>;
        async fn settled_before(
            &self,
            participants: &[ParticipantId],
            batch: BatchId,
        ) -> Result<Vec<Paysheet>, StoreError>;
    }

    #[async_trait]
    impl RunRepository for Snapshot {
        async fn run(&self, id: RunId) -> Result<Option<Run>, StoreError>;
        async fn runs_before(
            &self,
            before: Option<RunId>,
            chunk: ChunkSize,
        ) -> Result<Vec<Run>, StoreError>;
        async fn runs_open(&self) -> Result<Vec<Run>, StoreError>;
        async fn chunks_of_run(
            &self,
            run: RunId,
            after: Option<u64>,
            chunk: ChunkSize,
        ) -> Result<Vec<RunChunk>, StoreError>;
        async fn chunks_ended(
            &self,
            run: RunId,
            chunk: ChunkSize,
        ) -> Result<Vec<RunChunk>, StoreError>;
        async fn run_log_after(
            &self,
            run: RunId,
            after: u64,
            chunk: ChunkSize,
        ) -> Result<Vec<RunLogEntry>, StoreError>;
    }

    #[async_trait]
    impl WorkRepository for Snapshot {
        async fn work_after(
            &self,
            stage: Process,
            periods: &[PeriodId],
            after: Option<WorkItemId>,
            chunk: ChunkSize,
        ) -> Result<Vec<WorkItem>, StoreError>;
        async fn work_count(&self, stage: Process, periods: &[PeriodId]) -> Result<u64, StoreError>;
        async fn changes_after<'a, 'b, 'c>(
            &'a self,
            periods: &'b [PeriodId],
            after: Option<&'c Change>,
            chunk: ChunkSize,
        ) -> Result<Vec<Change>, StoreError>;
        async fn claimed_after<'a, 'b>(
            &'a self,
            run: RunId,
            after: Option<&'b Change>,
            chunk: ChunkSize,
        ) -> Result<Vec<Change>, StoreError>;
    }

    #[async_trait]
    impl ActivityRepository for Snapshot {
        async fn activities_after(
            &self,
            after: Option<ActivityId>,
            chunk: ChunkSize,
        ) -> Result<Vec<Activity>, StoreError>;
    }

    #[async_trait]
    impl RequestRepository for Snapshot {
        async fn request(&self, id: &RequestId) -> Result<Option<RequestRecord>, StoreError>;
    }
}

mock! {
    /// A store whose every call answers as it was told.
    pub Store {}

    #[async_trait]
    impl Store for Store {
        async fn snapshot(&self, workspace: &WorkspaceId) -> Result<Box<dyn Snapshot>, StoreError>;
        async fn commit(&self, changes: ChangeSet) -> Result<(), CommitError>;
        async fn create_workspace(
            &self,
            workspace: &WorkspaceId,
            at: Instant,
        ) -> Result<bool, StoreError>;
        async fn workspaces(&self) -> Result<Vec<WorkspaceId>, StoreError>;
        async fn lease_chunk(
            &self,
            workspace: &WorkspaceId,
            worker: &WorkerId,
            only: Option<RunId>,
            lease: Duration,
        ) -> Result<Option<RunChunk>, StoreError>;
        async fn renew_lease(
            &self,
            workspace: &WorkspaceId,
            chunk: ChunkId,
            attempt: u32,
            lease: Duration,
        ) -> Result<bool, StoreError>;
        async fn workspaces_at_work(&self) -> Result<Vec<WorkspaceId>, StoreError>;
    }
}

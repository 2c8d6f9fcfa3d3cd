//! A view whose reads fail when their turn comes.

use std::sync::Arc;

use async_trait::async_trait;
use attain_domain::activity::Activity;
use attain_domain::change::{DefinitionsMark, RequestRecord};
use attain_domain::chunk::RunChunk;
use attain_domain::credit::{Credit, CreditPosition, PastCredit};
use attain_domain::definition::{DefinitionKind, DefinitionRecord};
use attain_domain::earning::{Earning, PastEarning};
use attain_domain::ids::{
    ActivityId, BatchId, CalculationId, ClearId, CreditId, DefinitionId, EarningId, LineId,
    LineageId, ParticipantId, PaysheetId, PeriodId, RequestId, RewardId, RunId, TransactionId,
    WorkItemId,
};
use attain_domain::payment::{PaymentBatch, PaymentLine, Paysheet};
use attain_domain::ports::{
    ActivityRepository, ChunkSize, CorrectionRepository, CreditRepository, DefinitionRepository,
    EarningPosition, EarningRepository, PaymentRepository, PaysheetPosition, Pending,
    RequestRepository, RewardPosition, RewardRepository, RewardsMark, RunRepository, Snapshot,
    StoreError, TransactionRepository, WorkRepository,
};
use attain_domain::reward::{Clear, ClearUndo, Reward};
use attain_domain::run::{Calculation, Change, Process, Run, RunLogEntry, WorkItem};
use attain_domain::time::{Date, DateRange};
use attain_domain::transaction::{PastTransaction, Transaction, TransactionKey};

use super::state::State;

pub(super) struct FaultySnapshot {
    pub(super) inner: Box<dyn Snapshot>,
    pub(super) state: Arc<State>,
}

/// Every read of a port: counted first, then sent on.
macro_rules! sent_on {
    ($port:ident: $($read:ident($($name:ident: $type:ty),*) -> $answer:ty;)+) => {
        #[async_trait]
        impl $port for FaultySnapshot {
            $(
                async fn $read(&self, $($name: $type),*) -> Result<$answer, StoreError> {
                    self.state.read()?;
                    self.inner.$read($($name),*).await
                }
            )+
        }
    };
}

sent_on! { DefinitionRepository:
    definitions_after(
        kind: DefinitionKind,
        after: Option<&DefinitionId>,
        chunk: ChunkSize
    ) -> Vec<DefinitionRecord>;
    definition(kind: DefinitionKind, id: &DefinitionId) -> Option<DefinitionRecord>;
    definition_at(
        kind: DefinitionKind,
        id: &DefinitionId,
        version: u32
    ) -> Option<DefinitionRecord>;
    definition_version(kind: DefinitionKind, id: &DefinitionId) -> u32;
    definitions_mark() -> DefinitionsMark;
}

sent_on! { TransactionRepository:
    transactions_by_key(keys: &[TransactionKey]) -> Vec<Transaction>;
    transactions_by_id(ids: &[TransactionId]) -> Vec<Transaction>;
    transactions_of_work(
        item: &WorkItem,
        after: Option<TransactionId>,
        chunk: ChunkSize
    ) -> Vec<Transaction>;
    spans_of_work(item: &WorkItem, chunk: ChunkSize) -> Vec<TransactionId>;
    transactions_after(
        range: DateRange,
        after: Option<TransactionId>,
        chunk: ChunkSize
    ) -> Vec<Transaction>;
}

sent_on! { CreditRepository:
    credits_of_transactions(transactions: &[TransactionId]) -> Vec<Credit>;
    credits_by_id(ids: &[CreditId]) -> Vec<Credit>;
    credits_of_participants(
        participants: &[ParticipantId],
        range: DateRange,
        after: Option<&CreditPosition>,
        chunk: ChunkSize
    ) -> Vec<Credit>;
    summarised_credits_through(child: &ParticipantId, range: DateRange) -> Vec<Credit>;
}

sent_on! { CorrectionRepository:
    pending(range: DateRange) -> Pending;
    obsolete_transactions(
        range: DateRange,
        after: Option<TransactionId>,
        chunk: ChunkSize
    ) -> Vec<Transaction>;
    obsolete_credits(range: DateRange, after: Option<CreditId>, chunk: ChunkSize) -> Vec<Credit>;
    obsolete_earnings(
        range: DateRange,
        after: Option<EarningId>,
        chunk: ChunkSize
    ) -> Vec<Earning>;
    credits_adjusted_from(ids: &[CreditId]) -> Vec<Credit>;
    earnings_for_lineages(lineages: &[LineageId]) -> Vec<Earning>;
    waiting_reversals(participants: &[ParticipantId], range: DateRange) -> Vec<Earning>;
    waiting_reversal_count(range: DateRange) -> u64;
    past_transactions_of_keys(keys: &[TransactionKey]) -> Vec<PastTransaction>;
    past_credits_of_keys(keys: &[TransactionKey]) -> Vec<PastCredit>;
    past_credits(ids: &[CreditId]) -> Vec<PastCredit>;
    past_earnings_of_participant(
        participant: &ParticipantId,
        range: DateRange,
        after: Option<EarningId>,
        chunk: ChunkSize
    ) -> Vec<PastEarning>;
}

sent_on! { EarningRepository:
    earnings_of_lineages(participants: &[ParticipantId], lineages: &[LineageId]) -> Vec<Earning>;
    current_earnings(
        participants: &[ParticipantId],
        range: DateRange,
        after: Option<&EarningPosition>,
        chunk: ChunkSize
    ) -> Vec<Earning>;
    earnings_after(
        participant: Option<&ParticipantId>,
        range: DateRange,
        after: Option<&EarningPosition>,
        chunk: ChunkSize
    ) -> Vec<Earning>;
    payable_earnings(due: Date, after: Option<&EarningPosition>, chunk: ChunkSize) -> Vec<Earning>;
    earnings_by_id(ids: &[EarningId]) -> Vec<Earning>;
    past_earnings(ids: &[EarningId]) -> Vec<PastEarning>;
    calculations() -> Vec<Calculation>;
    calculation(id: CalculationId) -> Option<Calculation>;
}

sent_on! { PaymentRepository:
    batch(id: BatchId) -> Option<PaymentBatch>;
    batches_after(after: Option<BatchId>, chunk: ChunkSize) -> Vec<PaymentBatch>;
    paysheets_of_batch(
        batch: BatchId,
        after: Option<&PaysheetPosition>,
        chunk: ChunkSize
    ) -> Vec<Paysheet>;
    paysheet(id: PaysheetId) -> Option<Paysheet>;
    paysheets_of_participant(participant: &ParticipantId) -> Vec<Paysheet>;
    lines_of_paysheets(paysheets: &[PaysheetId]) -> Vec<PaymentLine>;
    lines_of_earnings(earnings: &[EarningId]) -> Vec<PaymentLine>;
    lines_by_id(ids: &[LineId]) -> Vec<PaymentLine>;
    held_lines(after: Option<LineId>, chunk: ChunkSize) -> Vec<PaymentLine>;
}

sent_on! { RewardRepository:
    rewards_by_id(ids: &[RewardId]) -> Vec<Reward>;
    rewards_of_participants(
        participants: &[ParticipantId],
        after: Option<&RewardPosition>,
        chunk: ChunkSize
    ) -> Vec<Reward>;
    payable_rewards(due: Date, after: Option<&RewardPosition>, chunk: ChunkSize) -> Vec<Reward>;
    rewards_of_paysheets(paysheets: &[PaysheetId]) -> Vec<Reward>;
    clears_of_participants(participants: &[ParticipantId]) -> Vec<Clear>;
    clears_by_id(ids: &[ClearId]) -> Vec<Clear>;
    undos_of_clears(clears: &[ClearId]) -> Vec<ClearUndo>;
    rewards_marks(participants: &[ParticipantId]) -> Vec<RewardsMark>;
    settled_before(participants: &[ParticipantId], batch: BatchId) -> Vec<Paysheet>;
}

sent_on! { RunRepository:
    run(id: RunId) -> Option<Run>;
    runs_before(before: Option<RunId>, chunk: ChunkSize) -> Vec<Run>;
    runs_open() -> Vec<Run>;
    chunks_of_run(run: RunId, after: Option<u64>, chunk: ChunkSize) -> Vec<RunChunk>;
    chunks_ended(run: RunId, chunk: ChunkSize) -> Vec<RunChunk>;
    run_log_after(run: RunId, after: u64, chunk: ChunkSize) -> Vec<RunLogEntry>;
}

sent_on! { WorkRepository:
    work_after(
        stage: Process,
        periods: &[PeriodId],
        after: Option<WorkItemId>,
        chunk: ChunkSize
    ) -> Vec<WorkItem>;
    work_count(stage: Process, periods: &[PeriodId]) -> u64;
    changes_after(periods: &[PeriodId], after: Option<&Change>, chunk: ChunkSize) -> Vec<Change>;
    claimed_after(run: RunId, after: Option<&Change>, chunk: ChunkSize) -> Vec<Change>;
}

sent_on! { ActivityRepository:
    activities_after(after: Option<ActivityId>, chunk: ChunkSize) -> Vec<Activity>;
}

sent_on! { RequestRepository:
    request(id: &RequestId) -> Option<RequestRecord>;
}

//! The bytes of every record. What has a stored form of its own (definitions, traces, attributes,
//! counts) has the one that `attain-documents` gives it.

use std::collections::BTreeMap;

use attain_documents::stored;
use attain_domain::activity::{Activity, ActivityAction, RecordKind};
use attain_domain::change::RequestRecord;
use attain_domain::chunk::{ChunkEnd, ChunkLease, ChunkState, ChunkTask, RunChunk};
use attain_domain::credit::{
    Credit, CreditKind, CreditOrigin, CreditStatus, LeftBecause, Obsolete, PastCredit,
};
use attain_domain::definition::{DefinitionKind, DefinitionRecord};
use attain_domain::earning::{
    Earning, EarningKey, EarningOutcome, Instalments, PastEarning, Trace,
};
use attain_domain::expression::Value;
use attain_domain::ids::{
    ActivityId, ActorId, AttributeName, BatchId, CalculationId, CategoryId, ChunkId, ClearId,
    ClearUndoId, ComponentId, CreditId, DefinitionId, EarningId, IntervalId, LineId, LineageId,
    ParticipantId, PayGroupId, PaymentPlanId, PaysheetId, PeriodId, PlanId, RequestId, RewardId,
    RuleId, RuleSetId, RunId, SourceNumber, TransactionId, TransactionType, WorkItemId, WorkerId,
};
use attain_domain::money::{Currency, Money};
use attain_domain::payment::{
    BatchStatus, LineKind, PaymentBatch, PaymentLine, Paysheet, PaysheetStatus,
};
use attain_domain::payment_plan::SheetSettlement;
use attain_domain::ports::{RewardsMark, StoreError};
use attain_domain::refusal::{Reason, RowError};
use attain_domain::reward::{
    Account, Clear, ClearOrigin, ClearUndo, ClearUndone, Cleared, Reward, RewardKind, RewardLine,
    RewardOrigin, RewardPayment, SettlementStep, Withdrawn,
};
use attain_domain::run::{
    Calculation, Change, LogLevel, Process, Run, RunCounts, RunLogEntry, RunStatus, Scope, WorkItem,
};
use attain_domain::stamp::{Stamp, Version};
use attain_domain::time::{Date, DateRange, Instant};
use attain_domain::transaction::{
    PastTransaction, Transaction, TransactionFlags, TransactionKey, TransactionStatus,
};
use attain_domain::working::RowFailure;
use chrono::Datelike;
use rust_decimal::Decimal;
use uuid::Uuid;

use crate::codec::{Stored, choices, read_text, records, take_array, write_text};
use crate::error::corrupt;

macro_rules! names {
    ($($name:ident)+) => {$(
        impl Stored for $name {
            fn write(&self, to: &mut Vec<u8>) {
                write_text(self.as_str(), to);
            }

            fn read(from: &mut &[u8]) -> Result<Self, StoreError> {
                Self::parse(read_text(from)?).map_err(corrupt)
            }
        }
    )+};
}
names! {
    ActorId AttributeName CategoryId ComponentId DefinitionId IntervalId ParticipantId PayGroupId
    PaymentPlanId PeriodId PlanId RequestId RuleId RuleSetId SourceNumber TransactionType WorkerId
}

macro_rules! ids {
    ($($id:ident)+) => {$(
        impl Stored for $id {
            fn write(&self, to: &mut Vec<u8>) {
                to.extend_from_slice(self.0.as_bytes());
            }

            fn read(from: &mut &[u8]) -> Result<Self, StoreError> {
                Ok(Self(Uuid::from_bytes(take_array(from)?)))
            }
        }
    )+};
}
ids! {
    ActivityId BatchId CalculationId ChunkId ClearId ClearUndoId CreditId EarningId LineId LineageId
    PaysheetId RewardId RunId TransactionId WorkItemId
}

/// What `attain-documents` writes as JSON.
macro_rules! documents {
    ($($document:ty: $encode:ident, $decode:ident;)+) => {$(
        impl Stored for $document {
            fn write(&self, to: &mut Vec<u8>) {
                write_text(&stored::$encode(self), to);
            }

            fn read(from: &mut &[u8]) -> Result<Self, StoreError> {
                stored::$decode(read_text(from)?).map_err(corrupt)
            }
        }
    )+};
}
documents! {
    Trace: encode_trace, decode_trace;
    RunCounts: encode_counts, decode_counts;
    ChunkTask: encode_chunk_task, decode_chunk_task;
    Vec<RowFailure>: encode_failures, decode_failures;
    BTreeMap<AttributeName, Value>: encode_attributes, decode_attributes;
    BTreeMap<PlanId, u32>: encode_plan_versions, decode_plan_versions;
    SheetSettlement: encode_settlement, decode_settlement;
}

impl Stored for Vec<RewardId> {
    fn write(&self, to: &mut Vec<u8>) {
        write_text(&stored::encode_reward_ids(self), to);
    }

    fn read(from: &mut &[u8]) -> Result<Self, StoreError> {
        stored::decode_reward_ids(read_text(from)?).map_err(corrupt)
    }
}

impl Stored for DefinitionKind {
    fn write(&self, to: &mut Vec<u8>) {
        write_text(self.name(), to);
    }

    fn read(from: &mut &[u8]) -> Result<Self, StoreError> {
        let name = read_text(from)?;
        Self::from_name(name).ok_or_else(|| corrupt(format!("`{name}` is no kind")))
    }
}

impl Stored for DefinitionRecord {
    fn write(&self, to: &mut Vec<u8>) {
        let Self { body, live, stamp } = self;
        body.kind().write(to);
        write_text(&stored::encode_definition(body), to);
        live.write(to);
        stamp.write(to);
    }

    fn read(from: &mut &[u8]) -> Result<Self, StoreError> {
        let kind = DefinitionKind::read(from)?;
        let body = stored::decode_definition(kind, read_text(from)?).map_err(corrupt)?;
        let (live, stamp) = Stored::read(from)?;
        Ok(Self { body, live, stamp })
    }
}

impl Stored for Decimal {
    fn write(&self, to: &mut Vec<u8>) {
        to.extend_from_slice(&self.serialize());
    }

    fn read(from: &mut &[u8]) -> Result<Self, StoreError> {
        Ok(Self::deserialize(take_array(from)?))
    }
}

impl Stored for Date {
    fn write(&self, to: &mut Vec<u8>) {
        self.num_days_from_ce().write(to);
    }

    fn read(from: &mut &[u8]) -> Result<Self, StoreError> {
        let days = i32::read(from)?;
        Self::from_num_days_from_ce_opt(days).ok_or_else(|| corrupt(format!("{days} is no date")))
    }
}

impl Stored for Instant {
    fn write(&self, to: &mut Vec<u8>) {
        self.micros().write(to);
    }

    fn read(from: &mut &[u8]) -> Result<Self, StoreError> {
        let micros = i64::read(from)?;
        Self::from_micros(micros).ok_or_else(|| corrupt(format!("{micros} is no instant")))
    }
}

impl Stored for Currency {
    fn write(&self, to: &mut Vec<u8>) {
        write_text(self.code(), to);
    }

    fn read(from: &mut &[u8]) -> Result<Self, StoreError> {
        Self::parse(read_text(from)?).map_err(corrupt)
    }
}

impl Stored for Reason {
    fn write(&self, to: &mut Vec<u8>) {
        write_text(self.code(), to);
    }

    fn read(from: &mut &[u8]) -> Result<Self, StoreError> {
        let code = read_text(from)?;
        Self::from_code(code).ok_or_else(|| corrupt(format!("`{code}` is no reason")))
    }
}

impl Stored for DateRange {
    fn write(&self, to: &mut Vec<u8>) {
        self.from.write(to);
        self.to.write(to);
    }

    fn read(from: &mut &[u8]) -> Result<Self, StoreError> {
        let (first, end) = Stored::read(from)?;
        Ok(Self {
            from: first,
            to: end,
        })
    }
}

impl Stored for Version {
    fn write(&self, to: &mut Vec<u8>) {
        self.0.write(to);
    }

    fn read(from: &mut &[u8]) -> Result<Self, StoreError> {
        Ok(Self(u32::read(from)?))
    }
}

records! {
    Money { amount, currency, }
    Stamp { version, created_at, updated_at, actor, }
    RowError { reason, text, }
    Obsolete { at, actor, because, reason, }
    TransactionKey { number, kind, }
    TransactionFlags {
        preserve_credits, hold, do_not_classify, do_not_roll_up, do_not_calculate,
    }
    Transaction {
        id, key, event_date, period, amount, operating_amount, currency_rate, quantity, attributes,
        source_updated_at, flags, status, category, replaces, replaced_by, stamp,
    }
    PastTransaction { transaction, because, left_at, left_by, }
    Credit {
        id, lineage, adjusted_from, transaction, key, participant, kind, origin, amount, quantity,
        percent, revenue, rolls_up, calculates, credit_date, roll_up_date, period, category,
        status, obsolete, stamp,
    }
    PastCredit { credit, because, left_at, left_by, }
    EarningKey { participant, plan, component, interval, lineage, }
    Instalments { count, taken, paid, next_due, }
    Earning {
        id, key, period, date, credit, transaction, outcome, instalments, obsolete, reversal_of,
        awaits_calculation, calculation, trace, stamp,
    }
    PastEarning { earning, because, left_at, left_by, }
    Calculation { id, period, through, run, plan_versions, released, stamp, }
    PaymentBatch { id, pay_group, period, pay_date, status, stamp, }
    Paysheet { id, batch, participant, status, total, held, settlement, stamp, }
    PaymentLine {
        id, paysheet, batch, participant, kind, earning, instalment, plan, component,
        earning_period, date, amount, currency_rate, pay_amount, held, stamp,
    }
    RewardLine { batch, paysheet, currency_rate, pay_amount, held, }
    Cleared { clear, at, by, }
    Withdrawn { at, by, reason, }
    Reward {
        id, participant, amount, recoverable, kind, account, origin, component, date, reason,
        payment, cleared, withdrawn, stamp,
    }
    ClearUndone { undo, date, at, }
    Clear {
        id, participant, date, at, by, reason, origin, forgiven, rewards, undone, stamp,
    }
    ClearUndo { id, clear, participant, date, reason, restored, stamp, }
    RewardsMark { participant, mark, }
    Run {
        id, process, range, status, stage, units_done, units_total, counts, cancel_requested,
        lease_until, ended_at, stamp,
    }
    RunLogEntry { run, number, at, level, reason, subject, text, }
    ChunkLease { worker, until, }
    RunChunk {
        id, run, number, actor, request, task, state, attempt, version, counts, units, failures,
    }
    WorkItem { id, stage, period, first, last, }
    Change { period, scope, }
    Activity {
        id, at, actor, request, run, action, record, subject, count, before, after, reason,
    }
    RequestRecord { id, digest, answer, at, }
}

choices! {
    TransactionStatus { 0 = New {} 1 = Classified {} 2 = Credited {} 3 = Error { 0: error }
        4 = Obsolete {} 5 = Cancelled {} }
    CreditKind { 0 = Direct {} 1 = Indirect {} 2 = Team {} }
    CreditStatus { 0 = Credited {} 1 = Eligible {} 2 = Error { 0: error } }
    CreditOrigin { 0 = Rule { set: set, rule: rule } 1 = Given {}
        2 = From { source: source, through: through } }
    LeftBecause { 0 = Adjusted {} 1 = Recredited {} 2 = Cancelled {} 3 = Recalculated {}
        4 = CalculationDeleted {} 5 = PlanDeleted {} }
    EarningOutcome { 0 = Amount { 0: amount } 1 = Error { 0: error } }
    BatchStatus { 0 = Building {} 1 = Unpaid {} 2 = Frozen {} 3 = Paying {} 4 = Paid {}
        5 = Deleting {} }
    PaysheetStatus { 0 = Unpaid {} 1 = Locked {} 2 = Submitted {} 3 = Approved {} 4 = Paid {} }
    LineKind { 0 = Earning {} 1 = Reversal {} }
    RewardKind { 0 = Bonus {} 1 = Advance {} 2 = Repayment {} 3 = Adjustment {} }
    Account { 0 = General {} 1 = PaymentPlan { 0: plan } }
    SettlementStep { 0 = Draw {} 1 = DrawTakenBack {} 2 = Recovery {} 3 = PayCap {} }
    RewardOrigin { 0 = ByHand {} 1 = PaymentPlan { plan: plan, batch: batch, step: step }
        2 = NegativeSheet { batch: batch, step: step } }
    RewardPayment { 0 = Unpaid {} 1 = OnPaysheet { 0: line } 2 = Paid { line: line, at: at } }
    ClearOrigin { 0 = ByHand {} 1 = Waived { plan: plan, batch: batch } }
    Process { 0 = Classify {} 1 = Credit {} 2 = RollUp {} 3 = Calculate {} 4 = RunAll {}
        5 = Revert {} }
    RunStatus { 0 = Queued {} 1 = Running {} 2 = Succeeded {} 3 = SucceededWithErrors {}
        4 = Failed {} 5 = Cancelled {} }
    ChunkEnd { 0 = Done {} 1 = Failed { 0: error } }
    ChunkState { 0 = Waiting {} 1 = Leased { 0: lease } 2 = Ended { 0: end } }
    LogLevel { 0 = Info {} 1 = Error {} }
    Scope { 0 = Participant { 0: participant } 1 = Everybody {} }
    ActivityAction { 0 = Created {} 1 = Updated {} 2 = Deleted {} }
    RecordKind { 0 = Definition {} 1 = Transaction {} 2 = Credit {} 3 = Earning {} 4 = Batch {}
        5 = Paysheet {} 6 = PaymentLine {} 7 = Run {} 8 = Calculation {} 9 = Reward {}
        10 = Clear {} 11 = ClearUndo {} }
}

//! Payment records: batches, paysheets, lines. What may be done with them, and when, is in
//! `paying`.

use rust_decimal::Decimal;

use crate::ids::{
    BatchId, ComponentId, EarningId, LineId, ParticipantId, PayGroupId, PaysheetId, PeriodId,
    PlanId,
};
use crate::money::Money;
use crate::payment_plan::SheetSettlement;
use crate::stamp::Stamp;
use crate::time::Date;

/// The states of a batch. What takes several commits has a state of its own, so that nobody takes
/// a half-made batch for a whole one; the same call again finishes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum BatchStatus {
    /// Being filled or filled anew; may be refreshed, edited (both go on filling) or deleted.
    Building,
    /// May be refreshed, edited, deleted, frozen.
    Unpaid,
    /// May be paid.
    Frozen,
    /// Being paid; may only be paid further.
    Paying,
    /// Never changes.
    Paid,
    /// Being deleted; may only be deleted further.
    Deleting,
}

/// The states of a paysheet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PaysheetStatus {
    /// Open.
    Unpaid,
    /// No line may be held or released.
    Locked,
    /// Waits for approval.
    Submitted,
    /// Approved.
    Approved,
    /// Paid with its batch; never changes.
    Paid,
}

/// One pay run.
#[derive(Clone, Debug, PartialEq)]
pub struct PaymentBatch {
    /// Its id.
    pub id: BatchId,
    /// Who is paid.
    pub pay_group: PayGroupId,
    /// The period.
    pub period: PeriodId,
    /// What is dated on or before it is taken; its currency rates are used.
    pub pay_date: Date,
    /// Its state.
    pub status: BatchStatus,
    /// Version, times, actor.
    pub stamp: Stamp,
}

/// One person's sheet in a batch.
#[derive(Clone, Debug, PartialEq)]
pub struct Paysheet {
    /// Its id.
    pub id: PaysheetId,
    /// Its batch.
    pub batch: BatchId,
    /// Whose.
    pub participant: ParticipantId,
    /// Its state.
    pub status: PaysheetStatus,
    /// What is paid: the sum of its lines, in pay currency.
    pub total: Money,
    /// What is held: lines that left the sheet until they are released, in pay currency.
    pub held: Money,
    /// What payment plans made of it, and why; none where there is no payment plan.
    pub settlement: Option<Box<SheetSettlement>>,
    /// Version, times, actor.
    pub stamp: Stamp,
}

/// What a line stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LineKind {
    /// An earning, or an instalment of one.
    Earning,
    /// A reversal.
    Reversal,
}

/// One earning or reversal on a paysheet: a snapshot. A reward on a sheet is a
/// [`RewardLine`](crate::reward::RewardLine) of its own.
#[derive(Clone, Debug, PartialEq)]
pub struct PaymentLine {
    /// Its id.
    pub id: LineId,
    /// Its sheet.
    pub paysheet: PaysheetId,
    /// Its batch.
    pub batch: BatchId,
    /// Whose.
    pub participant: ParticipantId,
    /// Earning or reversal.
    pub kind: LineKind,
    /// What it pays.
    pub earning: EarningId,
    /// Which part of it, from 0.
    pub instalment: u16,
    /// The plan.
    pub plan: PlanId,
    /// The component.
    pub component: ComponentId,
    /// The period of the earning.
    pub earning_period: PeriodId,
    /// The date of the earning.
    pub date: Date,
    /// In operating currency.
    pub amount: Money,
    /// The rate to pay currency at the pay date.
    pub currency_rate: Decimal,
    /// In pay currency; this is what is paid.
    pub pay_amount: Money,
    /// Held: not part of the sheet's total, and waits for its release.
    pub held: bool,
    /// Version, times, actor.
    pub stamp: Stamp,
}

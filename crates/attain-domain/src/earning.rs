//! Earnings: signed amounts that the calculation derived, and the facts they were derived from.

use rust_decimal::Decimal;
use smol_str::SmolStr;

use crate::credit::{LeftBecause, Obsolete};
use crate::ids::{
    ActorId, CalculationId, ComponentId, CreditId, EarningId, FactorId, IntervalId, LineageId,
    MeasureId, ParticipantId, PeriodId, PlanId, RateTableId, TransactionId,
};
use crate::money::Money;
use crate::plan::SplitMode;
use crate::refusal::RowError;
use crate::stamp::Stamp;
use crate::time::{Date, Instant};

/// At most one live earning has this key, reversals aside.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EarningKey {
    /// Whose.
    pub participant: ParticipantId,
    /// Plan of the component.
    pub plan: PlanId,
    /// The component.
    pub component: ComponentId,
    /// The component's interval; for a true-up, the period.
    pub interval: IntervalId,
    /// The credit through all its versions; none for an earning per interval.
    pub lineage: Option<LineageId>,
}

/// An amount, or why there is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EarningOutcome {
    /// Operating currency, rounded.
    Amount(Money),
    /// Calculation Error: no amount, nothing is paid.
    Error(RowError),
}

/// How far the payment of an earning has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PaymentState {
    /// On no paysheet.
    Unpaid,
    /// On a paysheet of a batch that is not paid yet.
    OnPaysheet,
    /// Every part of it is paid.
    Paid,
}

/// In how many parts an earning is paid, and how many have been taken up and paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Instalments {
    /// How many parts; 1 is at once.
    pub count: u16,
    /// Parts taken up by paysheets, paid ones included.
    pub taken: u16,
    /// Parts paid.
    pub paid: u16,
    /// When the next part is due; the last due date once all are taken.
    pub next_due: Date,
}

impl Instalments {
    /// One part, due on a date.
    #[must_use]
    pub fn at_once(due: Date) -> Self {
        Self {
            count: 1,
            taken: 0,
            paid: 0,
            next_due: due,
        }
    }

    /// Unpaid, on a paysheet, or paid.
    #[must_use]
    pub fn state(&self) -> PaymentState {
        if self.paid >= self.count {
            PaymentState::Paid
        } else if self.taken > self.paid {
            PaymentState::OnPaysheet
        } else {
            PaymentState::Unpaid
        }
    }
}

/// What one measure was when an earning was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MeasureTrace {
    /// Which.
    pub measure: MeasureId,
    /// What this credit or interval added.
    pub value: Decimal,
    /// The running total before it.
    pub before: Decimal,
    /// The running total after it.
    pub after: Decimal,
    /// The goal, where there is one.
    pub goal: Option<Decimal>,
}

/// One slice of the input in one tier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SliceTrace {
    /// Lower bound of the tier, as the table has it.
    pub from: Decimal,
    /// Upper bound; `None` is open.
    pub to: Option<Decimal>,
    /// How much of the input fell into it; negative when tiers are walked back down.
    pub input: Decimal,
    /// The tier's value: percent or amount.
    pub value: Decimal,
    /// What the slice gave, unrounded.
    pub result: Decimal,
}

/// What the rate table gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RateTrace {
    /// Which.
    pub table: RateTableId,
    /// Flat, step or interpolated.
    pub split: SplitMode,
    /// Where the other dimensions were looked up: text or value, in the order of dimensions.
    pub looked_up: Vec<SmolStr>,
    /// The tiers that were touched.
    pub slices: Vec<SliceTrace>,
    /// Commission / input as a fraction; none for an input of 0 or a table of amounts.
    pub rate: Option<Decimal>,
    /// What the table gave, unrounded.
    pub commission: Decimal,
}

/// The facts that an earning was derived from, stored with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trace {
    /// The version of the plan.
    pub plan_version: u32,
    /// The measures, in the component's order.
    pub measures: Vec<MeasureTrace>,
    /// The rate table's part.
    pub rate: Option<RateTrace>,
    /// The factors that an expression used.
    pub factors: Vec<(FactorId, Decimal)>,
    /// False when a threshold was not reached.
    pub threshold_reached: Option<bool>,
    /// The amount before cap, floor and rounding.
    pub unrounded: Decimal,
    /// What a cap withheld from this earning (negative: what it gave back), unrounded.
    pub withheld: Decimal,
    /// What a floor added, unrounded.
    pub lifted: Decimal,
}

/// One earning, or one reversal.
#[derive(Clone, Debug, PartialEq)]
pub struct Earning {
    /// Its id.
    pub id: EarningId,
    /// What it is an earning of.
    pub key: EarningKey,
    /// The period it belongs to.
    pub period: PeriodId,
    /// Credit date, or last day of the interval; it is taken up by batches paid on or after it.
    pub date: Date,
    /// The credit version, for per-event components.
    pub credit: Option<CreditId>,
    /// The transaction, for per-event components.
    pub transaction: Option<TransactionId>,
    /// The amount, or why there is none.
    pub outcome: EarningOutcome,
    /// How far its payment has come.
    pub instalments: Instalments,
    /// Set while a newer earning has taken its place but it still stands on an unpaid paysheet.
    pub obsolete: Option<Obsolete>,
    /// The earning that this reversal takes back.
    pub reversal_of: Option<EarningId>,
    /// A reversal that Revert wrote and that waits for the next calculation, which posts it. Until
    /// then it is not paid.
    pub awaits_calculation: bool,
    /// The calculation that made it.
    pub calculation: CalculationId,
    /// What it was derived from.
    pub trace: Trace,
    /// Version, times, actor.
    pub stamp: Stamp,
}

impl Earning {
    /// The amount, if there is one.
    #[must_use]
    pub fn amount(&self) -> Option<Money> {
        match &self.outcome {
            EarningOutcome::Amount(money) => Some(*money),
            EarningOutcome::Error(_) => None,
        }
    }

    /// Neither a reversal nor obsolete: the one live earning of its key.
    #[must_use]
    pub fn is_current(&self) -> bool {
        self.reversal_of.is_none() && self.obsolete.is_none()
    }
}

/// The part of an earning that payment changes.
#[derive(Clone, Debug, PartialEq)]
pub struct EarningPayment {
    /// Which.
    pub id: EarningId,
    /// The version that was read.
    pub version_read: crate::stamp::Version,
    /// How far its payment has come now.
    pub instalments: Instalments,
    /// The new stamp.
    pub stamp: Stamp,
}

/// An earning in the history.
#[derive(Clone, Debug, PartialEq)]
pub struct PastEarning {
    /// The whole row as it was.
    pub earning: Earning,
    /// Why it left.
    pub because: LeftBecause,
    /// When it left.
    pub left_at: Instant,
    /// Who made it leave.
    pub left_by: ActorId,
}

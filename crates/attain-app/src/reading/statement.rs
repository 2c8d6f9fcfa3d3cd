//! What a statement says about one participant in one period.

use std::collections::BTreeMap;

use attain_domain::credit::{Credit, CreditKind};
use attain_domain::earning::Earning;
use attain_domain::ids::{ComponentId, IntervalId, MeasureId, ParticipantId, PeriodId, PlanId};
use attain_domain::money::Money;
use attain_domain::payment::{PaymentBatch, PaymentLine, Paysheet};
use attain_domain::reward::Reward;
use attain_domain::time::Date;
use rust_decimal::Decimal;

/// Most rows that each list of a statement shows; the counts and sums cover all. The lists of the
/// engine page through the rest.
pub(super) const STATEMENT_ROWS_MAX: usize = 1_000;

/// How many credits of one kind, and what they come to.
#[derive(Clone, Debug, PartialEq)]
pub struct KindSummary {
    /// How many.
    pub count: u64,
    /// Their sum, in operating currency.
    pub amount: Money,
}

/// The credits of a period, by credit date.
#[derive(Clone, Debug, PartialEq)]
pub struct CreditsSummary {
    /// How many and how much, by kind.
    pub kinds: BTreeMap<CreditKind, KindSummary>,
    /// How many count for nothing, for a named reason.
    pub in_error: u64,
    /// The first 1 000, in the order in which they are calculated.
    pub first: Vec<Credit>,
}

impl CreditsSummary {
    /// How many credits there are.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.kinds.values().map(|kind| kind.count).sum()
    }
}

/// How far a measure has come by the end of the period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attainment {
    /// The plan.
    pub plan: PlanId,
    /// The component.
    pub component: ComponentId,
    /// The interval of the component's earnings.
    pub interval: IntervalId,
    /// The measure.
    pub measure: MeasureId,
    /// What it has come to.
    pub value: Decimal,
    /// The goal, where there is one.
    pub goal: Option<Decimal>,
    /// Percent of the goal; none without a goal, or for a goal of 0.
    pub percent: Option<Decimal>,
}

/// The earnings of one component.
#[derive(Clone, Debug, PartialEq)]
pub struct ComponentEarnings {
    /// The plan.
    pub plan: PlanId,
    /// The component.
    pub component: ComponentId,
    /// How many.
    pub count: u64,
    /// What was earned, in operating currency.
    pub amount: Money,
    /// How many are in error: they have no amount.
    pub in_error: u64,
    /// What caps withheld, unrounded.
    pub withheld: Decimal,
}

/// One paysheet of a batch of the period.
#[derive(Clone, Debug, PartialEq)]
pub struct StatementPayment {
    /// The batch.
    pub batch: PaymentBatch,
    /// The sheet.
    pub sheet: Paysheet,
    /// How many lines it has, rewards included.
    pub line_count: u64,
    /// The first 1 000 of earnings and reversals.
    pub first_lines: Vec<PaymentLine>,
    /// The first 1 000 rewards.
    pub first_rewards: Vec<Reward>,
    /// What it advances, held rewards left out, in operating currency: the sum of its positive
    /// recoverable rewards.
    pub advanced: Money,
    /// What it recovers, likewise, as a positive amount: the sum of its negative recoverable
    /// rewards.
    pub recovered: Money,
    /// The sum of its other rewards, likewise.
    pub other_rewards: Money,
}

/// What the earnings of the period come to, in operating currency.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StatementTotals {
    /// What was earned: the earnings as they are now.
    pub earned: Money,
    /// What was paid of them, in batches of any period, what was taken back deducted.
    pub paid: Money,
    /// What stands on sheets that are not paid, or is held.
    pub on_sheets: Money,
    /// Earned less paid: what is still owed for the period.
    pub liability: Money,
}

/// What the participant owes to the company, in operating currency.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StatementBalance {
    /// As of the last date of the period, as known now.
    pub at_end: Money,
    /// Now.
    pub now: Money,
}

/// What a participant sold, earned and was paid in a period.
#[derive(Clone, Debug, PartialEq)]
pub struct Statement {
    /// Whose.
    pub participant: ParticipantId,
    /// A name for people.
    pub name: String,
    /// The period.
    pub period: PeriodId,
    /// Its first date.
    pub from: Date,
    /// Its last date.
    pub through: Date,
    /// True while the calculation of the period is not released, or there is none.
    pub is_draft: bool,
    /// Credits.
    pub credits: CreditsSummary,
    /// Attainment against goals, as the earnings of the period have stored it.
    pub attainment: Vec<Attainment>,
    /// Earnings by component.
    pub earnings: Vec<ComponentEarnings>,
    /// The first 1 000 live earnings and reversals of the period, by date and id.
    pub first_earnings: Vec<Earning>,
    /// The sheets of the batches of the period.
    pub payments: Vec<StatementPayment>,
    /// What was earned, paid and is owed.
    pub totals: StatementTotals,
    /// What the participant owes to the company.
    pub balance: StatementBalance,
}

//! What the calculation takes and gives: credits in, drafts of earnings out.

use crate::credit::Credit;
use crate::earning::{EarningKey, EarningOutcome, Trace};
use crate::ids::{ComponentId, CreditId, ParticipantId, PeriodId, PlanId, TransactionId};
use crate::money::Money;
use crate::plan::ReportDepth;
use crate::time::Date;
use crate::transaction::{Transaction, TransactionKey};

/// What is calculated: every interval that shares a date with it is done again, whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// First date.
    pub from: Date,
    /// Last date, inclusive; later credits do not count yet.
    pub through: Date,
}

/// One credit with what the plans may read of its transaction.
#[derive(Clone, Copy, Debug)]
pub struct CreditInput<'a> {
    /// The credit.
    pub credit: &'a Credit,
    /// Its transaction; only needed where [`super::PlanBook::reads_transactions`].
    pub transaction: Option<&'a Transaction>,
}

/// A first-phase earning of somebody who reports to the participant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportEarning {
    /// Its plan.
    pub plan: PlanId,
    /// Its component.
    pub component: ComponentId,
    /// Its period; it counts from the end of it.
    pub period: PeriodId,
    /// Whose.
    pub participant: ParticipantId,
    /// How much, in operating currency.
    pub amount: Money,
    /// `Direct` when the earner reports to the participant directly, `All` when further below.
    pub depth: ReportDepth,
}

/// One earning as the calculation gives it now.
#[derive(Clone, Debug, PartialEq)]
pub struct EarningDraft {
    /// What it is an earning of.
    pub key: EarningKey,
    /// The period of its date.
    pub period: PeriodId,
    /// Credit date, or last date of the interval or true-up period.
    pub date: Date,
    /// The credit, for per-event components.
    pub credit: Option<CreditId>,
    /// Its transaction.
    pub transaction: Option<TransactionId>,
    /// The amount, or why there is none.
    pub outcome: EarningOutcome,
    /// In how many parts it is paid.
    pub instalments: u16,
    /// What it was derived from.
    pub trace: Trace,
    /// For a per-event earning in error, the transaction it is about.
    pub about: Option<Box<TransactionKey>>,
}

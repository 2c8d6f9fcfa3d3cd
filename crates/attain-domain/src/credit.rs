//! Credits: what part of one transaction counts for one participant.

use rust_decimal::Decimal;

use crate::ids::{
    ActorId, CategoryId, CreditId, LineageId, ParticipantId, PeriodId, RuleId, RuleSetId,
    TransactionId,
};
use crate::money::Money;
use crate::refusal::RowError;
use crate::stamp::Stamp;
use crate::time::{Date, Instant};
use crate::transaction::TransactionKey;

/// How a participant came to a credit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CreditKind {
    /// From a rule, or by hand.
    Direct,
    /// From a report's credit, up the hierarchy.
    Indirect,
    /// From a team member's credit.
    Team,
}

/// Whether a credit can become an earning.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CreditStatus {
    /// Made; nobody has looked whether it counts for anything.
    Credited,
    /// Counts for a measure of one of the participant's plans.
    Eligible,
    /// Counts for nothing, for a named reason.
    Error(RowError),
}

/// Where a credit came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CreditOrigin {
    /// The rule that won in its set.
    Rule {
        /// The set.
        set: RuleSetId,
        /// The rule.
        rule: RuleId,
    },
    /// Imported ready-made, or entered by hand.
    Given,
    /// Rolled up or shared from another credit, through this direct report or team member.
    From {
        /// The credit it was made from; none when summarised.
        source: Option<CreditId>,
        /// The report or member through whom it came.
        through: ParticipantId,
    },
}

/// Why a row left the live tables for history, or will.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LeftBecause {
    /// Somebody adjusted it, or the source changed it.
    Adjusted,
    /// Crediting gives something else now.
    Recredited,
    /// It was cancelled.
    Cancelled,
    /// The calculation gives another amount now.
    Recalculated,
    /// Its calculation was deleted.
    CalculationDeleted,
    /// Its plan was deleted.
    PlanDeleted,
}

/// The obsolete mark: a state of a live row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Obsolete {
    /// Since when.
    pub at: Instant,
    /// By whom.
    pub actor: ActorId,
    /// Why.
    pub because: LeftBecause,
    /// What whoever did it gave as the reason; none where a source or a process did.
    pub reason: Option<String>,
}

/// One version of a credit.
#[derive(Clone, Debug, PartialEq)]
pub struct Credit {
    /// This version.
    pub id: CreditId,
    /// The same through all versions.
    pub lineage: LineageId,
    /// The credit that this one was made from in its place: the version before it, or for a split or
    /// a transfer, which begin a lineage of their own, the credit that was split or transferred.
    pub adjusted_from: Option<CreditId>,
    /// The transaction; none for a summarised roll-up.
    pub transaction: Option<TransactionId>,
    /// Its natural key; for a summarised roll-up the child and the category stand for it.
    pub key: TransactionKey,
    /// Whose.
    pub participant: ParticipantId,
    /// Direct, indirect or team.
    pub kind: CreditKind,
    /// Where it came from.
    pub origin: CreditOrigin,
    /// In operating currency.
    pub amount: Money,
    /// How many, split like the amount.
    pub quantity: Decimal,
    /// Split percent.
    pub percent: Decimal,
    /// Revenue or non-revenue.
    pub revenue: bool,
    /// Whether it rolls up.
    pub rolls_up: bool,
    /// Whether it may become an earning.
    pub calculates: bool,
    /// Picks plan, rules and period.
    pub credit_date: Date,
    /// Picks the hierarchy.
    pub roll_up_date: Date,
    /// The period of the credit date.
    pub period: PeriodId,
    /// Its category.
    pub category: Option<CategoryId>,
    /// Whether it counts for anything.
    pub status: CreditStatus,
    /// Set while the credit no longer counts, but has not been moved to history yet.
    pub obsolete: Option<Obsolete>,
    /// Version, times, actor.
    pub stamp: Stamp,
}

impl Credit {
    /// Whether two credits say the same, identity and stamps aside. What is equal stays untouched.
    #[must_use]
    pub fn says_the_same(&self, other: &Self) -> bool {
        self.participant == other.participant
            && self.kind == other.kind
            && self.key == other.key
            && self.origin == other.origin
            && self.amount == other.amount
            && self.quantity == other.quantity
            && self.percent == other.percent
            && self.revenue == other.revenue
            && self.rolls_up == other.rolls_up
            && self.calculates == other.calculates
            && self.credit_date == other.credit_date
            && self.roll_up_date == other.roll_up_date
            && self.period == other.period
            && self.category == other.category
            && self.status == other.status
    }
}

/// A credit in the history.
#[derive(Clone, Debug, PartialEq)]
pub struct PastCredit {
    /// The whole row as it was.
    pub credit: Credit,
    /// Why it left.
    pub because: LeftBecause,
    /// When it left.
    pub left_at: Instant,
    /// Who made it leave.
    pub left_by: ActorId,
}

/// Where a credit stands in the order in which a participant's credits are calculated: by date,
/// then by natural key, so that the order never depends on arrival.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct CreditPosition {
    /// Whose.
    pub participant: ParticipantId,
    /// Credit date.
    pub date: Date,
    /// Natural key.
    pub key: TransactionKey,
    /// Ties of one transaction: direct before indirect before team, then by lineage.
    pub kind: CreditKind,
    /// The last tie-break.
    pub lineage: LineageId,
}

impl CreditPosition {
    /// The position of a credit.
    #[must_use]
    pub fn of(credit: &Credit) -> Self {
        Self {
            participant: credit.participant.clone(),
            date: credit.credit_date,
            key: credit.key.clone(),
            kind: credit.kind,
            lineage: credit.lineage,
        }
    }
}

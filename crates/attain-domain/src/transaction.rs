//! Transactions: base sales events as the source system knows them. What collecting and
//! cancelling do with them is in `collecting`.

use std::collections::BTreeMap;
use std::fmt;

use rust_decimal::Decimal;

use crate::credit::LeftBecause;
use crate::expression::Value;
use crate::ids::{
    ActorId, AttributeName, CategoryId, PeriodId, SourceNumber, TransactionId, TransactionType,
};
use crate::money::Money;
use crate::refusal::RowError;
use crate::stamp::Stamp;
use crate::time::{Date, Instant};

/// The natural key in the workspace.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TransactionKey {
    /// The source system's number.
    pub number: SourceNumber,
    /// What kind of event.
    pub kind: TransactionType,
}

impl fmt::Display for TransactionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.kind, self.number)
    }
}

/// How far a transaction has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TransactionStatus {
    /// Collected.
    New,
    /// Has its category.
    Classified,
    /// Has its credits.
    Credited,
    /// Could not go on; classification and crediting try again when something changed.
    Error(RowError),
    /// Replaced by a newer version.
    Obsolete,
    /// Cancelled by the source.
    Cancelled,
}

/// What processes must not do to a transaction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TransactionFlags {
    /// Crediting keeps its credits whatever the rules say.
    pub preserve_credits: bool,
    /// Nothing is done with it until the hold is lifted.
    pub hold: bool,
    /// The category was given and stays.
    pub do_not_classify: bool,
    /// No roll-up and no team credit.
    pub do_not_roll_up: bool,
    /// Credited and rolled up, never an earning.
    pub do_not_calculate: bool,
}

/// One version of a transaction.
#[derive(Clone, Debug, PartialEq)]
pub struct Transaction {
    /// This version.
    pub id: TransactionId,
    /// The natural key, shared by all versions.
    pub key: TransactionKey,
    /// When the sale happened; picks the period and the rules.
    pub event_date: Date,
    /// The period of the event date.
    pub period: PeriodId,
    /// Amount in the currency of the source.
    pub amount: Money,
    /// Amount in operating currency, rounded to its minor unit.
    pub operating_amount: Money,
    /// The rate that converted it.
    pub currency_rate: Decimal,
    /// How many.
    pub quantity: Decimal,
    /// What else the source says.
    pub attributes: BTreeMap<AttributeName, Value>,
    /// When the source last changed it; decides which of two versions is newer.
    pub source_updated_at: Option<Instant>,
    /// What processes must not do.
    pub flags: TransactionFlags,
    /// How far it has come.
    pub status: TransactionStatus,
    /// Its category, given or classified.
    pub category: Option<CategoryId>,
    /// The version that it replaced.
    pub replaces: Option<TransactionId>,
    /// The version that replaced it.
    pub replaced_by: Option<TransactionId>,
    /// Version, times, actor.
    pub stamp: Stamp,
}

/// A transaction in the history.
#[derive(Clone, Debug, PartialEq)]
pub struct PastTransaction {
    /// The whole row as it was.
    pub transaction: Transaction,
    /// Why it left.
    pub because: LeftBecause,
    /// When it left.
    pub left_at: Instant,
    /// Who made it leave.
    pub left_by: ActorId,
}

/// The part of a transaction that processes change.
#[derive(Clone, Debug, PartialEq)]
pub struct TransactionProgress {
    /// Which.
    pub id: TransactionId,
    /// How far it has come now.
    pub status: TransactionStatus,
    /// Its category now.
    pub category: Option<CategoryId>,
    /// Its flags now.
    pub flags: TransactionFlags,
    /// What replaced it.
    pub replaced_by: Option<TransactionId>,
    /// The new stamp.
    pub stamp: Stamp,
}

impl TransactionProgress {
    /// Where a transaction stands.
    #[must_use]
    pub fn of(transaction: &Transaction) -> Self {
        Self {
            id: transaction.id,
            status: transaction.status.clone(),
            category: transaction.category.clone(),
            flags: transaction.flags,
            replaced_by: transaction.replaced_by,
            stamp: transaction.stamp.clone(),
        }
    }
}

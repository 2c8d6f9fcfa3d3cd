//! What can be asked for.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use crate::expression::Value;
use crate::ids::{AttributeName, CategoryId, CreditId, ParticipantId, TransactionId};
use crate::money::Money;
use crate::stamp::Version;
use crate::time::Date;
use crate::transaction::TransactionKey;

/// Most bytes that a reason may have.
pub const REASON_BYTES_MAX: usize = 1_000;

/// One thing to be adjusted.
#[derive(Clone, Debug, PartialEq)]
pub struct Adjustment {
    /// The version that was seen; if it is another by now, the adjustment is refused.
    pub version: Option<Version>,
    /// What, and how.
    pub kind: AdjustmentKind,
}

/// What is adjusted, and how.
#[derive(Clone, Debug, PartialEq)]
pub enum AdjustmentKind {
    /// A direct credit. What was rolled up or shared from it follows.
    Credit(CreditId, CreditAction),
    /// A version of a transaction.
    Transaction(TransactionId, TransactionAction),
    /// The newest version of a transaction. Who asks this way says the same however often it has
    /// been adjusted meanwhile: a repeat of the request is one.
    TransactionOf(TransactionKey, TransactionAction),
}

/// What is done to a credit.
#[derive(Clone, Debug, PartialEq)]
pub enum CreditAction {
    /// Some of its values change.
    Change(CreditPatch),
    /// Several take its place; the percents of a revenue credit total 100.
    Split(Vec<SplitPart>),
    /// Another participant gets it.
    Transfer(ParticipantId),
    /// Nothing takes its place.
    Cancel,
}

/// New values of a credit; what is not named stays.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CreditPatch {
    /// The amount, in operating currency.
    pub amount: Option<Money>,
    /// How many.
    pub quantity: Option<Decimal>,
    /// Whose. Another participant makes it a transfer.
    pub participant: Option<ParticipantId>,
    /// Split percent, for people to read.
    pub percent: Option<Decimal>,
    /// Revenue or non-revenue.
    pub revenue: Option<bool>,
    /// Whether it rolls up.
    pub rolls_up: Option<bool>,
    /// Its category.
    pub category: Option<CategoryId>,
    /// Picks plan and period.
    pub credit_date: Option<Date>,
    /// Picks the hierarchy.
    pub roll_up_date: Option<Date>,
}

/// One of several credits that take the place of one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SplitPart {
    /// Whose.
    pub participant: ParticipantId,
    /// What percent of the credit.
    pub percent: Decimal,
}

/// What is done to a transaction.
#[derive(Clone, Debug, PartialEq)]
pub enum TransactionAction {
    /// Some of its values change: it and its credits become obsolete, and a new version is credited.
    Change(Box<TransactionPatch>),
    /// It and all its credits are cancelled.
    Cancel,
    /// Whether crediting keeps its credits whatever the rules say.
    PreserveCredits(bool),
}

/// New values of a transaction; what is not named stays.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TransactionPatch {
    /// When the sale happened.
    pub event_date: Option<Date>,
    /// The amount, in the currency of the source.
    pub amount: Option<Money>,
    /// How many.
    pub quantity: Option<Decimal>,
    /// Attributes that change; `None` takes one away.
    pub attributes: BTreeMap<AttributeName, Option<Value>>,
    /// Whether nothing is done with it.
    pub hold: Option<bool>,
}

//! Collecting transactions: rows against what is stored.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use uuid::Uuid;

use super::decided::{Collected, Decisions};
use super::fields::{known_category, missing, settings};
use super::newest::{is_older, newest};
use super::raw_transaction::IncomingTransaction;
use super::stored::{Stored, converted, is_cancelled, open_period_at, refuse_closed};
use crate::credit::{Credit, LeftBecause};
use crate::definition::DefinitionSet;
use crate::expression::Value;
use crate::ids::{AttributeName, CategoryId, PeriodId, TransactionId};
use crate::money::Money;
use crate::refusal::{Reason, Refusal};
use crate::time::{Date, Instant};
use crate::transaction::{Transaction, TransactionFlags, TransactionKey, TransactionStatus};
use crate::working::Circumstances;

/// A new version, in the place of the stored one if there is any.
struct Made<'a> {
    transaction: Transaction,
    old: Option<&'a Transaction>,
    /// Why the stored one's credits no longer count.
    because: LeftBecause,
}

/// What a row comes to.
enum Decision<'a> {
    /// Older than what is stored.
    Older,
    /// Says what is stored.
    Unchanged,
    /// There is a new version.
    Made(Box<Made<'a>>),
    /// The stored one is cancelled.
    Cancelled(&'a Transaction),
}

/// Decides what rows of transactions change. `existing` has the newest version of each of their
/// keys, cancelled ones included, and `credits_of_existing` the credits of those versions.
#[must_use]
pub fn collect(
    set: &DefinitionSet,
    rows: Vec<(u64, IncomingTransaction)>,
    existing: &[Transaction],
    credits_of_existing: &[Credit],
    circumstances: &mut Circumstances<'_>,
) -> Collected {
    let stored = Stored::new(existing, credits_of_existing);
    let mut decisions = Decisions::default();
    decisions.collected.counts.read = rows.len() as u64;
    let (rows, lost) = newest(rows, |a, b| a.key.cmp(&b.key), |row| row.source_updated_at);
    decisions.collected.counts.superseded = lost;
    let mut made: BTreeMap<PeriodId, Vec<Made<'_>>> = BTreeMap::new();
    let mut cancelled = Vec::new();
    for (at, row) in rows {
        let old = stored.transaction(&row.key);
        let counts = &mut decisions.collected.counts;
        let decision = decide(set, row, old, circumstances).and_then(|decision| {
            let credits = old.map(|old| stored.credits(old.id)).unwrap_or_default();
            refuse_closed_credits(set, &decision, credits)?;
            Ok(decision)
        });
        match decision {
            Ok(Decision::Older) => counts.superseded += 1,
            Ok(Decision::Unchanged) => counts.unchanged += 1,
            Ok(Decision::Made(new)) => {
                counts.stored += 1;
                made.entry(new.transaction.period.clone())
                    .or_default()
                    .push(*new);
            }
            Ok(Decision::Cancelled(old)) => {
                counts.stored += 1;
                cancelled.push(old);
            }
            Err(refusal) => decisions.reject(at, refusal),
        }
    }
    for new in made.into_values().flatten() {
        if let Some(old) = new.old {
            let credits = stored.credits(old.id).iter().copied();
            decisions.obsolete(credits, new.because, circumstances);
        }
        decisions.make(new.transaction, new.old, circumstances);
    }
    for old in cancelled {
        let credits = stored.credits(old.id).iter().copied();
        decisions.obsolete(credits, LeftBecause::Cancelled, circumstances);
        decisions.cancel(old, circumstances);
    }
    decisions.finish(circumstances)
}

/// What is credited in a closed period stands there: its sale does not change until that is opened.
fn refuse_closed_credits(
    set: &DefinitionSet,
    decision: &Decision<'_>,
    credits: &[&Credit],
) -> Result<(), Refusal> {
    match decision {
        Decision::Older | Decision::Unchanged => Ok(()),
        Decision::Made(_) | Decision::Cancelled(_) => credits
            .iter()
            .filter(|credit| credit.obsolete.is_none())
            .try_for_each(|credit| refuse_closed(set, &credit.period)),
    }
}

/// What became of a stored transaction that somebody amended by hand.
pub(crate) struct Amended {
    /// Whether anything changed.
    pub(crate) changed: bool,
    /// The new version; none when it was cancelled for good.
    pub(crate) after: Option<Transaction>,
}

/// Decides what a row changes that somebody gave for a stored transaction, as if the source had sent
/// it. `credits` are those of the stored version that count.
pub(crate) fn amend(
    set: &DefinitionSet,
    row: IncomingTransaction,
    old: &Transaction,
    credits: &[&Credit],
    decisions: &mut Decisions,
    now: &mut Circumstances<'_>,
) -> Result<Amended, Refusal> {
    let decision = decide(set, row, Some(old), now)?;
    refuse_closed_credits(set, &decision, credits)?;
    let credits = || credits.iter().copied();
    match decision {
        Decision::Older | Decision::Unchanged => Ok(Amended {
            changed: false,
            after: None,
        }),
        Decision::Made(new) => {
            decisions.obsolete(credits(), new.because, now);
            let mut after = new.transaction.clone();
            after.id = decisions.make(new.transaction, Some(old), now);
            Ok(Amended {
                changed: true,
                after: Some(after),
            })
        }
        Decision::Cancelled(old) => {
            decisions.obsolete(credits(), LeftBecause::Cancelled, now);
            decisions.cancel(old, now);
            Ok(Amended {
                changed: true,
                after: None,
            })
        }
    }
}

fn decide<'a>(
    set: &DefinitionSet,
    row: IncomingTransaction,
    old: Option<&'a Transaction>,
    now: &Circumstances<'_>,
) -> Result<Decision<'a>, Refusal> {
    let as_zero = settings(set)?.collect_cancellations_as_zero;
    let cancels = row.cancelled;
    let (mut content, key) = Content::of(row, old);
    let Some(old) = old else {
        if cancels && !as_zero {
            let text = format!("cancels `{key}`, which is not stored");
            return Err(Refusal::new(Reason::NotFound, text).at("number"));
        }
        if cancels {
            content.become_zero();
        }
        return made(set, key, content, None, LeftBecause::Adjusted, now);
    };
    if is_older(content.source_updated_at, old.source_updated_at) {
        return Ok(Decision::Older);
    }
    match (is_cancelled(old), cancels) {
        (true, true) => Ok(Decision::Unchanged),
        // An old file that is read again does not bring back what was cancelled.
        (true, false)
            if content.source_updated_at.is_some()
                && content.source_updated_at == old.source_updated_at =>
        {
            Ok(Decision::Older)
        }
        (true, false) => made(set, key, content, Some(old), LeftBecause::Adjusted, now),
        (false, true) if as_zero => {
            let mut zero = Content::stored(old);
            zero.source_updated_at = content.source_updated_at.or(old.source_updated_at);
            zero.become_zero();
            if zero.is_said_by(old) {
                return Ok(Decision::Unchanged);
            }
            made(set, key, zero, Some(old), LeftBecause::Cancelled, now)
        }
        (false, true) => {
            refuse_closed(set, &old.period)?;
            Ok(Decision::Cancelled(old))
        }
        (false, false) if content.is_said_by(old) => Ok(Decision::Unchanged),
        (false, false) => {
            refuse_closed(set, &old.period)?;
            made(set, key, content, Some(old), LeftBecause::Adjusted, now)
        }
    }
}

/// What one version of a transaction says.
struct Content {
    event_date: Option<Date>,
    amount: Money,
    quantity: Decimal,
    attributes: BTreeMap<AttributeName, Value>,
    source_updated_at: Option<Instant>,
    flags: TransactionFlags,
    /// Only where it is given for good: what rules gave is no content.
    category: Option<CategoryId>,
}

impl Content {
    /// What a row says. What it does not mention of flags and a given category stays.
    fn of(row: IncomingTransaction, old: Option<&Transaction>) -> (Self, TransactionKey) {
        let flags = row.flags.over(old.map(|old| old.flags).unwrap_or_default());
        let kept = old.filter(|old| old.flags.do_not_classify);
        let category = row
            .category
            .or_else(|| kept.and_then(|old| old.category.clone()));
        let content = Self {
            event_date: row.event_date,
            amount: row.amount,
            quantity: row.quantity,
            attributes: row.attributes,
            source_updated_at: row.source_updated_at,
            flags,
            category: category.filter(|_| flags.do_not_classify),
        };
        (content, row.key)
    }

    fn stored(old: &Transaction) -> Self {
        Self {
            event_date: Some(old.event_date),
            amount: old.amount,
            quantity: old.quantity,
            attributes: old.attributes.clone(),
            source_updated_at: old.source_updated_at,
            flags: old.flags,
            category: old.category.clone().filter(|_| old.flags.do_not_classify),
        }
    }

    fn become_zero(&mut self) {
        self.amount = Money::zero(self.amount.currency);
        self.quantity = Decimal::ZERO;
    }

    /// When the source touched it is no content: a source that stamps every row at every export
    /// must not make new versions of everything.
    fn is_said_by(&self, old: &Transaction) -> bool {
        self.event_date == Some(old.event_date)
            && self.amount == old.amount
            && self.quantity == old.quantity
            && self.flags == old.flags
            && (!self.flags.do_not_classify || self.category == old.category)
            && self.attributes == old.attributes
    }
}

fn made<'a>(
    set: &DefinitionSet,
    key: TransactionKey,
    content: Content,
    old: Option<&'a Transaction>,
    because: LeftBecause,
    now: &Circumstances<'_>,
) -> Result<Decision<'a>, Refusal> {
    let event_date = content.event_date.ok_or_else(|| missing("event_date"))?;
    let period = open_period_at(set, event_date)?.clone();
    if content.flags.do_not_classify {
        let Some(category) = &content.category else {
            let text = "`do_not_classify` needs a category to be given";
            return Err(Refusal::new(Reason::CategoryRequired, text).at("category"));
        };
        known_category(set, category)?;
    }
    let (operating_amount, currency_rate) = converted(set, "amount", content.amount, event_date)?;
    let transaction = Transaction {
        // `Decisions::make` gives the ids, period by period.
        id: TransactionId(Uuid::nil()),
        key,
        event_date,
        period,
        amount: content.amount,
        operating_amount,
        currency_rate,
        quantity: content.quantity,
        attributes: content.attributes,
        source_updated_at: content.source_updated_at,
        flags: content.flags,
        status: TransactionStatus::New,
        category: content.category,
        replaces: None,
        replaced_by: None,
        stamp: now.stamp(),
    };
    Ok(Decision::Made(Box::new(Made {
        transaction,
        old,
        because,
    })))
}

//! Collecting ready-made credits: their transactions are made if missing, and preserve them.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use uuid::Uuid;

use super::decided::{Collected, Decisions};
use super::fields::known_category;
use super::newest::{Row, is_older, newest};
use super::raw_credit::IncomingCredit;
use super::stored::{Stored, converted, is_cancelled, open_period_at, refuse_closed};
use crate::credit::{Credit, CreditKind, CreditOrigin, CreditStatus, LeftBecause};
use crate::definition::DefinitionSet;
use crate::ids::{CreditId, LineageId, PeriodId, TransactionId};
use crate::money::{Money, add, check_number};
use crate::refusal::{Reason, Refusal};
use crate::time::Instant;
use crate::transaction::{Transaction, TransactionFlags, TransactionKey, TransactionStatus};
use crate::working::Circumstances;

/// A transaction's amount, the same in operating currency, and the rate between the two.
type Whole = (Money, Money, Decimal);

/// A row that has passed, with what it became in operating currency.
struct Passed<'a> {
    at: u64,
    row: IncomingCredit,
    period: PeriodId,
    operating: Money,
    rate: Decimal,
    /// The amount of its transaction, if the row gives it.
    whole: Option<Whole>,
    /// The live credit that it replaces.
    old: Option<&'a Credit>,
}

/// Credits for a transaction that is made with them.
struct Group<'a> {
    transaction: Transaction,
    cancelled: Option<&'a Transaction>,
    credits: Vec<Passed<'a>>,
}

/// Decides what rows of ready-made credits change. Arguments as for `collect`. The rows of one
/// transaction that has to be made belong into one call, or should name the transaction's amount.
/// A transaction that is stored already keeps what it says.
#[must_use]
pub fn collect_credits(
    set: &DefinitionSet,
    rows: Vec<(u64, IncomingCredit)>,
    existing: &[Transaction],
    credits_of_existing: &[Credit],
    circumstances: &mut Circumstances<'_>,
) -> Collected {
    let stored = Stored::new(existing, credits_of_existing);
    let mut decisions = Decisions::default();
    decisions.collected.counts.read = rows.len() as u64;
    let by_key = |a: &IncomingCredit, b: &IncomingCredit| {
        (&a.key, &a.participant).cmp(&(&b.key, &b.participant))
    };
    let (rows, lost) = newest(rows, by_key, |row| row.source_updated_at);
    decisions.collected.counts.superseded = lost;
    let mut by_transaction: BTreeMap<TransactionKey, Vec<Row<IncomingCredit>>> = BTreeMap::new();
    for row in rows {
        by_transaction
            .entry(row.1.key.clone())
            .or_default()
            .push(row);
    }
    let mut made: BTreeMap<PeriodId, Vec<Group<'_>>> = BTreeMap::new();
    for (key, rows) in by_transaction {
        let old = stored.transaction(&key);
        if let Some(live) = old.filter(|old| !is_cancelled(old)) {
            let passed = pass(set, rows, Some(live), &stored, &mut decisions);
            add_to(live, passed, &stored, &mut decisions, circumstances);
            continue;
        }
        let credits = pass(set, rows, None, &stored, &mut decisions);
        match transaction_of(key, &credits, old, circumstances) {
            Ok(Some(transaction)) => {
                let group = Group {
                    transaction,
                    cancelled: old,
                    credits,
                };
                made.entry(group.transaction.period.clone())
                    .or_default()
                    .push(group);
            }
            Ok(None) => {}
            Err(refusal) => {
                credits
                    .iter()
                    .for_each(|one| decisions.reject(one.at, refusal.clone()));
            }
        }
    }
    for group in made.into_values().flatten() {
        let flags = group.transaction.flags;
        let id = decisions.make(group.transaction, group.cancelled, circumstances);
        for credit in group.credits {
            give((id, flags), credit, &stored, &mut decisions, circumstances);
        }
    }
    decisions.collected.rejected.sort_by_key(|(at, _)| *at);
    decisions.finish(circumstances)
}

/// Adds credits to a transaction that is stored.
fn add_to(
    live: &Transaction,
    passed: Vec<Passed<'_>>,
    stored: &Stored<'_>,
    decisions: &mut Decisions,
    now: &mut Circumstances<'_>,
) {
    if !passed.is_empty() {
        decisions.preserve(live, now);
    }
    for credit in passed {
        give((live.id, live.flags), credit, stored, decisions, now);
    }
}

/// The rows that change something; the others are counted.
fn pass<'a>(
    set: &DefinitionSet,
    rows: Vec<Row<IncomingCredit>>,
    transaction: Option<&Transaction>,
    stored: &Stored<'a>,
    decisions: &mut Decisions,
) -> Vec<Passed<'a>> {
    let mut passed = Vec::with_capacity(rows.len());
    for (at, row) in rows {
        let live = transaction
            .map(|t| stored.credits(t.id))
            .unwrap_or_default();
        let is_same = |credit: &&&Credit| {
            credit.obsolete.is_none()
                && credit.kind == CreditKind::Direct
                && credit.participant == row.participant
        };
        let old = live.iter().find(is_same).copied();
        let before = old.and(transaction).and_then(|t| t.source_updated_at);
        let counts = &mut decisions.collected.counts;
        if is_older(row.source_updated_at, before) {
            counts.superseded += 1;
            continue;
        }
        match check(set, &row, old) {
            Ok(None) => counts.unchanged += 1,
            Ok(Some(checked)) => passed.push(checked.passed(at, row, old)),
            Err(refusal) => decisions.reject(at, refusal),
        }
    }
    passed
}

/// What the check of a row found out.
struct Checked {
    period: PeriodId,
    operating: Money,
    rate: Decimal,
    whole: Option<Whole>,
}

impl Checked {
    fn passed(self, at: u64, row: IncomingCredit, old: Option<&Credit>) -> Passed<'_> {
        let Self {
            period,
            operating,
            rate,
            whole,
        } = self;
        Passed {
            at,
            row,
            period,
            operating,
            rate,
            whole,
            old,
        }
    }
}

/// `None` when the row says what is stored: then nothing changes, whatever became of period and
/// participant since.
fn check(
    set: &DefinitionSet,
    row: &IncomingCredit,
    old: Option<&Credit>,
) -> Result<Option<Checked>, Refusal> {
    let (operating, rate) = converted(set, "amount", row.amount, row.event_date)?;
    if old.is_some_and(|old| says(old, row, operating)) {
        return Ok(None);
    }
    let period = open_period_at(set, row.event_date)?.clone();
    if let Some(old) = old {
        refuse_closed(set, &old.period)?;
    }
    if set
        .active_participant(&row.participant, row.event_date)
        .is_none()
    {
        let text = format!(
            "there is no participant `{}` on {}",
            row.participant, row.event_date
        );
        let refusal = Refusal::new(Reason::UnknownParticipant, text).at("participant");
        return Err(refusal.with("participant", &row.participant));
    }
    if let Some(category) = &row.category {
        known_category(set, category)?;
    }
    let whole = row.transaction_amount.map(|whole| {
        let (operating, rate) = converted(set, "transaction_amount", whole, row.event_date)?;
        Ok((whole, operating, rate))
    });
    Ok(Some(Checked {
        period,
        operating,
        rate,
        whole: whole.transpose()?,
    }))
}

/// Whether a stored credit says what a row says. A row without a category leaves it open.
fn says(old: &Credit, row: &IncomingCredit, operating: Money) -> bool {
    old.origin == CreditOrigin::Given
        && old.amount == operating
        && old.quantity == row.quantity
        && old.percent == row.percent
        && old.revenue == row.revenue
        && old.rolls_up == row.rolls_up
        && old.credit_date == row.event_date
        && (row.category.is_none() || row.category == old.category)
}

/// The transaction that a group of credits needs.
fn transaction_of(
    key: TransactionKey,
    passed: &[Passed<'_>],
    cancelled: Option<&Transaction>,
    now: &Circumstances<'_>,
) -> Result<Option<Transaction>, Refusal> {
    let Some(first) = passed.first() else {
        return Ok(None);
    };
    let whole = passed.iter().find_map(|one| one.whole);
    let (amount, operating_amount, currency_rate) = match whole {
        Some(whole) => whole,
        None => revenue_sum(first, passed)?,
    };
    let quantity = passed.iter().filter(|one| one.row.revenue);
    let quantity = checked_sum(quantity.map(|one| one.row.quantity))?;
    // The earliest: of a row that is older than that, it is certain that it is older.
    let updates: Option<Vec<Instant>> =
        passed.iter().map(|one| one.row.source_updated_at).collect();
    let all_given = passed.iter().all(|one| one.row.category.is_some());
    let mut flags = cancelled.map(|old| old.flags).unwrap_or_default();
    flags.preserve_credits = true;
    flags.do_not_classify = all_given;
    Ok(Some(Transaction {
        id: TransactionId(Uuid::nil()),
        key,
        event_date: first.row.event_date,
        period: first.period.clone(),
        amount,
        operating_amount,
        currency_rate,
        quantity,
        attributes: BTreeMap::new(),
        source_updated_at: updates.and_then(|updates| updates.into_iter().min()),
        flags,
        status: TransactionStatus::New,
        category: first.row.category.clone().filter(|_| all_given),
        replaces: None,
        replaced_by: None,
        stamp: now.stamp(),
    }))
}

/// What revenue credits add up to: in their currency if they have one, else in operating currency.
fn revenue_sum(first: &Passed<'_>, passed: &[Passed<'_>]) -> Result<Whole, Refusal> {
    let revenue = || passed.iter().filter(|one| one.row.revenue);
    let operating = checked_sum(revenue().map(|one| one.operating.amount))?;
    let operating = Money::new(operating, first.operating.currency);
    let currency = first.row.amount.currency;
    if passed.iter().any(|one| one.row.amount.currency != currency) {
        return Ok((operating, operating, Decimal::ONE));
    }
    let amount = checked_sum(revenue().map(|one| one.row.amount.amount))?;
    Ok((Money::new(amount, currency), operating, first.rate))
}

fn checked_sum(mut parts: impl Iterator<Item = Decimal>) -> Result<Decimal, Refusal> {
    let too_large = |wrong: &dyn std::fmt::Display| {
        let text = format!("the sum of the transaction's revenue credits: {wrong}");
        Refusal::new(Reason::OutOfRange, text).at("amount")
    };
    let sum = parts
        .try_fold(Decimal::ZERO, add)
        .map_err(|wrong| too_large(&wrong))?;
    check_number(sum).map_err(|wrong| too_large(&wrong))
}

/// Stores one credit, in the place of the one it replaces.
fn give(
    (transaction, flags): (TransactionId, TransactionFlags),
    passed: Passed<'_>,
    stored: &Stored<'_>,
    decisions: &mut Decisions,
    now: &mut Circumstances<'_>,
) {
    decisions.collected.counts.stored += 1;
    let id = CreditId(now.id());
    let adjusted_from = passed.old.map(|old| old.id);
    let (lineage, stamp) = match passed.old {
        Some(old) => {
            let is_made_from = |credit: &&&Credit| match &credit.origin {
                CreditOrigin::From { source, .. } => *source == Some(old.id),
                CreditOrigin::Rule { .. } | CreditOrigin::Given => credit.id == old.id,
            };
            let replaced = stored
                .credits(transaction)
                .iter()
                .filter(is_made_from)
                .copied();
            decisions.obsolete(replaced, LeftBecause::Adjusted, now);
            (old.lineage, now.succeed(&old.stamp))
        }
        None => (LineageId(now.id()), now.stamp()),
    };
    let row = passed.row;
    decisions.give(Credit {
        id,
        lineage,
        adjusted_from,
        transaction: Some(transaction),
        key: row.key,
        participant: row.participant,
        kind: CreditKind::Direct,
        origin: CreditOrigin::Given,
        amount: passed.operating,
        quantity: row.quantity,
        percent: row.percent,
        revenue: row.revenue,
        rolls_up: row.rolls_up,
        calculates: !flags.do_not_calculate,
        credit_date: row.event_date,
        roll_up_date: row.event_date,
        period: passed.period,
        category: row.category,
        status: CreditStatus::Credited,
        obsolete: None,
        stamp,
    });
}

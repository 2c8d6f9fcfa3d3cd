//! Filling one participant's sheet: which parts of which earnings, at which rate, to which total.
//! A sheet that is filled anew shows what a new one would; lines that stay keep id and hold.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;

use super::book::PartBook;
use super::decided::Decided;
use super::drop::book_of;
use super::hold::release_to_next_batch;
use super::parts::part_amount;
use super::rewards::RewardFacts;
use super::settling::{Settled, SheetToSettle, Takes, sums_of_rewards};
use crate::change::Guard;
use crate::definition::{DefinitionSet, Settings};
use crate::earning::{Earning, EarningKey};
use crate::ids::{EarningId, LineId, ParticipantId, PaysheetId};
use crate::money::{Currency, Money, add, check_number, multiply};
use crate::payment::{LineKind, PaymentBatch, PaymentLine, Paysheet, PaysheetStatus};
use crate::payment_plan::SheetOutcome;
use crate::refusal::{Reason, Refusal, RowError};
use crate::reward::Reward;
use crate::working::{Circumstances, RowFailure};

/// A line that was held when its batch was paid, and whose earning was calculated anew since: the
/// hold moves on to the new earning.
#[derive(Clone, Debug)]
pub struct StaleHold {
    /// The paid batch.
    pub batch: PaymentBatch,
    /// The sheet.
    pub sheet: Paysheet,
    /// The held line; the book of its earning is among the books.
    pub line: PaymentLine,
}

/// What is known about one participant of a batch.
#[derive(Debug)]
pub struct FillSheet {
    /// Whose.
    pub participant: ParticipantId,
    /// The sheet in the batch, if there is one.
    pub sheet: Option<Paysheet>,
    /// Its lines.
    pub lines: Vec<PaymentLine>,
    /// The earnings of these lines, of stale holds, and all that have parts due and not taken.
    pub books: BTreeMap<EarningId, PartBook>,
    /// The participant's stale holds.
    pub stale_holds: Vec<StaleHold>,
    /// The participant's rewards.
    pub rewards: RewardFacts,
}

/// A part that the sheet is to show.
struct Part<'a> {
    earning: &'a Earning,
    number: u16,
    rate: Decimal,
    amount: Money,
    pay_amount: Money,
}

/// Fills a participant's sheet, for the first time or anew. What cannot be taken is named among the
/// failures and stays unpaid. Sheets that are locked or further on stay as they are.
///
/// # Errors
/// `INTERNAL` without settings; `STORE_CORRUPT`, `OVERFLOW` of a sheet's sums.
pub fn fill_sheet(
    set: &DefinitionSet,
    batch: &PaymentBatch,
    fill: FillSheet,
    circumstances: &mut Circumstances<'_>,
    decided: &mut Decided,
) -> Result<(), Refusal> {
    let settings = set.settings.as_ref().ok_or_else(no_settings)?;
    if fill
        .sheet
        .as_ref()
        .is_some_and(|sheet| sheet.status != PaysheetStatus::Unpaid)
    {
        return Ok(());
    }
    let terms = terms_of(set, settings, batch, &fill.participant).unwrap_or_else(|error| {
        decided.failures.push(failure(&fill.participant, error));
        None
    });
    let parts = match terms {
        Some(terms) => parts_of(set, settings, batch, &fill, terms, decided),
        None => Vec::new(),
    };
    let paysheet = match &fill.sheet {
        Some(sheet) => sheet.id,
        None => PaysheetId(circumstances.id()),
    };
    let lines = lines_of(batch, paysheet, parts, &fill, circumstances);
    let takes = match terms {
        Some(_) => Takes::WhatIsDue,
        None => Takes::Nothing,
    };
    let to_settle = SheetToSettle {
        set,
        settings,
        batch,
        participant: &fill.participant.clone(),
        paysheet,
        lines,
        terms,
        takes,
    };
    finish(to_settle, fill, circumstances, decided)
}

/// Settles a sheet that is to have these lines, and writes what changed. What cannot be settled is
/// named among the failures and stays as it is.
pub(super) fn finish(
    mut to_settle: SheetToSettle<'_>,
    mut fill: FillSheet,
    circumstances: &mut Circumstances<'_>,
    decided: &mut Decided,
) -> Result<(), Refusal> {
    let mut of_rewards = Decided::default();
    let settled = to_settle.settle(&fill.rewards, circumstances, &mut of_rewards);
    let settled = match settled {
        Ok(settled) => settled,
        Err(refusal) if refusal.reason == Reason::Overflow => {
            let error = RowError::from(refusal);
            decided.failures.push(failure(&fill.participant, error));
            return Ok(());
        }
        Err(refusal) => return Err(refusal),
    };
    decided.absorb(of_rewards);
    let mut lines = std::mem::take(&mut to_settle.lines);
    if let SheetOutcome::Carried(would_be) = settled.outcome {
        let text = format!("the sheet would be {would_be}; what is on it waits for the next one");
        let error = RowError::new(Reason::NegativeSheet, text);
        decided.failures.push(failure(&fill.participant, error));
        lines.retain(|line| line.held);
    }
    move_holds_on(&mut fill, &lines, circumstances, decided)?;
    write_lines(&mut fill, &lines, decided)?;
    write_sheet(&to_settle, &fill, &lines, settled, circumstances, decided)?;
    let archive = to_settle.settings.archive_updated_credits;
    for book in fill.books.into_values() {
        book.close(&to_settle.set.calendar, archive, circumstances, decided)?;
    }
    Ok(())
}

pub(super) fn no_settings() -> Refusal {
    Refusal::new(Reason::Internal, "definitions without settings")
}

fn failure(participant: &ParticipantId, error: RowError) -> RowFailure {
    RowFailure {
        subject: format!("participant {participant}"),
        error,
    }
}

/// The pay currency of a participant of the batch's group, and the rate at the pay date; nothing
/// for somebody who is not in the group (any more).
fn terms_of(
    set: &DefinitionSet,
    settings: &Settings,
    batch: &PaymentBatch,
    participant: &ParticipantId,
) -> Result<Option<(Currency, Decimal)>, RowError> {
    let person = set.participants.get(participant);
    let Some(person) = person.filter(|one| one.pay_group.as_ref() == Some(&batch.pay_group)) else {
        return Ok(None);
    };
    let from = settings.operating_currency;
    let to = person.pay_currency.unwrap_or(from);
    match set.rates.rate_at(from, to, batch.pay_date) {
        Some(rate) => Ok(Some((to, rate))),
        None => {
            let text = format!("no rate converts {from} to {to} on {}", batch.pay_date);
            Err(RowError::new(Reason::MissingCurrencyRate, text))
        }
    }
}

/// Every part that is due, in (date, earning, part) order.
fn parts_of<'a>(
    set: &DefinitionSet,
    settings: &Settings,
    batch: &PaymentBatch,
    fill: &'a FillSheet,
    (currency, rate): (Currency, Decimal),
    decided: &mut Decided,
) -> Vec<Part<'a>> {
    let mut on_sheet: BTreeMap<EarningId, BTreeSet<u16>> = BTreeMap::new();
    for line in &fill.lines {
        on_sheet
            .entry(line.earning)
            .or_default()
            .insert(line.instalment);
    }
    let none = BTreeSet::new();
    let mut books: Vec<_> = fill.books.values().collect();
    books.sort_by_key(|book| (book.earning().date, book.id()));
    let mut parts = Vec::new();
    for book in books {
        let earning = book.earning();
        let own = on_sheet.get(&earning.id).unwrap_or(&none);
        for number in book.payable_parts(&set.calendar, batch.pay_date, own) {
            match convert(earning, number, settings, currency, rate) {
                Some(Ok((amount, pay_amount))) => {
                    parts.push(Part {
                        earning,
                        number,
                        rate,
                        amount,
                        pay_amount,
                    });
                }
                Some(Err(error)) => {
                    let subject = format!("earning {} of {}", earning.id, fill.participant);
                    decided.failures.push(RowFailure { subject, error });
                }
                None => {}
            }
        }
    }
    parts
}

fn kind_of(earning: &Earning) -> LineKind {
    match earning.reversal_of {
        Some(_) => LineKind::Reversal,
        None => LineKind::Earning,
    }
}

/// A part in operating and pay currency; nothing for an earning without an amount.
fn convert(
    earning: &Earning,
    number: u16,
    settings: &Settings,
    currency: Currency,
    rate: Decimal,
) -> Option<Result<(Money, Money), RowError>> {
    let whole = earning.amount()?;
    let too_large = |what: String| RowError::new(Reason::Overflow, what);
    let count = earning.instalments.count;
    Some(
        part_amount(whole, number, count, settings.rounding)
            .and_then(|amount| Ok((amount, multiply(amount.amount, rate)?)))
            .map_err(|error| too_large(error.to_string()))
            .and_then(|(amount, exact)| {
                let pay_amount = settings.rounding.money(exact, currency);
                match check_number(pay_amount.amount) {
                    Ok(_) => Ok((amount, pay_amount)),
                    Err(error) => Err(too_large(format!("{pay_amount} {error}"))),
                }
            }),
    )
}

/// The lines that show these parts. A part that stands on the sheet keeps its line.
fn lines_of(
    batch: &PaymentBatch,
    paysheet: PaysheetId,
    parts: Vec<Part<'_>>,
    fill: &FillSheet,
    circumstances: &mut Circumstances<'_>,
) -> Vec<PaymentLine> {
    let standing: BTreeMap<_, _> = fill
        .lines
        .iter()
        .map(|line| ((line.earning, line.instalment), line))
        .collect();
    let held_keys = held_keys(fill);
    let mut line_of = |part: Part<'_>| {
        let old = standing.get(&(part.earning.id, part.number));
        let line = PaymentLine {
            id: old.map_or_else(|| LineId(circumstances.id()), |old| old.id),
            paysheet,
            batch: batch.id,
            participant: fill.participant.clone(),
            kind: kind_of(part.earning),
            earning: part.earning.id,
            instalment: part.number,
            plan: part.earning.key.plan.clone(),
            component: part.earning.key.component.clone(),
            earning_period: part.earning.period.clone(),
            date: part.earning.date,
            amount: part.amount,
            currency_rate: part.rate,
            pay_amount: part.pay_amount,
            held: old.map_or_else(|| held_keys.contains(&part.earning.key), |old| old.held),
            stamp: old.map_or_else(|| circumstances.stamp(), |old| old.stamp.clone()),
        };
        match old {
            Some(old) if **old != line => PaymentLine {
                stamp: circumstances.touch(&old.stamp),
                ..line
            },
            Some(_) | None => line,
        }
    };
    parts.into_iter().map(&mut line_of).collect()
}

/// What was held and has been calculated anew stays held.
fn held_keys(fill: &FillSheet) -> BTreeSet<&EarningKey> {
    let stale = fill.stale_holds.iter().map(|hold| &hold.line);
    let held = fill.lines.iter().filter(|line| line.held).chain(stale);
    held.filter_map(|line| fill.books.get(&line.earning))
        .filter(|book| book.earning().obsolete.is_some())
        .map(|book| &book.earning().key)
        .collect()
}

/// Takes stale holds whose key is held on this sheet now off the sheets of the past.
fn move_holds_on(
    fill: &mut FillSheet,
    lines: &[PaymentLine],
    circumstances: &mut Circumstances<'_>,
    decided: &mut Decided,
) -> Result<(), Refusal> {
    let key_of = |line: &PaymentLine| Some(&fill.books.get(&line.earning)?.earning().key);
    let now_held: BTreeSet<_> = lines.iter().filter(|l| l.held).filter_map(key_of).collect();
    let moved = fill
        .stale_holds
        .iter()
        .filter(|hold| key_of(&hold.line).is_some_and(|key| now_held.contains(key)));
    let mut by_sheet: BTreeMap<PaysheetId, (&StaleHold, Vec<PaymentLine>)> = BTreeMap::new();
    for hold in moved {
        let entry = by_sheet
            .entry(hold.sheet.id)
            .or_insert_with(|| (hold, Vec::new()));
        entry.1.push(hold.line.clone());
    }
    for (hold, lines) in by_sheet.into_values() {
        let (batch, sheet) = (&hold.batch, &hold.sheet);
        release_to_next_batch(
            batch,
            sheet,
            &lines,
            &mut fill.books,
            circumstances,
            decided,
        )?;
    }
    Ok(())
}

/// Writes what changed among the lines, and notes in the books what was taken and put back.
fn write_lines(
    fill: &mut FillSheet,
    lines: &[PaymentLine],
    decided: &mut Decided,
) -> Result<(), Refusal> {
    let staying: BTreeSet<LineId> = lines.iter().map(|line| line.id).collect();
    for line in fill.lines.iter().filter(|line| !staying.contains(&line.id)) {
        book_of(&mut fill.books, line)?.put_back(line.instalment);
        decided
            .guards
            .push(Guard::LineAt(line.id, line.stamp.version));
        decided.changes.lines_deleted.push(line.id);
    }
    let standing: BTreeMap<LineId, &PaymentLine> =
        fill.lines.iter().map(|line| (line.id, line)).collect();
    for line in lines {
        match standing.get(&line.id) {
            Some(old) if *old == line => continue,
            Some(old) => decided
                .guards
                .push(Guard::LineAt(old.id, old.stamp.version)),
            None => book_of(&mut fill.books, line)?.take(line.instalment, line.amount),
        }
        decided.changes.lines.push(line.clone());
    }
    Ok(())
}

/// Writes the sheet if it changed; one that shows nothing, and from which payment plans need not go
/// on, is deleted.
fn write_sheet(
    of: &SheetToSettle<'_>,
    fill: &FillSheet,
    lines: &[PaymentLine],
    settled: Settled,
    circumstances: &mut Circumstances<'_>,
    decided: &mut Decided,
) -> Result<(), Refusal> {
    if lines.is_empty() && settled.rewards.is_empty() && !settled.has_come_on {
        if let Some(sheet) = &fill.sheet {
            decided
                .guards
                .push(Guard::PaysheetAt(sheet.id, sheet.stamp.version));
            decided.changes.paysheets_deleted.push(sheet.id);
        }
        return Ok(());
    }
    let (total, held) = sums(&fill.participant, lines, &settled.rewards)?;
    let currency = currency_of(of, fill, lines, &settled.rewards);
    let sheet = Paysheet {
        id: of.paysheet,
        batch: of.batch.id,
        participant: fill.participant.clone(),
        status: PaysheetStatus::Unpaid,
        total: Money::new(total, currency),
        held: Money::new(held, currency),
        settlement: settled.kept,
        stamp: circumstances.stamp(),
    };
    let is_same = |old: &Paysheet| {
        (old.total, old.held) == (sheet.total, sheet.held) && old.settlement == sheet.settlement
    };
    match &fill.sheet {
        None => decided.changes.paysheets.push(sheet),
        Some(old) if is_same(old) => {}
        Some(old) => {
            let stamp = circumstances.touch(&old.stamp);
            decided.write_sheet(old, Paysheet { stamp, ..sheet });
        }
    }
    Ok(())
}

/// The currency that a sheet pays in.
fn currency_of(
    of: &SheetToSettle<'_>,
    fill: &FillSheet,
    lines: &[PaymentLine],
    rewards: &[Reward],
) -> Currency {
    let of_line = lines.first().map(|line| line.pay_amount.currency);
    let of_reward = rewards.iter().filter_map(Reward::line);
    of_line
        .or_else(|| of_reward.map(|line| line.pay_amount.currency).next())
        .or_else(|| of.terms.map(|(currency, _)| currency))
        .or_else(|| fill.sheet.as_ref().map(|sheet| sheet.total.currency))
        .unwrap_or(of.settings.operating_currency)
}

/// What lines and rewards pay, and what of them is held.
fn sums(
    participant: &ParticipantId,
    lines: &[PaymentLine],
    rewards: &[Reward],
) -> Result<(Decimal, Decimal), Refusal> {
    let (of_rewards, held_rewards) = sums_of_rewards(rewards)?;
    let sum = |held: bool, more: Decimal| {
        let amounts = lines.iter().filter(|line| line.held == held);
        amounts
            .map(|line| line.pay_amount.amount)
            .try_fold(more, add)
    };
    match (sum(false, of_rewards), sum(true, held_rewards)) {
        (Ok(total), Ok(held)) => Ok((total.normalize(), held.normalize())),
        (Err(error), _) | (_, Err(error)) => {
            let text = format!("the sheet of participant {participant}: {error}");
            Err(Refusal::new(Reason::Overflow, text).with("participant", participant))
        }
    }
}

//! Holding and releasing lines. A held line does not count in the sheet's total, and its part of
//! the earning stays taken. Released before the batch is paid, it counts again; released later, it
//! leaves the paid sheet (of whose total it never was) and its part goes back, so that the next
//! batch takes it: paid once.

use std::collections::BTreeMap;

use super::batch::{BatchAction, check_batch};
use super::book::PartBook;
use super::decided::Decided;
use super::drop::book_of;
use super::sheet::wrong_state;
use crate::change::Guard;
use crate::ids::EarningId;
use crate::money::{Money, MoneyError, add, subtract};
use crate::payment::{BatchStatus, PaymentBatch, PaymentLine, Paysheet, PaysheetStatus};
use crate::refusal::{Reason, Refusal};
use crate::working::Circumstances;

/// What people do with a payment line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LineAction {
    /// Leave it out of the payment until it is released.
    Hold,
    /// Let it be paid again.
    Release,
}

impl LineAction {
    /// Its name, for refusals and request contents.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Hold => "hold",
            Self::Release => "release",
        }
    }
}

/// Holds a line of an unpaid sheet in an unpaid batch.
///
/// # Errors
/// `WRONG_STATE`.
pub fn hold_line(
    batch: &PaymentBatch,
    sheet: &Paysheet,
    line: &PaymentLine,
    circumstances: &Circumstances<'_>,
    decided: &mut Decided,
) -> Result<(), Refusal> {
    check_batch(batch, BatchAction::Hold)?;
    check_held(line, LineAction::Hold)?;
    move_line(batch, sheet, line, LineAction::Hold, circumstances, decided)
}

/// Releases a line of an unpaid sheet in an unpaid batch: it counts again.
///
/// # Errors
/// `WRONG_STATE`; for a line of a paid batch see [`release_to_next_batch`].
pub fn release_line(
    batch: &PaymentBatch,
    sheet: &Paysheet,
    line: &PaymentLine,
    circumstances: &Circumstances<'_>,
    decided: &mut Decided,
) -> Result<(), Refusal> {
    check_batch(batch, BatchAction::Release)?;
    check_held(line, LineAction::Release)?;
    move_line(
        batch,
        sheet,
        line,
        LineAction::Release,
        circumstances,
        decided,
    )
}

fn check_held(line: &PaymentLine, action: LineAction) -> Result<(), Refusal> {
    let (fits, state) = match action {
        LineAction::Hold => (!line.held, "held already"),
        LineAction::Release => (line.held, "not held"),
    };
    if fits {
        return Ok(());
    }
    Err(
        Refusal::new(Reason::WrongState, format!("line {} is {state}", line.id))
            .with("line", line.id)
            .with("state", state)
            .with("action", action.name()),
    )
}

fn move_line(
    batch: &PaymentBatch,
    sheet: &Paysheet,
    line: &PaymentLine,
    action: LineAction,
    circumstances: &Circumstances<'_>,
    decided: &mut Decided,
) -> Result<(), Refusal> {
    if sheet.status != PaysheetStatus::Unpaid {
        return Err(wrong_state(sheet, action.name()));
    }
    let (held, moved) = match action {
        LineAction::Hold => (true, line.pay_amount.amount),
        LineAction::Release => (false, line.pay_amount.negated().amount),
    };
    let currency = sheet.total.currency;
    let sums = subtract(sheet.total.amount, moved)
        .and_then(|total| Ok((total, add(sheet.held.amount, moved)?)));
    let (total, held_sum) = sums.map_err(|error| sheet_overflow(sheet, error))?;
    decided
        .guards
        .push(Guard::BatchAt(batch.id, batch.stamp.version));
    decided
        .guards
        .push(Guard::LineAt(line.id, line.stamp.version));
    let now = Paysheet {
        total: Money::new(total, currency),
        held: Money::new(held_sum, currency),
        stamp: circumstances.touch(&sheet.stamp),
        ..sheet.clone()
    };
    decided.write_sheet(sheet, now);
    let stamp = circumstances.touch(&line.stamp);
    decided.changes.lines.push(PaymentLine {
        held,
        stamp,
        ..line.clone()
    });
    Ok(())
}

/// Takes held lines off a sheet of a paid batch, so that the next batch takes their parts.
///
/// # Errors
/// `WRONG_STATE` for a batch that is not paid or a line that is not held.
pub fn release_to_next_batch(
    batch: &PaymentBatch,
    sheet: &Paysheet,
    lines: &[PaymentLine],
    books: &mut BTreeMap<EarningId, PartBook>,
    circumstances: &Circumstances<'_>,
    decided: &mut Decided,
) -> Result<(), Refusal> {
    check_batch(batch, BatchAction::Release)?;
    if batch.status != BatchStatus::Paid {
        return Err(wrong_state(sheet, LineAction::Release.name()));
    }
    let mut held = sheet.held.amount;
    for line in lines {
        check_held(line, LineAction::Release)?;
        held =
            subtract(held, line.pay_amount.amount).map_err(|error| sheet_overflow(sheet, error))?;
        book_of(books, line)?.put_back(line.instalment);
        decided
            .guards
            .push(Guard::LineAt(line.id, line.stamp.version));
        decided.changes.lines_deleted.push(line.id);
    }
    let now = Paysheet {
        held: Money::new(held, sheet.held.currency),
        stamp: circumstances.touch(&sheet.stamp),
        ..sheet.clone()
    };
    decided.write_sheet(sheet, now);
    Ok(())
}

pub(super) fn sheet_overflow(sheet: &Paysheet, error: MoneyError) -> Refusal {
    let text = format!("the sums of paysheet {}: {error}", sheet.id);
    Refusal::new(Reason::Overflow, text).with("paysheet", sheet.id)
}

//! Holding and releasing lines. A held line does not count in the sheet's total, and its part of
//! the earning stays taken. Released before the batch is paid, it counts again; released later, it
//! leaves the paid sheet (of whose total it never was) and its part goes back, so that the next
//! batch takes it: paid once.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::batch::{BatchAction, check_batch};
use super::book::PartBook;
use super::decided::Decided;
use super::drop::book_of;
use super::fill::{FillSheet, finish, no_settings};
use super::settling::{SheetToSettle, Takes};
use super::sheet::wrong_state;
use crate::change::Guard;
use crate::definition::DefinitionSet;
use crate::ids::{EarningId, LineId, RewardId};
use crate::money::{Currency, Money, MoneyError, subtract};
use crate::payment::{BatchStatus, PaymentBatch, PaymentLine, Paysheet, PaysheetStatus};
use crate::refusal::{Reason, Refusal};
use crate::reward::Reward;
use crate::rewarding::{hold, put_back};
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

    fn of_batch(self) -> BatchAction {
        match self {
            Self::Hold => BatchAction::Hold,
            Self::Release => BatchAction::Release,
        }
    }
}

/// What of a sheet is held or released.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HoldOf {
    /// A line: an earning, a part of one, or a reversal.
    Line(LineId),
    /// A reward that was assigned by hand.
    Reward(RewardId),
}

impl From<LineId> for HoldOf {
    fn from(line: LineId) -> Self {
        Self::Line(line)
    }
}

impl From<RewardId> for HoldOf {
    fn from(reward: RewardId) -> Self {
        Self::Reward(reward)
    }
}

/// Holds what stands on an unpaid sheet of an unpaid batch, or releases it: it counts again. Payment
/// plans are settled anew with what the sheet pays now; it takes nothing that it did not have.
///
/// # Errors
/// `WRONG_STATE`; `NOT_FOUND` for what is not on the sheet; `INTERNAL` without settings. For what was
/// held when its batch was paid see [`release_to_next_batch`].
pub fn hold_on_sheet(
    set: &DefinitionSet,
    batch: &PaymentBatch,
    mut fill: FillSheet,
    (of, action): (HoldOf, LineAction),
    circumstances: &mut Circumstances<'_>,
    decided: &mut Decided,
) -> Result<(), Refusal> {
    check_batch(batch, action.of_batch())?;
    let settings = set.settings.as_ref().ok_or_else(no_settings)?;
    let Some(sheet) = fill.sheet.clone() else {
        return Err(Refusal::new(Reason::NotFound, "there is no such paysheet"));
    };
    if sheet.status != PaysheetStatus::Unpaid {
        return Err(wrong_state(&sheet, action.name()));
    }
    decided
        .guards
        .push(Guard::BatchAt(batch.id, batch.stamp.version));
    let lines = match of {
        HoldOf::Line(id) => with_held_line(&fill.lines, id, action, circumstances)?,
        HoldOf::Reward(id) => {
            hold_reward(&mut fill, id, action, circumstances)?;
            fill.lines.clone()
        }
    };
    let person = fill.participant.clone();
    let to_settle = SheetToSettle {
        set,
        settings,
        batch,
        participant: &person,
        paysheet: sheet.id,
        lines,
        terms: terms_on(&sheet, &fill),
        takes: Takes::WhatItHas,
    };
    finish(to_settle, fill, circumstances, decided)
}

/// Currency and rate as the sheet has them.
fn terms_on(sheet: &Paysheet, fill: &FillSheet) -> Option<(Currency, Decimal)> {
    let of_line = fill.lines.first().map(|line| line.currency_rate);
    let mut of_sheet = fill.rewards.rewards.iter().filter_map(Reward::line);
    let of_reward = of_sheet.find(|line| line.paysheet == sheet.id);
    let rate = of_line.or_else(|| of_reward.map(|line| line.currency_rate))?;
    Some((sheet.total.currency, rate))
}

fn with_held_line(
    lines: &[PaymentLine],
    id: LineId,
    action: LineAction,
    circumstances: &Circumstances<'_>,
) -> Result<Vec<PaymentLine>, Refusal> {
    let mut lines = lines.to_vec();
    let Some(line) = lines.iter_mut().find(|line| line.id == id) else {
        return Err(Refusal::new(
            Reason::NotFound,
            format!("there is no line {id}"),
        ));
    };
    check_held(line, action)?;
    line.held = action == LineAction::Hold;
    line.stamp = circumstances.touch(&line.stamp);
    Ok(lines)
}

fn hold_reward(
    fill: &mut FillSheet,
    id: RewardId,
    action: LineAction,
    circumstances: &Circumstances<'_>,
) -> Result<(), Refusal> {
    let Some(row) = fill.rewards.rewards.iter().find(|row| row.id == id) else {
        return Err(Refusal::new(
            Reason::NotFound,
            format!("there is no reward {id}"),
        ));
    };
    let held = hold(row, action == LineAction::Hold, circumstances)?;
    fill.rewards.now.push(held);
    Ok(())
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

/// Takes a held reward off a sheet of a paid batch, so that the next batch takes it.
///
/// # Errors
/// `WRONG_STATE` for a batch that is not paid or a reward that is not held.
pub fn release_reward_to_next_batch(
    batch: &PaymentBatch,
    sheet: &Paysheet,
    reward: &Reward,
    circumstances: &Circumstances<'_>,
    decided: &mut Decided,
) -> Result<(), Refusal> {
    check_batch(batch, BatchAction::Release)?;
    let line = reward.line().filter(|line| line.held);
    let Some(line) = line.filter(|_| batch.status == BatchStatus::Paid) else {
        return Err(wrong_state(sheet, LineAction::Release.name()));
    };
    let held = subtract(sheet.held.amount, line.pay_amount.amount)
        .map_err(|error| sheet_overflow(sheet, error))?;
    decided
        .guards
        .push(Guard::RewardAt(reward.id, reward.stamp.version));
    decided
        .changes
        .rewards
        .push(put_back(reward, circumstances)?);
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

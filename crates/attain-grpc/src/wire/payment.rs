//! Batches, paysheets, lines.

use attain_app::{BatchView, HoldOf, PaysheetAction};
use attain_domain::ids::{LineId, RewardId};
use attain_domain::payment::{
    BatchStatus, LineKind, PaymentBatch, PaymentLine, Paysheet, PaysheetStatus,
};
use attain_domain::refusal::Refusal;
use attain_domain::reward::{Reward, RewardKind, RewardLine};
use attain_domain::time::Date;
use attain_domain::working::RowFailure;
use attain_proto::attain::v1 as proto;

use super::settlement;
use super::values::{choice, date, decimal, missing, money, name, row_error, stamp, text_or_empty};

/// A batch.
pub(crate) fn batch(batch: &PaymentBatch) -> proto::Batch {
    let stamp = stamp(&batch.stamp);
    let status = match batch.status {
        BatchStatus::Building => proto::BatchStatus::Building,
        BatchStatus::Unpaid => proto::BatchStatus::Unpaid,
        BatchStatus::Frozen => proto::BatchStatus::Frozen,
        BatchStatus::Paying => proto::BatchStatus::Paying,
        BatchStatus::Paid => proto::BatchStatus::Paid,
        BatchStatus::Deleting => proto::BatchStatus::Deleting,
    };
    proto::Batch {
        batch_id: batch.id.to_string(),
        pay_group: batch.pay_group.to_string(),
        period: batch.period.to_string(),
        pay_date: Some(date(batch.pay_date)),
        status: status.into(),
        etag: stamp.etag,
        create_time: stamp.create_time,
        update_time: stamp.update_time,
        actor: stamp.actor,
    }
}

/// What a batch comes to.
///
/// # Errors
/// What `money` refuses.
pub(crate) fn summary(view: &BatchView) -> Result<proto::BatchSummary, Refusal> {
    let sheets = view.sheets.iter().map(|(state, count)| proto::SheetCount {
        status: sheet_status(*state).into(),
        count: *count,
    });
    Ok(proto::BatchSummary {
        sheets: sheets.collect(),
        totals: view
            .totals
            .iter()
            .map(|sum| money(*sum))
            .collect::<Result<_, _>>()?,
        held: view
            .held
            .iter()
            .map(|sum| money(*sum))
            .collect::<Result<_, _>>()?,
    })
}

/// Who was left out, or whose sheet could not be moved on.
pub(crate) fn left_out(failures: &[RowFailure]) -> Vec<proto::LeftOut> {
    let one = |failure: &RowFailure| proto::LeftOut {
        subject: failure.subject.clone(),
        error: Some(row_error(&failure.error)),
    };
    failures.iter().map(one).collect()
}

/// A paysheet.
///
/// # Errors
/// What `money` refuses.
pub(crate) fn paysheet(sheet: &Paysheet) -> Result<proto::Paysheet, Refusal> {
    let stamp = stamp(&sheet.stamp);
    Ok(proto::Paysheet {
        paysheet_id: sheet.id.to_string(),
        batch_id: sheet.batch.to_string(),
        participant: sheet.participant.to_string(),
        status: sheet_status(sheet.status).into(),
        total: Some(money(sheet.total)?),
        held: Some(money(sheet.held)?),
        etag: stamp.etag,
        create_time: stamp.create_time,
        update_time: stamp.update_time,
        actor: stamp.actor,
        settlement: sheet
            .settlement
            .as_deref()
            .map(settlement::to_wire)
            .transpose()?,
    })
}

fn sheet_status(status: PaysheetStatus) -> proto::PaysheetStatus {
    match status {
        PaysheetStatus::Unpaid => proto::PaysheetStatus::Unpaid,
        PaysheetStatus::Locked => proto::PaysheetStatus::Locked,
        PaysheetStatus::Submitted => proto::PaysheetStatus::Submitted,
        PaysheetStatus::Approved => proto::PaysheetStatus::Approved,
        PaysheetStatus::Paid => proto::PaysheetStatus::Paid,
    }
}

/// A line of a paysheet.
///
/// # Errors
/// What `money` refuses.
pub(crate) fn line(line: &PaymentLine) -> Result<proto::PaymentLine, Refusal> {
    let stamp = stamp(&line.stamp);
    let kind = match line.kind {
        LineKind::Earning => proto::LineKind::Earning,
        LineKind::Reversal => proto::LineKind::Reversal,
    };
    Ok(proto::PaymentLine {
        line_id: line.id.to_string(),
        paysheet_id: line.paysheet.to_string(),
        batch_id: line.batch.to_string(),
        participant: line.participant.to_string(),
        kind: kind.into(),
        earning_id: line.earning.to_string(),
        instalment: line.instalment.into(),
        plan: line.plan.to_string(),
        component: line.component.to_string(),
        earning_period: line.earning_period.to_string(),
        earning_date: Some(date(line.date)),
        amount: Some(money(line.amount)?),
        currency_rate: Some(decimal(line.currency_rate)),
        pay_amount: Some(money(line.pay_amount)?),
        held: line.held,
        etag: stamp.etag,
        create_time: stamp.create_time,
        update_time: stamp.update_time,
        actor: stamp.actor,
        reward_id: String::new(),
    })
}

/// A reward on a paysheet, as the line that shows it.
///
/// # Errors
/// What `money` refuses.
pub(crate) fn reward_line(
    reward: &Reward,
    shown: &RewardLine,
) -> Result<proto::PaymentLine, Refusal> {
    let stamp = stamp(&reward.stamp);
    let kind = match reward.kind {
        RewardKind::Bonus => proto::LineKind::Bonus,
        RewardKind::Advance => proto::LineKind::Advance,
        RewardKind::Repayment => proto::LineKind::Repayment,
        RewardKind::Adjustment => proto::LineKind::Adjustment,
    };
    let (plan, component) = reward.component.clone().unzip();
    Ok(proto::PaymentLine {
        line_id: reward.id.to_string(),
        paysheet_id: shown.paysheet.to_string(),
        batch_id: shown.batch.to_string(),
        participant: reward.participant.to_string(),
        kind: kind.into(),
        earning_id: String::new(),
        instalment: 0,
        plan: text_or_empty(plan),
        component: text_or_empty(component),
        earning_period: String::new(),
        earning_date: Some(date(reward.date)),
        amount: Some(money(reward.amount)?),
        currency_rate: Some(decimal(shown.currency_rate)),
        pay_amount: Some(money(shown.pay_amount)?),
        held: shown.held,
        etag: stamp.etag,
        create_time: stamp.create_time,
        update_time: stamp.update_time,
        actor: stamp.actor,
        reward_id: reward.id.to_string(),
    })
}

/// What a sheet shows: its lines by date and id, then its rewards likewise.
#[derive(Clone, Copy, Debug)]
pub(crate) enum SheetRow<'a> {
    Line(&'a PaymentLine),
    Reward(&'a Reward, &'a RewardLine),
}

/// Where a row stands on its sheet, in the order of the sheet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum RowPosition {
    Line(Date, LineId),
    Reward(Date, RewardId),
}

impl<'a> SheetRow<'a> {
    /// The rows of a sheet in their order.
    pub(crate) fn all(lines: &'a [PaymentLine], rewards: &'a [Reward]) -> Vec<Self> {
        let rewards = rewards
            .iter()
            .filter_map(|reward| Some(Self::Reward(reward, reward.line()?)));
        lines.iter().map(Self::Line).chain(rewards).collect()
    }

    /// Where it stands.
    pub(crate) fn position(&self) -> RowPosition {
        match self {
            Self::Line(line) => RowPosition::Line(line.date, line.id),
            Self::Reward(reward, _) => RowPosition::Reward(reward.date, reward.id),
        }
    }

    /// It as a line.
    ///
    /// # Errors
    /// What `money` refuses.
    pub(crate) fn to_wire(self) -> Result<proto::PaymentLine, Refusal> {
        match self {
            Self::Line(row) => line(row),
            Self::Reward(reward, shown) => reward_line(reward, shown),
        }
    }
}

impl RowPosition {
    /// The parts of a token; [`Self::read`] reads them back.
    pub(crate) fn parts(self) -> Vec<String> {
        match self {
            Self::Line(date, id) => vec![date.to_string(), id.to_string()],
            Self::Reward(date, id) => vec![date.to_string(), id.to_string()],
        }
    }

    /// Reads what [`Self::parts`] wrote: the id says what it is.
    pub(crate) fn read(parts: &[&str]) -> Option<Self> {
        let [date, id] = parts else { return None };
        let date = date.parse().ok()?;
        match RewardId::parse(id) {
            Ok(id) => Some(Self::Reward(date, id)),
            Err(_) => Some(Self::Line(date, LineId::parse(id).ok()?)),
        }
    }
}

/// What is to be held or released: a line, or a reward by its own id.
///
/// # Errors
/// `MISSING_VALUE`, `MALFORMED_VALUE`.
pub(crate) fn held_from_wire(field: &str, text: &str) -> Result<HoldOf, Refusal> {
    match RewardId::parse(text) {
        Ok(id) => Ok(HoldOf::Reward(id)),
        Err(_) => Ok(HoldOf::Line(name(field, text, LineId::parse)?)),
    }
}

/// What is to be done with sheets.
///
/// # Errors
/// `MISSING_VALUE`, `MALFORMED_VALUE`.
pub(crate) fn action_from_wire(number: i32) -> Result<PaysheetAction, Refusal> {
    match choice("action", number)? {
        proto::PaysheetAction::Unspecified => Err(missing("action")),
        proto::PaysheetAction::Lock => Ok(PaysheetAction::Lock),
        proto::PaysheetAction::Submit => Ok(PaysheetAction::Submit),
        proto::PaysheetAction::Approve => Ok(PaysheetAction::Approve),
        proto::PaysheetAction::Reject => Ok(PaysheetAction::Reject),
    }
}

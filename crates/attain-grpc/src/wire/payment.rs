//! Batches, paysheets, lines.

use attain_app::{BatchView, PaysheetAction};
use attain_domain::payment::{
    BatchStatus, LineKind, PaymentBatch, PaymentLine, Paysheet, PaysheetStatus,
};
use attain_domain::refusal::Refusal;
use attain_domain::working::RowFailure;
use attain_proto::attain::v1 as proto;

use super::values::{choice, date, decimal, missing, money, row_error, stamp};

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
    })
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

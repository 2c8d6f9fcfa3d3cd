//! Draws of batches, paysheets and lines.

use attain_domain::ids::{BatchId, EarningId, LineId, PaysheetId};
use attain_domain::payment::{
    BatchStatus, LineKind, PaymentBatch, PaymentLine, Paysheet, PaysheetStatus,
};
use attain_domain::testing::{batch as plain_batch, line as plain_line, uuid};

use super::draft::Draft;
use super::rewarded;

fn a_batch(draft: &mut Draft<'_>) -> BatchId {
    let now = draft.now;
    match now.batches.as_slice() {
        [] => BatchId(draft.absent_id()),
        rows => draft.dice.pick(rows).id,
    }
}

fn a_sheet(draft: &mut Draft<'_>) -> PaysheetId {
    let now = draft.now;
    let sheets: Vec<_> = now.paysheets_by_id.iter().flatten().collect();
    match sheets.as_slice() {
        [] => PaysheetId(draft.absent_id()),
        rows => draft.dice.pick(rows).id,
    }
}

fn an_earning(draft: &mut Draft<'_>) -> EarningId {
    let now = draft.now;
    match now.earnings.as_slice() {
        [] => EarningId(draft.absent_id()),
        rows => draft.dice.pick(rows).id,
    }
}

pub(super) fn batch(draft: &mut Draft<'_>) {
    let now = draft.now;
    let old = draft.some(&now.batches, |row| row.id);
    if draft.dice.one_in(5) {
        let absent = draft.errs().then(|| BatchId(draft.absent_id()));
        let id = absent.or(old.map(|row| row.id));
        draft.changes.batches_deleted.extend(id);
        return;
    }
    let statuses = [
        BatchStatus::Building,
        BatchStatus::Unpaid,
        BatchStatus::Frozen,
        BatchStatus::Paying,
        BatchStatus::Paid,
        BatchStatus::Paid,
        BatchStatus::Deleting,
    ];
    let old = old.filter(|_| !draft.dice.one_in(3));
    let id = old.map_or_else(|| BatchId(uuid(draft.id())), |row| row.id);
    let row = PaymentBatch {
        id,
        period: draft.period(),
        pay_date: draft.date(),
        status: *draft.dice.pick(&statuses),
        stamp: draft.stamp(old.map(|row| &row.stamp)),
        ..plain_batch(1)
    };
    draft.changes.batches.push(row);
}

pub(super) fn paysheet(draft: &mut Draft<'_>) {
    let now = draft.now;
    let sheets: Vec<_> = now.paysheets_by_id.iter().flatten().collect();
    let old = draft.some(&sheets, |row| row.id).copied();
    if draft.dice.one_in(5) {
        draft
            .changes
            .paysheets_deleted
            .extend(old.map(|row| row.id));
        return;
    }
    let statuses = [
        PaysheetStatus::Unpaid,
        PaysheetStatus::Locked,
        PaysheetStatus::Submitted,
        PaysheetStatus::Approved,
    ];
    let old = old.filter(|_| !draft.dice.one_in(2));
    let id = old.map_or_else(|| PaysheetId(uuid(draft.id())), |row| row.id);
    let row = Paysheet {
        id,
        batch: a_batch(draft),
        participant: draft.participant(),
        status: *draft.dice.pick(&statuses),
        total: draft.money(),
        held: draft.money(),
        settlement: rewarded::settlement(draft),
        stamp: draft.stamp(old.map(|row| &row.stamp)),
    };
    draft.changes.paysheets.push(row);
}

pub(super) fn line(draft: &mut Draft<'_>) {
    let now = draft.now;
    let old = draft.some(&now.lines_by_id, |row| row.id);
    if draft.dice.one_in(5) {
        draft.changes.lines_deleted.extend(old.map(|row| row.id));
        return;
    }
    let kinds = [LineKind::Earning, LineKind::Reversal];
    let old = old.filter(|_| !draft.dice.one_in(2));
    let id = old.map_or_else(|| LineId(uuid(draft.id())), |row| row.id);
    let row = PaymentLine {
        id,
        paysheet: a_sheet(draft),
        batch: a_batch(draft),
        participant: draft.participant(),
        kind: *draft.dice.pick(&kinds),
        earning: an_earning(draft),
        earning_period: draft.period(),
        date: draft.date(),
        amount: draft.money(),
        currency_rate: draft.number(),
        pay_amount: draft.money(),
        held: draft.dice.one_in(2),
        stamp: draft.stamp(old.map(|row| &row.stamp)),
        ..plain_line(1)
    };
    draft.changes.lines.push(row);
}

//! Payment batches, paysheets and lines.

use std::collections::BTreeSet;
use std::ops::Bound;
use std::sync::Arc;

use async_trait::async_trait;
use attain_domain::ids::{BatchId, EarningId, LineId, ParticipantId, PaysheetId};
use attain_domain::payment::{BatchStatus, PaymentBatch, PaymentLine, Paysheet};
use attain_domain::ports::{ChunkSize, PaymentRepository, PaysheetPosition, StoreError};
use attain_domain::stamp::Version;
use uuid::Uuid;

use crate::map::{Map, Set, above, of_keys, take};
use crate::snapshot::MemorySnapshot;

#[derive(Clone, Default)]
pub(crate) struct Payments {
    batches: Map<BatchId, Arc<PaymentBatch>>,
    sheets: Map<PaysheetId, Arc<Paysheet>>,
    lines: Map<LineId, Arc<PaymentLine>>,
    sheets_by_batch: Set<(BatchId, Option<PaysheetPosition>)>,
    sheets_by_participant: Set<(ParticipantId, PaysheetId)>,
    /// The sheets that have a settlement.
    settled: Set<(ParticipantId, BatchId, PaysheetId)>,
    lines_by_sheet: Set<(PaysheetId, LineId)>,
    lines_by_earning: Set<(EarningId, LineId)>,
    lines_held: Set<LineId>,
}

/// What one commit does to payments.
pub(crate) struct PaymentChanges {
    pub(crate) lines_deleted: Vec<LineId>,
    pub(crate) paysheets_deleted: Vec<PaysheetId>,
    pub(crate) batches_deleted: Vec<BatchId>,
    pub(crate) batches: Vec<PaymentBatch>,
    pub(crate) paysheets: Vec<Paysheet>,
    pub(crate) lines: Vec<PaymentLine>,
}

impl Payments {
    pub(crate) fn apply(&mut self, changes: PaymentChanges) -> Result<(), StoreError> {
        let PaymentChanges {
            lines_deleted,
            paysheets_deleted,
            batches_deleted,
            batches,
            paysheets,
            lines,
        } = changes;
        for id in lines_deleted {
            self.take_line(id)?;
        }
        for id in paysheets_deleted {
            self.take_sheet(id)?;
        }
        for id in batches_deleted {
            take(&mut self.batches, &id)?;
        }
        for row in batches {
            self.batches.insert_mut(row.id, Arc::new(row));
        }
        for row in paysheets {
            if self.sheets.contains_key(&row.id) {
                self.take_sheet(row.id)?;
            }
            self.add_sheet(row);
        }
        for row in lines {
            if self.lines.contains_key(&row.id) {
                self.take_line(row.id)?;
            }
            self.add_line(row);
        }
        Ok(())
    }

    fn add_sheet(&mut self, row: Paysheet) {
        let by_participant = (row.participant.clone(), row.id);
        self.sheets_by_participant.insert_mut(by_participant);
        if row.settlement.is_some() {
            let settled = (row.participant.clone(), row.batch, row.id);
            self.settled.insert_mut(settled);
        }
        self.sheets_by_batch
            .insert_mut((row.batch, Some(position_of(&row))));
        self.sheets.insert_mut(row.id, Arc::new(row));
    }

    fn take_sheet(&mut self, id: PaysheetId) -> Result<(), StoreError> {
        let row = take(&mut self.sheets, &id)?;
        let by_participant = (row.participant.clone(), row.id);
        self.sheets_by_participant.remove_mut(&by_participant);
        let settled = (row.participant.clone(), row.batch, row.id);
        self.settled.remove_mut(&settled);
        self.sheets_by_batch
            .remove_mut(&(row.batch, Some(position_of(&row))));
        Ok(())
    }

    fn add_line(&mut self, row: PaymentLine) {
        self.lines_by_sheet.insert_mut((row.paysheet, row.id));
        self.lines_by_earning.insert_mut((row.earning, row.id));
        if row.held {
            self.lines_held.insert_mut(row.id);
        }
        self.lines.insert_mut(row.id, Arc::new(row));
    }

    fn take_line(&mut self, id: LineId) -> Result<(), StoreError> {
        let row = take(&mut self.lines, &id)?;
        self.lines_by_sheet.remove_mut(&(row.paysheet, id));
        self.lines_by_earning.remove_mut(&(row.earning, id));
        self.lines_held.remove_mut(&id);
        Ok(())
    }

    /// The newest settled sheet of a participant in batches below one.
    pub(crate) fn settled_before(&self, whose: &ParticipantId, batch: BatchId) -> Option<Paysheet> {
        let first = (whose.clone(), BatchId(Uuid::nil()), PaysheetId(Uuid::nil()));
        let end = (whose.clone(), batch, PaysheetId(Uuid::nil()));
        let below = (Bound::Included(first), Bound::Excluded(end));
        let (_, _, id) = self.settled.range(below).next_back()?;
        self.sheets.get(id).map(|row| Paysheet::clone(row))
    }

    fn is_paid(&self, batch: BatchId) -> bool {
        let batch = self.batches.get(&batch);
        batch.is_some_and(|batch| batch.status == BatchStatus::Paid)
    }

    fn lines_of(&self, ids: impl Iterator<Item = LineId>) -> Vec<PaymentLine> {
        let rows = ids.filter_map(|id| self.lines.get(&id));
        rows.map(|row| PaymentLine::clone(row)).collect()
    }

    pub(crate) fn batch_version(&self, id: BatchId) -> Option<Version> {
        self.batches.get(&id).map(|row| row.stamp.version)
    }

    pub(crate) fn sheet_version(&self, id: PaysheetId) -> Option<Version> {
        self.sheets.get(&id).map(|row| row.stamp.version)
    }

    pub(crate) fn line_version(&self, id: LineId) -> Option<Version> {
        self.lines.get(&id).map(|row| row.stamp.version)
    }
}

fn position_of(row: &Paysheet) -> PaysheetPosition {
    PaysheetPosition {
        participant: row.participant.clone(),
        id: row.id,
    }
}

#[async_trait]
impl PaymentRepository for MemorySnapshot {
    async fn batch(&self, id: BatchId) -> Result<Option<PaymentBatch>, StoreError> {
        let row = self.tables.payments.batches.get(&id);
        Ok(row.map(|row| PaymentBatch::clone(row)))
    }

    async fn batches_after(
        &self,
        after: Option<BatchId>,
        chunk: ChunkSize,
    ) -> Result<Vec<PaymentBatch>, StoreError> {
        let batches = &self.tables.payments.batches;
        let rest = batches.range((above(after), Bound::Unbounded));
        let page = rest.take(chunk.rows());
        Ok(page.map(|(_, row)| PaymentBatch::clone(row)).collect())
    }

    async fn paysheets_of_batch(
        &self,
        batch: BatchId,
        after: Option<&PaysheetPosition>,
        chunk: ChunkSize,
    ) -> Result<Vec<Paysheet>, StoreError> {
        let payments = &self.tables.payments;
        let from = Bound::Excluded((batch, after.cloned()));
        Ok(payments
            .sheets_by_batch
            .range((from, Bound::Unbounded))
            .take_while(|(other, _)| *other == batch)
            .filter_map(|(_, at)| payments.sheets.get(&at.as_ref()?.id))
            .take(chunk.rows())
            .map(|row| Paysheet::clone(row))
            .collect())
    }

    async fn paysheet(&self, id: PaysheetId) -> Result<Option<Paysheet>, StoreError> {
        let row = self.tables.payments.sheets.get(&id);
        Ok(row.map(|row| Paysheet::clone(row)))
    }

    async fn paysheets_of_participant(
        &self,
        participant: &ParticipantId,
    ) -> Result<Vec<Paysheet>, StoreError> {
        let payments = &self.tables.payments;
        let place = |id| (participant.clone(), PaysheetId(id));
        let (first, last) = (place(Uuid::nil()), place(Uuid::max()));
        let of_them = (Bound::Included(first), Bound::Included(last));
        let ids = payments.sheets_by_participant.range(of_them);
        let rows = ids.filter_map(|(_, id)| payments.sheets.get(id));
        Ok(rows.map(|row| Paysheet::clone(row)).collect())
    }

    async fn lines_of_paysheets(
        &self,
        paysheets: &[PaysheetId],
    ) -> Result<Vec<PaymentLine>, StoreError> {
        let payments = &self.tables.payments;
        let paysheets: BTreeSet<_> = paysheets.iter().copied().collect();
        let ids = paysheets.into_iter().flat_map(|sheet| {
            let (first, last) = ((sheet, LineId(Uuid::nil())), (sheet, LineId(Uuid::max())));
            let of_it = (Bound::Included(first), Bound::Included(last));
            payments.lines_by_sheet.range(of_it)
        });
        let mut lines = payments.lines_of(ids.map(|(_, id)| *id));
        lines.sort_by(|a, b| {
            let place = |line: &PaymentLine| (line.date, line.id);
            a.participant
                .cmp(&b.participant)
                .then_with(|| place(a).cmp(&place(b)))
        });
        Ok(lines)
    }

    async fn lines_of_earnings(
        &self,
        earnings: &[EarningId],
    ) -> Result<Vec<PaymentLine>, StoreError> {
        let payments = &self.tables.payments;
        let earnings: BTreeSet<_> = earnings.iter().copied().collect();
        let ids = earnings.into_iter().flat_map(|earning| {
            let (first, last) = (
                (earning, LineId(Uuid::nil())),
                (earning, LineId(Uuid::max())),
            );
            let of_it = (Bound::Included(first), Bound::Included(last));
            payments.lines_by_earning.range(of_it)
        });
        let ids: BTreeSet<LineId> = ids.map(|(_, id)| *id).collect();
        Ok(payments.lines_of(ids.into_iter()))
    }

    async fn lines_by_id(&self, ids: &[LineId]) -> Result<Vec<PaymentLine>, StoreError> {
        let lines = &self.tables.payments.lines;
        Ok(of_keys(ids, |id| {
            lines.get(id).map(|row| PaymentLine::clone(row))
        }))
    }

    async fn held_lines(
        &self,
        after: Option<LineId>,
        chunk: ChunkSize,
    ) -> Result<Vec<PaymentLine>, StoreError> {
        let payments = &self.tables.payments;
        Ok(payments
            .lines_held
            .range((above(after), Bound::Unbounded))
            .filter_map(|id| payments.lines.get(id))
            .filter(|line| payments.is_paid(line.batch))
            .take(chunk.rows())
            .map(|line| PaymentLine::clone(line))
            .collect())
    }
}

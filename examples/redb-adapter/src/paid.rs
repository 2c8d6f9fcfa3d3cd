//! Payment batches, paysheets and lines.

use std::collections::BTreeSet;

use async_trait::async_trait;
use attain_domain::ids::{BatchId, EarningId, LineId, ParticipantId, PaysheetId};
use attain_domain::payment::{BatchStatus, PaymentBatch, PaymentLine, Paysheet};
use attain_domain::ports::{ChunkSize, PaymentRepository, PaysheetPosition, StoreError};

use crate::table::{Reads, RedbSnapshot, page, rows, sorted};

rows! {
    PaymentBatch in "batch" by BatchId: |row| row.id;
    Paysheet in "paysheet" by PaysheetId: |row| row.id;
    PaymentLine in "line" by LineId: |row| row.id;
}

#[async_trait]
impl PaymentRepository for RedbSnapshot {
    async fn batch(&self, id: BatchId) -> Result<Option<PaymentBatch>, StoreError> {
        self.one(&id)
    }

    async fn batches_after(
        &self,
        after: Option<BatchId>,
        chunk: ChunkSize,
    ) -> Result<Vec<PaymentBatch>, StoreError> {
        let rows: Vec<PaymentBatch> = self.all()?;
        Ok(page(rows, |row| row.id, after.as_ref(), chunk))
    }

    async fn paysheets_of_batch(
        &self,
        batch: BatchId,
        after: Option<&PaysheetPosition>,
        chunk: ChunkSize,
    ) -> Result<Vec<Paysheet>, StoreError> {
        let rows: Vec<Paysheet> = self.all()?;
        let rows = rows.into_iter().filter(|row| row.batch == batch);
        let position = |row: &Paysheet| PaysheetPosition {
            participant: row.participant.clone(),
            id: row.id,
        };
        Ok(page(rows, position, after, chunk))
    }

    async fn paysheet(&self, id: PaysheetId) -> Result<Option<Paysheet>, StoreError> {
        self.one(&id)
    }

    async fn paysheets_of_participant(
        &self,
        participant: &ParticipantId,
    ) -> Result<Vec<Paysheet>, StoreError> {
        let rows: Vec<Paysheet> = self.all()?;
        let rows = rows.into_iter();
        Ok(rows.filter(|row| row.participant == *participant).collect())
    }

    async fn lines_of_paysheets(
        &self,
        paysheets: &[PaysheetId],
    ) -> Result<Vec<PaymentLine>, StoreError> {
        let paysheets: BTreeSet<&PaysheetId> = paysheets.iter().collect();
        let rows: Vec<PaymentLine> = self.all()?;
        let rows = rows
            .into_iter()
            .filter(|row| paysheets.contains(&row.paysheet));
        Ok(sorted(rows, |row| {
            (row.participant.clone(), row.date, row.id)
        }))
    }

    async fn lines_of_earnings(
        &self,
        earnings: &[EarningId],
    ) -> Result<Vec<PaymentLine>, StoreError> {
        let earnings: BTreeSet<&EarningId> = earnings.iter().collect();
        let rows: Vec<PaymentLine> = self.all()?;
        let rows = rows.into_iter();
        Ok(rows.filter(|row| earnings.contains(&row.earning)).collect())
    }

    async fn lines_by_id(&self, ids: &[LineId]) -> Result<Vec<PaymentLine>, StoreError> {
        self.some(ids.iter().copied())
    }

    async fn held_lines(
        &self,
        after: Option<LineId>,
        chunk: ChunkSize,
    ) -> Result<Vec<PaymentLine>, StoreError> {
        let batches: Vec<PaymentBatch> = self.all()?;
        let paid = batches
            .iter()
            .filter(|batch| batch.status == BatchStatus::Paid);
        let paid: BTreeSet<BatchId> = paid.map(|batch| batch.id).collect();
        let rows: Vec<PaymentLine> = self.all()?;
        let rows = rows
            .into_iter()
            .filter(|row| row.held && paid.contains(&row.batch));
        Ok(page(rows, |row| row.id, after.as_ref(), chunk))
    }
}

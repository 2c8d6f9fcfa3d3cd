//! Reading batches and sheets.

use std::collections::BTreeMap;

use attain_domain::ids::{BatchId, PaysheetId};
use attain_domain::payment::{PaymentBatch, PaymentLine, Paysheet};
use attain_domain::ports::{ChunkSize, PaysheetPosition};
use attain_domain::refusal::Refusal;
use attain_domain::reward::Reward;
use attain_domain::working::RowFailure;

use super::load::{batch_at, position_of, sheet_at};
use super::rewards::rewards_by_sheet;
use super::views::{BatchView, PaysheetView};
use crate::caller::Caller;
use crate::engine::Engine;
use crate::failure::store_refusal;

impl Engine {
    /// A batch with what it comes to.
    ///
    /// # Errors
    /// `NOT_FOUND`; when the store fails.
    pub async fn batch(&self, caller: &Caller, id: BatchId) -> Result<BatchView, Refusal> {
        self.batch_view(caller, id, Vec::new()).await
    }

    pub(super) async fn batch_view(
        &self,
        caller: &Caller,
        id: BatchId,
        left_out: Vec<RowFailure>,
    ) -> Result<BatchView, Refusal> {
        let snapshot = self.snapshot(caller).await?;
        let batch = batch_at(&*snapshot, id, None).await?;
        let (sheets, totals, held) = (BTreeMap::new(), Vec::new(), Vec::new());
        let mut view = BatchView {
            batch,
            sheets,
            totals,
            held,
            left_out,
        };
        let mut after: Option<PaysheetPosition> = None;
        loop {
            let chunk = ChunkSize::largest();
            let page = snapshot.paysheets_of_batch(id, after.as_ref(), chunk).await;
            let page = page.map_err(store_refusal)?;
            view.add(&page)?;
            if page.len() < chunk.rows() {
                return Ok(view);
            }
            after = page.last().map(position_of);
        }
    }

    /// Batches with ids above `after`, in rising id order: oldest first.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn batches(
        &self,
        caller: &Caller,
        after: Option<BatchId>,
        chunk: ChunkSize,
    ) -> Result<Vec<PaymentBatch>, Refusal> {
        let snapshot = self.snapshot(caller).await?;
        snapshot
            .batches_after(after, chunk)
            .await
            .map_err(store_refusal)
    }

    /// The paysheets of a batch above `after`, by participant.
    ///
    /// # Errors
    /// `NOT_FOUND`; when the store fails.
    pub async fn paysheets(
        &self,
        caller: &Caller,
        batch: BatchId,
        after: Option<&PaysheetPosition>,
        chunk: ChunkSize,
    ) -> Result<Vec<Paysheet>, Refusal> {
        let snapshot = self.snapshot(caller).await?;
        batch_at(&*snapshot, batch, None).await?;
        snapshot
            .paysheets_of_batch(batch, after, chunk)
            .await
            .map_err(store_refusal)
    }

    /// One paysheet with its lines.
    ///
    /// # Errors
    /// `NOT_FOUND`; when the store fails.
    pub async fn paysheet(&self, caller: &Caller, id: PaysheetId) -> Result<PaysheetView, Refusal> {
        let snapshot = self.snapshot(caller).await?;
        let (batch, sheet) = sheet_at(&*snapshot, id, None).await?;
        let lines = snapshot
            .lines_of_paysheets(&[id])
            .await
            .map_err(store_refusal)?;
        let mut by_sheet = rewards_by_sheet(&*snapshot, &[id]).await?;
        let rewards = by_sheet.remove(&id).unwrap_or_default();
        Ok(PaysheetView {
            sheet,
            batch,
            lines,
            rewards,
        })
    }

    /// The lines of some paysheets, by participant, date and id: for exports.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn paysheet_lines(
        &self,
        caller: &Caller,
        paysheets: &[PaysheetId],
    ) -> Result<Vec<PaymentLine>, Refusal> {
        let snapshot = self.snapshot(caller).await?;
        snapshot
            .lines_of_paysheets(paysheets)
            .await
            .map_err(store_refusal)
    }

    /// The rewards that some paysheets show, by participant, date and id: for exports.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn paysheet_rewards(
        &self,
        caller: &Caller,
        paysheets: &[PaysheetId],
    ) -> Result<Vec<Reward>, Refusal> {
        let snapshot = self.snapshot(caller).await?;
        let rows = snapshot.rewards_of_paysheets(paysheets).await;
        rows.map_err(store_refusal)
    }
}

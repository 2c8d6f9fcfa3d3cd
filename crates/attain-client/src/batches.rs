//! Payment batches. An `etag` is the version that was read; `None` means any.

use crate::connection::{Client, unary};
use crate::error::ClientError;
use crate::page::{Rows, listed};
use crate::proto::{
    Batch, BatchSummary, CreateBatchRequest, DeleteBatchRequest, FreezeBatchRequest,
    GetBatchRequest, LeftOut, ListBatchesRequest, ListLeftOutRequest, PayBatchRequest,
    RefreshBatchRequest, UpdateBatchRequest,
};
use crate::standard::Date;

/// A batch with what it comes to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct BatchOverview {
    /// The batch.
    pub batch: Batch,
    /// How many sheets it has, and their sums.
    pub summary: BatchSummary,
    /// Who is due and could not be taken; known when the batch was just made, refreshed or edited.
    pub left_out: Vec<LeftOut>,
}

fn overview(
    batch: Option<Batch>,
    summary: Option<BatchSummary>,
    left_out: Vec<LeftOut>,
) -> Result<BatchOverview, ClientError> {
    let batch = batch.ok_or(ClientError::Incomplete("batch"))?;
    let summary = summary.ok_or(ClientError::Incomplete("summary"))?;
    Ok(BatchOverview {
        batch,
        summary,
        left_out,
    })
}

impl Client {
    /// Makes a batch and fills it. Without a pay date it is the last day of the period.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn create_batch(
        &self,
        pay_group: &str,
        period: &str,
        pay_date: Option<Date>,
    ) -> Result<BatchOverview, ClientError> {
        let message = CreateBatchRequest {
            workspace: self.named_workspace(),
            request_id: self.new_request_id(),
            pay_group: pay_group.to_owned(),
            period: period.to_owned(),
            pay_date,
        };
        let answer = unary!(
            self,
            batch_service_client::BatchServiceClient.create_batch,
            message
        );
        let answer = answer.await?;
        overview(answer.batch, answer.summary, answer.left_out)
    }

    /// One batch.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn batch(&self, batch_id: &str) -> Result<BatchOverview, ClientError> {
        let message = GetBatchRequest {
            workspace: self.named_workspace(),
            batch_id: batch_id.to_owned(),
        };
        let answer = unary!(
            self,
            batch_service_client::BatchServiceClient.get_batch,
            message
        );
        let answer = answer.await?;
        overview(answer.batch, answer.summary, Vec::new())
    }

    /// The batches in the order of their making.
    #[must_use]
    pub fn batches(&self) -> Rows<Batch> {
        let message = ListBatchesRequest {
            workspace: self.named_workspace(),
            ..ListBatchesRequest::default()
        };
        listed!(
            self,
            batch_service_client::BatchServiceClient.list_batches,
            message,
            batches
        )
    }

    /// Gives an unpaid batch another pay date, and fills it anew.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn set_pay_date(
        &self,
        batch_id: &str,
        pay_date: Date,
        etag: Option<&str>,
    ) -> Result<BatchOverview, ClientError> {
        let message = UpdateBatchRequest {
            workspace: self.named_workspace(),
            request_id: self.new_request_id(),
            batch: Some(Batch {
                batch_id: batch_id.to_owned(),
                pay_date: Some(pay_date),
                etag: etag.unwrap_or_default().to_owned(),
                ..Batch::default()
            }),
            update_mask: Some(prost_types::FieldMask {
                paths: vec!["pay_date".to_owned()],
            }),
        };
        let answer = unary!(
            self,
            batch_service_client::BatchServiceClient.update_batch,
            message
        );
        let answer = answer.await?;
        overview(answer.batch, answer.summary, answer.left_out)
    }

    /// Fills an unpaid batch anew.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn refresh_batch(
        &self,
        batch_id: &str,
        etag: Option<&str>,
    ) -> Result<BatchOverview, ClientError> {
        let message = RefreshBatchRequest {
            workspace: self.named_workspace(),
            request_id: self.new_request_id(),
            batch_id: batch_id.to_owned(),
            etag: etag.unwrap_or_default().to_owned(),
        };
        let answer = unary!(
            self,
            batch_service_client::BatchServiceClient.refresh_batch,
            message
        );
        let answer = answer.await?;
        overview(answer.batch, answer.summary, answer.left_out)
    }

    /// Closes an unpaid batch for changes.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn freeze_batch(
        &self,
        batch_id: &str,
        etag: Option<&str>,
    ) -> Result<BatchOverview, ClientError> {
        let message = FreezeBatchRequest {
            workspace: self.named_workspace(),
            request_id: self.new_request_id(),
            batch_id: batch_id.to_owned(),
            etag: etag.unwrap_or_default().to_owned(),
        };
        let answer = unary!(
            self,
            batch_service_client::BatchServiceClient.freeze_batch,
            message
        );
        let answer = answer.await?;
        overview(answer.batch, answer.summary, Vec::new())
    }

    /// Pays what a frozen batch shows.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn pay_batch(
        &self,
        batch_id: &str,
        etag: Option<&str>,
    ) -> Result<BatchOverview, ClientError> {
        let message = PayBatchRequest {
            workspace: self.named_workspace(),
            request_id: self.new_request_id(),
            batch_id: batch_id.to_owned(),
            etag: etag.unwrap_or_default().to_owned(),
        };
        let answer = unary!(
            self,
            batch_service_client::BatchServiceClient.pay_batch,
            message
        );
        let answer = answer.await?;
        overview(answer.batch, answer.summary, Vec::new())
    }

    /// Deletes an unpaid batch: everything on it is unpaid again.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn delete_batch(
        &self,
        batch_id: &str,
        etag: Option<&str>,
    ) -> Result<(), ClientError> {
        let message = DeleteBatchRequest {
            workspace: self.named_workspace(),
            request_id: self.new_request_id(),
            batch_id: batch_id.to_owned(),
            etag: etag.unwrap_or_default().to_owned(),
        };
        let answer = unary!(
            self,
            batch_service_client::BatchServiceClient.delete_batch,
            message
        );
        answer.await.map(drop)
    }

    /// Who is due in an unpaid batch and could not be taken, and why; the first 1,000.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn left_out(&self, batch_id: &str) -> Result<Vec<LeftOut>, ClientError> {
        let message = ListLeftOutRequest {
            workspace: self.named_workspace(),
            batch_id: batch_id.to_owned(),
        };
        let answer = unary!(
            self,
            batch_service_client::BatchServiceClient.list_left_out,
            message
        );
        Ok(answer.await?.left_out)
    }
}

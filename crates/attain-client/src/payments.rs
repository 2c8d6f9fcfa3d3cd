//! Payment: batches, paysheets and their lines. An `etag` is the version that was read; `None`
//! means any.

use crate::connection::{Client, unary};
use crate::error::ClientError;
use crate::page::{Rows, listed};
use crate::proto::{
    ApprovePaysheetRequest, Batch, CreateBatchRequest, DeleteBatchRequest, FreezeBatchRequest,
    GetBatchRequest, GetPaysheetRequest, GetPaysheetResponse, HoldLineRequest, ListBatchesRequest,
    ListPaysheetsRequest, LockPaysheetRequest, PayBatchRequest, Paysheet, RefreshBatchRequest,
    RejectPaysheetRequest, ReleaseLineRequest, SubmitPaysheetRequest, UpdateBatchRequest,
};
use crate::standard::Date;

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
    ) -> Result<Batch, ClientError> {
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
        answer.await?.batch.ok_or(ClientError::Incomplete("batch"))
    }

    /// One batch.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn batch(&self, batch_id: &str) -> Result<Batch, ClientError> {
        let message = GetBatchRequest {
            workspace: self.named_workspace(),
            batch_id: batch_id.to_owned(),
        };
        let answer = unary!(
            self,
            batch_service_client::BatchServiceClient.get_batch,
            message
        );
        answer.await?.batch.ok_or(ClientError::Incomplete("batch"))
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
    ) -> Result<Batch, ClientError> {
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
        answer.await?.batch.ok_or(ClientError::Incomplete("batch"))
    }

    /// Fills an unpaid batch anew.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn refresh_batch(
        &self,
        batch_id: &str,
        etag: Option<&str>,
    ) -> Result<Batch, ClientError> {
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
        answer.await?.batch.ok_or(ClientError::Incomplete("batch"))
    }

    /// Closes an unpaid batch for changes.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn freeze_batch(
        &self,
        batch_id: &str,
        etag: Option<&str>,
    ) -> Result<Batch, ClientError> {
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
        answer.await?.batch.ok_or(ClientError::Incomplete("batch"))
    }

    /// Pays what a frozen batch shows.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn pay_batch(
        &self,
        batch_id: &str,
        etag: Option<&str>,
    ) -> Result<Batch, ClientError> {
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
        answer.await?.batch.ok_or(ClientError::Incomplete("batch"))
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

    /// The paysheets of a batch in order of participants.
    #[must_use]
    pub fn paysheets(&self, batch_id: &str) -> Rows<Paysheet> {
        let message = ListPaysheetsRequest {
            workspace: self.named_workspace(),
            batch_id: batch_id.to_owned(),
            ..ListPaysheetsRequest::default()
        };
        listed!(
            self,
            paysheet_service_client::PaysheetServiceClient.list_paysheets,
            message,
            paysheets
        )
    }

    /// One paysheet with its lines.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn paysheet(&self, paysheet_id: &str) -> Result<GetPaysheetResponse, ClientError> {
        let message = GetPaysheetRequest {
            workspace: self.named_workspace(),
            paysheet_id: paysheet_id.to_owned(),
        };
        unary!(
            self,
            paysheet_service_client::PaysheetServiceClient.get_paysheet,
            message
        )
        .await
    }

    /// Closes an unpaid sheet for holds and refreshes.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn lock_paysheet(
        &self,
        paysheet_id: &str,
        etag: Option<&str>,
    ) -> Result<Paysheet, ClientError> {
        let message = LockPaysheetRequest {
            workspace: self.named_workspace(),
            request_id: self.new_request_id(),
            paysheet_id: paysheet_id.to_owned(),
            etag: etag.unwrap_or_default().to_owned(),
        };
        let answer = unary!(
            self,
            paysheet_service_client::PaysheetServiceClient.lock_paysheet,
            message
        );
        answer
            .await?
            .paysheet
            .ok_or(ClientError::Incomplete("paysheet"))
    }

    /// Asks for the approval of a locked sheet.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn submit_paysheet(
        &self,
        paysheet_id: &str,
        etag: Option<&str>,
    ) -> Result<Paysheet, ClientError> {
        let message = SubmitPaysheetRequest {
            workspace: self.named_workspace(),
            request_id: self.new_request_id(),
            paysheet_id: paysheet_id.to_owned(),
            etag: etag.unwrap_or_default().to_owned(),
        };
        let answer = unary!(
            self,
            paysheet_service_client::PaysheetServiceClient.submit_paysheet,
            message
        );
        answer
            .await?
            .paysheet
            .ok_or(ClientError::Incomplete("paysheet"))
    }

    /// Approves a submitted sheet; never one's own.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn approve_paysheet(
        &self,
        paysheet_id: &str,
        etag: Option<&str>,
    ) -> Result<Paysheet, ClientError> {
        let message = ApprovePaysheetRequest {
            workspace: self.named_workspace(),
            request_id: self.new_request_id(),
            paysheet_id: paysheet_id.to_owned(),
            etag: etag.unwrap_or_default().to_owned(),
        };
        let answer = unary!(
            self,
            paysheet_service_client::PaysheetServiceClient.approve_paysheet,
            message
        );
        answer
            .await?
            .paysheet
            .ok_or(ClientError::Incomplete("paysheet"))
    }

    /// Sends a submitted or approved sheet back.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn reject_paysheet(
        &self,
        paysheet_id: &str,
        etag: Option<&str>,
    ) -> Result<Paysheet, ClientError> {
        let message = RejectPaysheetRequest {
            workspace: self.named_workspace(),
            request_id: self.new_request_id(),
            paysheet_id: paysheet_id.to_owned(),
            etag: etag.unwrap_or_default().to_owned(),
        };
        let answer = unary!(
            self,
            paysheet_service_client::PaysheetServiceClient.reject_paysheet,
            message
        );
        answer
            .await?
            .paysheet
            .ok_or(ClientError::Incomplete("paysheet"))
    }

    /// Takes a line out of the payment until it is released; gives its sheet.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn hold_line(
        &self,
        line_id: &str,
        etag: Option<&str>,
    ) -> Result<Paysheet, ClientError> {
        let message = HoldLineRequest {
            workspace: self.named_workspace(),
            request_id: self.new_request_id(),
            line_id: line_id.to_owned(),
            etag: etag.unwrap_or_default().to_owned(),
        };
        let answer = unary!(
            self,
            paysheet_service_client::PaysheetServiceClient.hold_line,
            message
        );
        answer
            .await?
            .paysheet
            .ok_or(ClientError::Incomplete("paysheet"))
    }

    /// Lets a held line be paid again; gives its sheet.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn release_line(
        &self,
        line_id: &str,
        etag: Option<&str>,
    ) -> Result<Paysheet, ClientError> {
        let message = ReleaseLineRequest {
            workspace: self.named_workspace(),
            request_id: self.new_request_id(),
            line_id: line_id.to_owned(),
            etag: etag.unwrap_or_default().to_owned(),
        };
        let answer = unary!(
            self,
            paysheet_service_client::PaysheetServiceClient.release_line,
            message
        );
        answer
            .await?
            .paysheet
            .ok_or(ClientError::Incomplete("paysheet"))
    }
}

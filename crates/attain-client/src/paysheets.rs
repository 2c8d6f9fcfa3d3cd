//! Paysheets and their lines. An `etag` is the version that was read; `None` means any.

use crate::connection::{Client, unary};
use crate::error::ClientError;
use crate::page::{Rows, listed};
use crate::proto::{
    ActOnPaysheetsRequest, ActOnPaysheetsResponse, ApprovePaysheetRequest, ExplainPaysheetRequest,
    GetPaysheetRequest, GetPaysheetResponse, HoldLineRequest, LineExplained,
    ListPaymentLinesRequest, ListPaysheetsRequest, LockPaysheetRequest, PaymentLine, Paysheet,
    PaysheetAction, RejectPaysheetRequest, ReleaseLineRequest, SubmitPaysheetRequest,
};

/// What became of a line.
#[derive(Clone, Debug, PartialEq)]
pub struct LineOutcome {
    /// Its sheet, with the new sums.
    pub paysheet: Paysheet,
    /// The line; none once it was released from a paid batch: the next batch takes it.
    pub line: Option<PaymentLine>,
}

impl Client {
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

    /// One paysheet with its batch and the number of its lines.
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

    /// The lines of a paysheet, held ones included: earnings and reversals in order of date and id,
    /// then rewards likewise.
    #[must_use]
    pub fn payment_lines(&self, paysheet_id: &str) -> Rows<PaymentLine> {
        let message = ListPaymentLinesRequest {
            workspace: self.named_workspace(),
            paysheet_id: paysheet_id.to_owned(),
            ..ListPaymentLinesRequest::default()
        };
        listed!(
            self,
            paysheet_service_client::PaysheetServiceClient.list_payment_lines,
            message,
            payment_lines
        )
    }

    /// The lines of a paysheet, each with the explanation of its earning or with its reward.
    #[must_use]
    pub fn explain_paysheet(&self, paysheet_id: &str) -> Rows<LineExplained> {
        let message = ExplainPaysheetRequest {
            workspace: self.named_workspace(),
            paysheet_id: paysheet_id.to_owned(),
            ..ExplainPaysheetRequest::default()
        };
        listed!(
            self,
            paysheet_service_client::PaysheetServiceClient.explain_paysheet,
            message,
            lines
        )
    }

    /// Locks, submits, approves or rejects every paysheet of a batch.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn act_on_paysheets(
        &self,
        batch_id: &str,
        action: PaysheetAction,
    ) -> Result<ActOnPaysheetsResponse, ClientError> {
        let message = ActOnPaysheetsRequest {
            workspace: self.named_workspace(),
            request_id: self.new_request_id(),
            batch_id: batch_id.to_owned(),
            action: action.into(),
        };
        unary!(
            self,
            paysheet_service_client::PaysheetServiceClient.act_on_paysheets,
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

    /// Takes a line, or a reward by its own id, out of the payment until it is released.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn hold_line(
        &self,
        line_id: &str,
        etag: Option<&str>,
    ) -> Result<LineOutcome, ClientError> {
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
        let answer = answer.await?;
        let paysheet = answer.paysheet.ok_or(ClientError::Incomplete("paysheet"))?;
        Ok(LineOutcome {
            paysheet,
            line: answer.line,
        })
    }

    /// Lets a held line be paid again.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn release_line(
        &self,
        line_id: &str,
        etag: Option<&str>,
    ) -> Result<LineOutcome, ClientError> {
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
        let answer = answer.await?;
        let paysheet = answer.paysheet.ok_or(ClientError::Incomplete("paysheet"))?;
        Ok(LineOutcome {
            paysheet,
            line: answer.line,
        })
    }
}

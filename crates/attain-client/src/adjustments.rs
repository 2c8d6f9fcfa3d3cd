//! Adjusting what was credited and sold, and what waits for Revert after it.

use crate::connection::{Client, unary};
use crate::error::ClientError;
use crate::proto::adjustment_outcome::Outcome;
use crate::proto::{
    Adjusted, Adjustment, AdjustmentOutcome, BatchAdjustRequest, DateRange, ListPendingRequest,
    ListPendingResponse, PreviewAdjustRequest, PreviewAdjustResponse, Refusal,
};

impl Client {
    /// Adjusts credits and transactions, at most 10,000 at once. The answers are in the order of
    /// the request; one that is refused stops only what is about the same transaction.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn adjust(
        &self,
        adjustments: Vec<Adjustment>,
        reason: &str,
    ) -> Result<Vec<Result<Adjusted, Refusal>>, ClientError> {
        let count = adjustments.len();
        let message = BatchAdjustRequest {
            workspace: self.named_workspace(),
            request_id: self.new_request_id(),
            reason: reason.to_owned(),
            adjustments,
        };
        let answer = unary!(
            self,
            adjustment_service_client::AdjustmentServiceClient.batch_adjust,
            message
        );
        let outcomes = answer.await?.outcomes;
        if outcomes.len() != count {
            return Err(ClientError::Incomplete("answer for each adjustment"));
        }
        (0..)
            .zip(outcomes)
            .map(|(index, one)| told(index, one))
            .collect()
    }

    /// What adjustments would do, at most 1,000 of them; nothing is stored.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn preview_adjust(
        &self,
        adjustments: Vec<Adjustment>,
    ) -> Result<PreviewAdjustResponse, ClientError> {
        let message = PreviewAdjustRequest {
            workspace: self.named_workspace(),
            adjustments,
        };
        unary!(
            self,
            adjustment_service_client::AdjustmentServiceClient.preview_adjust,
            message
        )
        .await
    }

    /// What waits for Revert in the open periods that share a date with these: how much, and the
    /// first 100 rows.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn pending(&self, dates: DateRange) -> Result<ListPendingResponse, ClientError> {
        let message = ListPendingRequest {
            workspace: self.named_workspace(),
            dates: Some(dates),
        };
        unary!(
            self,
            adjustment_service_client::AdjustmentServiceClient.list_pending,
            message
        )
        .await
    }
}

fn told(index: u64, one: AdjustmentOutcome) -> Result<Result<Adjusted, Refusal>, ClientError> {
    match one.outcome.filter(|_| one.index == index) {
        Some(Outcome::Adjusted(adjusted)) => Ok(Ok(adjusted)),
        Some(Outcome::Refused(refused)) => Ok(Err(refused)),
        None => Err(ClientError::Incomplete("answer for each adjustment")),
    }
}

//! Looking at credits.

use crate::connection::{Client, unary};
use crate::error::ClientError;
use crate::page::{Rows, listed};
use crate::proto::{Credit, CreditVersion, DateRange, GetCreditHistoryRequest, ListCreditsRequest};

impl Client {
    /// The credits of a participant by credit date, without obsolete ones, in the order in which
    /// they are calculated: date, natural key, kind.
    #[must_use]
    pub fn credits(&self, participant: &str, dates: DateRange) -> Rows<Credit> {
        let message = ListCreditsRequest {
            workspace: self.named_workspace(),
            participant: participant.to_owned(),
            dates: Some(dates),
            ..ListCreditsRequest::default()
        };
        listed!(
            self,
            credit_service_client::CreditServiceClient.list_credits,
            message,
            credits
        )
    }
    /// The whole chain of versions that a credit is part of, splits and transfers included, oldest
    /// first.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn credit_history(&self, credit_id: &str) -> Result<Vec<CreditVersion>, ClientError> {
        let message = GetCreditHistoryRequest {
            workspace: self.named_workspace(),
            credit_id: credit_id.to_owned(),
        };
        let answer = unary!(
            self,
            credit_service_client::CreditServiceClient.get_credit_history,
            message
        );
        Ok(answer.await?.versions)
    }
}

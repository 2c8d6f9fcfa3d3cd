//! Earnings, their explanations, and statements.

use prost_types::Timestamp;

use crate::connection::{Client, unary};
use crate::error::ClientError;
use crate::page::{Rows, listed};
use crate::proto::{
    AsOf, DateRange, Earning, EarningView, ExplainEarningRequest, Explanation, GetAsOfRequest,
    GetEarningHistoryRequest, GetEarningHistoryResponse, GetStatementRequest, ListEarningsRequest,
    Statement,
};

impl Client {
    /// Live earnings of one participant or of everybody by earning date, obsolete ones and
    /// reversals included, in order of participant, date, id.
    #[must_use]
    pub fn earnings(
        &self,
        participant: Option<&str>,
        dates: DateRange,
        view: EarningView,
    ) -> Rows<Earning> {
        let message = ListEarningsRequest {
            workspace: self.named_workspace(),
            participant: participant.unwrap_or_default().to_owned(),
            dates: Some(dates),
            view: view.into(),
            ..ListEarningsRequest::default()
        };
        listed!(
            self,
            earning_service_client::EarningServiceClient.list_earnings,
            message,
            earnings
        )
    }

    /// How an earning came to be.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn explain(&self, earning_id: &str) -> Result<Explanation, ClientError> {
        let message = ExplainEarningRequest {
            workspace: self.named_workspace(),
            earning_id: earning_id.to_owned(),
        };
        let answer = unary!(
            self,
            earning_service_client::EarningServiceClient.explain_earning,
            message
        );
        answer
            .await?
            .explanation
            .ok_or(ClientError::Incomplete("explanation"))
    }

    /// Everything that was ever earned under the key of an earning, and the payment lines of it,
    /// oldest first.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn earning_history(
        &self,
        earning_id: &str,
        view: EarningView,
    ) -> Result<GetEarningHistoryResponse, ClientError> {
        let message = GetEarningHistoryRequest {
            workspace: self.named_workspace(),
            earning_id: earning_id.to_owned(),
            view: view.into(),
        };
        unary!(
            self,
            earning_service_client::EarningServiceClient.get_earning_history,
            message
        )
        .await
    }

    /// What one participant has in one period.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn statement(
        &self,
        participant: &str,
        period: &str,
    ) -> Result<Statement, ClientError> {
        let message = GetStatementRequest {
            workspace: self.named_workspace(),
            participant: participant.to_owned(),
            period: period.to_owned(),
        };
        let answer = unary!(
            self,
            statement_service_client::StatementServiceClient.get_statement,
            message
        );
        answer
            .await?
            .statement
            .ok_or(ClientError::Incomplete("statement"))
    }
    /// What a participant had earned and been paid, as known at a past moment.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn as_of(&self, participant: &str, at: Timestamp) -> Result<AsOf, ClientError> {
        let message = GetAsOfRequest {
            workspace: self.named_workspace(),
            participant: participant.to_owned(),
            as_of_time: Some(at),
        };
        let answer = unary!(
            self,
            statement_service_client::StatementServiceClient.get_as_of,
            message
        );
        answer.await?.as_of.ok_or(ClientError::Incomplete("as_of"))
    }
}

//! Looking at transactions.

use crate::connection::{Client, unary};
use crate::error::ClientError;
use crate::page::{Rows, listed};
use crate::proto::{
    Credit, DateRange, GetTransactionHistoryRequest, GetTransactionHistoryResponse,
    GetTransactionRequest, ListTransactionsRequest, Transaction,
};

impl Client {
    /// Transactions by event date, all versions, in the order of their storing.
    #[must_use]
    pub fn transactions(&self, dates: DateRange) -> Rows<Transaction> {
        let message = ListTransactionsRequest {
            workspace: self.named_workspace(),
            dates: Some(dates),
            ..ListTransactionsRequest::default()
        };
        listed!(
            self,
            transaction_service_client::TransactionServiceClient.list_transactions,
            message,
            transactions
        )
    }

    /// The newest version of a transaction, with its credits.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn transaction(
        &self,
        source_number: &str,
        transaction_type: &str,
    ) -> Result<(Transaction, Vec<Credit>), ClientError> {
        let message = GetTransactionRequest {
            workspace: self.named_workspace(),
            source_number: source_number.to_owned(),
            transaction_type: transaction_type.to_owned(),
        };
        let answer = unary!(
            self,
            transaction_service_client::TransactionServiceClient.get_transaction,
            message
        )
        .await?;
        let transaction = answer
            .transaction
            .ok_or(ClientError::Incomplete("transaction"))?;
        Ok((transaction, answer.credits))
    }
    /// All versions of a transaction, and everything that was ever credited for it, oldest first.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn transaction_history(
        &self,
        source_number: &str,
        transaction_type: &str,
    ) -> Result<GetTransactionHistoryResponse, ClientError> {
        let message = GetTransactionHistoryRequest {
            workspace: self.named_workspace(),
            source_number: source_number.to_owned(),
            transaction_type: transaction_type.to_owned(),
        };
        unary!(
            self,
            transaction_service_client::TransactionServiceClient.get_transaction_history,
            message
        )
        .await
    }
}

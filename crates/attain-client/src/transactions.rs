//! Looking at transactions.

use crate::connection::{Client, unary};
use crate::error::ClientError;
use crate::page::{Rows, listed};
use crate::proto::{DateRange, GetTransactionRequest, ListTransactionsRequest, Transaction};

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

    /// One version of a transaction.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn transaction(&self, transaction_id: &str) -> Result<Transaction, ClientError> {
        self.find_transaction(GetTransactionRequest {
            workspace: self.named_workspace(),
            transaction_id: transaction_id.to_owned(),
            ..GetTransactionRequest::default()
        })
        .await
    }

    /// The newest version of a natural key.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn transaction_by_key(
        &self,
        source_number: &str,
        transaction_type: &str,
    ) -> Result<Transaction, ClientError> {
        self.find_transaction(GetTransactionRequest {
            workspace: self.named_workspace(),
            source_number: source_number.to_owned(),
            transaction_type: transaction_type.to_owned(),
            ..GetTransactionRequest::default()
        })
        .await
    }

    async fn find_transaction(
        &self,
        message: GetTransactionRequest,
    ) -> Result<Transaction, ClientError> {
        let answer = unary!(
            self,
            transaction_service_client::TransactionServiceClient.get_transaction,
            message
        );
        answer
            .await?
            .transaction
            .ok_or(ClientError::Incomplete("transaction"))
    }
}

//! Imports: rows go out as a stream, in messages of many rows, and what became of them comes back
//! as a stream. Taking answers slowly slows the sending down; nothing piles up.

use futures::stream::{Stream, StreamExt, TryStreamExt};

use crate::connection::{Client, service};
use crate::error::ClientError;
use crate::page::Rows;
use crate::proto::{
    CreditRow, ImportCounts, ImportCreditsRequest, ImportTransactionsRequest, RejectedRow,
    TransactionRow,
};

/// Rows of one message: about 100 kB of ordinary rows.
const MESSAGE_ROWS: usize = 500;

/// How far an import has come.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ImportProgress {
    /// Of the whole import so far.
    pub counts: ImportCounts,
    /// The rows of the latest chunk that were not stored. Indexes count from 0 over the whole
    /// import.
    pub rejected: Vec<RejectedRow>,
}

impl Client {
    /// Imports transactions. Rows are taken from the stream as the server stores them; it gives one
    /// answer for each chunk and ends when all rows are stored. An import that fails is repeated
    /// from its beginning: what is stored already is found unchanged.
    ///
    /// # Errors
    /// See [`ClientError`]; the answers too can end with one.
    pub async fn import_transactions(
        &self,
        rows: impl Stream<Item = TransactionRow> + Send + 'static,
    ) -> Result<Rows<ImportProgress>, ClientError> {
        let (workspace, request_id) = (self.named_workspace(), self.new_request_id());
        let messages = rows
            .chunks(MESSAGE_ROWS)
            .map(move |rows| ImportTransactionsRequest {
                workspace: workspace.clone(),
                request_id: request_id.clone(),
                rows,
            });
        let mut service = service!(self, transaction_service_client::TransactionServiceClient);
        let answers = service
            .import_transactions(self.request(messages))
            .await?
            .into_inner();
        Ok(Box::pin(answers.map_err(ClientError::from).map_ok(
            |answer| ImportProgress {
                counts: answer.counts.unwrap_or_default(),
                rejected: answer.rejected,
            },
        )))
    }

    /// Imports ready-made credits, as [`Client::import_transactions`] imports transactions.
    ///
    /// # Errors
    /// See [`ClientError`]; the answers too can end with one.
    pub async fn import_credits(
        &self,
        rows: impl Stream<Item = CreditRow> + Send + 'static,
    ) -> Result<Rows<ImportProgress>, ClientError> {
        let (workspace, request_id) = (self.named_workspace(), self.new_request_id());
        let messages = rows
            .chunks(MESSAGE_ROWS)
            .map(move |rows| ImportCreditsRequest {
                workspace: workspace.clone(),
                request_id: request_id.clone(),
                rows,
            });
        let mut service = service!(self, credit_service_client::CreditServiceClient);
        let answers = service
            .import_credits(self.request(messages))
            .await?
            .into_inner();
        Ok(Box::pin(answers.map_err(ClientError::from).map_ok(
            |answer| ImportProgress {
                counts: answer.counts.unwrap_or_default(),
                rejected: answer.rejected,
            },
        )))
    }
}

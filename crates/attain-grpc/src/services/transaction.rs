//! Transactions.

use attain_app::{Caller, Engine, ImportReport};
use attain_domain::collecting::RawTransaction;
use attain_domain::ids::{SourceNumber, TransactionId, TransactionType};
use attain_domain::refusal::{Reason, Refusal};
use attain_domain::transaction::TransactionKey;
use attain_proto::attain::v1 as proto;
use attain_proto::attain::v1::transaction_service_server::TransactionService;
use attain_proto::attain::v1::{
    GetTransactionHistoryRequest, GetTransactionHistoryResponse, GetTransactionRequest,
    GetTransactionResponse, ImportTransactionsRequest, ImportTransactionsResponse,
    ListTransactionsRequest, ListTransactionsResponse,
};
use tonic::{Request, Response, Status, Streaming, async_trait};

use super::Answers;
use super::importing::{Import, answers};
use crate::identity::Identity;
use crate::paging::Paging;
use crate::status::answer;
use crate::wire::credit;
use crate::wire::history;
use crate::wire::import::transaction_from_wire;
use crate::wire::transaction::to_wire;
use crate::wire::values::{name, range_from_wire};

pub(crate) struct Transactions {
    pub(crate) engine: Engine,
}

struct TransactionImport;

impl Import for TransactionImport {
    type Message = ImportTransactionsRequest;
    type Row = RawTransaction;
    type Answer = ImportTransactionsResponse;

    fn head(message: &Self::Message) -> (&str, &str) {
        (&message.workspace, &message.request_id)
    }

    fn rows(message: Self::Message) -> impl Iterator<Item = Self::Row> {
        message.rows.into_iter().map(transaction_from_wire)
    }

    async fn import(
        engine: &Engine,
        caller: &Caller,
        rows: &[(u64, Self::Row)],
    ) -> Result<ImportReport, Refusal> {
        engine.import_transactions(caller, rows).await
    }

    fn answer(counts: proto::ImportCounts, rejected: Vec<proto::RejectedRow>) -> Self::Answer {
        ImportTransactionsResponse {
            counts: Some(counts),
            rejected,
        }
    }
}

#[async_trait]
impl TransactionService for Transactions {
    type ImportTransactionsStream = Answers<ImportTransactionsResponse>;

    async fn import_transactions(
        &self,
        request: Request<Streaming<ImportTransactionsRequest>>,
    ) -> Result<Response<Self::ImportTransactionsStream>, Status> {
        let (metadata, _, incoming) = request.into_parts();
        answer(async {
            let identity = Identity::of(&metadata)?;
            Ok(answers::<TransactionImport>(
                self.engine.clone(),
                identity,
                incoming,
            ))
        })
        .await
    }

    async fn list_transactions(
        &self,
        request: Request<ListTransactionsRequest>,
    ) -> Result<Response<ListTransactionsResponse>, Status> {
        let (metadata, _, message) = request.into_parts();
        answer(async {
            let caller = Identity::of(&metadata)?.reads(&message.workspace)?;
            let range = range_from_wire("dates", message.dates.as_ref())?;
            let filter = [message.workspace.as_str(), &range.to_string()];
            let paging = Paging::read(
                "transactions",
                &filter,
                message.page_size,
                &message.page_token,
            )?;
            let after = paging.after(|parts| match parts {
                [id] => TransactionId::parse(id).ok(),
                _ => None,
            })?;
            let read = self
                .engine
                .transactions(&caller, range, after, paging.chunk())
                .await?;
            let (transactions, next_page_token) =
                paging.page(&read, to_wire, |row| vec![row.id.to_string()])?;
            Ok(ListTransactionsResponse {
                transactions,
                next_page_token,
            })
        })
        .await
    }

    async fn get_transaction(
        &self,
        request: Request<GetTransactionRequest>,
    ) -> Result<Response<GetTransactionResponse>, Status> {
        let (metadata, _, message) = request.into_parts();
        answer(async {
            let caller = Identity::of(&metadata)?.reads(&message.workspace)?;
            let key = key_of(&message.source_number, &message.transaction_type)?;
            let view = self.engine.transaction(&caller, &key).await?;
            let view = view.ok_or_else(|| no_such(&key))?;
            let credits = view
                .credits
                .iter()
                .map(credit::to_wire)
                .collect::<Result<_, _>>()?;
            let transaction = Some(to_wire(&view.transaction)?);
            Ok(GetTransactionResponse {
                transaction,
                credits,
            })
        })
        .await
    }

    async fn get_transaction_history(
        &self,
        request: Request<GetTransactionHistoryRequest>,
    ) -> Result<Response<GetTransactionHistoryResponse>, Status> {
        let (metadata, _, message) = request.into_parts();
        answer(async {
            let caller = Identity::of(&metadata)?.reads(&message.workspace)?;
            let key = key_of(&message.source_number, &message.transaction_type)?;
            let past = self.engine.transaction_history(&caller, &key).await?;
            let versions = past.versions.iter().map(history::of_transaction);
            let credits = past.credits.iter().map(history::of_credit);
            Ok(GetTransactionHistoryResponse {
                versions: versions.collect::<Result<_, _>>()?,
                credits: credits.collect::<Result<_, _>>()?,
            })
        })
        .await
    }
}

fn key_of(number: &str, kind: &str) -> Result<TransactionKey, Refusal> {
    Ok(TransactionKey {
        number: name("source_number", number, SourceNumber::parse)?,
        kind: name("transaction_type", kind, TransactionType::parse)?,
    })
}

pub(super) fn no_such(key: &TransactionKey) -> Refusal {
    Refusal::new(Reason::NotFound, format!("there is no transaction {key}"))
        .with("source_number", &key.number)
        .with("transaction_type", &key.kind)
}

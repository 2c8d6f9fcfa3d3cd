//! Transactions.

use attain_app::{Caller, Engine, ImportReport};
use attain_domain::collecting::RawTransaction;
use attain_domain::ids::{SourceNumber, TransactionId, TransactionType};
use attain_domain::refusal::{Reason, Refusal};
use attain_domain::transaction::TransactionKey;
use attain_proto::attain::v1 as proto;
use attain_proto::attain::v1::transaction_service_server::TransactionService;
use attain_proto::attain::v1::{
    GetTransactionRequest, GetTransactionResponse, ImportTransactionsRequest,
    ImportTransactionsResponse, ListTransactionsRequest, ListTransactionsResponse,
};
use tonic::{Request, Response, Status, Streaming, async_trait};

use super::Answers;
use super::importing::{Import, answers};
use crate::identity::Identity;
use crate::paging::Paging;
use crate::status::answer;
use crate::wire::credit;
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
            let number = name("source_number", &message.source_number, SourceNumber::parse)?;
            let kind = name(
                "transaction_type",
                &message.transaction_type,
                TransactionType::parse,
            )?;
            let key = TransactionKey { number, kind };
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
}

fn no_such(key: &TransactionKey) -> Refusal {
    Refusal::new(Reason::NotFound, format!("there is no transaction {key}"))
        .with("source_number", &key.number)
        .with("transaction_type", &key.kind)
}

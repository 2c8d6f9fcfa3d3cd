//! Credits.

use attain_app::{Caller, Engine, ImportReport};
use attain_domain::collecting::RawCredit;
use attain_domain::credit::{Credit, CreditKind, CreditPosition};
use attain_domain::ids::{CreditId, LineageId, ParticipantId, SourceNumber, TransactionType};
use attain_domain::refusal::Refusal;
use attain_domain::transaction::TransactionKey;
use attain_proto::attain::v1 as proto;
use attain_proto::attain::v1::credit_service_server::CreditService;
use attain_proto::attain::v1::{
    GetCreditHistoryRequest, GetCreditHistoryResponse, ImportCreditsRequest, ImportCreditsResponse,
    ListCreditsRequest, ListCreditsResponse,
};
use tonic::{Request, Response, Status, Streaming, async_trait};

use super::Answers;
use super::importing::{Import, answers};
use crate::identity::Identity;
use crate::paging::Paging;
use crate::status::answer;
use crate::wire::credit::to_wire;
use crate::wire::history;
use crate::wire::import::credit_from_wire;
use crate::wire::values::{name, range_from_wire};

pub(crate) struct Credits {
    pub(crate) engine: Engine,
}

struct CreditImport;

impl Import for CreditImport {
    type Message = ImportCreditsRequest;
    type Row = RawCredit;
    type Answer = ImportCreditsResponse;

    fn head(message: &Self::Message) -> (&str, &str) {
        (&message.workspace, &message.request_id)
    }

    fn rows(message: Self::Message) -> impl Iterator<Item = Self::Row> {
        message.rows.into_iter().map(credit_from_wire)
    }

    async fn import(
        engine: &Engine,
        caller: &Caller,
        rows: &[(u64, Self::Row)],
    ) -> Result<ImportReport, Refusal> {
        engine.import_credits(caller, rows).await
    }

    fn answer(counts: proto::ImportCounts, rejected: Vec<proto::RejectedRow>) -> Self::Answer {
        ImportCreditsResponse {
            counts: Some(counts),
            rejected,
        }
    }
}

#[async_trait]
impl CreditService for Credits {
    type ImportCreditsStream = Answers<ImportCreditsResponse>;

    async fn import_credits(
        &self,
        request: Request<Streaming<ImportCreditsRequest>>,
    ) -> Result<Response<Self::ImportCreditsStream>, Status> {
        let (metadata, _, incoming) = request.into_parts();
        answer(async {
            let identity = Identity::of(&metadata)?;
            Ok(answers::<CreditImport>(
                self.engine.clone(),
                identity,
                incoming,
            ))
        })
        .await
    }

    async fn list_credits(
        &self,
        request: Request<ListCreditsRequest>,
    ) -> Result<Response<ListCreditsResponse>, Status> {
        let (metadata, _, message) = request.into_parts();
        answer(async {
            let caller = Identity::of(&metadata)?.reads(&message.workspace)?;
            let participant = name("participant", &message.participant, ParticipantId::parse)?;
            let range = range_from_wire("dates", message.dates.as_ref())?;
            let filter = [
                message.workspace.as_str(),
                participant.as_str(),
                &range.to_string(),
            ];
            let paging = Paging::read("credits", &filter, message.page_size, &message.page_token)?;
            let after = paging.after(position_of)?;
            let whose = [participant];
            let read = self
                .engine
                .credits(&caller, &whose, range, after.as_ref(), paging.chunk())
                .await?;
            let (credits, next_page_token) = paging.page(&read, to_wire, parts_of)?;
            Ok(ListCreditsResponse {
                credits,
                next_page_token,
            })
        })
        .await
    }

    async fn get_credit_history(
        &self,
        request: Request<GetCreditHistoryRequest>,
    ) -> Result<Response<GetCreditHistoryResponse>, Status> {
        let (metadata, _, message) = request.into_parts();
        answer(async {
            let caller = Identity::of(&metadata)?.reads(&message.workspace)?;
            let id = name("credit_id", &message.credit_id, CreditId::parse)?;
            let versions = self.engine.credit_history(&caller, id).await?;
            let versions = versions.iter().map(history::of_credit);
            Ok(GetCreditHistoryResponse {
                versions: versions.collect::<Result<_, _>>()?,
            })
        })
        .await
    }
}

/// The parts of a token for a credit's position; `position_of` reads them back.
fn parts_of(credit: &Credit) -> Vec<String> {
    let CreditPosition {
        participant,
        date,
        key,
        kind,
        lineage,
    } = CreditPosition::of(credit);
    let kind = match kind {
        CreditKind::Direct => "direct",
        CreditKind::Indirect => "indirect",
        CreditKind::Team => "team",
    };
    vec![
        participant.to_string(),
        date.to_string(),
        key.number.to_string(),
        key.kind.to_string(),
        kind.to_owned(),
        lineage.to_string(),
    ]
}

fn position_of(parts: &[&str]) -> Option<CreditPosition> {
    let [participant, date, number, transaction_type, kind, lineage] = parts else {
        return None;
    };
    Some(CreditPosition {
        participant: ParticipantId::parse(participant).ok()?,
        date: date.parse().ok()?,
        key: TransactionKey {
            number: SourceNumber::parse(number).ok()?,
            kind: TransactionType::parse(transaction_type).ok()?,
        },
        kind: match *kind {
            "direct" => CreditKind::Direct,
            "indirect" => CreditKind::Indirect,
            "team" => CreditKind::Team,
            _ => return None,
        },
        lineage: LineageId::parse(lineage).ok()?,
    })
}

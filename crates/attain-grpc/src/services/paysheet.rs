//! Paysheets and their lines.

use attain_app::{Engine, HoldOf, LineAction, LineOutcome, PaysheetAction};
use attain_domain::ids::{BatchId, ParticipantId, PaysheetId};
use attain_domain::payment::Paysheet;
use attain_domain::ports::PaysheetPosition;
use attain_domain::refusal::Refusal;
use attain_proto::attain::v1 as proto;
use attain_proto::attain::v1::paysheet_service_server::PaysheetService;
use attain_proto::attain::v1::{
    ActOnPaysheetsRequest, ActOnPaysheetsResponse, ApprovePaysheetRequest, ApprovePaysheetResponse,
    ExplainPaysheetRequest, ExplainPaysheetResponse, GetPaysheetRequest, GetPaysheetResponse,
    HoldLineRequest, HoldLineResponse, ListPaymentLinesRequest, ListPaymentLinesResponse,
    ListPaysheetsRequest, ListPaysheetsResponse, LockPaysheetRequest, LockPaysheetResponse,
    RejectPaysheetRequest, RejectPaysheetResponse, ReleaseLineRequest, ReleaseLineResponse,
    SubmitPaysheetRequest, SubmitPaysheetResponse,
};
use tonic::metadata::MetadataMap;
use tonic::{Request, Response, Status, async_trait};

use crate::identity::Identity;
use crate::paging::Paging;
use crate::status::answer;
use crate::wire::explanation;
use crate::wire::payment::{
    RowPosition, SheetRow, action_from_wire, batch, held_from_wire, left_out, line, paysheet,
    reward_line,
};
use crate::wire::values::{etag, name};

/// Most explained lines of a page: each is a handful of reads.
const EXPLAINED_LINES_MAX: i32 = 100;

pub(crate) struct Paysheets {
    pub(crate) engine: Engine,
}

/// A write on one record, whatever its kind.
struct Write<'m> {
    metadata: &'m MetadataMap,
    workspace: &'m str,
    request_id: &'m str,
    id: &'m str,
    etag: &'m str,
}

/// What a write on one record says; the messages have the same fields, but no type in common.
macro_rules! write {
    ($metadata:expr, $message:expr, $id:ident) => {
        Write {
            metadata: &$metadata,
            workspace: &$message.workspace,
            request_id: &$message.request_id,
            id: &$message.$id,
            etag: &$message.etag,
        }
    };
}

#[async_trait]
impl PaysheetService for Paysheets {
    async fn list_paysheets(
        &self,
        request: Request<ListPaysheetsRequest>,
    ) -> Result<Response<ListPaysheetsResponse>, Status> {
        let (metadata, _, message) = request.into_parts();
        answer(async {
            let caller = Identity::of(&metadata)?.reads(&message.workspace)?;
            let id = name("batch_id", &message.batch_id, BatchId::parse)?;
            let filter = [message.workspace.as_str(), message.batch_id.as_str()];
            let paging =
                Paging::read("paysheets", &filter, message.page_size, &message.page_token)?;
            let after = paging.after(position_of)?;
            let read = self
                .engine
                .paysheets(&caller, id, after.as_ref(), paging.chunk())
                .await?;
            let (paysheets, next_page_token) = paging.page(&read, paysheet, parts_of)?;
            Ok(ListPaysheetsResponse {
                paysheets,
                next_page_token,
            })
        })
        .await
    }

    async fn get_paysheet(
        &self,
        request: Request<GetPaysheetRequest>,
    ) -> Result<Response<GetPaysheetResponse>, Status> {
        let (metadata, _, message) = request.into_parts();
        answer(async {
            let caller = Identity::of(&metadata)?.reads(&message.workspace)?;
            let id = name("paysheet_id", &message.paysheet_id, PaysheetId::parse)?;
            let view = self.engine.paysheet(&caller, id).await?;
            Ok(GetPaysheetResponse {
                paysheet: Some(paysheet(&view.sheet)?),
                batch: Some(batch(&view.batch)),
                line_count: SheetRow::all(&view.lines, &view.rewards).len() as u64,
            })
        })
        .await
    }

    async fn list_payment_lines(
        &self,
        request: Request<ListPaymentLinesRequest>,
    ) -> Result<Response<ListPaymentLinesResponse>, Status> {
        let (metadata, _, message) = request.into_parts();
        answer(async {
            let caller = Identity::of(&metadata)?.reads(&message.workspace)?;
            let id = name("paysheet_id", &message.paysheet_id, PaysheetId::parse)?;
            let filter = [message.workspace.as_str(), message.paysheet_id.as_str()];
            let paging = Paging::read("lines", &filter, message.page_size, &message.page_token)?;
            let after = paging.after(RowPosition::read)?;
            let view = self.engine.paysheet(&caller, id).await?;
            let rows = SheetRow::all(&view.lines, &view.rewards);
            let first = after.map_or(0, |after| {
                rows.partition_point(|row| row.position() <= after)
            });
            let rest = rows.get(first..).unwrap_or_default();
            let (payment_lines, next_page_token) =
                paging.page(rest, |row| row.to_wire(), |row| row.position().parts())?;
            Ok(ListPaymentLinesResponse {
                payment_lines,
                next_page_token,
            })
        })
        .await
    }

    async fn explain_paysheet(
        &self,
        request: Request<ExplainPaysheetRequest>,
    ) -> Result<Response<ExplainPaysheetResponse>, Status> {
        let (metadata, _, message) = request.into_parts();
        answer(async {
            let caller = Identity::of(&metadata)?.reads(&message.workspace)?;
            let id = name("paysheet_id", &message.paysheet_id, PaysheetId::parse)?;
            let filter = [message.workspace.as_str(), message.paysheet_id.as_str()];
            let rows = message.page_size.min(EXPLAINED_LINES_MAX);
            let paging = Paging::read("explained", &filter, rows, &message.page_token)?;
            let after = paging.after(|parts| match parts {
                [id] => held_from_wire("page_token", id).ok(),
                _ => None,
            })?;
            let read = self
                .engine
                .explain_paysheet(&caller, id, after, paging.chunk())
                .await?;
            let (lines, next_page_token) =
                paging.page(&read.lines, explanation::line, |row| token_of(row.of()))?;
            Ok(ExplainPaysheetResponse {
                lines,
                next_page_token,
                paysheet: Some(paysheet(&read.sheet)?),
            })
        })
        .await
    }

    async fn lock_paysheet(
        &self,
        request: Request<LockPaysheetRequest>,
    ) -> Result<Response<LockPaysheetResponse>, Status> {
        let (metadata, _, message) = request.into_parts();
        answer(async {
            let write = write!(metadata, message, paysheet_id);
            let paysheet = self.act(&write, PaysheetAction::Lock).await?;
            Ok(LockPaysheetResponse { paysheet })
        })
        .await
    }

    async fn submit_paysheet(
        &self,
        request: Request<SubmitPaysheetRequest>,
    ) -> Result<Response<SubmitPaysheetResponse>, Status> {
        let (metadata, _, message) = request.into_parts();
        answer(async {
            let write = write!(metadata, message, paysheet_id);
            let paysheet = self.act(&write, PaysheetAction::Submit).await?;
            Ok(SubmitPaysheetResponse { paysheet })
        })
        .await
    }

    async fn approve_paysheet(
        &self,
        request: Request<ApprovePaysheetRequest>,
    ) -> Result<Response<ApprovePaysheetResponse>, Status> {
        let (metadata, _, message) = request.into_parts();
        answer(async {
            let write = write!(metadata, message, paysheet_id);
            let paysheet = self.act(&write, PaysheetAction::Approve).await?;
            Ok(ApprovePaysheetResponse { paysheet })
        })
        .await
    }

    async fn reject_paysheet(
        &self,
        request: Request<RejectPaysheetRequest>,
    ) -> Result<Response<RejectPaysheetResponse>, Status> {
        let (metadata, _, message) = request.into_parts();
        answer(async {
            let write = write!(metadata, message, paysheet_id);
            let paysheet = self.act(&write, PaysheetAction::Reject).await?;
            Ok(RejectPaysheetResponse { paysheet })
        })
        .await
    }

    async fn act_on_paysheets(
        &self,
        request: Request<ActOnPaysheetsRequest>,
    ) -> Result<Response<ActOnPaysheetsResponse>, Status> {
        let (metadata, _, message) = request.into_parts();
        answer(async {
            let caller =
                Identity::of(&metadata)?.writes(&message.workspace, &message.request_id)?;
            let id = name("batch_id", &message.batch_id, BatchId::parse)?;
            let action = action_from_wire(message.action)?;
            let outcome = self.engine.paysheets_action(&caller, id, action).await?;
            Ok(ActOnPaysheetsResponse {
                there: outcome.there,
                refused: outcome.refused,
                failures: left_out(&outcome.failures),
            })
        })
        .await
    }

    async fn hold_line(
        &self,
        request: Request<HoldLineRequest>,
    ) -> Result<Response<HoldLineResponse>, Status> {
        let (metadata, _, message) = request.into_parts();
        answer(async {
            let write = write!(metadata, message, line_id);
            let outcome = self.act_on_line(&write, LineAction::Hold).await?;
            let line = line_of(&outcome)?;
            Ok(HoldLineResponse {
                paysheet: Some(paysheet(&outcome.sheet)?),
                line,
            })
        })
        .await
    }

    async fn release_line(
        &self,
        request: Request<ReleaseLineRequest>,
    ) -> Result<Response<ReleaseLineResponse>, Status> {
        let (metadata, _, message) = request.into_parts();
        answer(async {
            let write = write!(metadata, message, line_id);
            let outcome = self.act_on_line(&write, LineAction::Release).await?;
            let line = line_of(&outcome)?;
            Ok(ReleaseLineResponse {
                paysheet: Some(paysheet(&outcome.sheet)?),
                line,
            })
        })
        .await
    }
}

impl Paysheets {
    async fn act(
        &self,
        write: &Write<'_>,
        action: PaysheetAction,
    ) -> Result<Option<proto::Paysheet>, Refusal> {
        let caller = Identity::of(write.metadata)?.writes(write.workspace, write.request_id)?;
        let id = name("paysheet_id", write.id, PaysheetId::parse)?;
        let etag = etag("etag", write.etag)?;
        let sheet = self
            .engine
            .paysheet_action(&caller, id, action, etag)
            .await?;
        Ok(Some(paysheet(&sheet)?))
    }

    async fn act_on_line(
        &self,
        write: &Write<'_>,
        action: LineAction,
    ) -> Result<LineOutcome, Refusal> {
        let caller = Identity::of(write.metadata)?.writes(write.workspace, write.request_id)?;
        let of = held_from_wire("line_id", write.id)?;
        let etag = etag("etag", write.etag)?;
        self.engine.line_action(&caller, of, action, etag).await
    }
}

/// The parts of a token for a sheet's position; `position_of` reads them back.
fn parts_of(sheet: &Paysheet) -> Vec<String> {
    vec![sheet.participant.to_string(), sheet.id.to_string()]
}

fn position_of(parts: &[&str]) -> Option<PaysheetPosition> {
    let [participant, id] = parts else {
        return None;
    };
    Some(PaysheetPosition {
        participant: ParticipantId::parse(participant).ok()?,
        id: PaysheetId::parse(id).ok()?,
    })
}

/// The parts of a token for an explained line: its id.
fn token_of(of: HoldOf) -> Vec<String> {
    vec![match of {
        HoldOf::Line(id) => id.to_string(),
        HoldOf::Reward(id) => id.to_string(),
    }]
}

/// The line of an outcome, whatever it pays.
fn line_of(outcome: &LineOutcome) -> Result<Option<proto::PaymentLine>, Refusal> {
    if let Some(row) = &outcome.line {
        return line(row).map(Some);
    }
    let shown = outcome.reward.as_ref();
    let shown = shown.and_then(|reward| Some((reward, reward.line()?)));
    shown
        .map(|(reward, shown)| reward_line(reward, shown))
        .transpose()
}

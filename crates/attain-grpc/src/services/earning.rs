//! Earnings and their explanations.

use attain_app::Engine;
use attain_domain::earning::Earning;
use attain_domain::ids::{EarningId, ParticipantId};
use attain_domain::ports::EarningPosition;
use attain_proto::attain::v1::earning_service_server::EarningService;
use attain_proto::attain::v1::{
    ExplainEarningRequest, ExplainEarningResponse, GetEarningHistoryRequest,
    GetEarningHistoryResponse, ListEarningsRequest, ListEarningsResponse,
};
use tonic::{Request, Response, Status, async_trait};

use crate::identity::Identity;
use crate::paging::Paging;
use crate::status::answer;
use crate::wire::earning::{to_wire, view_from_wire};
use crate::wire::values::{name, range_from_wire};
use crate::wire::{explanation, history, payment};

pub(crate) struct Earnings {
    pub(crate) engine: Engine,
}

#[async_trait]
impl EarningService for Earnings {
    async fn list_earnings(
        &self,
        request: Request<ListEarningsRequest>,
    ) -> Result<Response<ListEarningsResponse>, Status> {
        let (metadata, _, message) = request.into_parts();
        answer(async {
            let caller = Identity::of(&metadata)?.reads(&message.workspace)?;
            let participant = (!message.participant.is_empty())
                .then(|| name("participant", &message.participant, ParticipantId::parse))
                .transpose()?;
            let range = range_from_wire("dates", message.dates.as_ref())?;
            let view = view_from_wire(message.view)?;
            let filter = [
                message.workspace.as_str(),
                message.participant.as_str(),
                &range.to_string(),
            ];
            let paging = Paging::read("earnings", &filter, message.page_size, &message.page_token)?;
            let after = paging.after(position_of)?;
            let read = self.engine.earnings(
                &caller,
                participant.as_ref(),
                range,
                after.as_ref(),
                paging.chunk(),
            );
            let (earnings, next_page_token) =
                paging.page(&read.await?, |earning| to_wire(earning, view), parts_of)?;
            Ok(ListEarningsResponse {
                earnings,
                next_page_token,
            })
        })
        .await
    }

    async fn explain_earning(
        &self,
        request: Request<ExplainEarningRequest>,
    ) -> Result<Response<ExplainEarningResponse>, Status> {
        let (metadata, _, message) = request.into_parts();
        answer(async {
            let caller = Identity::of(&metadata)?.reads(&message.workspace)?;
            let id = name("earning_id", &message.earning_id, EarningId::parse)?;
            let explained = self.engine.explain_earning(&caller, id).await?;
            Ok(ExplainEarningResponse {
                explanation: Some(explanation::to_wire(&explained)?),
            })
        })
        .await
    }

    async fn get_earning_history(
        &self,
        request: Request<GetEarningHistoryRequest>,
    ) -> Result<Response<GetEarningHistoryResponse>, Status> {
        let (metadata, _, message) = request.into_parts();
        answer(async {
            let caller = Identity::of(&metadata)?.reads(&message.workspace)?;
            let id = name("earning_id", &message.earning_id, EarningId::parse)?;
            let view = view_from_wire(message.view)?;
            let past = self.engine.earning_history(&caller, id).await?;
            let versions = past.versions.iter();
            let versions = versions.map(|version| history::of_earning(version, view));
            let lines = past.lines.iter().map(payment::line);
            Ok(GetEarningHistoryResponse {
                versions: versions.collect::<Result<_, _>>()?,
                payment_lines: lines.collect::<Result<_, _>>()?,
            })
        })
        .await
    }
}

/// The parts of a token for an earning's position; `position_of` reads them back.
fn parts_of(earning: &Earning) -> Vec<String> {
    vec![
        earning.key.participant.to_string(),
        earning.date.to_string(),
        earning.id.to_string(),
    ]
}

fn position_of(parts: &[&str]) -> Option<EarningPosition> {
    let [participant, date, id] = parts else {
        return None;
    };
    Some(EarningPosition {
        participant: ParticipantId::parse(participant).ok()?,
        date: date.parse().ok()?,
        id: EarningId::parse(id).ok()?,
    })
}

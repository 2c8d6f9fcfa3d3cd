//! Statements.

use attain_app::Engine;
use attain_domain::ids::{ParticipantId, PeriodId};
use attain_proto::attain::v1::statement_service_server::StatementService;
use attain_proto::attain::v1::{
    GetAsOfRequest, GetAsOfResponse, GetStatementRequest, GetStatementResponse,
};
use tonic::{Request, Response, Status, async_trait};

use crate::identity::Identity;
use crate::status::answer;
use crate::wire::given::instant_from_wire;
use crate::wire::history::as_of;
use crate::wire::statement::to_wire;
use crate::wire::values::{missing, name};

pub(crate) struct Statements {
    pub(crate) engine: Engine,
}

#[async_trait]
impl StatementService for Statements {
    async fn get_statement(
        &self,
        request: Request<GetStatementRequest>,
    ) -> Result<Response<GetStatementResponse>, Status> {
        let (metadata, _, message) = request.into_parts();
        answer(async {
            let caller = Identity::of(&metadata)?.reads(&message.workspace)?;
            let participant = name("participant", &message.participant, ParticipantId::parse)?;
            let period = name("period", &message.period, PeriodId::parse)?;
            let read = self
                .engine
                .statement(&caller, &participant, &period)
                .await?;
            Ok(GetStatementResponse {
                statement: Some(to_wire(&read)?),
            })
        })
        .await
    }
    async fn get_as_of(
        &self,
        request: Request<GetAsOfRequest>,
    ) -> Result<Response<GetAsOfResponse>, Status> {
        let (metadata, _, message) = request.into_parts();
        answer(async {
            let caller = Identity::of(&metadata)?.reads(&message.workspace)?;
            let participant = name("participant", &message.participant, ParticipantId::parse)?;
            let at = message.as_of_time.as_ref();
            let at = at.ok_or_else(|| missing("as_of_time"))?;
            let at = instant_from_wire("as_of_time", at)?;
            let read = self.engine.as_of(&caller, &participant, at).await?;
            Ok(GetAsOfResponse {
                as_of: Some(as_of(&read)?),
            })
        })
        .await
    }
}

//! Definitions.

use attain_app::{ApplyMode, Engine};
use attain_domain::definition::{Definition, DefinitionRecord};
use attain_domain::ids::DefinitionId;
use attain_domain::refusal::Refusal;
use attain_proto::attain::v1 as proto;
use attain_proto::attain::v1::definition_service_server::DefinitionService;
use attain_proto::attain::v1::{
    ApplyDefinitionsRequest, ApplyDefinitionsResponse, ExportDefinitionsRequest,
    ExportDefinitionsResponse, ListDefinitionsRequest, ListDefinitionsResponse,
};
use futures::stream;
use tonic::{Request, Response, Status, async_trait};

use super::Answers;
use crate::identity::Identity;
use crate::paging::Paging;
use crate::status::{answer, status_of, status_of_all};
use crate::wire::definition::{
    applied, draw_finding, finding, kind_from_wire, reference_from_wire, to_wire,
};

/// Definitions of one message of an export.
const EXPORT_ROWS: usize = 500;

pub(crate) struct Definitions {
    pub(crate) engine: Engine,
}

#[async_trait]
impl DefinitionService for Definitions {
    async fn apply_definitions(
        &self,
        request: Request<ApplyDefinitionsRequest>,
    ) -> Result<Response<ApplyDefinitionsResponse>, Status> {
        let (metadata, _, message) = request.into_parts();
        let caller = Identity::of(&metadata)
            .and_then(|identity| identity.writes(&message.workspace, &message.request_id))
            .map_err(|refusal| status_of(&refusal))?;
        let deletions = message.deletions.iter().enumerate();
        let deletions = deletions
            .map(|(index, named)| {
                reference_from_wire(named).map_err(|r| r.inside(&format!("deletions[{index}]")))
            })
            .collect::<Result<Vec<_>, _>>()
            .map_err(|refusal| status_of(&refusal))?;
        let definitions = read(&message.files).map_err(|wrong| status_of_all(&wrong))?;
        let mode = if message.validate_only {
            ApplyMode::Validate
        } else {
            ApplyMode::Write
        };
        let plan = self
            .engine
            .apply(&caller, &definitions, &deletions, mode)
            .await;
        let plan = plan.map_err(|wrong| status_of_all(&wrong))?;
        let findings = plan.findings.iter().map(finding);
        let of_draws = plan.draw_findings.iter().map(draw_finding);
        Ok(Response::new(ApplyDefinitionsResponse {
            definitions: plan.definitions.iter().map(applied).collect(),
            findings: findings.chain(of_draws).collect(),
        }))
    }

    async fn list_definitions(
        &self,
        request: Request<ListDefinitionsRequest>,
    ) -> Result<Response<ListDefinitionsResponse>, Status> {
        let (metadata, _, message) = request.into_parts();
        answer(async {
            let caller = Identity::of(&metadata)?.reads(&message.workspace)?;
            let kind = kind_from_wire("kind", message.kind)?;
            let filter = [message.workspace.as_str(), kind.name()];
            let paging = Paging::read(
                "definitions",
                &filter,
                message.page_size,
                &message.page_token,
            )?;
            let after = paging.after(|parts| match parts {
                [id] => DefinitionId::parse(id).ok(),
                _ => None,
            })?;
            let read = self
                .engine
                .definitions(&caller, kind, after.as_ref(), paging.chunk())
                .await?;
            let (definitions, next_page_token) =
                paging.page(&read, to_wire, |record| vec![record.body.id().to_string()])?;
            Ok(ListDefinitionsResponse {
                definitions,
                next_page_token,
            })
        })
        .await
    }

    type ExportDefinitionsStream = Answers<ExportDefinitionsResponse>;

    async fn export_definitions(
        &self,
        request: Request<ExportDefinitionsRequest>,
    ) -> Result<Response<Self::ExportDefinitionsStream>, Status> {
        let (metadata, _, message) = request.into_parts();
        answer(async {
            let caller = Identity::of(&metadata)?.reads(&message.workspace)?;
            // Definitions are held in memory anyway, to be used; their texts are not.
            let records = self.engine.export(&caller).await?.into_iter();
            let answers: Self::ExportDefinitionsStream =
                Box::pin(stream::unfold(records, |mut records| async move {
                    let some: Vec<DefinitionRecord> = records.by_ref().take(EXPORT_ROWS).collect();
                    if some.is_empty() {
                        return None;
                    }
                    Some((
                        export(&some).map_err(|refusal| status_of(&refusal)),
                        records,
                    ))
                }));
            Ok(answers)
        })
        .await
    }
}

fn export(records: &[DefinitionRecord]) -> Result<ExportDefinitionsResponse, Refusal> {
    let definitions = records.iter().map(to_wire).collect::<Result<_, _>>()?;
    Ok(ExportDefinitionsResponse { definitions })
}

/// The definitions of all files, or everything that is wrong with them.
fn read(files: &[proto::DefinitionFile]) -> Result<Vec<Definition>, Vec<Refusal>> {
    let (mut definitions, mut refusals) = (Vec::new(), Vec::new());
    for file in files {
        match attain_documents::read_documents(&file.name, &file.text) {
            Ok(read) => definitions.extend(read),
            Err(wrong) => refusals.extend(wrong),
        }
    }
    if refusals.is_empty() {
        Ok(definitions)
    } else {
        Err(refusals)
    }
}

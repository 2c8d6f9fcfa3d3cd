//! Workspaces.

use attain_app::Engine;
use attain_domain::ids::WorkspaceId;
use attain_proto::attain::v1::workspace_service_server::WorkspaceService;
use attain_proto::attain::v1::{
    CreateWorkspaceRequest, CreateWorkspaceResponse, ListWorkspacesRequest, ListWorkspacesResponse,
    Workspace,
};
use tonic::{Request, Response, Status, async_trait};

use crate::identity::Identity;
use crate::paging::Paging;
use crate::status::answer;
use crate::wire::values::name;

pub(crate) struct Workspaces {
    pub(crate) engine: Engine,
}

#[async_trait]
impl WorkspaceService for Workspaces {
    async fn create_workspace(
        &self,
        request: Request<CreateWorkspaceRequest>,
    ) -> Result<Response<CreateWorkspaceResponse>, Status> {
        let (metadata, _, message) = request.into_parts();
        answer(async {
            let id = name("workspace_id", &message.workspace_id, WorkspaceId::parse)?;
            Identity::of(&metadata)?.writes(id.as_str(), &message.request_id)?;
            let created = self.engine.create_workspace(&id).await?;
            Ok(CreateWorkspaceResponse {
                workspace: Some(to_wire(&id)),
                created,
            })
        })
        .await
    }

    async fn list_workspaces(
        &self,
        request: Request<ListWorkspacesRequest>,
    ) -> Result<Response<ListWorkspacesResponse>, Status> {
        let (metadata, _, message) = request.into_parts();
        answer(async {
            Identity::of(&metadata)?;
            let paging = Paging::read("workspaces", &[], message.page_size, &message.page_token)?;
            let after = paging.after(|parts| match parts {
                [id] => WorkspaceId::parse(id).ok(),
                _ => None,
            })?;
            let mut all = self.engine.workspaces().await?;
            all.retain(|id| after.as_ref().is_none_or(|after| id > after));
            all.truncate(paging.chunk().rows());
            let (workspaces, next_page_token) =
                paging.page(&all, |id| Ok(to_wire(id)), |id| vec![id.to_string()])?;
            Ok(ListWorkspacesResponse {
                workspaces,
                next_page_token,
            })
        })
        .await
    }
}

fn to_wire(id: &WorkspaceId) -> Workspace {
    Workspace {
        workspace_id: id.to_string(),
    }
}

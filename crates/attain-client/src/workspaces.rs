//! Workspaces.

use crate::connection::{Client, unary};
use crate::error::ClientError;
use crate::page::{Rows, listed};
use crate::proto::{CreateWorkspaceRequest, ListWorkspacesRequest, Workspace};

impl Client {
    /// Makes the workspace of this client; `false` when it exists already.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn create_workspace(&self) -> Result<bool, ClientError> {
        let message = CreateWorkspaceRequest {
            workspace_id: self.named_workspace(),
            request_id: self.new_request_id(),
        };
        let answer = unary!(
            self,
            workspace_service_client::WorkspaceServiceClient.create_workspace,
            message
        );
        Ok(answer.await?.created)
    }

    /// The workspaces in rising order.
    #[must_use]
    pub fn workspaces(&self) -> Rows<Workspace> {
        listed!(
            self,
            workspace_service_client::WorkspaceServiceClient.list_workspaces,
            ListWorkspacesRequest::default(),
            workspaces
        )
    }
}

//! Who asks, where, and under which request id.

use attain_domain::ids::{ActorId, RequestId, WorkspaceId};

/// The circumstances of a call.
#[derive(Clone, Debug)]
pub struct Caller {
    /// Where; nothing crosses a workspace.
    pub workspace: WorkspaceId,
    /// Who.
    pub actor: ActorId,
    /// The caller's id of a write: a repeat gets the first answer.
    pub request: Option<RequestId>,
}

impl Caller {
    /// A caller without a request id.
    #[must_use]
    pub fn new(workspace: WorkspaceId, actor: ActorId) -> Self {
        Self {
            workspace,
            actor,
            request: None,
        }
    }

    /// The same caller with a request id.
    #[must_use]
    pub fn with_request(mut self, request: Option<RequestId>) -> Self {
        self.request = request;
        self
    }
}

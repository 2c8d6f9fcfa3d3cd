//! Who calls. The one place that reads it, so that authentication has one place to come in: then
//! the name comes from a verified token or certificate, and the header is refused.

use attain_app::Caller;
use attain_domain::ids::{ActorId, IdError, RequestId, WorkspaceId};
use attain_domain::refusal::{Reason, Refusal};
use tonic::metadata::MetadataMap;

use crate::wire::values::name;

/// The caller's name, where it is ASCII.
const ACTOR: &str = "x-attain-actor";
/// The caller's name in UTF-8, base64 on the wire.
const ACTOR_BINARY: &str = "x-attain-actor-bin";
/// Who calls without a name.
const ANONYMOUS: &str = "anonymous";

/// Who calls.
pub(crate) struct Identity {
    actor: ActorId,
}

impl Identity {
    /// Reads the metadata of a call.
    ///
    /// # Errors
    /// `MALFORMED_VALUE` for what is no name.
    pub(crate) fn of(metadata: &MetadataMap) -> Result<Self, Refusal> {
        let binary = metadata.get_bin(ACTOR_BINARY).map(|value| {
            let bytes = value.to_bytes().map_err(|_| malformed(ACTOR_BINARY))?;
            String::from_utf8(bytes.to_vec()).map_err(|_| malformed(ACTOR_BINARY))
        });
        let ascii = metadata.get(ACTOR).map(|value| {
            value
                .to_str()
                .map(str::to_owned)
                .map_err(|_| malformed(ACTOR))
        });
        let text = binary.or(ascii).transpose()?;
        let text = text.as_deref().unwrap_or(ANONYMOUS);
        Ok(Self {
            actor: name(ACTOR, text, ActorId::parse)?,
        })
    }

    /// This caller in a workspace.
    ///
    /// # Errors
    /// `MISSING_VALUE`, `MALFORMED_VALUE`.
    pub(crate) fn reads(self, workspace: &str) -> Result<Caller, Refusal> {
        let workspace = name("workspace", workspace, WorkspaceId::parse)?;
        Ok(Caller::new(workspace, self.actor))
    }

    /// This caller in a workspace, writing under a request id if there is one.
    ///
    /// # Errors
    /// `MISSING_VALUE`, `MALFORMED_VALUE`.
    pub(crate) fn writes(self, workspace: &str, request_id: &str) -> Result<Caller, Refusal> {
        let request = (!request_id.is_empty())
            .then(|| name("request_id", request_id, RequestId::parse))
            .transpose()?;
        Ok(self.reads(workspace)?.with_request(request))
    }
}

fn malformed(header: &'static str) -> Refusal {
    Refusal::new(Reason::MalformedValue, IdError::BadCharacter.to_string()).at(header)
}

//! What a call can come to instead of its answer.

use std::collections::BTreeMap;

use tonic::{Code, Status};
use tonic_types::StatusExt;

/// The domain of every refusal of Attain.
const DOMAIN: &str = "attain";

/// Why a call gave no answer.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The address is not one, such as `http://127.0.0.1:50051`.
    #[error("`{0}` is not the address of a server")]
    BadAddress(String),
    /// A name cannot travel as metadata.
    #[error("`{0}` cannot be sent as the actor")]
    BadActor(String),
    /// The server could not be reached.
    #[error("the server at {address} cannot be reached")]
    Unreachable {
        /// Where it should be.
        address: String,
        /// Why not.
        #[source]
        source: Box<tonic::transport::Error>,
    },
    /// The server said no, with a reason.
    #[error("{}", .0.text)]
    Refused(Box<Refused>),
    /// The transport failed: the server is gone, does not know the method, or took too long.
    #[error("{}", .0.message())]
    Transport(Box<Status>),
    /// The server's answer lacks what it always has.
    #[error("the answer of the server has no {0}")]
    Incomplete(&'static str),
}

/// What the server says about a refusal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// The kind of refusal.
    pub code: Code,
    /// The stable reason, such as `WRONG_STATE`. docs/ERRORS.md lists all.
    pub reason: String,
    /// One sentence, in English.
    pub text: String,
    /// The variables of the sentence.
    pub details: BTreeMap<String, String>,
    /// What is wrong with which field.
    pub fields: Vec<FieldViolation>,
    /// What has to change first; of a gate, the rows that are in the way, as far as they fit.
    pub preconditions: Vec<Precondition>,
}

/// What is wrong with a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldViolation {
    /// Its path in the request.
    pub field: String,
    /// One sentence.
    pub text: String,
}

/// Something that has to change before a call can succeed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Precondition {
    /// What it is, such as `credit/crd_…`. May be empty.
    pub subject: String,
    /// One sentence.
    pub text: String,
}

impl ClientError {
    /// The stable reason, if the server gave one.
    #[must_use]
    pub fn reason(&self) -> Option<&str> {
        match self {
            Self::Refused(refused) => Some(&refused.reason),
            Self::BadAddress(_)
            | Self::BadActor(_)
            | Self::Unreachable { .. }
            | Self::Transport(_)
            | Self::Incomplete(_) => None,
        }
    }

    /// Whether the same call may succeed a little later.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Refused(refused) => refused.code == Code::Unavailable,
            Self::Transport(status) => status.code() == Code::Unavailable,
            Self::Unreachable { .. } => true,
            Self::BadAddress(_) | Self::BadActor(_) | Self::Incomplete(_) => false,
        }
    }
}

impl From<Status> for ClientError {
    fn from(status: Status) -> Self {
        let details = status.get_error_details();
        let Some(info) = details.error_info().filter(|info| info.domain == DOMAIN) else {
            return Self::Transport(Box::new(status));
        };
        let violations = details
            .bad_request()
            .map(|bad| bad.field_violations.as_slice());
        let fields = violations
            .unwrap_or_default()
            .iter()
            .map(|violation| FieldViolation {
                field: violation.field.clone(),
                text: violation.description.clone(),
            });
        let violations = details
            .precondition_failure()
            .map(|failure| failure.violations.as_slice());
        let preconditions = violations
            .unwrap_or_default()
            .iter()
            .map(|violation| Precondition {
                subject: violation.subject.clone(),
                text: violation.description.clone(),
            });
        Self::Refused(Box::new(Refused {
            code: status.code(),
            reason: info.reason.clone(),
            text: status.message().to_owned(),
            details: info.metadata.clone().into_iter().collect(),
            fields: fields.collect(),
            preconditions: preconditions.collect(),
        }))
    }
}

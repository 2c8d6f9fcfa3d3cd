//! What a store can answer instead of what was asked.

use std::error::Error;

use crate::change::Guard;
use crate::ids::RequestId;

/// What a caller can do about a failing store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StoreErrorKind {
    /// Cannot be reached, was restarted, or is too busy now.
    Unavailable,
    /// Another writer got in the way; nothing was applied.
    Conflict,
    /// No space left.
    Full,
    /// The database was made by another version of the program, or by no migration at all.
    Version,
    /// What is stored cannot be.
    Corrupt,
    /// The adapter was used against its contract, or has a bug.
    Internal,
}

/// A store failed. Nothing was applied, unless the store became unavailable during a commit: then
/// it happened whole or not at all.
#[derive(Debug, thiserror::Error)]
#[error("{text}")]
pub struct StoreError {
    /// What a caller can do about it.
    pub kind: StoreErrorKind,
    /// A sentence.
    pub text: String,
    /// The driver's error.
    #[source]
    pub source: Option<Box<dyn Error + Send + Sync>>,
}

impl StoreError {
    /// An error without a cause of its own.
    #[must_use]
    pub fn new(kind: StoreErrorKind, text: impl Into<String>) -> Self {
        Self {
            kind,
            text: text.into(),
            source: None,
        }
    }

    /// Whether the same call may succeed later.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        match self.kind {
            StoreErrorKind::Unavailable | StoreErrorKind::Conflict => true,
            StoreErrorKind::Full
            | StoreErrorKind::Version
            | StoreErrorKind::Corrupt
            | StoreErrorKind::Internal => false,
        }
    }
}

/// Why nothing was committed.
#[derive(Debug, thiserror::Error)]
pub enum CommitError {
    /// A fact that the change relied on no longer holds.
    #[error("a fact that the change relied on no longer holds")]
    GuardFailed(Box<Guard>),
    /// The request was carried out before. Read its record for the answer.
    #[error("the request was carried out before")]
    RequestSeen(RequestId),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

//! What goes wrong, in the words of the port.

use std::fmt::{Debug, Display};
use std::io;

use attain_domain::ports::{StoreError, StoreErrorKind};

/// A stored value cannot be read.
pub(crate) fn corrupt(problem: impl Display) -> StoreError {
    StoreError::new(
        StoreErrorKind::Corrupt,
        format!("a stored value cannot be read: {problem}"),
    )
}

/// The rows are not as the change takes them to be.
pub(crate) fn conflict(what: impl Debug, is: &str) -> StoreError {
    StoreError::new(StoreErrorKind::Conflict, format!("{what:?} {is}"))
}

/// The file was written by another version of this crate.
pub(crate) fn other_version(text: impl Into<String>) -> StoreError {
    StoreError::new(StoreErrorKind::Version, text)
}

/// The database failed.
#[allow(
    clippy::wildcard_enum_match_arm,
    reason = "redb has many more, and says that there will be others"
)]
pub(crate) fn failed(error: impl Into<redb::Error>) -> StoreError {
    let error = error.into();
    let kind = match &error {
        redb::Error::Corrupted(_) => StoreErrorKind::Corrupt,
        redb::Error::UpgradeRequired(_) => StoreErrorKind::Version,
        redb::Error::Io(problem) if problem.kind() == io::ErrorKind::StorageFull => {
            StoreErrorKind::Full
        }
        redb::Error::Io(_) | redb::Error::PreviousIo | redb::Error::DatabaseAlreadyOpen => {
            StoreErrorKind::Unavailable
        }
        _ => StoreErrorKind::Internal,
    };
    StoreError {
        kind,
        text: format!("the database failed: {error}"),
        source: Some(Box::new(error)),
    }
}

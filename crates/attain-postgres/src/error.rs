//! What the server's errors mean to a caller: told by their SQLSTATE. Citus loses some of those on
//! the way from a worker; only then the message decides.

use std::error::Error;

use attain_domain::ports::{StoreError, StoreErrorKind};

/// The codes that have a meaning of their own here (postgresql.org, appendix A).
pub(crate) mod code {
    pub(crate) const UNIQUE_VIOLATION: &str = "23505";
    pub(crate) const SERIALIZATION_FAILURE: &str = "40001";
    pub(crate) const DEADLOCK_DETECTED: &str = "40P01";
    pub(crate) const LOCK_NOT_AVAILABLE: &str = "55P03";
    pub(crate) const QUERY_CANCELED: &str = "57014";
    pub(crate) const ADMIN_SHUTDOWN: &str = "57P01";
    pub(crate) const CRASH_SHUTDOWN: &str = "57P02";
    pub(crate) const CANNOT_CONNECT_NOW: &str = "57P03";
    pub(crate) const IDLE_IN_TRANSACTION: &str = "25P03";
    pub(crate) const READ_ONLY: &str = "25006";
    pub(crate) const DISK_FULL: &str = "53100";
    pub(crate) const OUT_OF_MEMORY: &str = "53200";
    pub(crate) const TOO_MANY_CONNECTIONS: &str = "53300";
    pub(crate) const INSUFFICIENT_PRIVILEGE: &str = "42501";
    pub(crate) const UNDEFINED_TABLE: &str = "42P01";
    pub(crate) const UNDEFINED_COLUMN: &str = "42703";
    pub(crate) const UNDEFINED_FUNCTION: &str = "42883";
    pub(crate) const UNDEFINED_OBJECT: &str = "42704";
    pub(crate) const UNDEFINED_SCHEMA: &str = "3F000";
    pub(crate) const UNDEFINED_DATABASE: &str = "3D000";
    pub(crate) const INTERNAL_ERROR: &str = "XX000";
    pub(crate) const DATA_CORRUPTED: &str = "XX001";
    pub(crate) const INDEX_CORRUPTED: &str = "XX002";
}

/// An error of the driver, in the words of the port.
pub(crate) fn from_driver(error: sqlx::Error) -> StoreError {
    let (kind, text) = meaning(&error);
    caused(kind, text, error)
}

/// An error with its cause.
pub(crate) fn caused(
    kind: StoreErrorKind,
    text: impl Into<String>,
    source: impl Into<Box<dyn Error + Send + Sync>>,
) -> StoreError {
    StoreError {
        kind,
        text: text.into(),
        source: Some(source.into()),
    }
}

/// Something stored that no version of this program writes.
pub(crate) fn corrupt(what: &str, source: impl Into<Box<dyn Error + Send + Sync>>) -> StoreError {
    let text = format!("stored {what} cannot be read");
    caused(StoreErrorKind::Corrupt, text, source)
}

/// The rows are not as the change takes them to be: somebody else was faster, or there is a bug.
pub(crate) fn conflict(text: impl Into<String>) -> StoreError {
    StoreError::new(StoreErrorKind::Conflict, text)
}

/// Whether the same transaction may succeed when it is tried again at once: nothing of it was
/// applied, and it did not fail for what it says.
pub(crate) fn may_succeed_again(error: &StoreError) -> bool {
    let driver = driver(error);
    driver.is_some_and(|error| match code_of(error).as_deref() {
        Some(code::SERIALIZATION_FAILURE | code::DEADLOCK_DETECTED | code::LOCK_NOT_AVAILABLE) => {
            true
        }
        Some(code::INTERNAL_ERROR) => was_rolled_back_by_worker(error),
        _ => false,
    })
}

fn driver(error: &StoreError) -> Option<&sqlx::Error> {
    error.source.as_ref()?.downcast_ref()
}

fn meaning(error: &sqlx::Error) -> (StoreErrorKind, &'static str) {
    use StoreErrorKind::{Internal, Unavailable};
    if let sqlx::Error::Io(_) | sqlx::Error::Tls(_) | sqlx::Error::WorkerCrashed = error {
        return (Unavailable, "the database cannot be reached");
    }
    if let sqlx::Error::PoolTimedOut = error {
        // Nobody asks for more connections than the pool may have: it is the server that gave none.
        return (Unavailable, "the database gave no connection in time");
    }
    if let sqlx::Error::PoolClosed = error {
        return (Unavailable, "the store is closed");
    }
    match code_of(error) {
        Some(code) => meaning_of(&code, error),
        None => (Internal, "the database driver failed"),
    }
}

fn meaning_of(code: &str, error: &sqlx::Error) -> (StoreErrorKind, &'static str) {
    use StoreErrorKind::{Conflict, Corrupt, Full, Internal, Unavailable, Version};
    match code {
        code::UNIQUE_VIOLATION => (Conflict, "a record with this key exists already"),
        code::SERIALIZATION_FAILURE | code::DEADLOCK_DETECTED => {
            (Conflict, "another writer was faster")
        }
        code::LOCK_NOT_AVAILABLE => (Conflict, "another writer holds a record for too long"),
        code::QUERY_CANCELED => (Unavailable, "the database took too long"),
        code::IDLE_IN_TRANSACTION => (Unavailable, "the database ended a view that was idle"),
        code::READ_ONLY => (Unavailable, "the database takes no writes now"),
        code::ADMIN_SHUTDOWN | code::CRASH_SHUTDOWN | code::CANNOT_CONNECT_NOW => {
            (Unavailable, "the database is starting or stopping")
        }
        code::DISK_FULL => (Full, "the database has no space left"),
        code::OUT_OF_MEMORY | code::TOO_MANY_CONNECTIONS => {
            (Unavailable, "the database has no room for this work now")
        }
        code::UNDEFINED_TABLE
        | code::UNDEFINED_COLUMN
        | code::UNDEFINED_FUNCTION
        | code::UNDEFINED_OBJECT
        | code::UNDEFINED_SCHEMA => (Version, "the database has another schema than this program"),
        code::UNDEFINED_DATABASE => (Version, "there is no such database"),
        code::INSUFFICIENT_PRIVILEGE => (
            Internal,
            "the login lacks a right: it has to be a member of attain_app and attain_writer",
        ),
        code::DATA_CORRUPTED | code::INDEX_CORRUPTED => (Corrupt, "the database is damaged"),
        code::INTERNAL_ERROR if is_duplicate_of_worker(error) => {
            (Conflict, "a record with this key exists already")
        }
        code::INTERNAL_ERROR if was_rolled_back_by_worker(error) => {
            (Conflict, "another writer was faster")
        }
        _ if code.starts_with("08") => (Unavailable, "the database cannot be reached"),
        _ if code.starts_with("28") => (Unavailable, "the database refuses this login"),
        _ => (Internal, "the database refused a statement"),
    }
}

pub(crate) fn code_of(error: &sqlx::Error) -> Option<String> {
    Some(error.as_database_error()?.code()?.into_owned())
}

/// An error within a COPY on a worker of Citus arrives without its code.
fn is_duplicate_of_worker(error: &sqlx::Error) -> bool {
    message_begins(error, "duplicate key value violates unique constraint")
}

/// What a worker of Citus found only at the commit arrives without its code.
fn was_rolled_back_by_worker(error: &sqlx::Error) -> bool {
    message_begins(error, "could not commit transaction for shard")
}

fn message_begins(error: &sqlx::Error, beginning: &str) -> bool {
    let message = error.as_database_error().map(|error| error.message());
    message.is_some_and(|message| message.starts_with(beginning))
}

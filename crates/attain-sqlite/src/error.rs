//! What the database's errors mean to a caller: told by their codes, never by their messages.

use std::error::Error;

use attain_domain::ports::{StoreError, StoreErrorKind};

/// SQLite's primary result codes that have a meaning of their own here (sqlite.org/rescode.html).
mod code {
    pub(super) const PERM: i32 = 3;
    pub(super) const BUSY: i32 = 5;
    pub(super) const LOCKED: i32 = 6;
    pub(super) const NOMEM: i32 = 7;
    pub(super) const READONLY: i32 = 8;
    pub(super) const INTERRUPT: i32 = 9;
    pub(super) const IOERR: i32 = 10;
    pub(super) const CORRUPT: i32 = 11;
    pub(super) const FULL: i32 = 13;
    pub(super) const CANTOPEN: i32 = 14;
    pub(super) const PROTOCOL: i32 = 15;
    pub(super) const TOOBIG: i32 = 18;
    pub(super) const NOTADB: i32 = 26;
    /// Extended: a read transaction that wants to write is behind other writers.
    pub(super) const BUSY_SNAPSHOT: i32 = 517;
    /// Extended: two rows would have one primary key.
    pub(super) const CONSTRAINT_PRIMARYKEY: i32 = 1555;
    /// Extended: two rows would have one unique key.
    pub(super) const CONSTRAINT_UNIQUE: i32 = 2067;
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

fn meaning(error: &sqlx::Error) -> (StoreErrorKind, &'static str) {
    use StoreErrorKind::{Conflict, Corrupt, Full, Internal, Unavailable};
    if let sqlx::Error::Io(_) | sqlx::Error::WorkerCrashed = error {
        return (Unavailable, "the database cannot be reached");
    }
    let Some(extended) = extended_code(error) else {
        return (Internal, "the database driver failed");
    };
    match extended {
        code::BUSY_SNAPSHOT => return (Conflict, "another writer was faster"),
        code::CONSTRAINT_PRIMARYKEY | code::CONSTRAINT_UNIQUE => {
            return (Conflict, "a record with this key exists already");
        }
        _ => {}
    }
    match extended & 0xff {
        code::BUSY | code::LOCKED => (Unavailable, "the database is busy with another writer"),
        code::FULL => (Full, "the database has no space left"),
        code::CORRUPT => (Corrupt, "the database file is damaged"),
        code::NOTADB => (Corrupt, "the file is not a SQLite database"),
        code::READONLY | code::PERM => (Unavailable, "the database file cannot be written to"),
        code::CANTOPEN => (Unavailable, "the database file cannot be opened"),
        code::NOMEM => (Unavailable, "there is not enough memory"),
        code::IOERR | code::INTERRUPT | code::PROTOCOL => {
            (Unavailable, "the database file cannot be read or written")
        }
        code::TOOBIG => (Internal, "a record is larger than the database's limit"),
        _ => (Internal, "the database refused a statement"),
    }
}

fn extended_code(error: &sqlx::Error) -> Option<i32> {
    error.as_database_error()?.code()?.parse().ok()
}

//! Every SQL text of the store, and the list of them, so that a test can prepare each against a
//! migrated database. A read gives one JSON array of rows; a bulk takes any number of rows.

macro_rules! statements {
    ($($(#[$doc:meta])* $name:ident = $($text:expr),+;)+) => {
        $($(#[$doc])* pub(crate) const $name: &str = concat!($($text),+);)+
        #[cfg(test)]
        pub(super) const LIST: &[(&str, &str)] = &[$((stringify!($name), $name)),+];
    };
}

macro_rules! bulks {
    ($($(#[$doc:meta])* $name:ident = $columns:literal, $head:expr, $tail:expr;)*) => {
        $($(#[$doc])* pub(crate) const $name: crate::bulk::Bulk = crate::bulk::Bulk {
            head: $head,
            columns: $columns,
            tail: $tail,
        };)*
        #[cfg(test)]
        pub(super) const BULKS: &[(&str, crate::bulk::Bulk)] = &[$((stringify!($name), $name)),*];
    };
}

/// The stamp of a row, as a JSON array.
macro_rules! stamp {
    () => {
        "json_array(version, created_at, updated_at, actor_id)"
    };
}

/// A row's error, as a JSON array.
macro_rules! row_error {
    () => {
        "iif(error_reason IS NULL, NULL, json_array(error_reason, error_text))"
    };
}

/// A row's obsolete mark, as a JSON array.
macro_rules! obsolete {
    () => {
        "iif(obsolete_at IS NULL, NULL, json_array(obsolete_at, obsolete_by, obsolete_because, \
         obsolete_reason))"
    };
}

#[macro_use]
mod columns;

pub(crate) mod activity;
pub(crate) mod chunks;
pub(crate) mod corrections;
pub(crate) mod credits;
pub(crate) mod definitions;
pub(crate) mod earnings;
pub(crate) mod guards;
pub(crate) mod payments;
pub(crate) mod requests;
pub(crate) mod rewards;
pub(crate) mod runs;
pub(crate) mod transactions;
pub(crate) mod work;

#[cfg(test)]
mod tests;

/// Where a view begins.
pub(crate) const BEGIN_READING: &str = "BEGIN DEFERRED";
pub(crate) const FIRST_READ: &str = "SELECT count(*) FROM (SELECT 1 FROM workspace LIMIT 1)";
/// Where a unit of work begins: it takes the one right to write at once.
pub(crate) const BEGIN_WRITING: &str = "BEGIN IMMEDIATE";
pub(crate) const COMMIT: &str = "COMMIT";
pub(crate) const ROLLBACK: &str = "ROLLBACK";

pub(crate) const APPLICATION_ID: &str = "SELECT application_id FROM pragma_application_id";
pub(crate) const USER_VERSION: &str = "SELECT user_version FROM pragma_user_version";
pub(crate) const COUNT_TABLES: &str = "SELECT count(*) FROM sqlite_schema";
/// The steps of the schema that were taken; made with the first of them.
pub(crate) const CREATE_STEPS: &str = "CREATE TABLE schema_step (\
    number INTEGER NOT NULL PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT NULL) STRICT";
pub(crate) const STEPS_TAKEN: &str = "SELECT number, checksum FROM schema_step ORDER BY number";
pub(crate) const RECORD_STEP: &str =
    "INSERT INTO schema_step (number, name, checksum) VALUES (?1, ?2, ?3)";

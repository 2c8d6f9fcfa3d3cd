//! The versions of the database: which one a file has, and the steps from one to the next.

use std::path::Path;

use attain_domain::ports::{StoreError, StoreErrorKind};
use sha2::{Digest, Sha256};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, SqliteConnection};

use crate::commit::plain;
use crate::error::from_driver;
use crate::options::Options;
use crate::statements;

/// One step. Steps are never edited once they were released; their checksums are kept.
pub(crate) struct Step {
    pub(crate) number: i64,
    pub(crate) name: &'static str,
    pub(crate) text: &'static str,
}

macro_rules! steps {
    ($($number:literal $name:literal,)+) => {
        &[$(Step {
            number: $number,
            name: $name,
            text: include_str!(concat!("../../../migrations/sqlite/", $name, ".sql")),
        }),+]
    };
}

/// Every step, in order; the number of the last one is the version that this program knows.
pub(crate) const STEPS: &[Step] = steps! {
    1 "0001_workspaces_and_definitions",
    2 "0002_transactions",
    3 "0003_credits",
    4 "0004_earnings",
    5 "0005_payments",
    6 "0006_runs_and_work",
    7 "0007_activities_and_requests",
    8 "0008_run_chunks",
    9 "0009_corrections",
    10 "0010_rewards",
};

/// `Attn`, in the header of every database of ours.
const APPLICATION_ID: i64 = 0x4174_746e;

/// What there is at a path.
enum Found {
    /// No file, or an empty one.
    Nothing,
    /// A database of ours, at this version.
    Version(i64),
}

/// Refuses what is not a database of this program's version, and changes nothing by looking.
pub(crate) async fn check(path: &Path, options: &Options) -> Result<(), StoreError> {
    let known = known_version();
    match look(path, options).await? {
        Found::Version(version) if version == known => Ok(()),
        Found::Version(version) if version > known => Err(too_new(path, version)),
        Found::Version(version) => Err(refused(format!(
            "the database {} was made by an older version of this program: it is schema \
             {version}, this program needs {known}; run `attain migrate`",
            path.display()
        ))),
        Found::Nothing => Err(refused(format!(
            "there is no database at {}; run `attain migrate` to make one",
            path.display()
        ))),
    }
}

/// Makes the database, or brings it up to date. Returns the names of the steps taken.
pub(crate) async fn migrate(
    path: &Path,
    options: &Options,
) -> Result<Vec<&'static str>, StoreError> {
    migrate_to(path, options, STEPS).await
}

async fn migrate_to(
    path: &Path,
    options: &Options,
    steps: &'static [Step],
) -> Result<Vec<&'static str>, StoreError> {
    let from = match look(path, options).await? {
        Found::Version(version) => version,
        Found::Nothing => 0,
    };
    if from > known_version() {
        return Err(too_new(path, from));
    }
    let open = options.writer(path).create_if_missing(true).connect().await;
    let mut connection = open.map_err(from_driver)?;
    let mut taken = Vec::new();
    for step in steps {
        if take(&mut connection, step, from).await? {
            taken.push(step.name);
        }
    }
    connection.close().await.map_err(from_driver)?;
    Ok(taken)
}

/// The version that this program knows.
pub(crate) fn known_version() -> i64 {
    STEPS.last().map_or(0, |step| step.number)
}

async fn look(path: &Path, options: &Options) -> Result<Found, StoreError> {
    match std::fs::metadata(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Found::Nothing),
        Err(error) => return Err(from_driver(error.into())),
        Ok(file) if file.len() == 0 => return Ok(Found::Nothing),
        Ok(_) => {}
    }
    let mut connection = options.plain(path).connect().await.map_err(from_driver)?;
    let found = header(&mut connection, path).await;
    // Only looked at: there is nothing to lose.
    let _ = connection.close().await;
    found
}

async fn header(connection: &mut SqliteConnection, path: &Path) -> Result<Found, StoreError> {
    let application = number(connection, statements::APPLICATION_ID).await?;
    let version = number(connection, statements::USER_VERSION).await?;
    let tables = number(connection, statements::COUNT_TABLES).await?;
    if application == APPLICATION_ID && version > 0 {
        if version <= known_version() {
            check_steps(connection, path).await?;
        }
        return Ok(Found::Version(version));
    }
    if application == 0 && version == 0 && tables == 0 {
        return Ok(Found::Nothing);
    }
    Err(refused(format!(
        "{} is a database of another program",
        path.display()
    )))
}

/// The steps that the database has taken are the ones that this program knows.
async fn check_steps(connection: &mut SqliteConnection, path: &Path) -> Result<(), StoreError> {
    let taken = sqlx::query_as::<_, (i64, String)>(statements::STEPS_TAKEN);
    let taken = taken.fetch_all(connection).await.map_err(from_driver)?;
    for (number, checksum) in taken {
        let step = STEPS.iter().find(|step| step.number == number);
        if step.is_none_or(|step| checksum_of(step) != checksum) {
            return Err(refused(format!(
                "the database {} was made by another build of this program: its step {number} of \
                 the schema is not the one that this program knows",
                path.display()
            )));
        }
    }
    Ok(())
}

/// Takes a step, unless the database has it already: another process may be at it, too.
async fn take(
    connection: &mut SqliteConnection,
    step: &Step,
    known_from: i64,
) -> Result<bool, StoreError> {
    if step.number <= known_from {
        return Ok(false);
    }
    plain(connection, statements::BEGIN_WRITING).await?;
    let done = take_inside(connection, step).await;
    let end = if done.is_ok() {
        statements::COMMIT
    } else {
        statements::ROLLBACK
    };
    let ended = plain(connection, end).await;
    let taken = done?;
    ended?;
    Ok(taken)
}

async fn take_inside(connection: &mut SqliteConnection, step: &Step) -> Result<bool, StoreError> {
    let version = number(connection, statements::USER_VERSION).await?;
    if version >= step.number {
        return Ok(false);
    }
    if version + 1 != step.number {
        let text = format!("schema {version} cannot take step {}", step.number);
        return Err(StoreError::new(StoreErrorKind::Internal, text));
    }
    if version == 0 {
        run(
            connection,
            format!("PRAGMA application_id = {APPLICATION_ID}"),
        )
        .await?;
        plain(connection, statements::CREATE_STEPS).await?;
    }
    let done = sqlx::raw_sql(step.text).execute(&mut *connection).await;
    done.map_err(from_driver)?;
    let recorded = sqlx::query(statements::RECORD_STEP)
        .bind(step.number)
        .bind(step.name)
        .bind(checksum_of(step));
    recorded
        .execute(&mut *connection)
        .await
        .map_err(from_driver)?;
    run(connection, format!("PRAGMA user_version = {}", step.number)).await?;
    Ok(true)
}

/// A pragma takes no parameters; what is put into the text are numbers of this program.
async fn run(connection: &mut SqliteConnection, text: String) -> Result<(), StoreError> {
    let done = sqlx::query(AssertSqlSafe(text)).execute(connection).await;
    done.map_err(from_driver)?;
    Ok(())
}

async fn number(
    connection: &mut SqliteConnection,
    statement: &'static str,
) -> Result<i64, StoreError> {
    let number = sqlx::query_scalar(statement).fetch_one(connection).await;
    number.map_err(from_driver)
}

fn checksum_of(step: &Step) -> String {
    let digest = Sha256::digest(step.text.as_bytes());
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn too_new(path: &Path, version: i64) -> StoreError {
    refused(format!(
        "the database {} was made by a newer version of this program: it is schema {version}, \
         this program knows {}",
        path.display(),
        known_version()
    ))
}

fn refused(text: String) -> StoreError {
    StoreError::new(StoreErrorKind::Version, text)
}

#[cfg(test)]
mod tests;

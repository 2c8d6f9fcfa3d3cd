//! The versions of the schema: which one a database has, and the steps from one to the next.

use attain_domain::ports::{StoreError, StoreErrorKind};
use sha2::{Digest, Sha256};
use sqlx::{AssertSqlSafe, PgConnection, Row};

use crate::error::from_driver;
use crate::options::Options;
use crate::session::identifier;
use crate::statements::schema as sql;
use crate::store::close;

/// One step. Steps are never edited once they were released; their checksums are kept.
pub(crate) struct Step {
    pub(crate) number: i32,
    pub(crate) name: &'static str,
    pub(crate) text: &'static str,
}

macro_rules! steps {
    ($($number:literal $name:literal,)+) => {
        &[$(Step {
            number: $number,
            name: $name,
            text: include_str!(concat!("../../../migrations/postgres/", $name, ".sql")),
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

/// Spreads the tables over the nodes of Citus.
const DISTRIBUTE: &str = include_str!("../../../migrations/citus/0001_distribute.sql");

/// What a database and its server let us do.
pub(crate) struct Server {
    /// Whether the tables are spread over the nodes of Citus.
    pub(crate) is_distributed: bool,
    /// Whether this login may COPY past policies.
    pub(crate) may_copy: bool,
}

/// Refuses what has not the schema of this program's version, and changes nothing by looking.
pub(crate) async fn check(
    connection: &mut PgConnection,
    options: &Options,
) -> Result<Server, StoreError> {
    let (has_steps, has_citus) = look(connection).await?;
    let known = known_version();
    if !has_steps {
        let text = "the database has no schema of this program; run `attain migrate` to make it";
        return Err(refused(text.to_owned()));
    }
    let version = version_as(connection, &options.application_role).await?;
    if version > known {
        return Err(too_new(version));
    }
    if version < known {
        return Err(refused(format!(
            "the database was made by an older version of this program: it is schema {version}, \
             this program needs {known}; run `attain migrate`"
        )));
    }
    let may_copy = sqlx::query_scalar(sql::MAY_COPY)
        .persistent(false)
        .bind(&options.writer_role)
        .fetch_one(&mut *connection);
    let may_copy = may_copy.await.map_err(from_driver)?;
    Ok(Server {
        is_distributed: has_citus && is_distributed(connection).await?,
        may_copy,
    })
}

/// Makes the schema, or brings it up to date. Returns the names of the steps taken.
pub(crate) async fn migrate(url: &str, options: &Options) -> Result<Vec<&'static str>, StoreError> {
    migrate_to(url, options, STEPS).await
}

async fn migrate_to(
    url: &str,
    options: &Options,
    steps: &'static [Step],
) -> Result<Vec<&'static str>, StoreError> {
    let mut connection = options.connect(url).await?;
    let taken = take_all(&mut connection, steps).await;
    close(connection).await;
    taken
}

async fn take_all(
    connection: &mut PgConnection,
    steps: &'static [Step],
) -> Result<Vec<&'static str>, StoreError> {
    let mut taken = Vec::new();
    for step in steps {
        if take(connection, step).await? {
            taken.push(step.name);
        }
    }
    Ok(taken)
}

/// Spreads the tables over the nodes of Citus.
pub(crate) async fn distribute(url: &str, options: &Options) -> Result<(), StoreError> {
    let mut connection = options.connect(url).await?;
    let done = distribute_on(&mut connection, options).await;
    close(connection).await;
    done
}

async fn distribute_on(connection: &mut PgConnection, options: &Options) -> Result<(), StoreError> {
    let (_, has_citus) = look(connection).await?;
    if !has_citus {
        return Err(refused(String::from(
            "the database has no extension `citus`: install Citus on every node of the server \
             (docs.citusdata.com), put it into shared_preload_libraries, and run CREATE EXTENSION \
             citus as a superuser",
        )));
    }
    check(connection, options).await?;
    batch(connection, DISTRIBUTE).await
}

/// The version that this program knows.
pub(crate) fn known_version() -> i32 {
    STEPS.last().map_or(0, |step| step.number)
}

/// Whether there is a schema of ours, and whether there is Citus.
async fn look(connection: &mut PgConnection) -> Result<(bool, bool), StoreError> {
    let row = sqlx::query(sql::LOOK).persistent(false);
    let row = row.fetch_one(connection).await.map_err(from_driver)?;
    let has_steps = row.try_get(0).map_err(from_driver)?;
    Ok((has_steps, row.try_get(1).map_err(from_driver)?))
}

/// Not prepared by a test: there is no such catalog without Citus.
async fn is_distributed(connection: &mut PgConnection) -> Result<bool, StoreError> {
    let found = sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM pg_catalog.pg_dist_partition \
         WHERE logicalrel = 'public.workspace'::regclass)",
    );
    let found = found.persistent(false).fetch_one(connection).await;
    found.map_err(from_driver)
}

/// The version of the database, read as a role that may do so.
async fn version_as(connection: &mut PgConnection, role: &str) -> Result<i32, StoreError> {
    let role = identifier(role);
    batch(
        connection,
        &format!("BEGIN READ ONLY; SET LOCAL ROLE {role}"),
    )
    .await?;
    let version = version(connection).await;
    batch(connection, "ROLLBACK").await?;
    version
}

/// The last step that the database has taken; those that this program knows are the ones it knows.
async fn version(connection: &mut PgConnection) -> Result<i32, StoreError> {
    let taken = sqlx::query_as::<_, (i32, String)>(sql::STEPS_TAKEN).persistent(false);
    let taken = taken.fetch_all(connection).await.map_err(from_driver)?;
    for (number, checksum) in &taken {
        let step = STEPS.iter().find(|step| step.number == *number);
        if step.is_some_and(|step| checksum_of(step) != *checksum) {
            return Err(refused(format!(
                "the database was made by another build of this program: its step {number} of the \
                 schema is not the one that this program knows"
            )));
        }
    }
    Ok(taken.last().map_or(0, |(number, _)| *number))
}

/// Takes a step, unless the database has it already. Another program that migrates waits.
async fn take(connection: &mut PgConnection, step: &Step) -> Result<bool, StoreError> {
    let begin = format!(
        "BEGIN; SET LOCAL search_path = public; SET LOCAL client_min_messages = warning; {}; {}",
        sql::LOCK_SCHEMA,
        sql::CREATE_STEPS
    );
    let begun = batch(connection, &begin).await;
    let done = match begun {
        Ok(()) => take_inside(connection, step).await,
        Err(error) => Err(error),
    };
    let end = if done.is_ok() { "COMMIT" } else { "ROLLBACK" };
    let ended = batch(connection, end).await;
    let taken = done?;
    ended?;
    Ok(taken)
}

async fn take_inside(connection: &mut PgConnection, step: &Step) -> Result<bool, StoreError> {
    let version = version(connection).await?;
    if version > known_version() {
        return Err(too_new(version));
    }
    if version >= step.number {
        return Ok(false);
    }
    if version.checked_add(1) != Some(step.number) {
        let text = format!("schema {version} cannot take step {}", step.number);
        return Err(StoreError::new(StoreErrorKind::Internal, text));
    }
    batch(connection, step.text).await?;
    let recorded = sqlx::query(sql::RECORD_STEP)
        .persistent(false)
        .bind(step.number)
        .bind(step.name)
        .bind(checksum_of(step));
    recorded
        .execute(&mut *connection)
        .await
        .map_err(from_driver)?;
    Ok(true)
}

/// Runs statements of this program, all at once.
async fn batch(connection: &mut PgConnection, text: &str) -> Result<(), StoreError> {
    let batch = sqlx::raw_sql(AssertSqlSafe(text.to_owned()));
    batch.execute(connection).await.map_err(from_driver)?;
    Ok(())
}

/// The checksum of every step there is.
pub(crate) fn checksum() -> String {
    let all: Vec<String> = STEPS.iter().map(checksum_of).collect();
    hexadecimal(&all.concat())
}

fn checksum_of(step: &Step) -> String {
    hexadecimal(step.text)
}

fn hexadecimal(text: &str) -> String {
    let digest = Sha256::digest(text.as_bytes());
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn too_new(version: i32) -> StoreError {
    refused(format!(
        "the database was made by a newer version of this program: it is schema {version}, this \
         program knows {}",
        known_version()
    ))
}

fn refused(text: String) -> StoreError {
    StoreError::new(StoreErrorKind::Version, text)
}

#[cfg(test)]
mod tests;

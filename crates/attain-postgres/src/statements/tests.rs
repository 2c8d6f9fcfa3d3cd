//! Every statement is one that a migrated database can prepare.

use sqlx::{Executor, SqlSafeStr};

use super::*;
use crate::database::Database;

pub(super) const LISTS: &[&[(&str, &str)]] = &[
    activity::LIST,
    chunks::LIST,
    corrections::LIST,
    credits::LIST,
    definitions::LIST,
    earnings::LIST,
    guards::LIST,
    payments::LIST,
    requests::LIST,
    rewards::LIST,
    runs::LIST,
    schema::LIST,
    transactions::LIST,
    work::LIST,
];

#[tokio::test]
async fn every_statement_can_be_prepared() {
    let database = Database::fresh().await;
    let mut connection = database.connect().await;
    for (name, text) in LISTS.concat() {
        let prepared = (&mut connection).prepare(text.into_sql_str()).await;
        prepared.unwrap_or_else(|error| panic!("{name}: {error}"));
    }
}

/// What is of no workspace: the schema itself, and what goes through functions that may see all.
pub(super) const OF_NO_WORKSPACE: &[&str] =
    &["CREATE_WORKSPACE", "WORKSPACES", "WORKSPACES_AT_WORK"];

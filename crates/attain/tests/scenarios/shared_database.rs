//! A migrated database that all processes of one checkout share. It is named after the schema, so
//! that another version's tests on the same server have another.

use std::fs;
use std::path::PathBuf;

use attain_local_postgres::test_server;
use attain_postgres::{Options, PostgresStore};
use sqlx::{AssertSqlSafe, Connection, PgConnection};

/// The name of the database; it is made and migrated if it is not there.
pub(crate) async fn name() -> String {
    let server = test_server();
    let name = format!("attain_scenarios_{:016x}", schema());
    let url = server.url_of(&name);
    match PostgresStore::open(&url, Options::default()).await {
        // As a rule: another process was here before.
        Ok(store) => store.close().await,
        Err(_) => {
            create(server.url(), &name).await;
            let migrated = PostgresStore::migrate(&url).await;
            migrated.expect("the database takes the schema");
        }
    }
    name
}

async fn create(server: &str, name: &str) {
    let mut connection = PgConnection::connect(server).await.expect("a server");
    let made = sqlx::query(AssertSqlSafe(format!("CREATE DATABASE {name}")))
        .execute(&mut connection)
        .await;
    if let Err(error) = made {
        let code = error.as_database_error().and_then(|error| error.code());
        // There already, or made by another process at this moment.
        let is_there = ["42P04", "23505"].contains(&code.as_deref().unwrap_or_default());
        assert!(is_there, "{error}");
    }
    connection.close().await.expect("a connection is closed");
}

/// A number that changes with the texts of the migrations.
fn schema() -> u64 {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../migrations/postgres");
    let entries = fs::read_dir(folder).expect("there are migrations");
    let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    let texts = paths
        .iter()
        .map(|path| fs::read(path).expect("a readable file"));
    texts.flatten().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

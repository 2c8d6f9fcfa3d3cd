//! Databases for tests. Each test has one of its own: a copy of a migrated one that is made once for
//! each server and schema.
#![allow(dead_code, reason = "each binary of tests uses what it needs")]
#![allow(
    clippy::unwrap_used,
    reason = "a test's own tool: what cannot be, fails the test"
)]

use std::thread;

use attain_local_postgres::{TestServer, test_server};
use attain_postgres::PostgresStore;
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use tokio::task::spawn_blocking;

/// Guards the making of templates on a server, so that two processes do not make one twice.
const TEMPLATES_LOCK: i64 = 7_094_703_151_906_153_317;

/// The years that tests are about get their partitions in the template.
const OPEN_YEARS: &str = "SELECT attain_open_partitions('2025-01-01', '2027-12-31')";

/// A database that ends with its test.
pub(crate) struct Database {
    server: TestServer,
    name: String,
}

impl Database {
    /// A migrated one.
    pub(crate) async fn fresh() -> Self {
        let server = server().await;
        let template = template(&server).await;
        Self::copy_of(server, &template).await
    }

    /// One without any table.
    pub(crate) async fn empty() -> Self {
        Self::copy_of(server().await, "template0").await
    }

    async fn copy_of(server: TestServer, template: &str) -> Self {
        let mut admin = admin(&server).await;
        let name = "SELECT 'attain_test_' || translate(gen_random_uuid()::text, '-', '')";
        let name: String = sqlx::query_scalar(name)
            .fetch_one(&mut admin)
            .await
            .unwrap();
        let create = format!("CREATE DATABASE {name} TEMPLATE {template}");
        run(&mut admin, create).await;
        Self { server, name }
    }

    /// How to connect to it, as a superuser.
    pub(crate) fn url(&self) -> String {
        self.server.url_of(&self.name)
    }

    /// A connection to it, as a superuser.
    pub(crate) async fn connect(&self) -> PgConnection {
        PgConnection::connect(&self.url()).await.unwrap()
    }

    /// Ends every other connection to it, as a restart of the server would.
    pub(crate) async fn end_sessions(&self) {
        let end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1";
        let query = sqlx::query(end).bind(&self.name);
        let mut admin = admin(&self.server).await;
        query.execute(&mut admin).await.unwrap();
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let url = self.server.url().to_owned();
        let drop = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name);
        // A runtime of its own: this may be dropped inside of one, or after it.
        let dropped = thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .unwrap();
            runtime.block_on(async {
                let mut connection = PgConnection::connect(&url).await.unwrap();
                run(&mut connection, drop).await;
            });
        });
        // One that is left behind harms nobody.
        let _ = dropped.join();
    }
}

/// Starting one takes a moment, and blocks.
async fn server() -> TestServer {
    spawn_blocking(test_server).await.unwrap()
}

async fn admin(server: &TestServer) -> PgConnection {
    PgConnection::connect(server.url()).await.unwrap()
}

/// The name of the migrated database that others are copies of, made if it is not there.
async fn template(server: &TestServer) -> String {
    let name = format!("attain_template_{:.16}", PostgresStore::schema());
    let mut admin = admin(server).await;
    let lock = sqlx::query("SELECT pg_advisory_lock($1)").bind(TEMPLATES_LOCK);
    lock.execute(&mut admin).await.unwrap();
    let found = sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM pg_database WHERE datname = $1)");
    let is_there: bool = found.bind(&name).fetch_one(&mut admin).await.unwrap();
    if !is_there {
        let half = format!("{name}_half");
        run(
            &mut admin,
            format!("DROP DATABASE IF EXISTS {half} WITH (FORCE)"),
        )
        .await;
        run(
            &mut admin,
            format!("CREATE DATABASE {half} TEMPLATE template0"),
        )
        .await;
        let url = server.url_of(&half);
        PostgresStore::migrate(&url).await.unwrap();
        let mut inside = PgConnection::connect(&url).await.unwrap();
        run(&mut inside, OPEN_YEARS.to_owned()).await;
        inside.close().await.unwrap();
        run(
            &mut admin,
            format!("ALTER DATABASE {half} RENAME TO {name}"),
        )
        .await;
    }
    // Closing it gives the lock back.
    admin.close().await.unwrap();
    name
}

async fn run(connection: &mut PgConnection, text: String) {
    let done = sqlx::raw_sql(AssertSqlSafe(text)).execute(connection).await;
    done.unwrap();
}

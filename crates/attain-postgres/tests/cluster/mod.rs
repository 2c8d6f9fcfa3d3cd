//! A database on a Citus cluster that is given for tests: made once for each schema, on every node,
//! and spread. All cases share it, each in workspaces of its own.
#![allow(
    clippy::unwrap_used,
    reason = "a test's own tool: what cannot be, fails the test"
)]

use attain_local_postgres::{CITUS_VARIABLE, TestServer, try_test_citus};
use attain_postgres::PostgresStore;
use libtest_mimic::Trial;
use sqlx::{AssertSqlSafe, Connection, PgConnection};

/// Guards the making of the database, so that two processes do not make one twice.
const LOCK: i64 = 7_094_703_151_906_153_318;
/// Fewer than usual: making shards takes most of the time.
const SHARDS: u32 = 8;

/// The coordinator, if there is one.
pub(crate) fn given() -> Option<TestServer> {
    try_test_citus().expect("the URL of a coordinator")
}

/// Stands for all cases where no cluster is given, so that everybody sees it.
pub(crate) fn not_given() -> Trial {
    let name = format!("citus_was_not_given_by_{CITUS_VARIABLE}");
    Trial::test(name, || {
        println!("nothing ran on Citus: {CITUS_VARIABLE} names no coordinator");
        Ok(())
    })
}

/// How to connect to the database, as a superuser; it is made if it is not there.
pub(crate) async fn database(coordinator: &TestServer) -> String {
    let name = format!("attain_citus_{:.16}", PostgresStore::schema());
    let url = coordinator.url_of(&name);
    let mut admin = connect(coordinator.url()).await;
    let lock = sqlx::query("SELECT pg_advisory_lock($1)").bind(LOCK);
    lock.execute(&mut admin).await.unwrap();
    let found = sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM pg_database WHERE datname = $1)");
    let is_there: bool = found.bind(&name).fetch_one(&mut admin).await.unwrap();
    if is_there {
        let mut inside = connect(&url).await;
        let ready = sqlx::query_scalar("SELECT to_regclass('public.ready') IS NOT NULL");
        let ready: bool = ready.fetch_one(&mut inside).await.unwrap();
        assert!(ready, "making {name} was cut off: drop it on every node");
        inside.close().await.unwrap();
    } else {
        let nodes = nodes(&mut admin).await;
        run(&mut admin, format!("CREATE DATABASE {name}")).await;
        make(coordinator, &name, &nodes).await;
    }
    // Closing it gives the lock back.
    admin.close().await.unwrap();
    url
}

/// A node of the cluster: whether it is the coordinator, and where it is.
type Node = (bool, String, i32);

/// The nodes that the given database knows; none where the coordinator is all there is.
async fn nodes(admin: &mut PgConnection) -> Vec<Node> {
    let known = sqlx::query_scalar("SELECT to_regclass('pg_catalog.pg_dist_node') IS NOT NULL");
    let known: bool = known.fetch_one(&mut *admin).await.unwrap();
    if !known {
        return Vec::new();
    }
    let nodes = "SELECT groupid = 0, nodename, nodeport FROM pg_catalog.pg_dist_node \
                 WHERE noderole = 'primary' ORDER BY groupid";
    sqlx::query_as(nodes).fetch_all(admin).await.unwrap()
}

/// Citus keeps its nodes by database: each gets the extension, and is told to the coordinator.
async fn make(coordinator: &TestServer, name: &str, nodes: &[Node]) {
    let url = coordinator.url_of(name);
    let mut inside = connect(&url).await;
    let fewer = format!("ALTER DATABASE {name} SET citus.shard_count = {SHARDS}");
    for text in ["CREATE EXTENSION citus", &fewer] {
        run(&mut inside, text.to_owned()).await;
    }
    for (is_coordinator, host, port) in nodes {
        let told = if *is_coordinator {
            "SELECT citus_set_coordinator_host($1, $2)"
        } else {
            equip(coordinator, name, host, *port).await;
            "SELECT citus_add_node($1, $2)"
        };
        let told = sqlx::query(told).bind(host).bind(port);
        told.execute(&mut inside).await.unwrap();
    }
    PostgresStore::migrate(&url).await.unwrap();
    PostgresStore::distribute(&url).await.unwrap();
    run(&mut inside, "CREATE TABLE public.ready ()".to_owned()).await;
    inside.close().await.unwrap();
}

/// The database on a worker, with the extension.
async fn equip(coordinator: &TestServer, name: &str, host: &str, port: i32) {
    let port = u16::try_from(port).unwrap();
    let usual = coordinator.url_at(host, port, "postgres").unwrap();
    let mut worker = connect(&usual).await;
    run(&mut worker, format!("CREATE DATABASE {name}")).await;
    let own = coordinator.url_at(host, port, name).unwrap();
    let mut inside = connect(&own).await;
    run(&mut inside, "CREATE EXTENSION citus".to_owned()).await;
    inside.close().await.unwrap();
    worker.close().await.unwrap();
}

async fn connect(url: &str) -> PgConnection {
    PgConnection::connect(url).await.unwrap()
}

async fn run(connection: &mut PgConnection, text: String) {
    let done = sqlx::raw_sql(AssertSqlSafe(text)).execute(connection).await;
    done.unwrap();
}

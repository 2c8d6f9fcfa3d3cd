//! The acceptance cases and the small company on a database file, through a server, on PostgreSQL,
//! there through a pooler, and on Citus where a cluster is given: one test a file and place. The
//! crate of the scenarios runs them in memory.

#[path = "../../attain-postgres/tests/cluster/mod.rs"]
mod cluster;
#[path = "scenarios/shared_database.rs"]
mod shared_database;

use std::path::PathBuf;
use std::sync::{Arc, LazyLock};

use attain_app::{Engine, SystemClock, TimeOrderedIds};
use attain_domain::ports::Store;
use attain_grpc::{ServeOptions, Server};
use attain_local_postgres::{PgBouncer, test_server};
use attain_memory::MemoryStore;
use attain_postgres::PostgresStore;
use attain_scenario::{EngineDriver, GrpcDriver, ScenarioFile, read_scenarios, run};
use attain_sqlite::SqliteStore;
use libtest_mimic::{Arguments, Failed, Trial};
use tokio::runtime::Runtime;

/// Runs the scenario of a file, which has this name.
type Place = fn(&ScenarioFile, &str) -> Result<(), Failed>;

/// Where scenarios run.
const PLACES: [(&str, Place); 4] = [
    ("sqlite", on_a_file),
    ("grpc", through_the_server),
    ("postgres", on_postgres),
    ("pgbouncer", through_the_pooler),
];
/// Where else, if there is a cluster.
const CITUS: (&str, Place) = ("citus", on_citus);
/// The pooler's connections to the server: so few that no client ever keeps one.
const POOLED: u16 = 3;

fn main() {
    let examples = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../examples");
    let folders = [examples.join("acceptance"), examples.join("small")];
    let files = read_scenarios(&folders).expect("the examples are scenarios");
    let mut trials = Vec::new();
    let mut places = PLACES.to_vec();
    if cluster::given().is_some() {
        places.push(CITUS);
    } else {
        trials.push(cluster::not_given());
    }
    for file in files.into_iter().map(Arc::new) {
        let name = file
            .path
            .file_stem()
            .map(|stem| stem.to_string_lossy().into_owned());
        let name = name.expect("a file has a name");
        for (place, perform) in places.iter().copied() {
            let (file, name) = (file.clone(), name.clone());
            let title = format!("{place}/{name}");
            trials.push(Trial::test(title, move || perform(&file, &name)));
        }
    }
    libtest_mimic::run(&Arguments::from_args(), trials).exit();
}

fn engine(store: Arc<dyn Store>) -> Engine {
    Engine::new(
        store,
        Arc::new(SystemClock),
        Arc::new(TimeOrderedIds::default()),
    )
}

async fn perform(file: &ScenarioFile, mut driver: EngineDriver) -> Result<(), Failed> {
    let outcome = run(&file.scenario, &file.includes, &mut driver).await;
    Ok(outcome.map_err(|failure| failure.to_string())?)
}

fn on_a_file(file: &ScenarioFile, _: &str) -> Result<(), Failed> {
    let scratch = tempfile::tempdir()?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let options = attain_sqlite::Options {
            migrate: true,
            ..attain_sqlite::Options::default()
        };
        let store = SqliteStore::open(&scratch.path().join("scenario.sqlite"), options).await?;
        perform(file, EngineDriver::new(engine(Arc::new(store))).await?).await
    })
}

/// One server for all scenarios, each in a workspace of its own.
struct Served {
    runtime: Runtime,
    address: String,
}

static SERVED: LazyLock<Served> = LazyLock::new(|| {
    let runtime = Runtime::new().expect("this machine gives threads");
    let options = ServeOptions {
        address: (std::net::Ipv4Addr::LOCALHOST, 0).into(),
        ..ServeOptions::default()
    };
    let server = runtime
        .block_on(Server::bind(options))
        .expect("a free port");
    let address = format!("http://{}", server.address());
    runtime.spawn(server.serve(engine(Arc::new(MemoryStore::new())), std::future::pending()));
    Served { runtime, address }
});

fn through_the_server(file: &ScenarioFile, workspace: &str) -> Result<(), Failed> {
    let Served { runtime, address } = &*SERVED;
    runtime.block_on(async {
        let mut driver = GrpcDriver::connect(address, workspace).await?;
        Ok(run(&file.scenario, &file.includes, &mut driver)
            .await
            .map_err(|f| f.to_string())?)
    })
}

/// One store for all scenarios, each in a workspace of its own.
struct OnPostgres {
    runtime: Runtime,
    store: Arc<PostgresStore>,
    /// Ends with the process.
    _pooler: Option<PgBouncer>,
}

static STRAIGHT: LazyLock<OnPostgres> = LazyLock::new(|| {
    let runtime = Runtime::new().expect("this machine gives threads");
    let database = runtime.block_on(shared_database::name());
    let url = test_server().url_of(&database);
    let options = attain_postgres::Options::default();
    let store = runtime.block_on(PostgresStore::open(&url, options));
    OnPostgres {
        store: Arc::new(store.expect("the database is ready")),
        runtime,
        _pooler: None,
    }
});

static POOLED_STORE: LazyLock<OnPostgres> = LazyLock::new(|| {
    let runtime = Runtime::new().expect("this machine gives threads");
    let database = runtime.block_on(shared_database::name());
    let pooler = PgBouncer::start(test_server().url(), POOLED).expect("a pooler starts");
    let options = attain_postgres::Options {
        prepared: false,
        ..attain_postgres::Options::default()
    };
    let store = runtime.block_on(PostgresStore::open(&pooler.url(&database), options));
    OnPostgres {
        store: Arc::new(store.expect("the pooler lets through")),
        runtime,
        _pooler: Some(pooler),
    }
});

static SPREAD: LazyLock<OnPostgres> = LazyLock::new(|| {
    let runtime = Runtime::new().expect("this machine gives threads");
    let coordinator = cluster::given().expect("a cluster is given");
    let url = runtime.block_on(cluster::database(&coordinator));
    let options = attain_postgres::Options::default();
    let store = runtime.block_on(PostgresStore::open(&url, options));
    OnPostgres {
        store: Arc::new(store.expect("the database is ready")),
        runtime,
        _pooler: None,
    }
});

fn on_citus(file: &ScenarioFile, name: &str) -> Result<(), Failed> {
    in_new_workspace(&SPREAD, file, name)
}

fn on_postgres(file: &ScenarioFile, name: &str) -> Result<(), Failed> {
    in_new_workspace(&STRAIGHT, file, name)
}

fn through_the_pooler(file: &ScenarioFile, name: &str) -> Result<(), Failed> {
    in_new_workspace(&POOLED_STORE, file, name)
}

fn in_new_workspace(on: &OnPostgres, file: &ScenarioFile, name: &str) -> Result<(), Failed> {
    // Other processes, now and before, use the same database.
    let unique = tempfile::Builder::new()
        .prefix("")
        .rand_bytes(12)
        .tempfile()?;
    let unique = unique
        .path()
        .file_name()
        .unwrap_or_default()
        .to_string_lossy();
    let workspace = format!("{name}-{}", unique.to_lowercase());
    on.runtime.block_on(async {
        let engine = engine(on.store.clone());
        perform(file, EngineDriver::in_workspace(engine, &workspace).await?).await
    })
}

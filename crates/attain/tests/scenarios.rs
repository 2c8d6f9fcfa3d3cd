//! The acceptance cases and the small company on a database file and through a server: one test a
//! file and place. The crate of the scenarios runs them in memory.

use std::path::PathBuf;
use std::sync::{Arc, LazyLock};

use attain_app::{Engine, SystemClock, TimeOrderedIds};
use attain_domain::ports::Store;
use attain_grpc::{ServeOptions, Server};
use attain_memory::MemoryStore;
use attain_scenario::{EngineDriver, GrpcDriver, ScenarioFile, read_scenarios, run};
use attain_sqlite::{Options, SqliteStore};
use libtest_mimic::{Arguments, Failed, Trial};
use tokio::runtime::Runtime;

fn main() {
    let examples = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../examples");
    let folders = [examples.join("acceptance"), examples.join("small")];
    let files = read_scenarios(&folders).expect("the examples are scenarios");
    let mut trials = Vec::new();
    for file in files {
        let name = file
            .path
            .file_stem()
            .map(|stem| stem.to_string_lossy().into_owned());
        let name = name.expect("a file has a name");
        let (again, workspace) = (file.clone(), name.clone());
        trials.push(Trial::test(format!("sqlite/{name}"), move || {
            on_a_file(&file)
        }));
        trials.push(Trial::test(format!("grpc/{name}"), move || {
            through_the_server(&again, &workspace)
        }));
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

fn on_a_file(file: &ScenarioFile) -> Result<(), Failed> {
    let scratch = tempfile::tempdir()?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let options = Options {
            migrate: true,
            ..Options::default()
        };
        let store = SqliteStore::open(&scratch.path().join("scenario.sqlite"), options).await?;
        let mut driver = EngineDriver::new(engine(Arc::new(store))).await?;
        Ok(run(&file.scenario, &file.includes, &mut driver)
            .await
            .map_err(|f| f.to_string())?)
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

//! `attain test`: runs scenario files, each on a store or in a workspace of its own.

use std::sync::Arc;

use anyhow::anyhow;
use attain_app::TimeOrderedIds;
use attain_domain::ports::{IdSource, Store};
use attain_domain::refusal::{Reason, Refusal};
use attain_local_postgres::Throwaway;
use attain_memory::MemoryStore;
use attain_scenario::{EngineDriver, ScenarioFile, read_scenarios, run};
use tokio::task::block_in_place;

use crate::address::StoreAddress;
use crate::args::{Global, Test, TestStore};
use crate::failure::Failure;
use crate::session::engine_over;
use crate::store::{OpenStore, open_address, open_file};

/// Runs every scenario, and says which went another way.
pub(crate) async fn test(global: &Global, test: &Test) -> Result<(), Failure> {
    let files = read_scenarios(&test.files).map_err(|error| Failure::Other(anyhow!(error)))?;
    let place = Place::open(global, test.on).await?;
    let outcome = run_all(global, &place, &files).await;
    place.close().await;
    let failed = outcome?;
    println!("{} passed, {failed} failed", files.len() - failed);
    if failed > 0 {
        Err(Failure::Different)
    } else {
        Ok(())
    }
}

/// Where scenarios run.
enum Place {
    Memory,
    Sqlite,
    Postgres(Box<Database>),
}

/// One for all scenarios, each in a workspace of its own.
struct Database {
    store: OpenStore,
    /// The server, where none is named.
    cluster: Option<Throwaway>,
    ids: TimeOrderedIds,
}

impl Place {
    async fn open(global: &Global, on: TestStore) -> Result<Self, Failure> {
        Ok(match on {
            TestStore::Memory => Self::Memory,
            TestStore::Sqlite => Self::Sqlite,
            TestStore::Postgres => Self::Postgres(Box::new(Database::open(global).await?)),
        })
    }

    async fn close(self) {
        let Self::Postgres(database) = self else {
            return;
        };
        let Database { store, cluster, .. } = *database;
        store.close().await;
        // The server takes a moment to end.
        block_in_place(|| drop(cluster));
    }
}

impl Database {
    /// The one that the command line names, or one that ends with the tests.
    async fn open(global: &Global) -> Result<Self, Failure> {
        let (store, cluster) = match &global.store {
            Some(address) => (open_address(address, &global.postgres, false).await?, None),
            None => {
                let cluster = block_in_place(Throwaway::start).map_err(|error| {
                    let text = format!("no PostgreSQL for the scenarios: {error}");
                    Refusal::new(Reason::StoreUnavailable, text)
                })?;
                let address = StoreAddress::parse(cluster.url("postgres").as_ref());
                let address = address.map_err(|text| anyhow!(text))?;
                let store = open_address(&address, &global.postgres, true).await?;
                (store, Some(cluster))
            }
        };
        Ok(Self {
            store,
            cluster,
            ids: TimeOrderedIds::default(),
        })
    }
}

/// How many went another way.
async fn run_all(global: &Global, place: &Place, files: &[ScenarioFile]) -> Result<usize, Failure> {
    let mut failed = 0;
    for file in files {
        let path = file.path.display();
        match run_file(global, place, file).await? {
            None => println!("ok      {path}"),
            Some(difference) => {
                failed += 1;
                println!("FAILED  {path}\n{difference}");
            }
        }
    }
    Ok(failed)
}

/// The difference, if there is one.
async fn run_file(
    global: &Global,
    place: &Place,
    file: &ScenarioFile,
) -> Result<Option<String>, Failure> {
    let scratch = tempfile::tempdir()?;
    let mut workspace = "scenario".to_owned();
    let store: Arc<dyn Store> = match place {
        Place::Memory => Arc::new(MemoryStore::new()),
        Place::Sqlite => {
            let path = scratch.path().join("scenario.sqlite");
            open_file(&path, true).await?.store()
        }
        Place::Postgres(database) => {
            workspace = format!("scenario-{}", database.ids.next().simple());
            database.store.store()
        }
    };
    let engine = engine_over(store, global.limits());
    let mut driver = EngineDriver::in_workspace(engine, &workspace).await?;
    let result = run(&file.scenario, &file.includes, &mut driver).await;
    let difference = result.err().map(|failure| match place {
        Place::Postgres(database) if database.cluster.is_none() => {
            format!("{failure}\nin workspace {workspace}")
        }
        Place::Memory | Place::Sqlite | Place::Postgres(_) => failure.to_string(),
    });
    Ok(difference)
}

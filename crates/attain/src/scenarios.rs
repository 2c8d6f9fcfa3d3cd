//! `attain test`: runs scenario files, each on a store of its own.

use std::sync::Arc;

use anyhow::anyhow;
use attain_app::Limits;
use attain_domain::ports::Store;
use attain_memory::MemoryStore;
use attain_scenario::{EngineDriver, ScenarioFile, read_scenarios, run};

use crate::args::{Test, TestStore};
use crate::failure::Failure;
use crate::session::engine_over;
use crate::store::open_file;

/// Runs every scenario, and says which went another way.
pub(crate) async fn test(test: &Test) -> Result<(), Failure> {
    let files = read_scenarios(&test.files).map_err(|error| Failure::Other(anyhow!(error)))?;
    let (mut passed, mut failed) = (0_u64, 0_u64);
    for file in files {
        match run_file(&file, test.on).await? {
            None => {
                passed += 1;
                println!("ok      {}", file.path.display());
            }
            Some(difference) => {
                failed += 1;
                println!("FAILED  {}\n{difference}", file.path.display());
            }
        }
    }
    println!("{passed} passed, {failed} failed");
    if failed > 0 {
        Err(Failure::Different)
    } else {
        Ok(())
    }
}

async fn run_file(file: &ScenarioFile, on: TestStore) -> Result<Option<String>, Failure> {
    let scratch = tempfile::tempdir()?;
    let store: Arc<dyn Store> = match on {
        TestStore::Memory => Arc::new(MemoryStore::new()),
        TestStore::Sqlite => {
            let path = scratch.path().join("scenario.sqlite");
            open_file(&path, true).await?.store()
        }
    };
    let mut driver = EngineDriver::new(engine_over(store, Limits::default())).await?;
    let result = run(&file.scenario, &file.includes, &mut driver).await;
    Ok(result.err().map(|failure| failure.to_string()))
}

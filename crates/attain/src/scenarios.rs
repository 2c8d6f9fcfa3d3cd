//! `attain test`: runs scenario files, each on a store of its own.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, anyhow};
use attain_domain::ports::Store;
use attain_memory::MemoryStore;
use attain_scenario::{EngineDriver, Scenario, run};

use crate::apply::yaml_files;
use crate::args::{Test, TestStore};
use crate::failure::Failure;
use crate::session::{engine_over, open_store};

/// Runs every scenario, and says which went another way.
pub(crate) async fn test(test: &Test) -> Result<(), Failure> {
    let files = scenario_files(&test.files)?;
    let (mut passed, mut failed) = (0_u64, 0_u64);
    for file in files {
        match run_file(&file, test.on).await {
            Ok(None) => {
                passed += 1;
                println!("ok      {}", file.display());
            }
            Ok(Some(difference)) => {
                failed += 1;
                println!("FAILED  {}\n{difference}", file.display());
            }
            Err(failure) => return Err(failure),
        }
    }
    println!("{passed} passed, {failed} failed");
    if failed > 0 {
        Err(Failure::Different)
    } else {
        Ok(())
    }
}

/// Files that have steps; documents that others include have none.
fn scenario_files(paths: &[PathBuf]) -> Result<Vec<PathBuf>, Failure> {
    let mut files = Vec::new();
    for file in yaml_files(paths)? {
        let named = paths.contains(&file);
        if named
            || read(&file)?
                .lines()
                .any(|line| line.starts_with("scenario:"))
        {
            files.push(file);
        }
    }
    Ok(files)
}

fn read(path: &Path) -> Result<String, Failure> {
    let text = std::fs::read_to_string(path);
    Ok(text.with_context(|| format!("reading {}", path.display()))?)
}

async fn run_file(file: &Path, on: TestStore) -> Result<Option<String>, Failure> {
    let text = read(file)?;
    let scenario = Scenario::parse(&file.display().to_string(), &text)
        .map_err(|error| Failure::Other(anyhow!(error)))?;
    let folder = file.parent().unwrap_or(Path::new("."));
    let mut includes = Vec::new();
    if let Some(documents) = &scenario.documents {
        let files = yaml_files(&[folder.join(documents)])?;
        let texts = files.iter().map(|file| read(file));
        includes.push(texts.collect::<Result<Vec<_>, Failure>>()?.join("\n---\n"));
    }
    for name in &scenario.include {
        includes.push(read(&folder.join(name))?);
    }
    let scratch = tempfile::tempdir()?;
    let store: Arc<dyn Store> = match on {
        TestStore::Memory => Arc::new(MemoryStore::new()),
        TestStore::Sqlite => {
            Arc::new(open_store(&scratch.path().join("scenario.sqlite"), true).await?)
        }
    };
    let mut driver = EngineDriver::new(engine_over(store)).await?;
    let result = run(&scenario, &includes, &mut driver).await;
    Ok(result.err().map(|failure| failure.to_string()))
}

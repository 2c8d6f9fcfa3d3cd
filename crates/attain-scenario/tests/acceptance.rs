//! The acceptance cases and the small company, on an engine over the memory store: one test a file.

use std::path::PathBuf;
use std::sync::Arc;

use attain_app::{Engine, SystemClock, TimeOrderedIds};
use attain_memory::MemoryStore;
use attain_scenario::{EngineDriver, ScenarioFile, read_scenarios, run};
use libtest_mimic::{Arguments, Failed, Trial};

fn main() {
    let examples = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../examples");
    let folders = [examples.join("acceptance"), examples.join("small")];
    let files = read_scenarios(&folders).expect("the examples are scenarios");
    let trials = files.into_iter().map(|file| {
        let name = file
            .path
            .file_stem()
            .map(|stem| stem.to_string_lossy().into_owned());
        Trial::test(name.unwrap_or_default(), move || check(&file))
    });
    libtest_mimic::run(&Arguments::from_args(), trials.collect()).exit();
}

fn check(file: &ScenarioFile) -> Result<(), Failed> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let (clock, ids) = (Arc::new(SystemClock), Arc::new(TimeOrderedIds::default()));
        let engine = Engine::new(Arc::new(MemoryStore::new()), clock, ids);
        let mut driver = EngineDriver::new(engine).await?;
        Ok(run(&file.scenario, &file.includes, &mut driver)
            .await
            .map_err(|f| f.to_string())?)
    })
}

//! The acceptance cases, the small company and the example of the documentation, on an engine over
//! the memory store: one test a file.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use attain_app::{Engine, SystemClock, TimeOrderedIds};
use attain_memory::MemoryStore;
use attain_scenario::{EngineDriver, Scenario, ScenarioFile, read_scenarios, run};
use libtest_mimic::{Arguments, Failed, Trial};

/// The page that says how scenarios are written.
const DOCUMENTS: &str = include_str!("../../../docs/DOCUMENTS.md");

fn main() {
    let examples = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../examples");
    let folders = [examples.join("acceptance"), examples.join("small")];
    let files = read_scenarios(&folders).expect("the examples are scenarios");
    let written = documented(&examples.join("acceptance"));
    let trials = files.into_iter().chain([written]).map(|file| {
        let name = file
            .path
            .file_stem()
            .map(|stem| stem.to_string_lossy().into_owned());
        Trial::test(name.unwrap_or_default(), move || check(&file))
    });
    libtest_mimic::run(&Arguments::from_args(), trials.collect()).exit();
}

/// The scenario of the documentation, as if it stood in a folder.
fn documented(folder: &Path) -> ScenarioFile {
    let lines = DOCUMENTS
        .lines()
        .skip_while(|line| *line != "```yml")
        .skip(1);
    let lines: Vec<&str> = lines.take_while(|line| *line != "```").collect();
    let scenario = Scenario::parse("DOCUMENTS.md", &lines.join("\n"));
    let scenario = scenario.expect("the documentation has a scenario");
    let read = |name: &String| std::fs::read_to_string(folder.join(name));
    let includes = scenario.include.iter().map(read);
    ScenarioFile {
        path: folder.join("the-one-in-the-documentation"),
        includes: includes
            .collect::<Result<_, _>>()
            .expect("it includes files"),
        scenario,
    }
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

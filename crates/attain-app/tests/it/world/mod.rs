//! A workspace to try things on: definitions from a few knobs, sales from a few numbers, an engine
//! over a store that can be told to fail, and facts that can be compared.

pub(crate) mod basics;
pub(crate) mod bench;
pub(crate) mod company;
pub(crate) mod facts;
pub(crate) mod knobs;
pub(crate) mod ledger;
pub(crate) mod plans;
pub(crate) mod sales;
pub(crate) mod steps;
pub(crate) mod stores;

use std::path::PathBuf;

use proptest::test_runner::{Config, FileFailurePersistence};

/// The configuration of a random test: `cases` of them, unless the environment asks for more.
/// Failures stay in a file that is named after the test.
pub(crate) fn config(test: &str, cases: u32) -> Config {
    let wanted = std::env::var("ATTAIN_PROPERTY_CASES").ok();
    let wanted = wanted.and_then(|text| text.parse().ok());
    let file: PathBuf = [env!("CARGO_MANIFEST_DIR"), "tests", "regressions"]
        .iter()
        .collect();
    let file = file.join(format!("{test}.txt"));
    // Persistence takes a text that lives as long as the program: a handful of them.
    let file: &'static str = Box::leak(file.to_string_lossy().into_owned().into_boxed_str());
    Config {
        cases: wanted.unwrap_or(cases),
        failure_persistence: Some(Box::new(FileFailurePersistence::Direct(file))),
        max_shrink_iters: 2_000,
        ..Config::default()
    }
}

//! All tests of the workspace, with one command and with nothing installed but Rust.

use std::ffi::{OsStr, OsString};
use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result};

use crate::process;

/// What tests find around them. A server that is started for them belongs in a field here, so that
/// it lives until the last test has ended and is stopped by its `Drop`.
#[derive(Default)]
struct Environment {
    variables: Vec<(OsString, OsString)>,
}

/// Prepares what tests need and cannot make for themselves. Today: nothing.
fn environment() -> Result<Environment> {
    Ok(Environment::default())
}

/// Runs all tests, or those that `args` choose, and says so in the last line.
pub fn run(args: &[OsString]) -> Result<()> {
    let started = Instant::now();
    let environment = environment()?;
    let has_nextest = process::cargo_has("nextest");
    let mut outcome = Ok(());
    for mut command in commands(args, has_nextest) {
        command.envs(
            environment
                .variables
                .iter()
                .map(|(name, value)| (name, value)),
        );
        // The later tests are run all the same: one look shows everything that fails.
        outcome = outcome.and(process::run(&mut command));
    }
    outcome.context("tests failed; they are listed above")?;
    let whole = if args.is_empty() {
        "all tests passed"
    } else {
        "the chosen tests passed"
    };
    let runner = if has_nextest {
        "cargo nextest"
    } else {
        "cargo test"
    };
    println!("{whole} in {} s ({runner})", started.elapsed().as_secs());
    Ok(())
}

/// nextest is quicker where it is installed, but runs no examples in documentation. Those come
/// first, so that the last count to be seen is that of the tests.
fn commands(args: &[OsString], has_nextest: bool) -> Vec<Command> {
    let words: &[&[&str]] = match (has_nextest, args.is_empty()) {
        (true, true) => &[
            &["test", "--doc", "--quiet"],
            &["nextest", "run", "--no-fail-fast"],
        ],
        (true, false) => &[&["nextest", "run"]],
        (false, true) => &[&["test", "--no-fail-fast"]],
        (false, false) => &[&["test"]],
    };
    let scope: &[&str] = if names_packages(args) {
        &[]
    } else {
        &["--workspace"]
    };
    let command = |words: &&[&str]| {
        let mut command = process::cargo();
        command.args(*words).args(scope).args(args);
        command
    };
    words.iter().map(command).collect()
}

/// Whether the arguments say themselves which packages to test.
fn names_packages(args: &[OsString]) -> bool {
    let of_cargo = args
        .iter()
        .map(OsString::as_os_str)
        .take_while(|arg| *arg != OsStr::new("--"));
    of_cargo.map(OsStr::to_string_lossy).any(|arg| {
        let is_long = arg == "--package" || arg.starts_with("--package=");
        is_long || (arg.starts_with("-p") && !arg.starts_with("--")) || arg == "--workspace"
    })
}

#[cfg(test)]
mod tests;

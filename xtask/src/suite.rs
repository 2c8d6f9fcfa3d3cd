//! All tests of the workspace, with one command. The servers that tests need are started for them,
//! and installed where they are not; nothing is left out because something is missing.

mod install;
mod servers;

use std::ffi::{OsStr, OsString};
use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result};

use self::servers::Servers;
use crate::process;

/// Runs all tests, or those that `args` choose, and says so in the last line.
pub fn run(args: &[OsString]) -> Result<()> {
    let started = Instant::now();
    // Alive until the last test has ended.
    let servers = Servers::prepare(&named_packages(args))?;
    let has_nextest = process::cargo_has("nextest");
    let mut outcome = Ok(());
    for mut command in commands(args, has_nextest) {
        command.envs(servers.variables());
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
    !named_packages(args).is_empty() || before_dashes(args).any(|arg| arg == "--workspace")
}

/// The packages that the arguments name; none means all.
fn named_packages(args: &[OsString]) -> Vec<String> {
    let mut names = Vec::new();
    let mut words = before_dashes(args);
    while let Some(word) = words.next() {
        let text = word.to_string_lossy();
        let name = match text.strip_prefix("--package") {
            Some(rest) => rest.strip_prefix('=').or(rest.is_empty().then_some("")),
            None => text.strip_prefix("-p"),
        };
        match name {
            Some("") => names.extend(words.next().map(|name| name.to_string_lossy().into_owned())),
            Some(name) => names.push(name.trim_start_matches('=').to_owned()),
            None => {}
        }
    }
    names
}

/// What follows two dashes is the test program's.
fn before_dashes(args: &[OsString]) -> impl Iterator<Item = &OsStr> {
    let words = args.iter().map(OsString::as_os_str);
    words.take_while(|word| *word != OsStr::new("--"))
}

#[cfg(test)]
mod tests;

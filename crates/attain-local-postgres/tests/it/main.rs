//! Servers that are really started: what they keep, who may share them, what is left of them.
#![allow(clippy::unwrap_used, reason = "what cannot be, fails the test")]

mod lasting;
mod throwaway;

use std::path::Path;
use std::process::Command;

/// Runs a statement with the `psql` of an installed version, and gives what it prints.
fn ask(programs: &Path, url: &str, sql: &str) -> Result<String, String> {
    let mut command = Command::new(programs.join("psql"));
    command.args(["-X", "-q", "-A", "-t", "-d", url, "-c", sql]);
    let output = command.output().unwrap();
    if output.status.success() {
        Ok(String::from_utf8(output.stdout).unwrap().trim().to_owned())
    } else {
        Err(String::from_utf8(output.stderr).unwrap())
    }
}

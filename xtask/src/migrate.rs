//! Migrations of a database, by the binary of this checkout: one runner for users and developers.

use std::ffi::OsString;

use anyhow::Result;

use crate::process;

/// Runs `attain migrate ARGS`.
pub fn run(args: &[OsString]) -> Result<()> {
    let mut command = process::cargo();
    command
        .args(["run", "--quiet", "--package", "attain", "--", "migrate"])
        .args(args);
    process::run(&mut command)
}

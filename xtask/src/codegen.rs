//! Files that are generated and committed. One list of generators, each of which can also only
//! compare.
//!
//! A new generator is a function and a line in `GENERATORS`. It fills `freshness::Outputs` itself,
//! or runs a crate that does, through `Tools::command`.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::freshness::Mode;
use crate::process;

/// How a generator that is a program of this workspace is started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tools {
    /// By `cargo run`, which builds only what that program needs.
    Narrow,
    /// As an earlier `cargo build --workspace --all-targets` left it: features are unified over
    /// the workspace, so `cargo run` would compile much of it a second time.
    Built,
}

/// What a generator does, and the folder that it alone writes.
struct Generator {
    name: &'static str,
    folder: &'static str,
    run: fn(Mode, Tools) -> Result<()>,
}

const GENERATORS: &[Generator] = &[Generator {
    name: "proto",
    folder: "crates/attain-proto/src/generated",
    run: proto,
}];

/// Runs every generator, and reports all that failed.
pub fn run(mode: Mode, tools: Tools) -> Result<()> {
    let mut failures = Vec::new();
    for generator in GENERATORS {
        if let Err(error) = settle(generator, mode, tools) {
            failures.push(format!("{}: {error:#}", generator.name));
        }
    }
    if failures.is_empty() {
        Ok(())
    } else {
        bail!("{}", failures.join("\n"))
    }
}

fn settle(generator: &Generator, mode: Mode, tools: Tools) -> Result<()> {
    (generator.run)(mode, tools)?;
    if mode == Mode::Write {
        return Ok(());
    }
    // A right file that git does not know would be missing from everybody else's checkout.
    let untracked = untracked_files(process::root(), generator.folder);
    if untracked.is_empty() {
        return Ok(());
    }
    bail!(
        "{}\ngenerated but not in git: run `git add {}`",
        untracked.join("\n"),
        generator.folder
    )
}

/// The wire types, from `proto/`. The generator compares by itself.
fn proto(mode: Mode, tools: Tools) -> Result<()> {
    let mut command = tools.command("xtask-codegen")?;
    if mode == Mode::Check {
        command.arg("--check");
    }
    process::run(&mut command)
}

impl Tools {
    /// The command that starts a program of this workspace; arguments can be added.
    pub fn command(self, package: &str) -> Result<Command> {
        match self {
            Tools::Narrow => {
                let mut command = process::cargo();
                command.args(["run", "--quiet", "--package", package, "--"]);
                Ok(command)
            }
            Tools::Built => {
                let folder = process::target_directory()?.join("debug");
                let program = folder
                    .join(package)
                    .with_extension(std::env::consts::EXE_EXTENSION);
                let mut command = Command::new(program);
                command.current_dir(process::root());
                Ok(command)
            }
        }
    }
}

/// Files under `folder` that git neither tracks nor ignores; none where there is no git to ask.
fn untracked_files(root: &Path, folder: &str) -> Vec<String> {
    let mut command = Command::new("git");
    command
        .args(["ls-files", "--others", "--exclude-standard", "--", folder])
        .current_dir(root);
    match command.output().context("git could not be started") {
        Ok(output) if output.status.success() => String::from_utf8_lossy(&output.stdout)
            .lines()
            .map(str::to_owned)
            .collect(),
        Ok(_) | Err(_) => Vec::new(),
    }
}

#[cfg(test)]
mod tests;

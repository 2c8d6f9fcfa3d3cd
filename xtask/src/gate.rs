//! The gate: what must pass before a commit, in the order that tells soonest.

use std::time::Instant;

use anyhow::{Result, bail};

use crate::codegen::{self, Tools};
use crate::freshness::Mode;
use crate::{process, suite, tidy};

/// A name, the deed, and the command that repairs or repeats it alone.
struct Step {
    name: &'static str,
    run: fn() -> Result<()>,
    repair: &'static str,
}

const CHECKS: &[Step] = &[
    Step {
        name: "formatting",
        run: formatting,
        repair: "cargo fmt --all",
    },
    Step {
        name: "tidy",
        run: tidy::run,
        repair: "cargo xtask tidy",
    },
    Step {
        name: "clippy",
        run: clippy,
        repair: "cargo clippy --workspace --all-targets -- -D warnings",
    },
    Step {
        name: "codegen freshness",
        run: freshness,
        repair: "cargo xtask codegen",
    },
];

/// Everything but the tests. A failure does not keep the later checks from being made.
pub fn check() -> Result<()> {
    let started = Instant::now();
    let failed: Vec<&Step> = CHECKS.iter().filter(|step| !passes(step)).collect();
    for step in &failed {
        eprintln!("failed: {}; alone: {}", step.name, step.repair);
    }
    if !failed.is_empty() {
        bail!("{} of {} checks failed", failed.len(), CHECKS.len());
    }
    eprintln!(
        "all {} checks passed in {} s",
        CHECKS.len(),
        started.elapsed().as_secs()
    );
    Ok(())
}

/// The checks, then all tests.
pub fn ci() -> Result<()> {
    check()?;
    suite::run(&[])
}

fn passes(step: &Step) -> bool {
    eprintln!("==> {}", step.name);
    match (step.run)() {
        Ok(()) => true,
        Err(error) => {
            eprintln!("{error:#}");
            false
        }
    }
}

fn formatting() -> Result<()> {
    process::run(process::cargo().args(["fmt", "--all", "--check"]))
}

fn clippy() -> Result<()> {
    let mut command = process::cargo();
    command.args([
        "clippy",
        "--workspace",
        "--all-targets",
        "--quiet",
        "--",
        "-D",
        "warnings",
    ]);
    process::run(&mut command)
}

/// Builds as the tests do, so that the tests after it find everything built.
fn freshness() -> Result<()> {
    process::run(process::cargo().args(["build", "--workspace", "--all-targets", "--quiet"]))?;
    codegen::run(Mode::Check, Tools::Built)
}

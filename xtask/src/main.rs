//! `cargo xtask`: the command line of the project's own tasks. What each does lives in the library.

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use xtask::codegen::Tools;
use xtask::freshness::Mode;
use xtask::{codegen, gate, migrate, suite, tidy};

/// The project's own tasks. CI runs the same commands.
#[derive(Parser)]
#[command(bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Writes the generated files that are committed
    Codegen {
        /// Writes nothing; fails where a committed file is not what would be written
        #[arg(long)]
        check: bool,
    },
    /// Checks what the compiler does not: crate edges, sizes, names, banned words, migrations
    Tidy,
    /// Runs all tests, or those that ARGS choose (`-p attain-domain tiers`)
    Test {
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        args: Vec<OsString>,
    },
    /// Everything of `ci` but the tests: formatting, tidy, clippy, codegen freshness
    Check,
    /// Everything that must pass before a commit
    Ci,
    /// Runs `attain migrate ARGS` from this checkout
    #[command(disable_help_flag = true)]
    Migrate {
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        args: Vec<OsString>,
    },
}

fn main() -> ExitCode {
    match perform(Arguments::parse().task) {
        Ok(()) => ExitCode::SUCCESS,
        // Not returned from `main`: that would print a backtrace where one is asked of tests.
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn perform(task: Task) -> anyhow::Result<()> {
    match task {
        Task::Codegen { check: true } => codegen::run(Mode::Check, Tools::Narrow),
        Task::Codegen { check: false } => codegen::run(Mode::Write, Tools::Narrow),
        Task::Tidy => tidy::run(),
        Task::Test { args } => suite::run(&args),
        Task::Check => gate::check(),
        Task::Ci => gate::ci(),
        Task::Migrate { args } => migrate::run(&args),
    }
}

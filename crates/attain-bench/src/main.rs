//! Benchmarks of the engine on generated data. What is timed, and how to repeat it, is in
//! `docs/BENCHMARKS.md`.

mod tiered;
mod usage;
mod workspaces;

use std::path::PathBuf;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(about = "Benchmarks of the engine")]
struct Arguments {
    #[command(subcommand)]
    benchmark: Benchmark,
}

#[derive(Subcommand)]
enum Benchmark {
    /// Tiered commission over a 2-level hierarchy, as in `data-generator/tiered.sql`.
    Tiered {
        /// The folder that `data-generator/gen_tiered.py --raw` wrote.
        #[arg(long)]
        dir: PathBuf,
        /// How many threads calculate.
        #[arg(long, default_value_t = 2)]
        threads: usize,
        /// How often it is repeated; one line of JSON each time.
        #[arg(long, default_value_t = 3)]
        repeat: u32,
    },
    /// Many workspaces at work on one Postgres, and readers beside them.
    Workspaces(workspaces::Workspaces),
}

fn main() -> anyhow::Result<()> {
    match Arguments::parse().benchmark {
        Benchmark::Tiered {
            dir,
            threads,
            repeat,
        } => tiered::run(&dir, threads, repeat),
        Benchmark::Workspaces(asked) => workspaces::run(&asked),
    }
}

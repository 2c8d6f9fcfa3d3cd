//! The storage kit: every promise of the ports as a case, for everybody who writes a store.
//!
//! A store's test file is a test target with `harness = false` and a few lines:
//!
//! ```no_run
//! use std::process::ExitCode;
//! use std::sync::Arc;
//!
//! use attain_conformance::Harness;
//! use attain_domain::ports::Store;
//! use attain_memory::MemoryStore;
//!
//! struct Memory;
//!
//! #[async_trait::async_trait]
//! impl Harness for Memory {
//!     fn name(&self) -> &'static str {
//!         "memory"
//!     }
//!
//!     async fn fresh(&self) -> Arc<dyn Store> {
//!         Arc::new(MemoryStore::new())
//!     }
//! }
//!
//! fn main() -> ExitCode {
//!     attain_conformance::main(Memory)
//! }
//! ```
//!
//! It takes the arguments of `cargo test` and works with nextest. Cases stand in chapters; a name
//! is `chapter::promise`. What a case needs of its records it says itself; everything else about
//! them is from `attain_domain::testing`. Records do not refer to each other: a store checks
//! nothing between kinds of records.
//!
//! The last chapter runs random scripts of commits on the store and on the memory store, and
//! compares whatever can be read. `ATTAIN_CONFORMANCE_SCRIPTS` says how many (8 if not set), and
//! `ATTAIN_CONFORMANCE_SEED` the seed of the first (0 if not set); a failing script names its seed.
#![warn(missing_docs)]
#![allow(
    clippy::unwrap_used,
    reason = "a kit of tests: what cannot be, fails the case"
)]
#![allow(
    clippy::future_not_send,
    reason = "a case stays on the thread that it starts on; what it spawns is checked by tokio"
)]

mod case;
mod chapters;
mod difference;
mod everything;
mod known;
mod pages;
mod samples;
mod site;

use std::process::ExitCode;
use std::sync::Arc;

use async_trait::async_trait;
use attain_domain::ports::Store;
use libtest_mimic::{Arguments, Trial};

/// How the kit comes to stores of one kind.
#[async_trait]
pub trait Harness: Send + Sync + 'static {
    /// What to call it when a case fails.
    fn name(&self) -> &'static str;

    /// A new store without any workspace, that nobody else uses. What it lies in (a file, a
    /// database) must last as long as the store.
    async fn fresh(&self) -> Arc<dyn Store>;

    /// Opens what a store of this harness has written once more, as after a restart. `None` if
    /// nothing outlives a store.
    async fn reopen(&self, store: Arc<dyn Store>) -> Option<Arc<dyn Store>> {
        drop(store);
        None
    }
}

/// Runs every case that the arguments of the process ask for. What it gives is for `fn main` to
/// return: else a failing case goes unseen.
#[must_use]
pub fn main(harness: impl Harness) -> ExitCode {
    let arguments = Arguments::from_args();
    let conclusion = libtest_mimic::run(&arguments, trials(Arc::new(harness)));
    conclusion.exit_code()
}

/// Every case, for a runner of one's own.
#[must_use]
pub fn trials(harness: Arc<dyn Harness>) -> Vec<Trial> {
    chapters::all()
        .into_iter()
        .map(|case| case.trial(Arc::clone(&harness)))
        .collect()
}

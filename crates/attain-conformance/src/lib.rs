//! The storage kit: every promise of the ports as a case, for everybody who writes a store.
//!
//! A store's test file is a test target with `harness = false` and a few lines. This is a whole
//! one, for the memory store:
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
//! It takes the arguments of `cargo test` and works with nextest. `docs/ADAPTERS.md` leads from
//! nothing to a store that passes.
//!
//! # Chapters
//!
//! A case's name is `chapter::claim`. When it fails, the kit says what is claimed, which sentence
//! of the ports promises it and where that stands, and what was found instead.
//!
//! | chapter | |
//! | --- | --- |
//! | `fidelity` | every field of every record is read back as it was written, at its extremes |
//! | `reading` | what each read gives and leaves out, and in which order |
//! | `paging` | every list is the same in pages of 1, 2, 3 and 10 000 rows |
//! | `definitions` | versions: the live one, past ones, the highest, the mark |
//! | `guards` | a change is applied when all its guards hold, else nothing of it |
//! | `locks` | behind the guards: rows are there, or not, as the change takes them to be |
//! | `isolation` | workspaces do not see each other, views do not see later commits |
//! | `claims` | the change log and the lists of runs |
//! | `leases` | chunks of runs: who is handed which, and for how long |
//! | `races` | of many commits that rely on one fact, one wins |
//! | `idempotency` | a request is carried out once |
//! | `limits` | lists, commits and pages of 10 000 rows |
//! | `history_moves` | rows that leave for history, or for good |
//! | `corrections` | what waits for Revert and for the calculation, what is past, what comes back |
//! | `rewards` | rewards, clearings and their undoings, their marks, what sheets were settled |
//! | `activity` | the activity log is complete, in order, and never written over |
//! | `durability` | what was committed is there after a restart |
//! | `random_scripts` | random commits, compared with the memory store after each |
//! | `fault_injection` | lost commits, lost answers, failed reads, aborts, interruptions |
//!
//! What a case needs of its records it says itself; everything else about them is from
//! `attain_domain::testing`. Records do not refer to each other: a store checks nothing between
//! kinds of records.
//!
//! # Settings
//!
//! `ATTAIN_CONFORMANCE_SCRIPTS` says how many random scripts there are (8 if not set), and
//! `ATTAIN_CONFORMANCE_SEED` the seed of the first (0 if not set); a failing script names its seed.
//!
//! # Faults
//!
//! [`faults::FaultyStore`] stands in front of any store and breaks as it is told. It is of use to
//! whoever calls a store, too: to see what their code makes of a lost answer.
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
mod dice;
mod difference;
mod everything;
pub mod faults;
mod hook;
mod known;
mod pages;
mod places;
mod rewarded;
mod samples;
mod site;

use std::process::ExitCode;
use std::sync::Arc;

use async_trait::async_trait;
use attain_domain::ports::Store;
use libtest_mimic::{Arguments, Trial};

pub use hook::Hook;
pub use places::Places;

/// How the kit comes to stores of one kind. Two methods are enough; every hook that is added makes
/// the kit look at more. A case that needs a hook which is not there is reported as `not offered by
/// this harness`, and counted as ignored.
#[async_trait]
pub trait Harness: Send + Sync + 'static {
    /// What to call the store when a case fails: `sqlite`.
    fn name(&self) -> &'static str;

    /// A new store without any workspace, that nobody else uses. What it lies in (a file, a
    /// database) must last as long as the store. Cases run side by side: each asks for one.
    async fn fresh(&self) -> Arc<dyn Store>;

    /// Whether a hook is there. Without a word on it, [`Hook::Reopen`] is (and is found out when it
    /// is called), and [`Hook::Interrupt`] is not.
    fn offers(&self, hook: Hook) -> bool {
        match hook {
            Hook::Reopen => true,
            Hook::Interrupt => false,
        }
    }

    /// Opens what a store of this harness has written once more, as after a restart; the store that
    /// is given is used no more. `None` if nothing outlives a store.
    async fn reopen(&self, store: Arc<dyn Store>) -> Option<Arc<dyn Store>> {
        drop(store);
        None
    }

    /// Cuts the store off from its server now, whatever is under way: kills the sessions of its
    /// connections, say, or the server, and starts it again. The same store goes on to be used, and
    /// must find back by itself. Several commits are under way when it is called. `false` if there
    /// is no such thing; then [`offers`](Self::offers) says so already.
    async fn interrupt(&self, store: &Arc<dyn Store>) -> bool {
        let _ = store;
        false
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

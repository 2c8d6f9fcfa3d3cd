//! An example of a store by another team: the whole port on [redb](https://www.redb.org) files, as
//! small as it can be. `docs/ADAPTERS.md` leads through it.
//!
//! One table per kind of record, keyed by workspace and id. A commit is one write transaction, a
//! view is one read transaction. What is not asked for by id is found by reading the workspace's
//! whole table: simplicity over speed, so nothing for a company of many thousand sales.
//!
//! Calls are carried out on the thread that makes them, a commit with its flush to disk. A store
//! for a busy server would hand commits to a thread of its own.
#![warn(missing_docs)]

mod calculated;
mod codec;
mod commit;
mod corrected;
mod error;
mod guards;
mod leased;
mod paid;
mod processed;
mod records;
mod rewarded;
mod sold;
mod store;
mod table;
mod written;

pub use store::RedbStore;

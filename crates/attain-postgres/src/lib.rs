//! The store on a PostgreSQL server, and on Citus with the same statements. It implements the ports
//! of `attain-domain`; what a sentence there promises is not said again here.
//!
//! How it works:
//! - A snapshot is a repeatable-read transaction on a connection of its own, so views never wait and
//!   are never changed. One that stays open for long keeps the server from cleaning up.
//! - A commit is one read-committed transaction. It first locks its workspace: alone if it is about
//!   the whole of it (definitions, claims, no overlapping run), else together with others. Then it
//!   locks the rows that its guards name, so that guards cannot go stale.
//! - Policies show every transaction the rows of its own workspace only.
//! - Transactions, credits and earnings are partitioned by year. Partitions are made before the
//!   first commit that needs them.
//! - Many rows go as arrays or through COPY: a commit has a fixed number of statements.
//! - No transaction relies on what another left on its connection, so a pooler in transaction mode
//!   may stand between.

mod activity;
mod bulk;
mod calculations;
mod cells;
mod chunks;
mod commit;
mod copy;
mod corrections;
mod credits;
mod definitions;
mod earnings;
mod error;
mod growth;
mod guards;
mod keys;
mod migrate;
mod numeric;
mod options;
mod partitions;
mod payments;
mod requests;
mod reward_reads;
mod rewards;
mod runs;
mod session;
mod snapshot;
mod statements;
mod store;
mod stored;
mod transactions;
mod work;

#[cfg(test)]
extern crate self as attain_postgres;
#[cfg(test)]
#[path = "../tests/database/mod.rs"]
mod database;

pub use options::{Options, Tls};
pub use store::PostgresStore;

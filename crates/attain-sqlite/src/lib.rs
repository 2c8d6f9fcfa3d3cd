//! The embedded store: one SQLite file, no server. It implements the ports of `attain-domain`;
//! what a sentence there promises is not said again here.
//!
//! How it works:
//! - The file is in WAL mode. A snapshot is a read transaction on a connection of its own, so views
//!   never wait and are never changed. A view that stays open for long keeps the log from being
//!   taken back, so the log grows.
//! - A commit is one `BEGIN IMMEDIATE` transaction on the one connection that writes. Guards are
//!   read there, after the right to write was got, so they cannot go stale.
//! - Bulk writes are VALUES statements of up to 500 rows; pages are read as one JSON array, because
//!   the driver hands over rows slowly.
//! - Money, quantities and rates are decimals as text, never floating point.
//! - By default every commit waits for the disk ([`Durability::PowerLoss`]).

mod activity;
mod bulk;
mod calculations;
mod cells;
mod chunks;
mod commit;
mod corrections;
mod credits;
mod definitions;
mod earnings;
mod error;
mod guards;
mod migrate;
mod options;
mod payments;
mod readers;
mod requests;
mod reward_reads;
mod rewards;
mod runs;
mod snapshot;
mod statements;
mod store;
mod stored;
mod transactions;
mod work;

pub use options::{Durability, Options};
pub use store::SqliteStore;

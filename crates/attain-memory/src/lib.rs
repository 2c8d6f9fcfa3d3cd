//! The reference store: everything in memory, in persistent maps. It is the executable meaning of
//! the ports: short, and never clever. What another store does differently is wrong there.
//!
//! A snapshot is one reference to the state of a workspace. A commit works on a copy of that state
//! (the maps share all that the commit does not touch), and swaps it in when everything went well.

mod activity;
mod chunks;
mod clock;
mod commit;
mod corrections;
mod credits;
mod definitions;
mod earning_reads;
mod earnings;
mod guards;
mod map;
mod payments;
mod requests;
mod rewards;
mod runs;
mod snapshot;
mod store;
mod tables;
mod transactions;
mod work;

pub use store::MemoryStore;

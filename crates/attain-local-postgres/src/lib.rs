//! PostgreSQL servers that belong to the program that started them. It uses the programs that are
//! installed, and never a cluster of the system: each server has a folder of its own, listens on a
//! socket in it and on no port, and lets in whoever may enter the folder.
//!
//! - [`Throwaway`] is for tests: quick, in memory where there is room, gone with its process
//!   whatever ends that.
//! - [`Local`] lasts: a folder that several processes share, served while one of them is there.
//! - [`test_server`] is the server that all tests of a process use; [`try_test_citus`] is a cluster of
//!   Citus, which is only ever given.
//! - [`PgBouncer`] stands in front of a server, for tests.
//!
//! Everything here waits for other programs: call it from a thread that may block.

mod account;
mod cluster;
mod error;
mod guardian;
mod leftovers;
mod local;
mod pgbouncer;
mod programs;
mod settings;
mod testing;
mod throwaway;

pub use cluster::Stop;
pub use error::LocalError;
pub use local::Local;
pub use pgbouncer::{PgBouncer, find_pgbouncer};
pub use programs::{BIN_VARIABLE, OLDEST_MAJOR, Programs};
pub use testing::{
    CITUS_VARIABLE, TestServer, URL_VARIABLE, test_server, try_test_citus, try_test_server,
};
pub use throwaway::Throwaway;

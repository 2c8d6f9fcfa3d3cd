//! The gRPC server of Attain: reads messages, calls the engine, writes answers. What it refuses, it
//! refuses with one stable reason. No rules of the domain, no storage.

mod deadline;
mod identity;
mod paging;
mod reference;
mod runs;
mod server;
mod services;
mod status;
mod wire;

pub use reference::error_reference;
pub use server::{ServeError, ServeOptions, Server, serve};
pub use status::{ERROR_DOMAIN, code_of, status_of, status_of_all};

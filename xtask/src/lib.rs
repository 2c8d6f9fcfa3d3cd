//! The project's own tasks, as functions that tests can call. No task may need a tool that does not
//! come with Rust; what is heavy to compile is a crate of its own that a task runs.

pub mod codegen;
pub mod freshness;
pub mod gate;
pub mod migrate;
pub mod process;
pub mod suite;
pub mod tidy;

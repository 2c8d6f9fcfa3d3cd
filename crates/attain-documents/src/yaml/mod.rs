//! YAML as a tree with places, which serde reads and writes. A scalar stays the text that was
//! written, so that no number ever goes through a float; and every error knows its path, line and
//! column.

mod emit;
mod error;
mod node;
mod parse;
mod plain;
mod read;
mod write;

pub(crate) use emit::{KEY_BYTES_MAX, emit};
pub(crate) use error::{Problem, located};
pub(crate) use node::{Kind, Node, Place, Style};
pub(crate) use parse::{Stream, parse};
pub(crate) use plain::read_value;
pub(crate) use read::read_collecting;
pub(crate) use write::to_node;

#[cfg(test)]
mod tests;

//! Files and stored text: the YAML documents that people write, the JSON that stores keep, and the
//! rows of imports. Each form is a mirror of the domain's types, converted by hand, so that no file
//! format ever freezes a type of the domain. No I/O: texts in, texts out.

mod document;
mod file;
mod nearest;
#[cfg(test)]
mod samples;
mod schema;
pub mod stored;
pub mod table;
mod yaml;

pub use file::{Document, parse_documents, read_documents, write_documents};
pub use schema::schema;
pub use stored::StoredError;

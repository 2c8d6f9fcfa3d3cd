//! Files of documents: YAML, one or more documents with `---` between them, each with its `kind`.

mod participants;
mod read;
mod write;

pub(crate) use participants::ParticipantsDocument;
pub(crate) use read::PARTICIPANTS;
pub use read::{Document, parse_documents, read_documents};
pub use write::write_documents;

#[cfg(test)]
mod tests;

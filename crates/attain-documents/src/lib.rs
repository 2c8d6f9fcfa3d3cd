//! Files and stored text: the YAML documents that people write, the JSON that stores keep, and the
//! rows of imports. Each form is a mirror of the domain's types, converted by hand, so that no file
//! format ever freezes a type of the domain. No I/O: texts in, texts out.

mod document;
#[cfg(test)]
mod samples;
pub mod stored;

pub use stored::StoredError;

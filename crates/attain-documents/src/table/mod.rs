//! Rows of imports from CSV and NDJSON: which cell is which field, each still the text that was
//! written. What the texts mean is the domain's business.

mod header;
mod json;
mod rows;

pub use header::Header;
pub use json::from_json;
pub use rows::ImportRow;

use attain_domain::refusal::{Reason, Refusal};

use crate::nearest::suggestion;

/// Before the name of an attribute in a CSV header.
pub const ATTRIBUTE_PREFIX: &str = "attribute.";
/// The field of an NDJSON row in which the attributes are.
pub const ATTRIBUTES: &str = "attributes";

fn column<R: ImportRow>(name: &str) -> Option<usize> {
    R::COLUMNS.iter().position(|known| *known == name)
}

fn unknown<R: ImportRow>(name: &str, of_attributes: &'static str) -> Refusal {
    let of_attributes = R::HAS_ATTRIBUTES.then_some(of_attributes);
    let names: Vec<&str> = R::COLUMNS.iter().copied().chain(of_attributes).collect();
    let text = format!("there is no field `{name}`{}", suggestion(name, &names));
    Refusal::new(Reason::UnknownField, text)
        .at(name)
        .with("name", name)
}

fn twice(name: &str) -> Refusal {
    let text = format!("`{name}` is there twice");
    Refusal::new(Reason::Duplicate, text).at(name)
}

#[cfg(test)]
mod tests;

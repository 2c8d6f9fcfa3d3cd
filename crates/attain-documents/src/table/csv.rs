//! Rows of CSV. The header is read once; it says for every row which cell is what.

use csv::StringRecord;

use attain_domain::ids::AttributeName;
use attain_domain::refusal::{Reason, Refusal};

use super::{ATTRIBUTE_PREFIX, Column, TransactionRow, twice, unknown_column};

/// The columns of one file, in its order.
#[derive(Clone, Debug)]
pub struct TransactionColumns(Vec<Place>);

#[derive(Clone, Debug)]
enum Place {
    Field(Column),
    Attribute(String),
}

impl TransactionColumns {
    /// Reads a header.
    ///
    /// # Errors
    /// Every column that is unknown or there twice.
    pub fn from_header(header: &StringRecord) -> Result<Self, Vec<Refusal>> {
        let mut places = Vec::with_capacity(header.len());
        let mut refusals = Vec::new();
        for (index, name) in header.iter().enumerate() {
            // Some programs begin their files with a byte order mark.
            let name = name.trim_start_matches('\u{feff}').trim();
            let before = header.iter().take(index);
            if before.map(str::trim).any(|other| other == name) {
                refusals.push(twice(name));
                continue;
            }
            match place(name) {
                Ok(place) => places.push(place),
                Err(refusal) => refusals.push(refusal),
            }
        }
        if refusals.is_empty() {
            Ok(Self(places))
        } else {
            Err(refusals)
        }
    }
}

fn place(name: &str) -> Result<Place, Refusal> {
    if let Some(column) = Column::from_name(name) {
        return Ok(Place::Field(column));
    }
    let Some(attribute) = name.strip_prefix(ATTRIBUTE_PREFIX) else {
        return Err(unknown_column(name, &[ATTRIBUTE_PREFIX]));
    };
    match AttributeName::parse(attribute) {
        Ok(_) => Ok(Place::Attribute(attribute.to_owned())),
        Err(error) => {
            let text = format!("`{attribute}` is not the name of an attribute: it {error}");
            Err(Refusal::new(Reason::MalformedValue, text).at(name))
        }
    }
}

impl TransactionRow {
    /// The row of a record. Spaces around cells do not count.
    ///
    /// # Errors
    /// [`Reason::MalformedFile`] when the record has more or fewer cells than the header.
    pub fn from_csv(columns: &TransactionColumns, record: &StringRecord) -> Result<Self, Refusal> {
        let TransactionColumns(places) = columns;
        if record.len() != places.len() {
            let (cells, columns) = (record.len(), places.len());
            let text = format!("the line has {cells} cells, the header has {columns}");
            return Err(Refusal::new(Reason::MalformedFile, text));
        }
        let mut row = Self::default();
        let cells = places.iter().zip(record.iter().map(str::trim));
        for (place, cell) in cells.filter(|(_, cell)| !cell.is_empty()) {
            match place {
                Place::Field(column) => *row.cell(*column) = Some(cell.to_owned()),
                Place::Attribute(name) => {
                    row.attributes.insert(name.clone(), cell.to_owned());
                }
            }
        }
        Ok(row)
    }
}

//! Rows of CSV. The header is read once; it says for every row which cell is what.

use attain_domain::ids::AttributeName;
use attain_domain::refusal::{Reason, Refusal};

use super::{ATTRIBUTE_PREFIX, ImportRow, column, twice, unknown};

/// The columns of one file, in its order.
#[derive(Clone, Debug)]
pub struct Header(Vec<Place>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Place {
    Column(usize),
    Attribute(String),
}

impl Header {
    /// Reads the names of the columns, in any order.
    ///
    /// # Errors
    /// The first column that is unknown or there twice, or that is needed and not there.
    pub fn parse<'a, R: ImportRow>(
        names: impl IntoIterator<Item = &'a str>,
    ) -> Result<Self, Refusal> {
        let mut places = Vec::new();
        for (index, name) in names.into_iter().enumerate() {
            // Some programs begin their files with a byte order mark.
            let mark = if index == 0 { "\u{feff}" } else { "" };
            let name = name.strip_prefix(mark).unwrap_or(name).trim();
            let place = place::<R>(name)?;
            if places.contains(&place) {
                return Err(twice(name));
            }
            places.push(place);
        }
        for needed in R::NEEDED {
            let there = column::<R>(needed).is_some_and(|c| places.contains(&Place::Column(c)));
            if !there {
                let text = format!("the header has no column `{needed}`");
                return Err(Refusal::new(Reason::MissingValue, text).at(*needed));
            }
        }
        Ok(Self(places))
    }

    /// The row of the cells of one line. Spaces around a cell do not count, an empty one is none.
    ///
    /// # Errors
    /// [`Reason::MalformedFile`] for more or fewer cells than the header has.
    pub fn row<'a, R: ImportRow>(
        &self,
        cells: impl IntoIterator<Item = &'a str>,
    ) -> Result<R, Refusal> {
        let mut row = R::default();
        let mut places = self.0.iter();
        let mut count = 0;
        for cell in cells {
            count += 1;
            let place = places.next();
            let cell = cell.trim();
            if cell.is_empty() {
                continue;
            }
            match place {
                Some(Place::Column(column)) => row.set(*column, cell.to_owned()),
                Some(Place::Attribute(name)) => row.set_attribute(name, cell.to_owned()),
                None => {}
            }
        }
        if count == self.0.len() {
            return Ok(row);
        }
        let columns = self.0.len();
        let text = format!("the line has {count} cells, the header has {columns}");
        Err(Refusal::new(Reason::MalformedFile, text))
    }
}

fn place<R: ImportRow>(name: &str) -> Result<Place, Refusal> {
    if let Some(column) = column::<R>(name) {
        return Ok(Place::Column(column));
    }
    let attribute = name.strip_prefix(ATTRIBUTE_PREFIX);
    let Some(attribute) = attribute.filter(|_| R::HAS_ATTRIBUTES) else {
        return Err(unknown::<R>(name, ATTRIBUTE_PREFIX));
    };
    match AttributeName::parse(attribute) {
        Ok(_) => Ok(Place::Attribute(attribute.to_owned())),
        Err(error) => {
            let text = format!("`{attribute}` is not the name of an attribute: it {error}");
            Err(Refusal::new(Reason::MalformedValue, text).at(name))
        }
    }
}

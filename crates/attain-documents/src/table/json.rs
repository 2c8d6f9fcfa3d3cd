//! Rows of NDJSON. Numbers stay the digits that were written: none goes through a float.

use std::borrow::Cow;
use std::fmt;

use serde::de::{self, Deserializer as _, MapAccess, Visitor};
use serde_json::value::RawValue;

use attain_domain::ids::AttributeName;
use attain_domain::refusal::{Reason, Refusal};

use super::{ATTRIBUTES, ImportRow, column, twice, unknown};

/// The row of one line of NDJSON, an object. Values are texts, numbers, `true`, `false` or `null`
/// (no value); `attributes` is an object of such.
///
/// # Errors
/// [`Reason::MalformedFile`] for what is no JSON object; else the first field that is wrong.
pub fn from_json<R: ImportRow>(line: &str) -> Result<R, Refusal> {
    let mut row = R::default();
    for (name, value) in fields(line)? {
        if R::HAS_ATTRIBUTES && name == ATTRIBUTES {
            attributes(value, &mut row).map_err(|refusal| refusal.inside(ATTRIBUTES))?;
            continue;
        }
        let Some(column) = column::<R>(&name) else {
            return Err(unknown::<R>(&name, ATTRIBUTES));
        };
        if let Some(text) = text(value).map_err(|refusal| refusal.at(&*name))? {
            row.set(column, text);
        }
    }
    Ok(row)
}

fn attributes(value: &RawValue, row: &mut impl ImportRow) -> Result<(), Refusal> {
    if value.get() == "null" {
        return Ok(());
    }
    for (name, value) in fields(value.get())? {
        if let Err(error) = AttributeName::parse(&name) {
            let text = format!("`{name}` is not the name of an attribute: it {error}");
            return Err(Refusal::new(Reason::MalformedValue, text).at(&*name));
        }
        if let Some(text) = text(value).map_err(|refusal| refusal.at(&*name))? {
            row.set_attribute(&name, text);
        }
    }
    Ok(())
}

/// The text of a value; `None` for `null` and for a text with nothing in it.
fn text(value: &RawValue) -> Result<Option<String>, Refusal> {
    let raw = value.get();
    let text = match raw.as_bytes().first() {
        Some(b'"') => serde_json::from_str(raw).map_err(malformed)?,
        Some(b'[' | b'{') | None => {
            let text = "must be a text, a number, true or false";
            return Err(Refusal::new(Reason::MalformedValue, text));
        }
        Some(b'n') => return Ok(None),
        Some(_) => raw.to_owned(),
    };
    let bare: &str = text.trim();
    Ok((!bare.is_empty()).then(|| bare.to_owned()))
}

type Field<'a> = (Cow<'a, str>, &'a RawValue);

fn fields(json: &str) -> Result<Vec<Field<'_>>, Refusal> {
    let mut reader = serde_json::Deserializer::from_str(json);
    let fields = reader.deserialize_map(FieldsVisitor).map_err(malformed)?;
    reader.end().map_err(malformed)?;
    let mut names: Vec<&str> = fields.iter().map(|(name, _)| name.as_ref()).collect();
    names.sort_unstable();
    match names.windows(2).find(|pair| pair[0] == pair[1]) {
        Some(pair) => Err(twice(pair[0])),
        None => Ok(fields),
    }
}

fn malformed(error: serde_json::Error) -> Refusal {
    Refusal::new(
        Reason::MalformedFile,
        format!("this is not a JSON object: {error}"),
    )
}

struct FieldsVisitor;

impl<'de> Visitor<'de> for FieldsVisitor {
    type Value = Vec<Field<'de>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut fields = Vec::new();
        while let Some(name) = map.next_key::<Name<'de>>()? {
            fields.push((name.0, map.next_value()?));
        }
        Ok(fields)
    }
}

/// A name, borrowed where it has no escapes in it.
struct Name<'a>(Cow<'a, str>);

impl<'de> de::Deserialize<'de> for Name<'de> {
    fn deserialize<D: de::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(NameVisitor)
    }
}

struct NameVisitor;

impl<'de> Visitor<'de> for NameVisitor {
    type Value = Name<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name")
    }

    fn visit_borrowed_str<E: de::Error>(self, name: &'de str) -> Result<Name<'de>, E> {
        Ok(Name(Cow::Borrowed(name)))
    }

    fn visit_str<E: de::Error>(self, name: &str) -> Result<Name<'de>, E> {
        Ok(Name(Cow::Owned(name.to_owned())))
    }
}

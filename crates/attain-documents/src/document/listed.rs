//! Lists whose elements have a short form: `reports_to: mia`, `members: [ana, ben]`, or one map
//! for each element where there is more to say.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::value::MapAccessDeserializer;
use serde::de::{self, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// An element that one text can stand for.
pub(crate) trait Short: Sized {
    /// What it is called in messages.
    const WANTED: &'static str;

    /// The element that the text stands for.
    fn from_short(text: &str) -> Result<Self, String>;

    /// The text that stands for it, if one does.
    fn short(&self) -> Option<Cow<'_, str>>;
}

/// A list; written without brackets if it is one short element.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Listed<T>(pub(crate) Vec<T>);

impl<T> Default for Listed<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> Listed<T> {
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<T: Short + Serialize> Serialize for Listed<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if let [only] = self.0.as_slice()
            && let Some(text) = only.short()
        {
            return serializer.serialize_str(&text);
        }
        serializer.collect_seq(self.0.iter().map(ElementRef))
    }
}

struct ElementRef<'a, T>(&'a T);

impl<T: Short + Serialize> Serialize for ElementRef<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0.short() {
            Some(text) => serializer.serialize_str(&text),
            None => self.0.serialize(serializer),
        }
    }
}

impl<'de, T: Short + Deserialize<'de>> Deserialize<'de> for Listed<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ListVisitor(PhantomData))
    }
}

struct ListVisitor<T>(PhantomData<T>);

impl<'de, T: Short + Deserialize<'de>> Visitor<'de> for ListVisitor<T> {
    type Value = Listed<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, or a list", T::WANTED)
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Listed<T>, E> {
        let only = T::from_short(text).map_err(E::custom)?;
        Ok(Listed(vec![only]))
    }

    fn visit_unit<E: de::Error>(self) -> Result<Listed<T>, E> {
        Ok(Listed::default())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Listed<T>, A::Error> {
        let mut list = Vec::new();
        while let Some(Element(element)) = seq.next_element()? {
            list.push(element);
        }
        Ok(Listed(list))
    }
}

struct Element<T>(T);

impl<'de, T: Short + Deserialize<'de>> Deserialize<'de> for Element<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ElementVisitor(PhantomData))
    }
}

struct ElementVisitor<T>(PhantomData<T>);

impl<'de, T: Short + Deserialize<'de>> Visitor<'de> for ElementVisitor<T> {
    type Value = Element<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, or its fields", T::WANTED)
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Element<T>, E> {
        T::from_short(text).map(Element).map_err(E::custom)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Element<T>, A::Error> {
        T::deserialize(MapAccessDeserializer::new(map)).map(Element)
    }
}

impl<T: JsonSchema> JsonSchema for Listed<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        format!("Listed{}", T::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let element = generator.subschema_for::<T>();
        json_schema!({
            "anyOf": [
                { "type": ["string", "number"] },
                {
                    "type": "array",
                    "items": { "anyOf": [{ "type": ["string", "number"] }, element] },
                },
            ],
        })
    }
}

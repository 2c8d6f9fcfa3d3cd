//! Lets serde read a tree.

use serde::de::value::{MapDeserializer, StrDeserializer};
use serde::de::{
    self, DeserializeOwned, DeserializeSeed, EnumAccess, IntoDeserializer, MapAccess, SeqAccess,
    VariantAccess, Visitor,
};
use serde::{Deserializer, forward_to_deserialize_any};

use attain_domain::expression::Value;
use attain_domain::refusal::Reason;

use super::error::Problem;
use super::node::{Key, Kind, Node, Step, Style};
use super::plain::{read_bool, read_value};
use crate::document::number::{TAG_DATE, TAG_NUMBER, VALUE};

/// Most problems of one document that are reported at once.
const PROBLEMS_MAX: usize = 100;

/// Reads a document, and reports as many of its problems as can be told apart: what was refused is
/// skipped, and reading begins again without it.
pub(crate) fn read_collecting<T: DeserializeOwned>(mut node: Node) -> Result<T, Vec<Problem>> {
    let mut problems: Vec<Problem> = Vec::new();
    loop {
        let problem = match T::deserialize(&node) {
            Ok(value) if problems.is_empty() => return Ok(value),
            Ok(_) => return Err(problems),
            Err(problem) => problem,
        };
        let mut target = problem.path();
        // A field that is absent because it was skipped has been reported already.
        let mut reported = problem.is_absence && node.at_mut(&target).is_some();
        if problem.is_absence {
            target.pop();
        }
        // The value of a choice is read even when it was skipped: the choice goes with it.
        while node
            .at_mut(&target)
            .is_some_and(|it| it.kind == Kind::Skipped)
        {
            target.pop();
            reported = true;
        }
        if !reported {
            problems.push(problem);
        }
        let refused = node.at_mut(&target);
        match refused {
            Some(refused) if !target.is_empty() && problems.len() < PROBLEMS_MAX => {
                refused.kind = Kind::Skipped;
            }
            Some(_) | None => return Err(problems),
        }
    }
}

impl Node {
    fn wrong(&self, wanted: &dyn de::Expected) -> Problem {
        let text = format!("needs {wanted}, this is {}", self.described());
        let reason = match self.kind {
            Kind::Null => Reason::MissingValue,
            Kind::Scalar { .. } | Kind::Seq(_) | Kind::Map(_) | Kind::Skipped => {
                Reason::MalformedValue
            }
        };
        Problem::new(reason, text).at(self.place)
    }

    fn integer<'de, V: Visitor<'de>>(&self, visitor: V) -> Result<V::Value, Problem> {
        let number = match &self.kind {
            Kind::Scalar { text, .. } => text.parse::<u64>().ok(),
            Kind::Null | Kind::Seq(_) | Kind::Map(_) | Kind::Skipped => None,
        };
        match number {
            Some(number) => visitor
                .visit_u64(number)
                .map_err(|problem: Problem| problem.at(self.place)),
            None => Err(self.wrong(&"a whole number")),
        }
    }
}

impl<'de> Deserializer<'de> for &'de Node {
    type Error = Problem;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Problem> {
        let result = match &self.kind {
            Kind::Null | Kind::Skipped => visitor.visit_unit(),
            Kind::Scalar { text, .. } => visitor.visit_borrowed_str(text),
            Kind::Seq(elements) => visitor.visit_seq(Elements::of(elements)),
            Kind::Map(fields) => visitor.visit_map(Fields::of(fields)),
        };
        result.map_err(|problem| problem.at(self.place))
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Problem> {
        match &self.kind {
            Kind::Scalar { .. } => self.deserialize_any(visitor),
            Kind::Null | Kind::Seq(_) | Kind::Map(_) | Kind::Skipped => Err(self.wrong(&visitor)),
        }
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Problem> {
        self.deserialize_str(visitor)
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Problem> {
        let truth = match &self.kind {
            Kind::Scalar {
                text,
                style: Style::Plain,
            } => read_bool(text),
            Kind::Scalar { .. } | Kind::Null | Kind::Seq(_) | Kind::Map(_) | Kind::Skipped => None,
        };
        match truth {
            Some(truth) => visitor.visit_bool(truth),
            None => Err(self.wrong(&"`true` or `false`")),
        }
    }

    fn deserialize_u16<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Problem> {
        self.integer(visitor)
    }

    fn deserialize_u32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Problem> {
        self.integer(visitor)
    }

    fn deserialize_u64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Problem> {
        self.integer(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Problem> {
        match &self.kind {
            Kind::Null => visitor.visit_none(),
            Kind::Scalar { .. } | Kind::Seq(_) | Kind::Map(_) | Kind::Skipped => {
                visitor.visit_some(self)
            }
        }
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Problem> {
        match &self.kind {
            Kind::Seq(_) => self.deserialize_any(visitor),
            Kind::Null => visitor.visit_seq(Elements::of(&[])),
            Kind::Scalar { .. } | Kind::Map(_) | Kind::Skipped => Err(self.wrong(&"a list")),
        }
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Problem> {
        match &self.kind {
            Kind::Map(_) => self.deserialize_any(visitor),
            Kind::Null => {
                let result = visitor.visit_map(Fields::of(&[]));
                result.map_err(|problem| problem.at(self.place))
            }
            Kind::Scalar { .. } | Kind::Seq(_) | Kind::Skipped => {
                Err(self.wrong(&"a map of fields"))
            }
        }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Problem> {
        self.deserialize_map(visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Problem> {
        let result = match &self.kind {
            Kind::Scalar { text, .. } => visitor.visit_enum(text.as_str().into_deserializer()),
            Kind::Map(fields) => match fields.as_slice() {
                [(key, node)] => visitor.visit_enum(Variant { key, node }),
                _ => {
                    let names = crate::document::leaf::one_of(variants);
                    Err(de::Error::custom(format!(
                        "needs exactly one field, {names}"
                    )))
                }
            },
            Kind::Null | Kind::Seq(_) | Kind::Skipped => {
                let names = crate::document::leaf::one_of(variants);
                Err(self.wrong(&names.as_str()))
            }
        };
        result.map_err(|problem| problem.at(self.place))
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Problem> {
        let Kind::Scalar { text, style } = &self.kind else {
            return match name {
                VALUE => Err(self.wrong(&visitor)),
                _ => visitor.visit_newtype_struct(self),
            };
        };
        if name != VALUE {
            return visitor.visit_newtype_struct(self);
        }
        if *style != Style::Plain {
            return visitor.visit_borrowed_str(text);
        }
        let tagged =
            |tag: &'static str| MapDeserializer::new(std::iter::once((tag, text.as_str())));
        let result = match read_value(text).map_err(de::Error::custom) {
            Ok(Value::Number(_)) => visitor.visit_map(tagged(TAG_NUMBER)),
            Ok(Value::Date(_)) => visitor.visit_map(tagged(TAG_DATE)),
            Ok(Value::Bool(truth)) => visitor.visit_bool(truth),
            Ok(Value::Text(_)) => visitor.visit_borrowed_str(text),
            Err(problem) => Err(problem),
        };
        result.map_err(|problem: Problem| problem.at(self.place))
    }

    forward_to_deserialize_any! {
        i8 i16 i32 i64 i128 u8 u128 f32 f64 char bytes byte_buf unit unit_struct tuple
        tuple_struct identifier ignored_any
    }
}

struct Elements<'de> {
    rest: std::iter::Enumerate<std::slice::Iter<'de, Node>>,
}

impl<'de> Elements<'de> {
    fn of(elements: &'de [Node]) -> Self {
        Self {
            rest: elements.iter().enumerate(),
        }
    }
}

impl<'de> SeqAccess<'de> for Elements<'de> {
    type Error = Problem;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Problem> {
        match self.rest.find(|(_, node)| node.kind != Kind::Skipped) {
            None => Ok(None),
            Some((index, node)) => seed
                .deserialize(node)
                .map(Some)
                .map_err(|problem| problem.inside(Step::Index(index), node.place)),
        }
    }
}

struct Fields<'de> {
    rest: std::slice::Iter<'de, (Key, Node)>,
    value: Option<&'de (Key, Node)>,
}

impl<'de> Fields<'de> {
    fn of(fields: &'de [(Key, Node)]) -> Self {
        Self {
            rest: fields.iter(),
            value: None,
        }
    }
}

impl<'de> MapAccess<'de> for Fields<'de> {
    type Error = Problem;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Problem> {
        self.value = self.rest.find(|(_, node)| node.kind != Kind::Skipped);
        match self.value {
            None => Ok(None),
            Some((key, _)) => seed
                .deserialize(StrDeserializer::new(&key.text))
                .map(Some)
                .map_err(|problem: Problem| problem.inside(key.step(), key.place)),
        }
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Problem> {
        let Some((key, node)) = self.value.take() else {
            return Err(de::Error::custom("a value is read before its name"));
        };
        seed.deserialize(node)
            .map_err(|problem| problem.inside(key.step(), node.place))
    }
}

impl Key {
    fn step(&self) -> Step {
        Step::Field(self.text.clone())
    }
}

/// `amount: 100`, where one of several names may stand.
struct Variant<'de> {
    key: &'de Key,
    node: &'de Node,
}

impl<'de> EnumAccess<'de> for Variant<'de> {
    type Error = Problem;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Self), Problem> {
        let name = seed
            .deserialize(StrDeserializer::new(&self.key.text))
            .map_err(|problem: Problem| problem.inside(self.key.step(), self.key.place))?;
        Ok((name, self))
    }
}

impl<'de> VariantAccess<'de> for Variant<'de> {
    type Error = Problem;

    fn unit_variant(self) -> Result<(), Problem> {
        let text = format!("`{}` stands alone, without a value", self.key.text);
        Err(de::Error::custom(text))
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Problem> {
        seed.deserialize(self.node)
            .map_err(|problem| problem.inside(self.key.step(), self.node.place))
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Problem> {
        self.node
            .deserialize_seq(visitor)
            .map_err(|problem| problem.inside(self.key.step(), self.node.place))
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Problem> {
        self.node
            .deserialize_map(visitor)
            .map_err(|problem| problem.inside(self.key.step(), self.node.place))
    }
}

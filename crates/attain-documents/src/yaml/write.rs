//! Lets serde write a tree.

use std::fmt;

use serde::Serialize;
use serde::ser::{self, Impossible, Serializer};

use super::node::{Key, Kind, Node, Style};
use super::plain::read_value;
use crate::document::number::{NUMBER, PERCENT, TAG_DATE, TAG_NUMBER, VALUE};
use attain_domain::expression::Value;

/// The tree of a value.
pub(crate) fn to_node<T: Serialize + ?Sized>(value: &T) -> Result<Node, Unwritable> {
    value.serialize(ToNode)
}

/// A value that documents have no form for; a bug.
#[derive(Debug)]
pub(crate) struct Unwritable(String);

impl fmt::Display for Unwritable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Unwritable {}

impl ser::Error for Unwritable {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self(message.to_string())
    }
}

fn scalar(text: String, style: Style) -> Node {
    Node::new(Kind::Scalar { text, style })
}

/// A value of any type: unquoted where that means its type.
fn any_value(node: Node) -> Node {
    match node.kind {
        Kind::Map(mut fields) => match fields.pop() {
            Some((
                tag,
                Node {
                    kind: Kind::Scalar { text, .. },
                    ..
                },
            )) if matches!(tag.text.as_str(), TAG_NUMBER | TAG_DATE) => scalar(text, Style::Plain),
            Some(_) | None => Node::new(Kind::Null),
        },
        Kind::Scalar {
            text,
            style: Style::AsNeeded,
        } => match read_value(&text) {
            Ok(Value::Text(_)) => scalar(text, Style::AsNeeded),
            Ok(_) | Err(_) => scalar(text, Style::Quoted),
        },
        kind @ (Kind::Null | Kind::Seq(_) | Kind::Skipped | Kind::Scalar { .. }) => Node::new(kind),
    }
}

struct ToNode;

macro_rules! unwritable {
    ($($method:ident: $type:ty),+ $(,)?) => {$(
        fn $method(self, _: $type) -> Result<Node, Unwritable> {
            Err(Unwritable(concat!(stringify!($method), " has no form in documents").to_owned()))
        }
    )+};
}

impl Serializer for ToNode {
    type Ok = Node;
    type Error = Unwritable;
    type SerializeSeq = Elements;
    type SerializeTuple = Impossible<Node, Unwritable>;
    type SerializeTupleStruct = Impossible<Node, Unwritable>;
    type SerializeTupleVariant = Impossible<Node, Unwritable>;
    type SerializeMap = Fields;
    type SerializeStruct = Fields;
    type SerializeStructVariant = Impossible<Node, Unwritable>;

    unwritable! {
        serialize_f32: f32, serialize_f64: f64, serialize_char: char, serialize_bytes: &[u8],
    }

    fn serialize_bool(self, value: bool) -> Result<Node, Unwritable> {
        Ok(scalar(value.to_string(), Style::Plain))
    }

    fn serialize_i8(self, value: i8) -> Result<Node, Unwritable> {
        Ok(scalar(value.to_string(), Style::Plain))
    }

    fn serialize_i16(self, value: i16) -> Result<Node, Unwritable> {
        Ok(scalar(value.to_string(), Style::Plain))
    }

    fn serialize_i32(self, value: i32) -> Result<Node, Unwritable> {
        Ok(scalar(value.to_string(), Style::Plain))
    }

    fn serialize_i64(self, value: i64) -> Result<Node, Unwritable> {
        Ok(scalar(value.to_string(), Style::Plain))
    }

    fn serialize_u8(self, value: u8) -> Result<Node, Unwritable> {
        Ok(scalar(value.to_string(), Style::Plain))
    }

    fn serialize_u16(self, value: u16) -> Result<Node, Unwritable> {
        Ok(scalar(value.to_string(), Style::Plain))
    }

    fn serialize_u32(self, value: u32) -> Result<Node, Unwritable> {
        Ok(scalar(value.to_string(), Style::Plain))
    }

    fn serialize_u64(self, value: u64) -> Result<Node, Unwritable> {
        Ok(scalar(value.to_string(), Style::Plain))
    }

    fn serialize_str(self, text: &str) -> Result<Node, Unwritable> {
        Ok(scalar(text.to_owned(), Style::AsNeeded))
    }

    fn serialize_none(self) -> Result<Node, Unwritable> {
        Ok(Node::new(Kind::Null))
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<Node, Unwritable> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<Node, Unwritable> {
        self.serialize_none()
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<Node, Unwritable> {
        self.serialize_none()
    }

    fn serialize_unit_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
    ) -> Result<Node, Unwritable> {
        self.serialize_str(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        value: &T,
    ) -> Result<Node, Unwritable> {
        let node = value.serialize(self)?;
        Ok(match (name, node) {
            (
                NUMBER,
                Node {
                    kind: Kind::Scalar { text, .. },
                    ..
                },
            ) => scalar(text, Style::Plain),
            (
                PERCENT,
                Node {
                    kind: Kind::Scalar { text, .. },
                    ..
                },
            ) => scalar(format!("{text}%"), Style::Plain),
            (VALUE, node) => any_value(node),
            (_, node) => node,
        })
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<Node, Unwritable> {
        let node = value.serialize(self)?;
        Ok(Node::new(Kind::Map(vec![(Key::new(variant), node)])))
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Elements, Unwritable> {
        Ok(Elements(Vec::new()))
    }

    fn serialize_tuple(self, _: usize) -> Result<Self::SerializeTuple, Unwritable> {
        Err(Unwritable("tuples have no form in documents".to_owned()))
    }

    fn serialize_tuple_struct(
        self,
        _: &'static str,
        len: usize,
    ) -> Result<Self::SerializeTupleStruct, Unwritable> {
        self.serialize_tuple(len)
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        len: usize,
    ) -> Result<Self::SerializeTupleVariant, Unwritable> {
        self.serialize_tuple(len)
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Fields, Unwritable> {
        Ok(Fields {
            fields: Vec::new(),
            key: String::new(),
        })
    }

    fn serialize_struct(self, _: &'static str, len: usize) -> Result<Fields, Unwritable> {
        self.serialize_map(Some(len))
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        len: usize,
    ) -> Result<Self::SerializeStructVariant, Unwritable> {
        self.serialize_tuple(len)?;
        Err(Unwritable(
            "variants with fields have no form in documents".to_owned(),
        ))
    }
}

struct Elements(Vec<Node>);

impl ser::SerializeSeq for Elements {
    type Ok = Node;
    type Error = Unwritable;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Unwritable> {
        self.0.push(to_node(value)?);
        Ok(())
    }

    fn end(self) -> Result<Node, Unwritable> {
        Ok(Node::new(Kind::Seq(self.0)))
    }
}

struct Fields {
    fields: Vec<(Key, Node)>,
    key: String,
}

impl ser::SerializeMap for Fields {
    type Ok = Node;
    type Error = Unwritable;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, name: &T) -> Result<(), Unwritable> {
        match to_node(name)?.kind {
            Kind::Scalar { text, .. } => {
                self.key = text;
                Ok(())
            }
            Kind::Null | Kind::Seq(_) | Kind::Map(_) | Kind::Skipped => {
                Err(Unwritable("a name must be a text".to_owned()))
            }
        }
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Unwritable> {
        let node = to_node(value)?;
        self.fields.push((Key::new(&self.key), node));
        Ok(())
    }

    fn end(self) -> Result<Node, Unwritable> {
        Ok(Node::new(Kind::Map(self.fields)))
    }
}

impl ser::SerializeStruct for Fields {
    type Ok = Node;
    type Error = Unwritable;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        name: &'static str,
        value: &T,
    ) -> Result<(), Unwritable> {
        let node = to_node(value)?;
        self.fields.push((Key::new(name), node));
        Ok(())
    }

    fn end(self) -> Result<Node, Unwritable> {
        Ok(Node::new(Kind::Map(self.fields)))
    }
}

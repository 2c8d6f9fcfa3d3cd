//! The values expressions read and give, and the names they may use.

use std::collections::BTreeMap;
use std::fmt;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use smol_str::SmolStr;

/// The type of a value. Every name and every part of an expression has exactly one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ValueType {
    /// An exact decimal number.
    Number,
    /// A text.
    Text,
    /// True or false.
    Bool,
    /// A calendar date.
    Date,
}

impl fmt::Display for ValueType {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            ValueType::Number => "number",
            ValueType::Text => "text",
            ValueType::Bool => "bool",
            ValueType::Date => "date",
        })
    }
}

/// One value. Numbers are exact decimals; `2.50` and `2.5` are equal.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Value {
    /// An exact decimal number.
    Number(Decimal),
    /// A text; upper and lower case differ.
    Text(SmolStr),
    /// True or false.
    Bool(bool),
    /// A calendar date.
    Date(NaiveDate),
}

impl Value {
    /// The type of this value.
    pub fn value_type(&self) -> ValueType {
        match self {
            Value::Number(_) => ValueType::Number,
            Value::Text(_) => ValueType::Text,
            Value::Bool(_) => ValueType::Bool,
            Value::Date(_) => ValueType::Date,
        }
    }
}

/// The names an expression may use, with their types. Names are dotted, such as
/// `transaction.amount`; a part need not be an identifier: `transaction.attributes["deal size"]`
/// reads the name `transaction.attributes.deal size`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scope {
    types: BTreeMap<SmolStr, ValueType>,
}

impl Scope {
    /// A scope without names: only literals can be used.
    pub fn new() -> Scope {
        Scope::default()
    }

    /// The scope with one more name. A name given twice has the later type.
    #[must_use]
    pub fn with(mut self, name: impl Into<SmolStr>, value_type: ValueType) -> Scope {
        self.insert(name, value_type);
        self
    }

    /// Adds a name. A name given twice has the later type.
    pub fn insert(&mut self, name: impl Into<SmolStr>, value_type: ValueType) {
        self.types.insert(name.into(), value_type);
    }

    /// The type of a name, if it is known.
    pub fn type_of(&self, name: &str) -> Option<ValueType> {
        self.types.get(name).copied()
    }

    /// Every name with its type, in order of names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, ValueType)> {
        self.types
            .iter()
            .map(|(name, value_type)| (name.as_str(), *value_type))
    }

    /// The known name most like a mistyped one: one it is the end of, or one within a few edits.
    pub(super) fn nearest(&self, name: &str) -> Option<SmolStr> {
        nearest(name, self.types.keys().map(SmolStr::as_str))
    }
}

/// The candidate that ends in `.name`, or else the one the fewest edits away, if they are few.
pub(super) fn nearest<'a>(
    name: &str,
    candidates: impl Iterator<Item = &'a str> + Clone,
) -> Option<SmolStr> {
    let ends_in = |candidate: &&str| {
        candidate
            .strip_suffix(name)
            .is_some_and(|front| front.ends_with('.'))
    };
    if let Some(longer) = candidates.clone().find(ends_in) {
        return Some(longer.into());
    }
    let edits_max = match name.chars().count() {
        0 | 1 => 0,
        2 => 1,
        3..=8 => 2,
        _ => 3,
    };
    candidates
        .map(|candidate| (edits(name, candidate), candidate))
        .filter(|(edits, _)| *edits <= edits_max)
        .min()
        .map(|(_, candidate)| candidate.into())
}

/// How many characters to insert, remove or change to get from one text to the other, ignoring
/// case (a wrong case alone is no edit, so it is always suggested).
fn edits(from: &str, to: &str) -> usize {
    let to: Vec<char> = to.to_lowercase().chars().collect();
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (above, from_char) in from.to_lowercase().chars().enumerate() {
        let mut diagonal = above;
        row[0] = above + 1;
        for (index, to_char) in to.iter().enumerate() {
            let changed = diagonal + usize::from(from_char != *to_char);
            diagonal = row[index + 1];
            row[index + 1] = changed.min(diagonal + 1).min(row[index] + 1);
        }
    }
    row.last().copied().unwrap_or_default()
}

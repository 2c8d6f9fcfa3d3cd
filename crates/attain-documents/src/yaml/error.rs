//! What is wrong with a document: the reason, the path to it, and its place.

use std::fmt;

use serde::de::{self, Expected, Unexpected};

use attain_domain::refusal::{Reason, Refusal};

use super::node::{Place, Step};
use crate::nearest::suggestion;

/// One problem, as serde reports it on its way out of the tree.
#[derive(Debug)]
pub(crate) struct Problem {
    pub(crate) reason: Reason,
    pub(crate) text: String,
    /// From the inside out.
    steps: Vec<Step>,
    place: Option<Place>,
    /// Whether it is about a field that is not there.
    pub(crate) is_absence: bool,
}

impl Problem {
    pub(crate) fn new(reason: Reason, text: impl Into<String>) -> Self {
        Self {
            reason,
            text: text.into(),
            steps: Vec::new(),
            place: None,
            is_absence: false,
        }
    }

    /// The same, seen from one level further out.
    pub(crate) fn inside(mut self, step: Step, place: Place) -> Self {
        self.steps.push(step);
        self.at(place)
    }

    /// The same, at a place unless a more exact one is known.
    pub(crate) fn at(mut self, place: Place) -> Self {
        self.place.get_or_insert(place);
        self
    }

    /// The way from the document to it.
    pub(crate) fn path(&self) -> Vec<Step> {
        self.steps.iter().rev().cloned().collect()
    }

    /// As a refusal that names the file.
    pub(crate) fn refusal(&self, file: &str) -> Refusal {
        located(self.bare(), file, self.place)
    }

    /// As a refusal without a place.
    pub(crate) fn bare(&self) -> Refusal {
        let steps = self.steps.iter().rev();
        let path = steps.fold(String::new(), |path, step| match step {
            Step::Index(index) => format!("{path}[{index}]"),
            Step::Field(name) if path.is_empty() => name.clone(),
            Step::Field(name) => format!("{path}.{name}"),
        });
        let refusal = Refusal::new(self.reason, &self.text);
        if path.is_empty() {
            refusal
        } else {
            refusal.at(path)
        }
    }
}

/// A refusal that says where in which file.
pub(crate) fn located(mut refusal: Refusal, file: &str, place: Option<Place>) -> Refusal {
    refusal = refusal.with("file", file);
    match place {
        Some(Place { line, column }) => {
            refusal.text = format!("{} ({file}, line {line}, column {column})", refusal.text);
            refusal.with("line", line).with("column", column)
        }
        None => {
            refusal.text = format!("{} ({file})", refusal.text);
            refusal
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl std::error::Error for Problem {}

impl de::Error for Problem {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self::new(Reason::MalformedValue, message.to_string())
    }

    fn invalid_type(unexpected: Unexpected<'_>, expected: &dyn Expected) -> Self {
        let text = format!("needs {expected}, this is {}", in_words(unexpected));
        Self::new(Reason::MalformedValue, text)
    }

    fn invalid_value(unexpected: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::invalid_type(unexpected, expected)
    }

    fn unknown_variant(variant: &str, expected: &'static [&'static str]) -> Self {
        let text = format!(
            "`{variant}` is not {}",
            crate::document::leaf::one_of(expected)
        );
        Self::new(Reason::MalformedValue, text)
    }

    fn unknown_field(field: &str, expected: &'static [&'static str]) -> Self {
        let hint = suggestion(field, expected);
        let hint = if hint.is_empty() {
            format!("; there is {}", expected.join(", "))
        } else {
            hint
        };
        let text = format!("there is no field `{field}` here{hint}");
        Self::new(Reason::UnknownField, text)
    }

    fn missing_field(field: &'static str) -> Self {
        let mut problem = Self::new(Reason::MissingValue, "is needed");
        problem.steps.push(Step::Field(field.to_owned()));
        problem.is_absence = true;
        problem
    }

    fn duplicate_field(field: &'static str) -> Self {
        Self::new(Reason::Duplicate, format!("`{field}` is written twice"))
    }
}

fn in_words(unexpected: Unexpected<'_>) -> String {
    match unexpected {
        Unexpected::Str(text) => format!("`{text}`"),
        Unexpected::Seq => "a list".to_owned(),
        Unexpected::Map | Unexpected::StructVariant => "a map of fields".to_owned(),
        Unexpected::Unit | Unexpected::Option => "nothing".to_owned(),
        Unexpected::UnitVariant => "one word".to_owned(),
        other @ (Unexpected::Bool(_)
        | Unexpected::Unsigned(_)
        | Unexpected::Signed(_)
        | Unexpected::Float(_)
        | Unexpected::Char(_)
        | Unexpected::Bytes(_)
        | Unexpected::NewtypeStruct
        | Unexpected::Enum
        | Unexpected::NewtypeVariant
        | Unexpected::TupleVariant
        | Unexpected::Other(_)) => other.to_string(),
    }
}

//! What can be wrong with an expression: when it is written, and when it is evaluated.

use smol_str::SmolStr;
use thiserror::Error;

use super::lex::{CHAIN_MAX, DEPTH_MAX, SOURCE_BYTES_MAX};
use super::syntax::Span;
use super::value::{Value, ValueType};

/// Why a source text is refused, and where: the author can go there and mend it.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("line {line}, column {column}: {kind}")]
pub struct ExpressionError {
    /// From 1.
    pub line: u32,
    /// From 1, in characters (not bytes).
    pub column: u32,
    /// What is wrong.
    pub kind: ExpressionErrorKind,
}

/// What is wrong with a source text.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ExpressionErrorKind {
    /// It does not follow the grammar, or a function is written in another form than its own.
    #[error("{message}")]
    Syntax {
        /// What was found, or how it is written.
        message: String,
    },
    /// A name the scope does not know, or an unknown function.
    #[error("unknown name `{name}`{}", suggestion(nearest.as_deref()))]
    UnknownName {
        /// The name as written, its parts joined by dots.
        name: SmolStr,
        /// The known name most like it, if one is like it at all.
        nearest: Option<SmolStr>,
    },
    /// A part of the expression has another type than its place asks for.
    #[error("a {expected} is needed here, this is a {found}")]
    WrongType {
        /// The type that is needed.
        expected: ValueType,
        /// The type of what was written.
        found: ValueType,
    },
    /// The divisor is zero, whatever the values.
    #[error("this divides by zero")]
    DivisionByZero,
    /// Something that is CEL but left out here: maps, `null`, loops, lists outside `in`.
    #[error("{what} is not part of the expression language")]
    NotSupported {
        /// What was written.
        what: String,
    },
    /// More than [`SOURCE_BYTES_MAX`].
    #[error("the expression is longer than {SOURCE_BYTES_MAX} bytes")]
    TooLong,
    /// More than [`DEPTH_MAX`] or [`CHAIN_MAX`].
    #[error(
        "nested more than {DEPTH_MAX} deep, or more than {CHAIN_MAX} operations in a row; \
         split it into parts"
    )]
    TooDeep,
    /// A literal, or what literals alone give, that a number cannot hold exactly.
    #[error("this number is too large or has too many digits (28 are exact)")]
    NumberOutOfRange,
}

fn suggestion(nearest: Option<&str>) -> String {
    nearest
        .map(|name| format!(", did you mean `{name}`?"))
        .unwrap_or_default()
}

/// Why a compiled expression has no result for some values. `at` is the source text of the
/// failing part.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum EvaluationError {
    /// The whole part of a result does not fit 28 digits.
    #[error("the result of `{at}` is too large")]
    Overflow {
        /// The source text of the operation.
        at: SmolStr,
    },
    /// A divisor was zero.
    #[error("`{at}` divides by zero")]
    DivisionByZero {
        /// The source text of the division.
        at: SmolStr,
    },
    /// A result would have kept fewer than [`DECIMALS_KEPT_MIN`](super::DECIMALS_KEPT_MIN)
    /// decimal places.
    #[error("the result of `{at}` has more digits than can be kept")]
    PrecisionLost {
        /// The source text of the operation.
        at: SmolStr,
    },
    /// A name without a value was used where one is needed.
    #[error("`{name}` has no value")]
    Absent {
        /// The dotted name.
        name: SmolStr,
    },
    /// The caller gave a value of another type than the scope declared.
    #[error("`{name}` is a {found}, but was declared as a {expected}")]
    WrongType {
        /// The dotted name.
        name: SmolStr,
        /// The declared type.
        expected: ValueType,
        /// The type of the value.
        found: ValueType,
    },
}

/// A compile error before its place is counted out in lines and columns.
#[derive(Debug)]
pub(super) struct Problem {
    pub(super) offset: usize,
    pub(super) kind: ExpressionErrorKind,
}

impl Problem {
    pub(super) fn new(offset: usize, kind: ExpressionErrorKind) -> Problem {
        Problem { offset, kind }
    }

    pub(super) fn syntax(offset: usize, message: impl Into<String>) -> Problem {
        Problem::new(
            offset,
            ExpressionErrorKind::Syntax {
                message: message.into(),
            },
        )
    }

    pub(super) fn not_supported(offset: usize, what: impl Into<String>) -> Problem {
        Problem::new(
            offset,
            ExpressionErrorKind::NotSupported { what: what.into() },
        )
    }

    pub(super) fn in_source(self, source: &str) -> ExpressionError {
        let mut before = source
            .char_indices()
            .take_while(|(at, _)| *at < self.offset);
        let (line, column) = before
            .by_ref()
            .fold((1, 1), |(line, column), (_, character)| {
                if character == '\n' {
                    (line + 1, 1)
                } else {
                    (line, column + 1)
                }
            });
        ExpressionError {
            line,
            column,
            kind: self.kind,
        }
    }
}

/// An evaluation error as the evaluator makes it: small and without text, so that the path
/// without errors stays fast.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    Overflow(Span),
    DivisionByZero(Span),
    PrecisionLost(Span),
    Absent(u16),
    WrongType(u16, ValueType),
}

impl Fault {
    pub(super) fn explained(
        self,
        source: &str,
        names: &[SmolStr],
        values: &[Option<Value>],
    ) -> EvaluationError {
        let name = |slot: u16| names.get(usize::from(slot)).cloned().unwrap_or_default();
        match self {
            Fault::Overflow(span) => EvaluationError::Overflow {
                at: span.text(source).into(),
            },
            Fault::DivisionByZero(span) => EvaluationError::DivisionByZero {
                at: span.text(source).into(),
            },
            Fault::PrecisionLost(span) => EvaluationError::PrecisionLost {
                at: span.text(source).into(),
            },
            Fault::Absent(slot) => EvaluationError::Absent { name: name(slot) },
            Fault::WrongType(slot, expected) => {
                let value = values.get(usize::from(slot)).and_then(Option::as_ref);
                let found = value.map_or(expected, Value::value_type);
                EvaluationError::WrongType {
                    name: name(slot),
                    expected,
                    found,
                }
            }
        }
    }
}

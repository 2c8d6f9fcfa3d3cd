//! The syntax tree of an expression: what was written, before names and types are known.

use std::collections::BTreeSet;

use rust_decimal::Decimal;
use smol_str::SmolStr;

/// A part of the source, in bytes; 16 bits hold it because sources are at most 4096 bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Span {
    start: u16,
    end: u16,
}

impl Span {
    pub(super) fn new(start: usize, end: usize) -> Span {
        let short = |offset: usize| u16::try_from(offset).unwrap_or(u16::MAX);
        Span {
            start: short(start),
            end: short(end),
        }
    }

    pub(super) fn start(self) -> usize {
        usize::from(self.start)
    }

    pub(super) fn end(self) -> usize {
        usize::from(self.end)
    }

    pub(super) fn to(self, other: Span) -> Span {
        Span {
            start: self.start.min(other.start),
            end: self.end.max(other.end),
        }
    }

    /// Empty rather than a panic should a span ever not fit the source.
    pub(super) fn text(self, source: &str) -> &str {
        source.get(self.start()..self.end()).unwrap_or_default()
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ArithmeticOperator {
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ComparisonOperator {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BinaryOperator {
    Arithmetic(ArithmeticOperator),
    Comparison(ComparisonOperator),
    And,
    Or,
    In,
}

#[derive(Debug)]
pub(super) struct Node {
    pub(super) span: Span,
    pub(super) kind: NodeKind,
}

#[derive(Debug)]
pub(super) enum NodeKind {
    Number(Decimal),
    Text(SmolStr),
    Bool(bool),
    /// All parts of a dotted name, joined by dots.
    Name(SmolStr),
    List(Vec<Node>),
    Negate(Box<Node>),
    Not(Box<Node>),
    Binary(BinaryOperator, Box<(Node, Node)>),
    /// `condition ? then : otherwise`.
    Conditional(Box<(Node, Node, Node)>),
    Call(Call),
}

/// `function(arguments)`, or `first.function(rest)` when it is a method; the receiver is the
/// first argument then.
#[derive(Debug)]
pub(super) struct Call {
    pub(super) function: SmolStr,
    pub(super) function_at: usize,
    pub(super) is_method: bool,
    pub(super) arguments: Vec<Node>,
}

impl Node {
    /// Every name in the tree, sorted and each once.
    pub(super) fn names(&self) -> Vec<SmolStr> {
        let mut names = BTreeSet::new();
        self.gather_names(&mut names);
        names.into_iter().collect()
    }

    fn gather_names(&self, names: &mut BTreeSet<SmolStr>) {
        match &self.kind {
            NodeKind::Number(_) | NodeKind::Text(_) | NodeKind::Bool(_) => {}
            NodeKind::Name(name) => {
                names.insert(name.clone());
            }
            NodeKind::Negate(inner) | NodeKind::Not(inner) => inner.gather_names(names),
            NodeKind::Binary(_, sides) => {
                sides.0.gather_names(names);
                sides.1.gather_names(names);
            }
            NodeKind::Conditional(parts) => {
                parts.0.gather_names(names);
                parts.1.gather_names(names);
                parts.2.gather_names(names);
            }
            NodeKind::List(nodes)
            | NodeKind::Call(Call {
                arguments: nodes, ..
            }) => {
                nodes.iter().for_each(|node| node.gather_names(names));
            }
        }
    }
}

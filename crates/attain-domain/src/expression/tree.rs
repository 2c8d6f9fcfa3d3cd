//! The checked tree an expression is compiled to: one enum for each type of value, so that a tree
//! of mixed types cannot be built, and names as slots into the values of one evaluation.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use smol_str::SmolStr;

use super::syntax::{ArithmeticOperator, ComparisonOperator, Span};
use super::value::ValueType;

/// Where a name's value is found in the values given to an evaluation.
pub(super) type Slot = u16;

pub(super) enum Typed {
    Number(Number),
    Text(Text),
    Bool(Bool),
    Date(Date),
}

impl Typed {
    pub(super) fn value_type(&self) -> ValueType {
        match self {
            Typed::Number(_) => ValueType::Number,
            Typed::Text(_) => ValueType::Text,
            Typed::Bool(_) => ValueType::Bool,
            Typed::Date(_) => ValueType::Date,
        }
    }
}

pub(super) enum Number {
    Literal(Decimal),
    Slot(Slot),
    Negate(Box<Number>),
    Arithmetic(Box<Arithmetic>),
    Choice(Box<Choice<Number>>),
    /// At least one.
    Least(Vec<Number>),
    /// At least one.
    Greatest(Vec<Number>),
    Shaped(Shape, Box<Number>),
    Characters(Box<Text>),
    DatePart(DatePart, Box<Date>),
}

pub(super) struct Arithmetic {
    pub(super) operator: ArithmeticOperator,
    pub(super) left: Number,
    pub(super) right: Number,
    pub(super) span: Span,
}

#[derive(Clone, Copy)]
pub(super) enum Shape {
    Absolute,
    Floor,
    Ceiling,
    /// To this many decimal places, half to even.
    Rounded(u32),
}

#[derive(Clone, Copy)]
pub(super) enum DatePart {
    Year,
    Month,
    Day,
}

pub(super) enum Text {
    Literal(SmolStr),
    Slot(Slot),
    Choice(Box<Choice<Text>>),
}

pub(super) enum Date {
    Literal(NaiveDate),
    Slot(Slot),
    Choice(Box<Choice<Date>>),
}

pub(super) enum Bool {
    Literal(bool),
    Slot(Slot),
    Choice(Box<Choice<Bool>>),
    Not(Box<Bool>),
    All(Vec<Bool>),
    Any(Vec<Bool>),
    Has(Slot),
    Numbers(Box<Comparison<Number>>),
    Texts(Box<Comparison<Text>>),
    Dates(Box<Comparison<Date>>),
    Bools(Box<Comparison<Bool>>),
    AmongNumbers(Box<Membership<Number, Decimal>>),
    AmongTexts(Box<Membership<Text, SmolStr>>),
    AmongDates(Box<Membership<Date, NaiveDate>>),
    AmongBools(Box<Membership<Bool, bool>>),
    Passage(Passage, Box<(Text, Text)>),
}

pub(super) struct Choice<T> {
    pub(super) condition: Bool,
    pub(super) then: T,
    pub(super) otherwise: T,
}

pub(super) struct Comparison<T> {
    pub(super) operator: ComparisonOperator,
    pub(super) left: T,
    pub(super) right: T,
}

/// `any_of` is sorted, each value once.
pub(super) struct Membership<T, L> {
    pub(super) member: T,
    pub(super) any_of: Vec<L>,
}

impl<T, L: Ord> Membership<T, L> {
    pub(super) fn new(member: T, mut any_of: Vec<L>) -> Box<Membership<T, L>> {
        any_of.sort_unstable();
        any_of.dedup();
        Box::new(Membership { member, any_of })
    }
}

/// Where the second text must stand in the first.
#[derive(Clone, Copy)]
pub(super) enum Passage {
    Start,
    End,
    Anywhere,
}

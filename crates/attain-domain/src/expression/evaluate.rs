//! Evaluation of a checked tree over the values of its slots. No allocation, no text, no panic.
//!
//! A term gives its bare value, and a fault is noted on the side: wrapping each 16-byte decimal in
//! a `Result` made an evaluation three times as slow as its arithmetic. After a fault the rest is
//! computed with stand-ins and thrown away; the first fault is the one that is reported.

use std::cell::Cell;
use std::cmp::Ordering;

use chrono::{Datelike, NaiveDate};
use rust_decimal::{Decimal, RoundingStrategy};
use smol_str::SmolStr;

use super::arithmetic::{self, Trouble};
use super::error::Fault;
use super::tree::{Arithmetic, Choice, Date, DatePart, Number, Shape, Slot, Text, Typed};
use super::value::{Value, ValueType};

/// One evaluation: the values it reads, and what went wrong first.
pub(super) struct Run<'v> {
    values: &'v [Option<Value>],
    fault: Cell<Option<Fault>>,
}

impl<'v> Run<'v> {
    pub(super) fn over(values: &'v [Option<Value>]) -> Run<'v> {
        Run {
            values,
            fault: Cell::new(None),
        }
    }

    /// `result`, if nothing went wrong.
    #[inline]
    pub(super) fn finished<T>(self, result: T) -> Result<T, Fault> {
        self.fault.into_inner().map_or(Ok(result), Err)
    }

    #[inline]
    pub(super) fn value(&self, slot: Slot) -> Option<&'v Value> {
        self.values.get(usize::from(slot))?.as_ref()
    }

    #[cold]
    fn note(&self, fault: Fault) {
        if self.fault.get().is_none() {
            self.fault.set(Some(fault));
        }
    }

    /// Why a slot does not hold what its name was declared to be.
    #[cold]
    pub(super) fn note_unusable(&self, slot: Slot, declared: ValueType) {
        match self.value(slot) {
            Some(_) => self.note(Fault::WrongType(slot, declared)),
            None => self.note(Fault::Absent(slot)),
        }
    }
}

/// Each arm builds its result where the caller wants it: moving one about costs as much as an
/// addition.
#[inline]
pub(super) fn evaluate(root: &Typed, values: &[Option<Value>]) -> Result<Value, Fault> {
    let run = Run::over(values);
    match root {
        Typed::Number(term) => {
            let number = term.evaluate(&run);
            if number.is_zero() {
                // Minus zero is equal to zero, but is not to be read by anybody.
                return run.finished(Value::Number(Decimal::ZERO));
            }
            run.finished(Value::Number(number))
        }
        Typed::Text(term) => {
            let text = term.evaluate(&run);
            run.finished(Value::Text(text.into()))
        }
        Typed::Bool(term) => {
            let bool = term.evaluate(&run);
            run.finished(Value::Bool(bool))
        }
        Typed::Date(term) => {
            let date = term.evaluate(&run);
            run.finished(Value::Date(date))
        }
    }
}

/// What comparisons, lists and conditionals need of a tree, whatever its type.
pub(super) trait Term: Sized {
    type Literal: Clone + Ord;
    type Output<'v>: Ord;

    fn evaluate<'v>(&'v self, run: &Run<'v>) -> Self::Output<'v>;
    /// Where its value is found, when it is a bare name.
    fn slot(&self) -> Option<Slot>;
    fn literal(&self) -> Option<&Self::Literal>;
    fn order(literal: &Self::Literal, output: &Self::Output<'_>) -> Ordering;
    fn value(literal: &Self::Literal) -> Value;
}

impl Term for Number {
    type Literal = Decimal;
    type Output<'v> = Decimal;

    #[inline]
    fn evaluate<'v>(&'v self, run: &Run<'v>) -> Decimal {
        match self {
            Number::Literal(number) => *number,
            Number::Slot(slot) => match run.value(*slot) {
                Some(Value::Number(number)) => *number,
                _ => {
                    run.note_unusable(*slot, ValueType::Number);
                    Decimal::ZERO
                }
            },
            Number::Arithmetic(term) => calculated(term, run),
            Number::Choice(choice) => chosen(choice, run).evaluate(run),
            Number::Negate(_)
            | Number::Least(_)
            | Number::Greatest(_)
            | Number::Shaped(..)
            | Number::Characters(_)
            | Number::DatePart(..) => by_function(self, run),
        }
    }

    fn slot(&self) -> Option<Slot> {
        if let Number::Slot(slot) = self {
            Some(*slot)
        } else {
            None
        }
    }

    fn literal(&self) -> Option<&Decimal> {
        if let Number::Literal(number) = self {
            Some(number)
        } else {
            None
        }
    }

    fn order(literal: &Decimal, output: &Decimal) -> Ordering {
        literal.cmp(output)
    }

    fn value(literal: &Decimal) -> Value {
        Value::Number(*literal)
    }
}

impl Term for Text {
    type Literal = SmolStr;
    type Output<'v> = &'v str;

    fn evaluate<'v>(&'v self, run: &Run<'v>) -> &'v str {
        match self {
            Text::Literal(text) => text,
            Text::Slot(slot) => match run.value(*slot) {
                Some(Value::Text(text)) => text,
                _ => {
                    run.note_unusable(*slot, ValueType::Text);
                    ""
                }
            },
            Text::Choice(choice) => chosen(choice, run).evaluate(run),
        }
    }

    fn slot(&self) -> Option<Slot> {
        if let Text::Slot(slot) = self {
            Some(*slot)
        } else {
            None
        }
    }

    fn literal(&self) -> Option<&SmolStr> {
        if let Text::Literal(text) = self {
            Some(text)
        } else {
            None
        }
    }

    fn order(literal: &SmolStr, output: &&str) -> Ordering {
        literal.as_str().cmp(output)
    }

    fn value(literal: &SmolStr) -> Value {
        Value::Text(literal.clone())
    }
}

impl Term for Date {
    type Literal = NaiveDate;
    type Output<'v> = NaiveDate;

    fn evaluate<'v>(&'v self, run: &Run<'v>) -> NaiveDate {
        match self {
            Date::Literal(date) => *date,
            Date::Slot(slot) => match run.value(*slot) {
                Some(Value::Date(date)) => *date,
                _ => {
                    run.note_unusable(*slot, ValueType::Date);
                    NaiveDate::MIN
                }
            },
            Date::Choice(choice) => chosen(choice, run).evaluate(run),
        }
    }

    fn slot(&self) -> Option<Slot> {
        if let Date::Slot(slot) = self {
            Some(*slot)
        } else {
            None
        }
    }

    fn literal(&self) -> Option<&NaiveDate> {
        if let Date::Literal(date) = self {
            Some(date)
        } else {
            None
        }
    }

    fn order(literal: &NaiveDate, output: &NaiveDate) -> Ordering {
        literal.cmp(output)
    }

    fn value(literal: &NaiveDate) -> Value {
        Value::Date(*literal)
    }
}

#[inline]
fn calculated<'v>(term: &'v Arithmetic, run: &Run<'v>) -> Decimal {
    let left = term.left.evaluate(run);
    let right = term.right.evaluate(run);
    match arithmetic::calculate(term.operator, left, right) {
        Ok(number) => arithmetic::rebuilt(number),
        Err(trouble) => {
            run.note(match trouble {
                Trouble::Overflow => Fault::Overflow(term.span),
                Trouble::DivisionByZero => Fault::DivisionByZero(term.span),
                Trouble::PrecisionLost => Fault::PrecisionLost(term.span),
            });
            Decimal::ZERO
        }
    }
}

/// The rarer numbers, apart so that the common ones stay small enough to be inlined.
fn by_function<'v>(term: &'v Number, run: &Run<'v>) -> Decimal {
    match term {
        Number::Literal(_) | Number::Slot(_) | Number::Arithmetic(_) | Number::Choice(_) => {
            term.evaluate(run)
        }
        Number::Negate(inner) => -inner.evaluate(run),
        Number::Least(terms) => extreme(terms, run, Decimal::min),
        Number::Greatest(terms) => extreme(terms, run, Decimal::max),
        Number::Shaped(shape, inner) => {
            let number = inner.evaluate(run);
            match shape {
                Shape::Absolute => number.abs(),
                Shape::Floor => number.floor(),
                Shape::Ceiling => number.ceil(),
                Shape::Rounded(digits) => {
                    number.round_dp_with_strategy(*digits, RoundingStrategy::MidpointNearestEven)
                }
            }
        }
        Number::Characters(text) => text.evaluate(run).chars().count().into(),
        Number::DatePart(part, date) => {
            let date = date.evaluate(run);
            match part {
                DatePart::Year => date.year().into(),
                DatePart::Month => date.month().into(),
                DatePart::Day => date.day().into(),
            }
        }
    }
}

fn extreme<'v>(
    terms: &'v [Number],
    run: &Run<'v>,
    better: fn(Decimal, Decimal) -> Decimal,
) -> Decimal {
    let numbers = terms.iter().map(|term| term.evaluate(run));
    numbers.reduce(better).unwrap_or_default()
}

pub(super) fn chosen<'v, T>(choice: &'v Choice<T>, run: &Run<'v>) -> &'v T {
    if choice.condition.evaluate(run) {
        &choice.then
    } else {
        &choice.otherwise
    }
}

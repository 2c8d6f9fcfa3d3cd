//! The functions of the language: their names, forms and arguments.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use super::check::Checker;
use super::error::{ExpressionErrorKind, Problem};
use super::evaluate::{Run, Term};
use super::syntax::{Call, Node, NodeKind};
use super::tree::{Bool, Date, DatePart, Number, Passage, Shape, Text, Typed};
use super::value::nearest;

/// Every function with the form it is written in.
const FORMS: [(&str, &str); 15] = [
    ("abs", "abs(number)"),
    ("ceil", "ceil(number)"),
    ("contains", "text.contains(part)"),
    ("date", "date('2026-01-31')"),
    ("day", "day(date)"),
    ("endsWith", "text.endsWith(part)"),
    ("floor", "floor(number)"),
    ("has", "has(name)"),
    ("max", "max(number, number, ..)"),
    ("min", "min(number, number, ..)"),
    ("month", "month(date)"),
    ("round", "round(number, digits)"),
    ("size", "text.size()"),
    ("startsWith", "text.startsWith(part)"),
    ("year", "year(date)"),
];

/// More decimal places than a number can have would mean nothing.
const ROUND_DIGITS_MAX: u32 = Decimal::MAX_SCALE;

impl Checker<'_> {
    pub(super) fn call(&self, node: &Node, call: &Call) -> Result<Typed, Problem> {
        match (
            call.function.as_str(),
            call.is_method,
            call.arguments.as_slice(),
        ) {
            ("abs", false, [number]) => self.shaped(Shape::Absolute, number),
            ("floor", false, [number]) => self.shaped(Shape::Floor, number),
            ("ceil", false, [number]) => self.shaped(Shape::Ceiling, number),
            ("round", false, [number, digits]) => {
                self.shaped(Shape::Rounded(self.round_digits(digits)?), number)
            }
            ("min", false, numbers @ [_, _, ..]) => {
                Ok(folded(Number::Least(self.numbers(numbers)?)))
            }
            ("max", false, numbers @ [_, _, ..]) => {
                Ok(folded(Number::Greatest(self.numbers(numbers)?)))
            }
            ("date", false, [text]) => self.date_literal(text),
            ("year", false, [date]) => self.date_part(DatePart::Year, date),
            ("month", false, [date]) => self.date_part(DatePart::Month, date),
            ("day", false, [date]) => self.date_part(DatePart::Day, date),
            (
                "has",
                false,
                [
                    Node {
                        kind: NodeKind::Name(name),
                        ..
                    },
                ],
            ) => {
                let (slot, _) = self.resolved(name, &call.arguments[0])?;
                Ok(Typed::Bool(Bool::Has(slot)))
            }
            ("size", _, [text]) => Ok(Typed::Number(Number::Characters(Box::new(
                self.text(text)?,
            )))),
            ("startsWith", true, [text, part]) => self.passage(Passage::Start, text, part),
            ("endsWith", true, [text, part]) => self.passage(Passage::End, text, part),
            ("contains", true, [text, part]) => self.passage(Passage::Anywhere, text, part),
            _ => Err(misused(node, call)),
        }
    }

    fn numbers(&self, nodes: &[Node]) -> Result<Vec<Number>, Problem> {
        nodes.iter().map(|node| self.number(node)).collect()
    }

    fn shaped(&self, shape: Shape, number: &Node) -> Result<Typed, Problem> {
        Ok(folded(Number::Shaped(
            shape,
            Box::new(self.number(number)?),
        )))
    }

    fn round_digits(&self, node: &Node) -> Result<u32, Problem> {
        let refusal = || {
            let message = format!("digits must be a whole number from 0 to {ROUND_DIGITS_MAX}");
            Problem::syntax(node.span.start(), message)
        };
        let digits = self.number(node)?.literal().copied();
        let digits = digits.filter(|digits| digits.fract().is_zero());
        let digits = digits.as_ref().and_then(Decimal::to_u32);
        digits
            .filter(|digits| *digits <= ROUND_DIGITS_MAX)
            .ok_or_else(refusal)
    }

    fn date_part(&self, part: DatePart, date: &Node) -> Result<Typed, Problem> {
        Ok(Typed::Number(Number::DatePart(
            part,
            Box::new(self.date(date)?),
        )))
    }

    fn date_literal(&self, node: &Node) -> Result<Typed, Problem> {
        let refusal = || Problem::syntax(node.span.start(), "a date is written as '2026-01-31'");
        match self.text(node)? {
            Text::Literal(text) => {
                let date = iso_date(&text).ok_or_else(refusal)?;
                Ok(Typed::Date(Date::Literal(date)))
            }
            Text::Slot(_) | Text::Choice(_) => Err(refusal()),
        }
    }

    fn passage(&self, passage: Passage, text: &Node, part: &Node) -> Result<Typed, Problem> {
        let texts = Box::new((self.text(text)?, self.text(part)?));
        Ok(Typed::Bool(Bool::Passage(passage, texts)))
    }
}

/// A number that reads only literals is one itself, so that dividing by it can be refused.
fn folded(number: Number) -> Typed {
    let is_literal = |number: &Number| number.literal().is_some();
    let folds = match &number {
        Number::Shaped(_, inner) => is_literal(inner),
        Number::Least(numbers) | Number::Greatest(numbers) => numbers.iter().all(is_literal),
        Number::Literal(_)
        | Number::Slot(_)
        | Number::Negate(_)
        | Number::Arithmetic(_)
        | Number::Choice(_)
        | Number::Characters(_)
        | Number::DatePart(..) => false,
    };
    if !folds {
        return Typed::Number(number);
    }
    let run = Run::over(&[]);
    let literal = number.evaluate(&run);
    let literal = run.finished(literal);
    Typed::Number(literal.map_or(number, Number::Literal))
}

fn misused(node: &Node, call: &Call) -> Problem {
    let known = FORMS.iter().find(|(name, _)| *name == call.function);
    match known {
        Some((_, form)) => Problem::syntax(node.span.start(), format!("this is written `{form}`")),
        None => {
            let name = call.function.clone();
            let nearest = nearest(&name, FORMS.iter().map(|(name, _)| *name));
            let kind = ExpressionErrorKind::UnknownName { name, nearest };
            Problem::new(call.function_at, kind)
        }
    }
}

/// `YYYY-MM-DD`, strictly.
fn iso_date(text: &str) -> Option<NaiveDate> {
    let is_shaped = text.len() == 10
        && text.bytes().enumerate().all(|(index, byte)| match index {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        });
    if !is_shaped {
        return None;
    }
    let year = text[..4].parse().ok()?;
    NaiveDate::from_ymd_opt(year, text[5..7].parse().ok()?, text[8..].parse().ok()?)
}

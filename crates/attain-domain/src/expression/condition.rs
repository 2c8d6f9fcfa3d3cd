//! Evaluation of conditions: logic, comparisons and lists, and what absence means to them.

use std::cmp::Ordering;

use super::evaluate::{Run, Term, chosen};
use super::syntax::ComparisonOperator;
use super::tree::{Bool, Comparison, Membership, Passage, Slot};
use super::value::{Value, ValueType};

impl Term for Bool {
    type Literal = bool;
    type Output<'v> = bool;

    fn evaluate<'v>(&'v self, run: &Run<'v>) -> bool {
        match self {
            Bool::Literal(bool) => *bool,
            Bool::Slot(slot) => match run.value(*slot) {
                Some(Value::Bool(bool)) => *bool,
                _ => {
                    run.note_unusable(*slot, ValueType::Bool);
                    false
                }
            },
            Bool::Choice(choice) => chosen(choice, run).evaluate(run),
            Bool::Not(term) => !term.evaluate(run),
            Bool::All(terms) => terms.iter().all(|term| term.evaluate(run)),
            Bool::Any(terms) => terms.iter().any(|term| term.evaluate(run)),
            Bool::Has(slot) => run.value(*slot).is_some(),
            Bool::Numbers(comparison) => compared(comparison, run),
            Bool::Texts(comparison) => compared(comparison, run),
            Bool::Dates(comparison) => compared(comparison, run),
            Bool::Bools(comparison) => compared(comparison, run),
            Bool::AmongNumbers(membership) => is_member(membership, run),
            Bool::AmongTexts(membership) => is_member(membership, run),
            Bool::AmongDates(membership) => is_member(membership, run),
            Bool::AmongBools(membership) => is_member(membership, run),
            Bool::Passage(passage, texts) => {
                let (text, part) = (texts.0.evaluate(run), texts.1.evaluate(run));
                match passage {
                    Passage::Start => text.starts_with(part),
                    Passage::End => text.ends_with(part),
                    Passage::Anywhere => text.contains(part),
                }
            }
        }
    }

    fn slot(&self) -> Option<Slot> {
        if let Bool::Slot(slot) = self {
            Some(*slot)
        } else {
            None
        }
    }

    fn literal(&self) -> Option<&bool> {
        if let Bool::Literal(bool) = self {
            Some(bool)
        } else {
            None
        }
    }

    fn order(literal: &bool, output: &bool) -> Ordering {
        literal.cmp(output)
    }

    fn value(literal: &bool) -> Value {
        Value::Bool(*literal)
    }
}

#[inline]
fn compared<'v, T: Term>(comparison: &'v Comparison<T>, run: &Run<'v>) -> bool {
    let Comparison {
        operator,
        left,
        right,
    } = comparison;
    let is_equal = matches!(operator, ComparisonOperator::Equal);
    if (is_equal || matches!(operator, ComparisonOperator::NotEqual))
        && (is_absent_name(left, run) || is_absent_name(right, run))
    {
        return !is_equal;
    }
    let order = left.evaluate(run).cmp(&right.evaluate(run));
    match operator {
        ComparisonOperator::Equal => order.is_eq(),
        ComparisonOperator::NotEqual => order.is_ne(),
        ComparisonOperator::Less => order.is_lt(),
        ComparisonOperator::LessOrEqual => order.is_le(),
        ComparisonOperator::Greater => order.is_gt(),
        ComparisonOperator::GreaterOrEqual => order.is_ge(),
    }
}

fn is_member<'v, T: Term>(membership: &'v Membership<T, T::Literal>, run: &Run<'v>) -> bool {
    if is_absent_name(&membership.member, run) {
        return false;
    }
    let member = membership.member.evaluate(run);
    let found = membership
        .any_of
        .binary_search_by(|literal| T::order(literal, &member));
    found.is_ok()
}

fn is_absent_name<T: Term>(term: &T, run: &Run<'_>) -> bool {
    term.slot().is_some_and(|slot| run.value(slot).is_none())
}

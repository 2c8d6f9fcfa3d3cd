//! The type checker: from what was written to the tree that is evaluated. Whatever can be known
//! without values is an error here: names, types, division by a constant zero.

use rust_decimal::Decimal;
use smol_str::SmolStr;

use super::arithmetic;
use super::error::{ExpressionErrorKind, Problem};
use super::evaluate::Term;
use super::syntax::{ArithmeticOperator, BinaryOperator, ComparisonOperator, Node, NodeKind};
use super::tree::{Arithmetic, Bool, Choice, Comparison, Date, Membership, Number, Slot};
use super::tree::{Text, Typed};
use super::value::{Scope, ValueType};

pub(super) struct Checker<'a> {
    pub(super) scope: &'a Scope,
    /// Sorted: a name's index is its slot.
    pub(super) names: &'a [SmolStr],
}

impl Checker<'_> {
    pub(super) fn checked_as(&self, node: &Node, wanted: ValueType) -> Result<Typed, Problem> {
        let typed = self.checked(node)?;
        if typed.value_type() == wanted {
            return Ok(typed);
        }
        Err(wrong_type(node, wanted, &typed))
    }

    pub(super) fn number(&self, node: &Node) -> Result<Number, Problem> {
        match self.checked(node)? {
            Typed::Number(number) => Ok(number),
            other @ (Typed::Text(_) | Typed::Bool(_) | Typed::Date(_)) => {
                Err(wrong_type(node, ValueType::Number, &other))
            }
        }
    }

    pub(super) fn text(&self, node: &Node) -> Result<Text, Problem> {
        match self.checked(node)? {
            Typed::Text(text) => Ok(text),
            other @ (Typed::Number(_) | Typed::Bool(_) | Typed::Date(_)) => {
                Err(wrong_type(node, ValueType::Text, &other))
            }
        }
    }

    pub(super) fn bool(&self, node: &Node) -> Result<Bool, Problem> {
        match self.checked(node)? {
            Typed::Bool(bool) => Ok(bool),
            other @ (Typed::Number(_) | Typed::Text(_) | Typed::Date(_)) => {
                Err(wrong_type(node, ValueType::Bool, &other))
            }
        }
    }

    pub(super) fn date(&self, node: &Node) -> Result<Date, Problem> {
        match self.checked(node)? {
            Typed::Date(date) => Ok(date),
            other @ (Typed::Number(_) | Typed::Text(_) | Typed::Bool(_)) => {
                Err(wrong_type(node, ValueType::Date, &other))
            }
        }
    }

    fn checked(&self, node: &Node) -> Result<Typed, Problem> {
        match &node.kind {
            NodeKind::Number(number) => Ok(Typed::Number(Number::Literal(*number))),
            NodeKind::Text(text) => Ok(Typed::Text(Text::Literal(text.clone()))),
            NodeKind::Bool(bool) => Ok(Typed::Bool(Bool::Literal(*bool))),
            NodeKind::Name(name) => {
                let (slot, value_type) = self.resolved(name, node)?;
                Ok(match value_type {
                    ValueType::Number => Typed::Number(Number::Slot(slot)),
                    ValueType::Text => Typed::Text(Text::Slot(slot)),
                    ValueType::Bool => Typed::Bool(Bool::Slot(slot)),
                    ValueType::Date => Typed::Date(Date::Slot(slot)),
                })
            }
            NodeKind::List(_) => Err(Problem::not_supported(
                node.span.start(),
                "a list that does not follow `in`",
            )),
            NodeKind::Negate(inner) => {
                let number = self.number(inner)?;
                let literal = number.literal().map(|literal| Number::Literal(-literal));
                Ok(Typed::Number(
                    literal.unwrap_or_else(|| Number::Negate(Box::new(number))),
                ))
            }
            NodeKind::Not(inner) => Ok(Typed::Bool(Bool::Not(Box::new(self.bool(inner)?)))),
            NodeKind::Binary(operator, sides) => self.binary(node, *operator, &sides.0, &sides.1),
            NodeKind::Conditional(parts) => self.conditional(&parts.0, &parts.1, &parts.2),
            NodeKind::Call(call) => self.call(node, call),
        }
    }

    /// The slot and type of a name the scope knows.
    pub(super) fn resolved(&self, name: &str, at: &Node) -> Result<(Slot, ValueType), Problem> {
        let slot = self
            .names
            .binary_search_by(|known| known.as_str().cmp(name))
            .ok();
        let slot = slot.and_then(|slot| Slot::try_from(slot).ok());
        slot.zip(self.scope.type_of(name)).ok_or_else(|| {
            let nearest = self.scope.nearest(name);
            let kind = ExpressionErrorKind::UnknownName {
                name: name.into(),
                nearest,
            };
            Problem::new(at.span.start(), kind)
        })
    }

    fn binary(
        &self,
        node: &Node,
        operator: BinaryOperator,
        left: &Node,
        right: &Node,
    ) -> Result<Typed, Problem> {
        match operator {
            BinaryOperator::Arithmetic(operator) => self
                .arithmetic(node, operator, left, right)
                .map(Typed::Number),
            BinaryOperator::Comparison(operator) => {
                self.comparison(operator, left, right).map(Typed::Bool)
            }
            BinaryOperator::And => {
                let mut terms = Vec::new();
                self.gather_terms(node, BinaryOperator::And, &mut terms)?;
                Ok(Typed::Bool(Bool::All(terms)))
            }
            BinaryOperator::Or => {
                let mut terms = Vec::new();
                self.gather_terms(node, BinaryOperator::Or, &mut terms)?;
                Ok(Typed::Bool(Bool::Any(terms)))
            }
            BinaryOperator::In => self.membership(left, right).map(Typed::Bool),
        }
    }

    /// `a && b && c` as one list, in the order written.
    fn gather_terms(
        &self,
        node: &Node,
        operator: BinaryOperator,
        terms: &mut Vec<Bool>,
    ) -> Result<(), Problem> {
        if let NodeKind::Binary(inner, sides) = &node.kind
            && *inner == operator
        {
            self.gather_terms(&sides.0, operator, terms)?;
            return self.gather_terms(&sides.1, operator, terms);
        }
        terms.push(self.bool(node)?);
        Ok(())
    }

    fn arithmetic(
        &self,
        node: &Node,
        operator: ArithmeticOperator,
        left_node: &Node,
        right_node: &Node,
    ) -> Result<Number, Problem> {
        use ArithmeticOperator::{Divide, Remainder};
        let (left, right) = (self.number(left_node)?, self.number(right_node)?);
        let is_division = matches!(operator, Divide | Remainder);
        if is_division && right.literal().is_some_and(Decimal::is_zero) {
            let kind = ExpressionErrorKind::DivisionByZero;
            return Err(Problem::new(right_node.span.start(), kind));
        }
        if let (Some(left), Some(right)) = (left.literal(), right.literal()) {
            let out_of_range =
                |_| Problem::new(node.span.start(), ExpressionErrorKind::NumberOutOfRange);
            let result = arithmetic::calculate(operator, *left, *right);
            return result.map(Number::Literal).map_err(out_of_range);
        }
        Ok(Number::Arithmetic(Box::new(Arithmetic {
            operator,
            left,
            right,
            span: node.span,
        })))
    }

    fn comparison(
        &self,
        operator: ComparisonOperator,
        left_node: &Node,
        right_node: &Node,
    ) -> Result<Bool, Problem> {
        use ComparisonOperator::{Equal, NotEqual};
        match (self.checked(left_node)?, self.checked(right_node)?) {
            (Typed::Number(left), Typed::Number(right)) => {
                Ok(Bool::Numbers(Box::new(Comparison {
                    operator,
                    left,
                    right,
                })))
            }
            (Typed::Text(left), Typed::Text(right)) => Ok(Bool::Texts(Box::new(Comparison {
                operator,
                left,
                right,
            }))),
            (Typed::Date(left), Typed::Date(right)) => Ok(Bool::Dates(Box::new(Comparison {
                operator,
                left,
                right,
            }))),
            (Typed::Bool(left), Typed::Bool(right)) if matches!(operator, Equal | NotEqual) => {
                Ok(Bool::Bools(Box::new(Comparison {
                    operator,
                    left,
                    right,
                })))
            }
            (Typed::Bool(_), Typed::Bool(_)) => Err(Problem::not_supported(
                left_node.span.start(),
                "an order of bools",
            )),
            (left, right) => Err(wrong_type(right_node, left.value_type(), &right)),
        }
    }

    fn membership(&self, member: &Node, list: &Node) -> Result<Bool, Problem> {
        let NodeKind::List(nodes) = &list.kind else {
            return Err(Problem::not_supported(
                list.span.start(),
                "anything but a list such as `['a', 'b']` after `in`",
            ));
        };
        Ok(match self.checked(member)? {
            Typed::Number(member) => Bool::AmongNumbers(Membership::new(
                member,
                literals(nodes, |node| self.number(node))?,
            )),
            Typed::Text(member) => Bool::AmongTexts(Membership::new(
                member,
                literals(nodes, |node| self.text(node))?,
            )),
            Typed::Bool(member) => Bool::AmongBools(Membership::new(
                member,
                literals(nodes, |node| self.bool(node))?,
            )),
            Typed::Date(member) => Bool::AmongDates(Membership::new(
                member,
                literals(nodes, |node| self.date(node))?,
            )),
        })
    }

    fn conditional(
        &self,
        condition: &Node,
        then: &Node,
        otherwise: &Node,
    ) -> Result<Typed, Problem> {
        let condition = self.bool(condition)?;
        Ok(match self.checked(then)? {
            Typed::Number(then) => {
                let otherwise = self.number(otherwise)?;
                Typed::Number(Number::Choice(Box::new(Choice {
                    condition,
                    then,
                    otherwise,
                })))
            }
            Typed::Text(then) => {
                let otherwise = self.text(otherwise)?;
                Typed::Text(Text::Choice(Box::new(Choice {
                    condition,
                    then,
                    otherwise,
                })))
            }
            Typed::Bool(then) => {
                let otherwise = self.bool(otherwise)?;
                Typed::Bool(Bool::Choice(Box::new(Choice {
                    condition,
                    then,
                    otherwise,
                })))
            }
            Typed::Date(then) => {
                let otherwise = self.date(otherwise)?;
                Typed::Date(Date::Choice(Box::new(Choice {
                    condition,
                    then,
                    otherwise,
                })))
            }
        })
    }
}

fn wrong_type(node: &Node, expected: ValueType, found: &Typed) -> Problem {
    let found = found.value_type();
    Problem::new(
        node.span.start(),
        ExpressionErrorKind::WrongType { expected, found },
    )
}

/// The literals of a list, which may hold nothing else: rules are indexed by them.
fn literals<T: Term>(
    nodes: &[Node],
    check: impl Fn(&Node) -> Result<T, Problem>,
) -> Result<Vec<T::Literal>, Problem> {
    let literal = |node: &Node| {
        check(node)?.literal().cloned().ok_or_else(|| {
            Problem::not_supported(node.span.start(), "anything but literals in a list")
        })
    };
    nodes.iter().map(literal).collect()
}

//! From source text to our syntax tree. The only file that knows the `cel` crate.
//!
//! `cel` is asked for the shape of the expression alone: numbers come from [`lex`], exactly, and
//! what is not part of our language is refused here.

use std::panic::{AssertUnwindSafe, catch_unwind};

use cel::common::ast::{CallExpr, Expr, IdedExpr, LiteralValue, SelectExpr, SourceInfo, operators};
use cel::{Env, ParseErrors};

use super::error::Problem;
use super::lex::{self, Token, TokenKind};
use super::syntax::{
    ArithmeticOperator, BinaryOperator, Call, ComparisonOperator, Node, NodeKind, Span,
};

pub(super) fn parse(source: &str, tokens: &[Token]) -> Result<Node, Problem> {
    if tokens.is_empty() {
        return Err(Problem::syntax(source.len(), "the expression is empty"));
    }
    let masked = lex::with_numbers_masked(source, tokens);
    // The default environment has no macros: `has(x)` stays the call it is written as. No panic of
    // the foreign parser is known, and none may end a request that merely carries a bad formula.
    let parsed = catch_unwind(AssertUnwindSafe(|| {
        Env::default().parser().parse_with_source_info(&masked)
    }));
    let (root, places) = parsed
        .map_err(|_| unreadable(0))?
        .map_err(|errors| syntax_problem(source, tokens, &errors))?;
    Conversion {
        tokens,
        places: &places,
    }
    .node(&root)
}

fn unreadable(offset: usize) -> Problem {
    Problem::syntax(offset, "this cannot be read as an expression")
}

/// The first error, at the token it names; `cel`'s own wording lists grammar rules, so ours.
fn syntax_problem(source: &str, tokens: &[Token], errors: &ParseErrors) -> Problem {
    // What `cel` could not make of its own half-read tree is less telling than the parser's word.
    let mut errors_found = errors.errors.iter();
    let parser_error = errors_found.find(|error| error.msg.starts_with("Syntax error"));
    let error = parser_error.or(errors.errors.first());
    let (line, column) = error.map_or((1, 1), |error| error.pos);
    let offset = offset_of(source, line, column);
    let token = tokens.iter().find(|token| offset < token.span.end());
    match token {
        Some(token) => {
            let word = token.span.text(source);
            Problem::syntax(token.span.start(), format!("unexpected `{word}`"))
        }
        None => Problem::syntax(source.len(), "the expression ends too early"),
    }
}

/// Lines and columns count from 1, columns in characters.
fn offset_of(source: &str, line: isize, column: isize) -> usize {
    let above = usize::try_from(line - 1).unwrap_or_default();
    let before = usize::try_from(column - 1).unwrap_or_default();
    let start: usize = source.split_inclusive('\n').take(above).map(str::len).sum();
    let rest = &source[start..];
    start
        + rest
            .char_indices()
            .nth(before)
            .map_or(rest.len(), |(offset, _)| offset)
}

struct Conversion<'a> {
    tokens: &'a [Token],
    places: &'a SourceInfo,
}

impl Conversion<'_> {
    fn node(&self, expression: &IdedExpr) -> Result<Node, Problem> {
        let token = self.token_of(expression)?;
        match &expression.expr {
            Expr::Literal(literal) => self.literal(literal, token),
            Expr::Ident(name) if name.starts_with('.') => Err(Problem::not_supported(
                self.start(token),
                "a name that starts with a dot",
            )),
            Expr::Ident(name) => Ok(Node {
                span: self.tokens[token].span,
                kind: NodeKind::Name(name.into()),
            }),
            Expr::Select(select) => self.select(select, token),
            Expr::List(list) => {
                let nodes = self.nodes(&list.elements)?;
                let span = self.spanning(self.tokens[token].span, &nodes);
                Ok(Node {
                    span,
                    kind: NodeKind::List(nodes),
                })
            }
            Expr::Call(call) => self.call(call, token),
            Expr::Map(_) | Expr::Struct(_) | Expr::Comprehension(_) | Expr::Unspecified => {
                Err(Problem::not_supported(self.start(token), "this"))
            }
        }
    }

    fn nodes(&self, expressions: &[IdedExpr]) -> Result<Vec<Node>, Problem> {
        expressions
            .iter()
            .map(|expression| self.node(expression))
            .collect()
    }

    /// The token that stands for a node: its literal or first word, its operator, its bracket.
    fn token_of(&self, expression: &IdedExpr) -> Result<usize, Problem> {
        let place = self.places.offset_for(expression.id);
        let start = place.and_then(|(start, _)| usize::try_from(start).ok());
        start
            .and_then(|start| {
                self.tokens
                    .binary_search_by_key(&start, |token| token.span.start())
                    .ok()
            })
            .ok_or_else(|| unreadable(0))
    }

    fn start(&self, token: usize) -> usize {
        self.tokens[token].span.start()
    }

    fn literal(&self, literal: &LiteralValue, token: usize) -> Result<Node, Problem> {
        let span = self.tokens[token].span;
        match literal {
            LiteralValue::Int(masked) => {
                let TokenKind::Number(number) = self.tokens[token].kind else {
                    return Err(Problem::syntax(span.start(), "this is not a number"));
                };
                // A sign directly before the digits belongs to the literal.
                if *masked.inner() >= 0 {
                    return Ok(Node {
                        span,
                        kind: NodeKind::Number(number),
                    });
                }
                let sign = token
                    .checked_sub(1)
                    .map_or(span, |sign| self.tokens[sign].span);
                Ok(Node {
                    span: sign.to(span),
                    kind: NodeKind::Number(-number),
                })
            }
            LiteralValue::String(text) => Ok(Node {
                span,
                kind: NodeKind::Text(text.inner().into()),
            }),
            LiteralValue::Boolean(bool) => Ok(Node {
                span,
                kind: NodeKind::Bool(*bool.inner()),
            }),
            LiteralValue::Null => Err(Problem::not_supported(
                span.start(),
                "`null` (ask with `has(name)`)",
            )),
            LiteralValue::Double(_) | LiteralValue::UInt(_) | LiteralValue::Bytes(_) => {
                Err(Problem::not_supported(span.start(), "this literal"))
            }
        }
    }

    fn select(&self, select: &SelectExpr, token: usize) -> Result<Node, Problem> {
        let operand = self.node(&select.operand)?;
        let field = self
            .tokens
            .get(token + 1)
            .map_or(operand.span, |field| field.span);
        self.name(operand, &select.field, field)
    }

    /// The name `operand.part`; only names have parts.
    fn name(&self, operand: Node, part: &str, place: Span) -> Result<Node, Problem> {
        let span = self.spanning(place, [&operand]);
        match operand.kind {
            NodeKind::Name(name) => Ok(Node {
                span,
                kind: NodeKind::Name(format!("{name}.{part}").into()),
            }),
            NodeKind::Number(_)
            | NodeKind::Text(_)
            | NodeKind::Bool(_)
            | NodeKind::List(_)
            | NodeKind::Negate(_)
            | NodeKind::Not(_)
            | NodeKind::Binary(..)
            | NodeKind::Conditional(_)
            | NodeKind::Call(_) => Err(Problem::not_supported(
                place.start(),
                "a part of something that is no name",
            )),
        }
    }

    fn call(&self, call: &CallExpr, token: usize) -> Result<Node, Problem> {
        let is_method = call.target.is_some();
        let receiver = call
            .target
            .as_deref()
            .map(|target| self.node(target))
            .transpose()?;
        let arguments = self.nodes(&call.args)?;
        let mut arguments: Vec<Node> = receiver.into_iter().chain(arguments).collect();
        let own = self.tokens[token].span;
        if call.func_name == operators::INDEX {
            return self.index(arguments, own);
        }
        if let Some(operator) = binary_operator(&call.func_name) {
            let span = self.spanning(own, &arguments);
            return match (arguments.pop(), arguments.pop()) {
                (Some(right), Some(left)) => Ok(Node {
                    span,
                    kind: NodeKind::Binary(operator, Box::new((left, right))),
                }),
                _ => Err(Problem::syntax(own.start(), "an operand is missing")),
            };
        }
        let is_operator = [
            operators::NEGATE,
            operators::LOGICAL_NOT,
            operators::CONDITIONAL,
        ]
        .contains(&call.func_name.as_str());
        if is_operator {
            return self.unary_or_conditional(&call.func_name, arguments, own);
        }
        // The function's name stands before its bracket; of a method, the receiver before both.
        let name = token
            .checked_sub(1)
            .map_or(own, |name| self.tokens[name].span);
        if [operators::OPT_INDEX, operators::OPT_SELECT].contains(&call.func_name.as_str()) {
            return Err(Problem::not_supported(
                own.start(),
                "`?` before a part of a name",
            ));
        }
        if call.func_name.starts_with('.') {
            return Err(Problem::not_supported(
                name.start(),
                "a name that starts with a dot",
            ));
        }
        let span = self.spanning(name.to(own), &arguments);
        let function = call.func_name.as_str().into();
        let function_at = name.start();
        Ok(Node {
            span,
            kind: NodeKind::Call(Call {
                function,
                function_at,
                is_method,
                arguments,
            }),
        })
    }

    fn index(&self, mut arguments: Vec<Node>, own: Span) -> Result<Node, Problem> {
        match (arguments.pop(), arguments.pop()) {
            (
                Some(Node {
                    kind: NodeKind::Text(part),
                    ..
                }),
                Some(operand),
            ) => self.name(operand, &part, own),
            _ => Err(Problem::not_supported(
                own.start(),
                "an index that is not a text literal",
            )),
        }
    }

    fn unary_or_conditional(
        &self,
        operator: &str,
        mut arguments: Vec<Node>,
        own: Span,
    ) -> Result<Node, Problem> {
        let span = self.spanning(own, &arguments);
        let kind = match (arguments.pop(), arguments.pop(), arguments.pop()) {
            (Some(operand), None, None) if operator == operators::NEGATE => {
                NodeKind::Negate(Box::new(operand))
            }
            (Some(operand), None, None) => NodeKind::Not(Box::new(operand)),
            (Some(otherwise), Some(then), Some(condition)) => {
                NodeKind::Conditional(Box::new((condition, then, otherwise)))
            }
            _ => return Err(Problem::syntax(own.start(), "an operand is missing")),
        };
        Ok(Node { span, kind })
    }

    /// The source from the first to the last of these parts, and on to the partner of each bracket
    /// inside: of `(a + b) / c` the parts alone would give `a + b) / c`.
    fn spanning<'n>(&self, own: Span, parts: impl IntoIterator<Item = &'n Node>) -> Span {
        let parts = parts.into_iter().fold(own, |span, part| span.to(part.span));
        let first = self
            .tokens
            .partition_point(|token| token.span.start() < parts.start());
        let inside = self.tokens[first..].iter();
        let inside = inside.take_while(|token| token.span.start() < parts.end());
        inside.fold(parts, |span, token| match token.kind {
            TokenKind::Open(partner) | TokenKind::Close(partner) => self
                .tokens
                .get(partner)
                .map_or(span, |partner| span.to(partner.span)),
            TokenKind::Word | TokenKind::Number(_) | TokenKind::Text | TokenKind::Operator => span,
        })
    }
}

fn binary_operator(name: &str) -> Option<BinaryOperator> {
    use ArithmeticOperator::{Add, Divide, Multiply, Remainder, Subtract};
    use ComparisonOperator::{Equal, Greater, GreaterOrEqual, Less, LessOrEqual, NotEqual};
    Some(match name {
        operators::ADD => BinaryOperator::Arithmetic(Add),
        operators::SUBSTRACT => BinaryOperator::Arithmetic(Subtract),
        operators::MULTIPLY => BinaryOperator::Arithmetic(Multiply),
        operators::DIVIDE => BinaryOperator::Arithmetic(Divide),
        operators::MODULO => BinaryOperator::Arithmetic(Remainder),
        operators::EQUALS => BinaryOperator::Comparison(Equal),
        operators::NOT_EQUALS => BinaryOperator::Comparison(NotEqual),
        operators::LESS => BinaryOperator::Comparison(Less),
        operators::LESS_EQUALS => BinaryOperator::Comparison(LessOrEqual),
        operators::GREATER => BinaryOperator::Comparison(Greater),
        operators::GREATER_EQUALS => BinaryOperator::Comparison(GreaterOrEqual),
        operators::LOGICAL_AND => BinaryOperator::And,
        operators::LOGICAL_OR => BinaryOperator::Or,
        operators::IN => BinaryOperator::In,
        _ => return None,
    })
}

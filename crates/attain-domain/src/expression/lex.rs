//! The words of an expression, and the limits that keep its parser safe.
//!
//! Only a source that falls into known words without a gap, with matching brackets and within the
//! limits, is handed to the `cel` parser: that one recovers from errors and recurses, so a text
//! it would read differently than we do could exhaust the stack. Numbers are read here, exactly.

use std::ops::Range;

use rust_decimal::Decimal;

use super::error::{ExpressionErrorKind, Problem};
use super::syntax::Span;

/// The longest source, in bytes.
pub const SOURCE_BYTES_MAX: usize = 4096;
/// How deep brackets, calls and `?:` may nest.
pub const DEPTH_MAX: usize = 64;
/// How many operations may follow each other without `&&`, `||`, a comma or brackets between
/// them, counted with those of the brackets around them. Each makes the syntax tree one deeper;
/// 256 levels are evaluated in less than 1 MiB of stack in an unoptimised build (tested).
pub const CHAIN_MAX: usize = 256;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TokenKind {
    /// Identifiers and the words `in`, `true`, `false`, `null`.
    Word,
    Number(Decimal),
    Text,
    /// With the index of the closing token.
    Open(usize),
    /// With the index of the opening token.
    Close(usize),
    Operator,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Token {
    pub(super) span: Span,
    pub(super) kind: TokenKind,
}

/// The tokens of a source that is within all limits and whose brackets match.
pub(super) struct Words {
    pub(super) tokens: Vec<Token>,
    /// Whether it nests so little that any thread's stack is enough to compile it.
    pub(super) is_shallow: bool,
}

/// A source no deeper than this is compiled on the thread that asks, with less than 1 MiB of its
/// stack. A thread of its own costs the parser its caches: 0.7 ms instead of 0.05 ms.
const SHALLOW_DEPTH_MAX: usize = if cfg!(debug_assertions) { 3 } else { 16 };
const SHALLOW_CHAIN_MAX: usize = if cfg!(debug_assertions) { 32 } else { 64 };

pub(super) fn words(source: &str) -> Result<Words, Problem> {
    if source.len() > SOURCE_BYTES_MAX {
        return Err(Problem::new(0, ExpressionErrorKind::TooLong));
    }
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(character) = source[at..].chars().next() {
        let rest = &source[at..];
        let (length, kind) = match character {
            ' ' | '\t' | '\r' | '\n' | '\u{c}' => {
                at += 1;
                continue;
            }
            '/' if rest.starts_with("//") => {
                at += rest.find('\n').unwrap_or(rest.len());
                continue;
            }
            'a'..='z' | 'A'..='Z' | '_' => (word_length(rest, at)?, TokenKind::Word),
            '0'..='9' => number(source, at)?,
            '.' if rest.as_bytes().get(1).is_some_and(u8::is_ascii_digit) => number(source, at)?,
            '\'' | '"' => (text_length(rest, at)?, TokenKind::Text),
            '(' | '[' => (1, TokenKind::Open(usize::MAX)),
            ')' | ']' => (1, TokenKind::Close(usize::MAX)),
            _ => (operator_length(rest, at)?, TokenKind::Operator),
        };
        tokens.push(Token {
            span: Span::new(at, at + length),
            kind,
        });
        at += length;
    }
    bracketed(source, tokens)
}

/// The source with every number replaced by a whole number of the same length, so that `cel`
/// never turns one into a float and never refuses one that is too large for 64 bits.
pub(super) fn with_numbers_masked(source: &str, tokens: &[Token]) -> String {
    let mut masked = source.to_owned();
    for token in tokens {
        if matches!(token.kind, TokenKind::Number(_)) {
            let length = token.span.end() - token.span.start();
            masked.replace_range(
                token.span.start()..token.span.end(),
                &format!("{:0length$}", 1),
            );
        }
    }
    masked
}

fn word_length(rest: &str, at: usize) -> Result<usize, Problem> {
    let length = length_while(rest, |byte| byte.is_ascii_alphanumeric() || byte == b'_');
    let is_prefix = matches!(
        rest[..length].to_ascii_lowercase().as_str(),
        "b" | "r" | "br"
    );
    if is_prefix && rest[length..].starts_with(['\'', '"']) {
        return Err(Problem::not_supported(at, "a text with a prefix"));
    }
    Ok(length)
}

/// `12`, `1.5`, `.5` or `1.5e-3`, standing apart from words and other numbers.
fn number(source: &str, at: usize) -> Result<(usize, TokenKind), Problem> {
    let rest = &source[at..];
    let digits = |from: usize| length_while(&rest[from..], |byte| byte.is_ascii_digit());
    let mut length = digits(0);
    if rest[length..].starts_with('.') && digits(length + 1) > 0 {
        length += 1 + digits(length + 1);
    }
    let mantissa = ..length;
    let mut exponent = None;
    if rest[length..].starts_with(['e', 'E']) {
        let sign = usize::from(rest[length + 1..].starts_with(['+', '-']));
        let count = digits(length + 1 + sign);
        if count > 0 {
            exponent = Some(length + 1..length + 1 + sign + count);
            length += 1 + sign + count;
        }
    }
    let is_in_word = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_' || *byte == b'.';
    let bytes = source.as_bytes();
    let before = at.checked_sub(1).and_then(|index| bytes.get(index));
    if before.is_some_and(is_in_word) || bytes.get(at + length).is_some_and(is_in_word) {
        return Err(Problem::syntax(
            at,
            "a number must stand apart: digits, a point, digits",
        ));
    }
    exact_number(
        &rest[mantissa],
        exponent.map(|range: Range<usize>| &rest[range]),
    )
    .map(|number| (length, TokenKind::Number(number)))
    .ok_or_else(|| Problem::new(at, ExpressionErrorKind::NumberOutOfRange))
}

fn exact_number(mantissa: &str, exponent: Option<&str>) -> Option<Decimal> {
    let mantissa = Decimal::from_str_exact(mantissa).ok()?;
    let Some(exponent) = exponent else {
        return Some(mantissa);
    };
    let shift: i64 = exponent.parse().ok()?;
    let scale = i64::from(mantissa.scale()) - shift;
    if mantissa.is_zero() {
        return Some(Decimal::ZERO);
    }
    // A negative scale is made up for by zeros at the end; past 28 they cannot fit.
    let zeros = u32::try_from((-scale).max(0))
        .ok()
        .filter(|zeros| *zeros <= 28)?;
    let digits = mantissa
        .mantissa()
        .checked_mul(10_i128.checked_pow(zeros)?)?;
    Decimal::try_from_i128_with_scale(digits, u32::try_from(scale.max(0)).ok()?).ok()
}

/// A text in one line, with the escapes of CEL; what they mean is left to `cel`.
fn text_length(rest: &str, at: usize) -> Result<usize, Problem> {
    let bytes = rest.as_bytes();
    let quote = bytes[0];
    if bytes.starts_with(&[quote; 3]) {
        return Err(Problem::not_supported(at, "a text in three quotes"));
    }
    let mut length = 1;
    while let Some(&byte) = bytes.get(length) {
        match byte {
            b'\n' | b'\r' => break,
            b'\\' => length += escape_length(&bytes[length..], at + length)?,
            _ if byte == quote => return Ok(length + 1),
            _ => length += 1,
        }
    }
    Err(Problem::syntax(at, "this text is never closed"))
}

fn escape_length(bytes: &[u8], at: usize) -> Result<usize, Problem> {
    let (digits, is_digit): (usize, fn(&u8) -> bool) = match bytes.get(1).copied() {
        Some(b'x' | b'X') => (2, u8::is_ascii_hexdigit),
        Some(b'u') => (4, u8::is_ascii_hexdigit),
        Some(b'U') => (8, u8::is_ascii_hexdigit),
        Some(b'0'..=b'3') => (2, |byte| matches!(byte, b'0'..=b'7')),
        Some(b'a' | b'b' | b'f' | b'n' | b'r' | b't' | b'v') => (0, u8::is_ascii_digit),
        Some(b'"' | b'\'' | b'\\' | b'?' | b'`') => (0, u8::is_ascii_digit),
        Some(_) | None => return Err(Problem::syntax(at, "unknown escape in a text")),
    };
    match bytes.get(2..2 + digits) {
        Some(found) if found.iter().all(is_digit) => Ok(2 + digits),
        Some(_) | None => Err(Problem::syntax(at, "incomplete escape in a text")),
    }
}

fn operator_length(rest: &str, at: usize) -> Result<usize, Problem> {
    const TWO: [&str; 6] = ["&&", "||", "==", "!=", "<=", ">="];
    if TWO.iter().any(|operator| rest.starts_with(operator)) {
        return Ok(2);
    }
    match rest.chars().next() {
        Some('<' | '>' | '!' | '+' | '-' | '*' | '/' | '%' | '?' | ':' | '.' | ',') => Ok(1),
        Some('=') => Err(Problem::syntax(at, "unexpected `=`; equality is `==`")),
        Some('&') => Err(Problem::syntax(at, "unexpected `&`; both is `&&`")),
        Some('|') => Err(Problem::syntax(at, "unexpected `|`; either is `||`")),
        Some('{' | '}') => Err(Problem::not_supported(at, "a map in braces")),
        Some('`') => Err(Problem::not_supported(at, "a name in back quotes")),
        Some(other) => Err(Problem::syntax(
            at,
            format!("unexpected character `{other}`"),
        )),
        None => Err(Problem::syntax(at, "the expression ends too early")),
    }
}

fn length_while(text: &str, belongs: impl Fn(u8) -> bool) -> usize {
    text.bytes().take_while(|byte| belongs(*byte)).count()
}

/// What is open at a place in the source: one bracket (or none, outermost) and, within it, the
/// conditionals, the operations in a row, and the parts, indexes and calls of the operand.
struct Level {
    opening: Option<usize>,
    conditionals: usize,
    chain: usize,
    members: usize,
}

impl Level {
    fn opened_by(opening: Option<usize>) -> Level {
        Level {
            opening,
            conditionals: 0,
            chain: 0,
            members: 0,
        }
    }

    fn count_operator(&mut self, operator: &str) {
        if operator == "." {
            self.members += 1;
            return;
        }
        self.members = 0;
        match operator {
            "," => (self.conditionals, self.chain) = (0, 0),
            "?" => (self.conditionals, self.chain) = (self.conditionals + 1, 0),
            // `&&` and `||` become balanced trees, however many there are.
            ":" | "&&" | "||" => self.chain = 0,
            _ => self.chain += 1,
        }
    }
}

/// The tokens with each bracket knowing its partner, if nesting stays within the limits.
fn bracketed(source: &str, mut tokens: Vec<Token>) -> Result<Words, Problem> {
    let mut is_shallow = true;
    let mut levels = vec![Level::opened_by(None)];
    for index in 0..tokens.len() {
        let token = tokens[index];
        let word = token.span.text(source);
        let Some(level) = levels.last_mut() else {
            break;
        };
        match token.kind {
            TokenKind::Open(_) => {
                level.members += 1;
                levels.push(Level::opened_by(Some(index)));
            }
            TokenKind::Close(_) => {
                let opening = level.opening.filter(|opening| {
                    let opened = tokens[*opening].span.text(source);
                    (opened == "(") == (word == ")")
                });
                let Some(opening) = opening else {
                    return Err(Problem::syntax(
                        token.span.start(),
                        format!("unexpected `{word}`"),
                    ));
                };
                tokens[opening].kind = TokenKind::Open(index);
                tokens[index].kind = TokenKind::Close(opening);
                levels.pop();
            }
            TokenKind::Operator => level.count_operator(word),
            TokenKind::Word if word == "in" => level.count_operator(word),
            TokenKind::Word | TokenKind::Number(_) | TokenKind::Text => {}
        }
        let depth: usize = levels.iter().map(|level| 1 + level.conditionals).sum();
        let chain: usize = levels.iter().map(|level| level.chain + level.members).sum();
        if depth > DEPTH_MAX || depth + chain > CHAIN_MAX {
            return Err(Problem::new(
                token.span.start(),
                ExpressionErrorKind::TooDeep,
            ));
        }
        is_shallow &= depth <= SHALLOW_DEPTH_MAX && chain <= SHALLOW_CHAIN_MAX;
    }
    match levels.last().and_then(|level| level.opening) {
        None => Ok(Words { tokens, is_shallow }),
        Some(opening) => {
            let span = tokens[opening].span;
            let message = format!("this `{}` is never closed", span.text(source));
            Err(Problem::syntax(span.start(), message))
        }
    }
}

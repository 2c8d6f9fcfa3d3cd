//! What must be true of any expression, tried on random ones.

use proptest::prelude::*;
use proptest::sample::select;
use rust_decimal::Decimal;

use super::{number, scope};
use crate::expression::*;

/// Values of `a`, `b`, `city`, `region` and `open`, any of which may be absent.
#[derive(Clone, Debug)]
struct Row(Vec<(&'static str, Option<Value>)>);

impl Row {
    fn value_of(&self, name: &str) -> Option<Value> {
        self.0
            .iter()
            .find(|(known, _)| *known == name)
            .and_then(|(_, value)| value.clone())
    }
}

fn row() -> impl Strategy<Value = Row> {
    let numbers =
        || proptest::option::of((-3_i64..4).prop_map(|whole| Value::Number(whole.into())));
    let texts =
        || proptest::option::of(select(vec!["x", "y"]).prop_map(|text| Value::Text(text.into())));
    (
        numbers(),
        numbers(),
        texts(),
        texts(),
        proptest::option::of(any::<bool>()),
    )
        .prop_map(|(a, b, city, region, open)| {
            let open = open.map(Value::Bool);
            Row(vec![
                ("a", a),
                ("b", b),
                ("city", city),
                ("region", region),
                ("open", open),
            ])
        })
}

fn condition() -> impl Strategy<Value = String> {
    let leaf = select(vec![
        "a == 1",
        "1 == a",
        "a in [0, 1]",
        "b == -1",
        "b in [1, 2, 3]",
        "a == b",
        "a != 1",
        "a < b",
        "city == 'x'",
        "city in ['x', 'z']",
        "region == 'y'",
        "region != 'y'",
        "open == true",
        "open in [false]",
        "has(a)",
        "!has(region)",
        "city == region",
        "true",
        "b in []",
    ]);
    leaf.prop_map(str::to_owned)
        .prop_recursive(4, 24, 3, |inner| {
            let two = (inner.clone(), inner.clone());
            let three = (inner.clone(), inner.clone(), inner.clone());
            prop_oneof![
                4 => two.clone().prop_map(|(left, right)| format!("({left}) && ({right})")),
                2 => two.clone().prop_map(|(left, right)| format!("{left} && {right}")),
                1 => two.prop_map(|(left, right)| format!("({left}) || ({right})")),
                1 => inner.prop_map(|inner| format!("!({inner})")),
                1 => three.prop_map(|(a, b, c)| format!("(({a}) ? {b} : {c})")),
            ]
        })
}

/// A number expression of our own, to be written out and evaluated without the code under test.
#[derive(Clone, Debug)]
enum Formula {
    Literal(Decimal),
    Name(&'static str),
    Negate(Box<Formula>),
    Binary(char, Box<(Formula, Formula)>),
    Call(&'static str, Box<(Formula, Formula)>),
    Choice(Box<(Formula, Formula, Formula, Formula)>),
}

fn formula() -> impl Strategy<Value = Formula> {
    let decimal = (0_i64..2000, 0_u32..3).prop_map(|(digits, scale)| Decimal::new(digits, scale));
    let leaf = prop_oneof![
        1 => decimal.prop_map(Formula::Literal),
        3 => select(vec!["a", "b", "transaction.amount"]).prop_map(Formula::Name),
    ];
    leaf.prop_recursive(5, 30, 3, |inner| {
        let pair = (inner.clone(), inner.clone()).prop_map(Box::new);
        let four = (inner.clone(), inner.clone(), inner.clone(), inner.clone()).prop_map(Box::new);
        prop_oneof![
            1 => inner.prop_map(|inner| Formula::Negate(Box::new(inner))),
            6 => (select(vec!['+', '-', '*', '/', '%']), pair.clone())
                .prop_map(|(operator, sides)| Formula::Binary(operator, sides)),
            1 => (select(vec!["min", "max"]), pair)
                .prop_map(|(name, sides)| Formula::Call(name, sides)),
            1 => four.prop_map(Formula::Choice),
        ]
    })
}

impl Formula {
    /// How tightly it binds: a looser part of a tighter whole is written in brackets.
    fn binding(&self) -> u8 {
        match self {
            Formula::Choice(_) => 0,
            Formula::Binary('+' | '-', _) => 1,
            Formula::Binary(..) => 2,
            Formula::Negate(_) => 3,
            Formula::Literal(_) | Formula::Name(_) | Formula::Call(..) => 4,
        }
    }

    fn within(&self, binding: u8) -> String {
        if self.binding() < binding {
            format!("({self})")
        } else {
            self.to_string()
        }
    }

    fn naive(&self, row: &dyn Fn(&str) -> Decimal) -> Option<Decimal> {
        Some(match self {
            Formula::Literal(number) => *number,
            Formula::Name(name) => row(name),
            Formula::Negate(inner) => -inner.naive(row)?,
            Formula::Binary(operator, sides) => {
                let (left, right) = (sides.0.naive(row)?, sides.1.naive(row)?);
                match operator {
                    '+' => left.checked_add(right)?,
                    '-' => left.checked_sub(right)?,
                    '*' => left.checked_mul(right)?,
                    '/' => left.checked_div(right)?,
                    _ => left.checked_rem(right)?,
                }
            }
            Formula::Call("min", sides) => sides.0.naive(row)?.min(sides.1.naive(row)?),
            Formula::Call(_, sides) => sides.0.naive(row)?.max(sides.1.naive(row)?),
            Formula::Choice(parts) => {
                let is_less = parts.0.naive(row)? < parts.1.naive(row)?;
                if is_less {
                    parts.2.naive(row)?
                } else {
                    parts.3.naive(row)?
                }
            }
        })
    }
}

impl fmt::Display for Formula {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Formula::Literal(number) => write!(formatter, "{number}"),
            Formula::Name(name) => formatter.write_str(name),
            Formula::Negate(inner) => write!(formatter, "-{}", inner.within(4)),
            Formula::Binary(operator, sides) => {
                let (left, right) = (
                    sides.0.within(self.binding()),
                    sides.1.within(self.binding() + 1),
                );
                write!(formatter, "{left}{operator}{right}")
            }
            Formula::Call(name, sides) => write!(formatter, "{name}({}, {})", sides.0, sides.1),
            Formula::Choice(parts) => {
                let (left, right) = (parts.0.within(1), parts.1.within(1));
                write!(
                    formatter,
                    "{left} < {right} ? {} : {}",
                    parts.2.within(1),
                    parts.3
                )
            }
        }
    }
}

/// Pieces of expressions, good and bad, that random sources are put together from.
const PIECES: [&str; 48] = [
    "a",
    "b",
    "city",
    "transaction",
    ".",
    "amount",
    "min",
    "has",
    "date",
    "size",
    "round",
    "in",
    "true",
    "null",
    "(",
    ")",
    "[",
    "]",
    "{",
    "?",
    ":",
    ",",
    "+",
    "-",
    "*",
    "/",
    "%",
    "!",
    "&&",
    "||",
    "==",
    "<",
    "=",
    "1",
    "2.50",
    "1e3",
    "99999999999999999999",
    "'x'",
    "'Zürich'",
    "'",
    "\"",
    "\\",
    "\n",
    " ",
    "//",
    "ü",
    "if",
    "0x1f",
];

fn compile_every_way(source: &str) {
    for wanted in [
        ValueType::Number,
        ValueType::Text,
        ValueType::Bool,
        ValueType::Date,
    ] {
        match Program::compile(source, &scope(), wanted) {
            Ok(program) => {
                let _ = program.evaluate(&[]);
                let _ = program.evaluate_with(super::value_of);
                let _ = program.evaluate_with(|_| Some(number("0")));
                let _ = program.equalities();
            }
            Err(error) => {
                assert!(error.line > 0 && error.column > 0 && !error.to_string().is_empty())
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_answered_without_panic(source in "\\PC{0,60}") {
        compile_every_way(&source);
    }

    #[test]
    fn any_mix_of_words_is_answered_without_panic(
        words in proptest::collection::vec(select(PIECES.to_vec()), 0..30),
        space in select(vec!["", " "]),
    ) {
        compile_every_way(&words.join(space));
    }

    #[test]
    fn a_number_expression_gives_what_its_tree_gives(
        formula in formula(),
        digits in (-5000_i64..5000, -20_i64..20, 0_i64..1_000_000),
    ) {
        let row = |name: &str| match name {
            "a" => Decimal::new(digits.0, 2),
            "b" => Decimal::new(digits.1, 0),
            _ => Decimal::new(digits.2, 2),
        };
        let source = formula.to_string();
        let program = match Program::compile(&source, &scope(), ValueType::Number) {
            Ok(program) => program,
            Err(ExpressionError { kind, .. }) => {
                let of_literals = [
                    ExpressionErrorKind::DivisionByZero,
                    ExpressionErrorKind::NumberOutOfRange,
                ];
                prop_assert!(of_literals.contains(&kind), "{source}: {kind}");
                return Ok(());
            }
        };
        match program.evaluate_with(|name| Some(Value::Number(row(name)))) {
            Ok(result) => {
                prop_assert_eq!(Some(result), formula.naive(&row).map(Value::Number), "{}", source);
            }
            Err(EvaluationError::PrecisionLost { .. }) => {}
            Err(EvaluationError::Overflow { .. } | EvaluationError::DivisionByZero { .. }) => {
                prop_assert_eq!(formula.naive(&row), None, "{}", source);
            }
            Err(error) => prop_assert!(false, "{source}: {error}"),
        }
    }

    #[test]
    fn a_true_condition_has_all_its_equalities_hold(condition in condition(), row in row()) {
        let program = match Program::compile(&condition, &scope(), ValueType::Bool) {
            Ok(program) => program,
            Err(error) => {
                prop_assert_eq!(error.kind, ExpressionErrorKind::TooDeep, "{}", condition);
                return Ok(());
            }
        };
        if program.evaluate_with(|name| row.value_of(name)) == Ok(Value::Bool(true)) {
            for Equality { name, any_of } in program.equalities() {
                let value = row.value_of(&name);
                let holds = value.is_some_and(|value| any_of.contains(&value));
                prop_assert!(holds, "{condition}: {name}");
            }
        }
    }

    #[test]
    fn arithmetic_agrees_with_whole_numbers(
        left in -1_000_000_000_000_i64..1_000_000_000_000,
        right in -1_000_000_000_000_i64..1_000_000_000_000,
        scales in (0_u32..7, 0_u32..7),
    ) {
        let value = |digits, scale| Some(Value::Number(Decimal::new(digits, scale)));
        let values = [value(left, scales.0), value(right, scales.1)];
        let result = |source: &str| {
            let program = Program::compile(source, &scope(), ValueType::Number);
            program.expect("the source is right").evaluate(&values)
        };
        let exact = |digits, scale| {
            Ok(Value::Number(Decimal::from_i128_with_scale(digits, scale)))
        };
        let in_millionths = |digits: i64, scale| i128::from(digits) * 10_i128.pow(6 - scale);
        let wide_left = in_millionths(left, scales.0);
        let wide_right = in_millionths(right, scales.1);
        let product = i128::from(left) * i128::from(right);
        prop_assert_eq!(result("a + b"), exact(wide_left + wide_right, 6));
        prop_assert_eq!(result("a - b"), exact(wide_left - wide_right, 6));
        prop_assert_eq!(result("a * b"), exact(product, scales.0 + scales.1));
        if right != 0 {
            prop_assert_eq!(result("a % b"), exact(wide_left % wide_right, 6));
        }
    }
}

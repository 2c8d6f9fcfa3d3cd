//! What is refused when it is written, what fails when it is evaluated, and where both point.

use super::{check_failure, compiled, scope, value_of};
use crate::expression::*;

/// What cannot be read, and where.
const UNREADABLE: &[(&str, &str)] = &[
    ("", "line 1, column 1: the expression is empty"),
    (" \n ", "line 2, column 2: the expression is empty"),
    ("a +", "line 1, column 4: the expression ends too early"),
    ("a ? 1", "line 1, column 6: the expression ends too early"),
    ("a + * 2", "line 1, column 5: unexpected `*`"),
    ("a 5", "line 1, column 3: unexpected `5`"),
    ("(a", "line 1, column 1: this `(` is never closed"),
    ("a +\n [a)", "line 2, column 4: unexpected `)`"),
    (
        "a = 1",
        "line 1, column 3: unexpected `=`; equality is `==`",
    ),
    ("'é' == ü", "line 1, column 8: unexpected character `ü`"),
    ("'abc\n'", "line 1, column 1: this text is never closed"),
    ("'a\\q'", "line 1, column 3: unknown escape in a text"),
    ("'a\\u12'", "line 1, column 3: incomplete escape in a text"),
    (
        "5u",
        "line 1, column 1: a number must stand apart: digits, a point, digits",
    ),
    (
        "a.5",
        "line 1, column 2: a number must stand apart: digits, a point, digits",
    ),
];

/// What can be read but makes no sense in the scope, and where.
const SENSELESS: &[(&str, &str)] = &[
    (
        "city == 'Zürich' ? a : x",
        "line 1, column 24: unknown name `x`",
    ),
    (
        "a\n\n + ab",
        "line 3, column 4: unknown name `ab`, did you mean `a`?",
    ),
    (
        "transacton.amount",
        "line 1, column 1: unknown name `transacton.amount`, did you mean \
             `transaction.amount`?",
    ),
    (
        "amount",
        "line 1, column 1: unknown name `amount`, did you mean `transaction.amount`?",
    ),
    ("has(c) ? 1 : 2", "line 1, column 5: unknown name `c`"),
    (
        "mxa(1, 2)",
        "line 1, column 1: unknown name `mxa`, did you mean `max`?",
    ),
    ("city.length()", "line 1, column 6: unknown name `length`"),
    (
        "a + city",
        "line 1, column 5: a number is needed here, this is a text",
    ),
    (
        "a > 1",
        "line 1, column 1: a number is needed here, this is a bool",
    ),
    (
        "a == '1' ? 1 : 2",
        "line 1, column 6: a number is needed here, this is a text",
    ),
    (
        "open ? 1 : 'x'",
        "line 1, column 12: a number is needed here, this is a text",
    ),
    (
        "a in [1, 'x'] ? 1 : 2",
        "line 1, column 10: a number is needed here, this is a text",
    ),
    ("1 / 0", "line 1, column 5: this divides by zero"),
    ("a % (2 - 2.0)", "line 1, column 6: this divides by zero"),
    ("a / min(0, 3)", "line 1, column 5: this divides by zero"),
    (
        "9999999999999999 * 9999999999999999",
        "line 1, column 1: this number is too large \
          or has too many digits (28 are exact)",
    ),
    (
        "1 + 99999999999999999999999999999",
        "line 1, column 5: this number is too large \
          or has too many digits (28 are exact)",
    ),
    (
        "0.12345678901234567890123456789",
        "line 1, column 1: this number is too large \
          or has too many digits (28 are exact)",
    ),
    (
        "1e29",
        "line 1, column 1: this number is too large or has too many digits (28 are \
          exact)",
    ),
    (
        "round(a, b)",
        "line 1, column 10: digits must be a whole number from 0 to 28",
    ),
    (
        "year(date('2026-02-29'))",
        "line 1, column 11: a date is written as '2026-01-31'",
    ),
    (
        "year(date('2026-2-9'))",
        "line 1, column 11: a date is written as '2026-01-31'",
    ),
    (
        "abs(a, b)",
        "line 1, column 1: this is written `abs(number)`",
    ),
    ("a.abs()", "line 1, column 1: this is written `abs(number)`"),
];

fn check_refusal(source: &str, wanted: ValueType, expected: &str) {
    match Program::compile(source, &scope(), wanted) {
        Ok(_) => panic!("{source:?} was accepted"),
        Err(error) => assert_eq!(error.to_string(), expected, "{source:?}"),
    }
}

#[test]
fn refusals_name_the_place_in_characters() {
    for (source, expected) in UNREADABLE.iter().chain(SENSELESS) {
        check_refusal(source, ValueType::Number, expected);
    }
}

#[test]
fn what_is_left_out_of_cel_is_refused_by_name() {
    let table = [
        ("null == a", 1, "`null` (ask with `has(name)`)"),
        ("{'a': 1}", 1, "a map in braces"),
        ("[1, 2]", 1, "a list that does not follow `in`"),
        (
            "a in b",
            6,
            "anything but a list such as `['a', 'b']` after `in`",
        ),
        ("a in [b]", 7, "anything but literals in a list"),
        ("open < true", 1, "an order of bools"),
        ("b'a' == b'a'", 1, "a text with a prefix"),
        ("'''a''' == 'a'", 1, "a text in three quotes"),
        ("`a` == 1", 1, "a name in back quotes"),
        (".a == 1", 2, "a name that starts with a dot"),
        (
            "transaction[a] == 1",
            12,
            "an index that is not a text literal",
        ),
        (
            "min(a, b).c == 1",
            11,
            "a part of something that is no name",
        ),
        (
            "transaction.?amount == 1",
            12,
            "`?` before a part of a name",
        ),
    ];
    for (source, column, what) in table {
        let error = Program::compile(source, &scope(), ValueType::Bool).expect_err(source);
        let kind = ExpressionErrorKind::NotSupported {
            what: what.to_owned(),
        };
        assert_eq!(
            error,
            ExpressionError {
                line: 1,
                column,
                kind
            },
            "{source}"
        );
    }
}

#[test]
fn failures_quote_the_failing_part() {
    let at = |part: &str| smol_str::SmolStr::from(part);
    let zero = |part: &str| EvaluationError::DivisionByZero { at: at(part) };
    check_failure("1 + (a + 1) / (a - 7) * 2", zero("(a + 1) / (a - 7)"));
    check_failure("a + ((a)) % (a-7)", zero("((a)) % (a-7)"));
    check_failure(
        "-min(a, 2) / round(a - 7, 2)",
        zero("-min(a, 2) / round(a - 7, 2)"),
    );
    check_failure("city == 'Zürich' ? 1 / (a-7) : 2", zero("1 / (a-7)"));
    check_failure(
        "city.size() / (a - size('1234567'))",
        zero("city.size() / (a - size('1234567'))"),
    );
    let large = "a * a * 9999999999999999999999999999";
    check_failure(
        &format!("({large}) + 1"),
        EvaluationError::Overflow { at: at(large) },
    );
    let wrong = compiled("a + 1", ValueType::Number).evaluate(&[Some(Value::Bool(true))]);
    let (expected, found) = (ValueType::Number, ValueType::Bool);
    assert_eq!(
        wrong,
        Err(EvaluationError::WrongType {
            name: "a".into(),
            expected,
            found
        })
    );
    check_failure("b / (a - 7)", EvaluationError::Absent { name: "b".into() });
}

#[test]
fn sources_are_accepted_at_each_limit_and_refused_above() {
    let accepted = |source: &str| match Program::compile(source, &scope(), ValueType::Number) {
        Ok(program) => program.evaluate_with(value_of).is_ok(),
        Err(error) => {
            let too_much = [ExpressionErrorKind::TooLong, ExpressionErrorKind::TooDeep];
            assert!(too_much.contains(&error.kind), "{error}");
            false
        }
    };
    let long = |bytes: usize| format!("{:bytes$}", "a");
    assert!(accepted(&long(SOURCE_BYTES_MAX)) && !accepted(&long(SOURCE_BYTES_MAX + 1)));
    let brackets = |depth: usize| format!("{}a{}", "(".repeat(depth), ")".repeat(depth));
    assert!(accepted(&brackets(DEPTH_MAX - 1)) && !accepted(&brackets(DEPTH_MAX)));
    let calls = |depth: usize| format!("{}a{}", "abs(-".repeat(depth), ")".repeat(depth));
    assert!(accepted(&calls(DEPTH_MAX - 1)) && !accepted(&calls(DEPTH_MAX)));
    let choices = |depth: usize| format!("{}a", "open ? 1 : ".repeat(depth));
    assert!(accepted(&choices(DEPTH_MAX - 1)) && !accepted(&choices(DEPTH_MAX)));
    let sum = |terms: usize| vec!["transaction.amount"; terms].join("+");
    assert!(accepted(&sum(200)) && !accepted(&vec!["a"; CHAIN_MAX + 1].join("+")));
    let many = format!("{} ? 1 : 2", vec!["a == 1"; 400].join("||"));
    assert!(
        accepted(&many),
        "alternatives are not deep, however many there are"
    );
}

#[test]
fn the_deepest_sources_leave_most_of_the_callers_stack_alone() {
    let nested = DEPTH_MAX - 2;
    let deepest = [
        vec!["a"; CHAIN_MAX - 1].join("+"),
        format!("{}a{}", "abs(-".repeat(nested), ")".repeat(nested)),
        format!("{}a{}", "(a*2+".repeat(nested), ")".repeat(nested)),
        format!("{}a", "a/a+a>1?1:".repeat(nested)),
        format!("size(city) in [{}1] ? 1 : 2", "1,".repeat(2000)),
    ];
    let evaluated = move || {
        for source in deepest {
            let program = compiled(&source, ValueType::Number);
            assert!(program.evaluate_with(value_of).is_ok(), "{source}");
        }
    };
    let caller = thread::Builder::new().stack_size(1 << 20).spawn(evaluated);
    let outcome = caller.expect("a thread can be had").join();
    assert!(outcome.is_ok());
}

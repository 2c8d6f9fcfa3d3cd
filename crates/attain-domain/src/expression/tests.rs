//! What expressions promise, in tables; `refusals` are those of what is wrong, and `properties`
//! hold of any expression.

mod properties;
mod refusals;

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::*;

fn scope() -> Scope {
    Scope::new()
        .with("a", ValueType::Number)
        .with("b", ValueType::Number)
        .with("city", ValueType::Text)
        .with("region", ValueType::Text)
        .with("open", ValueType::Bool)
        .with("sold", ValueType::Date)
        .with("transaction.amount", ValueType::Number)
        .with("transaction.attributes.deal size", ValueType::Number)
        .with("transaction.attributes.tier", ValueType::Text)
}

/// `b`, `region` and `transaction.attributes.tier` are absent.
fn value_of(name: &str) -> Option<Value> {
    match name {
        "a" => Some(number("7")),
        "city" => Some(Value::Text("Zürich".into())),
        "open" => Some(Value::Bool(true)),
        "sold" => NaiveDate::from_ymd_opt(2026, 2, 28).map(Value::Date),
        "transaction.amount" => Some(number("1234.56")),
        "transaction.attributes.deal size" => Some(number("3.5")),
        _ => None,
    }
}

fn number(text: &str) -> Value {
    Value::Number(Decimal::from_str_exact(text).expect("the table holds numbers"))
}

fn compiled(source: &str, wanted: ValueType) -> Program {
    Program::compile(source, &scope(), wanted).unwrap_or_else(|error| panic!("{source}: {error}"))
}

fn result(source: &str) -> Decimal {
    match compiled(source, ValueType::Number).evaluate_with(value_of) {
        Ok(Value::Number(number)) => number,
        other => panic!("{source} gave {other:?}"),
    }
}

fn check_number(source: &str, expected: &str) {
    assert_eq!(Value::Number(result(source)), number(expected), "{source}");
}

fn check_condition(source: &str, expected: bool) {
    let result = compiled(source, ValueType::Bool).evaluate_with(value_of);
    assert_eq!(result, Ok(Value::Bool(expected)), "{source}");
}

fn check_failure(source: &str, expected: EvaluationError) {
    let result = compiled(source, ValueType::Number).evaluate_with(value_of);
    assert_eq!(result, Err(expected), "{source}");
}

#[test]
fn numbers_follow_the_rules_of_arithmetic() {
    let table = [
        ("1 + 2 * 3", "7"),
        ("(1 + 2) * 3", "9"),
        ("10 - 4 - 3", "3"),
        ("a -5", "2"),
        ("a - -5", "12"),
        ("--a", "7"),
        ("-a * 2", "-14"),
        ("-(a - 7)", "0"),
        ("7 / 2", "3.5"),
        ("1 / 3", "0.3333333333333333333333333333"),
        ("10000000000 / 3", "3333333333.3333333333333333333"),
        ("a % 4", "3"),
        ("-a % 4", "-3"),
        ("7.5 % 2", "1.5"),
        ("min(a, 3, 5)", "3"),
        ("max(a, 3, 5)", "7"),
        ("abs(-2.5)", "2.5"),
        ("floor(-2.5)", "-3"),
        ("ceil(-2.5)", "-2"),
        ("round(2.5, 0)", "2"),
        ("round(3.5, 0)", "4"),
        ("round(transaction.amount * 0.0525, 2)", "64.81"),
        ("a > 5 ? 1.5 : 2", "1.5"),
        ("a > 9 ? 1 : a > 6 ? 2 : 3", "2"),
        ("city.size()", "6"),
        ("size(city) + 1", "7"),
        (
            "year(sold) * 10000 + month(sold) * 100 + day(sold)",
            "20260228",
        ),
        ("a // the rest ( ' is a comment\n + 1", "8"),
    ];
    table
        .iter()
        .for_each(|(source, expected)| check_number(source, expected));
}

#[test]
fn literals_keep_every_digit_wherever_they_stand() {
    let table = [
        ("0.1 + 0.2", "0.3"),
        ("1.10", "1.10"),
        (".5", "0.5"),
        ("007", "7"),
        ("- 2.50", "-2.50"),
        ("12345678901234567890 + 1", "12345678901234567891"),
        (
            "9999999999999999999999999999",
            "9999999999999999999999999999",
        ),
        (
            "0.9999999999999999999999999999",
            "0.9999999999999999999999999999",
        ),
        (
            "12345678901234567890.12345678",
            "12345678901234567890.12345678",
        ),
        ("1e3", "1000"),
        ("1.5E-3", "0.0015"),
        ("2.5e+1", "25"),
        ("city == 'Zürich' ? 1.05 : 2.10", "1.05"),
        ("city == 'Ж日本🐱' ? 1.05 : 2.10", "2.10"),
        ("// größer als\n city == 'Zürich' ? -0.075 : 2", "-0.075"),
    ];
    for (source, expected) in table {
        assert_eq!(result(source).to_string(), expected, "{source}");
    }
}

#[test]
fn conditions_compare_equal_types() {
    let table = [
        ("a == 7.00", true),
        ("a != 7", false),
        ("a >= 7 && a <= 7 && !(a < 7) && !(a > 7)", true),
        ("'abc' < 'abd'", true),
        (
            "sold > date('2026-02-27') && sold <= date('2026-02-28')",
            true,
        ),
        ("sold == date('2026-02-28')", true),
        ("sold in [date('2026-01-01'), date('2026-02-28')]", true),
        ("a in [1, -7, 7.0]", true),
        ("a in [1, 2,]", false),
        ("a in []", false),
        ("-a in [-7]", true),
        ("open == true && open != false", true),
        ("open in [false]", false),
        (
            "city.startsWith('Zü') && city.endsWith(\"rich\") && city.contains('üri')",
            true,
        ),
        ("'a\\u00e9\\n' == 'aé\\x0a'", true),
        ("!open || !!open", true),
        ("open ? a == 7 : a == 8", true),
        ("a == 7 == open", true),
        ("false && 1 / (a - 7) > 0", false),
        ("true || 1 / (a - 7) > 0", true),
        ("false || open && true", true),
    ];
    table
        .iter()
        .for_each(|(source, expected)| check_condition(source, *expected));
}

#[test]
fn absent_values_equal_nothing_and_are_errors_elsewhere() {
    let table = [
        ("has(a) && !has(b)", true),
        ("has(transaction.attributes['deal size'])", true),
        ("b == 1", false),
        ("1 == b", false),
        ("b != 1", true),
        ("b == b", false),
        ("a != b", true),
        ("(b) in [1, 2]", false),
        ("!(region in ['EU'])", true),
        ("region == 'EU' || a == 7", true),
        ("has(b) && b > 1", false),
        ("!has(b) || b > 1", true),
    ];
    table
        .iter()
        .for_each(|(source, expected)| check_condition(source, *expected));
    let absent = [
        "b > 1",
        "b + 1 == 2",
        "region.startsWith('E')",
        "(open ? b : a) == 1",
    ];
    for source in absent {
        let result = compiled(source, ValueType::Bool).evaluate_with(value_of);
        assert!(
            matches!(result, Err(EvaluationError::Absent { .. })),
            "{source}"
        );
    }
}

#[test]
fn names_are_dotted_and_any_part_can_be_quoted() {
    check_number("transaction.attributes[\"deal size\"] * 2", "7.0");
    check_number("transaction['attributes']['deal size'] * 2", "7.0");
    check_number("transaction . amount", "1234.56");
    let program = compiled(
        "transaction.amount + b > a && city == 'x' && a > b",
        ValueType::Bool,
    );
    assert_eq!(program.names(), ["a", "b", "city", "transaction.amount"]);
    let values = [
        Some(number("2")),
        Some(number("1")),
        Some(Value::Text("x".into())),
    ];
    let absent = EvaluationError::Absent {
        name: "transaction.amount".into(),
    };
    assert_eq!(program.evaluate(&values), Err(absent));
}

#[test]
fn digits_are_kept_or_their_loss_is_an_error() {
    let table = [
        ("a / 3 * 3", "6.9999999999999999999999999999"),
        ("a / 3 * 1000000000000", "2333333333333.3333333333333333"),
        ("transaction.amount * 0.12345678", "152.4148023168"),
        ("12345678901234567890 * (a / 7)", "12345678901234567890"),
        (
            "70000000000000000000000000000 + (a - 7.00)",
            "70000000000000000000000000000",
        ),
        ("100000000000000000000 * a / 8", "87500000000000000000"),
        (
            "12345678901234.5678901 * (a * 1.0000000000001)",
            "86419752308650.61720593086420",
        ),
    ];
    table
        .iter()
        .for_each(|(source, expected)| check_number(source, expected));
    let lost = [
        "12345678901234567890.12 + a / 70000000000000",
        "70000000000000000000000000000 + a / 70",
        "a / 3 * 100000000000000000",
        "a * 100000000000000000000 / 3",
    ];
    for source in lost {
        check_failure(source, EvaluationError::PrecisionLost { at: source.into() });
    }
}

#[test]
fn equalities_are_what_must_hold() {
    let of = |source: &str| compiled(source, ValueType::Bool).equalities();
    let equality = |name: &str, any_of: &[Value]| Equality {
        name: name.into(),
        any_of: any_of.to_vec(),
    };
    let text = |text: &str| Value::Text(text.into());
    assert_eq!(
        of("a == 1 && (region == 'EU' && ('x' == city)) && (b == 1 || b == 2) && a < 3"),
        [
            equality("a", &[number("1")]),
            equality("region", &[text("EU")]),
            equality("city", &[text("x")]),
        ]
    );
    let listed = of("city in ['b', 'a', 'b'] && open == true && sold == date('2026-02-28')");
    assert_eq!(listed[0], equality("city", &[text("a"), text("b")]));
    assert_eq!(listed[1], equality("open", &[Value::Bool(true)]));
    assert_eq!(listed.len(), 3);
    assert_eq!(of("a in []"), [equality("a", &[])]);
    let none = [
        "a == 1 || b == 1",
        "!(a == 1)",
        "a != 1",
        "a == b",
        "a + 1 == 2",
        "1 == 1",
        "open",
    ];
    for source in none {
        assert_eq!(of(source), [], "{source}");
    }
    assert_eq!(
        compiled("a == 1 ? 1 : 2", ValueType::Number).equalities(),
        []
    );
}

#[test]
fn programs_are_equal_when_their_sources_are() {
    let program = compiled("a + 1", ValueType::Number);
    assert_eq!(program, program.clone());
    assert_eq!(program.source(), "a + 1");
    assert_eq!(program.value_type(), ValueType::Number);
    assert_ne!(program, compiled("a + 2", ValueType::Number));
    assert_eq!(format!("{program:?}"), "Program(\"a + 1\")");
}

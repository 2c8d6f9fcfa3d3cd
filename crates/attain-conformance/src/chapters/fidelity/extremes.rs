//! Values that are easy to lose something of.

use std::collections::BTreeMap;

use attain_domain::credit::{LeftBecause, Obsolete};
use attain_domain::expression::Value;
use attain_domain::ids::{ActorId, AttributeName};
use attain_domain::money::{Currency, Money};
use attain_domain::refusal::{Reason, RowError};
use attain_domain::stamp::{Stamp, Version};
use attain_domain::testing::{Name, date, decimal, name};
use attain_domain::time::{Date, DateRange, Instant};
use rust_decimal::Decimal;

/// Counts are as large as a signed integer of 64 bits: what every database has.
pub(crate) const LARGEST: u64 = i64::MAX.unsigned_abs();

/// Names that people may choose: 100 bytes of one and of several bytes a character, what SQL and
/// patterns have a meaning for, and letters beyond the basic plane.
pub(crate) fn names<T: Name>() -> Vec<T> {
    let long = ["x".repeat(100), "é".repeat(50), "𝄞".repeat(25)];
    let short = [
        "O'Brien; DROP TABLE credit --",
        "100% _ ? $1 :a @b",
        "\"quoted\" \\ back",
        "日本語 ЖЁ עברית",
        "A",
        "a",
        "null",
        "0",
        "00",
    ];
    let long = long.iter().map(|text| name(text));
    long.chain(short.into_iter().map(name)).collect()
}

/// Texts without a limit of their own.
pub(crate) fn texts() -> Vec<String> {
    let long = "αβγ ".repeat(5_000);
    let short = [
        "",
        " ",
        "  two spaces at either end  ",
        "lines\nof\r\ntext\tand tabs",
        "it's \"quoted\" \\ and {\"json\": null}",
        "NULL",
        "1.50",
        "𝄞 👩‍👩‍👧 e\u{301} é \u{202e}right to left",
    ];
    short.into_iter().map(str::to_owned).chain([long]).collect()
}

/// Amounts, quantities and percents at the limits of storage.
pub(super) fn numbers() -> Vec<Decimal> {
    let texts = [
        "0",
        "0.00000001",
        "-0.00000001",
        "999999999999999.99999999",
        "-999999999999999.99999999",
        "900719925474099.3",
        "0.1",
        "123456789012345",
        "-1",
        "10000000",
    ];
    texts.map(decimal).to_vec()
}

/// Numbers that were computed: as many digits as a decimal has.
pub(super) fn computed_numbers() -> Vec<Decimal> {
    let mut all = numbers();
    all.extend([
        decimal("0.3333333333333333333333333333"),
        decimal("-66666666666666.66666666666666"),
        Decimal::MAX,
        Decimal::MIN,
    ]);
    all
}

pub(super) fn currencies() -> Vec<Currency> {
    let codes = ["USD", "EUR", "JPY", "KWD", "CLF"];
    codes.map(|code| Currency::parse(code).unwrap()).to_vec()
}

/// Every number, in one currency or another.
pub(super) fn amounts() -> Vec<Money> {
    let currencies = currencies().into_iter().cycle();
    let amounts = numbers().into_iter().zip(currencies);
    amounts
        .map(|(amount, currency)| Money::new(amount, currency))
        .collect()
}

pub(super) fn dates() -> Vec<Date> {
    [
        "0001-01-01",
        "1969-12-31",
        "2024-02-29",
        "2026-01-15",
        "9999-12-31",
    ]
    .map(date)
    .to_vec()
}

/// To the microsecond: the limits of four-digit years, around 1970, and a moment of today.
pub(crate) fn instants() -> Vec<Instant> {
    let micros = [
        -62_135_596_800_000_000,
        -1,
        0,
        1,
        1_767_225_600_123_456,
        253_402_300_799_999_999,
    ];
    micros
        .map(|micros| Instant::from_micros(micros).unwrap())
        .to_vec()
}

pub(super) fn ranges() -> Vec<DateRange> {
    let (first, last) = (date("0001-01-01"), date("9999-12-31"));
    vec![
        DateRange::ALWAYS,
        DateRange::between(first, last),
        DateRange {
            from: Some(last),
            to: None,
        },
        DateRange {
            from: None,
            to: Some(first),
        },
    ]
}

/// A value of every type, and texts that look like another one.
pub(super) fn attributes() -> BTreeMap<AttributeName, Value> {
    let mut values: Vec<Value> = numbers().into_iter().map(Value::Number).collect();
    values.extend(dates().into_iter().map(Value::Date));
    values.extend([Value::Bool(true), Value::Bool(false)]);
    values.extend(texts().iter().map(|text| Value::Text(text.into())));
    let look_alikes = ["true", "12.50", "2026-01-31", "null", "0"];
    values.extend(look_alikes.map(|text| Value::Text(text.into())));
    let numbered = values.into_iter().enumerate();
    let mut attributes: BTreeMap<_, _> = numbered
        .map(|(number, value)| (name(&format!("attribute {number}")), value))
        .collect();
    for each in names() {
        attributes.insert(each, Value::Bool(true));
    }
    attributes
}

pub(super) fn row_errors() -> Vec<RowError> {
    let all = Reason::ALL.iter().zip(texts().into_iter().cycle());
    all.map(|(reason, text)| RowError::new(*reason, text))
        .collect()
}

pub(super) fn stamps() -> Vec<Stamp> {
    let instants = instants();
    let reversed = instants.iter().rev();
    let versions = [1, 2, 255, 65_536, u32::MAX - 1, u32::MAX];
    let actors = names().into_iter();
    let parts = versions
        .into_iter()
        .zip(instants.iter().zip(reversed))
        .zip(actors);
    let stamp = |((version, (created, updated)), actor): ((u32, (&Instant, &Instant)), _)| Stamp {
        version: Version(version),
        created_at: *created,
        updated_at: *updated,
        actor,
    };
    parts.map(stamp).collect()
}

pub(super) const LEFT_BECAUSE: [LeftBecause; 6] = [
    LeftBecause::Adjusted,
    LeftBecause::Recredited,
    LeftBecause::Cancelled,
    LeftBecause::Recalculated,
    LeftBecause::CalculationDeleted,
    LeftBecause::PlanDeleted,
];

pub(super) fn obsolete_marks() -> Vec<Obsolete> {
    let reasons = texts().into_iter().map(Some).chain([None]);
    let causes = LEFT_BECAUSE.into_iter().cycle();
    let parts = reasons.zip(causes).zip(circumstances());
    let mark = |((reason, because), (at, actor))| Obsolete {
        at,
        actor,
        because,
        reason,
    };
    parts.map(mark).collect()
}

/// When and by whom: as many as are asked for.
pub(super) fn circumstances() -> impl Iterator<Item = (Instant, ActorId)> {
    let instants = instants().into_iter().cycle();
    instants.zip(names().into_iter().cycle())
}

/// Gives numbers to records, so that each variation is a record of its own.
pub(crate) struct Numbered<T> {
    make: fn(u64) -> T,
    pub(crate) rows: Vec<T>,
}

impl<T> Numbered<T> {
    pub(crate) fn new(make: fn(u64) -> T) -> Self {
        let rows = Vec::new();
        Self { make, rows }
    }

    /// A record for each value, that differs from a plain one by it.
    pub(crate) fn vary<V>(
        mut self,
        values: impl IntoIterator<Item = V>,
        change: impl Fn(&mut T, V),
    ) -> Self {
        for value in values {
            let number = u64::try_from(self.rows.len() + 1).unwrap();
            let mut row = (self.make)(number);
            change(&mut row, value);
            self.rows.push(row);
        }
        self
    }
}

//! Texts of scenario files as the domain has them: dates, processes, rows of imports.

use attain_documents::table::{Header, ImportRow};
use attain_domain::ids::{IdError, SourceNumber, TransactionType};
use attain_domain::money::parse_number;
use attain_domain::refusal::{Reason, Refusal};
use attain_domain::run::Process;
use attain_domain::time::{Date, DateRange, Instant};
use attain_domain::transaction::TransactionKey;
use chrono::DateTime;
use rust_decimal::Decimal;

/// What a text is refused with that is no name or id.
pub(crate) fn malformed(field: &'static str) -> impl Fn(IdError) -> Refusal {
    move |error| Refusal::new(Reason::MalformedValue, error.to_string()).at(field)
}

/// What a text is refused with that says nothing.
pub(crate) fn wrong(field: &str, text: impl Into<String>) -> Refusal {
    Refusal::new(Reason::MalformedValue, text).at(field)
}

pub(crate) fn date(field: &'static str, text: &str) -> Result<Date, Refusal> {
    Date::parse_from_str(text, "%Y-%m-%d")
        .map_err(|_| wrong(field, format!("`{text}` is not a date")))
}

/// A moment, as RFC 3339 writes it.
pub(crate) fn moment(text: &str) -> Result<Instant, Refusal> {
    let at = DateTime::parse_from_rfc3339(text);
    let at = at.map_err(|_| wrong("moment", format!("`{text}` is no moment")))?;
    Ok(Instant::new(at.to_utc()))
}

/// From a first date to a last one, inclusive; all dates where none are given.
pub(crate) fn dates(dates: Option<(&str, &str)>) -> Result<DateRange, Refusal> {
    let Some((from, through)) = dates else {
        return Ok(DateRange::ALWAYS);
    };
    Ok(DateRange {
        from: Some(date("from", from)?),
        to: date("through", through)?.succ_opt(),
    })
}

/// A plain number; a `%` behind it says nothing more.
pub(crate) fn number(field: &'static str, text: &str) -> Result<Decimal, Refusal> {
    let plain = text.strip_suffix('%').unwrap_or(text);
    parse_number(plain).map_err(|error| wrong(field, format!("`{text}`: {error}")))
}

/// The natural key of a transaction, written as type and number: `ORDER B1`.
pub(crate) fn key(text: &str) -> Result<TransactionKey, Refusal> {
    let (kind, number) = text.split_once(' ').ok_or_else(|| {
        let text = format!("`{text}` is no type and number of a transaction, such as ORDER B1");
        wrong("transaction", text)
    })?;
    Ok(TransactionKey {
        number: SourceNumber::parse(number).map_err(malformed("transaction"))?,
        kind: TransactionType::parse(kind).map_err(malformed("transaction"))?,
    })
}

/// The process that a scenario names.
pub(crate) fn process(name: &str) -> Result<Process, Refusal> {
    match name {
        "all" => Ok(Process::RunAll),
        "revert" => Ok(Process::Revert),
        "classify" => Ok(Process::Classify),
        "credit" => Ok(Process::Credit),
        "roll_up" => Ok(Process::RollUp),
        "calculate" => Ok(Process::Calculate),
        other => Err(wrong("process", format!("there is no process `{other}`"))),
    }
}

/// CSV rows with their lines.
pub(crate) fn rows<R: ImportRow>(csv: &str) -> Result<Vec<(u64, R)>, Refusal> {
    let wrong = |error: csv::Error| Refusal::new(Reason::MalformedFile, error.to_string());
    let mut reader = csv::ReaderBuilder::new()
        .flexible(true)
        .from_reader(csv.as_bytes());
    let header = Header::parse::<R>(reader.headers().map_err(wrong)?.iter())?;
    let mut rows = Vec::new();
    for (index, record) in reader.records().enumerate() {
        let row = header.row(record.map_err(wrong)?.iter())?;
        rows.push((index as u64 + 2, row));
    }
    Ok(rows)
}

//! Rows of a file, one by one, good and bad: CSV by its header, or NDJSON.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use anyhow::Context;
use attain_app::RejectedRow;
use attain_documents::table::{Header, ImportRow, from_json};
use attain_domain::refusal::{Reason, Refusal};

use crate::args::{ImportFile, RowFormat};
use crate::failure::Failure;
use crate::lines::Bounded;

/// Opens a file of rows, or standard input; its length is known of files.
pub(crate) fn open(path: &Path) -> Result<(Box<dyn Read + Send>, u64), Failure> {
    if path.as_os_str() == "-" {
        return Ok((Box::new(std::io::stdin()), 0));
    }
    let file = File::open(path).with_context(|| format!("reading {}", path.display()))?;
    let bytes = file.metadata()?.len();
    Ok((Box::new(file), bytes))
}

/// How a file of rows is written.
pub(crate) fn format(file: &ImportFile) -> RowFormat {
    let end = file.file.extension().and_then(|end| end.to_str());
    file.format.unwrap_or(match end {
        Some("ndjson" | "jsonl") => RowFormat::Ndjson,
        _ => RowFormat::Csv,
    })
}

/// What comes next in a file.
pub(crate) enum Next<R> {
    Row(u64, R),
    Rejected(RejectedRow),
    /// The rest of the file cannot be read.
    Broken(Refusal),
    End,
}

/// The rows of a file, good and bad.
pub(crate) enum Rows<R> {
    Csv {
        reader: Box<csv::Reader<Bounded<Box<dyn Read + Send>>>>,
        header: Header,
    },
    Ndjson {
        reader: BufReader<Bounded<Box<dyn Read + Send>>>,
        line: u64,
        row: std::marker::PhantomData<R>,
    },
}

impl<R: ImportRow> Rows<R> {
    pub(crate) fn new(
        input: Bounded<Box<dyn Read + Send>>,
        format: RowFormat,
    ) -> Result<Self, Failure> {
        match format {
            RowFormat::Ndjson => {
                let (reader, row) = (BufReader::new(input), std::marker::PhantomData);
                Ok(Self::Ndjson {
                    reader,
                    line: 0,
                    row,
                })
            }
            RowFormat::Csv => {
                let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(input);
                let names = reader.headers().map_err(|error| unread(1, &error))?;
                let header = Header::parse::<R>(names.iter())?;
                Ok(Self::Csv {
                    reader: Box::new(reader),
                    header,
                })
            }
        }
    }

    pub(crate) fn next(&mut self) -> Next<R> {
        match self {
            Self::Csv { reader, header } => next_record(reader, header),
            Self::Ndjson { reader, line, .. } => next_line(reader, line),
        }
    }
}

fn rejected<R>(position: u64, refusal: Refusal) -> Next<R> {
    Next::Rejected(RejectedRow { position, refusal })
}

fn broken(line: u64, text: &str) -> Refusal {
    Refusal::new(Reason::MalformedFile, format!("line {line}: {text}")).with("line", line)
}

/// The reader gave up on a record that is too long, or the machine gave up on the file.
fn unreadable(line: u64, error: &std::io::Error) -> Refusal {
    let refusal = broken(line, &error.to_string());
    if error.kind() == std::io::ErrorKind::InvalidData {
        return Refusal {
            reason: Reason::LineTooLong,
            ..refusal
        };
    }
    refusal
}

/// Whether the file ended inside a quote: the quote took what follows it for one cell, the end of
/// its line and further rows included.
fn ends_in_a_quote(record: &csv::StringRecord, end: Option<u8>) -> bool {
    let last = record.iter().next_back().unwrap_or_default();
    match end {
        None => false,
        Some(b'\n' | b'\r') => true,
        Some(end) => end != b'"' && last.contains('\n'),
    }
}

fn next_record<R: ImportRow>(
    reader: &mut csv::Reader<Bounded<Box<dyn Read + Send>>>,
    header: &Header,
) -> Next<R> {
    let mut record = csv::StringRecord::new();
    let line = reader.position().line();
    match reader.read_record(&mut record) {
        Ok(false) => Next::End,
        Ok(true) => {
            let line = record.position().map_or(line, csv::Position::line);
            if ends_in_a_quote(&record, reader.get_ref().progress().end()) {
                return Next::Broken(broken(line, "a quote is opened and never closed"));
            }
            match header.row(record.iter()) {
                Ok(row) => Next::Row(line, row),
                Err(refusal) => rejected(line, refusal),
            }
        }
        Err(error) => {
            if let csv::ErrorKind::Utf8 { pos, err } = error.kind() {
                let line = pos.as_ref().map_or(line, csv::Position::line);
                let (cell, byte) = (err.field() + 1, err.valid_up_to());
                let text = format!("cell {cell} is not UTF-8 after its byte {byte}");
                return rejected(line, Refusal::new(Reason::MalformedFile, text));
            }
            Next::Broken(unread(line, &error))
        }
    }
}

/// Why the rest of a CSV file cannot be read.
fn unread(line: u64, error: &csv::Error) -> Refusal {
    if let csv::ErrorKind::Io(error) = error.kind() {
        return unreadable(line, error);
    }
    broken(line, &error.to_string())
}

fn next_line<R: ImportRow>(
    reader: &mut BufReader<Bounded<Box<dyn Read + Send>>>,
    line: &mut u64,
) -> Next<R> {
    loop {
        let mut bytes = Vec::new();
        *line += 1;
        match reader.read_until(b'\n', &mut bytes) {
            Ok(0) => return Next::End,
            Ok(_) => {}
            Err(error) => return Next::Broken(unreadable(*line, &error)),
        }
        let Ok(text) = std::str::from_utf8(&bytes) else {
            return rejected(*line, Refusal::new(Reason::MalformedFile, "is not UTF-8"));
        };
        if text.trim().is_empty() {
            continue;
        }
        return match from_json(text.trim()) {
            Ok(row) => Next::Row(*line, row),
            Err(refusal) => rejected(*line, refusal),
        };
    }
}

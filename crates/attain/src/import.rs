//! `attain import`: streams a file of rows into the store, chunk by chunk.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow};
use attain_app::{ImportReport, ImportedRow, RejectedRow};
use attain_documents::table::{Header, ImportRow, from_json};
use attain_domain::collecting::{RawCredit, RawTransaction};
use attain_domain::refusal::{Reason, Refusal};
use indicatif::{ProgressBar, ProgressStyle};

use crate::args::{Global, Import, ImportFile, Output, RowFormat};
use crate::failure::Failure;
use crate::lines::{Bounded, Progress};
use crate::output::Listing;
use crate::session::Session;

/// Imports a file. Rows that are rejected go to a file of their own.
pub(crate) async fn import(
    session: &Session,
    global: &Global,
    import: &Import,
) -> Result<(), Failure> {
    let (file, counts) = match import {
        Import::Transactions(file) => (file, transactions(session, file).await?),
        Import::Credits(file) => (file, credits(session, file).await?),
    };
    print_report(&counts, global.output)?;
    if counts.report.counts.rejected > 0 {
        let path = rejected_path(file);
        eprintln!(
            "{} rows were rejected: see {}",
            counts.report.counts.rejected,
            path.display()
        );
        return Err(Failure::RowsInError);
    }
    Ok(())
}

/// What an import came to; the rejected rows are in their file already.
pub(crate) struct Imported {
    pub(crate) report: ImportReport,
    pub(crate) reasons: std::collections::BTreeMap<Reason, u64>,
}

/// Imports transactions.
pub(crate) async fn transactions(
    session: &Session,
    file: &ImportFile,
) -> Result<Imported, Failure> {
    stream::<RawTransaction>(session, file).await
}

async fn credits(session: &Session, file: &ImportFile) -> Result<Imported, Failure> {
    stream::<RawCredit>(session, file).await
}

fn rejected_path(file: &ImportFile) -> PathBuf {
    file.rejected.clone().unwrap_or_else(|| {
        let mut name = file.file.clone().into_os_string();
        name.push(".rejected.csv");
        PathBuf::from(name)
    })
}

/// Where rejected rows are written; made when the first one comes.
struct Rejects {
    path: PathBuf,
    writer: Option<csv::Writer<File>>,
    reasons: std::collections::BTreeMap<Reason, u64>,
}

impl Rejects {
    fn new(path: PathBuf) -> Result<Self, Failure> {
        // One that an earlier import left would be mistaken for this one's.
        if let Err(error) = std::fs::remove_file(&path)
            && error.kind() != std::io::ErrorKind::NotFound
        {
            return Err(error.into());
        }
        Ok(Self {
            path,
            writer: None,
            reasons: Default::default(),
        })
    }

    fn write(&mut self, rejected: &[RejectedRow]) -> Result<(), Failure> {
        for RejectedRow { position, refusal } in rejected {
            *self.reasons.entry(refusal.reason).or_default() += 1;
            let line = position.to_string();
            let field = refusal.field.as_deref().unwrap_or_default();
            let record = [
                line.as_str(),
                field,
                refusal.reason.code(),
                refusal.text.as_str(),
            ];
            self.open()?
                .write_record(record)
                .map_err(anyhow::Error::from)?;
        }
        Ok(())
    }

    fn open(&mut self) -> Result<&mut csv::Writer<File>, Failure> {
        if self.writer.is_none() {
            let mut writer = csv::Writer::from_path(&self.path)
                .with_context(|| format!("writing {}", self.path.display()))?;
            let header = ["line", "field", "reason", "text"];
            writer.write_record(header).map_err(anyhow::Error::from)?;
            self.writer = Some(writer);
        }
        self.writer
            .as_mut()
            .ok_or_else(|| Failure::Other(anyhow!("no file of rejected rows")))
    }

    fn end(mut self) -> Result<std::collections::BTreeMap<Reason, u64>, Failure> {
        if let Some(writer) = &mut self.writer {
            writer.flush()?;
        }
        Ok(self.reasons)
    }
}

async fn stream<R: ImportRow + ImportedRow>(
    session: &Session,
    file: &ImportFile,
) -> Result<Imported, Failure> {
    let progress = Progress::default();
    let (reader, bytes) = open(&file.file)?;
    let bar = bar(bytes);
    let mut rows = Rows::<R>::new(Bounded::new(reader, progress.clone()), format(file))?;
    let mut rejects = Rejects::new(rejected_path(file))?;
    let mut report = ImportReport::default();
    let chunk_rows = session.engine.import_chunk_rows();
    let mut import = session.engine.import_stream(&session.caller);
    let mut stopped = None;
    while stopped.is_none() {
        let (mut chunk, mut malformed) = (Vec::with_capacity(chunk_rows), Vec::new());
        while chunk.len() + malformed.len() < chunk_rows {
            match rows.next() {
                Next::Row(line, row) => chunk.push((line, row)),
                Next::Rejected(rejected) => malformed.push(rejected),
                Next::End => {
                    stopped = Some(Ok(()));
                    break;
                }
                Next::Broken(refusal) => {
                    stopped = Some(Err(refusal));
                    break;
                }
            }
            progress.record_is_whole();
        }
        if let Some(part) = import.send(chunk, malformed).await? {
            take(part, &mut report, &mut rejects)?;
        }
        bar.set_position(progress.bytes());
    }
    take(import.finish().await?, &mut report, &mut rejects)?;
    bar.finish_and_clear();
    let reasons = rejects.end()?;
    if let Some(Err(refusal)) = stopped {
        eprintln!(
            "{} rows before it were read, and are stored or rejected",
            report.counts.read
        );
        return Err(refusal.into());
    }
    Ok(Imported { report, reasons })
}

fn take(
    mut part: ImportReport,
    report: &mut ImportReport,
    rejects: &mut Rejects,
) -> Result<(), Failure> {
    rejects.write(&std::mem::take(&mut part.rejected))?;
    report.add(part);
    Ok(())
}

fn open(path: &Path) -> Result<(Box<dyn Read + Send>, u64), Failure> {
    if path.as_os_str() == "-" {
        return Ok((Box::new(std::io::stdin()), 0));
    }
    let file = File::open(path).with_context(|| format!("reading {}", path.display()))?;
    let bytes = file.metadata()?.len();
    Ok((Box::new(file), bytes))
}

fn bar(bytes: u64) -> ProgressBar {
    let style = ProgressStyle::with_template("{wide_bar} {bytes}/{total_bytes} {elapsed}")
        .unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::new(bytes).with_style(style)
}

fn format(file: &ImportFile) -> RowFormat {
    let end = file.file.extension().and_then(|end| end.to_str());
    file.format.unwrap_or(match end {
        Some("ndjson" | "jsonl") => RowFormat::Ndjson,
        _ => RowFormat::Csv,
    })
}

/// What comes next in a file.
enum Next<R> {
    Row(u64, R),
    Rejected(RejectedRow),
    /// The rest of the file cannot be read.
    Broken(Refusal),
    End,
}

/// The rows of a file, good and bad.
enum Rows<R> {
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
    fn new(input: Bounded<Box<dyn Read + Send>>, format: RowFormat) -> Result<Self, Failure> {
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

    fn next(&mut self) -> Next<R> {
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

/// Prints the counts.
pub(crate) fn print_report(imported: &Imported, output: Output) -> Result<(), Failure> {
    let counts = &imported.report.counts;
    let mut listing = Listing::new(&["count", "rows"]);
    let totals = [
        ("read", counts.read),
        ("stored", counts.stored),
        ("unchanged", counts.unchanged),
        ("superseded", counts.superseded),
        ("rejected", counts.rejected),
    ];
    for (name, count) in totals {
        listing.row([name.to_owned(), count.to_string()]);
    }
    for (reason, count) in &imported.reasons {
        listing.row([format!("rejected {reason}"), count.to_string()]);
    }
    listing.print(output)?;
    Ok(())
}

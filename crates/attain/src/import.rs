//! `attain import`: streams a file of rows into the store, chunk by chunk.

use attain_app::{ImportReport, ImportedRow};
use attain_documents::table::ImportRow;
use attain_domain::collecting::{RawCredit, RawTransaction};
use attain_domain::refusal::Reason;
use indicatif::{ProgressBar, ProgressStyle};

use crate::args::{Global, Import, ImportFile, Output};
use crate::failure::Failure;
use crate::lines::{Bounded, Progress};
use crate::output::Listing;
use crate::rejects::{Rejects, rejected_path};
use crate::rows::{Next, Rows, format, open};
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

fn bar(bytes: u64) -> ProgressBar {
    let style = ProgressStyle::with_template("{wide_bar} {bytes}/{total_bytes} {elapsed}")
        .unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::new(bytes).with_style(style)
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

//! Many adjustments from a file, in one request: what is about one transaction has to be together.

use attain_app::{ADJUSTMENTS_MAX, RejectedRow};
use attain_domain::adjusting::Adjustment;
use attain_domain::refusal::{Reason, Refusal};

use super::desk::Desk;
use super::preview;
use super::words::Words;
use crate::args::{AdjustFile, Global, Output};
use crate::failure::Failure;
use crate::lines::{Bounded, Progress};
use crate::output::Listing;
use crate::rejects::{Rejects, rejected_path};
use crate::rows::{Next, Rows, format, open};
use crate::session::Session;

/// The rows of a file.
#[derive(Default)]
struct Sheet {
    /// With their lines.
    adjustments: Vec<(u64, Adjustment)>,
    rejected: Vec<RejectedRow>,
}

/// What became of the rows.
#[derive(Default)]
struct Counts {
    read: usize,
    adjusted: u64,
    unchanged: u64,
    rejected: usize,
    credits_obsolete: usize,
    credits_made: usize,
    transactions_made: u64,
}

/// Carries out the rows of a file. Those that are rejected go to a file of their own.
pub(super) async fn adjust_file(
    session: &Session,
    global: &Global,
    file: &AdjustFile,
) -> Result<(), Failure> {
    let mut rejects = Rejects::new(rejected_path(&file.rows))?;
    let Sheet {
        adjustments,
        mut rejected,
    } = read(session, file).await?;
    let (lines, adjustments): (Vec<u64>, Vec<Adjustment>) = adjustments.into_iter().unzip();
    let reason = &file.deed.reason;
    if file.deed.dry_run {
        for row in &rejected {
            eprintln!(
                "line {}: {} [{}]",
                row.position, row.refusal, row.refusal.reason
            );
        }
        preview(session, &adjustments, reason, global.output).await?;
        return if rejected.is_empty() {
            Ok(())
        } else {
            Err(Failure::RowsInError)
        };
    }
    let (engine, caller) = (&session.engine, &session.caller);
    let report = engine.adjust(caller, &adjustments, reason).await?;
    let mut counts = Counts {
        read: lines.len() + rejected.len(),
        ..Counts::default()
    };
    for (position, outcome) in lines.into_iter().zip(report.outcomes) {
        match outcome {
            Ok(done) => {
                counts.adjusted += u64::from(done.changed);
                counts.unchanged += u64::from(!done.changed);
                counts.credits_obsolete += done.obsolete.len();
                counts.credits_made += done.made.len();
                counts.transactions_made += u64::from(done.transaction.is_some());
            }
            Err(refusal) => rejected.push(RejectedRow { position, refusal }),
        }
    }
    rejected.sort_by_key(|row| row.position);
    counts.rejected = rejected.len();
    rejects.write(&rejected)?;
    let reasons = rejects.end()?;
    let reasons: Vec<(Reason, u64)> = reasons.into_iter().collect();
    print(&counts, &reasons, global.output)?;
    if rejected.is_empty() {
        return Ok(());
    }
    let path = rejected_path(&file.rows);
    eprintln!(
        "{} rows were rejected: see {}",
        rejected.len(),
        path.display()
    );
    Err(Failure::RowsInError)
}

/// Reads all rows: they are one request. What is in it can only be told once it is whole.
async fn read(session: &Session, file: &AdjustFile) -> Result<Sheet, Failure> {
    let mut sheet = Sheet::default();
    let rows = texts(file, &mut sheet.rejected)?;
    let desk = Desk::open(session, rows.iter().map(|(_, words)| words)).await?;
    for (position, words) in rows {
        match desk.adjustment(&words) {
            Ok(adjustment) => sheet.adjustments.push((position, adjustment)),
            Err(refusal) => sheet.rejected.push(RejectedRow { position, refusal }),
        }
    }
    sheet.rejected.sort_by_key(|row| row.position);
    Ok(sheet)
}

/// The rows as texts, with their lines.
fn texts(file: &AdjustFile, rejected: &mut Vec<RejectedRow>) -> Result<Vec<(u64, Words)>, Failure> {
    let progress = Progress::default();
    let (reader, _) = open(&file.rows.file)?;
    let bounded = Bounded::new(reader, progress.clone());
    let mut rows = Rows::<Words>::new(bounded, format(&file.rows))?;
    let mut read = Vec::new();
    loop {
        match rows.next() {
            Next::Row(position, words) => read.push((position, words)),
            Next::Rejected(row) => rejected.push(row),
            Next::End => return Ok(read),
            Next::Broken(refusal) => return Err(refusal.into()),
        }
        if read.len() + rejected.len() > ADJUSTMENTS_MAX {
            let text = format!("more than {ADJUSTMENTS_MAX} rows in one file: cut it");
            return Err(Refusal::new(Reason::TooMany, text).into());
        }
        progress.record_is_whole();
    }
}

fn print(counts: &Counts, reasons: &[(Reason, u64)], output: Output) -> Result<(), Failure> {
    let mut listing = Listing::new(&["count", "rows"]);
    let totals = [
        ("read", counts.read.to_string()),
        ("adjusted", counts.adjusted.to_string()),
        ("unchanged", counts.unchanged.to_string()),
        ("rejected", counts.rejected.to_string()),
    ];
    for (name, count) in totals {
        listing.row([name.to_owned(), count]);
    }
    for (reason, count) in reasons {
        listing.row([format!("rejected {reason}"), count.to_string()]);
    }
    let made = [
        ("credits_obsolete", counts.credits_obsolete.to_string()),
        ("credits_made", counts.credits_made.to_string()),
        ("transactions_made", counts.transactions_made.to_string()),
    ];
    for (name, count) in made {
        listing.row([name.to_owned(), count]);
    }
    listing.print(output)?;
    Ok(())
}

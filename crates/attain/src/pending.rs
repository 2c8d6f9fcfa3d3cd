//! `attain pending`: what is obsolete and waits for Revert.

use attain_app::PendingRow;
use attain_domain::credit::Obsolete;
use attain_domain::transaction::Transaction;

use crate::args::{Global, ListDates};
use crate::failure::Failure;
use crate::history::amount_text;
use crate::output::Listing;
use crate::session::{Session, dates};

/// Lists the first rows; how many there are is said beside them.
pub(crate) async fn pending(
    session: &Session,
    global: &Global,
    of: &ListDates,
) -> Result<(), Failure> {
    let range = dates(session, &of.dates).await?;
    let report = session.engine.pending(&session.caller, range).await?;
    let mut listing = Listing::new(&[
        "record",
        "id",
        "of",
        "participant",
        "date",
        "amount",
        "since",
        "by",
        "because",
        "reason",
    ]);
    for row in &report.first {
        listing.row(match row {
            PendingRow::Transaction(row) => of_transaction(row),
            PendingRow::Credit(row) => {
                let [since, by, because, reason] = mark(row.obsolete.as_ref());
                [
                    "credit".to_owned(),
                    row.id.to_string(),
                    row.key.to_string(),
                    row.participant.to_string(),
                    row.credit_date.to_string(),
                    row.amount.to_string(),
                    since,
                    by,
                    because,
                    reason,
                ]
            }
            PendingRow::Earning(row) => {
                let [since, by, because, reason] = mark(row.obsolete.as_ref());
                [
                    "earning".to_owned(),
                    row.id.to_string(),
                    format!(
                        "{}/{} {}",
                        row.key.plan, row.key.component, row.key.interval
                    ),
                    row.key.participant.to_string(),
                    row.date.to_string(),
                    amount_text(&row.outcome),
                    since,
                    by,
                    because,
                    reason,
                ]
            }
        });
    }
    listing.print(global.output)?;
    let counts = report.counts;
    match counts.first.zip(counts.last) {
        None => eprintln!("nothing waits for Revert"),
        Some((first, last)) => eprintln!(
            "{} credits, {} transactions and {} earnings wait for Revert, {first} to {last}",
            counts.credits, counts.transactions, counts.earnings
        ),
    }
    Ok(())
}

/// A transaction has no mark: it was replaced when it was written last.
fn of_transaction(row: &Transaction) -> [String; 10] {
    [
        "transaction".to_owned(),
        row.id.to_string(),
        row.key.to_string(),
        String::new(),
        row.event_date.to_string(),
        row.amount.to_string(),
        row.stamp.updated_at.to_string(),
        row.stamp.actor.to_string(),
        String::new(),
        String::new(),
    ]
}

fn mark(mark: Option<&Obsolete>) -> [String; 4] {
    mark.map_or_else(Default::default, |mark| {
        [
            mark.at.to_string(),
            mark.actor.to_string(),
            format!("{:?}", mark.because),
            mark.reason.clone().unwrap_or_default(),
        ]
    })
}

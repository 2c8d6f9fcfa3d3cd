//! Many rewards from a file, some thousand in one request. The same file again assigns nothing
//! twice: the ids of the requests follow from its rows.

use std::collections::BTreeMap;

use attain_app::{Caller, RejectedRow, SystemClock};
use attain_domain::ids::RequestId;
use attain_domain::money::Currency;
use attain_domain::ports::Clock;
use attain_domain::refusal::Reason;
use attain_domain::reward::RewardKind;
use attain_domain::rewarding::NewReward;
use attain_domain::time::Instant;
use sha2::{Digest, Sha256};

use super::currency;
use super::words::RewardWords;
use crate::args::{Global, ImportFile, Output};
use crate::failure::Failure;
use crate::lines::{Bounded, Progress};
use crate::output::Listing;
use crate::rejects::{Rejects, rejected_path};
use crate::rows::{Next, Rows, format, open};
use crate::session::{Session, argument};

/// Rows of one request: half of what a request may have, so that the guards of one commit stay few.
const REQUEST_ROWS: usize = 5_000;

/// What became of the rows so far.
#[derive(Default)]
struct Counts {
    read: u64,
    assigned: u64,
    /// Assigned by an earlier import of the same rows.
    before: u64,
    rejected: u64,
}

/// The rows of one request.
#[derive(Default)]
struct Chunk {
    /// With their lines.
    new: Vec<(u64, NewReward)>,
    rejected: Vec<RejectedRow>,
}

impl Chunk {
    fn len(&self) -> usize {
        self.new.len() + self.rejected.len()
    }
}

/// Where the rows go.
struct Desk<'a> {
    session: &'a Session,
    /// Rewards that are older were there before.
    begun: Instant,
    currency: Currency,
    counts: Counts,
    rejects: Rejects,
    /// How many requests were made.
    requests: u64,
}

/// Imports a file. Rows that are rejected go to a file of their own.
pub(super) async fn import(
    session: &Session,
    global: &Global,
    file: &ImportFile,
) -> Result<(), Failure> {
    let progress = Progress::default();
    let (reader, _) = open(&file.file)?;
    let mut rows = Rows::<RewardWords>::new(Bounded::new(reader, progress.clone()), format(file))?;
    let mut desk = Desk {
        session,
        begun: SystemClock.now(),
        currency: currency(session).await?,
        counts: Counts::default(),
        rejects: Rejects::new(rejected_path(file))?,
        requests: 0,
    };
    let mut stopped = None;
    while stopped.is_none() {
        let mut chunk = Chunk::default();
        while chunk.len() < REQUEST_ROWS {
            match rows.next() {
                Next::Row(line, words) => desk.read(line, &words, &mut chunk),
                Next::Rejected(row) => chunk.rejected.push(row),
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
        desk.assign(chunk).await?;
    }
    let Desk {
        counts, rejects, ..
    } = desk;
    let reasons = rejects.end()?;
    if let Some(Err(refusal)) = stopped {
        let read = counts.read;
        eprintln!("{read} rows before it were read, and are assigned or rejected");
        return Err(refusal.into());
    }
    print(&counts, &reasons, global.output)?;
    if counts.rejected == 0 {
        return Ok(());
    }
    let path = rejected_path(file);
    eprintln!(
        "{} rows were rejected: see {}",
        counts.rejected,
        path.display()
    );
    Err(Failure::RowsInError)
}

impl Desk<'_> {
    fn read(&self, line: u64, words: &RewardWords, chunk: &mut Chunk) {
        match words.reward(self.currency) {
            Ok(new) => chunk.new.push((line, new)),
            Err(refusal) => chunk.rejected.push(RejectedRow {
                position: line,
                refusal,
            }),
        }
    }

    /// One request. A repeat of it is answered as the first was.
    async fn assign(&mut self, chunk: Chunk) -> Result<(), Failure> {
        if chunk.len() == 0 {
            return Ok(());
        }
        self.counts.read += chunk.len() as u64;
        let (lines, new): (Vec<u64>, Vec<NewReward>) = chunk.new.into_iter().unzip();
        let mut rejected = chunk.rejected;
        if !new.is_empty() {
            let caller = self.caller(&new)?;
            let report = self.session.engine.assign_rewards(&caller, &new).await?;
            for (position, outcome) in lines.into_iter().zip(report.outcomes) {
                match outcome {
                    Ok(row) if row.stamp.created_at < self.begun => self.counts.before += 1,
                    Ok(_) => self.counts.assigned += 1,
                    Err(refusal) => rejected.push(RejectedRow { position, refusal }),
                }
            }
        }
        self.requests += 1;
        rejected.sort_by_key(|row| row.position);
        self.counts.rejected += rejected.len() as u64;
        self.rejects.write(&rejected)
    }

    /// The caller with the id of the next request: the user's own with a number, or one that
    /// follows from the rows and their place in the file: a file may have the same rows twice.
    fn caller(&self, new: &[NewReward]) -> Result<Caller, Failure> {
        let id = match &self.session.caller.request {
            Some(own) => format!("{own}-{}", self.requests),
            None => format!("rewards-{}", digest(self.requests, new)),
        };
        let id = RequestId::parse(&id).map_err(|error| argument("--request-id", &error))?;
        Ok(self.session.caller.clone().with_request(Some(id)))
    }
}

/// Names rows and their place. It is written out field by field, so that another version of this
/// program has the same name for the same rows.
fn digest(place: u64, new: &[NewReward]) -> String {
    let mut hash = Sha256::new();
    let mut part = |text: &str| {
        hash.update((text.len() as u64).to_le_bytes());
        hash.update(text.as_bytes());
    };
    part(&place.to_string());
    for row in new {
        let (plan, component) = row.component.clone().unzip();
        part(row.participant.as_str());
        part(&row.amount.to_string());
        part(&row.recoverable.to_string());
        part(row.kind.map_or("", RewardKind::name));
        part(plan.as_ref().map_or("", |plan| plan.as_str()));
        part(component.as_ref().map_or("", |id| id.as_str()));
        part(&row.date.to_string());
        part(&row.reason);
    }
    let digits = hash.finalize();
    let digits: Vec<String> = digits.iter().map(|byte| format!("{byte:02x}")).collect();
    digits.concat()
}

fn print(counts: &Counts, reasons: &BTreeMap<Reason, u64>, output: Output) -> Result<(), Failure> {
    let mut listing = Listing::new(&["count", "rows"]);
    let totals = [
        ("read", counts.read),
        ("assigned", counts.assigned),
        ("assigned_before", counts.before),
        ("rejected", counts.rejected),
    ];
    for (name, count) in totals {
        listing.row([name.to_owned(), count.to_string()]);
    }
    for (reason, count) in reasons {
        listing.row([format!("rejected {reason}"), count.to_string()]);
    }
    Ok(listing.print(output)?)
}

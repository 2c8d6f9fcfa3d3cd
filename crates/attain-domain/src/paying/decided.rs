//! What was decided about some sheets: changes, the facts they rely on, and their log entries.

use crate::activity::{Activity, ActivityAction, RecordKind};
use crate::change::{Changes, Guard};
use crate::ids::{ActivityId, RequestId};
use crate::payment::{PaymentBatch, Paysheet};
use crate::stamp::Version;
use crate::working::{Circumstances, RowFailure};

/// Gathers what is decided about sheets, one after another, until it is committed.
#[derive(Debug, Default)]
pub struct Decided {
    /// What it relies on.
    pub guards: Vec<Guard>,
    /// What it does.
    pub changes: Changes,
    /// What could not be done, for whom and why.
    pub failures: Vec<RowFailure>,
}

impl Decided {
    /// Whether there is nothing to commit.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.changes == Changes::default()
    }

    /// How many rows it writes or deletes, the log aside.
    #[must_use]
    pub fn rows(&self) -> usize {
        let Changes {
            lines,
            lines_deleted,
            paysheets,
            paysheets_deleted,
            ..
        } = &self.changes;
        let Changes {
            earnings,
            earnings_paid,
            earnings_departed,
            ..
        } = &self.changes;
        let payments =
            lines.len() + lines_deleted.len() + paysheets.len() + paysheets_deleted.len();
        payments + earnings.len() + earnings_paid.len() + earnings_departed.len()
    }

    /// Writes a batch that was read at a version.
    pub fn write_batch(&mut self, read: &PaymentBatch, now: PaymentBatch) {
        self.guards
            .push(Guard::BatchAt(read.id, read.stamp.version));
        self.changes.batches.push(now);
    }

    /// Writes a sheet that was read at a version.
    pub(super) fn write_sheet(&mut self, read: &Paysheet, now: Paysheet) {
        self.guards
            .push(Guard::PaysheetAt(read.id, read.stamp.version));
        self.changes.paysheets.push(now);
    }

    /// Adds the log entries: one for each kind of record and of action.
    pub fn log(&mut self, request: Option<&RequestId>, circumstances: &mut Circumstances<'_>) {
        for (action, record, subject, count) in self.summary() {
            self.changes.activities.push(Activity {
                id: ActivityId(circumstances.id()),
                at: circumstances.at,
                actor: circumstances.actor.clone(),
                request: request.cloned(),
                run: None,
                action,
                record,
                subject,
                count,
                before: None,
                after: None,
            });
        }
    }

    fn summary(&self) -> Vec<(ActivityAction, RecordKind, String, u64)> {
        use ActivityAction::{Created, Deleted, Updated};
        use RecordKind::{Batch, Earning, PaymentLine, Paysheet};
        let all = &self.changes;
        let is_new = |version: Version| version == Version::FIRST;
        let batches = |new| {
            all.batches
                .iter()
                .filter(move |b| is_new(b.stamp.version) == new)
        };
        let sheets = |new| {
            all.paysheets
                .iter()
                .filter(move |s| is_new(s.stamp.version) == new)
        };
        let lines = |new| {
            all.lines
                .iter()
                .filter(move |l| is_new(l.stamp.version) == new)
        };
        let entries = [
            (
                Created,
                Batch,
                first_and_count(batches(true).map(|row| row.id)),
            ),
            (
                Updated,
                Batch,
                first_and_count(batches(false).map(|row| row.id)),
            ),
            (Deleted, Batch, first_and_count(all.batches_deleted.iter())),
            (
                Created,
                Paysheet,
                first_and_count(sheets(true).map(|row| row.id)),
            ),
            (
                Updated,
                Paysheet,
                first_and_count(sheets(false).map(|row| row.id)),
            ),
            (
                Deleted,
                Paysheet,
                first_and_count(all.paysheets_deleted.iter()),
            ),
            (
                Created,
                PaymentLine,
                first_and_count(lines(true).map(|row| row.id)),
            ),
            (
                Updated,
                PaymentLine,
                first_and_count(lines(false).map(|row| row.id)),
            ),
            (
                Deleted,
                PaymentLine,
                first_and_count(all.lines_deleted.iter()),
            ),
            (
                Created,
                Earning,
                first_and_count(all.earnings.iter().map(|row| row.id)),
            ),
            (
                Updated,
                Earning,
                first_and_count(all.earnings_paid.iter().map(|row| row.id)),
            ),
            (
                Deleted,
                Earning,
                first_and_count(all.earnings_departed.iter().map(|row| row.id)),
            ),
        ];
        let written = |(action, record, subjects): (_, _, Option<(String, u64)>)| {
            subjects.map(|(subject, count)| (action, record, subject, count))
        };
        entries.into_iter().filter_map(written).collect()
    }
}

fn first_and_count<T: ToString>(mut ids: impl Iterator<Item = T>) -> Option<(String, u64)> {
    let first = ids.next()?.to_string();
    Some((first, ids.fold(1, |count: u64, _| count.saturating_add(1))))
}

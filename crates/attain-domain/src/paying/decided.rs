//! What was decided about some sheets: changes, the facts they rely on, and their log entries.

use crate::activity::{Activity, ActivityAction, RecordKind};
use crate::change::{Changes, Guard};
use crate::ids::{ActivityId, RequestId};
use crate::payment::{PaymentBatch, Paysheet};
use crate::stamp::{Stamp, Version};
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
        let Changes {
            rewards,
            clears,
            clear_undos,
            ..
        } = &self.changes;
        let of_rewards = rewards.len() + clears.len() + clear_undos.len();
        let of_earnings = earnings.len() + earnings_paid.len() + earnings_departed.len();
        payments + of_rewards + of_earnings
    }

    /// Adds what was decided about the rewards of a sheet.
    pub(super) fn absorb(&mut self, other: Self) {
        self.guards.extend(other.guards);
        self.failures.extend(other.failures);
        self.changes.rewards.extend(other.changes.rewards);
        self.changes.clears.extend(other.changes.clears);
        self.changes.clear_undos.extend(other.changes.clear_undos);
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
                reason: None,
            });
        }
    }

    fn summary(&self) -> Vec<(ActivityAction, RecordKind, String, u64)> {
        use ActivityAction::{Created, Deleted, Updated};
        use RecordKind::{Batch, Clear, ClearUndo, Earning, PaymentLine, Paysheet, Reward};
        let all = &self.changes;
        let mut summary = Vec::new();
        let mut add = |action, record, subjects: Option<(String, u64)>| {
            summary.extend(subjects.map(|(subject, count)| (action, record, subject, count)));
        };
        for (action, is_new) in [(Created, true), (Updated, false)] {
            let fits = |stamp: &Stamp| (stamp.version == Version::FIRST) == is_new;
            let batches = all.batches.iter().filter(|row| fits(&row.stamp));
            add(action, Batch, first_and_count(batches.map(|row| row.id)));
            let sheets = all.paysheets.iter().filter(|row| fits(&row.stamp));
            add(action, Paysheet, first_and_count(sheets.map(|row| row.id)));
            let lines = all.lines.iter().filter(|row| fits(&row.stamp));
            add(
                action,
                PaymentLine,
                first_and_count(lines.map(|row| row.id)),
            );
            let rewards = all.rewards.iter().filter(|row| fits(&row.stamp));
            add(action, Reward, first_and_count(rewards.map(|row| row.id)));
            let clears = all.clears.iter().filter(|row| fits(&row.stamp));
            add(action, Clear, first_and_count(clears.map(|row| row.id)));
        }
        let undos = all.clear_undos.iter().map(|row| row.id);
        add(Created, ClearUndo, first_and_count(undos));
        add(Deleted, Batch, first_and_count(all.batches_deleted.iter()));
        add(
            Deleted,
            Paysheet,
            first_and_count(all.paysheets_deleted.iter()),
        );
        add(
            Deleted,
            PaymentLine,
            first_and_count(all.lines_deleted.iter()),
        );
        let reversals = all.earnings.iter().map(|row| row.id);
        add(Created, Earning, first_and_count(reversals));
        let payments = all.earnings_paid.iter().map(|row| row.id);
        add(Updated, Earning, first_and_count(payments));
        let departures = all.earnings_departed.iter().map(|row| row.id);
        add(Deleted, Earning, first_and_count(departures));
        summary
    }
}

fn first_and_count<T: ToString>(mut ids: impl Iterator<Item = T>) -> Option<(String, u64)> {
    let first = ids.next()?.to_string();
    Some((first, ids.fold(1, |count: u64, _| count.saturating_add(1))))
}

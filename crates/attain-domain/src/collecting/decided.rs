//! What an import comes to: changes with their guards, counts, rejected rows.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use crate::activity::{Activity, ActivityAction, RecordKind};
use crate::change::{Changes, Guard, Obsoletion};
use crate::credit::{Credit, LeftBecause, Obsolete};
use crate::ids::{ActivityId, CreditId, ParticipantId, PeriodId, TransactionId, WorkItemId};
use crate::refusal::Refusal;
use crate::run::{Change, Process, Scope, WorkItem};
use crate::transaction::{Transaction, TransactionProgress, TransactionStatus};
use crate::working::Circumstances;

/// Up to this many stored transactions of one period that an import makes processes look at again
/// have a work item each. Above it, items span what lies between them, too: they came in together,
/// and a commit of an import shall not leave thousands of items. What somebody adjusts by hand, at
/// most some thousands, may be anywhere: each has an item of its own.
const SINGLE_ITEMS_MAX: usize = 100;

/// How many items span more than that. Ids rise with time, so what came in months apart is far
/// apart: everything that came in between is not looked at for nothing.
const SPANS_MAX: usize = 16;

/// Counts of an import: `read = stored + unchanged + superseded + rejected`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CollectCounts {
    /// Rows read.
    pub read: u64,
    /// Rows that made a new version, or cancelled what was stored.
    pub stored: u64,
    /// Rows that say what is stored.
    pub unchanged: u64,
    /// Rows older than another of the same key, in the import or stored.
    pub superseded: u64,
    /// Rows refused.
    pub rejected: u64,
}

impl CollectCounts {
    /// Adds another count to this one.
    pub fn add(&mut self, other: &Self) {
        self.read += other.read;
        self.stored += other.stored;
        self.unchanged += other.unchanged;
        self.superseded += other.superseded;
        self.rejected += other.rejected;
    }
}

/// What an import comes to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Collected {
    /// What to write. Activity entries name no request or run.
    pub changes: Changes,
    /// What the decision relies on, as far as transactions go.
    pub guards: Vec<Guard>,
    /// The rows refused, with their line or index, in the order of the rows.
    pub rejected: Vec<(u64, Refusal)>,
    /// The counts.
    pub counts: CollectCounts,
    /// Whose credits changed, and in which period. The change log of `changes` says the same.
    pub touched: BTreeSet<(ParticipantId, PeriodId)>,
}

impl Collected {
    fn absorb(&mut self, other: Self) {
        let Self {
            changes,
            guards,
            rejected,
            counts,
            touched,
        } = other;
        // What else there is of changes follows when all is decided.
        let all = &mut self.changes;
        all.transactions.extend(changes.transactions);
        all.transactions_progressed
            .extend(changes.transactions_progressed);
        all.credits_obsoleted.extend(changes.credits_obsoleted);
        all.credits.extend(changes.credits);
        self.guards.extend(guards);
        self.rejected.extend(rejected);
        self.counts.add(&counts);
        self.touched.extend(touched);
    }
}

/// What is noted for the activity log about one kind of record and deed.
#[derive(Default)]
struct Noted {
    count: u64,
    subject: String,
    before: Option<String>,
    after: Option<String>,
}

/// Gathers decisions into changes.
#[derive(Default)]
pub(crate) struct Decisions {
    pub(super) collected: Collected,
    /// First and last new transaction of each period.
    made: BTreeMap<PeriodId, (TransactionId, TransactionId)>,
    /// Stored transactions that processes have to look at again.
    again: BTreeMap<PeriodId, Vec<TransactionId>>,
    noted: BTreeMap<(RecordKind, ActivityAction), Noted>,
    /// Why, where somebody decided by hand.
    reason: Option<String>,
}

impl Decisions {
    /// Decisions that somebody made by hand.
    pub(crate) fn with_reason(reason: &str) -> Self {
        Self {
            reason: Some(reason.to_owned()),
            ..Self::default()
        }
    }

    pub(super) fn reject(&mut self, at: u64, refusal: Refusal) {
        self.collected.counts.rejected += 1;
        self.collected.rejected.push((at, refusal));
    }

    /// A new transaction, in the place of `old` if there is one. New transactions of one period
    /// are to be made one after the other, so that their ids are next to each other.
    pub(super) fn make(
        &mut self,
        mut transaction: Transaction,
        old: Option<&Transaction>,
        now: &mut Circumstances<'_>,
    ) -> TransactionId {
        let id = TransactionId(now.id());
        transaction.id = id;
        transaction.replaces = old.map(|old| old.id);
        self.made
            .entry(transaction.period.clone())
            .and_modify(|(_, last)| *last = id)
            .or_insert((id, id));
        match old {
            None => {
                self.collected
                    .guards
                    .push(Guard::TransactionKeyFree(transaction.key.clone()));
                self.note(
                    RecordKind::Transaction,
                    ActivityAction::Created,
                    &transaction,
                    None,
                );
            }
            Some(old) => {
                let status = match old.status {
                    TransactionStatus::Cancelled => TransactionStatus::Cancelled,
                    TransactionStatus::New
                    | TransactionStatus::Classified
                    | TransactionStatus::Credited
                    | TransactionStatus::Error(_)
                    | TransactionStatus::Obsolete => TransactionStatus::Obsolete,
                };
                self.note(
                    RecordKind::Transaction,
                    ActivityAction::Updated,
                    &transaction,
                    Some(old),
                );
                self.progress(old, status, Some(id), now);
                // Credits of the versions before `old` are still there if `old` was never credited.
                if old.replaces.is_some() && old.status != TransactionStatus::Credited {
                    self.look_again(old);
                }
            }
        }
        self.collected.changes.transactions.push(transaction);
        id
    }

    /// Cancels a stored transaction.
    pub(super) fn cancel(&mut self, old: &Transaction, now: &mut Circumstances<'_>) {
        let action = ActivityAction::Deleted;
        self.note(RecordKind::Transaction, action, old, Some(old));
        self.progress(old, TransactionStatus::Cancelled, None, now);
        self.look_again(old);
    }

    fn progress(
        &mut self,
        old: &Transaction,
        status: TransactionStatus,
        replaced_by: Option<TransactionId>,
        now: &Circumstances<'_>,
    ) {
        let stamp = now.touch(&old.stamp);
        let progress = TransactionProgress {
            status,
            replaced_by,
            stamp,
            ..TransactionProgress::of(old)
        };
        self.relies_on(old);
        self.collected
            .changes
            .transactions_progressed
            .push(progress);
    }

    /// A stored transaction gets ready-made credits: from now on its credits are preserved. It is
    /// written even if they were before, so that two imports cannot add the same credit.
    pub(crate) fn preserve(&mut self, old: &Transaction, now: &Circumstances<'_>) {
        self.keep_credits(old, true, now);
    }

    /// Credits of a stored transaction are preserved from now on, or no longer.
    pub(crate) fn keep_credits(&mut self, old: &Transaction, keep: bool, now: &Circumstances<'_>) {
        let mut progress = TransactionProgress {
            stamp: now.touch(&old.stamp),
            ..TransactionProgress::of(old)
        };
        progress.flags.preserve_credits = keep;
        self.relies_on(old);
        self.collected
            .changes
            .transactions_progressed
            .push(progress);
        self.look_again(old);
    }

    fn relies_on(&mut self, old: &Transaction) {
        self.collected
            .guards
            .push(Guard::TransactionAt(old.id, old.stamp.version));
    }

    fn look_again(&mut self, stored: &Transaction) {
        self.again
            .entry(stored.period.clone())
            .or_default()
            .push(stored.id);
    }

    /// A new ready-made credit.
    pub(crate) fn give(&mut self, credit: Credit) {
        let subject = || format!("{} of {}", credit.key, credit.participant);
        let noted = self
            .noted
            .entry((RecordKind::Credit, ActivityAction::Created))
            .or_default();
        noted.count += 1;
        if noted.count == 1 {
            noted.subject = subject();
            noted.after = Some(credit.amount.to_string());
        }
        self.touch(&credit);
        self.collected.changes.credits.push(credit);
    }

    /// Marks credits that no longer count. They stay until crediting or Revert.
    pub(crate) fn obsolete<'c>(
        &mut self,
        credits: impl IntoIterator<Item = &'c Credit>,
        because: LeftBecause,
        now: &Circumstances<'_>,
    ) {
        for credit in credits {
            if credit.obsolete.is_some() {
                continue;
            }
            let noted = self
                .noted
                .entry((RecordKind::Credit, ActivityAction::Updated))
                .or_default();
            noted.count += 1;
            if noted.count == 1 {
                noted.subject = credit.id.to_string();
                noted.before = Some(credit.amount.to_string());
                noted.after = Some("obsolete".to_owned());
            }
            self.touch(credit);
            let mark = Obsolete {
                at: now.at,
                actor: now.actor.clone(),
                because,
                reason: self.reason.clone(),
            };
            let stamp = now.touch(&credit.stamp);
            let obsoletion = Obsoletion {
                id: credit.id,
                mark,
                stamp,
            };
            self.collected.changes.credits_obsoleted.push(obsoletion);
        }
    }

    fn touch(&mut self, credit: &Credit) {
        self.collected
            .touched
            .insert((credit.participant.clone(), credit.period.clone()));
    }

    fn note(
        &mut self,
        record: RecordKind,
        action: ActivityAction,
        subject: &Transaction,
        before: Option<&Transaction>,
    ) {
        let noted = self.noted.entry((record, action)).or_default();
        noted.count += 1;
        if noted.count == 1 {
            let says = |t: &Transaction| format!("{} on {}", t.amount, t.event_date);
            noted.subject = subject.key.to_string();
            noted.before = before.map(says);
            noted.after = match action {
                ActivityAction::Created | ActivityAction::Updated => Some(says(subject)),
                ActivityAction::Deleted => None,
            };
        }
    }

    /// The credits that no longer count, so far.
    pub(crate) fn obsoleted(&self) -> &[Obsoletion<CreditId>] {
        &self.collected.changes.credits_obsoleted
    }

    /// Adds decisions that were made on their own.
    pub(crate) fn absorb(&mut self, other: Self) {
        let Self {
            collected,
            made,
            again,
            noted,
            reason: _,
        } = other;
        self.collected.absorb(collected);
        for (period, (first, last)) in made {
            let span = self.made.entry(period).or_insert((first, last));
            *span = (span.0.min(first), span.1.max(last));
        }
        for (period, ids) in again {
            self.again.entry(period).or_default().extend(ids);
        }
        for (deed, other) in noted {
            match self.noted.entry(deed) {
                Entry::Vacant(place) => {
                    place.insert(other);
                }
                Entry::Occupied(mut place) => place.get_mut().count += other.count,
            }
        }
    }

    /// Adds what follows from the decisions: work items, the change log, activity entries.
    pub(crate) fn finish(mut self, now: &mut Circumstances<'_>) -> Collected {
        let changes = &mut self.collected.changes;
        for (period, (first, last)) in self.made {
            changes.work.push(item(period, first, last, now));
        }
        for (period, mut ids) in self.again {
            ids.sort_unstable();
            ids.dedup();
            let most = match self.reason {
                Some(_) => ids.len(),
                None => SINGLE_ITEMS_MAX,
            };
            let spans = spans(&ids, most).into_iter();
            let items = spans.map(|(first, last)| item(period.clone(), first, last, now));
            changes.work.extend(items);
        }
        let touched = self.collected.touched.iter();
        changes.changed = touched
            .map(|(participant, period)| Change {
                period: period.clone(),
                scope: Scope::Participant(participant.clone()),
            })
            .collect();
        for ((record, action), noted) in self.noted {
            changes.activities.push(Activity {
                id: ActivityId(now.id()),
                at: now.at,
                actor: now.actor.clone(),
                request: None,
                run: None,
                action,
                record,
                subject: noted.subject,
                count: noted.count,
                before: noted.before,
                after: noted.after,
                reason: self.reason.clone(),
            });
        }
        self.collected
    }
}

/// Spans over ids in rising order, no two of which touch. More than `most` ids are cut where they lie
/// furthest apart.
fn spans(ids: &[TransactionId], most: usize) -> Vec<(TransactionId, TransactionId)> {
    let places = 1..ids.len();
    let mut cuts: Vec<(u128, usize)> = places.zip(ids.windows(2)).map(gap_before).collect();
    if ids.len() > most {
        cuts.sort_unstable_by(|a, b| b.cmp(a));
        cuts.truncate(SPANS_MAX - 1);
        cuts.sort_unstable_by_key(|(_, place)| *place);
    }
    let mut spans = Vec::with_capacity(cuts.len() + 1);
    let mut rest = ids;
    for (_, place) in cuts.into_iter().rev() {
        let (before, span) = rest.split_at(place);
        spans.extend(span.first().copied().zip(span.last().copied()));
        rest = before;
    }
    spans.extend(rest.first().copied().zip(rest.last().copied()));
    spans.reverse();
    spans
}

/// How far the id at a place is from the one before it.
fn gap_before((place, pair): (usize, &[TransactionId])) -> (u128, usize) {
    let gap = match pair {
        [before, after] => after.0.as_u128().saturating_sub(before.0.as_u128()),
        _ => 0,
    };
    (gap, place)
}

fn item(
    period: PeriodId,
    first: TransactionId,
    last: TransactionId,
    now: &mut Circumstances<'_>,
) -> WorkItem {
    WorkItem {
        id: WorkItemId(now.id()),
        stage: Process::Classify,
        period,
        first,
        last,
    }
}

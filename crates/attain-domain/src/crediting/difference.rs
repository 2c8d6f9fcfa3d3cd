//! What is live against what should be: what is equal stays, the rest is replaced.

use std::collections::{BTreeMap, BTreeSet};

use super::chunk::ChunkOutcome;
use crate::activity::{Activity, ActivityAction, RecordKind};
use crate::change::{CreditEligibility, Departure};
use crate::credit::{Credit, CreditKind, CreditOrigin, CreditStatus, LeftBecause};
use crate::definition::{Calendar, DefinitionSet};
use crate::ids::{ActivityId, CreditId, LineageId, ParticipantId, PeriodId, TransactionId};
use crate::working::{Circumstances, RowFailure};

/// The credits of one transaction and its former versions that are in the live table.
#[derive(Default)]
pub(super) struct Live<'a> {
    /// The version that credits should belong to; none for summarised credits.
    pub(super) transaction: Option<TransactionId>,
    /// In the live table, obsolete ones included.
    pub(super) credits: Vec<&'a Credit>,
    /// Which of them stay, or left already.
    used: Vec<bool>,
    /// Lineages that have a live version already: there is never a second one.
    taken: Vec<LineageId>,
    /// Credits in history whose lineages may go on.
    past: Vec<&'a Credit>,
}

impl<'a> Live<'a> {
    pub(super) fn new(transaction: Option<TransactionId>, credits: Vec<&'a Credit>) -> Self {
        let used = vec![false; credits.len()];
        Self {
            transaction,
            credits,
            used,
            taken: Vec::new(),
            past: Vec::new(),
        }
    }

    /// The same with what history has of the transaction.
    pub(super) fn with_past(mut self, past: &[&'a Credit]) -> Self {
        self.past = past.to_vec();
        self
    }

    /// The credits that count now.
    pub(super) fn counting(&self) -> impl Iterator<Item = &'a Credit> + '_ {
        let transaction = self.transaction;
        let counts =
            move |credit: &&Credit| credit.obsolete.is_none() && credit.transaction == transaction;
        self.credits.iter().copied().filter(counts)
    }

    fn take(&mut self, position: usize) -> Option<&'a Credit> {
        let credit = self.credits.get(position).copied()?;
        if let Some(used) = self.used.get_mut(position) {
            *used = true;
        }
        self.taken.push(credit.lineage);
        Some(credit)
    }

    fn unused(&self) -> impl Iterator<Item = (usize, &'a Credit)> + '_ {
        let unused = self.credits.iter().zip(&self.used).enumerate();
        unused
            .filter(|(_, (_, used))| !**used)
            .map(|(position, (credit, _))| (position, *credit))
    }

    /// The position of the credit that says what is desired, eligibility aside.
    fn same(&self, desired: &mut Credit) -> Option<usize> {
        if self.credits.is_empty() {
            return None;
        }
        let counts =
            |credit: &Credit| credit.obsolete.is_none() && credit.transaction == self.transaction;
        let judged = std::mem::replace(&mut desired.status, CreditStatus::Credited);
        let found = self.unused().find(|(_, credit)| {
            counts(credit) && credit.participant == desired.participant && {
                desired.status.clone_from(&credit.status);
                desired.says_the_same(credit)
            }
        });
        desired.status = judged;
        found.map(|(position, _)| position)
    }

    /// The position of the credit whose next version the desired one is. What was earned for one in
    /// a closed period stands there: a credit of another period is no version of it.
    fn before(&self, desired: &Credit, calendar: &Calendar) -> Option<usize> {
        let candidates = self.unused().filter_map(|(position, credit)| {
            if credit.period != desired.period && !calendar.is_open(&credit.period) {
                return None;
            }
            let distance = distance(credit, desired)?;
            (!self.taken.contains(&credit.lineage)).then_some((
                distance,
                credit.obsolete.is_some(),
                position,
            ))
        });
        candidates.min().map(|(_, _, position)| position)
    }

    /// The credit in history whose next version the desired one is. It was reverted before its
    /// successor was made. One of the same amount goes before others: it may say just what it said.
    fn take_past(&mut self, desired: &Credit, calendar: &Calendar) -> Option<&'a Credit> {
        let lives = |lineage: LineageId| {
            self.taken.contains(&lineage) || self.credits.iter().any(|one| one.lineage == lineage)
        };
        // In rising order: the last version of each lineage stays.
        let last: BTreeMap<LineageId, &Credit> =
            self.past.iter().map(|past| (past.lineage, *past)).collect();
        let candidates = last.into_values().filter_map(|past| {
            if past.period != desired.period && !calendar.is_open(&past.period) {
                return None;
            }
            let place = (
                distance(past, desired)?,
                past.amount != desired.amount,
                past.id,
            );
            (!lives(past.lineage)).then_some((place, past))
        });
        let (_, found) = candidates.min_by_key(|(place, _)| *place)?;
        self.taken.push(found.lineage);
        Some(found)
    }
}

/// How far a desired credit is from being the next version of another; none if it cannot be.
fn distance(old: &Credit, desired: &Credit) -> Option<u8> {
    if old.participant != desired.participant || old.kind != desired.kind {
        return None;
    }
    match (&old.origin, &desired.origin) {
        (
            CreditOrigin::From { source, through },
            CreditOrigin::From {
                source: new_source,
                through: new_through,
            },
        ) => {
            let summarised = (source.is_none(), new_source.is_none());
            let is_alike = match summarised {
                (true, true) => old.key == desired.key,
                (false, false) => true,
                (true, false) | (false, true) => false,
            };
            (is_alike && through == new_through).then_some(0)
        }
        (
            CreditOrigin::Rule {
                set: old_set,
                rule: old_rule,
            },
            CreditOrigin::Rule {
                set: new_set,
                rule: new_rule,
            },
        ) => Some(match (old_set == new_set, old_rule == new_rule) {
            (true, true) => 0,
            (true, false) => 1,
            (false, _) => 3,
        }),
        (CreditOrigin::Given, CreditOrigin::Given) => Some(0),
        (CreditOrigin::Given, CreditOrigin::Rule { .. })
        | (CreditOrigin::Rule { .. }, CreditOrigin::Given) => Some(2),
        (CreditOrigin::From { .. }, CreditOrigin::Rule { .. } | CreditOrigin::Given)
        | (CreditOrigin::Rule { .. } | CreditOrigin::Given, CreditOrigin::From { .. }) => None,
    }
}

/// Counts of credits.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct CreditCounts {
    pub(super) created: u64,
    pub(super) kept: u64,
    pub(super) removed: u64,
    pub(super) judged: u64,
}

impl CreditCounts {
    /// Whether anything was written since.
    pub(super) fn wrote_since(self, before: Self) -> bool {
        (self.created, self.removed, self.judged) != (before.created, before.removed, before.judged)
    }
}

/// Writes differences down.
pub(super) struct Difference<'a> {
    pub(super) judge: &'a dyn Fn(&Credit) -> CreditStatus,
    calendar: &'a Calendar,
    /// Whether what leaves goes to history.
    pub(super) archive: bool,
    pub(super) outcome: ChunkOutcome,
    pub(super) credits: CreditCounts,
    /// Whose credits changed, by period: there are few periods, and looking one up is cheap.
    touched: BTreeMap<PeriodId, BTreeSet<ParticipantId>>,
}

impl<'a> Difference<'a> {
    pub(super) fn new(set: &'a DefinitionSet, judge: &'a dyn Fn(&Credit) -> CreditStatus) -> Self {
        let settings = set.settings.as_ref();
        let archive = settings.is_some_and(|settings| settings.archive_updated_credits);
        let (outcome, credits) = (ChunkOutcome::default(), CreditCounts::default());
        Self {
            judge,
            calendar: &set.calendar,
            archive,
            outcome,
            credits,
            touched: BTreeMap::new(),
        }
    }

    /// Makes the live credits what they should be, as far as there should be any. Returns the ids
    /// under which the desired ones are live now, in their order.
    pub(super) fn settle(
        &mut self,
        live: &mut Live<'_>,
        desired: impl IntoIterator<Item = Credit>,
        now: &mut Circumstances<'_>,
    ) -> Vec<CreditId> {
        let mut ids = Vec::new();
        // A credit that is equal keeps its version, so all of those are found before any of the
        // others takes over a lineage.
        let mut missing: Vec<(usize, Credit)> = Vec::new();
        for mut credit in desired {
            credit.status = (self.judge)(&credit);
            self.note_error(&credit);
            let position = ids.len();
            if let Some(kept) = live.same(&mut credit).and_then(|found| live.take(found)) {
                ids.push(kept.id);
                self.keep(kept, credit.status, now);
            } else if live.credits.is_empty() {
                ids.push(self.create(credit, live, now));
            } else {
                ids.push(credit.id);
                missing.push((position, credit));
            }
        }
        for (position, credit) in missing {
            let id = self.create(credit, live, now);
            if let Some(unknown) = ids.get_mut(position) {
                *unknown = id;
            }
        }
        ids
    }

    fn keep(&mut self, kept: &Credit, status: CreditStatus, now: &Circumstances<'_>) {
        if kept.status == status {
            self.credits.kept += 1;
            return;
        }
        self.credits.judged += 1;
        self.touch(kept);
        let stamp = now.touch(&kept.stamp);
        let eligibility = CreditEligibility {
            id: kept.id,
            status,
            stamp,
        };
        self.outcome.changes.credits_judged.push(eligibility);
    }

    /// Stores a credit: as the next version of one that it takes the place of, or as a new one.
    fn create(
        &mut self,
        mut credit: Credit,
        live: &mut Live<'_>,
        now: &mut Circumstances<'_>,
    ) -> CreditId {
        let id = CreditId(now.id());
        credit.id = id;
        let before = live.before(&credit, self.calendar);
        match before.and_then(|found| live.take(found)) {
            Some(old) => {
                credit.lineage = old.lineage;
                credit.adjusted_from = Some(old.id);
                credit.stamp = now.succeed(&old.stamp);
                self.depart(old, live.transaction, LeftBecause::Recredited, now);
            }
            None => match live.take_past(&credit, self.calendar) {
                Some(past) => {
                    credit.lineage = past.lineage;
                    credit.adjusted_from = Some(past.id);
                    credit.stamp = now.succeed(&past.stamp);
                }
                None => {
                    credit.lineage = LineageId(now.id());
                    credit.stamp = now.stamp();
                }
            },
        }
        self.credits.created += 1;
        self.touch(&credit);
        self.outcome.changes.credits.push(credit);
        id
    }

    /// Removes what is left of the live credits, as far as asked for.
    pub(super) fn remove(
        &mut self,
        live: &mut Live<'_>,
        which: impl Fn(&Credit) -> bool,
        because: LeftBecause,
        now: &Circumstances<'_>,
    ) {
        let left: Vec<usize> = live
            .unused()
            .filter(|(_, c)| which(c))
            .map(|(position, _)| position)
            .collect();
        for position in left {
            if let Some(credit) = live.take(position) {
                self.depart(credit, live.transaction, because, now);
            }
        }
    }

    fn depart(
        &mut self,
        credit: &Credit,
        transaction: Option<TransactionId>,
        because: LeftBecause,
        now: &Circumstances<'_>,
    ) {
        let because = match &credit.obsolete {
            Some(mark) => mark.because,
            None if credit.transaction != transaction => LeftBecause::Adjusted,
            None => because,
        };
        self.credits.removed += 1;
        self.touch(credit);
        self.outcome.changes.credits_departed.push(Departure {
            id: credit.id,
            because,
            archive: self.archive,
            at: now.at,
            actor: now.actor.clone(),
        });
    }

    /// A direct credit that counts for nothing is told each time. Ancestors and team members may
    /// well be in no plan that looks at them.
    fn note_error(&mut self, credit: &Credit) {
        if let CreditStatus::Error(error) = &credit.status
            && credit.kind == CreditKind::Direct
        {
            *self.outcome.counts.errors.entry(error.reason).or_default() += 1;
            let subject = format!("{}, credit of {}", credit.key, credit.participant);
            self.outcome.failures.push(RowFailure {
                subject,
                error: error.clone(),
            });
        }
    }

    fn touch(&mut self, credit: &Credit) {
        if let Some(touched) = self.touched.get_mut(&credit.period) {
            if !touched.contains(&credit.participant) {
                touched.insert(credit.participant.clone());
            }
            return;
        }
        let first = BTreeSet::from([credit.participant.clone()]);
        self.touched.insert(credit.period.clone(), first);
    }

    /// Adds what follows: counts of outcomes, and an activity entry for each kind of deed.
    pub(super) fn finish(mut self, now: &mut Circumstances<'_>) -> ChunkOutcome {
        let counts = &mut self.outcome.counts;
        counts.note("credits_created", self.credits.created);
        counts.note("credits_kept", self.credits.kept);
        counts.note("credits_removed", self.credits.removed);
        counts.note("credits_judged", self.credits.judged);
        for (period, participants) in self.touched {
            let both = participants.into_iter().map(|who| (who, period.clone()));
            self.outcome.touched.extend(both);
        }
        let changes = &mut self.outcome.changes;
        let progressed = changes
            .transactions_progressed
            .first()
            .map(|t| t.id.to_string());
        let judged = changes
            .credits_judged
            .first()
            .map(|credit| credit.id.to_string());
        let created = changes.credits.first().map(|credit| credit.id.to_string());
        let departed = changes
            .credits_departed
            .first()
            .map(|credit| credit.id.to_string());
        let (updated, deleted) = (ActivityAction::Updated, ActivityAction::Deleted);
        let deeds = [
            (
                RecordKind::Transaction,
                updated,
                progressed,
                changes.transactions_progressed.len(),
            ),
            (
                RecordKind::Credit,
                deleted,
                departed,
                changes.credits_departed.len(),
            ),
            (
                RecordKind::Credit,
                updated,
                judged,
                changes.credits_judged.len(),
            ),
            (
                RecordKind::Credit,
                ActivityAction::Created,
                created,
                changes.credits.len(),
            ),
        ];
        for (record, action, first, count) in deeds {
            changes.activities.extend(first.map(|subject| Activity {
                id: ActivityId(now.id()),
                at: now.at,
                actor: now.actor.clone(),
                request: None,
                run: None,
                action,
                record,
                subject,
                count: count as u64,
                before: None,
                after: None,
                reason: None,
            }));
        }
        self.outcome
    }
}

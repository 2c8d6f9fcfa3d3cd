//! Where the transactions of a chunk are dealt with, one after the other.

use super::chunk::{Chunk, Stages};
use super::desired::made_from;
use super::difference::{Difference, Live};
use super::direct::Sale;
use super::index::Scratch;
use super::roll_up::Above;
use super::rulebook::Rulebook;
use crate::change::Guard;
use crate::credit::{Credit, CreditOrigin, LeftBecause};
use crate::definition::DefinitionSet;
use crate::ids::{CategoryId, CreditId, TransactionId};
use crate::refusal::{Reason, RowError};
use crate::stamp::Stamp;
use crate::transaction::{Transaction, TransactionProgress, TransactionStatus};
use crate::working::{Circumstances, RowFailure};

/// A transaction's category, or why it has none. No category is fine where there are none.
type Category = Result<Option<CategoryId>, RowError>;

pub(super) struct Desk<'a, 'n, 'i> {
    pub(super) book: &'a Rulebook,
    pub(super) set: &'a DefinitionSet,
    pub(super) stages: Stages,
    pub(super) above: Above<'a>,
    pub(super) stamp: &'a Stamp,
    pub(super) chunk: Chunk<'a>,
    pub(super) scratch: Scratch,
    pub(super) written: Difference<'a>,
    /// How many transactions got a category.
    pub(super) classified: u64,
    pub(super) now: &'n mut Circumstances<'i>,
}

impl<'a> Desk<'a, '_, '_> {
    /// Deals with one transaction and counts what came of it.
    pub(super) fn take(&mut self, transaction: &'a Transaction) {
        let credits_before = self.written.credits;
        let progressed_before = self.written.outcome.changes.transactions_progressed.len();
        let error = match transaction.status {
            TransactionStatus::Obsolete => {
                self.clean_ended(transaction, LeftBecause::Adjusted);
                None
            }
            TransactionStatus::Cancelled => {
                self.clean_ended(transaction, LeftBecause::Cancelled);
                None
            }
            TransactionStatus::New
            | TransactionStatus::Classified
            | TransactionStatus::Credited
            | TransactionStatus::Error(_) => {
                if transaction.flags.hold || self.stands_in_closed(transaction) {
                    None
                } else {
                    self.carry_on(transaction)
                }
            }
        };
        let outcome = &mut self.written.outcome;
        let changed = self.written.credits.wrote_since(credits_before)
            || outcome.changes.transactions_progressed.len() > progressed_before;
        if changed {
            let version = transaction.stamp.version;
            outcome
                .guards
                .push(Guard::TransactionAt(transaction.id, version));
        }
        let counts = &mut outcome.counts;
        counts.taken += 1;
        match error {
            Some(error) => {
                counts.failed += 1;
                *counts.errors.entry(error.reason).or_default() += 1;
                let subject = transaction.key.to_string();
                outcome.failures.push(RowFailure { subject, error });
            }
            None if changed => counts.done += 1,
            None => counts.skipped += 1,
        }
    }

    /// Whether it has a credit that counts in a closed period: what was earned for it stands, and the
    /// sale stays as it is until that is opened, which brings it here again.
    fn stands_in_closed(&self, transaction: &Transaction) -> bool {
        let id = Some(transaction.id);
        let credits = self.chunk.credits_down_from(id);
        let counts = |credit: &&Credit| credit.obsolete.is_none() && credit.transaction == id;
        credits
            .into_iter()
            .filter(counts)
            .any(|credit| !self.set.calendar.is_open(&credit.period))
    }

    /// Cleans up behind a version that has ended. The credits of one that was replaced are left to
    /// its successor, which hands on their lineage. Those of versions before it are still there if
    /// it was never credited itself; the successor has them too, unless it is held.
    fn clean_ended(&mut self, transaction: &Transaction, because: LeftBecause) {
        let Some(successor) = transaction.replaced_by else {
            return self.clean(Some(transaction.id), because);
        };
        let takes_over = |successor: &Transaction| match successor.status {
            TransactionStatus::Obsolete | TransactionStatus::Cancelled => true,
            TransactionStatus::New
            | TransactionStatus::Classified
            | TransactionStatus::Credited
            | TransactionStatus::Error(_) => !successor.flags.hold,
        };
        if !self.chunk.transaction(successor).is_some_and(takes_over) {
            self.clean(transaction.replaces, because);
        }
    }

    fn clean(&mut self, from: Option<TransactionId>, because: LeftBecause) {
        let mut live = Live::new(from, self.chunk.credits_down_from(from));
        self.written.remove(&mut live, |_| true, because, self.now);
    }

    /// Takes a transaction through the stages. Returns what is wrong with it.
    fn carry_on(&mut self, transaction: &'a Transaction) -> Option<RowError> {
        let category = self.category_of(transaction);
        let credited = if self.stages.credit || self.stages.roll_up {
            self.settle_credits(transaction, &category)
        } else {
            Ok(())
        };
        if !self.stages.classify && !self.stages.credit {
            return None;
        }
        let (kept, error) = match category {
            Ok(category) => (category, None),
            // What was given stays, so that it can be seen what is wrong with it.
            Err(error) if transaction.flags.do_not_classify => {
                (transaction.category.clone(), Some(error))
            }
            Err(error) => (None, Some(error)),
        };
        let status = match error.or(credited.err()) {
            Some(error) => TransactionStatus::Error(error),
            None if self.stages.credit => TransactionStatus::Credited,
            None => classified_status(transaction, kept.as_ref()),
        };
        let is_error = matches!(status, TransactionStatus::Error(_));
        let is_new = transaction.status == TransactionStatus::New;
        if self.stages.classify && kept.is_some() && (is_new || kept != transaction.category) {
            self.classified += u64::from(!is_error);
        }
        let error = match &status {
            TransactionStatus::Error(error) => Some(error.clone()),
            TransactionStatus::New
            | TransactionStatus::Classified
            | TransactionStatus::Credited
            | TransactionStatus::Obsolete
            | TransactionStatus::Cancelled => None,
        };
        self.progress(transaction, status, kept);
        error
    }

    fn progress(
        &mut self,
        transaction: &Transaction,
        status: TransactionStatus,
        category: Option<CategoryId>,
    ) {
        if status == transaction.status && category == transaction.category {
            return;
        }
        self.written
            .outcome
            .changes
            .transactions_progressed
            .push(TransactionProgress {
                id: transaction.id,
                status,
                category,
                flags: transaction.flags,
                replaced_by: transaction.replaced_by,
                stamp: self.now.touch(&transaction.stamp),
            });
    }

    fn category_of(&mut self, transaction: &Transaction) -> Category {
        let Stages {
            classify, credit, ..
        } = self.stages;
        if !classify && !credit {
            return Ok(transaction.category.clone());
        }
        if transaction.flags.do_not_classify {
            return self.given_category(transaction);
        }
        if !self.book.classifies() {
            return Ok(None);
        }
        let unclassified = || {
            let text = "no category rule matches and there is no default category";
            RowError::new(Reason::Unclassified, text)
        };
        if !classify {
            return match (&transaction.category, &transaction.status) {
                (Some(category), _) => Ok(Some(category.clone())),
                (None, TransactionStatus::Error(error)) => Err(error.clone()),
                (None, _) => Err(unclassified()),
            };
        }
        let found = self.book.classify(transaction, &mut self.scratch)?;
        let default = || self.set.settings.as_ref()?.default_category.as_ref();
        found
            .or_else(default)
            .cloned()
            .map(Some)
            .ok_or_else(unclassified)
    }

    fn given_category(&self, transaction: &Transaction) -> Category {
        match &transaction.category {
            Some(category) if self.set.categories.contains(category) => Ok(Some(category.clone())),
            Some(category) => {
                let text = format!("the category tree has no `{category}`");
                Err(RowError::new(Reason::UnknownCategory, text))
            }
            None => {
                let text = "`do_not_classify` needs a category to be given";
                Err(RowError::new(Reason::CategoryRequired, text))
            }
        }
    }

    /// Brings the credits of a transaction up to date.
    fn settle_credits(
        &mut self,
        transaction: &'a Transaction,
        category: &Category,
    ) -> Result<(), RowError> {
        let credits = self.chunk.credits_down_from(Some(transaction.id));
        let mut live =
            Live::new(Some(transaction.id), credits).with_past(self.chunk.past_of(transaction));
        let preserves = preserves(transaction, &live);
        if !self.stages.credit && !preserves && waits_for_credit(transaction) {
            return Ok(());
        }
        let direct = if !self.stages.credit {
            Ok(live
                .counting()
                .filter(|credit| !is_derived(credit))
                .cloned()
                .collect())
        } else if preserves {
            Ok(self.preserved(transaction, category, &live))
        } else {
            self.by_rules(transaction, category)
        };
        let direct: Vec<Credit> = match direct {
            Ok(direct) => direct,
            Err(error) => {
                // None is credited.
                self.written
                    .remove(&mut live, |_| true, LeftBecause::Recredited, self.now);
                return Err(error);
            }
        };
        let ids: Vec<CreditId> = if self.stages.credit {
            let credits = direct.iter().cloned();
            let ids = self.written.settle(&mut live, credits, self.now);
            let is_direct = |credit: &Credit| !is_derived(credit);
            self.written
                .remove(&mut live, is_direct, LeftBecause::Recredited, self.now);
            ids
        } else {
            direct.iter().map(|credit| credit.id).collect()
        };
        if self.stages.roll_up {
            self.derive(transaction, &direct, &ids, &mut live);
        }
        Ok(())
    }

    /// Brings the credits made from direct ones up to date.
    fn derive(
        &mut self,
        transaction: &Transaction,
        direct: &[Credit],
        ids: &[CreditId],
        live: &mut Live<'_>,
    ) {
        let above = self.above;
        let recipients = if transaction.flags.do_not_roll_up {
            Vec::new()
        } else {
            above.recipients(direct)
        };
        let stamp = self.stamp;
        let derived = recipients.into_iter().filter_map(|recipient| {
            let (source, id) = (direct.get(recipient.source)?, ids.get(recipient.source)?);
            Some(made_from(source, *id, recipient, stamp))
        });
        self.written.settle(live, derived, self.now);
        self.written
            .remove(live, is_derived, LeftBecause::Recredited, self.now);
    }

    fn by_rules(
        &mut self,
        transaction: &'a Transaction,
        category: &Category,
    ) -> Result<Vec<Credit>, RowError> {
        let category = category.as_ref().map_err(Clone::clone)?.as_ref();
        let settings = self.set.settings.as_ref();
        let rounding = settings
            .map(|settings| settings.rounding)
            .unwrap_or_default();
        let (set, stamp) = (self.set, self.stamp);
        let sale = Sale {
            set,
            transaction,
            category,
            rounding,
            stamp,
        };
        sale.by_rules(self.book, &mut self.scratch)
    }

    /// The credits that stay whatever the rules say. Flags of the transaction reach them, and a
    /// credit that came without a category has the transaction's.
    fn preserved(
        &self,
        transaction: &Transaction,
        category: &Category,
        live: &Live<'_>,
    ) -> Vec<Credit> {
        let keep = |credit: &Credit| {
            let mut credit = credit.clone();
            credit.calculates = !transaction.flags.do_not_calculate;
            if credit.category.is_none() {
                credit.category = category.as_ref().ok().cloned().flatten();
            }
            // Summaries see credits only, not the transaction's flag.
            if self.above.summarised && transaction.flags.do_not_roll_up {
                credit.rolls_up = false;
            }
            credit
        };
        live.counting()
            .filter(|credit| !is_derived(credit))
            .map(keep)
            .collect()
    }
}

/// Made from another credit.
fn is_derived(credit: &Credit) -> bool {
    match credit.origin {
        CreditOrigin::From { .. } => true,
        CreditOrigin::Rule { .. } | CreditOrigin::Given => false,
    }
}

/// Whether credits stay whatever the rules say. A version that has just replaced one whose credits
/// were preserved has none to preserve yet: the rules give it its first, instead of none at all.
fn preserves(transaction: &Transaction, live: &Live<'_>) -> bool {
    transaction.flags.preserve_credits
        && (transaction.replaces.is_none()
            || transaction.status == TransactionStatus::Credited
            || live.counting().any(|credit| !is_derived(credit)))
}

fn waits_for_credit(transaction: &Transaction) -> bool {
    match transaction.status {
        TransactionStatus::New | TransactionStatus::Classified => true,
        TransactionStatus::Credited
        | TransactionStatus::Error(_)
        | TransactionStatus::Obsolete
        | TransactionStatus::Cancelled => false,
    }
}

/// The status after a classification that went well, with crediting still to come. What was
/// credited, or failed to be, stays so unless the category is another.
fn classified_status(
    transaction: &Transaction,
    category: Option<&CategoryId>,
) -> TransactionStatus {
    let unchanged = category == transaction.category.as_ref();
    match &transaction.status {
        TransactionStatus::Credited if unchanged || transaction.flags.preserve_credits => {
            TransactionStatus::Credited
        }
        TransactionStatus::Error(error) if unchanged && !is_of_classification(error.reason) => {
            TransactionStatus::Error(error.clone())
        }
        TransactionStatus::New
        | TransactionStatus::Classified
        | TransactionStatus::Credited
        | TransactionStatus::Error(_)
        | TransactionStatus::Obsolete
        | TransactionStatus::Cancelled => TransactionStatus::Classified,
    }
}

fn is_of_classification(reason: Reason) -> bool {
    [
        Reason::Unclassified,
        Reason::CategoryRequired,
        Reason::UnknownCategory,
    ]
    .contains(&reason)
}

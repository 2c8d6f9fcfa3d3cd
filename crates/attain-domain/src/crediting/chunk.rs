//! One chunk of transactions through classification, crediting and roll-up.

use std::collections::BTreeSet;

use super::desk::Desk;
use super::difference::Difference;
use super::hierarchy::Hierarchy;
use super::index::Scratch;
use super::roll_up::Above;
use super::rulebook::Rulebook;
use crate::change::{Changes, Guard};
use crate::credit::{Credit, CreditStatus, PastCredit};
use crate::definition::DefinitionSet;
use crate::ids::{ParticipantId, PeriodId, TransactionId};
use crate::run::RunCounts;
use crate::transaction::Transaction;
use crate::working::{Circumstances, RowFailure};

/// How many credits a transaction has, roughly.
const CREDITS_EXPECTED: usize = 4;

/// What a chunk starts from.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ChunkInput {
    /// The transactions, of any status.
    pub transactions: Vec<Transaction>,
    /// Other versions of them, to be looked at only: those before them, and those that replaced
    /// them. Which of these are in the same chunk must make no difference.
    pub other_versions: Vec<Transaction>,
    /// The credits in the live table, obsolete ones included, of these transactions and of the
    /// versions before them.
    pub credits: Vec<Credit>,
    /// The credits in history of the natural keys of those transactions that may have been credited
    /// before: what was reverted hands on its lineage all the same.
    pub past_credits: Vec<PastCredit>,
}

/// What is done with a chunk.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stages {
    /// Transactions get their category.
    pub classify: bool,
    /// They get their direct credits.
    pub credit: bool,
    /// Ancestors and teams get theirs.
    pub roll_up: bool,
}

/// What a chunk comes to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ChunkOutcome {
    /// What to write. The change log is left to the caller, and activity entries name no run.
    pub changes: Changes,
    /// The versions of the transactions that were changed: an import may be at work as well.
    pub guards: Vec<Guard>,
    /// Taken are transactions. `errors` counts direct credits in error as well.
    pub counts: RunCounts,
    /// Whose credits changed, and in which period.
    pub touched: BTreeSet<(ParticipantId, PeriodId)>,
    /// What is in error, for the log.
    pub failures: Vec<RowFailure>,
}

/// Decides what a chunk of transactions changes. `judge` says whether a credit counts for
/// anything. A second time, with what the first time wrote, changes nothing.
#[must_use]
pub fn credit_chunk(
    book: &Rulebook,
    hierarchy: &Hierarchy,
    set: &DefinitionSet,
    input: ChunkInput,
    stages: Stages,
    judge: &dyn Fn(&Credit) -> CreditStatus,
    circumstances: &mut Circumstances<'_>,
) -> ChunkOutcome {
    let stamp = circumstances.stamp();
    let settings = set.settings.as_ref();
    let summarised = settings.is_some_and(|settings| settings.summarised_roll_up);
    let mut desk = Desk {
        book,
        set,
        stages,
        above: Above {
            set,
            book,
            hierarchy,
            summarised,
        },
        stamp: &stamp,
        chunk: Chunk::new(&input),
        scratch: Scratch::default(),
        written: Difference::new(set, judge),
        classified: 0,
        now: circumstances,
    };
    let credits = &mut desk.written.outcome.changes.credits;
    if input.credits.is_empty() && stages.credit {
        // Growing step by step would move millions of rows again and again.
        credits.reserve(input.transactions.len().saturating_mul(CREDITS_EXPECTED));
    }
    for transaction in &input.transactions {
        desk.take(transaction);
    }
    let Desk {
        mut written,
        classified,
        ..
    } = desk;
    written
        .outcome
        .counts
        .note("transactions_classified", classified);
    written.finish(circumstances)
}

/// The input, by transaction.
pub(super) struct Chunk<'a> {
    transactions: Vec<&'a Transaction>,
    credits: Vec<&'a Credit>,
    past: Vec<&'a Credit>,
}

impl<'a> Chunk<'a> {
    pub(super) fn new(input: &'a ChunkInput) -> Self {
        let all = input.transactions.iter().chain(&input.other_versions);
        let mut transactions: Vec<&Transaction> = all.collect();
        transactions.sort_by_key(|transaction| transaction.id);
        let mut credits: Vec<&Credit> = input.credits.iter().collect();
        credits.sort_by_key(|credit| (credit.transaction, credit.id));
        let mut past: Vec<&Credit> = input.past_credits.iter().map(|past| &past.credit).collect();
        past.sort_by(|a, b| (&a.key, a.id).cmp(&(&b.key, b.id)));
        Self {
            transactions,
            credits,
            past,
        }
    }

    /// The credits of a transaction's key that went to history, oldest first.
    pub(super) fn past_of(&self, transaction: &Transaction) -> &[&'a Credit] {
        let key = &transaction.key;
        let start = self.past.partition_point(|past| past.key < *key);
        let end = self.past.partition_point(|past| past.key <= *key);
        self.past.get(start..end).unwrap_or_default()
    }

    pub(super) fn transaction(&self, id: TransactionId) -> Option<&'a Transaction> {
        let found = self
            .transactions
            .binary_search_by_key(&id, |transaction| transaction.id);
        self.transactions.get(found.ok()?).copied()
    }

    fn credits_of(&self, id: TransactionId) -> impl Iterator<Item = &'a Credit> + '_ {
        let start = self
            .credits
            .partition_point(|credit| credit.transaction < Some(id));
        let rest = self.credits.get(start..).unwrap_or_default();
        rest.iter()
            .copied()
            .take_while(move |credit| credit.transaction == Some(id))
    }

    /// The credits of a version and of those before it, as far as they are at hand.
    pub(super) fn credits_down_from(&self, version: Option<TransactionId>) -> Vec<&'a Credit> {
        let mut credits = Vec::new();
        let mut next = version;
        while let Some(id) = next {
            credits.extend(self.credits_of(id));
            // Versions before one that is not at hand were not asked for. And each version is older
            // than the one that replaced it, so this ends.
            next = self
                .transaction(id)
                .and_then(|t| t.replaces)
                .filter(|older| *older < id);
        }
        credits
    }
}

//! Lists by keyset pages. The key of the last row of a page is what the next page goes on after; a
//! page with fewer rows than asked for is the last.

use std::collections::BTreeSet;

use attain_domain::activity::Activity;
use attain_domain::credit::{Credit, CreditPosition};
use attain_domain::earning::{Earning, PastEarning};
use attain_domain::ids::{ActivityId, EarningId, ParticipantId, RunId, TransactionId};
use attain_domain::ports::{ChunkSize, EarningPosition, Snapshot};
use attain_domain::refusal::Refusal;
use attain_domain::run::{Calculation, Run, RunLogEntry};
use attain_domain::time::DateRange;
use attain_domain::transaction::{Transaction, TransactionKey};

use crate::caller::Caller;
use crate::engine::Engine;
use crate::failure::store_refusal;

/// The newest version of a transaction with its credits.
#[derive(Clone, Debug, PartialEq)]
pub struct TransactionView {
    /// The transaction.
    pub transaction: Transaction,
    /// Its credits in the live table, in rising id order.
    pub credits: Vec<Credit>,
}

impl Engine {
    /// All versions of transactions by event date with ids above `after`, in rising id order.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn transactions(
        &self,
        caller: &Caller,
        range: DateRange,
        after: Option<TransactionId>,
        chunk: ChunkSize,
    ) -> Result<Vec<Transaction>, Refusal> {
        let snapshot = self.snapshot(caller).await?;
        snapshot
            .transactions_after(range, after, chunk)
            .await
            .map_err(store_refusal)
    }

    /// A transaction by its natural key, with its credits.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn transaction(
        &self,
        caller: &Caller,
        key: &TransactionKey,
    ) -> Result<Option<TransactionView>, Refusal> {
        let snapshot = self.snapshot(caller).await?;
        let keys = std::slice::from_ref(key);
        let found = snapshot
            .transactions_by_key(keys)
            .await
            .map_err(store_refusal)?
            .pop();
        let Some(transaction) = found else {
            return Ok(None);
        };
        let credits = snapshot.credits_of_transactions(&[transaction.id]).await;
        let credits = credits.map_err(store_refusal)?;
        Ok(Some(TransactionView {
            transaction,
            credits,
        }))
    }

    /// The newest versions of the transactions of some natural keys, in rising key order; of keys
    /// that are not there, nothing.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn newest_transactions(
        &self,
        caller: &Caller,
        keys: &BTreeSet<TransactionKey>,
    ) -> Result<Vec<Transaction>, Refusal> {
        let snapshot = self.snapshot(caller).await?;
        newest_transactions(&*snapshot, keys).await
    }

    /// The credits of participants that are not obsolete, by credit date, above `after`, in the
    /// order in which they are calculated.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn credits(
        &self,
        caller: &Caller,
        participants: &[ParticipantId],
        range: DateRange,
        after: Option<&CreditPosition>,
        chunk: ChunkSize,
    ) -> Result<Vec<Credit>, Refusal> {
        let snapshot = self.snapshot(caller).await?;
        let credits = snapshot
            .credits_of_participants(participants, range, after, chunk)
            .await;
        credits.map_err(store_refusal)
    }

    /// All live earnings by earning date, obsolete ones and reversals included, of one participant
    /// or all, above `after`, by participant, date and id.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn earnings(
        &self,
        caller: &Caller,
        participant: Option<&ParticipantId>,
        range: DateRange,
        after: Option<&EarningPosition>,
        chunk: ChunkSize,
    ) -> Result<Vec<Earning>, Refusal> {
        let snapshot = self.snapshot(caller).await?;
        snapshot
            .earnings_after(participant, range, after, chunk)
            .await
            .map_err(store_refusal)
    }

    /// The earnings of these ids that went to history, in rising id order.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn past_earnings(
        &self,
        caller: &Caller,
        ids: &[EarningId],
    ) -> Result<Vec<PastEarning>, Refusal> {
        let snapshot = self.snapshot(caller).await?;
        snapshot.past_earnings(ids).await.map_err(store_refusal)
    }

    /// Runs with ids below `before`, newest first.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn runs(
        &self,
        caller: &Caller,
        before: Option<RunId>,
        chunk: ChunkSize,
    ) -> Result<Vec<Run>, Refusal> {
        let snapshot = self.snapshot(caller).await?;
        snapshot
            .runs_before(before, chunk)
            .await
            .map_err(store_refusal)
    }

    /// Log entries of a run with numbers above `after`, in rising order; readable while it runs.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn run_log(
        &self,
        caller: &Caller,
        run: RunId,
        after: u64,
        chunk: ChunkSize,
    ) -> Result<Vec<RunLogEntry>, Refusal> {
        let snapshot = self.snapshot(caller).await?;
        snapshot
            .run_log_after(run, after, chunk)
            .await
            .map_err(store_refusal)
    }

    /// Entries of the activity log with ids above `after`, in rising order.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn activities(
        &self,
        caller: &Caller,
        after: Option<ActivityId>,
        chunk: ChunkSize,
    ) -> Result<Vec<Activity>, Refusal> {
        let snapshot = self.snapshot(caller).await?;
        snapshot
            .activities_after(after, chunk)
            .await
            .map_err(store_refusal)
    }

    /// All calculations, in rising id order: one for each period that was calculated.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn calculations(&self, caller: &Caller) -> Result<Vec<Calculation>, Refusal> {
        let snapshot = self.snapshot(caller).await?;
        snapshot.calculations().await.map_err(store_refusal)
    }
}

/// The newest versions of the transactions of some natural keys, in rising key order.
pub(crate) async fn newest_transactions(
    snapshot: &dyn Snapshot,
    keys: &BTreeSet<TransactionKey>,
) -> Result<Vec<Transaction>, Refusal> {
    let keys: Vec<TransactionKey> = keys.iter().cloned().collect();
    let mut newest = Vec::with_capacity(keys.len());
    for page in keys.chunks(ChunkSize::largest().rows()) {
        let rows = snapshot.transactions_by_key(page).await;
        newest.extend(rows.map_err(store_refusal)?);
    }
    Ok(newest)
}

//! Transactions and credits.

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use attain_domain::change::{CreditEligibility, Departure, Obsoletion};
use attain_domain::credit::{Credit, CreditOrigin, CreditPosition, PastCredit};
use attain_domain::ids::{CreditId, ParticipantId, TransactionId};
use attain_domain::ports::{ChunkSize, CreditRepository, StoreError, TransactionRepository};
use attain_domain::run::WorkItem;
use attain_domain::time::DateRange;
use attain_domain::transaction::{
    PastTransaction, Transaction, TransactionKey, TransactionProgress, TransactionStatus,
};

use crate::codec::records;
use crate::table::{Answer, Reads, RedbSnapshot, Writer, page, rows, sorted};

/// The one live version of a key. That there is no other is what the table is for.
pub(crate) struct LiveTransaction {
    key: TransactionKey,
    id: TransactionId,
}

records! {
    LiveTransaction { key, id, }
}

rows! {
    Transaction in "transaction" by TransactionId: |row| row.id;
    LiveTransaction in "live_transaction" by TransactionKey: |row| row.key.clone();
    PastTransaction in "past_transaction" by TransactionId: |row| row.transaction.id;
    Credit in "credit" by CreditId: |row| row.id;
    PastCredit in "past_credit" by CreditId: |row| row.credit.id;
}

pub(crate) fn is_key_free(from: &impl Reads, key: &TransactionKey) -> Answer<bool> {
    let live: Option<LiveTransaction> = from.one(key)?;
    Ok(live.is_none())
}

/// The key, as long as the transaction is live.
fn live_key(row: &Transaction) -> Option<LiveTransaction> {
    match row.status {
        TransactionStatus::Obsolete | TransactionStatus::Cancelled => None,
        TransactionStatus::New
        | TransactionStatus::Classified
        | TransactionStatus::Credited
        | TransactionStatus::Error(_) => Some(LiveTransaction {
            key: row.key.clone(),
            id: row.id,
        }),
    }
}

impl Writer<'_> {
    pub(crate) fn write_transactions(
        &self,
        new: Vec<Transaction>,
        progressed: Vec<TransactionProgress>,
    ) -> Answer<()> {
        let mut live: Vec<_> = new.iter().filter_map(live_key).collect();
        self.add(new)?;
        for progress in progressed {
            let (before, after) = self.change(progress.id, |row: &mut Transaction| {
                row.status = progress.status;
                row.category = progress.category;
                row.flags = progress.flags;
                row.replaced_by = progress.replaced_by;
                row.stamp = progress.stamp;
            })?;
            if live_key(&before).is_some() {
                self.strike::<LiveTransaction>(&before.key)?;
            }
            live.extend(live_key(&after));
        }
        // In the end, because a new version is named before the one it replaces.
        self.add(live)
    }

    /// They are obsolete, so that no key has one of them for its live one.
    pub(crate) fn depart_transactions(
        &self,
        departed: Vec<Departure<TransactionId>>,
    ) -> Answer<()> {
        for departure in departed {
            let transaction: Transaction = self.take(departure.id)?;
            if departure.archive {
                self.add([PastTransaction {
                    transaction,
                    because: departure.because,
                    left_at: departure.at,
                    left_by: departure.actor,
                }])?;
            }
        }
        Ok(())
    }

    pub(crate) fn depart_credits(&self, departed: Vec<Departure<CreditId>>) -> Answer<()> {
        for departure in departed {
            let credit: Credit = self.take(departure.id)?;
            if departure.archive {
                self.add([PastCredit {
                    credit,
                    because: departure.because,
                    left_at: departure.at,
                    left_by: departure.actor,
                }])?;
            }
        }
        Ok(())
    }

    pub(crate) fn mark_credits(
        &self,
        obsoleted: Vec<Obsoletion<CreditId>>,
        judged: Vec<CreditEligibility>,
    ) -> Answer<()> {
        for Obsoletion { id, mark, stamp } in obsoleted {
            self.change(id, |row: &mut Credit| {
                row.obsolete = Some(mark);
                row.stamp = stamp;
            })?;
        }
        for CreditEligibility { id, status, stamp } in judged {
            self.change(id, |row: &mut Credit| {
                row.status = status;
                row.stamp = stamp;
            })?;
        }
        Ok(())
    }
}

impl RedbSnapshot {
    /// In rising order of their ids.
    fn of_work<'a>(
        &self,
        item: &'a WorkItem,
    ) -> Answer<impl Iterator<Item = Transaction> + use<'a>> {
        let rows: Vec<Transaction> = self.all()?;
        let is_in = |id: TransactionId| item.first <= id && id <= item.last;
        let rows = rows.into_iter();
        Ok(rows.filter(move |row| row.period == item.period && is_in(row.id)))
    }
}

#[async_trait]
impl TransactionRepository for RedbSnapshot {
    async fn transactions_by_key(
        &self,
        keys: &[TransactionKey],
    ) -> Result<Vec<Transaction>, StoreError> {
        let keys: BTreeSet<&TransactionKey> = keys.iter().collect();
        let rows: Vec<Transaction> = self.all()?;
        let rows = rows.into_iter().filter(|row| keys.contains(&row.key));
        // In rising order of their ids: the newest of a key comes last.
        let newest: BTreeMap<_, _> = rows.map(|row| (row.key.clone(), row)).collect();
        Ok(newest.into_values().collect())
    }

    async fn transactions_by_id(
        &self,
        ids: &[TransactionId],
    ) -> Result<Vec<Transaction>, StoreError> {
        self.some(ids.iter().copied())
    }

    async fn transactions_of_work(
        &self,
        item: &WorkItem,
        after: Option<TransactionId>,
        chunk: ChunkSize,
    ) -> Result<Vec<Transaction>, StoreError> {
        Ok(page(
            self.of_work(item)?,
            |row| row.id,
            after.as_ref(),
            chunk,
        ))
    }

    async fn spans_of_work(
        &self,
        item: &WorkItem,
        chunk: ChunkSize,
    ) -> Result<Vec<TransactionId>, StoreError> {
        let rows = self.of_work(item)?;
        Ok(rows.step_by(chunk.rows()).map(|row| row.id).collect())
    }

    async fn transactions_after(
        &self,
        range: DateRange,
        after: Option<TransactionId>,
        chunk: ChunkSize,
    ) -> Result<Vec<Transaction>, StoreError> {
        let rows: Vec<Transaction> = self.all()?;
        let rows = rows
            .into_iter()
            .filter(|row| range.contains(row.event_date));
        Ok(page(rows, |row| row.id, after.as_ref(), chunk))
    }
}

#[async_trait]
impl CreditRepository for RedbSnapshot {
    async fn credits_of_transactions(
        &self,
        transactions: &[TransactionId],
    ) -> Result<Vec<Credit>, StoreError> {
        let transactions: BTreeSet<TransactionId> = transactions.iter().copied().collect();
        let rows: Vec<Credit> = self.all()?;
        let is_of_them =
            |row: &Credit| row.transaction.is_some_and(|id| transactions.contains(&id));
        let rows = rows.into_iter().filter(is_of_them);
        Ok(sorted(rows, |row| (row.transaction, row.id)))
    }

    async fn credits_by_id(&self, ids: &[CreditId]) -> Result<Vec<Credit>, StoreError> {
        self.some(ids.iter().copied())
    }

    async fn credits_of_participants(
        &self,
        participants: &[ParticipantId],
        range: DateRange,
        after: Option<&CreditPosition>,
        chunk: ChunkSize,
    ) -> Result<Vec<Credit>, StoreError> {
        let participants: BTreeSet<&ParticipantId> = participants.iter().collect();
        let rows: Vec<Credit> = self.all()?;
        let rows = rows.into_iter().filter(|row| {
            row.obsolete.is_none()
                && range.contains(row.credit_date)
                && participants.contains(&row.participant)
        });
        Ok(page(rows, CreditPosition::of, after, chunk))
    }

    async fn summarised_credits_through(
        &self,
        child: &ParticipantId,
        range: DateRange,
    ) -> Result<Vec<Credit>, StoreError> {
        let is_through_child = |origin: &CreditOrigin| match origin {
            CreditOrigin::From { source, through } => source.is_none() && through == child,
            CreditOrigin::Rule { .. } | CreditOrigin::Given => false,
        };
        let rows: Vec<Credit> = self.all()?;
        let rows = rows.into_iter().filter(|row| {
            row.obsolete.is_none()
                && range.contains(row.credit_date)
                && is_through_child(&row.origin)
        });
        let position = |row: &Credit| (row.participant.clone(), row.credit_date, row.id);
        Ok(sorted(rows, position))
    }
}

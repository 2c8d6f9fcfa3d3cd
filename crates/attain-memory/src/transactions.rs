//! Transactions: every version, by id, by natural key, by period; and their history.

use std::collections::BTreeSet;
use std::ops::{Bound, RangeBounds};
use std::sync::Arc;

use async_trait::async_trait;
use attain_domain::change::Departure;
use attain_domain::ids::{PeriodId, TransactionId};
use attain_domain::ports::{ChunkSize, StoreError, TransactionRepository};
use attain_domain::run::WorkItem;
use attain_domain::stamp::Version;
use attain_domain::time::DateRange;
use attain_domain::transaction::{
    PastTransaction, Transaction, TransactionKey, TransactionProgress, TransactionStatus,
};
use uuid::Uuid;

use crate::map::{Map, Set, above, add, conflict, of_keys, take};
use crate::snapshot::MemorySnapshot;

#[derive(Clone, Default)]
pub(crate) struct Transactions {
    rows: Map<TransactionId, Arc<Transaction>>,
    /// With those that departed: what is the newest of a key stays so.
    by_key: Set<(TransactionKey, TransactionId)>,
    by_period: Set<(PeriodId, TransactionId)>,
    obsolete: Set<TransactionId>,
    history: Map<TransactionId, Arc<PastTransaction>>,
    past_by_key: Set<(TransactionKey, TransactionId)>,
}

impl Transactions {
    pub(crate) fn apply(
        &mut self,
        new: Vec<Transaction>,
        progressed: Vec<TransactionProgress>,
        departed: Vec<Departure<TransactionId>>,
    ) -> Result<(), StoreError> {
        let mut touched = BTreeSet::new();
        for row in new {
            touched.insert(row.key.clone());
            self.add(Arc::new(row))?;
        }
        for progress in progressed {
            touched.insert(self.progress(progress)?);
        }
        for departure in departed {
            self.depart(departure)?;
        }
        // Looked at in the end, because a new version is named before the one it replaces.
        for key in touched {
            if self.live_of(&key).count() > 1 {
                return Err(conflict(key, "would have two live transactions"));
            }
        }
        Ok(())
    }

    fn add(&mut self, row: Arc<Transaction>) -> Result<(), StoreError> {
        self.by_key.insert_mut((row.key.clone(), row.id));
        self.by_period.insert_mut((row.period.clone(), row.id));
        if row.status == TransactionStatus::Obsolete {
            self.obsolete.insert_mut(row.id);
        }
        add(&mut self.rows, row.id, row)
    }

    fn take(&mut self, id: TransactionId) -> Result<Arc<Transaction>, StoreError> {
        let row = take(&mut self.rows, &id)?;
        self.by_period.remove_mut(&(row.period.clone(), id));
        self.obsolete.remove_mut(&id);
        Ok(row)
    }

    fn depart(&mut self, departure: Departure<TransactionId>) -> Result<(), StoreError> {
        let row = self.take(departure.id)?;
        if !departure.archive {
            return Ok(());
        }
        let past = PastTransaction {
            transaction: Arc::unwrap_or_clone(row),
            because: departure.because,
            left_at: departure.at,
            left_by: departure.actor,
        };
        let key = past.transaction.key.clone();
        self.past_by_key.insert_mut((key, departure.id));
        add(&mut self.history, departure.id, Arc::new(past))
    }

    fn progress(&mut self, progress: TransactionProgress) -> Result<TransactionKey, StoreError> {
        let TransactionProgress {
            id,
            status,
            category,
            flags,
            replaced_by,
            stamp,
        } = progress;
        let mut row = self.take(id)?;
        let key = row.key.clone();
        let changed = Arc::make_mut(&mut row);
        changed.status = status;
        changed.category = category;
        changed.flags = flags;
        changed.replaced_by = replaced_by;
        changed.stamp = stamp;
        self.add(row)?;
        Ok(key)
    }

    fn live_of(&self, key: &TransactionKey) -> impl Iterator<Item = &Arc<Transaction>> {
        let ids = self.by_key.range(of_key(key));
        let rows = ids.filter_map(|(_, id)| self.rows.get(id));
        rows.filter(|row| match row.status {
            TransactionStatus::New
            | TransactionStatus::Classified
            | TransactionStatus::Credited
            | TransactionStatus::Error(_) => true,
            TransactionStatus::Obsolete | TransactionStatus::Cancelled => false,
        })
    }

    pub(crate) fn is_key_free(&self, key: &TransactionKey) -> bool {
        self.live_of(key).next().is_none()
    }

    pub(crate) fn version(&self, id: TransactionId) -> Option<Version> {
        self.rows.get(&id).map(|row| row.stamp.version)
    }

    /// Obsolete ones above an id, in rising id order.
    pub(crate) fn obsolete(
        &self,
        range: DateRange,
        after: Option<TransactionId>,
    ) -> impl Iterator<Item = &Arc<Transaction>> {
        let ids = self.obsolete.range((above(after), Bound::Unbounded));
        let rows = ids.filter_map(|id| self.rows.get(id));
        rows.filter(move |row| range.contains(row.event_date))
    }

    /// Past ones of a key.
    pub(crate) fn past_of_key(
        &self,
        key: &TransactionKey,
    ) -> impl Iterator<Item = &Arc<PastTransaction>> {
        let ids = self.past_by_key.range(of_key(key));
        ids.filter_map(|(_, id)| self.history.get(id))
    }
}

fn of_key(key: &TransactionKey) -> impl RangeBounds<(TransactionKey, TransactionId)> + use<> {
    let first = (key.clone(), TransactionId(Uuid::nil()));
    let last = (key.clone(), TransactionId(Uuid::max()));
    (Bound::Included(first), Bound::Included(last))
}

#[async_trait]
impl TransactionRepository for MemorySnapshot {
    async fn transactions_by_key(
        &self,
        keys: &[TransactionKey],
    ) -> Result<Vec<Transaction>, StoreError> {
        let transactions = &self.tables.transactions;
        Ok(of_keys(keys, |key| {
            let (_, newest) = transactions.by_key.range(of_key(key)).next_back()?;
            let newest = transactions.rows.get(newest);
            newest.map(|row| Transaction::clone(row))
        }))
    }

    async fn transactions_by_id(
        &self,
        ids: &[TransactionId],
    ) -> Result<Vec<Transaction>, StoreError> {
        let rows = &self.tables.transactions.rows;
        Ok(of_keys(ids, |id| {
            rows.get(id).map(|row| Transaction::clone(row))
        }))
    }

    async fn transactions_of_work(
        &self,
        item: &WorkItem,
        after: Option<TransactionId>,
        chunk: ChunkSize,
    ) -> Result<Vec<Transaction>, StoreError> {
        let transactions = &self.tables.transactions;
        let from = match after {
            Some(after) if after >= item.first => Bound::Excluded((item.period.clone(), after)),
            _ => Bound::Included((item.period.clone(), item.first)),
        };
        Ok(transactions
            .by_period
            .range((from, Bound::Unbounded))
            .take_while(|(period, id)| *period == item.period && *id <= item.last)
            .map(|(_, id)| id)
            .filter_map(|id| transactions.rows.get(id))
            .take(chunk.rows())
            .map(|row| Transaction::clone(row))
            .collect())
    }

    async fn spans_of_work(
        &self,
        item: &WorkItem,
        chunk: ChunkSize,
    ) -> Result<Vec<TransactionId>, StoreError> {
        let by_period = &self.tables.transactions.by_period;
        let from = Bound::Included((item.period.clone(), item.first));
        let ids = by_period
            .range((from, Bound::Unbounded))
            .take_while(|(period, id)| *period == item.period && *id <= item.last)
            .map(|(_, id)| *id);
        Ok(ids.step_by(chunk.rows()).collect())
    }

    async fn transactions_after(
        &self,
        range: DateRange,
        after: Option<TransactionId>,
        chunk: ChunkSize,
    ) -> Result<Vec<Transaction>, StoreError> {
        let rows = &self.tables.transactions.rows;
        Ok(rows
            .range((above(after), Bound::Unbounded))
            .map(|(_, row)| row)
            .filter(|row| range.contains(row.event_date))
            .take(chunk.rows())
            .map(|row| Transaction::clone(row))
            .collect())
    }
}

//! What the port reads of corrections: what waits for Revert, what waits for the calculation, and
//! what went to history.

use std::collections::BTreeSet;
use std::sync::Arc;

use async_trait::async_trait;
use attain_domain::credit::{Credit, PastCredit};
use attain_domain::earning::{Earning, PastEarning};
use attain_domain::ids::{CreditId, EarningId, LineageId, ParticipantId, TransactionId};
use attain_domain::ports::{ChunkSize, CorrectionRepository, Pending, StoreError};
use attain_domain::time::{Date, DateRange};
use attain_domain::transaction::{PastTransaction, Transaction, TransactionKey};

use crate::map::of_keys;
use crate::snapshot::MemorySnapshot;

#[async_trait]
impl CorrectionRepository for MemorySnapshot {
    async fn pending(&self, range: DateRange) -> Result<Pending, StoreError> {
        let tables = &self.tables;
        let transactions = tables.transactions.obsolete(range, None);
        let credits = tables.credits.obsolete(range, None);
        let earnings = tables.earnings.obsolete(range, None);
        let mut dates = BTreeSet::new();
        Ok(Pending {
            transactions: count(transactions.map(|row| row.event_date), &mut dates),
            credits: count(credits.map(|row| row.credit_date), &mut dates),
            earnings: count(earnings.map(|row| row.date), &mut dates),
            first: dates.first().copied(),
            last: dates.last().copied(),
        })
    }

    async fn obsolete_transactions(
        &self,
        range: DateRange,
        after: Option<TransactionId>,
        chunk: ChunkSize,
    ) -> Result<Vec<Transaction>, StoreError> {
        let rows = self.tables.transactions.obsolete(range, after);
        Ok(copies(rows.take(chunk.rows())))
    }

    async fn obsolete_credits(
        &self,
        range: DateRange,
        after: Option<CreditId>,
        chunk: ChunkSize,
    ) -> Result<Vec<Credit>, StoreError> {
        let rows = self.tables.credits.obsolete(range, after);
        Ok(copies(rows.take(chunk.rows())))
    }

    async fn obsolete_earnings(
        &self,
        range: DateRange,
        after: Option<EarningId>,
        chunk: ChunkSize,
    ) -> Result<Vec<Earning>, StoreError> {
        let rows = self.tables.earnings.obsolete(range, after);
        Ok(copies(rows.take(chunk.rows())))
    }

    async fn credits_adjusted_from(&self, ids: &[CreditId]) -> Result<Vec<Credit>, StoreError> {
        let credits = &self.tables.credits;
        let ids: BTreeSet<_> = ids.iter().copied().collect();
        let rows = ids.into_iter().flat_map(|id| credits.adjusted_from(id));
        let mut rows = copies(rows);
        rows.sort_by_key(|row| row.id);
        Ok(rows)
    }

    async fn earnings_for_lineages(
        &self,
        lineages: &[LineageId],
    ) -> Result<Vec<Earning>, StoreError> {
        let earnings = &self.tables.earnings;
        let lineages: BTreeSet<_> = lineages.iter().copied().collect();
        let rows = lineages.into_iter().flat_map(|id| earnings.of_lineage(id));
        let mut rows = copies(rows);
        rows.sort_by_key(|row| row.id);
        Ok(rows)
    }

    async fn waiting_reversals(
        &self,
        participants: &[ParticipantId],
        range: DateRange,
    ) -> Result<Vec<Earning>, StoreError> {
        let earnings = &self.tables.earnings;
        let participants: BTreeSet<_> = participants.iter().collect();
        let rows = participants.into_iter();
        let mut rows = copies(rows.flat_map(|whose| earnings.waiting_of(whose, range)));
        rows.sort_by_key(|row| row.id);
        Ok(rows)
    }

    async fn waiting_reversal_count(&self, range: DateRange) -> Result<u64, StoreError> {
        let dates = self.tables.earnings.waiting(range).map(|row| row.date);
        Ok(count(dates, &mut BTreeSet::new()))
    }

    async fn past_transactions_of_keys(
        &self,
        keys: &[TransactionKey],
    ) -> Result<Vec<PastTransaction>, StoreError> {
        let transactions = &self.tables.transactions;
        let keys: BTreeSet<_> = keys.iter().collect();
        let rows = keys.into_iter();
        let mut rows = copies(rows.flat_map(|key| transactions.past_of_key(key)));
        rows.sort_by_key(|past| past.transaction.id);
        Ok(rows)
    }

    async fn past_credits_of_keys(
        &self,
        keys: &[TransactionKey],
    ) -> Result<Vec<PastCredit>, StoreError> {
        let credits = &self.tables.credits;
        let keys: BTreeSet<_> = keys.iter().collect();
        let rows = keys.into_iter();
        let mut rows = copies(rows.flat_map(|key| credits.past_of_key(key)));
        rows.sort_by_key(|past| past.credit.id);
        Ok(rows)
    }

    async fn past_credits(&self, ids: &[CreditId]) -> Result<Vec<PastCredit>, StoreError> {
        let past = &self.tables.credits.history;
        Ok(of_keys(ids, |id| {
            past.get(id).map(|row| PastCredit::clone(row))
        }))
    }

    async fn past_earnings_of_participant(
        &self,
        participant: &ParticipantId,
        range: DateRange,
        after: Option<EarningId>,
        chunk: ChunkSize,
    ) -> Result<Vec<PastEarning>, StoreError> {
        let rows = self.tables.earnings.past_of(participant, range, after);
        Ok(copies(rows.take(chunk.rows())))
    }
}

/// How many there are; their dates are noted.
fn count(rows: impl Iterator<Item = Date>, dates: &mut BTreeSet<Date>) -> u64 {
    rows.map(|date| {
        dates.insert(date);
        1
    })
    .sum()
}

fn copies<'a, T: Clone + 'a>(rows: impl Iterator<Item = &'a Arc<T>>) -> Vec<T> {
    rows.map(|row| T::clone(row)).collect()
}

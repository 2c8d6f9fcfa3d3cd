//! What waits for Revert and for the calculation, and what went to history.

use std::collections::BTreeSet;

use async_trait::async_trait;
use attain_domain::credit::{Credit, PastCredit};
use attain_domain::earning::{Earning, PastEarning};
use attain_domain::ids::{CreditId, EarningId, LineageId, ParticipantId, TransactionId};
use attain_domain::ports::{ChunkSize, CorrectionRepository, Pending, StoreError};
use attain_domain::time::DateRange;
use attain_domain::transaction::{PastTransaction, Transaction, TransactionKey, TransactionStatus};

use crate::table::{Answer, Reads, RedbSnapshot, page};

impl RedbSnapshot {
    fn transactions_waiting(&self, range: DateRange) -> Answer<Vec<Transaction>> {
        let mut rows: Vec<Transaction> = self.all()?;
        rows.retain(|row| {
            row.status == TransactionStatus::Obsolete && range.contains(row.event_date)
        });
        Ok(rows)
    }

    fn credits_waiting(&self, range: DateRange) -> Answer<Vec<Credit>> {
        let mut rows: Vec<Credit> = self.all()?;
        rows.retain(|row| row.obsolete.is_some() && range.contains(row.credit_date));
        Ok(rows)
    }

    fn earnings_waiting(&self, range: DateRange) -> Answer<Vec<Earning>> {
        let rows = self.earnings_in(range)?.filter(|row| {
            let parts = row.instalments;
            row.obsolete.is_some() && parts.taken == parts.paid
        });
        Ok(rows.collect())
    }

    fn reversals_waiting(&self, range: DateRange) -> Answer<impl Iterator<Item = Earning> + use<>> {
        let rows = self.earnings_in(range)?;
        Ok(rows.filter(|row| row.awaits_calculation))
    }
}

/// Tables are in the order of their ids, and so are answers.
#[async_trait]
impl CorrectionRepository for RedbSnapshot {
    async fn pending(&self, range: DateRange) -> Result<Pending, StoreError> {
        let transactions = self.transactions_waiting(range)?;
        let credits = self.credits_waiting(range)?;
        let earnings = self.earnings_waiting(range)?;
        let dates = transactions.iter().map(|row| row.event_date);
        let dates = dates.chain(credits.iter().map(|row| row.credit_date));
        let dates: BTreeSet<_> = dates.chain(earnings.iter().map(|row| row.date)).collect();
        Ok(Pending {
            // A `usize` has at most 64 bits wherever this is compiled.
            transactions: transactions.len() as u64,
            credits: credits.len() as u64,
            earnings: earnings.len() as u64,
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
        let rows = self.transactions_waiting(range)?;
        Ok(page(rows, |row| row.id, after.as_ref(), chunk))
    }

    async fn obsolete_credits(
        &self,
        range: DateRange,
        after: Option<CreditId>,
        chunk: ChunkSize,
    ) -> Result<Vec<Credit>, StoreError> {
        let rows = self.credits_waiting(range)?;
        Ok(page(rows, |row| row.id, after.as_ref(), chunk))
    }

    async fn obsolete_earnings(
        &self,
        range: DateRange,
        after: Option<EarningId>,
        chunk: ChunkSize,
    ) -> Result<Vec<Earning>, StoreError> {
        let rows = self.earnings_waiting(range)?;
        Ok(page(rows, |row| row.id, after.as_ref(), chunk))
    }

    async fn credits_adjusted_from(&self, ids: &[CreditId]) -> Result<Vec<Credit>, StoreError> {
        let ids: BTreeSet<CreditId> = ids.iter().copied().collect();
        let mut rows: Vec<Credit> = self.all()?;
        rows.retain(|row| row.adjusted_from.is_some_and(|id| ids.contains(&id)));
        Ok(rows)
    }

    async fn earnings_for_lineages(
        &self,
        lineages: &[LineageId],
    ) -> Result<Vec<Earning>, StoreError> {
        let lineages: BTreeSet<LineageId> = lineages.iter().copied().collect();
        let mut rows: Vec<Earning> = self.all()?;
        rows.retain(|row| {
            let is_for_them = row.key.lineage.is_some_and(|id| lineages.contains(&id));
            is_for_them && row.reversal_of.is_none()
        });
        Ok(rows)
    }

    async fn waiting_reversals(
        &self,
        participants: &[ParticipantId],
        range: DateRange,
    ) -> Result<Vec<Earning>, StoreError> {
        let participants: BTreeSet<&ParticipantId> = participants.iter().collect();
        let rows = self.reversals_waiting(range)?;
        let rows = rows.filter(|row| participants.contains(&row.key.participant));
        Ok(rows.collect())
    }

    async fn waiting_reversal_count(&self, range: DateRange) -> Result<u64, StoreError> {
        Ok(self.reversals_waiting(range)?.map(|_row| 1).sum())
    }

    async fn past_transactions_of_keys(
        &self,
        keys: &[TransactionKey],
    ) -> Result<Vec<PastTransaction>, StoreError> {
        let keys: BTreeSet<&TransactionKey> = keys.iter().collect();
        let mut rows: Vec<PastTransaction> = self.all()?;
        rows.retain(|past| keys.contains(&past.transaction.key));
        Ok(rows)
    }

    async fn past_credits_of_keys(
        &self,
        keys: &[TransactionKey],
    ) -> Result<Vec<PastCredit>, StoreError> {
        let keys: BTreeSet<&TransactionKey> = keys.iter().collect();
        let mut rows: Vec<PastCredit> = self.all()?;
        rows.retain(|past| keys.contains(&past.credit.key));
        Ok(rows)
    }

    async fn past_credits(&self, ids: &[CreditId]) -> Result<Vec<PastCredit>, StoreError> {
        self.some(ids.iter().copied())
    }

    async fn past_earnings_of_participant(
        &self,
        participant: &ParticipantId,
        range: DateRange,
        after: Option<EarningId>,
        chunk: ChunkSize,
    ) -> Result<Vec<PastEarning>, StoreError> {
        let mut rows: Vec<PastEarning> = self.all()?;
        rows.retain(|PastEarning { earning, .. }| {
            earning.key.participant == *participant && range.contains(earning.date)
        });
        Ok(page(rows, |past| past.earning.id, after.as_ref(), chunk))
    }
}

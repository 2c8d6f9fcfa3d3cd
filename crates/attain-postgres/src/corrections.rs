//! What waits for Revert or for the calculation, and what went to history. Written by the modules of
//! the records.

use async_trait::async_trait;
use attain_domain::credit::{Credit, PastCredit};
use attain_domain::earning::{Earning, PastEarning};
use attain_domain::ids::{ActorId, CreditId, EarningId, LineageId, ParticipantId, TransactionId};
use attain_domain::ports::{ChunkSize, CorrectionRepository, Pending, StoreError};
use attain_domain::time::DateRange;
use attain_domain::transaction::{PastTransaction, Transaction, TransactionKey};
use sqlx::postgres::PgRow;
use uuid::Uuid;

use crate::cells::Cells;
use crate::credits::{credit, credits};
use crate::earnings::{earnings, past_earnings};
use crate::error::corrupt;
use crate::snapshot::PgSnapshot;
use crate::statements::corrections as sql;
use crate::stored::each;
use crate::transactions::{transaction, transactions};

fn past_transactions(rows: &[PgRow]) -> Result<Vec<PastTransaction>, StoreError> {
    each("transactions", rows, |row| {
        Ok(PastTransaction {
            transaction: transaction(row)?,
            because: row.code()?,
            left_at: row.instant()?,
            left_by: row.name(ActorId::parse)?,
        })
    })
}

fn past_credits(rows: &[PgRow]) -> Result<Vec<PastCredit>, StoreError> {
    each("credits", rows, |row| {
        Ok(PastCredit {
            credit: credit(row)?,
            because: row.code()?,
            left_at: row.instant()?,
            left_by: row.name(ActorId::parse)?,
        })
    })
}

fn pending(rows: &[PgRow]) -> Result<Pending, StoreError> {
    let waiting = each("counts", rows, |row| {
        Ok((row.count()?, row.date_or_none()?, row.date_or_none()?))
    })?;
    let [transactions, credits, earnings] = waiting.as_slice() else {
        return Err(corrupt("counts", "there is one for each kind of record"));
    };
    Ok(Pending {
        transactions: transactions.0,
        credits: credits.0,
        earnings: earnings.0,
        first: waiting.iter().filter_map(|row| row.1).min(),
        last: waiting.iter().filter_map(|row| row.2).max(),
    })
}

impl PgSnapshot {
    /// The parameters of a page by date, above an id.
    fn page_cells(&self, range: DateRange, after: Option<Uuid>, chunk: ChunkSize) -> Cells {
        let mut cells = self.cells();
        cells.range(range);
        cells.id_or_first(after);
        cells.limit(chunk.rows());
        cells
    }

    /// The parameters of lookups by natural key, which need not be looked at twice.
    fn keys_cells(&self, keys: &[TransactionKey]) -> Cells {
        let mut keys: Vec<&TransactionKey> = keys.iter().collect();
        keys.sort_unstable();
        keys.dedup();
        let mut cells = self.cells();
        cells.texts(keys.iter().map(|key| key.number.as_str()));
        cells.texts(keys.iter().map(|key| key.kind.as_str()));
        cells
    }
}

#[async_trait]
impl CorrectionRepository for PgSnapshot {
    async fn pending(&self, range: DateRange) -> Result<Pending, StoreError> {
        let mut cells = self.cells();
        cells.range(range);
        pending(&self.rows(sql::PENDING, cells).await?)
    }

    async fn obsolete_transactions(
        &self,
        range: DateRange,
        after: Option<TransactionId>,
        chunk: ChunkSize,
    ) -> Result<Vec<Transaction>, StoreError> {
        let cells = self.page_cells(range, after.map(|id| id.0), chunk);
        transactions(&self.rows(sql::OBSOLETE_TRANSACTIONS, cells).await?)
    }

    async fn obsolete_credits(
        &self,
        range: DateRange,
        after: Option<CreditId>,
        chunk: ChunkSize,
    ) -> Result<Vec<Credit>, StoreError> {
        let cells = self.page_cells(range, after.map(|id| id.0), chunk);
        credits(&self.rows(sql::OBSOLETE_CREDITS, cells).await?)
    }

    async fn obsolete_earnings(
        &self,
        range: DateRange,
        after: Option<EarningId>,
        chunk: ChunkSize,
    ) -> Result<Vec<Earning>, StoreError> {
        let cells = self.page_cells(range, after.map(|id| id.0), chunk);
        earnings(&self.rows(sql::OBSOLETE_EARNINGS, cells).await?)
    }

    async fn credits_adjusted_from(&self, ids: &[CreditId]) -> Result<Vec<Credit>, StoreError> {
        let ids = ids.iter().map(|id| id.0);
        credits(&self.rows_of(sql::CREDITS_ADJUSTED_FROM, ids).await?)
    }

    async fn earnings_for_lineages(
        &self,
        lineages: &[LineageId],
    ) -> Result<Vec<Earning>, StoreError> {
        let ids = lineages.iter().map(|id| id.0);
        earnings(&self.rows_of(sql::EARNINGS_FOR_LINEAGES, ids).await?)
    }

    async fn waiting_reversals(
        &self,
        participants: &[ParticipantId],
        range: DateRange,
    ) -> Result<Vec<Earning>, StoreError> {
        let mut participants: Vec<&ParticipantId> = participants.iter().collect();
        participants.sort_unstable();
        participants.dedup();
        let mut cells = self.cells();
        cells.texts(participants.iter().map(|whose| whose.as_str()));
        cells.range(range);
        earnings(&self.rows(sql::WAITING_REVERSALS, cells).await?)
    }

    async fn waiting_reversal_count(&self, range: DateRange) -> Result<u64, StoreError> {
        let mut cells = self.cells();
        cells.range(range);
        let rows = self.rows(sql::WAITING_REVERSAL_COUNT, cells).await?;
        let counts = each("counts", &rows, |row| row.count())?;
        Ok(counts.first().copied().unwrap_or_default())
    }

    async fn past_transactions_of_keys(
        &self,
        keys: &[TransactionKey],
    ) -> Result<Vec<PastTransaction>, StoreError> {
        let cells = self.keys_cells(keys);
        past_transactions(&self.rows(sql::PAST_TRANSACTIONS_OF_KEYS, cells).await?)
    }

    async fn past_credits_of_keys(
        &self,
        keys: &[TransactionKey],
    ) -> Result<Vec<PastCredit>, StoreError> {
        let cells = self.keys_cells(keys);
        past_credits(&self.rows(sql::PAST_CREDITS_OF_KEYS, cells).await?)
    }

    async fn past_credits(&self, ids: &[CreditId]) -> Result<Vec<PastCredit>, StoreError> {
        let ids = ids.iter().map(|id| id.0);
        past_credits(&self.rows_of(sql::PAST_CREDITS, ids).await?)
    }

    async fn past_earnings_of_participant(
        &self,
        participant: &ParticipantId,
        range: DateRange,
        after: Option<EarningId>,
        chunk: ChunkSize,
    ) -> Result<Vec<PastEarning>, StoreError> {
        let mut cells = self.cells();
        cells.text(participant.as_str());
        cells.range(range);
        cells.id_or_first(after.map(|id| id.0));
        cells.limit(chunk.rows());
        past_earnings(&self.rows(sql::PAST_EARNINGS_OF_PARTICIPANT, cells).await?)
    }
}

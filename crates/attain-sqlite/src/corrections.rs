//! What waits for Revert or for the calculation, and what went to history. Written by the modules of
//! the records.

use async_trait::async_trait;
use attain_domain::credit::{Credit, PastCredit};
use attain_domain::earning::{Earning, PastEarning};
use attain_domain::ids::{CreditId, EarningId, LineageId, ParticipantId, TransactionId};
use attain_domain::ports::{ChunkSize, CorrectionRepository, Pending, StoreError};
use attain_domain::time::{Date, DateRange};
use attain_domain::transaction::{PastTransaction, Transaction, TransactionKey};
use serde::Deserialize;
use uuid::Uuid;

use crate::cells::{Cells, name_list, pair_list};
use crate::credits::{CreditRow, credits};
use crate::earnings::{earnings, past_earnings};
use crate::error::corrupt;
use crate::snapshot::SqliteSnapshot;
use crate::statements::corrections as sql;
use crate::stored::{PastRow, Whole, all, rows};
use crate::transactions::{TransactionRow, transactions};

/// How many rows of a kind wait, and their first and last date.
#[derive(Deserialize)]
struct WaitingRow(u64, Option<Whole<Date>>, Option<Whole<Date>>);

impl PastRow<TransactionRow> {
    fn into_past(self) -> Result<PastTransaction, StoreError> {
        Ok(PastTransaction {
            transaction: self.row.into_transaction()?,
            because: self.because.0,
            left_at: self.left_at.0,
            left_by: self.left_by.0,
        })
    }
}

impl PastRow<CreditRow> {
    fn into_past(self) -> Result<PastCredit, StoreError> {
        Ok(PastCredit {
            credit: self.row.into_credit()?,
            because: self.because.0,
            left_at: self.left_at.0,
            left_by: self.left_by.0,
        })
    }
}

fn past_transactions(page: &str) -> Result<Vec<PastTransaction>, StoreError> {
    let rows: Vec<PastRow<TransactionRow>> = rows("transactions", page)?;
    rows.into_iter()
        .map(PastRow::<TransactionRow>::into_past)
        .collect()
}

fn past_credits(page: &str) -> Result<Vec<PastCredit>, StoreError> {
    let rows: Vec<PastRow<CreditRow>> = rows("credits", page)?;
    rows.into_iter()
        .map(PastRow::<CreditRow>::into_past)
        .collect()
}

fn pending(page: &str) -> Result<Pending, StoreError> {
    let waiting: Vec<WaitingRow> = rows("counts", page)?;
    let [transactions, credits, earnings] = waiting.as_slice() else {
        return Err(corrupt("counts", "there is one for each kind of record"));
    };
    let firsts = waiting.iter().filter_map(|row| row.1.as_ref());
    let lasts = waiting.iter().filter_map(|row| row.2.as_ref());
    Ok(Pending {
        transactions: transactions.0,
        credits: credits.0,
        earnings: earnings.0,
        first: firsts.map(|date| date.0).min(),
        last: lasts.map(|date| date.0).max(),
    })
}

fn keys_list(keys: &[TransactionKey]) -> String {
    let pairs = keys
        .iter()
        .map(|key| (key.number.as_str(), key.kind.as_str()));
    pair_list(pairs)
}

impl SqliteSnapshot {
    /// The parameters of a page by date, above an id.
    fn page_cells(&self, range: DateRange, after: Option<Uuid>, chunk: ChunkSize) -> Cells {
        let mut cells = self.cells();
        cells.range(range);
        cells.id_or_first(after);
        cells.limit(chunk.rows());
        cells
    }
}

#[async_trait]
impl CorrectionRepository for SqliteSnapshot {
    async fn pending(&self, range: DateRange) -> Result<Pending, StoreError> {
        let mut cells = self.cells();
        cells.range(range);
        pending(&self.page(sql::PENDING, cells).await?)
    }

    async fn obsolete_transactions(
        &self,
        range: DateRange,
        after: Option<TransactionId>,
        chunk: ChunkSize,
    ) -> Result<Vec<Transaction>, StoreError> {
        let cells = self.page_cells(range, after.map(|id| id.0), chunk);
        transactions(&self.page(sql::OBSOLETE_TRANSACTIONS, cells).await?)
    }

    async fn obsolete_credits(
        &self,
        range: DateRange,
        after: Option<CreditId>,
        chunk: ChunkSize,
    ) -> Result<Vec<Credit>, StoreError> {
        let cells = self.page_cells(range, after.map(|id| id.0), chunk);
        credits(&self.page(sql::OBSOLETE_CREDITS, cells).await?)
    }

    async fn obsolete_earnings(
        &self,
        range: DateRange,
        after: Option<EarningId>,
        chunk: ChunkSize,
    ) -> Result<Vec<Earning>, StoreError> {
        let cells = self.page_cells(range, after.map(|id| id.0), chunk);
        earnings(&self.page(sql::OBSOLETE_EARNINGS, cells).await?)
    }

    async fn credits_adjusted_from(&self, ids: &[CreditId]) -> Result<Vec<Credit>, StoreError> {
        let ids = ids.iter().map(|id| id.0);
        let pages = self.pages_of(sql::CREDITS_ADJUSTED_FROM, ids).await?;
        let mut found = all(&pages, credits)?;
        // Each page is in the order of what its credits were made from.
        found.sort_unstable_by_key(|credit| credit.id);
        Ok(found)
    }

    async fn earnings_for_lineages(
        &self,
        lineages: &[LineageId],
    ) -> Result<Vec<Earning>, StoreError> {
        let ids = lineages.iter().map(|id| id.0);
        let pages = self.pages_of(sql::EARNINGS_FOR_LINEAGES, ids).await?;
        let mut found = all(&pages, earnings)?;
        // A page is about some of the lineages.
        found.sort_unstable_by_key(|earning| earning.id);
        Ok(found)
    }

    async fn waiting_reversals(
        &self,
        participants: &[ParticipantId],
        range: DateRange,
    ) -> Result<Vec<Earning>, StoreError> {
        let mut cells = self.cells();
        cells.owned(name_list(participants.iter().map(ParticipantId::as_str)));
        cells.range(range);
        earnings(&self.page(sql::WAITING_REVERSALS, cells).await?)
    }

    async fn waiting_reversal_count(&self, range: DateRange) -> Result<u64, StoreError> {
        let mut cells = self.cells();
        cells.range(range);
        let page = self.page(sql::WAITING_REVERSAL_COUNT, cells).await?;
        let counts: Vec<u64> = rows("counts", &page)?;
        Ok(counts.first().copied().unwrap_or_default())
    }

    async fn past_transactions_of_keys(
        &self,
        keys: &[TransactionKey],
    ) -> Result<Vec<PastTransaction>, StoreError> {
        let mut cells = self.cells();
        cells.owned(keys_list(keys));
        past_transactions(&self.page(sql::PAST_TRANSACTIONS_OF_KEYS, cells).await?)
    }

    async fn past_credits_of_keys(
        &self,
        keys: &[TransactionKey],
    ) -> Result<Vec<PastCredit>, StoreError> {
        let mut cells = self.cells();
        cells.owned(keys_list(keys));
        past_credits(&self.page(sql::PAST_CREDITS_OF_KEYS, cells).await?)
    }

    async fn past_credits(&self, ids: &[CreditId]) -> Result<Vec<PastCredit>, StoreError> {
        let ids = ids.iter().map(|id| id.0);
        let pages = self.pages_of(sql::PAST_CREDITS, ids).await?;
        all(&pages, past_credits)
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
        past_earnings(&self.page(sql::PAST_EARNINGS_OF_PARTICIPANT, cells).await?)
    }
}

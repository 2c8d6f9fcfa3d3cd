//! Transactions: every version, and how far each has come.

use async_trait::async_trait;
use attain_documents::stored::{decode_attributes, encode_attributes};
use attain_domain::change::Departure;
use attain_domain::ids::{CategoryId, PeriodId, SourceNumber, TransactionId, TransactionType};
use attain_domain::ports::{ChunkSize, StoreError, TransactionRepository};
use attain_domain::run::WorkItem;
use attain_domain::time::{Date, DateRange, Instant};
use attain_domain::transaction::{
    Transaction, TransactionFlags, TransactionKey, TransactionProgress, TransactionStatus,
};
use rust_decimal::Decimal;
use serde::Deserialize;

use crate::bulk::Writer;
use crate::cells::{Cells, id_list, pair_list};
use crate::credits::fill_departure;
use crate::error::corrupt;
use crate::snapshot::SqliteSnapshot;
use crate::statements::transactions as sql;
use crate::stored::{ErrorRow, Maybe, MoneyRow, StampRow, Text, Whole, rows};

#[derive(Deserialize)]
pub(crate) struct TransactionRow {
    id: Text<TransactionId>,
    number: Text<SourceNumber>,
    kind: Text<TransactionType>,
    event_date: Whole<Date>,
    period: Text<PeriodId>,
    status: String,
    error: Option<ErrorRow>,
    category: Option<Text<CategoryId>>,
    flags: [Whole<bool>; 5],
    replaces: Maybe<TransactionId>,
    replaced_by: Maybe<TransactionId>,
    stamp: StampRow,
    amount: MoneyRow,
    operating_amount: MoneyRow,
    currency_rate: Text<Decimal>,
    quantity: Text<Decimal>,
    source_updated_at: Option<Whole<Instant>>,
    attributes: String,
}

impl TransactionRow {
    pub(crate) fn into_transaction(self) -> Result<Transaction, StoreError> {
        let attributes = decode_attributes(&self.attributes);
        let [
            preserve_credits,
            hold,
            do_not_classify,
            do_not_roll_up,
            do_not_calculate,
        ] = self.flags.map(|flag| flag.0);
        Ok(Transaction {
            id: self.id.0,
            key: TransactionKey {
                number: self.number.0,
                kind: self.kind.0,
            },
            event_date: self.event_date.0,
            period: self.period.0,
            amount: self.amount.into_money(),
            operating_amount: self.operating_amount.into_money(),
            currency_rate: self.currency_rate.0,
            quantity: self.quantity.0,
            attributes: attributes.map_err(|error| corrupt("transactions", error))?,
            source_updated_at: self.source_updated_at.map(|at| at.0),
            flags: TransactionFlags {
                preserve_credits,
                hold,
                do_not_classify,
                do_not_roll_up,
                do_not_calculate,
            },
            status: status(&self.status, self.error)?,
            category: self.category.map(|category| category.0),
            replaces: self.replaces.0,
            replaced_by: self.replaced_by.0,
            stamp: self.stamp.into_stamp(),
        })
    }
}

fn status(code: &str, error: Option<ErrorRow>) -> Result<TransactionStatus, StoreError> {
    match (code, error) {
        ("new", None) => Ok(TransactionStatus::New),
        ("classified", None) => Ok(TransactionStatus::Classified),
        ("credited", None) => Ok(TransactionStatus::Credited),
        ("obsolete", None) => Ok(TransactionStatus::Obsolete),
        ("cancelled", None) => Ok(TransactionStatus::Cancelled),
        ("error", Some(error)) => Ok(TransactionStatus::Error(error.into_error())),
        _ => Err(corrupt("transactions", format!("`{code}` is no status"))),
    }
}

fn fill_status(cells: &mut Cells, status: &TransactionStatus) {
    let (code, error) = match status {
        TransactionStatus::New => ("new", None),
        TransactionStatus::Classified => ("classified", None),
        TransactionStatus::Credited => ("credited", None),
        TransactionStatus::Obsolete => ("obsolete", None),
        TransactionStatus::Cancelled => ("cancelled", None),
        TransactionStatus::Error(error) => ("error", Some(error)),
    };
    cells.text(code);
    cells.text_or_none(error.map(|error| error.reason.code()));
    cells.text_or_none(error.map(|error| error.text.as_str()));
}

fn fill_flags(cells: &mut Cells, flags: TransactionFlags) {
    let TransactionFlags {
        preserve_credits,
        hold,
        do_not_classify,
        do_not_roll_up,
        do_not_calculate,
    } = flags;
    cells.flag(preserve_credits);
    cells.flag(hold);
    cells.flag(do_not_classify);
    cells.flag(do_not_roll_up);
    cells.flag(do_not_calculate);
}

fn is_live(status: &TransactionStatus) -> bool {
    match status {
        TransactionStatus::New
        | TransactionStatus::Classified
        | TransactionStatus::Credited
        | TransactionStatus::Error(_) => true,
        TransactionStatus::Obsolete | TransactionStatus::Cancelled => false,
    }
}

pub(crate) fn transactions(page: &str) -> Result<Vec<Transaction>, StoreError> {
    let rows: Vec<TransactionRow> = rows("transactions", page)?;
    rows.into_iter()
        .map(TransactionRow::into_transaction)
        .collect()
}

impl Writer<'_> {
    /// A new version is named before the one that it replaces, but only one of a key may be live at
    /// any moment: so those that end are written first.
    pub(crate) async fn write_transactions(
        &mut self,
        new: &[Transaction],
        progressed: Vec<TransactionProgress>,
    ) -> Result<(), StoreError> {
        let what = "transactions";
        let (live, ended): (Vec<_>, Vec<_>) = progressed
            .into_iter()
            .partition(|progress| is_live(&progress.status));
        self.change(what, sql::PROGRESS_TRANSACTIONS, &ended, fill_progress)
            .await?;
        self.change(what, sql::PROGRESS_TRANSACTIONS, &live, fill_progress)
            .await?;
        self.write(sql::INSERT_TRANSACTIONS, new, fill).await?;
        Ok(())
    }

    pub(crate) async fn depart_transactions(
        &mut self,
        departed: &[Departure<TransactionId>],
    ) -> Result<(), StoreError> {
        let what = "transactions";
        let archived: Vec<_> = departed
            .iter()
            .filter(|departure| departure.archive)
            .collect();
        self.change(
            what,
            sql::ARCHIVE_TRANSACTIONS,
            &archived,
            |cells, departure| {
                fill_departure(cells, departure.id.0, departure);
            },
        )
        .await?;
        let ids = id_list(departed.iter().map(|departure| departure.id.0));
        self.remove(what, sql::REMOVE_TRANSACTIONS, ids, departed.len())
            .await
    }
}

fn fill_progress(cells: &mut Cells, progress: &TransactionProgress) {
    let TransactionProgress {
        id,
        status,
        category,
        flags,
        replaced_by,
        stamp,
    } = progress;
    cells.id(id.0);
    fill_status(cells, status);
    cells.text_or_none(category.as_ref().map(CategoryId::as_str));
    fill_flags(cells, *flags);
    cells.id_or_none(replaced_by.map(|id| id.0));
    cells.stamp(stamp);
}

fn fill(cells: &mut Cells, row: &Transaction) {
    let Transaction {
        id,
        key: TransactionKey { number, kind },
        event_date,
        period,
        amount,
        operating_amount,
        currency_rate,
        quantity,
        attributes,
        source_updated_at,
        flags,
        status,
        category,
        replaces,
        replaced_by,
        stamp,
    } = row;
    cells.id(id.0);
    cells.text(number.as_str());
    cells.text(kind.as_str());
    cells.date(*event_date);
    cells.text(period.as_str());
    fill_status(cells, status);
    cells.text_or_none(category.as_ref().map(CategoryId::as_str));
    fill_flags(cells, *flags);
    cells.id_or_none(replaces.map(|id| id.0));
    cells.id_or_none(replaced_by.map(|id| id.0));
    cells.stamp(stamp);
    cells.money(*amount);
    cells.money(*operating_amount);
    cells.number(*currency_rate);
    cells.number(*quantity);
    cells.instant_or_none(*source_updated_at);
    cells.owned(encode_attributes(attributes));
}

#[async_trait]
impl TransactionRepository for SqliteSnapshot {
    async fn transactions_by_key(
        &self,
        keys: &[TransactionKey],
    ) -> Result<Vec<Transaction>, StoreError> {
        let mut cells = self.cells();
        let pairs = keys
            .iter()
            .map(|key| (key.number.as_str(), key.kind.as_str()));
        cells.owned(pair_list(pairs));
        transactions(&self.page(sql::TRANSACTIONS_BY_KEY, cells).await?)
    }

    async fn transactions_by_id(
        &self,
        ids: &[TransactionId],
    ) -> Result<Vec<Transaction>, StoreError> {
        let ids = ids.iter().map(|id| id.0);
        let pages = self.pages_of(sql::TRANSACTIONS_BY_ID, ids).await?;
        crate::stored::all(&pages, transactions)
    }

    async fn transactions_of_work(
        &self,
        item: &WorkItem,
        after: Option<TransactionId>,
        chunk: ChunkSize,
    ) -> Result<Vec<Transaction>, StoreError> {
        let mut cells = self.cells();
        cells.text(item.period.as_str());
        cells.id(item.first.0);
        cells.id(item.last.0);
        cells.id_or_first(after.map(|id| id.0));
        cells.limit(chunk.rows());
        transactions(&self.page(sql::TRANSACTIONS_OF_WORK, cells).await?)
    }

    async fn spans_of_work(
        &self,
        item: &WorkItem,
        chunk: ChunkSize,
    ) -> Result<Vec<TransactionId>, StoreError> {
        let mut cells = self.cells();
        cells.text(item.period.as_str());
        cells.id(item.first.0);
        cells.id(item.last.0);
        cells.limit(chunk.rows());
        let page = self.page(sql::SPANS_OF_WORK, cells).await?;
        let ids: Vec<Text<TransactionId>> = rows("transactions", &page)?;
        Ok(ids.into_iter().map(|id| id.0).collect())
    }

    async fn transactions_after(
        &self,
        range: DateRange,
        after: Option<TransactionId>,
        chunk: ChunkSize,
    ) -> Result<Vec<Transaction>, StoreError> {
        let mut cells = self.cells();
        cells.range(range);
        cells.id_or_first(after.map(|id| id.0));
        cells.limit(chunk.rows());
        transactions(&self.page(sql::TRANSACTIONS_AFTER, cells).await?)
    }
}

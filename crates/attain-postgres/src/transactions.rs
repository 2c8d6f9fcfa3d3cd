//! Transactions: every version, how far each has come, and which of a key is the newest and live.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use async_trait::async_trait;
use attain_documents::stored::{decode_attributes, encode_attributes};
use attain_domain::change::Departure;
use attain_domain::ids::{CategoryId, PeriodId, SourceNumber, TransactionId, TransactionType};
use attain_domain::ports::{ChunkSize, StoreError, TransactionRepository};
use attain_domain::refusal::RowError;
use attain_domain::run::WorkItem;
use attain_domain::time::{Date, DateRange};
use attain_domain::transaction::{
    Transaction, TransactionFlags, TransactionKey, TransactionProgress, TransactionStatus,
};
use sqlx::postgres::PgRow;

use crate::bulk::{Writer, all_there};
use crate::copy::{Insertion, Rows};
use crate::credits::fill_departure;
use crate::error::{conflict, corrupt};
use crate::snapshot::PgSnapshot;
use crate::statements::transactions as sql;
use crate::stored::{Reading, each};

const WHAT: &str = "transactions";

const INSERTION: Insertion = Insertion {
    copy: sql::COPY_TRANSACTIONS,
    arrays: sql::INSERT_TRANSACTIONS,
    cells: 29,
};

const KEY_INSERTION: Insertion = Insertion {
    copy: sql::COPY_KEYS,
    arrays: sql::INSERT_KEYS,
    cells: 6,
};

pub(crate) fn transaction(row: &mut Reading<'_>) -> Result<Transaction, StoreError> {
    Ok(Transaction {
        id: row.id(TransactionId)?,
        key: TransactionKey {
            number: row.name(SourceNumber::parse)?,
            kind: row.name(TransactionType::parse)?,
        },
        event_date: row.date()?,
        period: row.name(PeriodId::parse)?,
        status: status(row)?,
        category: row.name_or_none(CategoryId::parse)?,
        flags: TransactionFlags {
            preserve_credits: row.flag()?,
            hold: row.flag()?,
            do_not_classify: row.flag()?,
            do_not_roll_up: row.flag()?,
            do_not_calculate: row.flag()?,
        },
        replaces: row.id_or_none(TransactionId)?,
        replaced_by: row.id_or_none(TransactionId)?,
        stamp: row.stamp()?,
        amount: row.money()?,
        operating_amount: row.money()?,
        currency_rate: row.number()?,
        quantity: row.number()?,
        source_updated_at: row.instant_or_none()?,
        attributes: decode_attributes(row.json()?).map_err(|error| corrupt(WHAT, error))?,
    })
}

pub(crate) fn transactions(rows: &[PgRow]) -> Result<Vec<Transaction>, StoreError> {
    each(WHAT, rows, transaction)
}

fn status(row: &mut Reading<'_>) -> Result<TransactionStatus, StoreError> {
    let code: &str = row.cell()?;
    match (code, row.error_or_none()?) {
        ("new", None) => Ok(TransactionStatus::New),
        ("classified", None) => Ok(TransactionStatus::Classified),
        ("credited", None) => Ok(TransactionStatus::Credited),
        ("obsolete", None) => Ok(TransactionStatus::Obsolete),
        ("cancelled", None) => Ok(TransactionStatus::Cancelled),
        ("error", Some(error)) => Ok(TransactionStatus::Error(error)),
        _ => Err(row.wrong(format!("`{code}` is no status"))),
    }
}

fn fill_status(cells: &mut Rows, status: &TransactionStatus) {
    let (code, error) = match status {
        TransactionStatus::New => ("new", None),
        TransactionStatus::Classified => ("classified", None),
        TransactionStatus::Credited => ("credited", None),
        TransactionStatus::Obsolete => ("obsolete", None),
        TransactionStatus::Cancelled => ("cancelled", None),
        TransactionStatus::Error(error) => ("error", Some(error)),
    };
    cells.text(code);
    fill_error(cells, error);
}

/// Two cells: the reason and the text of a row's error.
pub(crate) fn fill_error(cells: &mut Rows, error: Option<&RowError>) {
    cells.code_or_none(error.map(|error| error.reason));
    cells.free_text_or_none(error.map(|error| error.text.as_str()));
}

fn fill_flags(cells: &mut Rows, flags: TransactionFlags) {
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

/// Neither obsolete nor cancelled.
pub(crate) fn is_live(status: &TransactionStatus) -> bool {
    match status {
        TransactionStatus::New
        | TransactionStatus::Classified
        | TransactionStatus::Credited
        | TransactionStatus::Error(_) => true,
        TransactionStatus::Obsolete | TransactionStatus::Cancelled => false,
    }
}

/// What new versions make of one key.
struct KeyState {
    newest: TransactionId,
    newest_date: Date,
    live: Option<TransactionId>,
}

/// In the order of the keys, so that two commits never wait for each other.
fn key_states(new: &[Transaction]) -> Result<BTreeMap<&TransactionKey, KeyState>, StoreError> {
    let mut states = BTreeMap::new();
    for row in new {
        let live = is_live(&row.status).then_some(row.id);
        let state = KeyState {
            newest: row.id,
            newest_date: row.event_date,
            live,
        };
        match states.entry(&row.key) {
            Entry::Vacant(entry) => {
                entry.insert(state);
            }
            Entry::Occupied(mut entry) => {
                let before = entry.get_mut();
                if before.live.is_some() && live.is_some() {
                    return Err(two_live());
                }
                let live = before.live.or(live);
                if state.newest > before.newest {
                    *before = state;
                }
                before.live = live;
            }
        }
    }
    Ok(states)
}

fn two_live() -> StoreError {
    conflict("a key would have two live transactions")
}

impl Writer<'_> {
    /// A new version is named before the one that it replaces, but only one of a key may be live at
    /// any moment: so those that end are written first.
    pub(crate) async fn write_transactions(
        &mut self,
        new: &[Transaction],
        progressed: &[TransactionProgress],
    ) -> Result<(), StoreError> {
        let (live, ended): (Vec<_>, Vec<_>) = progressed
            .iter()
            .partition(|progress| is_live(&progress.status));
        let touched = self
            .counted(sql::END_TRANSACTIONS, &ended, fill_progress)
            .await?;
        all_there(WHAT, touched, ended.len())?;
        let touched = self
            .write(sql::PROGRESS_TRANSACTIONS, &live, fill_progress)
            .await?;
        if usize::try_from(touched) != Ok(live.len()) {
            // Rare: no process does it.
            let revived = self
                .counted(sql::REVIVE_TRANSACTIONS, &live, fill_progress)
                .await?;
            all_there(WHAT, touched + revived, live.len())?;
        }
        self.refuse_present(
            WHAT,
            sql::TRANSACTIONS_THERE,
            new.iter().map(|row| row.id.0),
        )
        .await?;
        let unused = std::mem::take(&mut self.unused_keys);
        let states = key_states(new)?.into_iter();
        let (unused, others): (Vec<_>, Vec<_>) = states.partition(|(key, _)| unused.contains(key));
        let touched = self.write(sql::PUT_KEYS, &others, fill_key).await?;
        if usize::try_from(touched) != Ok(others.len()) {
            return Err(two_live());
        }
        self.insert(KEY_INSERTION, &unused, fill_key).await?;
        self.insert(INSERTION, new, fill).await
    }

    pub(crate) async fn depart_transactions(
        &mut self,
        departed: &[Departure<TransactionId>],
    ) -> Result<(), StoreError> {
        let touched = self
            .counted(sql::DEPART_TRANSACTIONS, departed, |cells, departure| {
                fill_departure(cells, departure.id.0, departure);
            })
            .await?;
        all_there(WHAT, touched, departed.len())
    }
}

fn fill_key(cells: &mut Rows, (key, state): &(&TransactionKey, KeyState)) {
    cells.text(key.number.as_str());
    cells.text(key.kind.as_str());
    cells.id(state.newest.0);
    cells.date(state.newest_date);
    cells.id_or_none(state.live.map(|id| id.0));
}

fn fill_progress(cells: &mut Rows, progress: &&TransactionProgress) {
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

fn fill(cells: &mut Rows, row: &Transaction) {
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
    cells.document(&encode_attributes(attributes));
}

#[async_trait]
impl TransactionRepository for PgSnapshot {
    async fn transactions_by_key(
        &self,
        keys: &[TransactionKey],
    ) -> Result<Vec<Transaction>, StoreError> {
        let mut keys: Vec<&TransactionKey> = keys.iter().collect();
        keys.sort_unstable();
        keys.dedup();
        let mut cells = self.cells();
        cells.texts(keys.iter().map(|key| key.number.as_str()));
        cells.texts(keys.iter().map(|key| key.kind.as_str()));
        transactions(&self.rows(sql::TRANSACTIONS_BY_KEY, cells).await?)
    }

    async fn transactions_by_id(
        &self,
        ids: &[TransactionId],
    ) -> Result<Vec<Transaction>, StoreError> {
        let ids = ids.iter().map(|id| id.0);
        transactions(&self.rows_of(sql::TRANSACTIONS_BY_ID, ids).await?)
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
        transactions(&self.rows(sql::TRANSACTIONS_OF_WORK, cells).await?)
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
        let rows = self.rows(sql::SPANS_OF_WORK, cells).await?;
        each("transactions", &rows, |row| row.id(TransactionId))
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
        transactions(&self.rows(sql::TRANSACTIONS_AFTER, cells).await?)
    }
}

//! Many rows in the server's binary forms: one after the other for `COPY … FROM STDIN`, or column by
//! column as arrays. A cell looks the same in both; only this module and `numeric` know how.

mod arrays;
#[cfg(test)]
mod tests;
mod writing;

use std::sync::Arc;

use attain_domain::money::Money;
use attain_domain::ports::{StoreError, StoreErrorKind};
use attain_domain::stamp::Stamp;
use attain_domain::time::{Date, Instant};
use chrono::Datelike;
use rust_decimal::Decimal;
use uuid::Uuid;

use crate::numeric;
use attain_documents::stored::Code;

use self::arrays::{Column, Kind};
pub(crate) use self::writing::Insertion;

/// A buffer of this many bytes is sent. Larger ones were not faster; this one fits the cache.
const FULL_BYTES: usize = 256 * 1024;
/// Room for the row that makes a buffer full.
const ROW_BYTES: usize = 16 * 1024;

/// What every COPY begins with: the signature, no flags, no header extension.
const HEADER: &[u8] = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";
/// What every COPY ends with.
const TRAILER: [u8; 2] = (-1_i16).to_be_bytes();
/// The length that stands for NULL.
const NULL: [u8; 4] = (-1_i32).to_be_bytes();

/// Days from the first day of the year 1 to 2000-01-01, where Postgres begins to count.
const DAYS_BEFORE_2000: i32 = 730_120;
/// Microseconds from 1970 to 2000.
const MICROS_BEFORE_2000: i64 = 946_684_800_000_000;

/// How the rows of a statement go.
enum Form {
    /// Into the first column's bytes, row by row: a number of cells, the first is the workspace.
    Copy { cells: i16, workspace: Arc<str> },
    /// Each column into its own bytes.
    Arrays,
}

/// The cells of many rows.
pub(crate) struct Rows {
    form: Form,
    columns: Vec<Column>,
    /// Where the next cell goes.
    at: usize,
    count: i32,
    failure: Option<StoreError>,
}

impl Rows {
    /// No rows yet, for a COPY of rows of this many cells, of which the first is the workspace.
    fn for_copy(workspace: &Arc<str>, cells: i16) -> Self {
        let mut bytes = Vec::with_capacity(FULL_BYTES + ROW_BYTES);
        bytes.extend_from_slice(HEADER);
        Self {
            form: Form::Copy {
                cells,
                workspace: Arc::clone(workspace),
            },
            columns: vec![Column::new(Kind::Text, bytes)],
            at: 0,
            count: 0,
            failure: None,
        }
    }

    /// No rows yet, for arrays.
    fn for_arrays() -> Self {
        Self {
            form: Form::Arrays,
            columns: Vec::new(),
            at: 0,
            count: 0,
            failure: None,
        }
    }

    /// Begins a row.
    fn row(&mut self) {
        self.at = 0;
        self.count = self.count.saturating_add(1);
        if let Form::Copy { cells, workspace } = &self.form {
            let (cells, workspace) = (*cells, Arc::clone(workspace));
            self.buffer(Kind::Text)
                .extend_from_slice(&cells.to_be_bytes());
            self.text(&workspace);
        }
    }

    /// What was copied so far and is to be sent now, or why a cell cannot be.
    fn filled(&mut self) -> Result<&mut Vec<u8>, StoreError> {
        match self.failure.take() {
            None => Ok(self.buffer(Kind::Text)),
            Some(failure) => Err(failure),
        }
    }

    fn fail(&mut self, text: String) {
        self.failure = Some(StoreError::new(StoreErrorKind::Internal, text));
    }

    /// Where the next cell goes.
    fn buffer(&mut self, kind: Kind) -> &mut Vec<u8> {
        let at = match self.form {
            Form::Copy { .. } => 0,
            Form::Arrays => {
                if self.at == self.columns.len() {
                    self.columns.push(Column::new(kind, Vec::new()));
                }
                self.at += 1;
                self.at - 1
            }
        };
        &mut self.columns[at].bytes
    }

    fn fixed<const BYTES: usize>(&mut self, kind: Kind, value: [u8; BYTES]) {
        let buffer = self.buffer(kind);
        let length = const { length_of(BYTES) };
        buffer.extend_from_slice(&length.to_be_bytes());
        buffer.extend_from_slice(&value);
    }

    fn null(&mut self, kind: Kind) {
        self.buffer(kind).extend_from_slice(&NULL);
    }

    fn bytes(&mut self, kind: Kind, bytes: &[u8]) {
        let Ok(length) = i32::try_from(bytes.len()) else {
            return self.fail(format!("a text of {} bytes is too long", bytes.len()));
        };
        let buffer = self.buffer(kind);
        buffer.extend_from_slice(&length.to_be_bytes());
        buffer.extend_from_slice(bytes);
    }
}

/// Cells, by what they hold.
impl Rows {
    pub(crate) fn text(&mut self, text: &str) {
        self.bytes(Kind::Text, text.as_bytes());
    }

    pub(crate) fn text_or_none(&mut self, text: Option<&str>) {
        match text {
            Some(text) => self.text(text),
            None => self.null(Kind::Text),
        }
    }

    /// A text that may have any character. No text of Postgres holds the one of number 0.
    pub(crate) fn free_text_or_none(&mut self, text: Option<&str>) {
        match text {
            Some(text) if text.contains('\0') => {
                self.text(&text.replace('\0', "\u{fffd}"));
            }
            text => self.text_or_none(text),
        }
    }

    pub(crate) fn code(&mut self, code: impl Code) {
        self.text(code.code());
    }

    pub(crate) fn code_or_none(&mut self, code: Option<impl Code>) {
        self.text_or_none(code.map(Code::code));
    }

    pub(crate) fn document(&mut self, json: &str) {
        self.bytes(Kind::Json, json.as_bytes());
    }

    pub(crate) fn document_or_none(&mut self, json: Option<&str>) {
        match json {
            Some(json) => self.document(json),
            None => self.null(Kind::Json),
        }
    }

    pub(crate) fn id(&mut self, id: Uuid) {
        self.fixed(Kind::Id, id.into_bytes());
    }

    pub(crate) fn id_or_none(&mut self, id: Option<Uuid>) {
        match id {
            Some(id) => self.id(id),
            None => self.null(Kind::Id),
        }
    }

    pub(crate) fn flag(&mut self, flag: bool) {
        self.fixed(Kind::Flag, [u8::from(flag)]);
    }

    pub(crate) fn flag_or_none(&mut self, flag: Option<bool>) {
        match flag {
            Some(flag) => self.flag(flag),
            None => self.null(Kind::Flag),
        }
    }

    /// A small number: a column of type integer.
    pub(crate) fn small(&mut self, number: u16) {
        self.fixed(Kind::Small, i32::from(number).to_be_bytes());
    }

    pub(crate) fn whole(&mut self, number: i64) {
        self.fixed(Kind::Whole, number.to_be_bytes());
    }

    pub(crate) fn number(&mut self, number: Decimal) {
        numeric::put(self.buffer(Kind::Number), number);
    }

    pub(crate) fn number_or_none(&mut self, number: Option<Decimal>) {
        match number {
            Some(number) => self.number(number),
            None => self.null(Kind::Number),
        }
    }

    pub(crate) fn money(&mut self, money: Money) {
        self.number(money.amount);
        self.text(money.currency.code());
    }

    pub(crate) fn money_or_none(&mut self, money: Option<Money>) {
        match money {
            Some(money) => self.money(money),
            None => {
                self.null(Kind::Number);
                self.null(Kind::Text);
            }
        }
    }

    pub(crate) fn date(&mut self, date: Date) {
        // Dates are within 262 143 years of the year 0, so that nothing overflows.
        let days = date.num_days_from_ce() - DAYS_BEFORE_2000;
        self.fixed(Kind::Date, days.to_be_bytes());
    }

    pub(crate) fn date_or_none(&mut self, date: Option<Date>) {
        match date {
            Some(date) => self.date(date),
            None => self.null(Kind::Date),
        }
    }

    pub(crate) fn instant(&mut self, at: Instant) {
        match at.micros().checked_sub(MICROS_BEFORE_2000) {
            Some(micros) => self.fixed(Kind::Instant, micros.to_be_bytes()),
            None => self.fail(format!("{at} is before all instants of the database")),
        }
    }

    pub(crate) fn instant_or_none(&mut self, at: Option<Instant>) {
        match at {
            Some(at) => self.instant(at),
            None => self.null(Kind::Instant),
        }
    }

    /// Four cells: version, first and last write, actor.
    pub(crate) fn stamp(&mut self, stamp: &Stamp) {
        self.whole(i64::from(stamp.version.0));
        self.instant(stamp.created_at);
        self.instant(stamp.updated_at);
        self.text(stamp.actor.as_str());
    }
}

/// The length of a cell of a fixed size.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    reason = "only ids and numbers are of a fixed size; more than 16 bytes do not compile"
)]
const fn length_of(bytes: usize) -> i32 {
    assert!(bytes <= 16);
    bytes as i32
}

//! How domain values become cells of the database: names, decimals and codes are texts, dates are
//! days since 1970, instants are microseconds, ids are 16 bytes.

use std::sync::Arc;

use attain_domain::money::Money;
use attain_domain::ports::{StoreError, StoreErrorKind};
use attain_domain::stamp::Stamp;
use attain_domain::time::{Date, Instant};
use chrono::Datelike;
use rust_decimal::Decimal;
use sqlx::sqlite::SqliteArguments;
use sqlx::{Arguments, Encode, Sqlite, Type};
use uuid::Uuid;

use crate::error::caused;
use attain_documents::stored::Code;

/// Days from the first day of the year 1 to 1970-01-01.
pub(crate) const DAYS_BEFORE_1970: i32 = 719_163;

/// The cells of a statement, in the order of its parameters.
#[derive(Default)]
pub(crate) struct Cells {
    arguments: SqliteArguments,
    failure: Option<StoreError>,
}

impl Cells {
    pub(crate) fn with_workspace(workspace: &Arc<str>) -> Self {
        let mut cells = Self::default();
        cells.shared(workspace);
        cells
    }

    /// No cells yet, with room for a number of them.
    pub(crate) fn with_room(cells: usize) -> Self {
        let mut these = Self::default();
        these.arguments.reserve(cells, 0);
        these
    }

    /// The cells, or why one of them cannot be stored.
    pub(crate) fn finish(self) -> Result<SqliteArguments, StoreError> {
        match self.failure {
            None => Ok(self.arguments),
            Some(failure) => Err(failure),
        }
    }

    fn push<'a>(&mut self, value: impl Encode<'a, Sqlite> + Type<Sqlite>) {
        if let Err(error) = self.arguments.add(value) {
            let text = "the driver does not take a value";
            self.failure = Some(caused(StoreErrorKind::Internal, text, error));
        }
    }

    pub(crate) fn shared(&mut self, text: &Arc<str>) {
        self.push(Arc::clone(text));
    }

    pub(crate) fn text(&mut self, text: &str) {
        self.push(Box::<str>::from(text));
    }

    pub(crate) fn text_or_none(&mut self, text: Option<&str>) {
        self.push(text.map(Box::<str>::from));
    }

    /// A text that is not needed any more.
    pub(crate) fn owned(&mut self, text: String) {
        self.push(text);
    }

    pub(crate) fn code(&mut self, code: impl Code) {
        self.text(code.code());
    }

    pub(crate) fn code_or_none(&mut self, code: Option<impl Code>) {
        self.text_or_none(code.map(Code::code));
    }

    pub(crate) fn id(&mut self, id: Uuid) {
        self.push(id.as_bytes().to_vec());
    }

    pub(crate) fn id_or_none(&mut self, id: Option<Uuid>) {
        self.push(id.map(|id| id.as_bytes().to_vec()));
    }

    /// An id, or what sorts before every id.
    pub(crate) fn id_or_first(&mut self, id: Option<Uuid>) {
        self.push(id.map_or_else(Vec::new, |id| id.as_bytes().to_vec()));
    }

    pub(crate) fn whole(&mut self, number: i64) {
        self.push(number);
    }

    /// A count; stores keep up to 2^63 - 1.
    pub(crate) fn count(&mut self, count: u64) {
        let number = i64::try_from(count).unwrap_or_else(|error| {
            let text = format!("the count {count} is larger than a store keeps");
            self.failure = Some(caused(StoreErrorKind::Internal, text, error));
            i64::MAX
        });
        self.push(number);
    }

    /// A number of rows, at most [`i64::MAX`].
    pub(crate) fn limit(&mut self, rows: usize) {
        self.push(i64::try_from(rows).unwrap_or(i64::MAX));
    }

    pub(crate) fn flag(&mut self, flag: bool) {
        self.push(i64::from(flag));
    }

    pub(crate) fn flag_or_none(&mut self, flag: Option<bool>) {
        self.push(flag.map(i64::from));
    }

    pub(crate) fn number(&mut self, number: Decimal) {
        self.push(number.to_string());
    }

    pub(crate) fn number_or_none(&mut self, number: Option<Decimal>) {
        self.push(number.map(|number| number.to_string()));
    }

    pub(crate) fn money(&mut self, money: Money) {
        self.number(money.amount);
        self.text(money.currency.code());
    }

    pub(crate) fn date(&mut self, date: Date) {
        self.push(day_of(date));
    }

    pub(crate) fn date_or_none(&mut self, date: Option<Date>) {
        self.push(date.map(day_of));
    }

    /// The first date, or before all dates; then the first date after, or after all dates.
    pub(crate) fn range(&mut self, range: attain_domain::time::DateRange) {
        self.push(range.from.map_or(i64::MIN, day_of));
        self.push(range.to.map_or(i64::MAX, day_of));
    }

    pub(crate) fn instant(&mut self, at: Instant) {
        self.push(at.micros());
    }

    pub(crate) fn instant_or_none(&mut self, at: Option<Instant>) {
        self.push(at.map(Instant::micros));
    }

    pub(crate) fn stamp(&mut self, stamp: &Stamp) {
        self.push(i64::from(stamp.version.0));
        self.instant(stamp.created_at);
        self.instant(stamp.updated_at);
        self.text(stamp.actor.as_str());
    }
}

/// Days since 1970-01-01.
pub(crate) fn day_of(date: Date) -> i64 {
    i64::from(date.num_days_from_ce() - DAYS_BEFORE_1970)
}

/// A list of ids as one parameter: a JSON array of their hexadecimal digits.
pub(crate) fn id_list(ids: impl IntoIterator<Item = Uuid>) -> String {
    let mut list = String::from("[");
    let mut digits = Uuid::encode_buffer();
    for id in ids {
        if list.len() > 1 {
            list.push(',');
        }
        list.push('"');
        list.push_str(id.simple().encode_lower(&mut digits));
        list.push('"');
    }
    list.push(']');
    list
}

/// A list of names as one parameter: a JSON array.
pub(crate) fn name_list<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let names: Vec<&str> = names.into_iter().collect();
    serde_json::Value::from(names).to_string()
}

/// A list of pairs of names as one parameter: a JSON array of arrays.
pub(crate) fn pair_list<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let pairs = pairs.into_iter().map(|(one, other)| vec![one, other]);
    serde_json::Value::from_iter(pairs).to_string()
}

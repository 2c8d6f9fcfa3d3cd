//! How domain values become parameters: one value, or one column of many rows as an array. Names,
//! codes and texts are texts, ids are UUIDs, the rest is what it is.

use std::sync::Arc;

use attain_domain::ports::{StoreError, StoreErrorKind};
use attain_domain::stamp::Stamp;
use attain_domain::time::{Date, DateRange, Instant};
use sqlx::encode::IsNull;
use sqlx::error::BoxDynError;
use sqlx::postgres::types::Oid;
use sqlx::postgres::{
    PgArgumentBuffer, PgArguments, PgHasArrayType, PgTypeInfo, PgValueRef, Postgres,
};
use sqlx::{Arguments, Decode, Encode, Type};
use uuid::Uuid;

use crate::error::caused;
use attain_documents::stored::Code;

/// JSON as it is stored: `json` keeps the text.
#[derive(Clone, Debug)]
pub(crate) struct Document(pub(crate) String);

impl Type<Postgres> for Document {
    fn type_info() -> PgTypeInfo {
        PgTypeInfo::with_oid(Oid(114))
    }
}

impl PgHasArrayType for Document {
    fn array_type_info() -> PgTypeInfo {
        PgTypeInfo::with_oid(Oid(199))
    }
}

impl Encode<'_, Postgres> for Document {
    fn encode_by_ref(&self, buffer: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
        buffer.extend_from_slice(self.0.as_bytes());
        Ok(IsNull::No)
    }
}

impl<'r> Decode<'r, Postgres> for Document {
    fn decode(value: PgValueRef<'r>) -> Result<Self, BoxDynError> {
        Ok(Self(value.as_str()?.to_owned()))
    }
}

/// The parameters of a statement, in their order.
#[derive(Default)]
pub(crate) struct Cells {
    arguments: PgArguments,
    failure: Option<StoreError>,
}

/// Before every date that is stored, and after it.
pub(crate) const FIRST_DATE: Date = Date::from_ymd_opt(-4712, 1, 1).expect("a date");
pub(crate) const LAST_DATE: Date = Date::from_ymd_opt(262_142, 12, 31).expect("a date");

impl Cells {
    pub(crate) fn with_workspace(workspace: &Arc<str>) -> Self {
        let mut cells = Self::default();
        cells.text(workspace);
        cells
    }

    /// The parameters, or why one of them cannot be stored.
    pub(crate) fn finish(self) -> Result<PgArguments, StoreError> {
        match self.failure {
            None => Ok(self.arguments),
            Some(failure) => Err(failure),
        }
    }

    fn push<'t>(&mut self, value: impl Encode<'t, Postgres> + Type<Postgres>) {
        if let Err(error) = self.arguments.add(value) {
            let text = "the driver does not take a value";
            self.failure = Some(caused(StoreErrorKind::Internal, text, error));
        }
    }

    /// A count as it is stored: up to 2^63 - 1.
    fn stored_count(&mut self, count: u64) -> i64 {
        i64::try_from(count).unwrap_or_else(|error| {
            let text = format!("the count {count} is larger than a store keeps");
            self.failure = Some(caused(StoreErrorKind::Internal, text, error));
            i64::MAX
        })
    }
}

/// One value.
impl Cells {
    pub(crate) fn text(&mut self, text: &str) {
        self.push(text);
    }

    pub(crate) fn code(&mut self, code: impl Code) {
        self.text(code.code());
    }

    pub(crate) fn id(&mut self, id: Uuid) {
        self.push(id);
    }

    /// An id, or what sorts before every id that a source gives.
    pub(crate) fn id_or_first(&mut self, id: Option<Uuid>) {
        self.push(id.unwrap_or_default());
    }

    pub(crate) fn whole(&mut self, number: i64) {
        self.push(number);
    }

    /// A number of rows, at most [`i64::MAX`].
    pub(crate) fn limit(&mut self, rows: usize) {
        self.push(i64::try_from(rows).unwrap_or(i64::MAX));
    }

    pub(crate) fn flag(&mut self, flag: bool) {
        self.push(flag);
    }

    pub(crate) fn date(&mut self, date: Date) {
        self.push(date);
    }

    /// The first date, or before all dates; then the first date after, or after all dates.
    pub(crate) fn range(&mut self, range: DateRange) {
        self.push(range.from.unwrap_or(FIRST_DATE));
        self.push(range.to.unwrap_or(LAST_DATE));
    }

    /// A date, or before all dates.
    pub(crate) fn date_or_first(&mut self, date: Option<Date>) {
        self.push(date.unwrap_or(FIRST_DATE));
    }

    pub(crate) fn instant(&mut self, at: Instant) {
        self.push(at.utc());
    }
}

/// One column of many rows.
impl Cells {
    pub(crate) fn texts<'t>(&mut self, texts: impl IntoIterator<Item = &'t str>) {
        self.push(texts.into_iter().collect::<Vec<&str>>());
    }

    pub(crate) fn texts_or_none<'t>(&mut self, texts: impl IntoIterator<Item = Option<&'t str>>) {
        self.push(texts.into_iter().collect::<Vec<Option<&str>>>());
    }

    pub(crate) fn codes<C: Code>(&mut self, codes: impl IntoIterator<Item = C>) {
        self.texts(codes.into_iter().map(Code::code));
    }

    pub(crate) fn codes_or_none<C: Code>(&mut self, codes: impl IntoIterator<Item = Option<C>>) {
        self.texts_or_none(codes.into_iter().map(|code| code.map(Code::code)));
    }

    pub(crate) fn ids(&mut self, ids: impl IntoIterator<Item = Uuid>) {
        self.push(ids.into_iter().collect::<Vec<Uuid>>());
    }

    pub(crate) fn ids_or_none(&mut self, ids: impl IntoIterator<Item = Option<Uuid>>) {
        self.push(ids.into_iter().collect::<Vec<Option<Uuid>>>());
    }

    pub(crate) fn wholes(&mut self, numbers: impl IntoIterator<Item = i64>) {
        self.push(numbers.into_iter().collect::<Vec<i64>>());
    }

    pub(crate) fn counts(&mut self, counts: impl IntoIterator<Item = u64>) {
        let counts = counts.into_iter().map(|count| self.stored_count(count));
        let counts: Vec<i64> = counts.collect();
        self.push(counts);
    }

    pub(crate) fn flags(&mut self, flags: impl IntoIterator<Item = bool>) {
        self.push(flags.into_iter().collect::<Vec<bool>>());
    }

    pub(crate) fn dates(&mut self, dates: impl IntoIterator<Item = Date>) {
        self.push(dates.into_iter().collect::<Vec<Date>>());
    }

    pub(crate) fn dates_or_none(&mut self, dates: impl IntoIterator<Item = Option<Date>>) {
        self.push(dates.into_iter().collect::<Vec<Option<Date>>>());
    }

    pub(crate) fn instants(&mut self, instants: impl IntoIterator<Item = Instant>) {
        let instants = instants.into_iter().map(Instant::utc);
        self.push(instants.collect::<Vec<_>>());
    }

    pub(crate) fn instants_or_none(&mut self, instants: impl IntoIterator<Item = Option<Instant>>) {
        let instants = instants.into_iter().map(|at| at.map(Instant::utc));
        self.push(instants.collect::<Vec<_>>());
    }

    pub(crate) fn documents(&mut self, documents: impl IntoIterator<Item = String>) {
        let documents = documents.into_iter().map(Document);
        self.push(documents.collect::<Vec<_>>());
    }

    pub(crate) fn documents_or_none(
        &mut self,
        documents: impl IntoIterator<Item = Option<String>>,
    ) {
        let documents = documents.into_iter().map(|text| text.map(Document));
        self.push(documents.collect::<Vec<_>>());
    }

    /// Four columns: version, first and last write, actor.
    pub(crate) fn stamps<'t>(&mut self, stamps: impl Iterator<Item = &'t Stamp> + Clone) {
        self.wholes(stamps.clone().map(|stamp| i64::from(stamp.version.0)));
        self.instants(stamps.clone().map(|stamp| stamp.created_at));
        self.instants(stamps.clone().map(|stamp| stamp.updated_at));
        self.texts(stamps.map(|stamp| stamp.actor.as_str()));
    }
}

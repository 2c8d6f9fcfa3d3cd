//! How rows become domain values: cell by cell, in the order of the statement's columns. What does
//! not parse was written by something else, and is corrupt.

use attain_domain::credit::{LeftBecause, Obsolete};
use attain_domain::ids::ActorId;
use attain_domain::money::{Currency, Money};
use attain_domain::ports::StoreError;
use attain_domain::refusal::{Reason, RowError};
use attain_domain::stamp::{Stamp, Version};
use attain_domain::time::{Date, DateRange, Instant};
use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use sqlx::postgres::{PgRow, Postgres};
use sqlx::{Decode, Row, Type};
use uuid::Uuid;

use crate::cells::Document;
use crate::error::corrupt;
use crate::numeric::Number;
use attain_documents::stored::Code;

/// Reads the cells of one row from the first to the last.
pub(crate) struct Reading<'r> {
    what: &'static str,
    row: &'r PgRow,
    at: usize,
}

/// Reads every row.
pub(crate) fn each<T>(
    what: &'static str,
    rows: &[PgRow],
    read: impl Fn(&mut Reading<'_>) -> Result<T, StoreError>,
) -> Result<Vec<T>, StoreError> {
    let mut all = Vec::with_capacity(rows.len());
    for row in rows {
        all.push(read(&mut Reading { what, row, at: 0 })?);
    }
    Ok(all)
}

impl<'r> Reading<'r> {
    /// The next cell, as the driver gives it.
    pub(crate) fn cell<T>(&mut self) -> Result<T, StoreError>
    where
        T: Decode<'r, Postgres> + Type<Postgres>,
    {
        let value = self.row.try_get(self.at);
        self.at += 1;
        value.map_err(|error| corrupt(self.what, error))
    }

    /// That a cell is not what it should be.
    pub(crate) fn wrong(&self, found: impl Into<String>) -> StoreError {
        corrupt(self.what, found.into())
    }

    /// A name.
    pub(crate) fn name<T, E>(&mut self, parse: fn(&str) -> Result<T, E>) -> Result<T, StoreError>
    where
        E: std::error::Error + Send + Sync + 'static,
    {
        let text: &str = self.cell()?;
        parse(text).map_err(|error| corrupt(self.what, error))
    }

    /// A name that may be missing.
    pub(crate) fn name_or_none<T, E>(
        &mut self,
        parse: fn(&str) -> Result<T, E>,
    ) -> Result<Option<T>, StoreError>
    where
        E: std::error::Error + Send + Sync + 'static,
    {
        let text: Option<&str> = self.cell()?;
        let name = text.map(parse).transpose();
        name.map_err(|error| corrupt(self.what, error))
    }

    pub(crate) fn code<C: Code>(&mut self) -> Result<C, StoreError> {
        let text: &str = self.cell()?;
        C::from_code(text).ok_or_else(|| self.wrong(format!("`{text}` means nothing")))
    }

    pub(crate) fn code_or_none<C: Code>(&mut self) -> Result<Option<C>, StoreError> {
        let Some(text) = self.cell::<Option<&str>>()? else {
            return Ok(None);
        };
        let code = C::from_code(text);
        let code = code.ok_or_else(|| self.wrong(format!("`{text}` means nothing")))?;
        Ok(Some(code))
    }

    /// An id, wrapped by its constructor.
    pub(crate) fn id<T>(&mut self, wrap: fn(Uuid) -> T) -> Result<T, StoreError> {
        self.cell().map(wrap)
    }

    pub(crate) fn id_or_none<T>(&mut self, wrap: fn(Uuid) -> T) -> Result<Option<T>, StoreError> {
        Ok(self.cell::<Option<Uuid>>()?.map(wrap))
    }

    pub(crate) fn text(&mut self) -> Result<String, StoreError> {
        self.cell()
    }

    pub(crate) fn text_or_none(&mut self) -> Result<Option<String>, StoreError> {
        self.cell()
    }

    /// The text of a JSON cell, as it lies in the row.
    pub(crate) fn json(&mut self) -> Result<&'r str, StoreError> {
        let cell = self.row.try_get_raw(self.at);
        self.at += 1;
        let text = cell.map_err(|error| corrupt(self.what, error))?.as_str();
        text.map_err(|error| corrupt(self.what, error))
    }

    /// The text of a JSON cell.
    pub(crate) fn document(&mut self) -> Result<String, StoreError> {
        let Document(text) = self.cell()?;
        Ok(text)
    }

    /// The text of a JSON cell that may be missing.
    pub(crate) fn document_or_none(&mut self) -> Result<Option<String>, StoreError> {
        let document: Option<Document> = self.cell()?;
        Ok(document.map(|Document(text)| text))
    }

    pub(crate) fn flag(&mut self) -> Result<bool, StoreError> {
        self.cell()
    }

    pub(crate) fn count(&mut self) -> Result<u64, StoreError> {
        let number: i64 = self.cell()?;
        u64::try_from(number).map_err(|error| corrupt(self.what, error))
    }

    /// A version, or what is counted as one.
    pub(crate) fn version(&mut self) -> Result<u32, StoreError> {
        let number: i64 = self.cell()?;
        u32::try_from(number).map_err(|error| corrupt(self.what, error))
    }

    /// A small number: a column of type integer.
    pub(crate) fn small(&mut self) -> Result<u16, StoreError> {
        let number: i32 = self.cell()?;
        u16::try_from(number).map_err(|error| corrupt(self.what, error))
    }

    pub(crate) fn number(&mut self) -> Result<Decimal, StoreError> {
        self.cell().map(|Number(number)| number)
    }

    pub(crate) fn number_or_none(&mut self) -> Result<Option<Decimal>, StoreError> {
        let number: Option<Number> = self.cell()?;
        Ok(number.map(|Number(number)| number))
    }

    /// Two cells: an amount and its currency.
    pub(crate) fn money(&mut self) -> Result<Money, StoreError> {
        let amount = self.number()?;
        Ok(Money::new(amount, self.name(Currency::parse)?))
    }

    /// As [`Self::money`]; both may be missing.
    pub(crate) fn money_or_none(&mut self) -> Result<Option<Money>, StoreError> {
        let amount = self.number_or_none()?;
        match (amount, self.name_or_none(Currency::parse)?) {
            (Some(amount), Some(currency)) => Ok(Some(Money::new(amount, currency))),
            (None, None) => Ok(None),
            _ => Err(self.wrong("an amount and its currency go together")),
        }
    }

    pub(crate) fn date(&mut self) -> Result<Date, StoreError> {
        self.cell()
    }

    pub(crate) fn date_or_none(&mut self) -> Result<Option<Date>, StoreError> {
        self.cell()
    }

    /// Two cells: the first date, and the first date after.
    pub(crate) fn range(&mut self) -> Result<DateRange, StoreError> {
        let from = self.date_or_none()?;
        let to = self.date_or_none()?;
        Ok(DateRange { from, to })
    }

    pub(crate) fn instant(&mut self) -> Result<Instant, StoreError> {
        Ok(Instant::new(self.cell::<DateTime<Utc>>()?))
    }

    pub(crate) fn instant_or_none(&mut self) -> Result<Option<Instant>, StoreError> {
        Ok(self.cell::<Option<DateTime<Utc>>>()?.map(Instant::new))
    }

    /// Two cells: the reason and the text of a row's error.
    pub(crate) fn error_or_none(&mut self) -> Result<Option<RowError>, StoreError> {
        let reason: Option<Reason> = self.code_or_none()?;
        match (reason, self.text_or_none()?) {
            (Some(reason), Some(text)) => Ok(Some(RowError::new(reason, text))),
            (None, None) => Ok(None),
            _ => Err(self.wrong("a reason and its text go together")),
        }
    }

    /// Four cells: the obsolete mark. Its reason may be missing.
    pub(crate) fn obsolete_or_none(&mut self) -> Result<Option<Obsolete>, StoreError> {
        let at = self.instant_or_none()?;
        let actor = self.name_or_none(ActorId::parse)?;
        let because: Option<LeftBecause> = self.code_or_none()?;
        let reason = self.text_or_none()?;
        match (at, actor, because) {
            (Some(at), Some(actor), Some(because)) => Ok(Some(Obsolete {
                at,
                actor,
                because,
                reason,
            })),
            (None, None, None) => Ok(None),
            _ => Err(self.wrong("the parts of an obsolete mark go together")),
        }
    }

    /// Four cells: version, first and last write, actor.
    pub(crate) fn stamp(&mut self) -> Result<Stamp, StoreError> {
        Ok(Stamp {
            version: Version(self.version()?),
            created_at: self.instant()?,
            updated_at: self.instant()?,
            actor: self.name(ActorId::parse)?,
        })
    }
}

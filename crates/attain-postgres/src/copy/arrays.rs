//! One column of many rows as an array of the server.

use sqlx::encode::IsNull;
use sqlx::error::BoxDynError;
use sqlx::postgres::types::Oid;
use sqlx::postgres::{PgArgumentBuffer, PgTypeInfo, Postgres};
use sqlx::{Encode, Type};

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Json,
    Id,
    Flag,
    /// `integer`.
    Small,
    /// `bigint`.
    Whole,
    Number,
    Date,
    Instant,
}

impl Kind {
    /// The numbers of the type and of its arrays, which are fixed (pg_type.dat).
    fn types(self) -> (u32, u32) {
        match self {
            Self::Text => (25, 1009),
            Self::Json => (114, 199),
            Self::Id => (2950, 2951),
            Self::Flag => (16, 1000),
            Self::Small => (23, 1007),
            Self::Whole => (20, 1016),
            Self::Number => (1700, 1231),
            Self::Date => (1082, 1182),
            Self::Instant => (1184, 1185),
        }
    }
}

/// The cells of one column.
pub(super) struct Column {
    kind: Kind,
    pub(super) bytes: Vec<u8>,
}

impl Column {
    pub(super) fn new(kind: Kind, bytes: Vec<u8>) -> Self {
        Self { kind, bytes }
    }
}

/// A column as a parameter.
pub(super) struct Array {
    pub(super) column: Column,
    pub(super) rows: i32,
}

impl Type<Postgres> for Array {
    /// Not the type of any array in particular: each says its own.
    fn type_info() -> PgTypeInfo {
        PgTypeInfo::with_oid(Oid(2277))
    }
}

impl Encode<'_, Postgres> for Array {
    fn encode_by_ref(&self, buffer: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
        const DIMENSIONS: i32 = 1;
        const MAY_HAVE_NULLS: i32 = 1;
        const FIRST_INDEX: i32 = 1;
        let (element, _) = self.column.kind.types();
        buffer.extend_from_slice(&DIMENSIONS.to_be_bytes());
        buffer.extend_from_slice(&MAY_HAVE_NULLS.to_be_bytes());
        buffer.extend_from_slice(&element.to_be_bytes());
        buffer.extend_from_slice(&self.rows.to_be_bytes());
        buffer.extend_from_slice(&FIRST_INDEX.to_be_bytes());
        buffer.extend_from_slice(&self.column.bytes);
        Ok(IsNull::No)
    }

    fn produces(&self) -> Option<PgTypeInfo> {
        let (_, array) = self.column.kind.types();
        Some(PgTypeInfo::with_oid(Oid(array)))
    }
}

//! Where a page ends: keyset positions, and how many rows a page may have.

use crate::earning::Earning;
use crate::ids::{EarningId, ParticipantId, PaysheetId};
use crate::time::Date;

/// How many rows a page may have: 1 to [`ChunkSize::MAX`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ChunkSize(u32);

impl ChunkSize {
    /// Largest page. 10 000 credits with their attributes are about 4 MB.
    pub const MAX: u32 = 10_000;

    /// Brings a wish into the limits.
    #[must_use]
    pub fn new(rows: u32) -> Self {
        Self(rows.clamp(1, Self::MAX))
    }

    /// The largest page.
    #[must_use]
    pub fn largest() -> Self {
        Self(Self::MAX)
    }

    /// As a number of rows.
    #[must_use]
    pub fn rows(self) -> usize {
        self.0 as usize
    }
}

/// What waits for Revert in a range of dates.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pending {
    /// Obsolete transactions.
    pub transactions: u64,
    /// Obsolete credits.
    pub credits: u64,
    /// Obsolete earnings that stand on no unpaid sheet.
    pub earnings: u64,
    /// The earliest of their dates.
    pub first: Option<Date>,
    /// The latest of their dates.
    pub last: Option<Date>,
}

impl Pending {
    /// How many rows that is.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.transactions + self.credits + self.earnings
    }
}

/// Where an earning stands in lists: by participant, date, id.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct EarningPosition {
    /// Whose.
    pub participant: ParticipantId,
    /// The earning's date.
    pub date: Date,
    /// The last tie-break.
    pub id: EarningId,
}

impl EarningPosition {
    /// The position of an earning.
    #[must_use]
    pub fn of(earning: &Earning) -> Self {
        Self {
            participant: earning.key.participant.clone(),
            date: earning.date,
            id: earning.id,
        }
    }
}

/// Where a paysheet stands in its batch: by participant.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct PaysheetPosition {
    /// Whose.
    pub participant: ParticipantId,
    /// The sheet.
    pub id: PaysheetId,
}

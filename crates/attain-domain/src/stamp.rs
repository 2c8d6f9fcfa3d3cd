//! What every record carries: its version, which is its etag, and when and by whom it was written.

use crate::ids::ActorId;
use crate::time::Instant;

/// Counts the writes of a record, from 1. The etag of the record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version(pub u32);

impl Version {
    /// The version of a record that was just made.
    pub const FIRST: Self = Self(1);

    /// The version after one more write.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

/// Version, times and the actor of the last write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stamp {
    /// Counts the writes.
    pub version: Version,
    /// When it was first written.
    pub created_at: Instant,
    /// When it was last written.
    pub updated_at: Instant,
    /// Who wrote it last.
    pub actor: ActorId,
}

impl Stamp {
    /// The stamp of a new record.
    #[must_use]
    pub fn new(at: Instant, actor: ActorId) -> Self {
        Self {
            version: Version::FIRST,
            created_at: at,
            updated_at: at,
            actor,
        }
    }

    /// The stamp after another write.
    #[must_use]
    pub fn touched(&self, at: Instant, actor: ActorId) -> Self {
        Self {
            version: self.version.next(),
            created_at: self.created_at,
            updated_at: at,
            actor,
        }
    }
}

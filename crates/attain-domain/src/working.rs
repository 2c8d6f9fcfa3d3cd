//! What the pure deciding functions are handed instead of clocks, id generators and logs.

use uuid::Uuid;

use crate::ids::ActorId;
use crate::refusal::RowError;
use crate::stamp::Stamp;
use crate::time::Instant;

/// The circumstances of a decision: when, by whom, and new ids to give away.
pub struct Circumstances<'a> {
    /// Now.
    pub at: Instant,
    /// Who decides.
    pub actor: &'a ActorId,
    /// Gives a new, greater id at each call.
    pub next_id: &'a mut (dyn FnMut() -> Uuid + Send + Sync),
}

impl Circumstances<'_> {
    /// A new id.
    pub fn id(&mut self) -> Uuid {
        (self.next_id)()
    }

    /// The stamp of a new record.
    #[must_use]
    pub fn stamp(&self) -> Stamp {
        Stamp::new(self.at, self.actor.clone())
    }

    /// The stamp of a new record that is the next version of another: its version goes on from that
    /// one's, and it is made now.
    #[must_use]
    pub fn succeed(&self, stamp: &Stamp) -> Stamp {
        Stamp {
            created_at: self.at,
            ..self.touch(stamp)
        }
    }

    /// The stamp of a record that is written again.
    #[must_use]
    pub fn touch(&self, stamp: &Stamp) -> Stamp {
        stamp.touched(self.at, self.actor.clone())
    }
}

/// One row in error, for the log of a run or the rejects of an import.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowFailure {
    /// What it is about, such as `ORDER 1001-301`.
    pub subject: String,
    /// What is wrong.
    pub error: RowError,
}

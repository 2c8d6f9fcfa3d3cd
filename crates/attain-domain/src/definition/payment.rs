//! Pay groups: who is paid together.

use crate::ids::PayGroupId;

/// Participants who are paid together; participants name their group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PayGroup {
    /// Its id.
    pub id: PayGroupId,
    /// A name for people.
    pub name: String,
}

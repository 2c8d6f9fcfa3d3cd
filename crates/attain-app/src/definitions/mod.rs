//! Definitions: read all, apply many at once (all or nothing), list, export.

mod aftermath;
mod answer;
mod apply;
mod closing;

use attain_domain::definition::calendar::Period;
use attain_domain::definition::{DefinitionKind, DefinitionRecord, DefinitionSet};
use attain_domain::ids::{DefinitionId, PeriodId};
use attain_domain::ports::{ChunkSize, Snapshot};
use attain_domain::refusal::{Reason, Refusal};

use crate::caller::Caller;
use crate::engine::Engine;
use crate::failure::store_refusal;

pub use apply::{AppliedDefinition, ApplyMode, ApplyPlan, DefinitionOutcome};

/// Every live definition of one kind.
async fn all_of_kind(
    snapshot: &dyn Snapshot,
    kind: DefinitionKind,
) -> Result<Vec<DefinitionRecord>, Refusal> {
    let mut records: Vec<DefinitionRecord> = Vec::new();
    loop {
        let after = records.last().map(|record| record.body.id());
        let page = snapshot
            .definitions_after(kind, after.as_ref(), ChunkSize::largest())
            .await
            .map_err(store_refusal)?;
        let last = page.len() < ChunkSize::largest().rows();
        records.extend(page);
        if last {
            return Ok(records);
        }
    }
}

/// Every live definition of a workspace.
pub(crate) async fn load(snapshot: &dyn Snapshot) -> Result<DefinitionSet, Refusal> {
    let mut set = DefinitionSet::default();
    for kind in DefinitionKind::ALL {
        for record in all_of_kind(snapshot, *kind).await? {
            set.put(record.body, record.stamp.version.0);
        }
    }
    Ok(set)
}

impl Engine {
    /// Live definitions of a kind with ids above `after`, in rising id order.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn definitions(
        &self,
        caller: &Caller,
        kind: DefinitionKind,
        after: Option<&DefinitionId>,
        chunk: ChunkSize,
    ) -> Result<Vec<DefinitionRecord>, Refusal> {
        let snapshot = self.snapshot(caller).await?;
        snapshot
            .definitions_after(kind, after, chunk)
            .await
            .map_err(store_refusal)
    }

    /// A period of the calendar.
    ///
    /// # Errors
    /// `NOT_FOUND`.
    pub async fn period(&self, caller: &Caller, id: &str) -> Result<Period, Refusal> {
        let snapshot = self.snapshot(caller).await?;
        let world = self.world(caller, &*snapshot).await?;
        let period = PeriodId::parse(id)
            .ok()
            .and_then(|id| world.set.calendar.period(&id).cloned());
        period.ok_or_else(|| {
            Refusal::new(
                Reason::NotFound,
                format!("the calendar has no period `{id}`"),
            )
        })
    }

    /// Every live definition, in the order in which kinds may refer to each other.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn export(&self, caller: &Caller) -> Result<Vec<DefinitionRecord>, Refusal> {
        let snapshot = self.snapshot(caller).await?;
        let mut records = Vec::new();
        for kind in DefinitionKind::ALL {
            records.extend(all_of_kind(&*snapshot, *kind).await?);
        }
        Ok(records)
    }
}

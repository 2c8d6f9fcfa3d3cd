//! Definitions: every version of each, and which one is live.

use std::ops::Bound;
use std::sync::Arc;

use async_trait::async_trait;
use attain_domain::change::{DefinitionChange, DefinitionsMark};
use attain_domain::definition::{Calendar, Definition, DefinitionKind, DefinitionRecord};
use attain_domain::ids::DefinitionId;
use attain_domain::ports::{ChunkSize, DefinitionRepository, StoreError};
use attain_domain::stamp::Version;

use crate::map::{Map, conflict};
use crate::snapshot::MemorySnapshot;

type Name = (DefinitionKind, DefinitionId);

#[derive(Clone, Default)]
pub(crate) struct Definitions {
    versions: Map<(Name, u32), Arc<DefinitionRecord>>,
    live: Map<Name, u32>,
    /// The highest version that was ever written, deletions included.
    highest: Map<Name, u32>,
    mark: DefinitionsMark,
}

impl Definitions {
    pub(crate) fn apply(&mut self, changes: Vec<DefinitionChange>) -> Result<(), StoreError> {
        for change in changes {
            match change {
                DefinitionChange::Put(record) => self.put(*record)?,
                DefinitionChange::Delete { kind, id, stamp } => {
                    self.delete((kind, id), stamp.version)?;
                }
            }
            self.mark.0 = self.mark.0.saturating_add(1);
        }
        Ok(())
    }

    fn put(&mut self, record: DefinitionRecord) -> Result<(), StoreError> {
        let name = (record.body.kind(), record.body.id());
        let version = record.stamp.version;
        self.raise(&name, version)?;
        self.end_live(&name);
        self.live.insert_mut(name.clone(), version.0);
        let record = DefinitionRecord {
            live: true,
            ..record
        };
        self.versions
            .insert_mut((name, version.0), Arc::new(record));
        Ok(())
    }

    fn delete(&mut self, name: Name, version: Version) -> Result<(), StoreError> {
        if !self.live.contains_key(&name) {
            return Err(conflict(format_args!("{name:?}"), "is not live"));
        }
        self.raise(&name, version)?;
        self.end_live(&name);
        Ok(())
    }

    fn raise(&mut self, name: &Name, version: Version) -> Result<(), StoreError> {
        if version.0 <= self.highest(name) {
            return Err(conflict(
                format_args!("{name:?}"),
                "has this version already",
            ));
        }
        self.highest.insert_mut(name.clone(), version.0);
        Ok(())
    }

    fn end_live(&mut self, name: &Name) {
        let Some(version) = self.live.get(name).copied() else {
            return;
        };
        self.live.remove_mut(name);
        if let Some(record) = self.versions.get_mut(&(name.clone(), version)) {
            Arc::make_mut(record).live = false;
        }
    }

    fn highest(&self, name: &Name) -> u32 {
        self.highest.get(name).copied().unwrap_or_default()
    }

    fn live(&self, name: &Name) -> Option<&Arc<DefinitionRecord>> {
        let version = self.live.get(name)?;
        self.versions.get(&(name.clone(), *version))
    }

    pub(crate) fn live_version(&self, kind: DefinitionKind, id: &DefinitionId) -> Option<Version> {
        self.live.get(&(kind, id.clone())).copied().map(Version)
    }

    pub(crate) fn mark(&self) -> DefinitionsMark {
        self.mark
    }

    pub(crate) fn calendar(&self) -> Option<&Calendar> {
        let id = Definition::Calendar(Calendar::default()).id();
        match &self.live(&(DefinitionKind::Calendar, id))?.body {
            Definition::Calendar(calendar) => Some(calendar),
            Definition::Settings(_)
            | Definition::Attributes(_)
            | Definition::Rates(_)
            | Definition::Categories(_)
            | Definition::CategoryRules(_)
            | Definition::Plan(_)
            | Definition::PayGroup(_)
            | Definition::Participant(_)
            | Definition::Team(_)
            | Definition::RuleSet(_)
            | Definition::PaymentPlan(_) => None,
        }
    }
}

#[async_trait]
impl DefinitionRepository for MemorySnapshot {
    async fn definitions_after(
        &self,
        kind: DefinitionKind,
        after: Option<&DefinitionId>,
        chunk: ChunkSize,
    ) -> Result<Vec<DefinitionRecord>, StoreError> {
        let definitions = &self.tables.definitions;
        let names = definitions.live.range((
            after.map_or(Bound::Unbounded, |id| Bound::Excluded((kind, id.clone()))),
            Bound::Unbounded,
        ));
        Ok(names
            .map(|(name, _)| name)
            .skip_while(|(other, _)| *other < kind)
            .take_while(|(other, _)| *other == kind)
            .filter_map(|name| definitions.live(name))
            .take(chunk.rows())
            .map(|record| DefinitionRecord::clone(record))
            .collect())
    }

    async fn definition(
        &self,
        kind: DefinitionKind,
        id: &DefinitionId,
    ) -> Result<Option<DefinitionRecord>, StoreError> {
        let record = self.tables.definitions.live(&(kind, id.clone()));
        Ok(record.map(|record| DefinitionRecord::clone(record)))
    }

    async fn definition_at(
        &self,
        kind: DefinitionKind,
        id: &DefinitionId,
        version: u32,
    ) -> Result<Option<DefinitionRecord>, StoreError> {
        let versions = &self.tables.definitions.versions;
        let record = versions.get(&((kind, id.clone()), version));
        Ok(record.map(|record| DefinitionRecord::clone(record)))
    }

    async fn definition_version(
        &self,
        kind: DefinitionKind,
        id: &DefinitionId,
    ) -> Result<u32, StoreError> {
        Ok(self.tables.definitions.highest(&(kind, id.clone())))
    }

    async fn definitions_mark(&self) -> Result<DefinitionsMark, StoreError> {
        Ok(self.tables.definitions.mark())
    }
}

//! Workspaces and definitions: every version of each, and which one is live.

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use attain_documents::stored::{decode_definition, encode_definition};
use attain_domain::change::{DefinitionChange, DefinitionsMark};
use attain_domain::definition::{Calendar, Definition, DefinitionKind, DefinitionRecord};
use attain_domain::ids::{DefinitionId, WorkspaceId};
use attain_domain::ports::{ChunkSize, DefinitionRepository, StoreError};
use attain_domain::stamp::Stamp;
use sqlx::postgres::PgRow;

use crate::bulk::Writer;
use crate::cells::Cells;
use crate::error::{conflict, corrupt};
use crate::snapshot::PgSnapshot;
use crate::statements::definitions as sql;
use crate::stored::{Reading, each};

type Name = (DefinitionKind, DefinitionId);

fn record(row: &mut Reading<'_>) -> Result<DefinitionRecord, StoreError> {
    let kind: DefinitionKind = row.code()?;
    let body = decode_definition(kind, &row.document()?);
    Ok(DefinitionRecord {
        body: body.map_err(|error| corrupt("definitions", error))?,
        live: row.flag()?,
        stamp: row.stamp()?,
    })
}

fn records(rows: &[PgRow]) -> Result<Vec<DefinitionRecord>, StoreError> {
    each("definitions", rows, record)
}

pub(crate) fn workspaces(rows: &[PgRow]) -> Result<Vec<WorkspaceId>, StoreError> {
    each("workspaces", rows, |row| row.name(WorkspaceId::parse))
}

fn mark(rows: &[PgRow]) -> Result<Option<DefinitionsMark>, StoreError> {
    let marks = each("workspaces", rows, |row| row.count())?;
    Ok(marks.first().copied().map(DefinitionsMark))
}

/// One version that is written: live, a past one, or the end of the definition.
struct VersionWritten {
    name: Name,
    document: Option<String>,
    live: bool,
    stamp: Stamp,
}

/// The highest version of a definition, and whether one is live.
#[derive(Clone, Copy, Default)]
struct State {
    highest: u32,
    is_live: bool,
}

impl Writer<'_> {
    /// Locks the workspace, alone or beside other commits, and gives its mark; none when there is no
    /// such workspace. Definitions change in commits that are alone, so they stay as they are until
    /// this one ends.
    pub(crate) async fn lock_workspace(
        &mut self,
        alone: bool,
    ) -> Result<Option<DefinitionsMark>, StoreError> {
        let statement = if alone {
            sql::TAKE_WORKSPACE
        } else {
            sql::SHARE_WORKSPACE
        };
        mark(&self.rows(statement, self.cells()).await?)
    }

    /// The live versions of those of these definitions that have one.
    pub(crate) async fn live_versions(
        &mut self,
        names: &BTreeSet<Name>,
    ) -> Result<BTreeMap<Name, u32>, StoreError> {
        let found = self.states(names.iter()).await?.into_iter();
        let live = found.filter(|(_, _, live)| *live > 0);
        Ok(live.map(|(name, _, live)| (name, live)).collect())
    }

    async fn states(
        &mut self,
        names: impl Iterator<Item = &Name> + Clone,
    ) -> Result<Vec<(Name, u32, u32)>, StoreError> {
        let mut cells = self.cells();
        fill_names(&mut cells, names);
        let rows = self.rows(sql::DEFINITION_STATES, cells).await?;
        each("definitions", &rows, |row| {
            let name = (row.code()?, row.name(DefinitionId::parse)?);
            Ok((name, row.version()?, row.version()?))
        })
    }

    /// The live calendar; none is one without periods.
    pub(crate) async fn calendar(&mut self) -> Result<Calendar, StoreError> {
        let id = Definition::Calendar(Calendar::default()).id();
        let mut cells = self.cells();
        cells.code(DefinitionKind::Calendar);
        cells.text(id.as_str());
        let records = records(&self.rows(sql::DEFINITION, cells).await?)?;
        let calendar = records.into_iter().find_map(|record| match record.body {
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
        });
        Ok(calendar.unwrap_or_default())
    }

    pub(crate) async fn write_definitions(
        &mut self,
        changes: &[DefinitionChange],
    ) -> Result<(), StoreError> {
        if changes.is_empty() {
            return Ok(());
        }
        let count = changes.len();
        let changes: Vec<(Name, &DefinitionChange)> = changes
            .iter()
            .map(|change| (name_of(change), change))
            .collect();
        let states = self.states(changes.iter().map(|(name, _)| name)).await?;
        let state = |(name, highest, live): (Name, u32, u32)| {
            let is_live = live > 0;
            (name, State { highest, is_live })
        };
        let ended: Vec<Name> = states.iter().map(|(name, ..)| name.clone()).collect();
        let written = versions(states.into_iter().map(state).collect(), changes)?;
        let mut cells = self.cells();
        fill_names(&mut cells, ended.iter());
        self.run(sql::END_LIVE, cells).await?;
        self.insert_versions(&written).await?;
        let mut cells = self.cells();
        cells.limit(count);
        self.run(sql::RAISE_MARK, cells).await?;
        Ok(())
    }

    async fn insert_versions(&mut self, written: &[VersionWritten]) -> Result<(), StoreError> {
        let mut cells = self.cells();
        fill_names(&mut cells, written.iter().map(|row| &row.name));
        cells.documents_or_none(written.iter().map(|row| row.document.clone()));
        cells.flags(written.iter().map(|row| row.live));
        cells.stamps(written.iter().map(|row| &row.stamp));
        self.run(sql::INSERT_DEFINITIONS, cells).await?;
        Ok(())
    }
}

/// Two columns: kinds and ids.
fn fill_names<'n>(cells: &mut Cells, names: impl Iterator<Item = &'n Name> + Clone) {
    cells.codes(names.clone().map(|(kind, _)| *kind));
    cells.texts(names.map(|(_, id)| id.as_str()));
}

fn name_of(change: &DefinitionChange) -> Name {
    match change {
        DefinitionChange::Put(record) => (record.body.kind(), record.body.id()),
        DefinitionChange::Delete { kind, id, stamp: _ } => (*kind, id.clone()),
    }
}

/// The versions that these changes write, in their order. One commit may write several versions of
/// a definition: the last of them decides which is live.
fn versions(
    mut states: BTreeMap<Name, State>,
    changes: Vec<(Name, &DefinitionChange)>,
) -> Result<Vec<VersionWritten>, StoreError> {
    let mut written: Vec<VersionWritten> = Vec::with_capacity(changes.len());
    let mut newest: BTreeMap<Name, usize> = BTreeMap::new();
    for (name, change) in changes {
        let state = states.entry(name.clone()).or_default();
        let (document, stamp) = match change {
            DefinitionChange::Put(record) => (Some(encode_definition(&record.body)), &record.stamp),
            DefinitionChange::Delete { stamp, .. } if state.is_live => (None, stamp),
            DefinitionChange::Delete { .. } => {
                return Err(conflict(format!(
                    "{} {} is not live",
                    name.0.name(),
                    name.1
                )));
            }
        };
        if stamp.version.0 <= state.highest {
            let text = format!("{} {} has this version already", name.0.name(), name.1);
            return Err(conflict(text));
        }
        state.highest = stamp.version.0;
        state.is_live = document.is_some();
        if let Some(before) = newest.insert(name.clone(), written.len()) {
            written[before].live = false;
        }
        written.push(VersionWritten {
            name,
            live: document.is_some(),
            document,
            stamp: stamp.clone(),
        });
    }
    Ok(written)
}

#[async_trait]
impl DefinitionRepository for PgSnapshot {
    async fn definitions_after(
        &self,
        kind: DefinitionKind,
        after: Option<&DefinitionId>,
        chunk: ChunkSize,
    ) -> Result<Vec<DefinitionRecord>, StoreError> {
        let mut cells = self.cells();
        cells.code(kind);
        cells.text(after.map_or("", DefinitionId::as_str));
        cells.limit(chunk.rows());
        records(&self.rows(sql::DEFINITIONS_AFTER, cells).await?)
    }

    async fn definition(
        &self,
        kind: DefinitionKind,
        id: &DefinitionId,
    ) -> Result<Option<DefinitionRecord>, StoreError> {
        let mut cells = self.cells();
        cells.code(kind);
        cells.text(id.as_str());
        let records = records(&self.rows(sql::DEFINITION, cells).await?)?;
        Ok(records.into_iter().next())
    }

    async fn definition_at(
        &self,
        kind: DefinitionKind,
        id: &DefinitionId,
        version: u32,
    ) -> Result<Option<DefinitionRecord>, StoreError> {
        let mut cells = self.cells();
        cells.code(kind);
        cells.text(id.as_str());
        cells.whole(i64::from(version));
        let records = records(&self.rows(sql::DEFINITION_AT, cells).await?)?;
        Ok(records.into_iter().next())
    }

    async fn definition_version(
        &self,
        kind: DefinitionKind,
        id: &DefinitionId,
    ) -> Result<u32, StoreError> {
        let mut cells = self.cells();
        cells.code(kind);
        cells.text(id.as_str());
        let rows = self.rows(sql::DEFINITION_VERSION, cells).await?;
        let versions = each("definitions", &rows, |row| row.version())?;
        Ok(versions.first().copied().unwrap_or_default())
    }

    async fn definitions_mark(&self) -> Result<DefinitionsMark, StoreError> {
        let rows = self.rows(sql::DEFINITIONS_MARK, self.cells()).await?;
        Ok(mark(&rows)?.unwrap_or_default())
    }
}

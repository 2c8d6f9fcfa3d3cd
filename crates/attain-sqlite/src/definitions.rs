//! Workspaces and definitions: every version of each, and which one is live.

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use attain_documents::stored::{decode_definition, encode_definition};
use attain_domain::change::{DefinitionChange, DefinitionsMark};
use attain_domain::definition::{Calendar, Definition, DefinitionKind, DefinitionRecord};
use attain_domain::ids::{DefinitionId, WorkspaceId};
use attain_domain::ports::{ChunkSize, DefinitionRepository, StoreError};
use attain_domain::stamp::Stamp;
use serde::Deserialize;

use crate::bulk::Writer;
use crate::cells::{Cells, pair_list};
use crate::error::{conflict, corrupt};
use crate::snapshot::SqliteSnapshot;
use crate::statements::definitions as sql;
use crate::stored::{StampRow, Text, Whole, rows};
use attain_documents::stored::Code;

type Name = (DefinitionKind, DefinitionId);

#[derive(Deserialize)]
struct DefinitionRow {
    kind: Text<DefinitionKind>,
    document: String,
    live: Whole<bool>,
    stamp: StampRow,
}

impl DefinitionRow {
    fn into_record(self) -> Result<DefinitionRecord, StoreError> {
        let body = decode_definition(self.kind.0, &self.document);
        Ok(DefinitionRecord {
            body: body.map_err(|error| corrupt("definitions", error))?,
            live: self.live.0,
            stamp: self.stamp.into_stamp(),
        })
    }
}

fn records(page: &str) -> Result<Vec<DefinitionRecord>, StoreError> {
    let rows: Vec<DefinitionRow> = rows("definitions", page)?;
    rows.into_iter().map(DefinitionRow::into_record).collect()
}

pub(crate) fn workspaces(page: &str) -> Result<Vec<WorkspaceId>, StoreError> {
    let rows: Vec<Text<WorkspaceId>> = rows("workspaces", page)?;
    Ok(rows.into_iter().map(|row| row.0).collect())
}

fn mark(page: &str) -> Result<Option<DefinitionsMark>, StoreError> {
    let rows: Vec<u64> = rows("workspaces", page)?;
    Ok(rows.first().copied().map(DefinitionsMark))
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
    /// The mark; none when there is no such workspace.
    pub(crate) async fn definitions_mark(&mut self) -> Result<Option<DefinitionsMark>, StoreError> {
        let cells = self.cells();
        mark(&self.page(sql::DEFINITIONS_MARK, cells).await?)
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
        names: impl Iterator<Item = &Name>,
    ) -> Result<Vec<(Name, u32, u32)>, StoreError> {
        let mut cells = self.cells();
        cells.owned(pair_list(
            names.map(|(kind, id)| (kind.code(), id.as_str())),
        ));
        let page = self.page(sql::DEFINITION_STATES, cells).await?;
        let rows: Vec<(Text<DefinitionKind>, Text<DefinitionId>, u32, u32)> =
            rows("definitions", &page)?;
        let states = rows.into_iter();
        Ok(states
            .map(|(kind, id, highest, live)| ((kind.0, id.0), highest, live))
            .collect())
    }

    /// The live calendar; none is one without periods.
    pub(crate) async fn calendar(&mut self) -> Result<Calendar, StoreError> {
        let id = Definition::Calendar(Calendar::default()).id();
        let mut cells = self.cells();
        cells.code(DefinitionKind::Calendar);
        cells.text(id.as_str());
        let records = records(&self.page(sql::DEFINITION, cells).await?)?;
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
        changes: Vec<DefinitionChange>,
    ) -> Result<(), StoreError> {
        if changes.is_empty() {
            return Ok(());
        }
        let count = changes.len();
        let changes: Vec<(Name, DefinitionChange)> = changes
            .into_iter()
            .map(|change| (name_of(&change), change))
            .collect();
        let states = self.states(changes.iter().map(|(name, _)| name)).await?;
        let state = |(name, highest, live): (Name, u32, u32)| {
            let is_live = live > 0;
            (name, State { highest, is_live })
        };
        let ended: Vec<Name> = states.iter().map(|(name, ..)| name.clone()).collect();
        let written = versions(states.into_iter().map(state).collect(), changes)?;
        let mut cells = self.cells();
        cells.owned(pair_list(
            ended.iter().map(|(kind, id)| (kind.code(), id.as_str())),
        ));
        self.run_one(sql::END_LIVE, cells).await?;
        self.write(sql::INSERT_DEFINITIONS, &written, fill).await?;
        let mut cells = self.cells();
        cells.limit(count);
        self.run_one(sql::RAISE_MARK, cells).await?;
        Ok(())
    }
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
    changes: Vec<(Name, DefinitionChange)>,
) -> Result<Vec<VersionWritten>, StoreError> {
    let mut written: Vec<VersionWritten> = Vec::with_capacity(changes.len());
    let mut newest: BTreeMap<Name, usize> = BTreeMap::new();
    for (name, change) in changes {
        let state = states.entry(name.clone()).or_default();
        let (document, stamp) = match change {
            DefinitionChange::Put(record) => (Some(encode_definition(&record.body)), record.stamp),
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
            stamp,
        });
    }
    Ok(written)
}

fn fill(cells: &mut Cells, row: &VersionWritten) {
    let VersionWritten {
        name: (kind, id),
        document,
        live,
        stamp,
    } = row;
    cells.code(*kind);
    cells.text(id.as_str());
    cells.text_or_none(document.as_deref());
    cells.flag(*live);
    cells.stamp(stamp);
}

#[async_trait]
impl DefinitionRepository for SqliteSnapshot {
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
        records(&self.page(sql::DEFINITIONS_AFTER, cells).await?)
    }

    async fn definition(
        &self,
        kind: DefinitionKind,
        id: &DefinitionId,
    ) -> Result<Option<DefinitionRecord>, StoreError> {
        let mut cells = self.cells();
        cells.code(kind);
        cells.text(id.as_str());
        let records = records(&self.page(sql::DEFINITION, cells).await?)?;
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
        let records = records(&self.page(sql::DEFINITION_AT, cells).await?)?;
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
        let page = self.page(sql::DEFINITION_VERSION, cells).await?;
        let versions: Vec<u32> = rows("definitions", &page)?;
        Ok(versions.first().copied().unwrap_or_default())
    }

    async fn definitions_mark(&self) -> Result<DefinitionsMark, StoreError> {
        let page = self.page(sql::DEFINITIONS_MARK, self.cells()).await?;
        Ok(mark(&page)?.unwrap_or_default())
    }
}

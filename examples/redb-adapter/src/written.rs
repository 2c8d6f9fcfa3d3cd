//! Definitions: every version of each, and what is live.

use async_trait::async_trait;
use attain_domain::change::{DefinitionChange, DefinitionsMark};
use attain_domain::definition::{Calendar, Definition, DefinitionKind, DefinitionRecord};
use attain_domain::ids::DefinitionId;
use attain_domain::ports::{ChunkSize, DefinitionRepository, StoreError};
use attain_domain::stamp::Version;

use crate::codec::records;
use crate::error::conflict;
use crate::table::{Answer, Reads, RedbSnapshot, Writer, page, rows};

/// What is known of an id without its versions.
#[derive(Clone)]
pub(crate) struct Head {
    kind: DefinitionKind,
    id: DefinitionId,
    /// The highest version that was ever written, deletions included.
    highest: u32,
    live: Option<u32>,
}

/// How many writes and deletions there were.
pub(crate) struct Mark {
    count: u64,
}

records! {
    Head { kind, id, highest, live, }
    Mark { count, }
}

type Name = (DefinitionKind, DefinitionId);

rows! {
    DefinitionRecord in "definition" by (Name, u32):
        |row| ((row.body.kind(), row.body.id()), row.stamp.version.0);
    Head in "definition_head" by Name: |row| (row.kind, row.id.clone());
    Mark in "definitions_mark" by bool: |_row| true;
}

pub(crate) fn live_version(
    from: &impl Reads,
    kind: DefinitionKind,
    id: &DefinitionId,
) -> Answer<Option<Version>> {
    let head: Option<Head> = from.one(&(kind, id.clone()))?;
    Ok(head.and_then(|head| head.live).map(Version))
}

pub(crate) fn mark(from: &impl Reads) -> Answer<DefinitionsMark> {
    let mark: Option<Mark> = from.one(&true)?;
    Ok(DefinitionsMark(mark.map_or(0, |mark| mark.count)))
}

fn live(from: &impl Reads, head: &Head) -> Answer<Option<DefinitionRecord>> {
    let Some(version) = head.live else {
        return Ok(None);
    };
    from.one(&((head.kind, head.id.clone()), version))
}

/// The live calendar; one without periods if there is none.
pub(crate) fn calendar(from: &impl Reads) -> Answer<Calendar> {
    let none = Definition::Calendar(Calendar::default());
    let head: Option<Head> = from.one(&(none.kind(), none.id()))?;
    let record = head.map(|head| live(from, &head)).transpose()?.flatten();
    Ok(match record.map(|record| record.body) {
        Some(Definition::Calendar(calendar)) => calendar,
        _ => Calendar::default(),
    })
}

impl Writer<'_> {
    pub(crate) fn write_definitions(&self, changes: Vec<DefinitionChange>) -> Answer<()> {
        let mut count = mark(self)?.0;
        for change in changes {
            match change {
                DefinitionChange::Put(record) => {
                    let name = (record.body.kind(), record.body.id());
                    let version = record.stamp.version.0;
                    self.end_live(name, version, Some(version))?;
                    let live = true;
                    self.add([DefinitionRecord { live, ..*record }])?;
                }
                DefinitionChange::Delete { kind, id, stamp } => {
                    if live_version(self, kind, &id)?.is_none() {
                        return Err(conflict(id, "is not live"));
                    }
                    self.end_live((kind, id), stamp.version.0, None)?;
                }
            }
            count = count.saturating_add(1);
        }
        self.put([Mark { count }])
    }

    /// What was live is past; the id comes to a version above all that it had.
    fn end_live(&self, name: Name, version: u32, live: Option<u32>) -> Answer<()> {
        let head: Option<Head> = self.one(&name)?;
        if let Some(head) = head {
            if version <= head.highest {
                return Err(conflict(name, "has this version already"));
            }
            if let Some(past) = head.live {
                let at = (name.clone(), past);
                self.change(at, |row: &mut DefinitionRecord| row.live = false)?;
            }
        }
        let (kind, id) = name;
        let highest = version;
        self.put([Head {
            kind,
            id,
            highest,
            live,
        }])
    }
}

#[async_trait]
impl DefinitionRepository for RedbSnapshot {
    async fn definitions_after(
        &self,
        kind: DefinitionKind,
        after: Option<&DefinitionId>,
        chunk: ChunkSize,
    ) -> Result<Vec<DefinitionRecord>, StoreError> {
        let heads: Vec<Head> = self.all()?;
        let heads = heads
            .into_iter()
            .filter(|head| head.kind == kind && head.live.is_some());
        let heads = page(heads, |head| head.id.clone(), after, chunk);
        let rows = heads.iter().map(|head| live(self, head));
        rows.filter_map(Result::transpose).collect()
    }

    async fn definition(
        &self,
        kind: DefinitionKind,
        id: &DefinitionId,
    ) -> Result<Option<DefinitionRecord>, StoreError> {
        let head: Option<Head> = self.one(&(kind, id.clone()))?;
        Ok(head.map(|head| live(self, &head)).transpose()?.flatten())
    }

    async fn definition_at(
        &self,
        kind: DefinitionKind,
        id: &DefinitionId,
        version: u32,
    ) -> Result<Option<DefinitionRecord>, StoreError> {
        self.one(&((kind, id.clone()), version))
    }

    async fn definition_version(
        &self,
        kind: DefinitionKind,
        id: &DefinitionId,
    ) -> Result<u32, StoreError> {
        let head: Option<Head> = self.one(&(kind, id.clone()))?;
        Ok(head.map_or(0, |head| head.highest))
    }

    async fn definitions_mark(&self) -> Result<DefinitionsMark, StoreError> {
        mark(self)
    }
}

//! Tables: rows of one kind, by workspace and key. What is read of them, and what is written.

use std::fmt::Debug;

use attain_domain::ids::WorkspaceId;
use attain_domain::ports::{ChunkSize, StoreError};
use redb::{ReadTransaction, ReadableTable, TableDefinition, WriteTransaction};

use crate::codec::{Stored, decode, encode};
use crate::error::{conflict, failed};

/// The workspace and the key, as bytes; the row, as bytes.
pub(crate) type Table = TableDefinition<'static, (&'static str, &'static [u8]), &'static [u8]>;

/// A kind of rows.
pub(crate) trait Row: Stored {
    /// What a row of it is found by.
    type Key: Stored + Debug;
    /// Where they lie.
    const TABLE: Table;
    fn key(&self) -> Self::Key;
}

/// Names the table and the key of kinds of rows, and gathers all tables in a list.
macro_rules! rows {
    ($($row:ident in $table:literal by $key_type:ty: |$of:ident| $key:expr;)+) => {
        $(
            impl $crate::table::Row for $row {
                type Key = $key_type;
                const TABLE: $crate::table::Table = redb::TableDefinition::new($table);

                fn key(&self) -> Self::Key {
                    let $of = self;
                    $key
                }
            }
        )+

        /// Every table here.
        pub(crate) const TABLES: &[$crate::table::Table] =
            &[$(<$row as $crate::table::Row>::TABLE,)+];
    };
}
pub(crate) use rows;

/// What can be read, be it a view or a commit under way.
pub(crate) trait Reads {
    fn workspace(&self) -> &WorkspaceId;

    /// Calls back with a table.
    fn look<T>(&self, table: Table, look: impl FnOnce(&Open<'_>) -> Answer<T>) -> Answer<T>;

    /// The row of a key.
    fn one<R: Row>(&self, key: &R::Key) -> Answer<Option<R>> {
        let (workspace, key) = (self.workspace(), encode(key));
        self.look(R::TABLE, |table| table.get(workspace, &key))
    }

    /// The rows of these keys, each once, in the order of their bytes.
    fn some<R: Row>(&self, keys: impl IntoIterator<Item = R::Key>) -> Answer<Vec<R>> {
        let mut keys: Vec<Vec<u8>> = keys.into_iter().map(|key| encode(&key)).collect();
        keys.sort_unstable();
        keys.dedup();
        let workspace = self.workspace();
        self.look(R::TABLE, |table| {
            let rows = keys.iter().map(|key| table.get(workspace, key));
            rows.filter_map(Result::transpose).collect()
        })
    }

    /// All rows of the workspace, in the order of their keys' bytes.
    fn all<R: Row>(&self) -> Answer<Vec<R>> {
        let workspace = self.workspace();
        self.look(R::TABLE, |table| table.all(workspace))
    }
}

pub(crate) type Answer<T> = Result<T, StoreError>;

type Key = (&'static str, &'static [u8]);

/// A table that is open, for reading or for writing too.
pub(crate) struct Open<'a>(&'a dyn Lookup);

/// What both kinds of redb's tables can do.
trait Lookup {
    fn bytes(&self, key: (&str, &[u8])) -> Answer<Option<Vec<u8>>>;
    fn within(&self, from: (&str, &[u8]), to: (&str, &[u8])) -> Answer<Vec<Vec<u8>>>;
}

impl<T: ReadableTable<Key, &'static [u8]>> Lookup for T {
    fn bytes(&self, key: (&str, &[u8])) -> Answer<Option<Vec<u8>>> {
        let row = self.get(key).map_err(failed)?;
        Ok(row.map(|row| row.value().to_vec()))
    }

    fn within(&self, from: (&str, &[u8]), to: (&str, &[u8])) -> Answer<Vec<Vec<u8>>> {
        let rows = self.range(from..to).map_err(failed)?;
        rows.map(|row| Ok(row.map_err(failed)?.1.value().to_vec()))
            .collect()
    }
}

impl Open<'_> {
    fn get<R: Row>(&self, workspace: &WorkspaceId, key: &[u8]) -> Answer<Option<R>> {
        let bytes = self.0.bytes((workspace.as_str(), key))?;
        bytes.map(|bytes| decode(&bytes)).transpose()
    }

    fn all<R: Row>(&self, workspace: &WorkspaceId) -> Answer<Vec<R>> {
        // The next text after a name: no name has a control character.
        let end = format!("{workspace}\0");
        let rows = self.0.within((workspace.as_str(), &[]), (&end, &[]))?;
        rows.iter().map(|bytes| decode(bytes)).collect()
    }
}

/// One view of one workspace.
pub(crate) struct RedbSnapshot {
    pub(crate) transaction: ReadTransaction,
    pub(crate) workspace: WorkspaceId,
}

impl Reads for RedbSnapshot {
    fn workspace(&self) -> &WorkspaceId {
        &self.workspace
    }

    fn look<T>(&self, table: Table, look: impl FnOnce(&Open<'_>) -> Answer<T>) -> Answer<T> {
        let table = self.transaction.open_table(table).map_err(failed)?;
        look(&Open(&table))
    }
}

/// One commit under way. Dropped without an end, it has never been.
pub(crate) struct Writer<'a> {
    pub(crate) transaction: &'a WriteTransaction,
    pub(crate) workspace: WorkspaceId,
}

impl Reads for Writer<'_> {
    fn workspace(&self) -> &WorkspaceId {
        &self.workspace
    }

    fn look<T>(&self, table: Table, look: impl FnOnce(&Open<'_>) -> Answer<T>) -> Answer<T> {
        let table = self.transaction.open_table(table).map_err(failed)?;
        look(&Open(&table))
    }
}

impl Writer<'_> {
    /// Adds rows that must not be there.
    pub(crate) fn add<R: Row>(&self, rows: impl IntoIterator<Item = R>) -> Answer<()> {
        let mut table = self.transaction.open_table(R::TABLE).map_err(failed)?;
        for row in rows {
            let (workspace, key) = (self.workspace.as_str(), row.key());
            let (at, bytes) = (encode(&key), encode(&row));
            let before = table.insert((workspace, &*at), &*bytes).map_err(failed)?;
            if before.is_some() {
                return Err(conflict(key, "exists already"));
            }
        }
        Ok(())
    }

    /// Writes rows, whether they are there or not.
    pub(crate) fn put<R: Row>(&self, rows: impl IntoIterator<Item = R>) -> Answer<()> {
        let mut table = self.transaction.open_table(R::TABLE).map_err(failed)?;
        for row in rows {
            let (at, bytes) = (encode(&row.key()), encode(&row));
            let at = (self.workspace.as_str(), &*at);
            table.insert(at, &*bytes).map_err(failed)?;
        }
        Ok(())
    }

    /// Takes out a row, if it is there.
    pub(crate) fn strike<R: Row>(&self, key: &R::Key) -> Answer<Option<R>> {
        let mut table = self.transaction.open_table(R::TABLE).map_err(failed)?;
        let key = encode(key);
        let at = (self.workspace.as_str(), &*key);
        let row = table.remove(at).map_err(failed)?;
        row.map(|row| decode(row.value())).transpose()
    }

    /// Takes out a row that must be there.
    pub(crate) fn take<R: Row>(&self, key: R::Key) -> Answer<R> {
        let row = self.strike(&key)?;
        row.ok_or_else(|| conflict(key, "does not exist"))
    }

    /// Takes out rows that must be there.
    pub(crate) fn take_all<R: Row>(&self, keys: Vec<R::Key>) -> Answer<()> {
        for key in keys {
            self.take::<R>(key)?;
        }
        Ok(())
    }

    /// Changes a row that must be there; gives it as it was, and as it is now.
    pub(crate) fn change<R: Row + Clone>(
        &self,
        key: R::Key,
        change: impl FnOnce(&mut R),
    ) -> Answer<(R, R)> {
        let before: R = self.take(key)?;
        let mut after = before.clone();
        change(&mut after);
        self.add([after.clone()])?;
        Ok((before, after))
    }
}

/// One page of rows: those above a position, in its order.
pub(crate) fn page<T, P: Ord>(
    rows: impl IntoIterator<Item = T>,
    position: impl Fn(&T) -> P,
    after: Option<&P>,
    chunk: ChunkSize,
) -> Vec<T> {
    let rows = rows.into_iter().map(|row| (position(&row), row));
    let mut rows: Vec<(P, T)> = rows
        .filter(|(position, _)| after.is_none_or(|after| position > after))
        .collect();
    rows.sort_by(|(a, _), (b, _)| a.cmp(b));
    rows.truncate(chunk.rows());
    rows.into_iter().map(|(_, row)| row).collect()
}

/// All rows in an order.
pub(crate) fn sorted<T, P: Ord>(
    rows: impl IntoIterator<Item = T>,
    position: impl Fn(&T) -> P,
) -> Vec<T> {
    let mut rows: Vec<T> = rows.into_iter().collect();
    rows.sort_by_cached_key(position);
    rows
}

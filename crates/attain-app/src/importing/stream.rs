//! An import of many chunks: while one is being stored, the next ones are read and decided. Rows
//! of one natural key are never under way in two chunks, so that the order of the file holds.

use std::collections::{BTreeSet, VecDeque};
use std::future::Future;
use std::hash::{DefaultHasher, Hash, Hasher};

use attain_domain::collecting::{RawCredit, RawTransaction};
use attain_domain::refusal::{Reason, Refusal};
use tokio::task::JoinHandle;

use super::{ImportReport, RejectedRow};
use crate::caller::Caller;
use crate::engine::Engine;

/// Most chunks of one import that are under way at once: one that the store writes, one that is
/// decided, one that is parsed. At 10 000 rows each, tens of megabytes.
const UNDER_WAY_MAX: usize = 3;

/// A row that can be imported.
pub trait ImportedRow: Sized + Send + Sync + 'static {
    /// Number and type, as given.
    fn natural_key(&self) -> (Option<&str>, Option<&str>);

    /// Imports one chunk.
    fn import(
        engine: &Engine,
        caller: &Caller,
        rows: &[(u64, Self)],
    ) -> impl Future<Output = Result<ImportReport, Refusal>> + Send;
}

impl ImportedRow for RawTransaction {
    fn natural_key(&self) -> (Option<&str>, Option<&str>) {
        (self.number.as_deref(), self.kind.as_deref())
    }

    async fn import(
        engine: &Engine,
        caller: &Caller,
        rows: &[(u64, Self)],
    ) -> Result<ImportReport, Refusal> {
        engine.import_transactions(caller, rows).await
    }
}

impl ImportedRow for RawCredit {
    fn natural_key(&self) -> (Option<&str>, Option<&str>) {
        (self.number.as_deref(), self.kind.as_deref())
    }

    async fn import(
        engine: &Engine,
        caller: &Caller,
        rows: &[(u64, Self)],
    ) -> Result<ImportReport, Refusal> {
        engine.import_credits(caller, rows).await
    }
}

/// One chunk under way.
struct UnderWay {
    /// Hashes of its natural keys: a false match only makes a later chunk wait.
    keys: BTreeSet<u64>,
    malformed: Vec<RejectedRow>,
    work: JoinHandle<Result<ImportReport, Refusal>>,
}

/// An import that is fed chunk by chunk. Reports come back in the order of the chunks.
pub struct ImportStream {
    engine: Engine,
    caller: Caller,
    under_way: VecDeque<UnderWay>,
}

impl Engine {
    /// Begins an import of many chunks.
    #[must_use]
    pub fn import_stream(&self, caller: &Caller) -> ImportStream {
        ImportStream {
            engine: self.clone(),
            caller: caller.clone(),
            under_way: VecDeque::new(),
        }
    }
}

impl ImportStream {
    /// Takes the next chunk, with the rows that could not be read at all. Gives what became of
    /// earlier chunks that are done by now.
    ///
    /// # Errors
    /// Why an earlier chunk was not stored; nothing more is begun then. Chunks that were under
    /// way have ended, stored or not: the import can be repeated.
    pub async fn send<R: ImportedRow>(
        &mut self,
        rows: Vec<(u64, R)>,
        malformed: Vec<RejectedRow>,
    ) -> Result<Option<ImportReport>, Refusal> {
        let keys: BTreeSet<u64> = rows.iter().map(|(_, row)| hash(row)).collect();
        let meets = |under_way: &UnderWay| !under_way.keys.is_disjoint(&keys);
        let done = if self.under_way.iter().any(meets) {
            Some(self.finish().await?)
        } else if self.under_way.len() >= UNDER_WAY_MAX {
            self.oldest().await?
        } else {
            None
        };
        let (engine, caller) = (self.engine.clone(), self.caller.clone());
        let work = tokio::spawn(async move {
            if rows.is_empty() {
                return Ok(ImportReport::default());
            }
            R::import(&engine, &caller, &rows).await
        });
        self.under_way.push_back(UnderWay {
            keys,
            malformed,
            work,
        });
        Ok(done)
    }

    /// Waits for what is under way, and says what became of it.
    ///
    /// # Errors
    /// As [`Self::send`].
    pub async fn finish(&mut self) -> Result<ImportReport, Refusal> {
        let mut all = ImportReport::default();
        while let Some(report) = self.oldest().await? {
            all.add(report);
        }
        Ok(all)
    }

    async fn oldest(&mut self) -> Result<Option<ImportReport>, Refusal> {
        let Some(UnderWay {
            malformed, work, ..
        }) = self.under_way.pop_front()
        else {
            return Ok(None);
        };
        let done = match work.await {
            Ok(done) => done,
            Err(error) => Err(Refusal::new(Reason::Internal, error.to_string())),
        };
        let mut report = match done {
            Ok(report) => report,
            Err(refusal) => {
                // Nobody is left in doubt: what is under way ends before the answer.
                for later in self.under_way.drain(..) {
                    let _ = later.work.await;
                }
                return Err(refusal);
            }
        };
        report.counts.read += malformed.len() as u64;
        report.counts.rejected += malformed.len() as u64;
        report.rejected.extend(malformed);
        report.rejected.sort_by_key(|row| row.position);
        Ok(Some(report))
    }
}

fn hash<R: ImportedRow>(row: &R) -> u64 {
    let mut hasher = DefaultHasher::new();
    row.natural_key().hash(&mut hasher);
    hasher.finish()
}

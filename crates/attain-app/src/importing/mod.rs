//! Importing: rows in chunks, each chunk one commit. A row that is refused never stops the others,
//! and an import that was cut off is simply repeated: what is stored already is found unchanged.

mod stream;

use attain_domain::change::{ChangeSet, Guard};
use attain_domain::collecting::{
    CollectCounts, Collected, RawCredit, RawTransaction, collect, collect_credits,
};
use attain_domain::definition::DefinitionSet;
use attain_domain::ids::TransactionId;
use attain_domain::ports::{CommitError, Snapshot, StoreErrorKind};
use attain_domain::refusal::{Reason, Refusal};
use attain_domain::transaction::{Transaction, TransactionKey};
use attain_domain::working::Circumstances;
use rayon::prelude::*;

use crate::caller::Caller;
use crate::engine::Engine;
use crate::failure::{commit_refusal, store_refusal};
use crate::world::World;

pub use stream::{ImportStream, ImportedRow};

/// One row that was not stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RejectedRow {
    /// Its line in the file, or its index in the stream.
    pub position: u64,
    /// Why.
    pub refusal: Refusal,
}

/// What became of the rows. `read = stored + unchanged + superseded + rejected`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImportReport {
    /// The counts.
    pub counts: CollectCounts,
    /// The rows that were not stored, in the order of reading.
    pub rejected: Vec<RejectedRow>,
}

impl ImportReport {
    /// Adds what became of further rows.
    pub fn add(&mut self, other: Self) {
        self.counts.add(&other.counts);
        self.rejected.extend(other.rejected);
    }
}

impl Engine {
    /// Imports one chunk of transactions; positions are lines or indexes, for the report.
    ///
    /// # Errors
    /// `TOO_MANY` above the chunk limit; whatever the store answers. Then nothing of the chunk is
    /// stored, and the chunk can be repeated.
    pub async fn import_transactions(
        &self,
        caller: &Caller,
        rows: &[(u64, RawTransaction)],
    ) -> Result<ImportReport, Refusal> {
        self.import(caller, rows, RawTransaction::parse, |row| &row.key, collect)
            .await
    }

    /// Imports one chunk of ready-made credits. Natural key and participant are their key.
    ///
    /// # Errors
    /// As [`Self::import_transactions`].
    pub async fn import_credits(
        &self,
        caller: &Caller,
        rows: &[(u64, RawCredit)],
    ) -> Result<ImportReport, Refusal> {
        self.import(
            caller,
            rows,
            RawCredit::parse,
            |row| &row.key,
            collect_credits,
        )
        .await
    }

    /// Most rows that one chunk of an import may have.
    #[must_use]
    pub fn import_chunk_rows(&self) -> usize {
        self.limits.import_rows as usize
    }

    async fn import<Raw, Row, Parse, Key, Decide>(
        &self,
        caller: &Caller,
        raw: &[(u64, Raw)],
        parse: Parse,
        key: Key,
        decide: Decide,
    ) -> Result<ImportReport, Refusal>
    where
        Raw: Sync,
        Row: Send + Clone,
        Parse: Fn(&Raw, &DefinitionSet) -> Result<Row, Refusal> + Sync,
        Key: Fn(&Row) -> &TransactionKey,
        Decide: Fn(
            &DefinitionSet,
            Vec<(u64, Row)>,
            &[Transaction],
            &[attain_domain::credit::Credit],
            &mut Circumstances<'_>,
        ) -> Collected,
    {
        self.refuse_large_chunk(raw.len())?;
        for _ in 0..self.limits.attempts {
            let snapshot = self.snapshot(caller).await?;
            let world = self.world(caller, &*snapshot).await?;
            let (rows, malformed) = parse_rows(&world, raw, &parse);
            let keys: Vec<TransactionKey> = rows.iter().map(|(_, row)| key(row).clone()).collect();
            let (existing, credits) = stored(&*snapshot, &keys).await?;
            drop(snapshot);
            let ids = std::sync::Arc::clone(&self.ids);
            let mut next_id = move || ids.next();
            let at = self.clock.now();
            let mut now = Circumstances {
                at,
                actor: &caller.actor,
                next_id: &mut next_id,
            };
            let collected = {
                // Ids of one chunk stay together, so that its work items name no rows of another.
                let _alone = self.deciding.lock();
                decide(&world.set, rows, &existing, &credits, &mut now)
            };
            let report = report(raw.len(), malformed, &collected);
            if self.commit_collected(caller, collected).await? {
                return Ok(report);
            }
        }
        let text = "others kept importing the same transactions at the same time; repeat";
        Err(Refusal::new(Reason::Contention, text))
    }

    fn refuse_large_chunk(&self, rows: usize) -> Result<(), Refusal> {
        let most = self.import_chunk_rows();
        if rows > most {
            let text = format!("{rows} rows in one chunk; the limit is {most}");
            return Err(Refusal::new(Reason::TooMany, text).at("rows"));
        }
        Ok(())
    }

    /// False when somebody else was faster and the chunk has to be decided again.
    async fn commit_collected(
        &self,
        caller: &Caller,
        collected: Collected,
    ) -> Result<bool, Refusal> {
        let mut changes = ChangeSet::new(caller.workspace.clone());
        changes.guards = collected.guards;
        changes.guards.push(Guard::WorkspaceExists);
        changes.changes = collected.changes;
        match self.store.commit(changes).await {
            Ok(()) => Ok(true),
            Err(CommitError::GuardFailed(guard)) if *guard != Guard::WorkspaceExists => Ok(false),
            Err(CommitError::Store(error)) if error.kind == StoreErrorKind::Conflict => Ok(false),
            Err(error) => Err(commit_refusal(error)),
        }
    }
}

type Parsed<Row> = (Vec<(u64, Row)>, Vec<RejectedRow>);

fn parse_rows<Raw: Sync, Row: Send>(
    world: &World,
    raw: &[(u64, Raw)],
    parse: &(impl Fn(&Raw, &DefinitionSet) -> Result<Row, Refusal> + Sync),
) -> Parsed<Row> {
    let parsed: Vec<(u64, Result<Row, Refusal>)> = raw
        .par_iter()
        .map(|(position, row)| (*position, parse(row, &world.set)))
        .collect();
    let (mut rows, mut malformed) = (Vec::with_capacity(parsed.len()), Vec::new());
    for (position, row) in parsed {
        match row {
            Ok(row) => rows.push((position, row)),
            Err(refusal) => malformed.push(RejectedRow { position, refusal }),
        }
    }
    (rows, malformed)
}

/// The newest stored version of each key, and the credits of those versions.
async fn stored(
    snapshot: &dyn Snapshot,
    keys: &[TransactionKey],
) -> Result<(Vec<Transaction>, Vec<attain_domain::credit::Credit>), Refusal> {
    let existing = snapshot
        .transactions_by_key(keys)
        .await
        .map_err(store_refusal)?;
    if existing.is_empty() {
        return Ok((existing, Vec::new()));
    }
    let ids: Vec<TransactionId> = existing.iter().map(|transaction| transaction.id).collect();
    let credits = snapshot
        .credits_of_transactions(&ids)
        .await
        .map_err(store_refusal)?;
    Ok((existing, credits))
}

fn report(read: usize, malformed: Vec<RejectedRow>, collected: &Collected) -> ImportReport {
    let mut counts = collected.counts;
    counts.read = read as u64;
    counts.rejected += malformed.len() as u64;
    let refused = collected.rejected.iter().cloned();
    let mut rejected = malformed;
    rejected.extend(refused.map(|(position, refusal)| RejectedRow { position, refusal }));
    rejected.sort_by_key(|row| row.position);
    ImportReport { counts, rejected }
}

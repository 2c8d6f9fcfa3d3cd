//! Guards: the facts that a change relies on. The facts are read in one statement for each kind of
//! record, however many guards there are; then the guards are held against them in their order.

use std::collections::{BTreeMap, BTreeSet};

use attain_domain::change::{DefinitionsMark, Guard};
use attain_domain::definition::DefinitionKind;
use attain_domain::earning::EarningPayment;
use attain_domain::ids::{DefinitionId, ParticipantId, RunId, SourceNumber, TransactionType};
use attain_domain::ports::StoreError;
use attain_domain::stamp::Version;
use attain_domain::time::{Date, DateRange, Instant};
use attain_domain::transaction::TransactionKey;
use serde::Deserialize;
use uuid::Uuid;

use crate::bulk::Writer;
use crate::cells::{id_list, pair_list};
use crate::statements::guards as sql;
use crate::stored::{Text, Whole, rows};

type Versions = BTreeMap<Uuid, Version>;

/// What has to be looked up.
#[derive(Default)]
struct Wanted<'a> {
    definitions: BTreeSet<(DefinitionKind, DefinitionId)>,
    keys: Vec<&'a TransactionKey>,
    transactions: Vec<Uuid>,
    credits: Vec<Uuid>,
    earnings: Vec<Uuid>,
    batches: Vec<Uuid>,
    paysheets: Vec<Uuid>,
    lines: Vec<Uuid>,
    rewards: Vec<Uuid>,
    clears: Vec<Uuid>,
    rewards_marks: BTreeSet<&'a ParticipantId>,
    runs: Vec<Uuid>,
    chunks: Vec<Uuid>,
    runs_at_work: bool,
}

/// What was found.
struct Facts {
    mark: DefinitionsMark,
    definitions: BTreeMap<(DefinitionKind, DefinitionId), u32>,
    keys_taken: BTreeSet<TransactionKey>,
    transactions: Versions,
    credits: Versions,
    earnings: Versions,
    batches: Versions,
    paysheets: Versions,
    lines: Versions,
    rewards: Versions,
    clears: Versions,
    /// Those of 0 are left out.
    rewards_marks: BTreeMap<ParticipantId, u64>,
    runs: Versions,
    chunks: BTreeMap<Uuid, ChunkFacts>,
    runs_at_work: Vec<RunAtWork>,
}

struct ChunkFacts {
    version: Version,
    attempt: u32,
    is_leased: bool,
}

#[derive(Deserialize)]
struct ChunkFactsRow(Text<Uuid>, Whole<Version>, u32, Whole<bool>);

struct RunAtWork {
    id: RunId,
    range: DateRange,
    lease_until: Instant,
}

#[derive(Deserialize)]
struct RunAtWorkRow(
    Text<RunId>,
    Option<Whole<Date>>,
    Option<Whole<Date>>,
    Whole<Instant>,
);

impl<'a> Wanted<'a> {
    fn of(guards: &'a [Guard]) -> Self {
        let mut wanted = Self::default();
        for guard in guards {
            wanted.add(guard);
        }
        wanted
    }

    fn add(&mut self, guard: &'a Guard) {
        match guard {
            Guard::DefinitionAt(kind, id, _) | Guard::DefinitionAbsent(kind, id) => {
                self.definitions.insert((*kind, id.clone()));
            }
            Guard::TransactionKeyFree(key) => self.keys.push(key),
            Guard::TransactionAt(id, _) => self.transactions.push(id.0),
            Guard::CreditAt(id, _) => self.credits.push(id.0),
            Guard::EarningAt(id, _) => self.earnings.push(id.0),
            Guard::BatchAt(id, _) => self.batches.push(id.0),
            Guard::PaysheetAt(id, _) => self.paysheets.push(id.0),
            Guard::LineAt(id, _) => self.lines.push(id.0),
            Guard::RewardAt(id, _) => self.rewards.push(id.0),
            Guard::ClearAt(id, _) => self.clears.push(id.0),
            Guard::RewardsUnchanged(read) => {
                self.rewards_marks.insert(&read.participant);
            }
            Guard::RunAt(id, _) => self.runs.push(id.0),
            Guard::ChunkHeld { chunk, .. } | Guard::ChunkAt(chunk, _) => {
                self.chunks.push(chunk.0);
            }
            Guard::NoRunOverlaps { .. } => self.runs_at_work = true,
            // Both are known before anything is looked up.
            Guard::DefinitionsUnchanged(_) | Guard::WorkspaceExists => {}
        }
    }
}

impl Facts {
    fn rewards_mark(&self, whose: &ParticipantId) -> u64 {
        self.rewards_marks.get(whose).copied().unwrap_or(0)
    }

    fn hold(&self, guard: &Guard) -> bool {
        let at =
            |versions: &Versions, id: Uuid, version: &Version| versions.get(&id) == Some(version);
        match guard {
            Guard::DefinitionAt(kind, id, version) => {
                self.definitions.get(&(*kind, id.clone())) == Some(&version.0)
            }
            Guard::DefinitionAbsent(kind, id) => {
                !self.definitions.contains_key(&(*kind, id.clone()))
            }
            Guard::DefinitionsUnchanged(mark) => self.mark == *mark,
            Guard::TransactionKeyFree(key) => !self.keys_taken.contains(key),
            Guard::TransactionAt(id, version) => at(&self.transactions, id.0, version),
            Guard::CreditAt(id, version) => at(&self.credits, id.0, version),
            Guard::EarningAt(id, version) => at(&self.earnings, id.0, version),
            Guard::BatchAt(id, version) => at(&self.batches, id.0, version),
            Guard::PaysheetAt(id, version) => at(&self.paysheets, id.0, version),
            Guard::LineAt(id, version) => at(&self.lines, id.0, version),
            Guard::RewardAt(id, version) => at(&self.rewards, id.0, version),
            Guard::ClearAt(id, version) => at(&self.clears, id.0, version),
            Guard::RewardsUnchanged(read) => self.rewards_mark(&read.participant) == read.mark,
            Guard::RunAt(id, version) => at(&self.runs, id.0, version),
            Guard::NoRunOverlaps { except, range, at } => {
                let is_in_the_way = |run: &RunAtWork| {
                    run.id != *except && *at < run.lease_until && run.range.overlaps(range)
                };
                !self.runs_at_work.iter().any(is_in_the_way)
            }
            Guard::ChunkHeld { chunk, attempt } => self
                .chunks
                .get(&chunk.0)
                .is_some_and(|chunk| chunk.is_leased && chunk.attempt == *attempt),
            Guard::ChunkAt(id, version) => self
                .chunks
                .get(&id.0)
                .is_some_and(|chunk| chunk.version == *version),
            Guard::WorkspaceExists => true,
        }
    }
}

impl Writer<'_> {
    /// The first guard that does not hold.
    pub(crate) async fn broken_guard(
        &mut self,
        mark: DefinitionsMark,
        guards: &[Guard],
    ) -> Result<Option<Guard>, StoreError> {
        if guards.is_empty() {
            return Ok(None);
        }
        let facts = self.facts(mark, Wanted::of(guards)).await?;
        Ok(guards.iter().find(|guard| !facts.hold(guard)).cloned())
    }

    /// The first payment whose earning is not at the version read, as a guard.
    pub(crate) async fn stale_payment(
        &mut self,
        paid: &[EarningPayment],
    ) -> Result<Option<Guard>, StoreError> {
        let ids = paid.iter().map(|payment| payment.id.0).collect();
        let found = self.versions(sql::EARNING_VERSIONS, ids).await?;
        let stale = paid
            .iter()
            .find(|payment| found.get(&payment.id.0) != Some(&payment.version_read));
        Ok(stale.map(|payment| Guard::EarningAt(payment.id, payment.version_read)))
    }

    async fn facts(
        &mut self,
        mark: DefinitionsMark,
        wanted: Wanted<'_>,
    ) -> Result<Facts, StoreError> {
        let Wanted {
            definitions,
            keys,
            transactions,
            credits,
            earnings,
            batches,
            paysheets,
            lines,
            rewards,
            clears,
            rewards_marks,
            runs,
            chunks,
            runs_at_work,
        } = wanted;
        Ok(Facts {
            mark,
            definitions: if definitions.is_empty() {
                BTreeMap::new()
            } else {
                self.live_versions(&definitions).await?
            },
            keys_taken: self.keys_taken(keys).await?,
            transactions: self
                .versions(sql::TRANSACTION_VERSIONS, transactions)
                .await?,
            credits: self.versions(sql::CREDIT_VERSIONS, credits).await?,
            earnings: self.versions(sql::EARNING_VERSIONS, earnings).await?,
            batches: self.versions(sql::BATCH_VERSIONS, batches).await?,
            paysheets: self.versions(sql::PAYSHEET_VERSIONS, paysheets).await?,
            lines: self.versions(sql::LINE_VERSIONS, lines).await?,
            rewards: self.versions(sql::REWARD_VERSIONS, rewards).await?,
            clears: self.versions(sql::CLEAR_VERSIONS, clears).await?,
            rewards_marks: self.rewards_marks(&rewards_marks).await?,
            runs: self.versions(sql::RUN_VERSIONS, runs).await?,
            chunks: self.chunk_facts(chunks).await?,
            runs_at_work: if runs_at_work {
                self.runs_at_work().await?
            } else {
                Vec::new()
            },
        })
    }

    async fn versions(
        &mut self,
        statement: &'static str,
        ids: Vec<Uuid>,
    ) -> Result<Versions, StoreError> {
        if ids.is_empty() {
            return Ok(Versions::new());
        }
        let mut cells = self.cells();
        cells.owned(id_list(ids));
        let page = self.page(statement, cells).await?;
        let found: Vec<(Text<Uuid>, Whole<Version>)> = rows("versions", &page)?;
        Ok(found
            .into_iter()
            .map(|(id, version)| (id.0, version.0))
            .collect())
    }

    async fn keys_taken(
        &mut self,
        keys: Vec<&TransactionKey>,
    ) -> Result<BTreeSet<TransactionKey>, StoreError> {
        if keys.is_empty() {
            return Ok(BTreeSet::new());
        }
        let mut cells = self.cells();
        let pairs = keys
            .iter()
            .map(|key| (key.number.as_str(), key.kind.as_str()));
        cells.owned(pair_list(pairs));
        let page = self.page(sql::KEYS_TAKEN, cells).await?;
        let found: Vec<(Text<SourceNumber>, Text<TransactionType>)> = rows("keys", &page)?;
        let keys = found.into_iter().map(|(number, kind)| TransactionKey {
            number: number.0,
            kind: kind.0,
        });
        Ok(keys.collect())
    }

    async fn chunk_facts(
        &mut self,
        ids: Vec<Uuid>,
    ) -> Result<BTreeMap<Uuid, ChunkFacts>, StoreError> {
        if ids.is_empty() {
            return Ok(BTreeMap::new());
        }
        let mut cells = self.cells();
        cells.owned(id_list(ids));
        let page = self.page(sql::CHUNK_FACTS, cells).await?;
        let found: Vec<ChunkFactsRow> = rows("chunks", &page)?;
        let facts = found
            .into_iter()
            .map(|ChunkFactsRow(id, version, attempt, is_leased)| {
                let facts = ChunkFacts {
                    version: version.0,
                    attempt,
                    is_leased: is_leased.0,
                };
                (id.0, facts)
            });
        Ok(facts.collect())
    }

    async fn runs_at_work(&mut self) -> Result<Vec<RunAtWork>, StoreError> {
        let cells = self.cells();
        let page = self.page(sql::RUNS_AT_WORK, cells).await?;
        let found: Vec<RunAtWorkRow> = rows("runs", &page)?;
        let runs = found
            .into_iter()
            .map(|RunAtWorkRow(id, from, to, lease)| RunAtWork {
                id: id.0,
                range: DateRange {
                    from: from.map(|date| date.0),
                    to: to.map(|date| date.0),
                },
                lease_until: lease.0,
            });
        Ok(runs.collect())
    }
}

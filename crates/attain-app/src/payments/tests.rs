//! Promises of payments, against the memory store.

mod bulk;
mod flows;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use attain_domain::change::{ChangeSet, Obsoletion};
use attain_domain::chunk::RunChunk;
use attain_domain::definition::{Definition, Participant};
use attain_domain::earning::{Earning, EarningKey, EarningOutcome, Instalments};
use attain_domain::ids::{BatchId, ChunkId, EarningId, LineageId, RunId, WorkerId, WorkspaceId};
use attain_domain::payment::{PaymentLine, Paysheet, PaysheetStatus};
use attain_domain::ports::{ChunkSize, CommitError, Snapshot, Store, StoreError, StoreErrorKind};
use attain_domain::refusal::{Reason, Refusal};
use attain_domain::testing::{
    ManualClock, SequentialIds, calendar, date, earning, name, obsolete, participant, pay_group,
    plan, put, settings, usd, uuid,
};
use attain_domain::time::{DateRange, Instant};
use attain_memory::MemoryStore;
use rust_decimal::Decimal;

use super::*;
use crate::caller::Caller;
use crate::engine::{Engine, Limits};

/// A store that can be told to fail commits.
pub(crate) struct BreakingStore {
    inner: MemoryStore,
    /// Commits until one fails; 0 is never.
    until: AtomicU64,
}

impl BreakingStore {
    fn breaks_at(&self, commit: u64) {
        self.until.store(commit, Ordering::SeqCst);
    }
}

#[async_trait]
impl Store for BreakingStore {
    async fn snapshot(&self, workspace: &WorkspaceId) -> Result<Box<dyn Snapshot>, StoreError> {
        self.inner.snapshot(workspace).await
    }

    async fn commit(&self, changes: ChangeSet) -> Result<(), CommitError> {
        let left = self.until.load(Ordering::SeqCst);
        self.until.store(left.saturating_sub(1), Ordering::SeqCst);
        if left == 1 {
            let kind = StoreErrorKind::Unavailable;
            return Err(StoreError::new(kind, "the store went away").into());
        }
        self.inner.commit(changes).await
    }

    async fn create_workspace(&self, id: &WorkspaceId, at: Instant) -> Result<bool, StoreError> {
        self.inner.create_workspace(id, at).await
    }

    async fn workspaces(&self) -> Result<Vec<WorkspaceId>, StoreError> {
        self.inner.workspaces().await
    }

    async fn lease_chunk(
        &self,
        workspace: &WorkspaceId,
        worker: &WorkerId,
        only: Option<RunId>,
        lease: Duration,
    ) -> Result<Option<RunChunk>, StoreError> {
        self.inner.lease_chunk(workspace, worker, only, lease).await
    }

    async fn renew_lease(
        &self,
        workspace: &WorkspaceId,
        chunk: ChunkId,
        attempt: u32,
        lease: Duration,
    ) -> Result<bool, StoreError> {
        self.inner
            .renew_lease(workspace, chunk, attempt, lease)
            .await
    }

    async fn workspaces_at_work(&self) -> Result<Vec<WorkspaceId>, StoreError> {
        self.inner.workspaces_at_work().await
    }
}

/// A company whose earnings are put there by hand.
pub(crate) struct Company {
    pub(crate) store: Arc<BreakingStore>,
    pub(crate) engine: Engine,
    pub(crate) caller: Caller,
}

impl Company {
    /// Ann, Ben and Cat in the pay group `staff`.
    pub(crate) async fn new() -> Self {
        Self::of(["ann", "ben", "cat"].map(participant).to_vec()).await
    }

    pub(crate) async fn of(people: Vec<Participant>) -> Self {
        let inner = MemoryStore::new();
        let store = Arc::new(BreakingStore {
            inner,
            until: AtomicU64::new(0),
        });
        let ids = Arc::new(SequentialIds::starting_at(1_000_000));
        let engine = Engine::new(store.clone(), Arc::new(ManualClock::default()), ids);
        let caller = Caller::new(name("acme"), name("clerk"));
        engine.create_workspace(&caller.workspace).await.unwrap();
        let company = Self {
            store,
            engine,
            caller,
        };
        let mut set = company.changes();
        let definitions = [
            Definition::Settings(settings()),
            Definition::Calendar(calendar()),
            Definition::PayGroup(pay_group("staff")),
            Definition::Plan(plan("reps")),
        ];
        let people = people.into_iter().map(Definition::Participant);
        set.changes.definitions = definitions
            .into_iter()
            .chain(people)
            .map(|body| put(body, 1))
            .collect();
        company.store.commit(set).await.unwrap();
        company
    }

    /// Commits take a few rows only.
    pub(crate) fn in_small_commits(mut self) -> Self {
        let limits = Limits {
            chunk_payments: 3,
            ..Limits::default()
        };
        self.engine = self.engine.with_limits(limits);
        self
    }

    pub(crate) fn changes(&self) -> ChangeSet {
        ChangeSet::new(self.caller.workspace.clone())
    }

    pub(crate) async fn earned(&self, earnings: Vec<Earning>) {
        let mut set = self.changes();
        set.changes.earnings = earnings;
        self.store.commit(set).await.unwrap();
    }

    /// What the calculation does to an earning on an unpaid sheet whose amount changed.
    pub(crate) async fn recalculated(&self, number: u64, amount: &str, new_number: u64) {
        let old = self.earning(number).await.unwrap();
        let mut set = self.changes();
        let (id, stamp) = (
            old.id,
            old.stamp.touched(old.stamp.updated_at, name("clerk")),
        );
        set.changes.earnings_obsoleted.push(Obsoletion {
            id,
            mark: obsolete(),
            stamp,
        });
        let (key, outcome) = (old.key, EarningOutcome::Amount(usd(amount)));
        set.changes.earnings.push(Earning {
            key,
            outcome,
            ..earning(new_number)
        });
        self.store.commit(set).await.unwrap();
    }

    pub(crate) async fn snapshot(&self) -> Box<dyn Snapshot> {
        self.store.snapshot(&self.caller.workspace).await.unwrap()
    }

    pub(crate) async fn earning(&self, number: u64) -> Option<Earning> {
        let ids = [EarningId(uuid(number))];
        self.snapshot()
            .await
            .earnings_by_id(&ids)
            .await
            .unwrap()
            .pop()
    }

    pub(crate) async fn january(&self) -> Result<BatchView, Refusal> {
        self.batch_of("2026-01").await
    }

    pub(crate) async fn batch_of(&self, period: &str) -> Result<BatchView, Refusal> {
        self.engine
            .create_batch(&self.caller, &name("staff"), &name(period), None)
            .await
    }

    pub(crate) async fn freeze_and_pay(&self, id: BatchId) -> BatchView {
        self.engine
            .freeze_batch(&self.caller, id, None)
            .await
            .unwrap();
        self.engine.pay_batch(&self.caller, id, None).await.unwrap()
    }

    pub(crate) async fn sheets(&self, id: BatchId) -> Vec<Paysheet> {
        let chunk = ChunkSize::largest();
        self.engine
            .paysheets(&self.caller, id, None, chunk)
            .await
            .unwrap()
    }

    pub(crate) async fn lines(&self, id: BatchId) -> Vec<PaymentLine> {
        let sheets: Vec<_> = self.sheets(id).await.iter().map(|sheet| sheet.id).collect();
        self.engine
            .paysheet_lines(&self.caller, &sheets)
            .await
            .unwrap()
    }

    /// What was paid for each earning, on all sheets: never twice.
    pub(crate) async fn paid(&self) -> BTreeMap<EarningId, Decimal> {
        let mut paid = BTreeMap::new();
        let chunk = ChunkSize::largest();
        for batch in self
            .engine
            .batches(&self.caller, None, chunk)
            .await
            .unwrap()
        {
            for sheet in self.sheets(batch.id).await {
                let lines = self
                    .engine
                    .paysheet_lines(&self.caller, &[sheet.id])
                    .await
                    .unwrap();
                for line in lines {
                    if sheet.status == PaysheetStatus::Paid && !line.held {
                        *paid.entry(line.earning).or_default() += line.amount.amount;
                    }
                }
            }
        }
        paid
    }

    /// Sheets are the sums of their lines; earnings know how many lines they have, and how many of
    /// them are paid.
    pub(crate) async fn check_books(&self) {
        let mut parts: BTreeMap<EarningId, (u16, u16)> = BTreeMap::new();
        let chunk = ChunkSize::largest();
        for batch in self
            .engine
            .batches(&self.caller, None, chunk)
            .await
            .unwrap()
        {
            for sheet in self.sheets(batch.id).await {
                let lines = self
                    .engine
                    .paysheet_lines(&self.caller, &[sheet.id])
                    .await
                    .unwrap();
                let ids = [sheet.id];
                let rewards = self.engine.paysheet_rewards(&self.caller, &ids);
                let rewards = rewards.await.unwrap();
                let of_rewards: Vec<_> = rewards.iter().filter_map(|row| row.line()).collect();
                let sum = |held: bool| -> Decimal {
                    let lines = lines.iter().filter(|line| line.held == held);
                    let rewards = of_rewards.iter().filter(|line| line.held == held);
                    let lines: Decimal = lines.map(|line| line.pay_amount.amount).sum();
                    lines + rewards.map(|line| line.pay_amount.amount).sum::<Decimal>()
                };
                assert_eq!(sheet.total.amount, sum(false), "total of {sheet:?}");
                assert_eq!(sheet.held.amount, sum(true), "held of {sheet:?}");
                for line in lines {
                    let (taken, paid) = parts.entry(line.earning).or_default();
                    *taken += 1;
                    *paid += u16::from(sheet.status == PaysheetStatus::Paid && !line.held);
                }
            }
        }
        let snapshot = self.snapshot().await;
        let live = snapshot
            .earnings_after(None, DateRange::ALWAYS, None, chunk)
            .await
            .unwrap();
        for earning in live {
            let lines = parts.get(&earning.id).copied().unwrap_or_default();
            let books = (earning.instalments.taken, earning.instalments.paid);
            assert_eq!(books, lines, "parts of {earning:?}");
        }
    }
}

/// Somebody's earning.
pub(crate) fn of(number: u64, whose: &str, amount: &str) -> Earning {
    let key = EarningKey {
        participant: name(whose),
        lineage: Some(LineageId(uuid(number))),
        ..earning(number).key
    };
    Earning {
        key,
        outcome: EarningOutcome::Amount(usd(amount)),
        ..earning(number)
    }
}

/// The same, in so many parts.
pub(crate) fn in_parts(earning: Earning, count: u16) -> Earning {
    let instalments = Instalments {
        count,
        ..earning.instalments
    };
    Earning {
        instalments,
        ..earning
    }
}

/// Somebody's earning of a date.
pub(crate) fn dated(earning: Earning, day: &str) -> Earning {
    let due = date(day);
    let instalments = Instalments {
        next_due: due,
        ..earning.instalments
    };
    Earning {
        date: due,
        instalments,
        ..earning
    }
}

pub(crate) fn reason<T>(answer: Result<T, Refusal>) -> Option<Reason> {
    answer.err().map(|refusal| refusal.reason)
}

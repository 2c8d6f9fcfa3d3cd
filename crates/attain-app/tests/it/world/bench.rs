//! An engine over a store, with a clock and ids that do as they are told.

use std::collections::BTreeSet;
use std::sync::Arc;

use attain_app::{
    ApplyMode, ApplyPlan, Caller, Engine, ImportReport, Limits, RunRequest, WhenBusy,
};
use attain_domain::collecting::RawTransaction;
use attain_domain::definition::{Definition, DefinitionKind};
use attain_domain::ids::{ComponentId, PlanId, WorkspaceId};
use attain_domain::plan::Phase;
use attain_domain::ports::{ChunkSize, Snapshot, Store};
use attain_domain::refusal::{Reason, Refusal};
use attain_domain::run::{Process, Run};
use attain_domain::testing::{ManualClock, SequentialIds, date, name};
use attain_domain::time::{Date, DateRange};
use attain_memory::MemoryStore;
use proptest::prelude::*;

use super::company::Company;
use super::stores::TakingTurns;

/// A workspace to work in.
#[derive(Clone)]
pub(crate) struct Bench {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) ids: Arc<SequentialIds>,
    pub(crate) engine: Engine,
    pub(crate) limits: Limits,
    pub(crate) caller: Caller,
}

/// Small enough that everything is cut into several pieces.
pub(crate) fn small_limits() -> Limits {
    Limits {
        import_rows: 3,
        chunk_transactions: 3,
        chunk_credits: 4,
        chunk_participants: 2,
        chunk_payments: 3,
        attempts: 5,
        lease_seconds: 60,
        workers: 1,
    }
}

/// So many workers at once, for whom everything is cut into several pieces.
pub(crate) fn of_workers(workers: u32) -> Limits {
    Limits {
        workers,
        ..small_limits()
    }
}

/// One, two or four.
pub(crate) fn some_workers() -> impl Strategy<Value = Limits> {
    proptest::sample::select(vec![1, 2, 4]).prop_map(of_workers)
}

/// The first of a month of 2026, from 0.
pub(crate) fn first_of(month: u32) -> Date {
    date("2026-01-01") + chrono::Months::new(month)
}

impl Bench {
    /// A new workspace on a memory store.
    pub(crate) async fn new(limits: Limits) -> Self {
        let clock = Arc::new(ManualClock::default());
        let store = Arc::new(MemoryStore::with_clock(clock.clone()));
        // One worker has nobody to give a turn to.
        if limits.workers > 1 {
            let store = TakingTurns::new(store, clock.clone(), limits.workers);
            return Self::over(store, clock, limits).await;
        }
        Self::over(store, clock, limits).await
    }

    async fn over(store: Arc<dyn Store>, clock: Arc<ManualClock>, limits: Limits) -> Self {
        let workspace: WorkspaceId = name("small");
        let ids = Arc::new(SequentialIds::default());
        let engine = Engine::new(store.clone(), clock.clone(), ids.clone()).with_limits(limits);
        engine
            .create_workspace(&workspace)
            .await
            .expect("the store takes workspaces");
        let caller = Caller::new(workspace, name("tester"));
        Self {
            store,
            clock,
            ids,
            engine,
            limits,
            caller,
        }
    }

    /// The same workspace, clock and ids, seen through another store.
    pub(crate) fn through(&self, store: Arc<dyn Store>) -> Self {
        let engine = Engine::new(store.clone(), self.clock.clone(), self.ids.clone());
        let engine = engine.with_limits(self.limits);
        Self {
            store,
            engine,
            ..self.clone()
        }
    }

    pub(crate) async fn snapshot(&self) -> Box<dyn Snapshot> {
        self.store
            .snapshot(&self.caller.workspace)
            .await
            .expect("the store answers")
    }

    /// Defines the company as it is now.
    pub(crate) async fn define(&self, company: &Company) -> Result<ApplyPlan, Vec<Refusal>> {
        self.clock.advance(1);
        let definitions = company.definitions();
        let mut deleted = Vec::new();
        if let Some(gone) = company.gone() {
            let kind = DefinitionKind::RuleSet;
            let stored = self
                .snapshot()
                .await
                .definition(kind, &gone)
                .await
                .expect("it answers");
            deleted.extend(stored.map(|_| (kind, gone)));
        }
        self.engine
            .apply(&self.caller, &definitions, &deleted, ApplyMode::Write)
            .await
    }

    /// Imports rows, as many at once as the engine takes.
    pub(crate) async fn import(&self, rows: &[RawTransaction]) -> Result<ImportReport, Refusal> {
        self.clock.advance(1);
        let rows: Vec<(u64, RawTransaction)> = (1..).zip(rows.iter().cloned()).collect();
        let mut report = ImportReport::default();
        for chunk in rows.chunks(self.engine.import_chunk_rows()) {
            report.add(self.engine.import_transactions(&self.caller, chunk).await?);
        }
        Ok(report)
    }

    /// Runs a process over some months, the first and the last inclusive; after Revert, if that has
    /// to come first.
    pub(crate) async fn run(
        &self,
        process: Process,
        first: u32,
        last: u32,
    ) -> Result<Run, Refusal> {
        match self.run_at_once(process, first, last).await {
            Err(refusal) if refusal.reason == Reason::RevertPending => {}
            other => return other,
        }
        let request = RunRequest {
            process: Process::Revert,
            range: DateRange::ALWAYS,
            when_busy: WhenBusy::Refuse,
        };
        self.engine.run_to_end(&self.caller, &request).await?;
        self.run_at_once(process, first, last).await
    }

    pub(crate) async fn run_at_once(
        &self,
        process: Process,
        first: u32,
        last: u32,
    ) -> Result<Run, Refusal> {
        self.clock.advance(1);
        let range = DateRange::between(first_of(first), first_of(last + 1));
        let request = RunRequest {
            process,
            range,
            when_busy: WhenBusy::Refuse,
        };
        self.engine.run_to_end(&self.caller, &request).await
    }

    /// The components of the first phase.
    pub(crate) async fn first_phase(&self) -> BTreeSet<(PlanId, ComponentId)> {
        let (kind, all) = (DefinitionKind::Plan, ChunkSize::largest());
        let plans = self
            .snapshot()
            .await
            .definitions_after(kind, None, all)
            .await;
        let mut first = BTreeSet::new();
        for record in plans.expect("it answers") {
            if let Definition::Plan(plan) = record.body {
                let components = plan
                    .components
                    .iter()
                    .filter(|one| one.phase == Phase::First);
                first.extend(components.map(|one| (plan.id.clone(), one.id.clone())));
            }
        }
        first
    }

    /// Runs everything over the whole calendar.
    pub(crate) async fn run_all(&self) -> Result<Run, Refusal> {
        self.run(Process::RunAll, 0, super::company::MONTHS - 1)
            .await
    }
}

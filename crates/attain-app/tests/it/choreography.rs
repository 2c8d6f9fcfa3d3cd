//! What a use case does when the store says no: looks again, answers a repeated request from the
//! first one, or gives up with the reason. The store is a mock; what it shows is real.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use attain_app::{ApplyMode, Caller, DefinitionOutcome, Engine, RunRequest, WhenBusy};
use attain_domain::change::{ChangeSet, Guard};
use attain_domain::definition::{Definition, DefinitionKind};
use attain_domain::ids::{DefinitionId, RequestId};
use attain_domain::ports::{CommitError, Store, StoreError, StoreErrorKind};
use attain_domain::refusal::{Reason, Refusal};
use attain_domain::run::{Process, Run};
use attain_domain::testing::{MockStore, name};
use attain_domain::time::DateRange;
use futures::FutureExt;
use futures::executor::block_on;

use crate::world::bench::{Bench, first_of, small_limits};
use crate::world::company::Company;
use crate::world::knobs::Knob;
use crate::world::sales::Sale;

/// What the memory store answers: it never waits.
fn at_once<T>(answer: impl Future<Output = T>) -> T {
    answer
        .now_or_never()
        .expect("the memory store answers at once")
}

/// A defined workspace, and a mock that shows it.
fn scene(
    commit: impl Fn(u32, &dyn Store, ChangeSet) -> Result<(), CommitError> + Send + 'static,
) -> (Bench, Bench, Arc<AtomicU32>) {
    let bench = block_on(Bench::new(small_limits()));
    block_on(bench.define(&Company::default())).expect("the company can be defined");
    let mut mock = MockStore::new();
    let shown = bench.store.clone();
    mock.expect_snapshot()
        .returning(move |workspace| at_once(shown.snapshot(workspace)));
    let (store, commits) = (bench.store.clone(), Arc::new(AtomicU32::new(0)));
    let counted = commits.clone();
    mock.expect_commit()
        .returning(move |changes| commit(counted.fetch_add(1, Ordering::SeqCst), &*store, changes));
    let engine = Engine::new(Arc::new(mock), bench.clock.clone(), bench.ids.clone());
    let mocked = Bench {
        engine: engine.with_limits(small_limits()),
        ..bench.clone()
    };
    (bench, mocked, commits)
}

fn start(bench: &Bench, request: Option<&str>) -> Result<Run, Refusal> {
    let request_id: Option<RequestId> = request.map(name);
    let caller = Caller {
        request: request_id,
        ..bench.caller.clone()
    };
    let range = DateRange::between(first_of(0), first_of(1));
    let request = RunRequest {
        process: Process::RunAll,
        range,
        when_busy: WhenBusy::Refuse,
    };
    block_on(bench.engine.start_run(&caller, &request))
}

fn import(bench: &Bench) -> Result<attain_app::ImportReport, Refusal> {
    let sale = Sale {
        key: 1,
        day: 1,
        cents: 100,
        owner: 4,
        north: false,
        line: 0,
        laptop: false,
        currency: 8,
        quantity: 1,
        special: 0,
        changed: 0,
    };
    block_on(bench.import(&[sale.row(1)]))
}

fn guard_failed(guard: Guard) -> CommitError {
    CommitError::GuardFailed(Box::new(guard))
}

fn store_failed(kind: StoreErrorKind) -> CommitError {
    StoreError::new(kind, "as the test says").into()
}

/// The guard of a set that an import of a new sale relies on.
fn key_free(changes: &ChangeSet) -> Guard {
    let free = changes
        .guards
        .iter()
        .find(|guard| matches!(guard, Guard::TransactionKeyFree(_)));
    free.expect("a new key must be free").clone()
}

#[test]
fn an_import_looks_again_when_somebody_was_faster() {
    let (bench, mocked, commits) = scene(|number, store, changes| match number {
        0 => Err(guard_failed(key_free(&changes))),
        1 => Err(store_failed(StoreErrorKind::Conflict)),
        _ => at_once(store.commit(changes)),
    });
    let report = import(&mocked).expect("the third time it went well");
    assert_eq!(
        (report.counts.stored, commits.load(Ordering::SeqCst)),
        (1, 3)
    );
    let again = import(&bench).expect("it is stored");
    assert_eq!(again.counts.unchanged, 1);
}

#[test]
fn looking_again_has_an_end() {
    let (_, mocked, commits) = scene(|_, _, changes| Err(guard_failed(key_free(&changes))));
    let refusal = import(&mocked).expect_err("somebody was always faster");
    assert_eq!(refusal.reason, Reason::Contention);
    assert_eq!(commits.load(Ordering::SeqCst), small_limits().attempts);
}

#[test]
fn a_store_that_fails_is_not_asked_again() {
    for (kind, reason) in [
        (StoreErrorKind::Unavailable, Reason::StoreUnavailable),
        (StoreErrorKind::Full, Reason::StoreFull),
        (StoreErrorKind::Version, Reason::StoreVersion),
        (StoreErrorKind::Corrupt, Reason::StoreCorrupt),
        (StoreErrorKind::Internal, Reason::Internal),
    ] {
        let (_, mocked, commits) = scene(move |_, _, _| Err(store_failed(kind)));
        let refusal = import(&mocked).expect_err("the store fails");
        assert_eq!(
            (refusal.reason, commits.load(Ordering::SeqCst)),
            (reason, 1)
        );
        let (_, mocked, commits) = scene(move |_, _, _| Err(store_failed(kind)));
        let refusal = start(&mocked, None).expect_err("the store fails");
        assert_eq!(
            (refusal.reason, commits.load(Ordering::SeqCst)),
            (reason, 1)
        );
    }
}

#[test]
fn a_snapshot_that_fails_is_refused_with_its_reason() {
    let mut mock = MockStore::new();
    mock.expect_snapshot().returning(|_| {
        Err(StoreError::new(
            StoreErrorKind::Unavailable,
            "as the test says",
        ))
    });
    let bench = block_on(Bench::new(small_limits()));
    let mocked = bench.through(Arc::new(mock));
    assert_eq!(
        start(&mocked, None).expect_err("it fails").reason,
        Reason::StoreUnavailable
    );
    assert_eq!(
        import(&mocked).expect_err("it fails").reason,
        Reason::StoreUnavailable
    );
}

/// The answer to the first commit was lost and the caller repeats, or two repeats race: the one
/// that loses finds the record of the one that won.
#[test]
fn a_request_that_was_carried_out_gets_the_first_answer() {
    let (bench, mocked, commits) = scene(|number, store, changes| match number {
        0 => {
            let request = changes.request.clone().expect("the caller gave an id");
            at_once(store.commit(changes))?;
            Err(CommitError::RequestSeen(request.id))
        }
        _ => panic!("there is nothing to commit any more"),
    });
    let run = start(&mocked, Some("monday")).expect("it was started by the first");
    assert_eq!(commits.load(Ordering::SeqCst), 1);
    let repeated = start(&bench, Some("monday")).expect("a repeat is no second run");
    assert_eq!(run.id, repeated.id);
}

#[test]
fn a_request_id_stands_for_one_content() {
    let (bench, ..) = scene(|_, store, changes| at_once(store.commit(changes)));
    start(&bench, Some("monday")).expect("nothing is in the way");
    let caller = Caller {
        request: Some(name("monday")),
        ..bench.caller.clone()
    };
    let range = DateRange::between(first_of(1), first_of(2));
    let other = RunRequest {
        process: Process::RunAll,
        range,
        when_busy: WhenBusy::Refuse,
    };
    let refusal = block_on(bench.engine.start_run(&caller, &other)).expect_err("another content");
    assert_eq!(refusal.reason, Reason::RequestIdReused);
}

#[test]
fn a_run_in_the_way_is_not_waited_for_unless_asked() {
    let (_, mocked, commits) = scene(|_, _, changes| {
        let busy = |guard: &&Guard| matches!(guard, Guard::NoRunOverlaps { .. });
        let guard = changes
            .guards
            .iter()
            .find(busy)
            .expect("a run wants its dates alone");
        Err(guard_failed(guard.clone()))
    });
    let refusal = start(&mocked, None).expect_err("another run is at work");
    assert_eq!(refusal.reason, Reason::RunInProgress);
    assert_eq!(commits.load(Ordering::SeqCst), 1);
}

#[test]
fn definitions_are_decided_anew_when_others_were_written() {
    let (_, mocked, commits) = scene(|number, store, changes| match number {
        0 => {
            let mark = |guard: &&Guard| matches!(guard, Guard::DefinitionsUnchanged(_));
            let guard = changes
                .guards
                .iter()
                .find(mark)
                .expect("it relies on all definitions");
            Err(guard_failed(guard.clone()))
        }
        _ => at_once(store.commit(changes)),
    });
    let mut company = Company::default();
    company.turn(&[Knob::Tiers(1)]);
    let (caller, definitions) = (&mocked.caller, company.definitions());
    let applied = block_on(
        mocked
            .engine
            .apply(caller, &definitions, &[], ApplyMode::Write),
    );
    applied.expect("the second time it went well");
    assert_eq!(commits.load(Ordering::SeqCst), 2);
}

/// Whatever was written since: even what was deleted, or has another version by now.
#[test]
fn a_repeated_apply_gets_the_first_answer() {
    let bench = block_on(Bench::new(small_limits()));
    let mut company = Company::with(&[Knob::SecondSet(1)]);
    block_on(bench.define(&company)).expect("the company can be defined");
    company.turn(&[Knob::Tiers(1)]);
    let (definitions, set) = (company.definitions(), name("overlay"));
    let definitions: Vec<Definition> = definitions
        .into_iter()
        .filter(|one| one.id() != set)
        .collect();
    let deleted = [(DefinitionKind::RuleSet, set)];
    let caller = Caller {
        request: Some(name("monday")),
        ..bench.caller.clone()
    };
    let apply = || {
        let applied = bench
            .engine
            .apply(&caller, &definitions, &deleted, ApplyMode::Write);
        block_on(applied).expect("it can be applied")
    };
    let first = apply();
    let outcomes = |outcome| {
        first
            .definitions
            .iter()
            .filter(|one| one.outcome == outcome)
            .count()
    };
    assert_eq!(outcomes(DefinitionOutcome::Updated), 1, "the plan");
    assert_eq!(outcomes(DefinitionOutcome::Deleted), 1, "the set of rules");
    company.turn(&[Knob::Tiers(2), Knob::SecondSet(2)]);
    block_on(bench.define(&company)).expect("the company can be changed");
    assert_eq!(first, apply());
    let plan: DefinitionId = name("reps");
    let snapshot = block_on(bench.snapshot());
    let stored = block_on(snapshot.definition(DefinitionKind::Plan, &plan)).expect("it answers");
    assert_eq!(
        stored.expect("the plan").stamp.version.0,
        3,
        "nothing was written again"
    );
}

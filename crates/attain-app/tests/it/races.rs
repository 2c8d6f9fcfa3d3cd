//! Somebody else is at work between any two commits of a run: definitions, imports, payments. What
//! was changed meanwhile waits for the next run, and is not lost.

use attain_app::Limits;
use attain_domain::ids::{BatchId, PeriodId};
use attain_domain::ports::ChunkSize;
use attain_domain::refusal::Reason;
use attain_domain::run::{Process, Scope};
use attain_domain::testing::name;
use futures::executor::block_on;
use proptest::prelude::*;

use crate::crashes::{History, a_rich_history};
use crate::incremental::{check_nothing_new, check_nothing_waits, check_same};
use crate::payments::check_paid_is_earned;
use crate::world::bench::{Bench, small_limits, some_workers};
use crate::world::company::{Company, MONTHS};
use crate::world::config;
use crate::world::facts::{Facts, facts};
use crate::world::knobs::{Knob, some_knobs};
use crate::world::ledger::{batches, check_ledger};
use crate::world::sales::{Sale, some_sales};
use crate::world::steps::{check_counts, from_scratch, settle};
use crate::world::stores::{Interrupted, Interruption};

/// What somebody else does meanwhile.
#[derive(Clone, Debug)]
enum Meanwhile {
    Define(Vec<Knob>),
    Import(Vec<Sale>),
    MakeBatch,
    RefreshBatch,
    PayBatch,
    DeleteBatch,
}

async fn make_batch(bench: &Bench) {
    let (caller, period) = (&bench.caller, name("2026-02"));
    match bench
        .engine
        .create_batch(caller, &name("staff"), &period, None)
        .await
    {
        Ok(_) => {}
        Err(refusal) => {
            let fair = [
                Reason::NothingToPay,
                Reason::RevertPending,
                Reason::CalculationPending,
            ];
            assert!(fair.contains(&refusal.reason), "{refusal:?}");
        }
    }
}

/// Fills it anew, unless something obsolete is in the way.
async fn refresh_batch(bench: &Bench, id: BatchId) {
    if let Err(refusal) = bench.engine.refresh_batch(&bench.caller, id, None).await {
        let fair = [Reason::RevertPending, Reason::CalculationPending];
        assert!(fair.contains(&refusal.reason), "{refusal:?}");
    }
}

async fn meanwhile(bench: Bench, company: Company, what: Meanwhile) {
    let (engine, caller) = (&bench.engine, &bench.caller);
    let first = batches(&*bench.snapshot().await).await.into_keys().next();
    match (what, first) {
        (Meanwhile::Define(_), _) => {
            bench
                .define(&company)
                .await
                .expect("the company can be changed");
        }
        (Meanwhile::Import(sales), _) => {
            let rows: Vec<_> = sales.iter().map(|sale| sale.row(9)).collect();
            bench.import(&rows).await.expect("the store takes rows");
        }
        (Meanwhile::MakeBatch, _) => make_batch(&bench).await,
        (Meanwhile::RefreshBatch, Some(id)) => {
            refresh_batch(&bench, id).await;
        }
        (Meanwhile::PayBatch, Some(id)) => {
            engine
                .freeze_batch(caller, id, None)
                .await
                .expect("it is unpaid");
            engine
                .pay_batch(caller, id, None)
                .await
                .expect("it is frozen");
        }
        (Meanwhile::DeleteBatch, Some(id)) => {
            engine
                .delete_batch(caller, id, None)
                .await
                .expect("it is unpaid");
        }
        (Meanwhile::RefreshBatch | Meanwhile::PayBatch | Meanwhile::DeleteBatch, None) => {}
    }
}

/// A run over everything, with somebody else at work before one of its commits.
async fn disturbed(
    history: &History,
    limits: Limits,
    at: u32,
    what: Meanwhile,
    expected: &mut Option<Facts>,
) -> bool {
    let (bench, mut company) = history.prepare_with(limits).await;
    match &what {
        Meanwhile::Define(knobs) => company.turn(knobs),
        Meanwhile::RefreshBatch | Meanwhile::PayBatch | Meanwhile::DeleteBatch => {
            make_batch(&bench).await;
        }
        Meanwhile::Import(_) | Meanwhile::MakeBatch => {}
    }
    let deed = meanwhile(bench.clone(), company.clone(), what);
    let store = Interrupted::new(&bench, at, Interruption::First(Box::pin(deed)));
    let run = bench.through(store.clone()).run_all().await;
    check_counts(&run.expect("others do not make a run fail"));
    if !store.was_interrupted() {
        return false;
    }
    check_ledger(&bench).await;
    let settled = settle(&bench, &mut company)
        .await
        .expect("nothing is in the way");
    if expected.is_none() {
        check_nothing_new(&bench).await;
        *expected = Some(from_scratch(&bench, &company).await.without_terms());
    }
    check_same(
        &settled.without_terms(),
        expected.as_ref().expect("it was set"),
    );
    check_nothing_waits(&bench).await;
    check_ledger(&bench).await;
    check_paid_is_earned(&bench).await;
    true
}

fn check_everywhere(what: &Meanwhile) {
    let (history, mut expected) = (a_rich_history(), None);
    let mut commits = 0;
    let limits = small_limits();
    while block_on(disturbed(
        &history,
        limits,
        commits,
        what.clone(),
        &mut expected,
    )) {
        commits += 1;
    }
    assert!(commits > 20, "the run is cut into many commits: {commits}");
}

#[test]
fn definitions_may_change_during_a_run() {
    check_everywhere(&Meanwhile::Define(vec![
        Knob::Split(0),
        Knob::Tiers(2),
        Knob::Start(4, 2),
    ]));
}

#[test]
fn imports_may_come_during_a_run() {
    check_everywhere(&Meanwhile::Import(
        a_rich_history().sales.into_iter().rev().collect(),
    ));
}

#[test]
fn batches_may_be_made_during_a_run() {
    check_everywhere(&Meanwhile::MakeBatch);
}

#[test]
fn batches_may_be_paid_during_a_run() {
    check_everywhere(&Meanwhile::PayBatch);
}

#[test]
fn batches_may_be_refreshed_or_deleted_during_a_run() {
    check_everywhere(&Meanwhile::RefreshBatch);
    check_everywhere(&Meanwhile::DeleteBatch);
}

/// Case C20: a goal that changes while the calculation runs is not claimed by that run.
#[test]
fn a_change_during_a_calculation_waits_for_the_next() {
    let mut waited = 0;
    for at in 0.. {
        let is_interrupted = block_on(async {
            let (bench, mut company) = a_rich_history().prepare().await;
            bench.run_all().await.expect("nothing is in the way");
            let last = MONTHS - 1;
            company.turn(&[Knob::Tiers(2)]);
            bench
                .define(&company)
                .await
                .expect("the company can be changed");
            company.turn(&[Knob::Goal(4, 2)]);
            let deed = meanwhile(
                bench.clone(),
                company.clone(),
                Meanwhile::Define(Vec::new()),
            );
            let what = Interruption::First(Box::pin(deed));
            let store = Interrupted::new(&bench, at, what);
            let run = bench
                .through(store.clone())
                .run(Process::Calculate, 0, last)
                .await;
            check_counts(&run.expect("others do not make a run fail"));
            if !store.was_interrupted() {
                return false;
            }
            let periods: Vec<PeriodId> = vec![name("2026-01")];
            let snapshot = bench.snapshot().await;
            let waits = snapshot
                .changes_after(&periods, None, ChunkSize::largest())
                .await;
            let waits = waits.expect("it answers");
            waited += u32::from(
                waits
                    .iter()
                    .any(|change| change.scope == Scope::Participant(name("p4"))),
            );
            bench
                .run(Process::Calculate, 0, last)
                .await
                .expect("nothing is in the way");
            let settled = facts(&*bench.snapshot().await).await;
            check_same(&settled, &from_scratch(&bench, &company).await);
            true
        });
        if !is_interrupted {
            break;
        }
    }
    assert!(
        waited > 5,
        "what was logged after the claim waits: {waited}"
    );
}

fn anything() -> impl Strategy<Value = Meanwhile> {
    prop_oneof![
        3 => some_knobs(3).prop_map(Meanwhile::Define),
        2 => some_sales(8).prop_map(Meanwhile::Import),
        1 => Just(Meanwhile::MakeBatch),
        1 => Just(Meanwhile::RefreshBatch),
        1 => Just(Meanwhile::PayBatch),
        1 => Just(Meanwhile::DeleteBatch),
    ]
}

proptest! {
    #![proptest_config(config("races", 24))]

    #[test]
    fn anything_may_happen_during_a_run(
        first in some_knobs(10),
        sales in some_sales(12),
        then in some_knobs(4),
        more in some_sales(8),
        limits in some_workers(),
        at in 0_u32..60,
        what in anything(),
    ) {
        let history = History { first, sales, then, more };
        block_on(disturbed(&history, limits, at, what, &mut None));
    }
}

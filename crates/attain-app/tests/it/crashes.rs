//! A run, an import or a payment that was cut off anywhere, and is repeated, leaves what it leaves
//! when nothing goes wrong: no row twice, and none lost.

use attain_app::{BatchView, Caller, Limits};
use attain_domain::ids::BatchId;
use attain_domain::payment::BatchStatus;
use attain_domain::refusal::{Reason, Refusal};
use attain_domain::testing::name;
use futures::executor::block_on;
use proptest::prelude::*;

use crate::incremental::{check_nothing_waits, check_same};
use crate::world::bench::{Bench, of_workers, small_limits, some_workers};
use crate::world::company::Company;
use crate::world::config;
use crate::world::facts::{Facts, facts};
use crate::world::knobs::{Knob, some_knobs};
use crate::world::ledger::{check_ledger, paid_by_key};
use crate::world::sales::{Sale, some_sales};
use crate::world::steps::{from_scratch, settle};
use crate::world::stores::{Interrupted, Interruption};

/// More commits than anything here takes.
const COMMITS_MAX: u32 = 1_000;

/// How a store can break.
#[derive(Clone, Copy, Debug)]
enum Breaks {
    BeforeOnce,
    AfterOnce,
    BeforeForGood,
    AfterForGood,
}

const ALL: [Breaks; 4] = [
    Breaks::BeforeOnce,
    Breaks::AfterOnce,
    Breaks::BeforeForGood,
    Breaks::AfterForGood,
];

impl Breaks {
    fn interruption(self) -> Interruption {
        match self {
            Self::BeforeOnce => Interruption::FailBefore,
            Self::AfterOnce => Interruption::FailAfter,
            Self::BeforeForGood => Interruption::DieBefore,
            Self::AfterForGood => Interruption::DieAfter,
        }
    }
}

/// A history that a run over everything has much to do with: something was run and changed since.
#[derive(Clone, Debug)]
pub(crate) struct History {
    pub(crate) first: Vec<Knob>,
    pub(crate) sales: Vec<Sale>,
    pub(crate) then: Vec<Knob>,
    pub(crate) more: Vec<Sale>,
}

/// One of much variety.
pub(crate) fn a_rich_history() -> History {
    let sale = |number: u8| Sale {
        key: number % 9,
        day: u64::from(number) * 7 % 110,
        cents: i64::from(number) * 8_123 - 10_000,
        owner: 3 + number % 4,
        north: number.is_multiple_of(2),
        line: number % 3,
        laptop: number.is_multiple_of(5),
        currency: number % 6 + 3 * (number % 2),
        quantity: number % 4,
        special: if number == 13 { 6 } else { 0 },
        changed: 0,
    };
    History {
        first: vec![
            Knob::Split(2),
            Knob::Second(1),
            Knob::Bonus(1),
            Knob::SecondSet(2),
        ],
        sales: (0..12).map(sale).collect(),
        then: vec![Knob::Split(1), Knob::Tiers(1), Knob::ReportsTo(4, 1, true)],
        more: (6..18).map(sale).collect(),
    }
}

impl History {
    /// Everything up to the run that is to be interrupted.
    pub(crate) async fn prepare(&self) -> (Bench, Company) {
        self.prepare_with(small_limits()).await
    }

    /// The same, with other limits.
    pub(crate) async fn prepare_with(&self, limits: Limits) -> (Bench, Company) {
        let bench = Bench::new(limits).await;
        let mut company = Company::with(&self.first);
        bench
            .define(&company)
            .await
            .expect("the company can be defined");
        bench
            .import(&rows(&self.sales, 1))
            .await
            .expect("the store takes rows");
        bench.run_all().await.expect("nothing is in the way");
        company.turn(&self.then);
        bench
            .define(&company)
            .await
            .expect("the company can be changed");
        bench
            .import(&rows(&self.more, 2))
            .await
            .expect("the store takes rows");
        (bench, company)
    }
}

fn rows(sales: &[Sale], step: u32) -> Vec<attain_domain::collecting::RawTransaction> {
    sales.iter().map(|sale| sale.row(step)).collect()
}

/// Nothing but a store that is gone may be told of a store that is gone.
fn check_refused<T>(outcome: Result<T, Refusal>) {
    if let Err(refusal) = outcome {
        assert_eq!(refusal.reason, Reason::StoreUnavailable, "{refusal:?}");
    }
}

/// What came of a run whose store broke.
struct Broken {
    /// False when the run has fewer commits.
    was_interrupted: bool,
    /// The run did not end: it waits until its lease has.
    left_open: bool,
}

/// Runs everything with a store that breaks at a commit, and again with one that does not.
/// `expected` is worked out by the first of several.
async fn broken_run(
    history: &History,
    limits: Limits,
    at: u32,
    breaks: Breaks,
    expected: &mut Option<Facts>,
) -> Broken {
    let (bench, mut company) = history.prepare_with(limits).await;
    let store = Interrupted::new(&bench, at, breaks.interruption());
    check_refused(bench.through(store.clone()).run_all().await);
    let open = bench.snapshot().await.runs_open().await;
    let left_open = !open.expect("it answers").is_empty();
    bench.clock.advance(61);
    let settled = settle(&bench, &mut company)
        .await
        .expect("a dead run's dates are free after its lease");
    if expected.is_none() {
        *expected = Some(from_scratch(&bench, &company).await);
    }
    check_same(&settled, expected.as_ref().expect("it was set"));
    check_nothing_waits(&bench).await;
    let was_interrupted = store.was_interrupted();
    Broken {
        was_interrupted,
        left_open,
    }
}

#[test]
fn a_run_may_break_at_any_commit() {
    check_any_commit(small_limits(), &ALL);
}

#[test]
fn a_run_of_several_workers_may_break_at_any_commit() {
    check_any_commit(of_workers(3), &[Breaks::AfterOnce, Breaks::BeforeForGood]);
}

fn check_any_commit(limits: Limits, all: &[Breaks]) {
    let (history, mut expected) = (a_rich_history(), None);
    for breaks in all.iter().copied() {
        let mut commits = 0;
        let mut left_open = Vec::new();
        loop {
            let broken = block_on(broken_run(&history, limits, commits, breaks, &mut expected));
            if !broken.was_interrupted {
                break;
            }
            left_open.extend(broken.left_open.then_some(commits));
            commits += 1;
            assert!(commits < COMMITS_MAX, "the run ends");
        }
        assert!(commits > 20, "the run is cut into many commits: {commits}");
        match breaks {
            Breaks::BeforeOnce => {
                assert!(left_open.is_empty(), "one commit makes no run fail");
            }
            // One that begins, but whose beginning is not known, nobody takes up.
            Breaks::AfterOnce => assert_eq!(left_open, [0], "one commit makes no run fail"),
            Breaks::BeforeForGood | Breaks::AfterForGood => {}
        }
    }
}

#[test]
fn an_import_may_break_at_any_commit() {
    for breaks in ALL {
        for at in 0..5 {
            block_on(async {
                let (bench, mut company) = a_rich_history().prepare().await;
                let more: Vec<Sale> = a_rich_history().sales.into_iter().rev().collect();
                let rows = rows(&more, 3);
                let store = Interrupted::new(&bench, at, breaks.interruption());
                check_refused(bench.through(store).import(&rows).await);
                bench.import(&rows).await.expect("it can be repeated");
                let settled = settle(&bench, &mut company)
                    .await
                    .expect("nothing is in the way");
                check_same(&settled, &from_scratch(&bench, &company).await);
            });
        }
    }
}

async fn pay(bench: &Bench, step: &str, batch: &mut Option<BatchId>) -> Result<BatchView, Refusal> {
    let caller = Caller {
        request: Some(name(step)),
        ..bench.caller.clone()
    };
    let (engine, caller) = (&bench.engine, &caller);
    let at_hand = |batch: &Option<BatchId>| batch.expect("it was made before");
    let view = match step {
        "create" => {
            engine
                .create_batch(caller, &name("staff"), &name("2026-03"), None)
                .await?
        }
        "refresh" => engine.refresh_batch(caller, at_hand(batch), None).await?,
        "freeze" => engine.freeze_batch(caller, at_hand(batch), None).await?,
        _ => engine.pay_batch(caller, at_hand(batch), None).await?,
    };
    *batch = Some(view.batch.id);
    Ok(view)
}

async fn broken_payment(at: u32, breaks: Breaks) -> (bool, String) {
    let (bench, _) = a_rich_history().prepare().await;
    bench.run_all().await.expect("nothing is in the way");
    let store = Interrupted::new(&bench, at, breaks.interruption());
    let broken = bench.through(store.clone());
    let mut batch = None;
    for step in ["create", "refresh", "freeze", "pay"] {
        let view = match pay(&broken, step, &mut batch).await {
            Ok(view) => view,
            Err(refusal) => {
                assert_eq!(refusal.reason, Reason::StoreUnavailable, "{refusal:?}");
                pay(&bench, step, &mut batch)
                    .await
                    .expect("it can be repeated")
            }
        };
        let status = view.batch.status;
        match step {
            "create" | "refresh" => assert_eq!(status, BatchStatus::Unpaid),
            "freeze" => assert_eq!(status, BatchStatus::Frozen),
            _ => assert_eq!(status, BatchStatus::Paid),
        }
        check_ledger(&bench).await;
    }
    (
        store.was_interrupted(),
        format!("{:?}", paid_by_key(&bench).await.values()),
    )
}

#[test]
fn a_payment_may_break_at_any_commit() {
    let (_, whole) = block_on(broken_payment(COMMITS_MAX, Breaks::BeforeOnce));
    for breaks in ALL {
        let mut commits = 0;
        loop {
            let (was_interrupted, paid) = block_on(broken_payment(commits, breaks));
            assert_eq!(paid, whole, "{breaks:?} at {commits}");
            if !was_interrupted {
                break;
            }
            commits += 1;
        }
        assert!(
            commits > 6,
            "the payment is cut into many commits: {commits}"
        );
    }
}

/// A run that was asked to stop between two commits.
async fn cancelled_run(history: &History, limits: Limits, at: u32) -> (bool, Facts) {
    let (bench, _) = history.prepare_with(limits).await;
    let other = bench.clone();
    let cancel = async move {
        let open = other
            .snapshot()
            .await
            .runs_open()
            .await
            .expect("it answers");
        for run in open {
            other
                .engine
                .cancel_run(&other.caller, run.id)
                .await
                .expect("it is at work");
        }
    };
    let what = Interruption::First(Box::pin(cancel));
    let store = Interrupted::new(&bench, at, what);
    bench
        .through(store.clone())
        .run_all()
        .await
        .expect("a cancelled run is no failure");
    bench.run_all().await.expect("nothing is in the way");
    check_nothing_waits(&bench).await;
    (
        store.was_interrupted(),
        facts(&*bench.snapshot().await).await,
    )
}

#[test]
fn a_run_may_be_cancelled_at_any_commit() {
    for workers in [1, 3] {
        check_cancelled_anywhere(of_workers(workers));
    }
}

fn check_cancelled_anywhere(limits: Limits) {
    let history = a_rich_history();
    let (_, whole) = block_on(cancelled_run(&history, limits, COMMITS_MAX));
    let mut commits = 0;
    loop {
        let (was_interrupted, settled) = block_on(cancelled_run(&history, limits, commits));
        check_same(&settled, &whole);
        if !was_interrupted {
            break;
        }
        commits += 1;
    }
    assert!(commits > 20, "the run is cut into many commits: {commits}");
}

proptest! {
    #![proptest_config(config("crashes", 24))]

    #[test]
    fn any_run_may_break_at_any_commit(
        first in some_knobs(10),
        sales in some_sales(12),
        then in some_knobs(4),
        more in some_sales(8),
        limits in some_workers(),
        at in 0_u32..60,
        breaks in proptest::sample::select(ALL.to_vec()),
    ) {
        let history = History { first, sales, then, more };
        block_on(broken_run(&history, limits, at, breaks, &mut None));
    }
}

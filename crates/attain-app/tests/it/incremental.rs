//! Incremental equals full: whatever was imported, changed and run in between, a last run over
//! everything leaves what a new workspace gets in one go. And a run after it changes nothing.

use attain_domain::credit::Credit;
use attain_domain::earning::EarningOutcome;
use attain_domain::ids::{EarningId, PeriodId};
use attain_domain::ports::ChunkSize;
use attain_domain::run::Process;
use attain_domain::testing::months;
use futures::executor::block_on;
use proptest::prelude::*;

use crate::world::bench::{Bench, small_limits, some_workers};
use crate::world::company::{Company, MONTHS};
use crate::world::config;
use crate::world::facts::{Facts, credits, earnings, facts};
use crate::world::knobs::{Knob, some_knobs};
use crate::world::steps::{Step, check_counts, from_scratch, settle, some_steps, take};

proptest! {
    #![proptest_config(config("incremental", 48))]

    #[test]
    fn any_history_ends_as_a_fresh_start(
            knobs in some_knobs(14),
            steps in some_steps(8),
            limits in some_workers(),
        ) {
        block_on(async {
            let mut company = Company::with(&knobs);
            let bench = Bench::new(limits).await;
            bench.define(&company).await.expect("the company can be defined");
            let mut closed = None;
            for (number, step) in steps.iter().enumerate() {
                take(&bench, &mut company, number, step).await;
                check_closed(&bench, &company, &mut closed).await;
            }
            let came_to = settle(&bench, &mut company).await.expect("nothing is in the way");
            let fresh = from_scratch(&bench, &company).await;
            check_same(&came_to, &fresh);
            check_nothing_waits(&bench).await;
            check_nothing_new(&bench).await;
        });
    }
}

proptest! {
    #![proptest_config(config("closing", 24))]

    #[test]
    fn a_closed_period_stays_as_it_is(
        knobs in some_knobs(10),
        before in some_steps(4),
        after in some_steps(6),
    ) {
        block_on(async {
            let mut company = Company::with(&knobs);
            company.turn(&[Knob::CloseJanuary(false)]);
            let bench = Bench::new(small_limits()).await;
            bench.define(&company).await.expect("the company can be defined");
            let close = Step::Change(vec![Knob::CloseJanuary(true)]);
            let steps: Vec<Step> = before.into_iter().chain([close]).chain(after).collect();
            let mut closed = None;
            for (number, step) in steps.iter().enumerate() {
                take(&bench, &mut company, number, step).await;
                check_closed(&bench, &company, &mut closed).await;
            }
            let came_to = settle(&bench, &mut company).await.expect("nothing is in the way");
            check_same(&came_to, &from_scratch(&bench, &company).await);
            check_nothing_waits(&bench).await;
        });
    }
}

/// What January has come to: its credits and earnings, whatever is paid of them.
async fn january(bench: &Bench) -> (Vec<Credit>, Vec<(EarningId, EarningOutcome)>) {
    let snapshot = bench.snapshot().await;
    let mut credits = credits(&*snapshot).await;
    credits.retain(|credit| credit.period.as_str() == "2026-01");
    let earnings = earnings(&*snapshot).await.into_iter();
    let earnings = earnings.filter(|earning| earning.period.as_str() == "2026-01");
    (
        credits,
        earnings
            .map(|earning| (earning.id, earning.outcome))
            .collect(),
    )
}

/// Credits and earnings of a closed period.
type Closed = (Vec<Credit>, Vec<(EarningId, EarningOutcome)>);

/// From when it is closed until it is opened again, nothing of January changes.
async fn check_closed(bench: &Bench, company: &Company, closed: &mut Option<Closed>) {
    if !company.is_january_closed() {
        *closed = None;
        return;
    }
    let now = january(bench).await;
    match closed {
        None => *closed = Some(now),
        Some(before) => assert_eq!(*before, now, "a closed period stays as it is"),
    }
}

/// Tells where two workspaces differ.
pub(crate) fn check_same(one: &Facts, other: &Facts) {
    check_list("transactions", &one.transactions, &other.transactions);
    check_list("credits", &one.credits, &other.credits);
    check_list("earnings", &one.earnings, &other.earnings);
}

fn check_list<T: std::fmt::Debug + PartialEq>(what: &str, one: &[T], other: &[T]) {
    let only = |a: &[T], b: &[T]| -> String {
        let only = a.iter().filter(|row| !b.contains(row));
        only.map(|row| format!("    {row:?}\n")).collect()
    };
    assert!(
        one == other,
        "{what} differ:\n  only here:\n{}  only there:\n{}",
        only(one, other),
        only(other, one),
    );
}

/// Nothing is left on the work list and in the change log.
pub(crate) async fn check_nothing_waits(bench: &Bench) {
    let snapshot = bench.snapshot().await;
    let periods: Vec<PeriodId> = months(2026, MONTHS)
        .periods
        .into_iter()
        .map(|period| period.id)
        .collect();
    for stage in [Process::Classify, Process::Credit, Process::RollUp] {
        let items = snapshot
            .work_after(stage, &periods, None, ChunkSize::largest())
            .await;
        assert_eq!(
            items.expect("it answers"),
            Vec::new(),
            "{stage:?} has nothing to do"
        );
    }
    let changes = snapshot
        .changes_after(&periods, None, ChunkSize::largest())
        .await;
    assert_eq!(
        changes.expect("it answers"),
        Vec::new(),
        "nobody waits for a calculation"
    );
}

/// One more run makes no row and no version.
pub(crate) async fn check_nothing_new(bench: &Bench) {
    let before = bench.snapshot().await;
    let run = bench.run_all().await.expect("nothing is in the way");
    check_counts(&run);
    let after = bench.snapshot().await;
    assert_eq!(
        credits(&*before).await,
        credits(&*after).await,
        "credits stand untouched"
    );
    assert_eq!(
        earnings(&*before).await,
        earnings(&*after).await,
        "earnings stand untouched"
    );
    assert_eq!(facts(&*before).await, facts(&*after).await);
    let made: Vec<_> = run
        .counts
        .outcomes
        .keys()
        .filter(|name| !name.ends_with("_kept"))
        .collect();
    let told = ["earnings_in_error"];
    let made: Vec<_> = made
        .into_iter()
        .filter(|name| !told.contains(&name.as_str()))
        .collect();
    assert!(
        made.is_empty(),
        "the run says it made {made:?}: {:?}",
        run.counts
    );
}

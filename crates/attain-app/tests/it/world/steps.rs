//! What happens in a workspace: imports, changes of definitions, runs.

use attain_domain::refusal::Refusal;
use attain_domain::run::{Process, Run};
use proptest::prelude::*;

use super::bench::Bench;
use super::company::{Company, MONTHS};
use super::facts::{Facts, facts, live_transactions, row_of};
use super::knobs::{Knob, a_knob};
use super::sales::{Sale, some_sales};

/// One step.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    Import(Vec<Sale>),
    Change(Vec<Knob>),
    Run(Process, u32, u32),
}

/// Any step.
pub(crate) fn a_step() -> impl Strategy<Value = Step> {
    let process = prop_oneof![
        4 => Just(Process::RunAll),
        1 => Just(Process::Classify),
        1 => Just(Process::Credit),
        1 => Just(Process::RollUp),
        2 => Just(Process::Calculate),
    ];
    prop_oneof![
        4 => some_sales(8).prop_map(Step::Import),
        3 => proptest::collection::vec(a_knob(), 1..3).prop_map(Step::Change),
        3 => (process, 0..MONTHS, 0..MONTHS).prop_map(|(process, a, b)| {
            Step::Run(process, a.min(b), a.max(b))
        }),
    ]
}

/// Several steps, with an import before them.
pub(crate) fn some_steps(most: usize) -> impl Strategy<Value = Vec<Step>> {
    let steps = proptest::collection::vec(a_step(), 1..=most);
    (some_sales(14), steps).prop_map(|(sales, mut steps)| {
        steps.insert(0, Step::Import(sales));
        steps
    })
}

/// Takes one step; the number orders what sources have changed. What comes of it adds up.
pub(crate) async fn take(bench: &Bench, company: &mut Company, number: usize, step: &Step) {
    match step {
        Step::Import(sales) => {
            let number = u32::try_from(number).expect("a few steps");
            let rows: Vec<_> = sales.iter().map(|sale| sale.row(number)).collect();
            let report = bench.import(&rows).await.expect("bad rows stop nothing");
            let counts = report.counts;
            let parts = counts.stored + counts.unchanged + counts.superseded + counts.rejected;
            assert_eq!(counts.read, rows.len() as u64, "every row was read");
            assert_eq!(counts.read, parts, "{counts:?}");
            assert_eq!(
                counts.rejected,
                report.rejected.len() as u64,
                "each is told"
            );
        }
        Step::Change(knobs) => {
            let mut changed = company.clone();
            changed.turn(knobs);
            if changed.is_january_closed() && !company.is_january_closed() {
                // It is closed when everything in it is settled.
                check_counts(&bench.run_all().await.expect("nothing is in the way"));
            }
            match bench.define(&changed).await {
                Ok(_) => *company = changed,
                Err(refusals) => panic!("{knobs:?} cannot be set: {refusals:?}"),
            }
        }
        Step::Run(process, first, last) => {
            let run = bench.run(*process, *first, *last).await;
            check_counts(&run.expect("nothing is in the way of the run"));
        }
    }
}

/// `taken = done + skipped + failed`, and the run has ended well.
pub(crate) fn check_counts(run: &Run) {
    let counts = &run.counts;
    assert!(run.status.has_ended(), "{run:?}");
    assert_eq!(
        counts.taken,
        counts.done + counts.skipped + counts.failed,
        "{run:?}"
    );
}

/// What a new workspace comes to into which the final state of another is imported, and everything
/// run once.
pub(crate) async fn from_scratch(bench: &Bench, company: &Company) -> Facts {
    let live = live_transactions(&*bench.snapshot().await).await;
    let rows: Vec<_> = live.iter().map(row_of).collect();
    let fresh = Bench::new(attain_app::Limits::default()).await;
    fresh
        .define(company)
        .await
        .expect("what stands can be defined anew");
    let report = fresh
        .import(&rows)
        .await
        .expect("what is stored can be imported");
    assert!(report.rejected.is_empty(), "{:?}", report.rejected);
    check_counts(&fresh.run_all().await.expect("nothing is in the way"));
    facts(&*fresh.snapshot().await).await
}

/// Opens what is closed, and runs everything.
pub(crate) async fn settle(bench: &Bench, company: &mut Company) -> Result<Facts, Refusal> {
    if company.is_january_closed() {
        company.turn(&[Knob::CloseJanuary(false)]);
        let opened = bench.define(company).await;
        opened.expect("a closed period can be opened again");
    }
    check_counts(&bench.run_all().await?);
    Ok(facts(&*bench.snapshot().await).await)
}

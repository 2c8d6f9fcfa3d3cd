//! Nothing depends on how work is cut, on the order of arrival, or on how many threads there are.

use attain_app::Limits;
use futures::executor::block_on;
use proptest::prelude::*;

use crate::incremental::check_same;
use crate::world::bench::{Bench, small_limits, some_workers};
use crate::world::company::Company;
use crate::world::config;
use crate::world::facts::{Facts, facts};
use crate::world::knobs::some_knobs;
use crate::world::sales::a_good_sale;
use crate::world::steps::{Step, settle, some_steps, take};

fn some_limits() -> impl Strategy<Value = Limits> {
    let sizes = (1_u32..50, 1_u32..50, 1_u32..10);
    (sizes, some_workers()).prop_map(|((transactions, credits, participants), limits)| Limits {
        import_rows: transactions,
        chunk_transactions: transactions,
        chunk_credits: credits,
        chunk_participants: participants,
        ..limits
    })
}

async fn history(company: &Company, steps: &[Step], limits: Limits) -> Facts {
    let (mut company, bench) = (company.clone(), Bench::new(limits).await);
    bench
        .define(&company)
        .await
        .expect("the company can be defined");
    for (number, step) in steps.iter().enumerate() {
        take(&bench, &mut company, number, step).await;
    }
    settle(&bench, &mut company)
        .await
        .expect("nothing is in the way")
}

/// The facts and the counts of one import, each sale once, and one run over everything.
async fn one_run(company: &Company, steps: &[Step], limits: Limits) -> (Facts, String) {
    let bench = Bench::new(limits).await;
    bench
        .define(company)
        .await
        .expect("the company can be defined");
    let imports = steps.iter().filter_map(|step| match step {
        Step::Import(sales) => Some(sales),
        Step::Change(_) | Step::Run(..) => None,
    });
    let mut keys = std::collections::BTreeSet::new();
    let once = imports
        .flatten()
        .filter(|sale| keys.insert((sale.key, sale.laptop)));
    let rows: Vec<_> = once.map(|sale| sale.row(1)).collect();
    bench.import(&rows).await.expect("the store takes rows");
    let run = bench.run_all().await.expect("nothing is in the way");
    (
        facts(&*bench.snapshot().await).await,
        format!("{:?}", run.counts),
    )
}

fn with_threads<T: Send>(threads: usize, work: impl FnOnce() -> T + Send) -> T {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
    pool.expect("threads can be started").install(work)
}

/// Each sale at most once in an import: of several, the newest is looked at alone if they come in
/// one chunk, and each in turn if not.
fn once(mut steps: Vec<Step>) -> Vec<Step> {
    for step in &mut steps {
        if let Step::Import(sales) = step {
            let mut keys = std::collections::BTreeSet::new();
            sales.retain(|sale| keys.insert((sale.key, sale.laptop)));
        }
    }
    steps
}

proptest! {
    #![proptest_config(config("independence", 16))]

    #[test]
    fn chunks_may_have_any_size(
        knobs in some_knobs(10),
        steps in some_steps(5).prop_map(once),
        limits in some_limits(),
    ) {
        block_on(async {
            let company = Company::with(&knobs);
            let largest = Limits::default();
            check_same(
                &history(&company, &steps, limits).await,
                &history(&company, &steps, largest).await,
            );
            let (one, counts) = one_run(&company, &steps, limits).await;
            let (other, other_counts) = one_run(&company, &steps, largest).await;
            check_same(&one, &other);
            assert_eq!(counts, other_counts, "counts do not depend on chunks");
        });
    }

    #[test]
    fn rows_may_come_in_any_order(
        knobs in some_knobs(10),
        (rows, shuffled) in proptest::collection::vec(a_good_sale(), 1..20).prop_flat_map(|sales| {
            let rows: Vec<_> = (1..).zip(sales).map(|(step, sale)| sale.row(step)).collect();
            (Just(rows.clone()), Just(rows).prop_shuffle())
        }),
        cut in 1_usize..20,
    ) {
        block_on(async {
            let company = Company::with(&knobs);
            let one = Bench::new(Limits::default()).await;
            one.define(&company).await.expect("the company can be defined");
            one.import(&rows).await.expect("the store takes rows");
            let other = Bench::new(small_limits()).await;
            other.define(&company).await.expect("the company can be defined");
            for part in shuffled.chunks(cut) {
                other.import(part).await.expect("the store takes rows");
                other.run_all().await.expect("nothing is in the way");
            }
            let one = settle(&one, &mut company.clone()).await.expect("it runs");
            let other = settle(&other, &mut company.clone()).await.expect("it runs");
            check_same(&one, &other);
        });
    }

    #[test]
    fn threads_may_be_few_or_many(knobs in some_knobs(10), steps in some_steps(4)) {
        let company = Company::with(&knobs);
        let run = || block_on(history(&company, &steps, Limits::default()));
        check_same(&with_threads(1, run), &with_threads(4, run));
    }
}

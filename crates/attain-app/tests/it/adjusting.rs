//! What a request to adjust promises whoever sends it: how little it leaves to do.

use attain_app::Limits;
use attain_domain::adjusting::Adjustment;
use attain_domain::collecting::RawTransaction;
use attain_domain::ids::PeriodId;
use attain_domain::ports::ChunkSize;
use attain_domain::run::{Process, WorkItem};
use attain_domain::testing::months;
use futures::executor::block_on;

use crate::corrections::{REASON, direct_credits, to_amount};
use crate::crashes::a_rich_history;
use crate::incremental::{check_nothing_new, check_nothing_waits};
use crate::world::bench::Bench;
use crate::world::company::MONTHS;
use crate::world::ledger::check_ledger;

/// So many sales, over four months.
fn many_sales(count: usize) -> Vec<RawTransaction> {
    let sales = a_rich_history().sales;
    let sale = |(number, sale): (usize, &crate::world::sales::Sale)| RawTransaction {
        number: Some(format!("many-{number}")),
        ..sale.row(1)
    };
    let sales = sales.iter().filter(|sale| sale.special == 0).cycle();
    (0..count).zip(sales).map(sale).collect()
}

/// What the next run has to look at.
async fn waiting(bench: &Bench) -> Vec<WorkItem> {
    let (snapshot, largest) = (bench.snapshot().await, ChunkSize::largest());
    let calendar = months(2026, MONTHS);
    let periods: Vec<PeriodId> = calendar.periods.into_iter().map(|one| one.id).collect();
    let work = snapshot.work_after(Process::Classify, &periods, None, largest);
    work.await.expect("it answers")
}

#[test]
fn thousands_of_adjustments_leave_a_few_pieces_of_work() {
    block_on(async {
        let (bench, _) = a_rich_history().prepare_with(Limits::default()).await;
        let sales = many_sales(2_000);
        bench.import(&sales).await.expect("the store takes rows");
        bench.run_all().await.expect("nothing is in the way");
        check_nothing_waits(&bench).await;
        let credits = direct_credits(&bench).await;
        let wanted: Vec<Adjustment> = credits.iter().map(|one| to_amount(one, "77")).collect();
        assert!(wanted.len() > 1_500, "{}", wanted.len());
        let report = bench.engine.adjust(&bench.caller, &wanted, REASON).await;
        let outcomes = report.expect("it is well formed").outcomes;
        assert!(outcomes.iter().all(Result::is_ok));
        let work = waiting(&bench).await;
        assert!(work.len() <= 16 * 4, "{} items of work", work.len());
        for credit in credits.iter().filter_map(|credit| credit.transaction) {
            let spans = work.iter();
            let spans = spans.filter(|item| item.first <= credit && credit <= item.last);
            assert!(spans.count() >= 1, "{credit} is looked at");
        }
        bench.run_all().await.expect("nothing is in the way");
        let now = direct_credits(&bench).await;
        let as_adjusted = now.iter().filter(|one| one.amount.amount == 77.into());
        assert_eq!(as_adjusted.count(), wanted.len());
        check_ledger(&bench).await;
        check_nothing_waits(&bench).await;
        check_nothing_new(&bench).await;
    });
}

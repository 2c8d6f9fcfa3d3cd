//! What a request to adjust promises whoever sends it: how little it leaves to do, and that a repeat
//! gets the first answer.

use std::collections::BTreeSet;

use attain_app::{Caller, Limits};
use attain_domain::adjusting::{Adjustment, AdjustmentKind, TransactionAction, TransactionPatch};
use attain_domain::collecting::RawTransaction;
use attain_domain::ids::PeriodId;
use attain_domain::ports::ChunkSize;
use attain_domain::refusal::Reason;
use attain_domain::run::{Process, WorkItem};
use attain_domain::testing::{months, name, usd};
use attain_domain::transaction::TransactionKey;
use futures::executor::block_on;

use crate::corrections::{REASON, direct_credits, paid_company, to_amount};
use crate::crashes::a_rich_history;
use crate::incremental::{check_nothing_new, check_nothing_waits};
use crate::world::bench::{Bench, small_limits};
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
fn thousands_of_adjustments_are_looked_at_again_and_nothing_else_is() {
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
        assert!(work.iter().all(|item| item.first == item.last));
        let waiting: BTreeSet<_> = work.iter().map(|item| item.first).collect();
        let adjusted = credits.iter().filter_map(|credit| credit.transaction);
        assert_eq!(waiting, adjusted.collect());
        bench.run_all().await.expect("nothing is in the way");
        let now = direct_credits(&bench).await;
        let as_adjusted = now.iter().filter(|one| one.amount.amount == 77.into());
        assert_eq!(as_adjusted.count(), wanted.len());
        check_ledger(&bench).await;
        check_nothing_waits(&bench).await;
        check_nothing_new(&bench).await;
    });
}

/// The same workspace, with a request that can be repeated.
fn repeating(bench: &Bench) -> Caller {
    Caller {
        request: Some(name("once")),
        ..bench.caller.clone()
    }
}

fn of_key(key: &TransactionKey, action: TransactionAction) -> Adjustment {
    Adjustment {
        version: None,
        kind: AdjustmentKind::TransactionOf(key.clone(), action),
    }
}

fn sold_for(amount: &str) -> TransactionAction {
    TransactionAction::Change(Box::new(TransactionPatch {
        amount: Some(usd(amount)),
        ..TransactionPatch::default()
    }))
}

#[test]
fn a_repeat_by_natural_key_is_one_whatever_the_key_leads_to_by_then() {
    block_on(async {
        let (bench, _) = paid_company(small_limits()).await;
        let credits = direct_credits(&bench).await;
        let (first, other) = (&credits[0].key, &credits.last().expect("several").key);
        assert_ne!(first, other);
        let nothing = TransactionKey {
            number: name("none"),
            kind: first.kind.clone(),
        };
        let wanted = [
            of_key(first, sold_for("12.50")),
            of_key(&nothing, TransactionAction::Cancel),
            of_key(other, TransactionAction::Cancel),
        ];
        let (engine, caller) = (&bench.engine, repeating(&bench));
        let once = engine.adjust(&caller, &wanted, REASON).await;
        let once = once.expect("it is new");
        let [changed, absent, cancelled] = once.outcomes.as_slice() else {
            panic!("three answers: {once:?}");
        };
        assert!(changed.as_ref().is_ok_and(|one| one.transaction.is_some()));
        assert!(cancelled.as_ref().is_ok_and(|one| one.changed));
        let refused = absent.as_ref().err().map(|refusal| refusal.reason);
        assert_eq!(refused, Some(Reason::NotFound));
        // What a refusal tells programs is told again, too.
        let details = absent.as_ref().err().map(|refusal| refusal.details.len());
        assert_eq!(details, Some(2));
        let again = engine.adjust(&caller, &wanted, REASON).await;
        assert_eq!(again.expect("a repeat"), once);
        let twice = [
            of_key(first, sold_for("1")),
            of_key(first, TransactionAction::PreserveCredits(true)),
        ];
        let report = engine.adjust(&bench.caller, &twice, REASON).await;
        let outcomes = report.expect("it is well formed").outcomes;
        let reasons = outcomes
            .iter()
            .map(|one| one.as_ref().err().map(|r| r.reason));
        let duplicate = Some(Reason::Duplicate);
        assert_eq!(reasons.collect::<Vec<_>>(), [duplicate, duplicate]);
    });
}

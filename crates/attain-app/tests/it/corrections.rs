//! What was credited and paid is adjusted: reverted, calculated and paid again it comes to what a
//! company comes to that knew it from the start; whatever breaks on the way.

use std::collections::BTreeMap;

use attain_app::{BatchView, Caller, Limits, RunRequest, WhenBusy};
use attain_domain::adjusting::{
    Adjustment, AdjustmentKind, CreditAction, CreditPatch, SplitPart, TransactionAction,
};
use attain_domain::credit::{Credit, CreditKind};
use attain_domain::earning::Earning;
use attain_domain::money::Money;
use attain_domain::refusal::{Reason, Refusal};
use attain_domain::run::{Process, Run};
use attain_domain::testing::{decimal, name};
use attain_domain::time::DateRange;
use futures::executor::block_on;

use crate::crashes::a_rich_history;
use crate::incremental::check_nothing_waits;
use crate::world::bench::{Bench, small_limits};
use crate::world::company::Company;
use crate::world::facts::{Facts, credits, earnings, facts};
use crate::world::ledger::{check_ledger, paid_by_key};
use crate::world::steps::check_counts;
use crate::world::stores::{Interrupted, Interruption};

pub(crate) const REASON: &str = "the customer said so";

/// A company whose first months are paid.
pub(crate) async fn paid_company(limits: Limits) -> (Bench, Company) {
    let (bench, company) = a_rich_history().prepare_with(limits).await;
    bench.run_all().await.expect("nothing is in the way");
    pay(&bench).await;
    (bench, company)
}

async fn make_batch(bench: &Bench) -> Result<BatchView, Refusal> {
    let (group, period) = (name("staff"), name("2026-06"));
    bench
        .engine
        .create_batch(&bench.caller, &group, &period, None)
        .await
}

/// Pays everything that is unpaid, if anything is.
async fn pay(bench: &Bench) {
    bench.clock.advance(1);
    let (engine, caller) = (&bench.engine, &bench.caller);
    let id = match make_batch(bench).await {
        Ok(view) => view.batch.id,
        Err(refusal) => return assert_eq!(refusal.reason, Reason::NothingToPay, "{refusal:?}"),
    };
    engine
        .freeze_batch(caller, id, None)
        .await
        .expect("it is unpaid");
    engine
        .pay_batch(caller, id, None)
        .await
        .expect("it is frozen");
}

pub(crate) async fn direct_credits(bench: &Bench) -> Vec<Credit> {
    let mut all = credits(&*bench.snapshot().await).await;
    all.retain(|credit| credit.kind == CreditKind::Direct && !credit.amount.amount.is_zero());
    all.sort_by(|a, b| (&a.key, &a.participant, a.id).cmp(&(&b.key, &b.participant, b.id)));
    all
}

pub(crate) fn to_amount(credit: &Credit, amount: &str) -> Adjustment {
    of(
        credit,
        CreditAction::Change(CreditPatch {
            amount: Some(Money::new(decimal(amount), credit.amount.currency)),
            ..CreditPatch::default()
        }),
    )
}

fn of(credit: &Credit, action: CreditAction) -> Adjustment {
    Adjustment {
        version: Some(credit.stamp.version),
        kind: AdjustmentKind::Credit(credit.id, action),
    }
}

/// Somebody else who sells.
fn another(credit: &Credit, all: &[Credit]) -> attain_domain::ids::ParticipantId {
    let other = all.iter().find(|one| one.participant != credit.participant);
    other.expect("several people sell").participant.clone()
}

/// One of each kind, of transactions of their own.
pub(crate) fn one_of_each(all: &[Credit]) -> Vec<Adjustment> {
    let mut first: BTreeMap<_, &Credit> = BTreeMap::new();
    for credit in all.iter().rev() {
        first.insert(&credit.key, credit);
    }
    let first: Vec<&Credit> = first.into_values().collect();
    let [a, b, c, d, ..] = first.as_slice() else {
        panic!("four sales at least: {}", first.len());
    };
    let part = |participant, percent| SplitPart {
        participant,
        percent: decimal(percent),
    };
    let halves = vec![
        part(b.participant.clone(), "40"),
        part(another(b, all), "60"),
    ];
    vec![
        to_amount(a, "77.77"),
        of(b, CreditAction::Split(halves)),
        of(c, CreditAction::Transfer(another(c, all))),
        of(d, CreditAction::Cancel),
    ]
}

pub(crate) async fn adjust(bench: &Bench, adjustments: &[Adjustment]) {
    bench.clock.advance(1);
    let done = bench
        .engine
        .adjust(&bench.caller, adjustments, REASON)
        .await;
    for outcome in done.expect("it is well formed").outcomes {
        assert!(outcome.expect("each can be done").changed);
    }
}

pub(crate) async fn revert(bench: &Bench) -> Result<Run, Refusal> {
    bench.clock.advance(1);
    let request = RunRequest {
        process: Process::Revert,
        range: DateRange::ALWAYS,
        when_busy: WhenBusy::Refuse,
    };
    let run = bench.engine.run_to_end(&bench.caller, &request).await?;
    check_counts(&run);
    Ok(run)
}

fn outcome(run: &Run, name: &str) -> u64 {
    run.counts.outcomes.get(name).copied().unwrap_or_default()
}

/// What it has come to, with everything paid.
async fn ends_as(bench: &Bench) -> (Facts, String) {
    bench.run_all().await.expect("nothing is in the way");
    check_ledger(bench).await;
    pay(bench).await;
    check_ledger(bench).await;
    check_nothing_waits(bench).await;
    let paid = format!("{:?}", paid_by_key(bench).await.values());
    (facts(&*bench.snapshot().await).await, paid)
}

async fn waiting(bench: &Bench) -> Vec<Earning> {
    let mut all = earnings(&*bench.snapshot().await).await;
    all.retain(|earning| earning.awaits_calculation);
    all
}

#[test]
fn nothing_but_revert_may_run_while_something_is_obsolete() {
    block_on(async {
        let (bench, _) = paid_company(small_limits()).await;
        adjust(&bench, &one_of_each(&direct_credits(&bench).await)).await;
        for process in [
            Process::Classify,
            Process::Credit,
            Process::RollUp,
            Process::Calculate,
        ] {
            let refusal = bench
                .run_at_once(process, 0, 5)
                .await
                .expect_err("the gate");
            assert_eq!(refusal.reason, Reason::RevertPending);
            assert!(refusal.details["rows"].contains("credit "), "{refusal:?}");
        }
        let refusal = make_batch(&bench).await.expect_err("the gate");
        assert_eq!(refusal.reason, Reason::RevertPending);
        let run = revert(&bench).await.expect("it may");
        assert!(outcome(&run, "reversals_written") > 0, "{:?}", run.counts);
        assert!(!waiting(&bench).await.is_empty());
        let refusal = make_batch(&bench).await.expect_err("reversals wait");
        assert_eq!(refusal.reason, Reason::CalculationPending);
        let again = revert(&bench).await.expect("c13: it may run twice");
        assert_eq!(again.counts.taken, 0, "and moves nothing then");
        bench.run_all().await.expect("nothing is in the way");
        assert_eq!(waiting(&bench).await, []);
        check_ledger(&bench).await;
    });
}

#[test]
fn what_is_adjusted_back_takes_nothing_back() {
    block_on(async {
        let (bench, _) = paid_company(small_limits()).await;
        let before = facts(&*bench.snapshot().await).await;
        let all = direct_credits(&bench).await;
        let (first, amount) = (&all[0], all[0].amount.amount.to_string());
        adjust(&bench, &[to_amount(first, "1.23")]).await;
        let now = direct_credits(&bench).await;
        let new = now
            .iter()
            .find(|one| one.lineage == first.lineage)
            .expect("it lives on");
        adjust(&bench, &[to_amount(new, &amount)]).await;
        let reverted = revert(&bench).await.expect("it may");
        assert!(outcome(&reverted, "reversals_written") > 0);
        let run = bench.run_all().await.expect("nothing is in the way");
        assert_eq!(outcome(&run, "reversals_created"), 0, "{:?}", run.counts);
        assert!(outcome(&run, "reversals_withdrawn") > 0, "{:?}", run.counts);
        let after = facts(&*bench.snapshot().await).await;
        assert_eq!(after.earnings, before.earnings);
        check_ledger(&bench).await;
        let refusal = make_batch(&bench)
            .await
            .expect_err("there is nothing to pay");
        assert_eq!(refusal.reason, Reason::NothingToPay);
    });
}

#[test]
fn the_source_may_change_and_change_back_what_was_paid() {
    block_on(async {
        let history = a_rich_history();
        let (bench, _) = paid_company(small_limits()).await;
        let before = facts(&*bench.snapshot().await).await;
        let row = |cents: i64| {
            let mut sale = history.more[0].clone();
            sale.cents += cents;
            sale
        };
        bench
            .import(&[row(5_000).row(8)])
            .await
            .expect("the store takes rows");
        revert(&bench).await.expect("it may");
        bench
            .import(&[row(0).row(9)])
            .await
            .expect("the store takes rows");
        let run = bench.run_all().await.expect("nothing is in the way");
        assert_eq!(outcome(&run, "reversals_created"), 0, "{:?}", run.counts);
        let after = facts(&*bench.snapshot().await).await;
        assert_eq!(after.earnings, before.earnings);
        check_ledger(&bench).await;
    });
}

/// Adjusts, reverts with a store that breaks at a commit, and goes on.
async fn broken_revert(at: u32, interruption: Interruption) -> (bool, (Facts, String)) {
    let (bench, _) = paid_company(small_limits()).await;
    adjust(&bench, &one_of_each(&direct_credits(&bench).await)).await;
    let store = Interrupted::new(&bench, at, interruption);
    if let Err(refusal) = revert(&bench.through(store.clone())).await {
        assert_eq!(refusal.reason, Reason::StoreUnavailable, "{refusal:?}");
    }
    // A run that nobody ends is given up when its lease is over.
    bench.clock.advance(61);
    revert(&bench).await.expect("it can be repeated");
    (store.was_interrupted(), ends_as(&bench).await)
}

#[test]
fn a_revert_may_break_at_any_commit() {
    let (_, whole) = block_on(broken_revert(1_000, Interruption::FailBefore));
    type Make = fn() -> Interruption;
    let all: [Make; 4] = [
        || Interruption::FailBefore,
        || Interruption::FailAfter,
        || Interruption::DieBefore,
        || Interruption::DieAfter,
    ];
    for interruption in all {
        let mut at = 0;
        loop {
            let (was_interrupted, came_to) = block_on(broken_revert(at, interruption()));
            assert_eq!(came_to, whole, "broken at {at}");
            if !was_interrupted {
                break;
            }
            at += 1;
        }
        assert!(at > 4, "the revert is cut into several commits: {at}");
    }
}

#[test]
fn of_two_writers_on_one_credit_one_wins() {
    block_on(async {
        let (bench, _) = paid_company(small_limits()).await;
        let all = direct_credits(&bench).await;
        adjust(&bench, &[to_amount(&all[0], "10")]).await;
        let second = [to_amount(&all[0], "20")];
        let report = bench.engine.adjust(&bench.caller, &second, REASON).await;
        let report = report.expect("it is well formed");
        let refusal = report.outcomes[0].as_ref().expect_err("the first has won");
        assert_eq!(refusal.reason, Reason::VersionMismatch);
        assert!(refusal.details.contains_key("current_version"));
    });
}

#[test]
fn a_repeated_request_gets_the_first_answer() {
    block_on(async {
        let (bench, _) = paid_company(small_limits()).await;
        let all = direct_credits(&bench).await;
        let caller = Caller {
            request: Some(name("once")),
            ..bench.caller.clone()
        };
        let wanted = [to_amount(&all[0], "10"), to_amount(&all[0], "11")];
        let wanted = &wanted[..1];
        let first = bench
            .engine
            .adjust(&caller, wanted, REASON)
            .await
            .expect("it is new");
        let again = bench
            .engine
            .adjust(&caller, wanted, REASON)
            .await
            .expect("a repeat");
        assert_eq!(first, again);
        let other = bench.engine.adjust(&caller, wanted, "another reason").await;
        assert_eq!(
            other.expect_err("other content").reason,
            Reason::RequestIdReused
        );
    });
}

#[test]
fn c7_preserved_credits_stay_until_they_are_let_go() {
    block_on(async {
        let (bench, mut company) = paid_company(small_limits()).await;
        let all = direct_credits(&bench).await;
        adjust(&bench, &[to_amount(&all[0], "77.77")]).await;
        company.turn(&[crate::world::knobs::Knob::Split(0)]);
        bench
            .define(&company)
            .await
            .expect("the company can be changed");
        bench.run_all().await.expect("nothing is in the way");
        let is_ours = |credit: &&Credit| credit.lineage == all[0].lineage;
        let kept = direct_credits(&bench).await;
        let kept = kept.iter().find(is_ours).expect("it stays");
        assert_eq!(kept.amount.amount, decimal("77.77"));
        let transaction = kept.transaction.expect("it is of one");
        let let_go = Adjustment {
            version: None,
            kind: AdjustmentKind::Transaction(
                transaction,
                TransactionAction::PreserveCredits(false),
            ),
        };
        adjust(&bench, &[let_go]).await;
        bench.run_all().await.expect("nothing is in the way");
        let now = direct_credits(&bench).await;
        assert!(
            now.iter()
                .all(|credit| credit.amount.amount != decimal("77.77"))
        );
        check_ledger(&bench).await;
    });
}

#[test]
fn a_preview_tells_what_comes() {
    block_on(async {
        let (bench, _) = paid_company(small_limits()).await;
        let wanted = one_of_each(&direct_credits(&bench).await);
        let before = earned_by_person(&bench).await;
        let preview = bench
            .engine
            .preview_adjust(&bench.caller, &wanted, REASON)
            .await;
        let preview = preview.expect("it is well formed");
        assert_eq!(before, earned_by_person(&bench).await, "nothing is stored");
        adjust(&bench, &wanted).await;
        let reverted = revert(&bench).await.expect("it may");
        let taken_back = waiting(&bench).await;
        assert!(preview.reversals.len() <= taken_back.len());
        assert!(outcome(&reverted, "reversals_written") > 0);
        bench.run_all().await.expect("nothing is in the way");
        let after = earned_by_person(&bench).await;
        for (who, change) in &preview.pay {
            let at = |earned: &BTreeMap<_, rust_decimal::Decimal>| {
                earned.get(who).copied().unwrap_or_default()
            };
            let difference = at(&after) - at(&before);
            let told = change.after.amount - change.before.amount;
            assert_eq!(told, difference, "{who}: {change:?}");
        }
    });
}

/// What everybody has earned in the first phase.
async fn earned_by_person(
    bench: &Bench,
) -> BTreeMap<attain_domain::ids::ParticipantId, rust_decimal::Decimal> {
    let mut sums = BTreeMap::new();
    let all = earnings(&*bench.snapshot().await).await;
    let world = bench.first_phase().await;
    for earning in all.into_iter().filter(Earning::is_current) {
        let key = (earning.key.plan.clone(), earning.key.component.clone());
        if let Some(amount) = earning.amount().filter(|_| world.contains(&key)) {
            let sum: &mut rust_decimal::Decimal = sums.entry(earning.key.participant).or_default();
            *sum += amount.amount;
        }
    }
    sums
}

//! Batches that take several commits: the result is the same, wherever one is cut off.

use attain_domain::payment::BatchStatus;

use super::*;

/// Seven people with one to four earnings each, one in instalments.
async fn company_of_seven() -> Company {
    let names: Vec<String> = (1..=7).map(|number| format!("p{number}")).collect();
    let company = Company::of(names.iter().map(|id| participant(id)).collect()).await;
    let mut earnings = Vec::new();
    for (number, whose) in (1_u64..).zip(&names) {
        for more in 0..=(number % 4) {
            let id = number * 10 + more;
            earnings.push(of(id, whose, &format!("{id}.5")));
        }
    }
    earnings.push(in_parts(of(99, "p3", "60"), 3));
    company.earned(earnings).await;
    company
}

#[tokio::test]
async fn small_commits_give_the_same_batch_as_large_ones() {
    let large = company_of_seven().await;
    let small = company_of_seven().await.in_small_commits();
    let (in_one, in_many) = (
        large.january().await.unwrap(),
        small.january().await.unwrap(),
    );
    assert_eq!(in_one.totals, in_many.totals);
    assert_eq!(in_one.batch.status, BatchStatus::Unpaid);
    assert_eq!(in_many.batch.status, BatchStatus::Unpaid);
    let shown = |lines: Vec<PaymentLine>| -> Vec<_> {
        lines
            .into_iter()
            .map(|line| (line.earning, line.instalment, line.pay_amount))
            .collect()
    };
    let all = (
        large.lines(in_one.batch.id).await,
        small.lines(in_many.batch.id).await,
    );
    assert_eq!(shown(all.0), shown(all.1));
    small.check_books().await;
    let refreshed = small
        .engine
        .refresh_batch(&small.caller, in_many.batch.id, None)
        .await
        .unwrap();
    assert_eq!(refreshed, in_many, "nothing changed, nothing is written");
    large.freeze_and_pay(in_one.batch.id).await;
    small.freeze_and_pay(in_many.batch.id).await;
    assert_eq!(large.paid().await, small.paid().await);
}

/// Repeats a request until it is answered, as a client does, over a store that goes away once: at
/// the commit of a number.
async fn insist<T, F: Future<Output = Result<T, Refusal>>>(
    store: &BreakingStore,
    breaks_at: u64,
    ask: impl Fn() -> F,
) -> T {
    store.breaks_at(breaks_at);
    let mut answer = ask().await;
    store.breaks_at(0);
    if reason(answer.as_ref().map_err(Refusal::clone)) == Some(Reason::StoreUnavailable) {
        answer = ask().await;
    }
    answer.unwrap()
}

#[tokio::test]
async fn whatever_is_cut_off_is_finished_by_the_same_request() {
    let whole = company_of_seven().await;
    let id = whole.january().await.unwrap().batch.id;
    whole.freeze_and_pay(id).await;
    let expected = whole.paid().await;
    for breaks_at in 1..12 {
        let company = company_of_seven().await.in_small_commits();
        let (engine, store) = (&company.engine, &company.store);
        let request = |id: &str| company.caller.clone().with_request(Some(name(id)));
        let (create, refresh, pay) = (request("create"), request("refresh"), request("pay"));
        let (group, period) = (name("staff"), name("2026-01"));

        let made = insist(store, breaks_at, || {
            engine.create_batch(&create, &group, &period, None)
        })
        .await;
        assert_eq!(made.batch.status, BatchStatus::Unpaid);
        company.check_books().await;
        let id = made.batch.id;

        company.recalculated(20, "25.5", 200).await;
        insist(store, breaks_at, || {
            engine.refresh_batch(&refresh, id, None)
        })
        .await;
        company.check_books().await;
        company.recalculated(200, "20.5", 201).await;
        engine
            .refresh_batch(&company.caller, id, None)
            .await
            .unwrap();

        engine
            .freeze_batch(&company.caller, id, None)
            .await
            .unwrap();
        let paid = insist(store, breaks_at, || engine.pay_batch(&pay, id, None)).await;
        assert_eq!(paid.batch.status, BatchStatus::Paid);
        company.check_books().await;
        let sum = |paid: &BTreeMap<EarningId, Decimal>| paid.values().sum::<Decimal>();
        assert_eq!(
            sum(&company.paid().await),
            sum(&expected),
            "broken at {breaks_at}"
        );
    }
}

#[tokio::test]
async fn a_deletion_that_is_cut_off_is_finished_by_the_same_call() {
    for breaks_at in 1..8 {
        let company = company_of_seven().await.in_small_commits();
        let id = company.january().await.unwrap().batch.id;
        company.store.breaks_at(breaks_at);
        let broken = company.engine.delete_batch(&company.caller, id, None).await;
        company.store.breaks_at(0);
        if broken.is_err() {
            let batch = company
                .engine
                .batch(&company.caller, id)
                .await
                .unwrap()
                .batch;
            if breaks_at > 1 {
                assert_eq!(batch.status, BatchStatus::Deleting);
                let pay = company.engine.freeze_batch(&company.caller, id, None).await;
                assert_eq!(reason(pay), Some(Reason::WrongState));
            }
            company.check_books().await;
            company
                .engine
                .delete_batch(&company.caller, id, None)
                .await
                .unwrap();
        }
        let gone = company.engine.batch(&company.caller, id).await;
        assert_eq!(reason(gone), Some(Reason::NotFound));
        company.check_books().await;
        let again = company.january().await.unwrap();
        assert_eq!(again.sheet_count(), 7);
    }
}

#[tokio::test]
async fn a_half_made_batch_can_be_refreshed_or_deleted_and_nothing_else() {
    let company = company_of_seven().await.in_small_commits();
    company.store.breaks_at(3);
    assert_eq!(
        reason(company.january().await),
        Some(Reason::StoreUnavailable)
    );
    let (engine, caller) = (&company.engine, &company.caller);
    let batch = engine
        .batches(caller, None, ChunkSize::largest())
        .await
        .unwrap()
        .remove(0);
    assert_eq!(batch.status, BatchStatus::Building);
    let wrong = Some(Reason::WrongState);
    assert_eq!(
        reason(engine.freeze_batch(caller, batch.id, None).await),
        wrong
    );
    assert_eq!(
        reason(engine.pay_batch(caller, batch.id, None).await),
        wrong
    );
    let line = company.lines(batch.id).await.remove(0);
    assert_eq!(
        reason(
            engine
                .line_action(caller, HoldOf::Line(line.id), LineAction::Hold, None)
                .await
        ),
        wrong
    );
    let whole = engine.refresh_batch(caller, batch.id, None).await.unwrap();
    assert_eq!(
        (whole.batch.status, whole.sheet_count()),
        (BatchStatus::Unpaid, 7)
    );
    company.check_books().await;
}

#[tokio::test]
async fn batches_made_at_the_same_time_never_share_an_earning() {
    let company = company_of_seven().await.in_small_commits();
    let (a, b) = tokio::join!(company.january(), company.january());
    company.check_books().await;
    for view in [a, b].into_iter().flatten() {
        company.freeze_and_pay(view.batch.id).await;
    }
    company.check_books().await;
    let due = date("2026-01-31");
    let snapshot = company.snapshot().await;
    let left = snapshot
        .payable_earnings(due, None, ChunkSize::largest())
        .await
        .unwrap();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn answers_can_be_awaited_on_any_thread() {
    fn check_send<T: Send>(_: &T) {}
    fn all(engine: &Engine, caller: &Caller, id: BatchId) {
        check_send(&engine.refresh_batch(caller, id, None));
        check_send(&engine.pay_batch(caller, id, None));
        check_send(&engine.paysheets_action(caller, id, PaysheetAction::Lock));
        check_send(&engine.explain_earning(caller, EarningId(uuid(1))));
    }
    let _ = all;
}

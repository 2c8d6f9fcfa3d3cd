//! What people do with batches, sheets and lines.

use attain_domain::money::Currency;
use attain_domain::payment::BatchStatus;
use attain_domain::stamp::Version;

use super::*;

/// D14.
#[tokio::test]
async fn each_state_of_a_batch_allows_what_it_should() {
    let company = Company::new().await;
    company.earned(vec![of(1, "ann", "70")]).await;
    let (engine, caller) = (&company.engine, &company.caller);
    let id = company.january().await.unwrap().batch.id;
    let wrong = Some(Reason::WrongState);
    assert_eq!(reason(engine.pay_batch(caller, id, None).await), wrong);

    engine.freeze_batch(caller, id, None).await.unwrap();
    let late = date("2026-02-05");
    assert_eq!(reason(engine.freeze_batch(caller, id, None).await), wrong);
    assert_eq!(reason(engine.refresh_batch(caller, id, None).await), wrong);
    assert_eq!(
        reason(engine.edit_batch(caller, id, late, None).await),
        wrong
    );
    assert_eq!(reason(engine.delete_batch(caller, id, None).await), wrong);

    let paid = engine.pay_batch(caller, id, None).await.unwrap();
    assert_eq!(
        (paid.batch.status, paid.totals),
        (BatchStatus::Paid, vec![usd("70")])
    );
    assert_eq!(reason(engine.pay_batch(caller, id, None).await), wrong);
    assert_eq!(reason(engine.freeze_batch(caller, id, None).await), wrong);
    assert_eq!(reason(engine.refresh_batch(caller, id, None).await), wrong);
    assert_eq!(
        reason(engine.edit_batch(caller, id, late, None).await),
        wrong
    );
    assert_eq!(reason(engine.delete_batch(caller, id, None).await), wrong);
    let sheet = company.sheets(id).await.remove(0);
    let lock = engine
        .paysheet_action(caller, sheet.id, PaysheetAction::Lock, None)
        .await;
    assert_eq!(reason(lock), wrong);
    assert_eq!(
        engine.batch(caller, id).await.unwrap().batch.status,
        BatchStatus::Paid
    );
    company.check_books().await;
}

/// D15.
#[tokio::test]
async fn what_is_dated_after_the_pay_date_waits_for_the_next_batch() {
    let company = Company::new().await;
    let early = dated(of(1, "ann", "70"), "2026-01-28");
    let late = dated(of(2, "ann", "30"), "2026-02-03");
    company.earned(vec![early, late]).await;
    let january = company.january().await.unwrap();
    assert_eq!(january.batch.pay_date, date("2026-01-31"));
    assert_eq!(january.totals, [usd("70")]);
    assert_eq!(
        company.batch_of("2026-02").await.unwrap().totals,
        [usd("30")]
    );
    assert_eq!(
        reason(company.batch_of("2026-02").await),
        Some(Reason::NothingToPay)
    );
}

#[tokio::test]
async fn the_pay_date_can_be_moved_while_the_batch_is_unpaid() {
    let company = Company::new().await;
    let early = dated(of(1, "ann", "70"), "2026-01-28");
    let late = dated(of(2, "ben", "30"), "2026-02-03");
    company.earned(vec![early, late]).await;
    let (engine, caller) = (&company.engine, &company.caller);
    let id = company.january().await.unwrap().batch.id;
    let later = engine
        .edit_batch(caller, id, date("2026-02-05"), None)
        .await
        .unwrap();
    assert_eq!((later.sheet_count(), later.totals), (2, vec![usd("100")]));
    let earlier = engine
        .edit_batch(caller, id, date("2026-01-30"), None)
        .await
        .unwrap();
    assert_eq!(
        (earlier.sheet_count(), earlier.totals),
        (1, vec![usd("70")])
    );
    company.check_books().await;

    let sheet = company.sheets(id).await.remove(0);
    engine
        .paysheet_action(caller, sheet.id, PaysheetAction::Lock, None)
        .await
        .unwrap();
    let moved = engine
        .edit_batch(caller, id, date("2026-02-05"), None)
        .await;
    assert_eq!(reason(moved), Some(Reason::WrongState));
}

/// D1, not refreshed.
#[tokio::test]
async fn a_batch_that_is_not_refreshed_pays_what_it_shows_and_the_next_the_difference() {
    let company = Company::new().await;
    company.earned(vec![of(1, "ann", "1000")]).await;
    let january = company.january().await.unwrap();
    company.recalculated(1, "1200", 2).await;
    assert_eq!(
        company.freeze_and_pay(january.batch.id).await.totals,
        [usd("1000")]
    );
    assert!(company.earning(1).await.is_none(), "it went to history");
    let next = company.batch_of("2026-02").await.unwrap();
    assert_eq!(next.totals, [usd("200")]);
    company.freeze_and_pay(next.batch.id).await;
    company.check_books().await;
    let past = company
        .engine
        .past_earnings(&company.caller, &[earning(1).id])
        .await
        .unwrap();
    assert_eq!(past.len(), 1);
}

/// D1, refreshed.
#[tokio::test]
async fn a_refreshed_batch_shows_what_was_recalculated_and_the_next_nothing() {
    let company = Company::new().await;
    company.earned(vec![of(1, "ann", "1000")]).await;
    let id = company.january().await.unwrap().batch.id;
    company.recalculated(1, "1200", 2).await;
    let refreshed = company
        .engine
        .refresh_batch(&company.caller, id, None)
        .await
        .unwrap();
    assert_eq!(refreshed.totals, [usd("1200")]);
    company.freeze_and_pay(id).await;
    assert_eq!(
        reason(company.batch_of("2026-02").await),
        Some(Reason::NothingToPay)
    );
    company.check_books().await;
}

/// E37.
#[tokio::test]
async fn a_deal_in_thirds_is_paid_over_three_months() {
    let company = Company::new().await;
    let deal = dated(in_parts(of(1, "ann", "60"), 3), "2026-01-10");
    company.earned(vec![deal]).await;
    for month in ["2026-01", "2026-02", "2026-03"] {
        let batch = company.batch_of(month).await.unwrap();
        assert_eq!(
            company.freeze_and_pay(batch.batch.id).await.totals,
            [usd("20")],
            "{month}"
        );
        company.check_books().await;
    }
    assert_eq!(
        reason(company.batch_of("2026-04").await),
        Some(Reason::NothingToPay)
    );
}

#[tokio::test]
async fn an_instalment_taken_back_from_one_batch_is_taken_by_the_next() {
    let company = Company::new().await;
    let deal = dated(in_parts(of(1, "ann", "100"), 3), "2026-01-10");
    company.earned(vec![deal]).await;
    let january = company.january().await.unwrap();
    let february = company.batch_of("2026-02").await.unwrap();
    company
        .engine
        .delete_batch(&company.caller, january.batch.id, None)
        .await
        .unwrap();
    company.check_books().await;
    company.freeze_and_pay(february.batch.id).await;
    let march = company.batch_of("2026-03").await.unwrap();
    company.freeze_and_pay(march.batch.id).await;
    assert_eq!(company.paid().await[&earning(1).id], usd("100").amount);
    company.check_books().await;
}

#[tokio::test]
async fn a_held_line_returns_when_it_is_released_and_is_paid_once() {
    let company = Company::new().await;
    company
        .earned(vec![of(1, "ann", "70"), of(2, "ann", "30")])
        .await;
    let (engine, caller) = (&company.engine, &company.caller);
    let january = company.january().await.unwrap().batch.id;
    let line = company.lines(january).await.remove(1);
    let held = engine
        .line_action(caller, HoldOf::Line(line.id), LineAction::Hold, None)
        .await
        .unwrap();
    assert_eq!((held.sheet.total, held.sheet.held), (usd("70"), usd("30")));
    let again = engine
        .line_action(caller, HoldOf::Line(line.id), LineAction::Hold, None)
        .await;
    assert_eq!(reason(again), Some(Reason::WrongState));
    let refreshed = engine.refresh_batch(caller, january, None).await.unwrap();
    assert_eq!(
        (refreshed.totals, refreshed.held),
        (vec![usd("70")], vec![usd("30")])
    );

    company.freeze_and_pay(january).await;
    assert_eq!(
        reason(company.batch_of("2026-02").await),
        Some(Reason::NothingToPay)
    );
    company.check_books().await;
    let released = engine
        .line_action(caller, HoldOf::Line(line.id), LineAction::Release, None)
        .await
        .unwrap();
    assert_eq!((released.line, released.sheet.held), (None, usd("0")));
    assert_eq!(released.sheet.total, usd("70"), "what was paid stays");
    let again = engine
        .line_action(caller, HoldOf::Line(line.id), LineAction::Release, None)
        .await;
    assert_eq!(reason(again), Some(Reason::NotFound));
    let february = company.batch_of("2026-02").await.unwrap();
    assert_eq!(
        company.freeze_and_pay(february.batch.id).await.totals,
        [usd("30")]
    );
    company.check_books().await;
    assert_eq!(
        company.paid().await.values().sum::<Decimal>(),
        usd("100").amount
    );
}

#[tokio::test]
async fn a_hold_outlives_the_recalculation_of_what_is_held() {
    let company = Company::new().await;
    company
        .earned(vec![of(1, "ann", "70"), of(2, "ann", "30")])
        .await;
    let (engine, caller) = (&company.engine, &company.caller);
    let january = company.january().await.unwrap().batch.id;
    let line = company.lines(january).await.remove(1);
    engine
        .line_action(caller, HoldOf::Line(line.id), LineAction::Hold, None)
        .await
        .unwrap();
    company.freeze_and_pay(january).await;
    company.recalculated(2, "45", 3).await;

    let february = company.batch_of("2026-02").await.unwrap();
    assert_eq!(
        (february.totals, february.held),
        (vec![usd("0")], vec![usd("45")])
    );
    assert_eq!(
        company.sheets(january).await[0].held,
        usd("0"),
        "the old hold is gone"
    );
    let line = company.lines(february.batch.id).await.remove(0);
    engine
        .line_action(caller, HoldOf::Line(line.id), LineAction::Release, None)
        .await
        .unwrap();
    assert_eq!(
        company.freeze_and_pay(february.batch.id).await.totals,
        [usd("45")]
    );
    company.check_books().await;
}

#[tokio::test]
async fn sheets_of_a_batch_are_approved_by_others() {
    let company = Company::new().await;
    company
        .earned(vec![of(1, "ann", "70"), of(2, "ben", "30")])
        .await;
    let ann = Caller::new(company.caller.workspace.clone(), name("ann"));
    let id = company.january().await.unwrap().batch.id;
    for action in [PaysheetAction::Lock, PaysheetAction::Submit] {
        let outcome = company
            .engine
            .paysheets_action(&ann, id, action)
            .await
            .unwrap();
        assert_eq!((outcome.there, outcome.refused), (2, 0));
    }
    let outcome = company
        .engine
        .paysheets_action(&ann, id, PaysheetAction::Approve)
        .await
        .unwrap();
    assert_eq!((outcome.there, outcome.refused), (1, 1));
    assert_eq!(outcome.failures[0].error.reason, Reason::OwnApproval);
    let own = company.sheets(id).await.remove(0);
    let approve = PaysheetAction::Approve;
    let alone = company
        .engine
        .paysheet_action(&ann, own.id, approve, None)
        .await;
    assert_eq!(reason(alone), Some(Reason::OwnApproval));
    let by_clerk = company
        .engine
        .paysheet_action(&company.caller, own.id, approve, None)
        .await;
    assert_eq!(by_clerk.unwrap().status, PaysheetStatus::Approved);
    let view = company.engine.batch(&company.caller, id).await.unwrap();
    assert_eq!(view.sheets[&PaysheetStatus::Approved], 2);
}

#[tokio::test]
async fn somebody_who_cannot_be_paid_stops_nobody_else() {
    let mut ben = participant("ben");
    ben.pay_currency = Some(Currency::parse("EUR").unwrap());
    let company = Company::of(vec![participant("ann"), ben]).await;
    company
        .earned(vec![of(1, "ann", "70"), of(2, "ben", "30")])
        .await;
    let january = company.january().await.unwrap();
    assert_eq!(january.totals, [usd("70")]);
    assert_eq!(january.left_out.len(), 1);
    assert_eq!(january.left_out[0].subject, "participant ben");
    assert_eq!(
        january.left_out[0].error.reason,
        Reason::MissingCurrencyRate
    );
    let asked = company
        .engine
        .left_out(&company.caller, january.batch.id)
        .await
        .unwrap();
    assert_eq!(asked, january.left_out);
    let only_ben = company.january().await.unwrap_err();
    assert_eq!(only_ben.reason, Reason::NothingToPay);
    assert!(only_ben.text.contains("participant ben"), "{only_ben}");
}

#[tokio::test]
async fn a_repeated_request_gets_the_first_answer() {
    let company = Company::new().await;
    company.earned(vec![of(1, "ann", "70")]).await;
    let (engine, group) = (&company.engine, name("staff"));
    let caller = company.caller.clone().with_request(Some(name("r1")));
    let first = engine
        .create_batch(&caller, &group, &name("2026-01"), None)
        .await
        .unwrap();
    let repeat = engine
        .create_batch(&caller, &group, &name("2026-01"), None)
        .await
        .unwrap();
    assert_eq!(first, repeat);
    let other = engine
        .create_batch(&caller, &group, &name("2026-02"), None)
        .await;
    assert_eq!(reason(other), Some(Reason::RequestIdReused));

    let (id, delete) = (
        first.batch.id,
        company.caller.clone().with_request(Some(name("r2"))),
    );
    engine.delete_batch(&delete, id, None).await.unwrap();
    engine.delete_batch(&delete, id, None).await.unwrap();
    let unnamed = engine.delete_batch(&company.caller, id, None).await;
    assert_eq!(reason(unnamed), Some(Reason::NotFound));
}

#[tokio::test]
async fn what_changed_since_it_was_read_is_left_alone() {
    let company = Company::new().await;
    company.earned(vec![of(1, "ann", "70")]).await;
    let (engine, caller) = (&company.engine, &company.caller);
    let id = company.january().await.unwrap().batch.id;
    let stale = Some(Version(7));
    let mismatch = Some(Reason::VersionMismatch);
    assert_eq!(
        reason(engine.refresh_batch(caller, id, stale).await),
        mismatch
    );
    assert_eq!(
        reason(engine.freeze_batch(caller, id, stale).await),
        mismatch
    );
    assert_eq!(
        reason(engine.delete_batch(caller, id, stale).await),
        mismatch
    );
    let line = company.lines(id).await.remove(0);
    let hold = engine
        .line_action(caller, HoldOf::Line(line.id), LineAction::Hold, stale)
        .await;
    assert_eq!(reason(hold), mismatch);
    let lock = engine
        .paysheet_action(caller, line.paysheet, PaysheetAction::Lock, stale)
        .await;
    assert_eq!(reason(lock), mismatch);
}

#[tokio::test]
async fn every_change_is_in_the_activity_log() {
    let company = Company::new().await;
    company
        .earned(vec![of(1, "ann", "70"), of(2, "ann", "30")])
        .await;
    let (engine, caller) = (&company.engine, &company.caller);
    let id = company.january().await.unwrap().batch.id;
    let line = company.lines(id).await.remove(0);
    engine
        .line_action(caller, HoldOf::Line(line.id), LineAction::Hold, None)
        .await
        .unwrap();
    company.freeze_and_pay(id).await;
    let entries = engine
        .activities(caller, None, ChunkSize::largest())
        .await
        .unwrap();
    let said: Vec<String> = entries
        .iter()
        .map(|entry| format!("{:?} {:?} {}", entry.action, entry.record, entry.count))
        .collect();
    let expected = [
        "Created Batch 1",
        "Created Paysheet 1",
        "Created PaymentLine 2",
        "Updated Earning 2",
        "Updated Paysheet 1",
        "Updated PaymentLine 1",
        "Updated Batch 1",
        "Updated Batch 1",
        "Updated Paysheet 1",
        "Updated Earning 1",
    ];
    for one in expected {
        let times = |list: &[String]| list.iter().filter(|said| *said == one).count();
        let wanted = times(&expected.map(str::to_owned));
        assert_eq!(times(&said), wanted, "{one} in {said:?}");
    }
}

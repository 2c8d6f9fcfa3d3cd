//! Adjusting, what waits for Revert, the gate, Revert, and the past of records, by the calls of the
//! protocol alone.

use attain_client::proto::adjustment::Subject;
use attain_client::proto::credit_adjustment::Action;
use attain_client::proto::transaction_adjustment::{Action as SaleAction, Transaction as Which};
use attain_client::proto::{
    Adjustment, Credit, CreditAdjustment, CreditChange, CreditKind, CreditTransfer, DateRange,
    EarningView, LeftBecause, Process, RunStatus, TransactionAdjustment, TransactionKey, WhenBusy,
};
use attain_client::{Client, proto, values};
use futures::{TryStreamExt, stream};

use crate::company::{first_quarter, rows};
use crate::running::Running;

const WHY: &str = "the order was larger";

/// The small company after its first pay day.
async fn paid_once() -> Running {
    let running = Running::with_company().await;
    let client = &running.client;
    let answers = client.import_transactions(stream::iter(rows())).await;
    let answers = answers.expect("an import").try_collect::<Vec<_>>().await;
    answers.expect("all answers");
    run(client, Process::RunAll, first_quarter()).await;
    pay(client, "2026-01").await;
    running
}

async fn run(client: &Client, process: Process, dates: DateRange) -> proto::Run {
    let run = client.run_to_end(process, dates, WhenBusy::Refuse, |_| {});
    let run = run.await.expect("a run");
    let ended_well = [RunStatus::Succeeded, RunStatus::SucceededWithErrors];
    assert!(ended_well.contains(&run.status()), "{run:?}");
    run
}

/// Pays a month, and gives what Ana got.
async fn pay(client: &Client, period: &str) -> String {
    let batch = client.create_batch("everybody", period, None).await;
    let id = batch.expect("a batch").batch.batch_id;
    client.freeze_batch(&id, None).await.expect("frozen");
    client.pay_batch(&id, None).await.expect("paid");
    let sheets: Vec<_> = client.paysheets(&id).try_collect().await.expect("sheets");
    let of_ana = sheets.iter().find(|sheet| sheet.participant == "ana");
    let total = of_ana.and_then(|sheet| sheet.total.as_ref());
    total.map(values::amount_text).unwrap_or_default()
}

/// Ana's own credit of an order.
async fn credit_of(client: &Client, number: &str) -> Credit {
    let (_, credits) = client.transaction(number, "ORDER").await.expect("an order");
    let mut direct = credits.into_iter().filter(|credit| {
        credit.kind() == CreditKind::Direct
            && credit.participant == "ana"
            && credit.obsolete.is_none()
    });
    direct.next().expect("a credit")
}

fn of_credit(credit_id: &str, etag: &str, action: Action) -> Adjustment {
    Adjustment {
        subject: Some(Subject::Credit(CreditAdjustment {
            credit_id: credit_id.to_owned(),
            etag: etag.to_owned(),
            action: Some(action),
        })),
    }
}

fn to_amount(credit: &Credit, amount: &str) -> Adjustment {
    let change = CreditChange {
        amount: values::money(amount, "USD"),
        ..CreditChange::default()
    };
    of_credit(&credit.credit_id, &credit.etag, Action::Change(change))
}

fn of_order(number: &str, action: SaleAction) -> Adjustment {
    Adjustment {
        subject: Some(Subject::Transaction(TransactionAdjustment {
            transaction: Some(Which::Key(TransactionKey {
                source_number: number.to_owned(),
                transaction_type: "ORDER".to_owned(),
            })),
            etag: String::new(),
            action: Some(action),
        })),
    }
}

#[tokio::test]
async fn a_paid_credit_is_corrected_over_the_wire() {
    let running = paid_once().await;
    let client = &running.client;
    let credit = credit_of(client, "1").await;
    let done = client.adjust(vec![to_amount(&credit, "20000")], WHY).await;
    let done = done.expect("an answer").remove(0).expect("it is done");
    assert!(done.changed && done.made_credit_ids.len() == 1);
    assert!(done.obsolete_credit_ids.contains(&credit.credit_id));
    assert_eq!(
        done.obsolete_credit_ids.len(),
        3,
        "those of Mia and Vic with it"
    );

    let pending = client.pending(DateRange::default()).await.expect("pending");
    let counts = pending.counts.expect("counts");
    assert_eq!((counts.credits, counts.earnings), (3, 1));
    assert_eq!(pending.first.len(), 4);
    assert_eq!(counts.first_date, values::date("2026-01-05"));

    let busy = WhenBusy::Refuse;
    let gate = client.start_run(Process::Calculate, first_quarter(), busy);
    let gate = gate.await.expect_err("it has to be reverted first");
    assert_eq!(gate.reason(), Some("REVERT_PENDING"));
    let attain_client::ClientError::Refused(refused) = gate else {
        panic!("not refused: {gate}");
    };
    assert_eq!(refused.details["credits"], "3");
    let named: Vec<&str> = refused
        .preconditions
        .iter()
        .map(|one| one.subject.as_str())
        .collect();
    let subject = format!("credit/{}", credit.credit_id);
    assert!(named.contains(&subject.as_str()), "{named:?}");
    let batch = client.create_batch("everybody", "2026-02", None).await;
    assert_eq!(batch.expect_err("refused").reason(), Some("REVERT_PENDING"));

    let reverted = run(client, Process::Revert, DateRange::default()).await;
    let outcomes = reverted.counts.expect("counts").outcomes;
    assert_eq!(outcomes.get("reversals_written"), Some(&1));
    let again = run(client, Process::Revert, DateRange::default()).await;
    assert_eq!(again.counts.expect("counts").taken, 0);
    let batch = client.create_batch("everybody", "2026-02", None).await;
    assert_eq!(
        batch.expect_err("refused").reason(),
        Some("CALCULATION_PENDING")
    );
    assert_eq!(waiting(client).await, ["-600"]);
    run(client, Process::RunAll, first_quarter()).await;
    assert!(waiting(client).await.is_empty(), "it is posted");
    // 56,000 in January instead of 48,000 are 2,920 instead of 2,400; February is 3,010.
    assert_eq!(pay(client, "2026-02").await, "3530");
    check_past(client, &credit, &done.made_credit_ids[0]).await;
}

/// The listed amounts of what a calculation has to post before it is paid.
async fn waiting(client: &Client) -> Vec<String> {
    let earnings = client.earnings(None, first_quarter(), EarningView::Basic);
    let earnings: Vec<_> = earnings.try_collect().await.expect("earnings");
    let waiting = earnings.iter().filter(|earning| earning.awaits_calculation);
    let outcomes = waiting.map(|earning| earning.outcome.as_ref());
    let amounts = outcomes.map(|outcome| match outcome {
        Some(proto::earning::Outcome::Amount(amount)) => values::amount_text(amount),
        other => panic!("no amount: {other:?}"),
    });
    amounts.collect()
}

/// The corrected credit, its order and its earning with all their versions.
async fn check_past(client: &Client, credit: &Credit, made: &str) {
    let versions = client.credit_history(made).await.expect("a history");
    assert_eq!(versions.len(), 2);
    let (old, new) = (&versions[0], &versions[1]);
    let left = old.left.as_ref().expect("it left");
    assert_eq!(left.because(), LeftBecause::Adjusted);
    let old = old.credit.as_ref().expect("a row");
    assert_eq!(old.credit_id, credit.credit_id);
    let mark = old.obsolete.as_ref().expect("a mark");
    assert_eq!((mark.reason.as_str(), mark.actor.as_str()), (WHY, "ana"));
    assert!(new.left.is_none());
    let new = new.credit.as_ref().expect("a row");
    assert_eq!(
        (new.credit_id.as_str(), &new.adjusted_from),
        (made, &credit.credit_id)
    );
    assert_eq!(new.lineage_id, credit.lineage_id);

    let past = client.transaction_history("1", "ORDER").await;
    let past = past.expect("a history");
    assert_eq!(past.versions.len(), 1, "the order itself did not change");
    assert!(past.credits.len() >= 4);

    let earnings = client.earnings(Some("ana"), first_quarter(), EarningView::Basic);
    let earnings: Vec<_> = earnings.try_collect().await.expect("earnings");
    let of_it = earnings.iter().find(|earning| earning.credit_id == made);
    let id = &of_it.expect("it is earned").earning_id;
    let past = client.earning_history(id, EarningView::Full).await;
    let past = past.expect("a history");
    let amounts: Vec<_> = past
        .versions
        .iter()
        .filter_map(|version| version.earning.as_ref()?.outcome.clone())
        .collect();
    assert_eq!(amounts.len(), 3, "the first, its reversal, and the new one");
    assert_eq!(past.payment_lines.len(), 3);
    assert!(past.versions[0].left.is_some());
}

#[tokio::test]
async fn of_two_writers_one_is_told_the_current_version() {
    let running = paid_once().await;
    let client = &running.client;
    let credit = credit_of(client, "4").await;
    let first = client.adjust(vec![to_amount(&credit, "1")], WHY).await;
    first.expect("an answer").remove(0).expect("it is done");
    let second = client.adjust(vec![to_amount(&credit, "2")], WHY).await;
    let refused = second.expect("an answer").remove(0);
    let refused = refused.expect_err("it was changed since it was read");
    assert_eq!(refused.reason, "VERSION_MISMATCH");
    let current: u32 = refused.details["current_version"]
        .parse()
        .expect("a version");
    let read: u32 = credit.etag.parse().expect("a version");
    assert!(current > read);
}

/// A change of an attribute to a number.
fn with_number(attribute: &str) -> SaleAction {
    let number = proto::attribute_value::Value::Number(values::decimal("7"));
    let value = proto::AttributeValue {
        value: Some(number),
    };
    SaleAction::Change(proto::TransactionChange {
        attributes: [(attribute.to_owned(), value)].into(),
        ..proto::TransactionChange::default()
    })
}

#[tokio::test]
async fn each_element_is_answered_at_its_index() {
    let running = paid_once().await;
    let client = &running.client;
    let credit = credit_of(client, "1").await;
    let unknown = format!("crd_{:032}", 1);
    let transfer = CreditTransfer {
        to: "nobody".to_owned(),
    };
    let other = credit_of(client, "4").await;
    let keep = SaleAction::PreserveCredits(true);
    let asked = vec![
        of_order("no-such", keep.clone()),
        to_amount(&credit, "20000"),
        of_credit(&unknown, "", Action::Cancel(proto::CreditCancellation {})),
        of_credit(&other.credit_id, "", Action::Transfer(transfer)),
        of_order("11", keep.clone()),
        of_order("no-such", keep),
        of_order("2", with_number("rep")),
        of_order("3", with_number("size")),
    ];
    let answers = client.adjust(asked, WHY).await.expect("answers");
    let told: Vec<_> = answers
        .iter()
        .map(|one| match one {
            Ok(done) if done.changed => "done",
            Ok(_) => "unchanged",
            Err(refused) => refused.reason.as_str(),
        })
        .collect();
    assert_eq!(
        told,
        [
            "NOT_FOUND",
            "done",
            "NOT_FOUND",
            "UNKNOWN_PARTICIPANT",
            "done",
            "NOT_FOUND",
            "MALFORMED_VALUE",
            "UNKNOWN_FIELD",
        ]
    );
    let fields = answers[6..].iter().map(|one| match one {
        Ok(done) => panic!("it was done: {done:?}"),
        Err(refused) => refused.field.as_str(),
    });
    assert_eq!(
        fields.collect::<Vec<_>>(),
        ["attribute.rep", "attribute.size"]
    );
    let refused = answers[3].as_ref().expect_err("refused");
    assert_eq!(refused.field, "to");
    assert_eq!(refused.details["participant"], "nobody");
}

#[tokio::test]
async fn what_cannot_be_read_refuses_the_request() {
    let running = paid_once().await;
    let client = &running.client;
    let credit = credit_of(client, "1").await;
    let bad = [
        of_credit("crd_1", "", Action::Cancel(proto::CreditCancellation {})),
        of_credit(
            &credit.credit_id,
            "first",
            Action::Cancel(proto::CreditCancellation {}),
        ),
    ];
    let asked = [&[to_amount(&credit, "20000")][..], &bad].concat();
    let refused = client.adjust(asked, WHY).await.expect_err("refused");
    let attain_client::ClientError::Refused(refused) = refused else {
        panic!("not refused: {refused}");
    };
    assert_eq!(refused.reason, "MALFORMED_VALUE");
    let fields: Vec<&str> = refused
        .fields
        .iter()
        .map(|one| one.field.as_str())
        .collect();
    assert_eq!(
        fields,
        [
            "adjustments[1].credit.credit_id",
            "adjustments[2].credit.etag"
        ]
    );
    let pending = client.pending(DateRange::default()).await.expect("pending");
    assert!(pending.first.is_empty(), "nothing was done");
}

#[tokio::test]
async fn a_request_needs_a_reason_and_has_a_limit() {
    let running = paid_once().await;
    let client = &running.client;
    let credit = credit_of(client, "1").await;
    let without = client.adjust(vec![to_amount(&credit, "1")], " ").await;
    let without = without.expect_err("no reason");
    assert_eq!(without.reason(), Some("MISSING_VALUE"));
    let many = vec![to_amount(&credit, "1"); 10_001];
    let many = client.adjust(many, WHY).await.expect_err("too many");
    assert_eq!(many.reason(), Some("TOO_MANY"));
    let many = vec![to_amount(&credit, "1"); 1_001];
    let many = client.preview_adjust(many).await.expect_err("too many");
    assert_eq!(many.reason(), Some("TOO_MANY"));
}

#[tokio::test]
async fn a_repeated_adjustment_gets_the_first_answer() {
    let running = paid_once().await;
    let client = running.client.clone().with_request_id("fix-1");
    let credit = credit_of(&client, "1").await;
    let unknown = of_order("no-such", SaleAction::PreserveCredits(true));
    let change = proto::TransactionChange {
        amount: values::money("11000.50", "EUR"),
        ..proto::TransactionChange::default()
    };
    // Its key has another newest version after the first call.
    let changed = of_order("4", SaleAction::Change(change));
    let asked = vec![to_amount(&credit, "20000"), unknown, changed];
    let first = client.adjust(asked.clone(), WHY).await.expect("answers");
    let second = client.adjust(asked, WHY).await.expect("the same answers");
    assert_eq!(first, second);
    assert!(first[2].as_ref().is_ok_and(|done| done.changed));
    let other = client.adjust(vec![to_amount(&credit, "30000")], WHY).await;
    assert_eq!(
        other.expect_err("other content").reason(),
        Some("REQUEST_ID_REUSED")
    );
}

#[tokio::test]
async fn a_preview_stores_nothing() {
    let running = paid_once().await;
    let client = &running.client;
    let credit = credit_of(client, "1").await;
    let preview = client
        .preview_adjust(vec![to_amount(&credit, "20000")])
        .await;
    let preview = preview.expect("a preview");
    assert_eq!((preview.outcomes.len(), preview.credits.len()), (1, 1));
    let taken_back = preview
        .reversals
        .iter()
        .filter_map(|one| one.amount.as_ref());
    let taken_back: Vec<_> = taken_back.map(values::amount_text).collect();
    assert_eq!(taken_back, ["-600"]);
    let of_ana = preview
        .pay
        .iter()
        .find(|change| change.participant == "ana");
    let of_ana = of_ana.expect("a change");
    assert_ne!(of_ana.before, of_ana.after);
    let pending = client.pending(DateRange::default()).await.expect("pending");
    assert!(pending.first.is_empty());
    assert_eq!(credit_of(client, "1").await, credit);
}

#[tokio::test]
async fn what_was_known_at_a_moment_can_be_asked() {
    let running = paid_once().await;
    let client = &running.client;
    let runs: Vec<_> = client.runs().try_collect().await.expect("runs");
    let before = runs[0].create_time.expect("a time");
    let then = client.as_of("ana", before).await.expect("what was known");
    assert!(then.earnings.is_empty() && then.paid.is_empty());
    let later = values::instant("2999-01-01T00:00:00Z").expect("an instant");
    let now = client.as_of("ana", later).await.expect("what is known");
    let january = now.earned.iter().find(|sum| sum.period == "2026-01");
    let sums = [
        january.and_then(|sum| sum.amount.as_ref()),
        now.paid.first().and_then(|sum| sum.amount.as_ref()),
    ];
    let sums = sums.map(|sum| sum.map(values::amount_text).unwrap_or_default());
    assert_eq!(sums, ["2400", "2400"]);
}

#[tokio::test]
async fn a_transaction_is_changed_and_cancelled_by_its_key() {
    let running = paid_once().await;
    let client = &running.client;
    let ben = proto::AttributeValue {
        value: Some(proto::attribute_value::Value::Text("ben".to_owned())),
    };
    let change = proto::TransactionChange {
        amount: values::money("11000.50", "EUR"),
        attributes: [("rep".to_owned(), ben)].into(),
        hold: Some(true),
        ..proto::TransactionChange::default()
    };
    let asked = vec![
        of_order("1", SaleAction::Change(change)),
        of_order("4", SaleAction::Cancel(proto::TransactionCancellation {})),
    ];
    let answers = client.adjust(asked, WHY).await.expect("answers");
    let changed = answers[0].as_ref().expect("it is done");
    let cancelled = answers[1].as_ref().expect("it is done");
    assert!(changed.made_credit_ids.is_empty() && changed.obsolete_credit_ids.len() == 3);
    assert!(cancelled.made_transaction_id.is_empty() && cancelled.changed);

    let past = client.transaction_history("1", "ORDER").await;
    let versions = past.expect("a history").versions;
    let rows = versions.iter().filter_map(|one| one.transaction.as_ref());
    let rows: Vec<_> = rows.collect();
    assert_eq!(rows.len(), 2);
    assert_eq!(rows[1].transaction_id, changed.made_transaction_id);
    assert_eq!(rows[1].replaces, rows[0].transaction_id);
    let amount = rows[1].amount.as_ref().expect("an amount");
    assert_eq!(
        (
            values::amount_text(amount).as_str(),
            amount.currency_code.as_str()
        ),
        ("11000.5", "EUR")
    );
    assert!(rows[1].flags.is_some_and(|flags| flags.hold));
    let (fourth, _) = client.transaction("4", "ORDER").await.expect("it is there");
    assert_eq!(fourth.status(), proto::TransactionStatus::Cancelled);
    let again = of_order("4", SaleAction::PreserveCredits(true));
    let again = client.adjust(vec![again], WHY).await.expect("an answer");
    let refused = again[0].as_ref().expect_err("it is cancelled");
    assert_eq!(refused.reason, "WRONG_STATE");
}

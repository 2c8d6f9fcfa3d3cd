//! From documents to paid sheets, by the calls of the protocol alone.

use attain_client::proto::{
    BatchStatus, DefinitionKind, DefinitionOutcome, EarningView, PaysheetAction, PaysheetStatus,
    Process, RunStatus, WhenBusy, explanation,
};
use attain_client::{ApplyMode, Client, ClientError, proto, values};
use futures::{TryStreamExt, stream};

use crate::company::{documents, first_quarter, rows};
use crate::running::Running;

async fn import_and_run(client: &Client) -> proto::Run {
    let answers = client
        .import_transactions(stream::iter(rows()))
        .await
        .expect("an import");
    let answers: Vec<_> = answers.try_collect().await.expect("all answers");
    let counts = answers
        .last()
        .map(|answer| answer.counts)
        .expect("an answer");
    assert_eq!((counts.read, counts.stored, counts.rejected), (33, 31, 2));
    let mut looks = 0;
    let run = client
        .run_to_end(Process::RunAll, first_quarter(), WhenBusy::Refuse, |_| {
            looks += 1
        })
        .await
        .expect("a run");
    assert!(looks >= 1);
    run
}

fn amount(money: Option<&attain_client::standard::Money>) -> String {
    money.map(values::amount_text).unwrap_or_default()
}

#[tokio::test]
async fn a_company_is_paid_over_the_wire() {
    let running = Running::with_company().await;
    let client = &running.client;
    let run = import_and_run(client).await;
    assert_eq!(
        run.status(),
        RunStatus::SucceededWithErrors,
        "zoe is not known"
    );
    let counts = run.counts.clone().expect("counts");
    assert_eq!(counts.taken, counts.done + counts.skipped + counts.failed);
    assert_eq!(counts.errors.get("UNKNOWN_PARTICIPANT"), Some(&1));

    let batch = client
        .create_batch("everybody", "2026-01", None)
        .await
        .expect("a batch");
    assert_eq!(batch.batch.status(), BatchStatus::Unpaid);
    let id = batch.batch.batch_id.as_str();
    let sheets: Vec<_> = client.paysheets(id).try_collect().await.expect("sheets");
    let paid: Vec<_> = sheets
        .iter()
        .map(|s| (s.participant.as_str(), amount(s.total.as_ref())))
        .collect();
    assert_eq!(paid[0], ("ana", "2400".to_owned()));
    assert_eq!(paid[1], ("ben", "1600".to_owned()));

    let locked = client
        .act_on_paysheets(id, PaysheetAction::Lock)
        .await
        .expect("locked");
    assert_eq!((locked.there, locked.refused), (sheets.len() as u64, 0));
    let frozen = client.freeze_batch(id, Some(&batch.batch.etag)).await;
    let frozen = frozen.expect("the sheets changed, the batch did not");
    let payed = client
        .pay_batch(id, Some(&frozen.batch.etag))
        .await
        .expect("paid");
    assert_eq!(payed.batch.status(), BatchStatus::Paid);
    assert_eq!(
        amount(payed.summary.totals.first()),
        amount(batch.summary.totals.first())
    );

    let statement = client
        .statement("ana", "2026-01")
        .await
        .expect("a statement");
    let totals = statement.totals.expect("totals");
    assert_eq!(
        (amount(totals.earned.as_ref()), amount(totals.paid.as_ref())),
        ("2400".into(), "2400".into())
    );
    let log: Vec<_> = client
        .run_log(&run.run_id)
        .try_collect()
        .await
        .expect("a log");
    assert!(
        log.iter()
            .any(|entry| entry.reason == "UNKNOWN_PARTICIPANT")
    );
    let activities: Vec<_> = client.activities().try_collect().await.expect("activities");
    assert!(activities.iter().all(|activity| activity.actor == "ana"));
}

#[tokio::test]
async fn what_was_made_can_be_looked_at() {
    let running = Running::with_company().await;
    let client = &running.client;
    let run = import_and_run(client).await;
    assert_eq!(client.run(&run.run_id).await.expect("the run"), run);
    let runs: Vec<_> = client.runs().try_collect().await.expect("runs");
    assert_eq!(runs, [run]);

    let all: Vec<_> = client
        .transactions(first_quarter())
        .try_collect()
        .await
        .expect("rows");
    assert_eq!(all.len(), 31);
    let (seventh, shares) = client.transaction("7", "ORDER").await.expect("it is there");
    assert_eq!(amount(seventh.amount.as_ref()), "10000");
    assert!(shares.len() >= 2, "ana and ben share it, and it rolls up");
    let credits: Vec<_> = client
        .credits("ana", first_quarter())
        .try_collect()
        .await
        .expect("rows");
    assert!(credits.iter().all(|credit| credit.participant == "ana"));

    let whose = Some("ana");
    let earnings = client.earnings(whose, first_quarter(), EarningView::Full);
    let earnings: Vec<_> = earnings.try_collect().await.expect("earnings");
    assert!(earnings.iter().all(|earning| earning.trace.is_some()));
    let basic: Vec<_> = client
        .earnings(None, first_quarter(), EarningView::Basic)
        .try_collect()
        .await
        .expect("all");
    assert!(basic.len() > earnings.len());
    assert!(basic.iter().all(|earning| earning.trace.is_none()));
    let first = client
        .explain(&earnings[0].earning_id)
        .await
        .expect("an explanation");
    let Some(explanation::Source::Credit(credit)) = first.source else {
        panic!("the first earning comes from a credit: {first:?}");
    };
    assert_eq!(credit.rule.map(|rule| rule.rule).as_deref(), Some("alone"));
}

#[tokio::test]
async fn sheets_and_lines_move_on_one_by_one() {
    let running = Running::with_company().await;
    let client = &running.client;
    import_and_run(client).await;
    let batch = client
        .create_batch("everybody", "2026-01", None)
        .await
        .expect("a batch")
        .batch;
    let id = batch.batch_id.as_str();
    let moved = client
        .set_pay_date(id, values::date("2026-02-15").expect("a date"), None)
        .await;
    assert_ne!(moved.expect("moved").batch.etag, batch.etag);
    let fresh = client.refresh_batch(id, None).await.expect("refreshed");
    assert_eq!(fresh.batch.pay_date, values::date("2026-02-15"));
    assert_eq!(client.left_out(id).await.expect("nobody").len(), 0);
    assert_eq!(
        client.batch(id).await.expect("the batch").summary,
        fresh.summary
    );
    let batches: Vec<_> = client.batches().try_collect().await.expect("batches");
    assert_eq!(batches, [fresh.batch]);

    let sheets: Vec<_> = client.paysheets(id).try_collect().await.expect("sheets");
    let sheet = sheets[0].paysheet_id.as_str();
    let lines: Vec<_> = client
        .payment_lines(sheet)
        .try_collect()
        .await
        .expect("lines");
    let explained: Vec<_> = client
        .explain_paysheet(sheet)
        .try_collect()
        .await
        .expect("lines");
    assert_eq!(lines.len(), explained.len());
    let view = client.paysheet(sheet).await.expect("the sheet");
    assert_eq!(view.line_count, lines.len() as u64);
    let line = lines[0].line_id.as_str();
    let held = client
        .hold_line(line, Some(&lines[0].etag))
        .await
        .expect("held");
    assert_eq!(held.line.map(|line| line.held), Some(true));
    let released = client.release_line(line, None).await.expect("released");
    assert_eq!(released.paysheet.total, sheets[0].total);

    client.lock_paysheet(sheet, None).await.expect("locked");
    client
        .submit_paysheet(sheet, None)
        .await
        .expect("submitted");
    let own = client
        .approve_paysheet(sheet, None)
        .await
        .expect_err("ana approves her own");
    assert_eq!(own.reason(), Some("OWN_APPROVAL"));
    let rejected = client.reject_paysheet(sheet, None).await.expect("rejected");
    assert_eq!(rejected.status(), PaysheetStatus::Unpaid);
    client.delete_batch(id, None).await.expect("deleted");
    let gone = client.batch(id).await.expect_err("deleted");
    assert_eq!(gone.reason(), Some("NOT_FOUND"));
}

#[tokio::test]
async fn exported_documents_are_what_stands() {
    let running = Running::with_company().await;
    let client = &running.client;
    let exported: Vec<_> = client
        .export()
        .await
        .expect("an export")
        .try_collect()
        .await
        .expect("all");
    let people: Vec<_> = client
        .definitions(DefinitionKind::Participant)
        .try_collect()
        .await
        .expect("people");
    assert_eq!(people.len(), 6);
    let files = exported.iter().map(|definition| proto::DefinitionFile {
        name: format!("{}.yaml", definition.definition_id),
        text: definition.document.clone(),
    });
    let again = client
        .apply(files.collect(), Vec::new(), ApplyMode::Write)
        .await
        .expect("valid");
    assert_eq!(again.definitions.len(), exported.len());
    let unchanged = DefinitionOutcome::Unchanged;
    assert!(
        again
            .definitions
            .iter()
            .all(|applied| applied.outcome() == unchanged)
    );
}

#[tokio::test]
async fn everything_wrong_with_documents_is_told_at_once() {
    let running = Running::start().await;
    let client = &running.client;
    client.create_workspace().await.expect("made");
    let mut files = documents();
    files[0].text = files[0].text.replace("USD", "XXX");
    files[2].text = files[2].text.replace("running_total", "runing_total");
    let error = client
        .apply(files, Vec::new(), ApplyMode::Validate)
        .await
        .expect_err("wrong");
    let ClientError::Refused(refused) = error else {
        panic!("{error}")
    };
    let told: Vec<_> = refused
        .fields
        .iter()
        .map(|f| format!("{} | {}", f.field, f.text))
        .collect();
    assert!(told.len() >= 2, "{told:#?}");
    assert!(
        told.iter().any(|line| line.contains("runing_total")),
        "{told:#?}"
    );
    assert!(told.iter().any(|line| line.contains("XXX")), "{told:#?}");
}

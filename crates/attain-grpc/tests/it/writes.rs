//! Request ids, etags, names of callers, and what is refused.

use attain_client::proto::batch_service_client::BatchServiceClient;
use attain_client::proto::{Batch, EarningView, Process, UpdateBatchRequest, WhenBusy};
use attain_client::{Client, values};
use futures::{TryStreamExt, stream};
use tonic::Code;
use tonic_types::StatusExt;

use crate::company::{first_quarter, rows};
use crate::running::Running;

#[tokio::test]
async fn a_repeated_request_gets_the_first_answer() {
    let running = Running::with_company().await;
    let client = running.client.clone().with_request_id("start-1");
    let (process, busy) = (Process::RunAll, WhenBusy::Wait);
    let first = client
        .start_run(process, first_quarter(), busy)
        .await
        .expect("a run");
    let first = client
        .watch_to_end(&first.run_id, |_| {})
        .await
        .expect("its end");
    let second = client
        .start_run(process, first_quarter(), busy)
        .await
        .expect("the same run");
    assert_eq!(second, first);
    let runs: Vec<_> = client.runs().try_collect().await.expect("runs");
    assert_eq!(runs.len(), 1);
    let other = client
        .start_run(Process::Classify, first_quarter(), busy)
        .await;
    assert_eq!(
        other.expect_err("other content").reason(),
        Some("REQUEST_ID_REUSED")
    );
}

#[tokio::test]
async fn a_stale_etag_is_refused() {
    let running = Running::with_company().await;
    let client = &running.client;
    let answers = client
        .import_transactions(stream::iter(rows()))
        .await
        .expect("imports");
    answers.try_collect::<Vec<_>>().await.expect("all answers");
    let (process, busy) = (Process::RunAll, WhenBusy::Refuse);
    client
        .run_to_end(process, first_quarter(), busy, |_| {})
        .await
        .expect("a run");
    let batch = client
        .create_batch("everybody", "2026-01", None)
        .await
        .expect("a batch")
        .batch;
    let later = values::date("2026-02-15").expect("a date");
    let moved = client.set_pay_date(&batch.batch_id, later, Some(&batch.etag));
    moved.await.expect("it is as it was read");
    let stale = client
        .freeze_batch(&batch.batch_id, Some(&batch.etag))
        .await;
    assert_eq!(
        stale.expect_err("it was moved").reason(),
        Some("VERSION_MISMATCH")
    );
    let no_etag = client.freeze_batch(&batch.batch_id, Some("x")).await;
    assert_eq!(
        no_etag.expect_err("not an etag").reason(),
        Some("MALFORMED_VALUE")
    );
    let early = client
        .pay_batch(&batch.batch_id, None)
        .await
        .expect_err("not frozen");
    assert_eq!(early.reason(), Some("WRONG_STATE"));
}

#[tokio::test]
async fn only_the_pay_date_of_a_batch_can_be_changed() {
    let running = Running::with_company().await;
    let mut service = BatchServiceClient::new(running.channel().await);
    let message = UpdateBatchRequest {
        workspace: "acme".to_owned(),
        batch: Some(Batch {
            batch_id: format!("bat_{:032}", 1),
            pay_date: values::date("2026-01-31"),
            ..Batch::default()
        }),
        update_mask: Some(prost_types::FieldMask {
            paths: vec!["period".to_owned()],
        }),
        ..UpdateBatchRequest::default()
    };
    let refused = service
        .update_batch(message.clone())
        .await
        .expect_err("not the period");
    assert_eq!(refused.code(), Code::InvalidArgument);
    let details = refused.get_error_details();
    let fields = details
        .bad_request()
        .map(|bad| bad.field_violations.clone())
        .unwrap_or_default();
    assert_eq!(fields[0].field, "update_mask.paths[0]");
    let unknown = UpdateBatchRequest {
        update_mask: None,
        ..message
    };
    let unknown = service
        .update_batch(unknown)
        .await
        .expect_err("no such batch");
    assert_eq!(unknown.code(), Code::NotFound);
}

#[tokio::test]
async fn the_activity_log_has_the_name_of_the_caller() {
    let running = Running::with_company().await;
    for name in ["Zoë", "zoe@example.com"] {
        let channel = running.channel().await;
        let client = Client::over(channel, "acme", name).expect("a name");
        let people = vec![attain_client::proto::DefinitionFile {
            name: "team.yaml".to_owned(),
            text: format!("kind: team\nid: {name}\nmembers: [ana]\n"),
        }];
        client
            .apply(people, Vec::new(), attain_client::ApplyMode::Write)
            .await
            .expect("a valid team");
        let log: Vec<_> = client.activities().try_collect().await.expect("the log");
        assert_eq!(log.last().map(|entry| entry.actor.as_str()), Some(name));
    }
    let nobody = Client::over(running.channel().await, "acme", "");
    assert!(nobody.is_err());
    let spaces = Client::over(running.channel().await, "acme", " ana ").expect("it can be sent");
    let refused = spaces.create_workspace().await;
    // A header is trimmed on its way, so that only the name is left.
    assert!(refused.is_ok() || refused.is_err_and(|e| e.reason() == Some("MALFORMED_VALUE")));
}

#[tokio::test]
async fn what_is_not_there_is_said_to_be_missing() {
    let running = Running::with_company().await;
    let client = &running.client;
    let id = |prefix: &str| format!("{prefix}_{:032}", 1);
    let reasons = [
        client.run(&id("run")).await.err(),
        client.cancel_run(&id("run")).await.err(),
        client.watch_run(&id("run")).await.err(),
        client.explain(&id("ern")).await.err(),
        client.batch(&id("bat")).await.err(),
        client.paysheet(&id("sht")).await.err(),
        client.hold_line(&id("lne"), None).await.err(),
        client.statement("nobody", "2026-01").await.err(),
        client.transaction("1", "NOTHING").await.err(),
        client.credit_history(&id("crd")).await.err(),
        client.transaction_history("1", "NOTHING").await.err(),
        client
            .earning_history(&id("ern"), EarningView::Basic)
            .await
            .err(),
        client
            .run_log(&id("run"))
            .try_collect::<Vec<_>>()
            .await
            .err(),
    ];
    for (index, error) in reasons.into_iter().enumerate() {
        let error = error.unwrap_or_else(|| panic!("{index} answered"));
        assert_eq!(error.reason(), Some("NOT_FOUND"), "{index}: {error}");
    }
    let malformed = client.run("bat_1").await.expect_err("not a run's id");
    assert_eq!(malformed.reason(), Some("MALFORMED_VALUE"));
}

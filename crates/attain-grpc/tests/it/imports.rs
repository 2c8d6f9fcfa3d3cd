//! Imports as streams.

use attain_client::ClientError;
use attain_client::proto::transaction_service_client::TransactionServiceClient;
use attain_client::proto::{CreditRow, ImportTransactionsRequest, TransactionRow};
use futures::{StreamExt, TryStreamExt, stream};
use tokio::sync::mpsc;

use crate::company::rows;
use crate::running::Running;

fn order(number: u32) -> TransactionRow {
    TransactionRow {
        number: number.to_string(),
        r#type: "ORDER".to_owned(),
        event_date: "2026-01-15".to_owned(),
        amount: "100.50".to_owned(),
        currency: "USD".to_owned(),
        attributes: [("rep".to_owned(), "ana".to_owned())].into(),
        ..TransactionRow::default()
    }
}

#[tokio::test]
async fn bad_rows_come_back_and_stop_no_other() {
    let running = Running::with_company().await;
    let answers = running
        .client
        .import_transactions(stream::iter(rows()))
        .await
        .expect("imports");
    let answers: Vec<_> = answers.try_collect().await.expect("all answers");
    let rejected: Vec<_> = answers
        .iter()
        .flat_map(|answer| &answer.rejected)
        .map(|row| (row.index, row.field.as_str(), row.reason.as_str()))
        .collect();
    assert_eq!(
        rejected,
        [
            (30, "event_date", "MALFORMED_VALUE"),
            (31, "currency", "MISSING_CURRENCY_RATE")
        ]
    );
}

#[tokio::test]
async fn large_imports_are_answered_chunk_by_chunk() {
    let running = Running::with_company().await;
    let bad = |number: u32| TransactionRow {
        amount: "1e400".to_owned(),
        ..order(number)
    };
    let rows = (0..25_000).map(move |number| match number % 5_000 {
        4_999 => bad(number),
        _ => order(number),
    });
    let answers = running
        .client
        .import_transactions(stream::iter(rows))
        .await
        .expect("imports");
    let answers: Vec<_> = answers.try_collect().await.expect("all answers");
    assert!(answers.len() >= 3, "a chunk has at most 10,000 rows");
    assert!(answers.is_sorted_by_key(|answer| answer.counts.read));
    let counts = answers.last().expect("an answer").counts;
    assert_eq!(
        (counts.read, counts.stored, counts.rejected),
        (25_000, 24_995, 5)
    );
    let indexes = answers
        .iter()
        .flat_map(|answer| &answer.rejected)
        .map(|row| row.index);
    assert_eq!(
        indexes.collect::<Vec<_>>(),
        [4_999, 9_999, 14_999, 19_999, 24_999]
    );

    let rows = stream::iter((0..25_000).map(order));
    let again = running
        .client
        .import_transactions(rows)
        .await
        .expect("imports");
    let again: Vec<_> = again.try_collect().await.expect("all answers");
    let counts = again.last().expect("an answer").counts;
    assert_eq!((counts.unchanged, counts.stored), (24_995, 5));
}

/// A caller that sends and then waits gets its answer, although the chunk is not full.
#[tokio::test]
async fn turns_can_be_taken() {
    let running = Running::with_company().await;
    let mut service = TransactionServiceClient::new(running.channel().await);
    let (send, receive) = mpsc::channel(1);
    let messages = stream::unfold(receive, |mut receive| async move {
        receive.recv().await.map(|message| (message, receive))
    });
    let mut answers = service
        .import_transactions(messages)
        .await
        .expect("it begins")
        .into_inner();
    for number in 1..=3 {
        let rows = vec![order(number)];
        let workspace = "acme".to_owned();
        let message = ImportTransactionsRequest {
            workspace,
            rows,
            ..Default::default()
        };
        send.send(message).await.expect("it is under way");
        let answer = answers
            .message()
            .await
            .expect("an answer")
            .expect("an answer");
        let counts = answer.counts.expect("counts");
        assert_eq!((counts.read, counts.stored), (number.into(), number.into()));
    }
    drop(send);
    assert_eq!(answers.message().await.expect("the end"), None);
}

#[tokio::test]
async fn ready_made_credits_are_imported() {
    let running = Running::with_company().await;
    let credit = |participant: &str| CreditRow {
        number: "1001".to_owned(),
        r#type: "ORDER".to_owned(),
        event_date: "2026-01-15".to_owned(),
        participant: participant.to_owned(),
        amount: "5000".to_owned(),
        currency: "USD".to_owned(),
        ..CreditRow::default()
    };
    let rows = [credit("ana"), credit("ben"), credit("nobody")];
    let answers = running
        .client
        .import_credits(stream::iter(rows))
        .await
        .expect("imports");
    let answers: Vec<_> = answers.try_collect().await.expect("all answers");
    let last = answers.last().expect("an answer");
    assert_eq!((last.counts.stored, last.counts.rejected), (2, 1));
    assert_eq!(last.rejected[0].reason, "UNKNOWN_PARTICIPANT");
    let (_, credits) = running
        .client
        .transaction("1001", "ORDER")
        .await
        .expect("it is there");
    assert_eq!(credits.len(), 2);
}

#[tokio::test]
async fn an_import_into_nowhere_is_refused() {
    let running = Running::start().await;
    let rows = stream::iter([order(1)]);
    let mut answers = running
        .client
        .import_transactions(rows)
        .await
        .expect("it begins");
    let error = answers
        .next()
        .await
        .expect("an answer")
        .expect_err("no such workspace");
    assert_eq!(error.reason(), Some("UNKNOWN_WORKSPACE"));
    let nameless = running.client.clone().in_workspace("");
    let mut answers = nameless
        .import_transactions(stream::iter([order(1)]))
        .await
        .expect("it begins");
    let error = answers
        .next()
        .await
        .expect("an answer")
        .expect_err("no workspace");
    let ClientError::Refused(refused) = error else {
        panic!("{error}")
    };
    assert_eq!(
        (refused.reason.as_str(), refused.fields[0].field.as_str()),
        ("MISSING_VALUE", "workspace")
    );
    let none = running
        .client
        .import_transactions(stream::iter([]))
        .await
        .expect("it begins");
    assert_eq!(none.try_collect::<Vec<_>>().await.expect("no answers"), []);
}

//! Pages over the wire.

use attain_client::proto::run_service_client::RunServiceClient;
use attain_client::proto::transaction_service_client::TransactionServiceClient;
use attain_client::proto::{ListRunsRequest, ListTransactionsRequest};
use attain_client::values;
use futures::{TryStreamExt, stream};
use tonic::Code;

use crate::company::rows;
use crate::running::Running;

#[tokio::test]
async fn small_pages_give_every_row_once() {
    let running = Running::with_company().await;
    let answers = running
        .client
        .import_transactions(stream::iter(rows()))
        .await
        .expect("imports");
    answers.try_collect::<Vec<_>>().await.expect("all answers");
    let mut service = TransactionServiceClient::new(running.channel().await);
    let mut message = ListTransactionsRequest {
        workspace: "acme".to_owned(),
        page_size: 7,
        ..Default::default()
    };
    let mut ids = Vec::new();
    let mut tokens = Vec::new();
    loop {
        let page = service
            .list_transactions(message.clone())
            .await
            .expect("a page")
            .into_inner();
        assert!(page.transactions.len() <= 7);
        ids.extend(page.transactions.into_iter().map(|row| row.transaction_id));
        if page.next_page_token.is_empty() {
            break;
        }
        tokens.push(page.next_page_token.clone());
        message.page_token = page.next_page_token;
    }
    assert_eq!((ids.len(), tokens.len()), (31, 4));
    assert!(ids.is_sorted_by(|a, b| a < b), "each row once, in order");

    message.page_token = tokens.remove(0);
    message.dates = values::dates("2026-01-01", "2026-02-01");
    let other_filter = service
        .list_transactions(message.clone())
        .await
        .expect_err("refused");
    assert_eq!(other_filter.code(), Code::InvalidArgument);
    let mut runs = RunServiceClient::new(running.channel().await);
    let other_list = ListRunsRequest {
        workspace: "acme".to_owned(),
        page_size: 1,
        page_token: message.page_token.clone(),
        ..ListRunsRequest::default()
    };
    let other_list = runs.list_runs(other_list).await.expect_err("refused");
    assert_eq!(other_list.code(), Code::InvalidArgument);
    message.page_size = -1;
    message.page_token.clear();
    let negative = service
        .list_transactions(message)
        .await
        .expect_err("refused");
    assert_eq!(negative.code(), Code::InvalidArgument);
}

#[tokio::test]
async fn workspaces_are_listed_in_order() {
    let running = Running::start().await;
    for name in ["beta", "acme", "gamma"] {
        let client = running.client.clone().in_workspace(name);
        assert!(client.create_workspace().await.expect("made"));
        assert!(!client.create_workspace().await.expect("there already"));
    }
    let all: Vec<_> = running
        .client
        .workspaces()
        .try_collect()
        .await
        .expect("workspaces");
    let names: Vec<_> = all
        .iter()
        .map(|workspace| workspace.workspace_id.as_str())
        .collect();
    assert_eq!(names, ["acme", "beta", "gamma"]);
}

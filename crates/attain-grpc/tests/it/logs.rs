//! Runs and the activity log, with filters.

use attain_client::proto::{
    ListActivitiesRequest, Process, RecordKind, RunStatus, WhenBusy,
    activity_service_client::ActivityServiceClient,
};
use attain_client::{ActivityFilter, Client, values};
use futures::{TryStreamExt, stream};

use crate::company::{first_quarter, rows};
use crate::running::Running;

async fn with_runs() -> Running {
    let running = Running::with_company().await;
    let client = &running.client;
    let answers = client.import_transactions(stream::iter(rows())).await;
    let answers = answers.expect("an import").try_collect::<Vec<_>>().await;
    answers.expect("all answers");
    for process in [Process::Classify, Process::RunAll] {
        let ended = client.run_to_end(process, first_quarter(), WhenBusy::Refuse, |_| {});
        ended.await.expect("a run");
    }
    running
}

#[tokio::test]
async fn runs_are_listed_by_process_and_state() {
    let running = with_runs().await;
    let client = &running.client;
    let list = async |process, status| {
        let runs: Vec<_> = client.runs_where(process, status).try_collect().await?;
        Ok::<_, attain_client::ClientError>(
            runs.iter().map(|run| run.process()).collect::<Vec<_>>(),
        )
    };
    let (any, all) = (RunStatus::Unspecified, Process::Unspecified);
    assert_eq!(
        list(all, any).await.expect("runs"),
        [Process::RunAll, Process::Classify]
    );
    assert_eq!(
        list(Process::Classify, any).await.expect("runs"),
        [Process::Classify]
    );
    assert_eq!(list(all, RunStatus::Failed).await.expect("runs"), []);
    assert_eq!(
        list(all, RunStatus::SucceededWithErrors)
            .await
            .expect("runs"),
        [Process::RunAll]
    );
}

#[tokio::test]
async fn the_activity_log_is_listed_by_record_actor_and_time() {
    let running = with_runs().await;
    let client = &running.client;
    let zoe = Client::over(running.channel().await, "acme", "zoe").expect("a name");
    let ended = zoe.run_to_end(
        Process::Calculate,
        first_quarter(),
        WhenBusy::Refuse,
        |_| {},
    );
    ended.await.expect("a run");
    let list = async |filter| {
        let rows: Vec<_> = client.activities_where(filter).try_collect().await?;
        Ok::<_, attain_client::ClientError>(rows)
    };
    let all = list(ActivityFilter::default()).await.expect("entries");
    let runs = ActivityFilter {
        record: RecordKind::Run,
        actor: Some("zoe".to_owned()),
        ..ActivityFilter::default()
    };
    let of_zoe = list(runs).await.expect("entries");
    assert!(!of_zoe.is_empty() && of_zoe.len() < all.len());
    let right = |entry: &attain_client::proto::Activity| {
        entry.record() == RecordKind::Run && entry.actor == "zoe"
    };
    assert!(of_zoe.iter().all(right));
    let border = of_zoe[0].activity_time;
    let (since, until) = (
        ActivityFilter {
            since: border,
            ..ActivityFilter::default()
        },
        ActivityFilter {
            until: border,
            ..ActivityFilter::default()
        },
    );
    let before = list(until).await.expect("entries");
    let after = list(since).await.expect("entries");
    assert_eq!(before.len() + after.len(), all.len());
    assert_eq!([before, after].concat(), all);
    let never = ActivityFilter {
        since: values::instant("2026-01-02T00:00:00Z"),
        until: values::instant("2026-01-01T00:00:00Z"),
        ..ActivityFilter::default()
    };
    let never = list(never).await.expect_err("no time at all");
    assert_eq!(never.reason(), Some("OUT_OF_RANGE"));
}

#[tokio::test]
async fn a_token_belongs_to_its_filter() {
    let running = with_runs().await;
    let mut service = ActivityServiceClient::new(running.channel().await);
    let all = ListActivitiesRequest {
        workspace: "acme".to_owned(),
        page_size: 1,
        ..ListActivitiesRequest::default()
    };
    let page = service.list_activities(all.clone()).await.expect("a page");
    let token = page.into_inner().next_page_token;
    assert!(!token.is_empty());
    let other = ListActivitiesRequest {
        page_token: token,
        record: RecordKind::Run.into(),
        ..all
    };
    let refused = service.list_activities(other).await;
    assert!(
        refused
            .expect_err("another filter")
            .message()
            .contains("token")
    );
}

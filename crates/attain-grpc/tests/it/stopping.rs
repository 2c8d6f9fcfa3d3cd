//! How a server stops.

use std::sync::Arc;

use attain_app::{Caller, RunRequest};
use attain_client::proto::{Process, RunStatus, WhenBusy};
use attain_client::{ClientError, Retries};
use attain_domain::ids::{ActorId, WorkerId, WorkspaceId};
use attain_domain::time::{Date, DateRange};
use attain_grpc::ServeOptions;
use attain_memory::MemoryStore;
use futures::{StreamExt, stream};
use tokio::sync::oneshot;

use crate::company::{first_quarter, rows};
use crate::running::{Running, engine};

#[tokio::test]
async fn a_server_that_is_told_to_stop_ends() {
    let running = Running::with_company().await;
    let client = running.client.clone().with_retries(Retries {
        attempts: 1,
        ..Retries::default()
    });
    let answers = client
        .import_transactions(stream::iter(rows()))
        .await
        .expect("imports");
    let answers: Vec<_> = answers.collect().await;
    assert!(answers.iter().all(Result::is_ok));
    let run = client
        .start_run(Process::RunAll, first_quarter(), WhenBusy::Refuse)
        .await;
    let run = run.expect("a run");
    let serving = running.stop();
    serving
        .await
        .expect("no panic")
        .expect("it served to its end");
    let error = client.run(&run.run_id).await.expect_err("nobody answers");
    assert!(error.is_retryable(), "{error}");
    assert!(matches!(error, ClientError::Transport(_)), "{error:?}");
}

#[tokio::test]
async fn a_server_without_workers_leaves_its_runs_to_others() {
    let engine = engine(Arc::new(MemoryStore::new()));
    let options = ServeOptions {
        workers: 0,
        ..ServeOptions::default()
    };
    let running = Running::with(engine.clone(), options).await;
    let client = &running.client;
    crate::company::found(client).await;
    let started = client.start_run(Process::RunAll, first_quarter(), WhenBusy::Refuse);
    let started = started.await.expect("a run");
    let now = client.run(&started.run_id).await.expect("its record");
    assert_eq!(now.status(), RunStatus::Running, "nobody took it up");
    let (stop, stopped) = oneshot::channel();
    let elsewhere = tokio::spawn(async move {
        let worker = WorkerId::parse("elsewhere").expect("a name");
        let stopped = async {
            let _ = stopped.await;
        };
        engine.work(&worker, stopped).await;
    });
    let ended = client.watch_to_end(&started.run_id, |_| {}).await;
    assert_eq!(ended.expect("its end").status(), RunStatus::Succeeded);
    stop.send(()).expect("it still works");
    elsewhere.await.expect("it leaves");
}

#[tokio::test]
async fn a_run_that_was_left_is_gone_on_with() {
    let store = Arc::new(MemoryStore::new());
    let before = Running::over(engine(Arc::clone(&store))).await;
    crate::company::found(&before.client).await;
    before
        .stop()
        .await
        .expect("no panic")
        .expect("it served to its end");
    let caller = Caller::new(
        WorkspaceId::parse("acme").expect("a name"),
        ActorId::parse("ana").expect("a name"),
    );
    let range = DateRange::between(
        Date::from_ymd_opt(2026, 1, 1).expect("a day"),
        Date::from_ymd_opt(2026, 2, 1).expect("a day"),
    );
    let request = RunRequest {
        process: attain_domain::run::Process::RunAll,
        range,
        when_busy: attain_app::WhenBusy::Refuse,
    };
    let left = engine(Arc::clone(&store))
        .start_run(&caller, &request)
        .await
        .expect("a run");

    let after = Running::over(engine(store)).await;
    let run = after
        .client
        .watch_to_end(&left.id.to_string(), |_| {})
        .await
        .expect("its end");
    assert_eq!(run.status(), RunStatus::Succeeded);
}

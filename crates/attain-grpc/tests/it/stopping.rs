//! How a server stops.

use attain_client::proto::{Process, WhenBusy};
use attain_client::{ClientError, Retries};
use futures::{StreamExt, stream};

use crate::company::{first_quarter, rows};
use crate::running::Running;

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

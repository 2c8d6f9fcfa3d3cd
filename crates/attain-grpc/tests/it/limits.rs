//! What the transport refuses, and what it offers beside the services.

use std::net::SocketAddr;

use attain_client::proto::workspace_service_client::WorkspaceServiceClient;
use attain_client::proto::{CreateWorkspaceRequest, ListWorkspacesRequest};
use attain_grpc::{ServeError, ServeOptions, Server};
use tonic::Code;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_client::HealthClient;
use tonic_reflection::pb::v1::ServerReflectionRequest;
use tonic_reflection::pb::v1::server_reflection_client::ServerReflectionClient;
use tonic_reflection::pb::v1::server_reflection_request::MessageRequest;
use tonic_reflection::pb::v1::server_reflection_response::MessageResponse;

use crate::running::Running;

#[tokio::test]
async fn a_message_that_is_too_large_is_refused() {
    let running = Running::start().await;
    let mut service = WorkspaceServiceClient::new(running.channel().await);
    let workspace_id = "a".repeat(5 * 1024 * 1024);
    let large = CreateWorkspaceRequest {
        workspace_id,
        ..Default::default()
    };
    let refused = service
        .create_workspace(large)
        .await
        .expect_err("larger than 4 MiB");
    assert_eq!(refused.code(), Code::OutOfRange);
    service
        .list_workspaces(ListWorkspacesRequest::default())
        .await
        .expect("it still answers");
}

#[tokio::test]
async fn without_authentication_only_this_machine_is_served() {
    let everywhere = SocketAddr::from(([0, 0, 0, 0], 0));
    let options = ServeOptions {
        address: everywhere,
        ..Default::default()
    };
    let refused = Server::bind(options).await.err().expect("refused");
    assert!(matches!(refused, ServeError::Exposed(address) if address == everywhere));
    assert!(
        refused.to_string().contains("--insecure-allow-remote"),
        "{refused}"
    );
    let allowed = ServeOptions {
        insecure_allow_remote: true,
        ..options
    };
    Server::bind(allowed).await.expect("allowed");
    let taken = Server::bind(ServeOptions {
        address: ([127, 0, 0, 1], 0).into(),
        ..options
    });
    let taken = taken.await.expect("a free port");
    let again = ServeOptions {
        address: taken.address(),
        ..options
    };
    assert!(matches!(
        Server::bind(again).await.err(),
        Some(ServeError::Listen { .. })
    ));
}

#[tokio::test]
async fn health_is_served() {
    let running = Running::start().await;
    let mut health = HealthClient::new(running.channel().await);
    let answer = health
        .check(HealthCheckRequest::default())
        .await
        .expect("an answer");
    assert_eq!(answer.into_inner().status(), ServingStatus::Serving);
}

#[tokio::test]
async fn reflection_lists_every_service() {
    let running = Running::start().await;
    let mut reflection = ServerReflectionClient::new(running.channel().await);
    let request = ServerReflectionRequest {
        host: String::new(),
        message_request: Some(MessageRequest::ListServices(String::new())),
    };
    let mut answers = reflection
        .server_reflection_info(futures::stream::iter([request]))
        .await
        .expect("an answer")
        .into_inner();
    let answer = answers
        .message()
        .await
        .expect("an answer")
        .expect("an answer");
    let Some(MessageResponse::ListServicesResponse(list)) = answer.message_response else {
        panic!("{answer:?}");
    };
    let mut names: Vec<_> = list
        .service
        .into_iter()
        .map(|service| service.name)
        .collect();
    names.sort();
    insta::assert_snapshot!(names.join("\n"), @r"
    attain.v1.ActivityService
    attain.v1.AdjustmentService
    attain.v1.BatchService
    attain.v1.CreditService
    attain.v1.DefinitionService
    attain.v1.EarningService
    attain.v1.PaysheetService
    attain.v1.RewardService
    attain.v1.RunService
    attain.v1.StatementService
    attain.v1.TransactionService
    attain.v1.WorkspaceService
    grpc.health.v1.Health
    grpc.reflection.v1.ServerReflection
    ");
}

/// Older tools ask by the older name.
#[tokio::test]
async fn reflection_answers_by_its_older_name_too() {
    use tonic_reflection::pb::v1alpha::ServerReflectionRequest;
    use tonic_reflection::pb::v1alpha::server_reflection_client::ServerReflectionClient;
    use tonic_reflection::pb::v1alpha::server_reflection_request::MessageRequest;
    use tonic_reflection::pb::v1alpha::server_reflection_response::MessageResponse;

    let running = Running::start().await;
    let mut reflection = ServerReflectionClient::new(running.channel().await);
    let symbol = "attain.v1.RunService".to_owned();
    let request = ServerReflectionRequest {
        host: String::new(),
        message_request: Some(MessageRequest::FileContainingSymbol(symbol)),
    };
    let requests = futures::stream::iter([request]);
    let answers = reflection
        .server_reflection_info(requests)
        .await
        .expect("an answer");
    let answer = answers
        .into_inner()
        .message()
        .await
        .expect("an answer")
        .expect("an answer");
    let answer = answer.message_response;
    assert!(
        matches!(answer, Some(MessageResponse::FileDescriptorResponse(_))),
        "{answer:?}"
    );
}

//! The server's own longest time.

use std::convert::Infallible;
use std::time::Duration;

use futures::future;
use tonic::Code;
use tonic::body::Body;
use tonic::codegen::http::{Request, Response};
use tower::{Layer, ServiceExt, service_fn};

use super::DeadlineLayer;

#[tokio::test]
async fn a_call_that_never_answers_is_ended() {
    let never =
        service_fn(|_: Request<Body>| future::pending::<Result<Response<Body>, Infallible>>());
    let served = DeadlineLayer {
        longest: Duration::from_millis(1),
    }
    .layer(never);
    let answer = served
        .oneshot(Request::new(Body::empty()))
        .await
        .expect("never an error");
    let code = answer
        .headers()
        .get("grpc-status")
        .map(|code| code.to_str().expect("a number"));
    assert_eq!(
        code.map(|code| Code::from(code.parse::<i32>().expect("a number"))),
        Some(Code::DeadlineExceeded)
    );
}

#[tokio::test]
async fn a_call_in_time_is_left_alone() {
    let at_once = service_fn(|_: Request<Body>| {
        future::ready(Ok::<_, Infallible>(Response::new(Body::empty())))
    });
    let served = DeadlineLayer {
        longest: Duration::from_secs(300),
    }
    .layer(at_once);
    let answer = served
        .oneshot(Request::new(Body::empty()))
        .await
        .expect("never an error");
    assert!(answer.headers().get("grpc-status").is_none());
}

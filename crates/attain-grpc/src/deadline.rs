//! A longest time for every call, up to its first answer. Streams may go on for longer. The
//! deadline that a caller sets is kept by tonic; this one is the server's own, because tonic's
//! would say that the caller cancelled.

use std::convert::Infallible;
use std::task::{Context, Poll};
use std::time::Duration;

use futures::future::BoxFuture;
use tonic::Status;
use tonic::body::Body;
use tonic::codegen::http::{Request, Response};
use tower::{Layer, Service};

/// Adds the longest time to services.
#[derive(Clone, Copy, Debug)]
pub(crate) struct DeadlineLayer {
    pub(crate) longest: Duration,
}

impl<S> Layer<S> for DeadlineLayer {
    type Service = Deadline<S>;

    fn layer(&self, inner: S) -> Self::Service {
        Deadline {
            inner,
            longest: self.longest,
        }
    }
}

/// A service whose calls have a longest time.
#[derive(Clone, Debug)]
pub(crate) struct Deadline<S> {
    inner: S,
    longest: Duration,
}

impl<S> Service<Request<Body>> for Deadline<S>
where
    S: Service<Request<Body>, Response = Response<Body>, Error = Infallible>,
    S::Future: Send + 'static,
{
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Self::Response, Self::Error>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let (work, longest) = (self.inner.call(request), self.longest);
        Box::pin(async move {
            match tokio::time::timeout(longest, work).await {
                Ok(answer) => answer,
                Err(_) => {
                    let text = format!("no answer within {} seconds", longest.as_secs());
                    Ok(Status::deadline_exceeded(text).into_http())
                }
            }
        })
    }
}

#[cfg(test)]
mod tests;

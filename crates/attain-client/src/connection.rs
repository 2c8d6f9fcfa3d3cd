//! The connection, who calls and where, and the repeating of calls that found no server.

use std::time::Duration;

use attain_proto::MESSAGE_BYTES_MAX;
use tonic::metadata::{AsciiMetadataValue, BinaryMetadataValue};
use tonic::transport::{Channel, Endpoint};
use tonic::{Request, Response, Status};
use uuid::Uuid;

use crate::error::ClientError;

/// Longest wait for a connection.
const CONNECT_SECONDS_MAX: u64 = 10;
/// How often a connection is checked while a call is under way.
const KEEP_ALIVE_SECONDS: u64 = 20;

/// How often a call that finds no server is repeated. A repeat has the same request id, so that a
/// write whose answer was lost is not carried out twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retries {
    /// How often a call is made in all; 1 never repeats.
    pub attempts: u32,
    /// The wait before the second attempt; each later one waits twice as long.
    pub first_wait: Duration,
    /// The longest wait.
    pub longest_wait: Duration,
}

impl Default for Retries {
    fn default() -> Self {
        Self {
            attempts: 5,
            first_wait: Duration::from_millis(100),
            longest_wait: Duration::from_secs(5),
        }
    }
}

impl Retries {
    /// The wait after an attempt that failed; `None` when it was the last.
    pub(crate) fn wait_after(&self, attempt: u32) -> Option<Duration> {
        let doublings = 2_u32.saturating_pow(attempt.saturating_sub(1));
        let wait = self
            .first_wait
            .saturating_mul(doublings)
            .min(self.longest_wait);
        (attempt < self.attempts).then_some(wait)
    }
}

/// Who calls, as metadata.
#[derive(Clone, Debug)]
enum Actor {
    Ascii(AsciiMetadataValue),
    Utf8(BinaryMetadataValue),
}

impl Actor {
    fn parse(text: &str) -> Result<Self, ClientError> {
        if text.is_empty() {
            return Err(ClientError::BadActor(text.to_owned()));
        }
        if text.is_ascii() {
            let value = text
                .parse()
                .map_err(|_| ClientError::BadActor(text.to_owned()))?;
            return Ok(Self::Ascii(value));
        }
        Ok(Self::Utf8(BinaryMetadataValue::from_bytes(text.as_bytes())))
    }
}

/// A connection to a server, for one actor and one workspace. Cheap to clone; clones share the
/// connection.
#[derive(Clone, Debug)]
pub struct Client {
    channel: Channel,
    actor: Actor,
    workspace: String,
    request_id: Option<String>,
    retries: Retries,
}

impl Client {
    /// Connects to a server.
    ///
    /// # Errors
    /// When the address or the actor is not one, or nobody answers there.
    pub async fn connect(address: &str, workspace: &str, actor: &str) -> Result<Self, ClientError> {
        let endpoint = Endpoint::from_shared(address.to_owned())
            .map_err(|_| ClientError::BadAddress(address.to_owned()))?
            .connect_timeout(Duration::from_secs(CONNECT_SECONDS_MAX))
            .http2_keep_alive_interval(Duration::from_secs(KEEP_ALIVE_SECONDS))
            .tcp_nodelay(true);
        let channel = endpoint
            .connect()
            .await
            .map_err(|source| ClientError::Unreachable {
                address: address.to_owned(),
                source: Box::new(source),
            })?;
        Self::over(channel, workspace, actor)
    }

    /// A client over a connection that was made elsewhere, with TLS, say.
    ///
    /// # Errors
    /// When the actor cannot be sent.
    pub fn over(channel: Channel, workspace: &str, actor: &str) -> Result<Self, ClientError> {
        Ok(Self {
            channel,
            actor: Actor::parse(actor)?,
            workspace: workspace.to_owned(),
            request_id: None,
            retries: Retries::default(),
        })
    }

    /// The same connection, for another workspace.
    #[must_use]
    pub fn in_workspace(mut self, workspace: &str) -> Self {
        workspace.clone_into(&mut self.workspace);
        self
    }

    /// The same connection, for one write under the caller's own request id: a repeat gets the
    /// first answer. A second, different write under it is refused. Without one, every write gets
    /// an id of its own.
    #[must_use]
    pub fn with_request_id(mut self, id: &str) -> Self {
        self.request_id = Some(id.to_owned());
        self
    }

    /// The same connection, with other retries.
    #[must_use]
    pub fn with_retries(mut self, retries: Retries) -> Self {
        self.retries = retries;
        self
    }

    /// The workspace that calls work in.
    #[must_use]
    pub fn workspace(&self) -> &str {
        &self.workspace
    }

    pub(crate) fn named_workspace(&self) -> String {
        self.workspace.clone()
    }

    pub(crate) fn channel(&self) -> Channel {
        self.channel.clone()
    }

    pub(crate) fn retries(&self) -> Retries {
        self.retries
    }

    #[allow(
        clippy::disallowed_methods,
        reason = "the client is the caller: nothing hands it a source of ids"
    )]
    pub(crate) fn new_request_id(&self) -> String {
        self.request_id
            .clone()
            .unwrap_or_else(|| Uuid::now_v7().simple().to_string())
    }

    /// A message with the metadata of this client.
    pub(crate) fn request<Q>(&self, message: Q) -> Request<Q> {
        let mut request = Request::new(message);
        let metadata = request.metadata_mut();
        match &self.actor {
            Actor::Ascii(name) => drop(metadata.insert("x-attain-actor", name.clone())),
            Actor::Utf8(name) => drop(metadata.insert_bin("x-attain-actor-bin", name.clone())),
        }
        request
    }

    /// Makes a call, and repeats it while there is no server to answer.
    pub(crate) async fn call<Q, A, F, Fut>(&self, message: Q, call: F) -> Result<A, ClientError>
    where
        Q: Clone,
        F: Fn(Request<Q>) -> Fut,
        Fut: Future<Output = Result<Response<A>, Status>>,
    {
        let mut attempt = 1;
        loop {
            let error = match call(self.request(message.clone())).await {
                Ok(answer) => return Ok(answer.into_inner()),
                Err(status) => ClientError::from(status),
            };
            match self
                .retries
                .wait_after(attempt)
                .filter(|_| error.is_retryable())
            {
                Some(wait) => tokio::time::sleep(wait).await,
                None => return Err(error),
            }
            attempt += 1;
        }
    }
}

/// A client of one service, ready for one call; `$service` is its generated type.
macro_rules! service {
    ($client:expr, $module:ident :: $service:ident) => {
        attain_proto::attain::v1::$module::$service::new($client.channel())
            .max_decoding_message_size($crate::connection::message_bytes_max())
    };
}
pub(crate) use service;

pub(crate) fn message_bytes_max() -> usize {
    MESSAGE_BYTES_MAX
}

/// Makes one unary call of a service.
macro_rules! unary {
    ($client:expr, $module:ident :: $service:ident . $method:ident, $message:expr) => {
        $client.call($message, |request| {
            let mut service = $crate::connection::service!($client, $module::$service);
            async move { service.$method(request).await }
        })
    };
}
pub(crate) use unary;

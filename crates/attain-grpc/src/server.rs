//! The server: what it listens on, what it offers, how it stops.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use attain_app::Engine;
use attain_proto::attain::v1::activity_service_server::ActivityServiceServer;
use attain_proto::attain::v1::adjustment_service_server::AdjustmentServiceServer;
use attain_proto::attain::v1::batch_service_server::BatchServiceServer;
use attain_proto::attain::v1::credit_service_server::CreditServiceServer;
use attain_proto::attain::v1::definition_service_server::DefinitionServiceServer;
use attain_proto::attain::v1::earning_service_server::EarningServiceServer;
use attain_proto::attain::v1::paysheet_service_server::PaysheetServiceServer;
use attain_proto::attain::v1::reward_service_server::RewardServiceServer;
use attain_proto::attain::v1::run_service_server::RunServiceServer;
use attain_proto::attain::v1::statement_service_server::StatementServiceServer;
use attain_proto::attain::v1::transaction_service_server::TransactionServiceServer;
use attain_proto::attain::v1::workspace_service_server::WorkspaceServiceServer;
use attain_proto::{FILE_DESCRIPTOR_SET, MESSAGE_BYTES_MAX};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tonic::service::{Routes, RoutesBuilder};
use tonic::transport::server::TcpIncoming;
use tonic_health::server::HealthReporter;
use tower::limit::GlobalConcurrencyLimitLayer;

use crate::deadline::DeadlineLayer;
use crate::runs::{Stopping, Workers};
use crate::services::activity::Activities;
use crate::services::adjustment::Adjustments;
use crate::services::batch::Batches;
use crate::services::credit::Credits;
use crate::services::definition::Definitions;
use crate::services::earning::Earnings;
use crate::services::paysheet::Paysheets;
use crate::services::reward::Rewards;
use crate::services::run::RunsService;
use crate::services::statement::Statements;
use crate::services::transaction::Transactions;
use crate::services::workspace::Workspaces;

/// Where a server listens unless told otherwise.
const PORT: u16 = 50_051;
/// How often a silent connection is checked.
const KEEP_ALIVE: Duration = Duration::from_secs(20);
/// What a caller may send ahead on one stream, and on all streams of a connection: rows of about
/// two chunks of an import.
const STREAM_WINDOW_BYTES: u32 = 1024 * 1024;
const CONNECTION_WINDOW_BYTES: u32 = 4 * 1024 * 1024;

/// How a server serves.
#[derive(Clone, Copy, Debug)]
pub struct ServeOptions {
    /// Where; port 0 takes any free one.
    pub address: SocketAddr,
    /// Lets it listen on addresses that other machines reach, although it does not ask who calls.
    pub insecure_allow_remote: bool,
    /// The longest time that a call may take to its first answer.
    pub deadline: Duration,
    /// How long calls may go on after the server was told to stop.
    pub grace: Duration,
    /// Calls that are worked on at once; more wait.
    pub calls_at_once_max: usize,
    /// Calls under way at once on one connection; a caller's further ones wait on its side.
    pub calls_per_connection_max: u32,
    /// Workers on runs; with none, runs wait for those of other processes.
    pub workers: u32,
}

impl Default for ServeOptions {
    fn default() -> Self {
        Self {
            address: SocketAddr::from((Ipv4Addr::LOCALHOST, PORT)),
            insecure_allow_remote: false,
            deadline: Duration::from_secs(300),
            grace: Duration::from_secs(30),
            calls_at_once_max: 256,
            calls_per_connection_max: 200,
            workers: 1,
        }
    }
}

/// Why a server does not serve.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// Without authentication nobody else may reach it.
    #[error(
        "{0} can be reached from other machines, and this server does not ask who calls: \
         listen on 127.0.0.1 or ::1, or allow it with --insecure-allow-remote"
    )]
    Exposed(SocketAddr),
    /// The address is taken, or is not one of this machine.
    #[error("cannot listen on {address}")]
    Listen {
        /// Where.
        address: SocketAddr,
        /// Why not.
        #[source]
        source: std::io::Error,
    },
    /// The committed descriptors cannot be read.
    #[error("the description of the protocol cannot be read")]
    Descriptors(#[source] Box<tonic_reflection::server::Error>),
    /// A worker cannot have its name.
    #[error("a worker cannot have its name")]
    Worker(#[source] attain_domain::ids::IdError),
    /// The transport failed.
    #[error("the server failed")]
    Transport(#[source] Box<tonic::transport::Error>),
}

/// A server that listens already, and answers once it serves.
pub struct Server {
    listener: TcpListener,
    address: SocketAddr,
    options: ServeOptions,
}

impl Server {
    /// Listens.
    ///
    /// # Errors
    /// [`ServeError::Exposed`] for an address that is not allowed, [`ServeError::Listen`].
    pub async fn bind(options: ServeOptions) -> Result<Self, ServeError> {
        let address = options.address;
        if !options.insecure_allow_remote && !address.ip().is_loopback() {
            return Err(ServeError::Exposed(address));
        }
        let failed = |source| ServeError::Listen { address, source };
        let listener = TcpListener::bind(address).await.map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        Ok(Self {
            listener,
            address,
            options,
        })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Answers calls until `shutdown`; then takes no new ones, lets those under way finish for a
    /// while, and leaves its runs between two commits, to be taken up by others.
    ///
    /// # Errors
    /// [`ServeError::Descriptors`], [`ServeError::Worker`], [`ServeError::Transport`].
    pub async fn serve(
        self,
        engine: Engine,
        shutdown: impl Future<Output = ()> + Send,
    ) -> Result<(), ServeError> {
        let ServeOptions {
            deadline, grace, ..
        } = self.options;
        let (stop, stopping) = Stopping::channel();
        let (health, routes) = routes(&engine, &stopping).await?;
        let incoming = TcpIncoming::from(self.listener).with_nodelay(Some(true));
        let mut told = stopping.clone();
        let serving = tonic::transport::Server::builder()
            .layer(DeadlineLayer { longest: deadline })
            .layer(GlobalConcurrencyLimitLayer::new(
                self.options.calls_at_once_max,
            ))
            .max_concurrent_streams(self.options.calls_per_connection_max)
            .initial_stream_window_size(STREAM_WINDOW_BYTES)
            .initial_connection_window_size(CONNECTION_WINDOW_BYTES)
            .http2_keepalive_interval(Some(KEEP_ALIVE))
            .add_routes(routes)
            .serve_with_incoming_shutdown(incoming, async move { told.begun().await });
        tracing::info!(address = %self.address, "the server answers calls");
        let workers = Workers::start(&engine, self.options.workers, &stopping);
        let workers = workers.map_err(ServeError::Worker)?;
        let stopped = async {
            shutdown.await;
            stop_serving(&health, &stop).await;
            tokio::time::sleep(grace).await;
        };
        let end = tokio::select! {
            end = serving => end.map_err(|error| ServeError::Transport(Box::new(error))),
            () = stopped => {
                tracing::warn!("calls were still under way when the time to stop was over");
                Ok(())
            }
        };
        // Also when the transport failed: workers are told to leave in any case.
        stop_serving(&health, &stop).await;
        workers.left().await;
        end
    }
}

/// Listens and serves; see [`Server`].
///
/// # Errors
/// See [`ServeError`].
pub async fn serve(
    engine: Engine,
    options: ServeOptions,
    shutdown: impl Future<Output = ()> + Send,
) -> Result<(), ServeError> {
    Server::bind(options).await?.serve(engine, shutdown).await
}

async fn stop_serving(health: &HealthReporter, stop: &watch::Sender<bool>) {
    health
        .set_service_status("", tonic_health::ServingStatus::NotServing)
        .await;
    stop.send_replace(true);
}

async fn routes(
    engine: &Engine,
    stopping: &Stopping,
) -> Result<(HealthReporter, Routes), ServeError> {
    let (health, health_service) = tonic_health::server::health_reporter();
    health
        .set_service_status("", tonic_health::ServingStatus::Serving)
        .await;
    let mut routes = RoutesBuilder::default();
    let engine = || engine.clone();
    let definitions = DefinitionServiceServer::new(Definitions { engine: engine() });
    let adjustments = AdjustmentServiceServer::new(Adjustments { engine: engine() });
    let rewards = RewardServiceServer::new(Rewards { engine: engine() });
    let served = RunsService {
        engine: engine(),
        stopping: stopping.clone(),
    };
    routes
        .add_service(health_service)
        .add_service(WorkspaceServiceServer::new(Workspaces { engine: engine() }))
        // Documents of a whole company come in one message.
        .add_service(definitions.max_decoding_message_size(MESSAGE_BYTES_MAX))
        .add_service(TransactionServiceServer::new(Transactions {
            engine: engine(),
        }))
        .add_service(CreditServiceServer::new(Credits { engine: engine() }))
        // So do 10,000 adjustments.
        .add_service(adjustments.max_decoding_message_size(MESSAGE_BYTES_MAX))
        .add_service(EarningServiceServer::new(Earnings { engine: engine() }))
        .add_service(RunServiceServer::new(served))
        .add_service(BatchServiceServer::new(Batches { engine: engine() }))
        .add_service(PaysheetServiceServer::new(Paysheets { engine: engine() }))
        // And 10,000 rewards.
        .add_service(rewards.max_decoding_message_size(MESSAGE_BYTES_MAX))
        .add_service(StatementServiceServer::new(Statements { engine: engine() }))
        .add_service(ActivityServiceServer::new(Activities { engine: engine() }));
    let reflection = || {
        tonic_reflection::server::Builder::configure()
            .register_encoded_file_descriptor_set(FILE_DESCRIPTOR_SET)
            .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
    };
    let unreadable = |error| ServeError::Descriptors(Box::new(error));
    routes.add_service(reflection().build_v1().map_err(unreadable)?);
    routes.add_service(reflection().build_v1alpha().map_err(unreadable)?);
    Ok((health, routes.routes()))
}

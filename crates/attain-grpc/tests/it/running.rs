//! A server for one test.

use std::net::SocketAddr;
use std::sync::Arc;

use attain_app::{Engine, SystemClock, TimeOrderedIds};
use attain_client::Client;
use attain_grpc::{ServeError, ServeOptions, Server};
use attain_memory::MemoryStore;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tonic::transport::{Channel, Endpoint};

/// An engine over a store.
pub(crate) fn engine(store: Arc<MemoryStore>) -> Engine {
    let ids = Arc::new(TimeOrderedIds::default());
    Engine::new(store, Arc::new(SystemClock), ids)
}

pub(crate) struct Running {
    pub(crate) client: Client,
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    serving: JoinHandle<Result<(), ServeError>>,
}

impl Running {
    /// A server without workspaces; `ana` calls it, for `acme`.
    pub(crate) async fn start() -> Self {
        Self::over(engine(Arc::new(MemoryStore::new()))).await
    }

    /// A server over an engine.
    pub(crate) async fn over(engine: Engine) -> Self {
        Self::with(engine, ServeOptions::default()).await
    }

    /// A server with options, but for its address.
    pub(crate) async fn with(engine: Engine, options: ServeOptions) -> Self {
        let address = SocketAddr::from(([127, 0, 0, 1], 0));
        let server = Server::bind(ServeOptions { address, ..options })
            .await
            .expect("it listens");
        let address = server.address();
        let (stop, stopped) = oneshot::channel();
        let shutdown = async move {
            let _ = stopped.await;
        };
        let serving = tokio::spawn(server.serve(engine, shutdown));
        let client = Client::connect(&format!("http://{address}"), "acme", "ana").await;
        Self {
            client: client.expect("it answers"),
            address,
            stop,
            serving,
        }
    }

    /// A server with the small company of the examples.
    pub(crate) async fn with_company() -> Self {
        let running = Self::start().await;
        crate::company::found(&running.client).await;
        running
    }

    pub(crate) async fn channel(&self) -> Channel {
        let endpoint = Endpoint::from_shared(format!("http://{}", self.address));
        endpoint
            .expect("an address")
            .connect()
            .await
            .expect("it answers")
    }

    /// Tells the server to stop; the handle says when it has.
    pub(crate) fn stop(self) -> JoinHandle<Result<(), ServeError>> {
        self.stop.send(()).expect("it still serves");
        self.serving
    }
}

//! `attain serve`.

use std::sync::Arc;

use attain_grpc::{ServeOptions, serve as serve_grpc};

use crate::args::{Global, Serve};
use crate::failure::Failure;
use crate::session::{engine_over, open_store};

/// Serves until it is asked to stop; what is in flight is finished first.
pub(crate) async fn serve(global: &Global, serve: &Serve) -> Result<(), Failure> {
    let store = open_store(&global.store, serve.migrate).await?;
    let store = Arc::new(store);
    let engine = engine_over(store.clone());
    let options = ServeOptions {
        address: serve.listen,
        insecure_allow_remote: serve.insecure_allow_remote,
        workers: serve.workers,
        ..ServeOptions::default()
    };
    eprintln!(
        "serving {} on {}; Control-C stops",
        global.store.display(),
        serve.listen
    );
    let stop = async {
        // Without a signal handler the server still ends with its process.
        let _ = tokio::signal::ctrl_c().await;
    };
    let served = serve_grpc(engine, options, stop).await;
    store.close().await;
    served.map_err(|error| Failure::Other(error.into()))
}

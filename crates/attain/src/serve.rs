//! `attain serve`.

use attain_grpc::{ServeOptions, serve as serve_grpc};

use crate::args::{Global, Serve};
use crate::failure::Failure;
use crate::session::engine_over;
use crate::store::open_store;

/// Serves until it is asked to stop; what is in flight is finished first.
pub(crate) async fn serve(global: &Global, serve: &Serve) -> Result<(), Failure> {
    let store = open_store(global, serve.migrate).await?;
    let engine = engine_over(store.store(), global.limits());
    let options = ServeOptions {
        address: serve.listen,
        insecure_allow_remote: serve.insecure_allow_remote,
        workers: serve.workers,
        ..ServeOptions::default()
    };
    eprintln!(
        "serving {} on {}; Control-C stops",
        global.store(),
        serve.listen
    );
    let served = serve_grpc(engine, options, asked_to_stop()).await;
    store.close().await;
    served.map_err(|error| Failure::Other(error.into()))
}

/// Control-C in a terminal, or the signal with which services are ended. Where neither can be
/// listened for, the process still ends.
pub(crate) async fn asked_to_stop() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut ended) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = ended.recv() => {}
                _ = tokio::signal::ctrl_c() => {}
            }
            return;
        }
    }
    let _ = tokio::signal::ctrl_c().await;
}

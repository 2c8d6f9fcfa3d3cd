//! `attain serve`.

use attain_grpc::{ServeOptions, serve as serve_grpc};

use crate::args::{Global, Serve};
use crate::failure::Failure;
use crate::session::engine_over;
use crate::store::open_store;

/// Serves until it is asked to stop; what is in flight is finished first.
pub(crate) async fn serve(global: &Global, serve: &Serve) -> Result<(), Failure> {
    let store = open_store(global, serve.migrate).await?;
    let engine = engine_over(store.store());
    let options = ServeOptions {
        address: serve.listen,
        insecure_allow_remote: serve.insecure_allow_remote,
        ..ServeOptions::default()
    };
    eprintln!(
        "serving {} on {}; Control-C stops",
        global.store(),
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

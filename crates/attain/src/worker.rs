//! `attain worker`.

use attain_domain::ids::WorkerId;
use tokio::task::JoinSet;

use crate::args::{Global, Worker};
use crate::failure::Failure;
use crate::serve::asked_to_stop;
use crate::session::{argument, engine_over};
use crate::store::open_store;

/// Works on whatever run has something to do, until Control-C; what is held is given back then,
/// between two commits.
pub(crate) async fn worker(global: &Global, worker: &Worker) -> Result<(), Failure> {
    let name = match &worker.name {
        Some(name) => name.clone(),
        None => format!("worker-{}", std::process::id()),
    };
    let mut names = Vec::new();
    for number in 1..=worker.workers {
        names.push(
            WorkerId::parse(&format!("{name}-{number}"))
                .map_err(|error| argument("--name", &error))?,
        );
    }
    let store = open_store(global, false).await?;
    let engine = engine_over(store.store(), global.limits());
    eprintln!("working on the runs in {}; Control-C stops", global.store());
    let mut workers = JoinSet::new();
    for name in names {
        let engine = engine.clone();
        workers.spawn(async move {
            engine.work(&name, asked_to_stop()).await;
        });
    }
    while let Some(left) = workers.join_next().await {
        left.map_err(|error| Failure::Other(error.into()))?;
    }
    store.close().await;
    Ok(())
}

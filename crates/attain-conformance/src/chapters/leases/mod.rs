//! Chunks of runs: who is handed which, for how long, and what becomes of their work.

mod turns;
mod work;

use std::time::Duration;

use attain_domain::change::{Changes, Guard};
use attain_domain::chunk::{ChunkWork, RunChunk};
use attain_domain::ids::{RunId, WorkerId};
use attain_domain::ports::ChunkSize;
use attain_domain::testing::{name, uuid};

use crate::case::Case;
use crate::site::Site;

pub(super) fn cases() -> Vec<Case> {
    [turns::cases(), work::cases()]
        .into_iter()
        .flatten()
        .collect()
}

/// Longer than any case takes.
const LONG: Duration = Duration::from_secs(3_600);
const NONE: Duration = Duration::ZERO;

async fn with_chunks(site: &Site, chunks: Vec<RunChunk>) {
    site.commit(Changes {
        chunks,
        ..Changes::default()
    })
    .await;
}

async fn lease(site: &Site, worker: &str, lease: Duration) -> Option<RunChunk> {
    hand_out(site, &name(worker), None, lease).await
}

async fn hand_out(
    site: &Site,
    worker: &WorkerId,
    only: Option<RunId>,
    lease: Duration,
) -> Option<RunChunk> {
    let (store, workspace) = (&site.store, &site.workspace);
    let leased = store.lease_chunk(workspace, worker, only, lease).await;
    leased.expect("the store answers")
}

async fn stored(site: &Site, run: u64) -> Vec<RunChunk> {
    let view = site.view().await;
    let chunks = view.chunks_of_run(RunId(uuid(run)), None, ChunkSize::largest());
    chunks.await.expect("the view answers")
}

fn held(chunk: &RunChunk) -> Guard {
    Guard::ChunkHeld {
        chunk: chunk.id,
        attempt: chunk.attempt,
    }
}

fn working(work: ChunkWork) -> Changes {
    Changes {
        chunks_worked: vec![work],
        ..Changes::default()
    }
}

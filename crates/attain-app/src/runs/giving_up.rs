//! How a run comes to its first chunk, and how one whose coordinator is silent loses all of them.

use attain_domain::change::{ChangeSet, Guard};
use attain_domain::chunk::{ChunkState, ChunkTask, RunChunk};
use attain_domain::ids::ChunkId;
use attain_domain::ports::{ChunkSize, Snapshot};
use attain_domain::refusal::Refusal;
use attain_domain::run::{Run, RunCounts, RunStatus};
use attain_domain::stamp::Version;
use attain_domain::working::Circumstances;

use crate::caller::Caller;
use crate::failure::store_refusal;

/// The chunk that a run begins with: whoever takes it up coordinates the run.
pub(super) fn coordinating(run: &Run, caller: &Caller, now: &mut Circumstances<'_>) -> RunChunk {
    RunChunk {
        id: ChunkId(now.id()),
        run: run.id,
        number: 0,
        actor: caller.actor.clone(),
        request: caller.request.clone(),
        task: ChunkTask::Coordinate,
        state: ChunkState::Waiting,
        attempt: 0,
        version: Version::FIRST,
        counts: RunCounts::default(),
        units: 0,
        failures: Vec::new(),
    }
}

/// Ends a run whose coordinator is silent, and takes its chunks away from whoever works on them.
pub(super) async fn give_up(
    dead: Run,
    snapshot: &dyn Snapshot,
    set: &mut ChangeSet,
    now: &Circumstances<'_>,
) -> Result<(), Refusal> {
    let version = dead.stamp.version;
    set.guards.push(Guard::RunAt(dead.id, version));
    let (stamp, mut counts) = (now.touch(&dead.stamp), dead.counts.clone());
    let mut after = None;
    loop {
        let page = snapshot.chunks_of_run(dead.id, after, ChunkSize::largest());
        let page = page.await.map_err(store_refusal)?;
        after = page.last().map(|chunk| chunk.number);
        for chunk in &page {
            set.guards.push(Guard::ChunkAt(chunk.id, chunk.version));
            set.changes.chunks_removed.push(chunk.id);
            counts.add(&chunk.counts);
        }
        if page.len() < ChunkSize::largest().rows() {
            break;
        }
    }
    set.changes.runs.push(Run {
        status: RunStatus::Failed,
        ended_at: Some(now.at),
        counts,
        stamp,
        ..dead
    });
    Ok(())
}

//! Stages of a run: a stage is planned as chunks, and is over when every one of them was counted.

use std::time::Duration;

use attain_domain::change::{Changes, Guard};
use attain_domain::chunk::{ChunkEnd, ChunkState, ChunkTask, RunChunk};
use attain_domain::ids::ChunkId;
use attain_domain::ports::ChunkSize;
use attain_domain::refusal::Refusal;
use attain_domain::run::Process;
use attain_domain::stamp::Version;

use super::coordinator::Coordinator;
use super::ground::{Committed, Piece, Stop};
use super::record::{Record, Recorded};
use crate::failure::store_refusal;

/// Most chunks that one commit counts.
const COUNTED_AT_ONCE: u32 = 100;
/// Most chunks that one commit makes.
const PLANNED_AT_ONCE: usize = 200;
/// How long chunks that are done may wait for others, to be counted in one commit.
const COUNTED_EVERY: Duration = Duration::from_millis(250);
/// How often the coordinator looks how far the chunks are.
const LOOK_AGAIN: Duration = Duration::from_millis(100);
/// About how many chunks a stage is cut into, if it is not so large that there must be more: so
/// many that no worker waits long for the last one of another.
const CHUNKS_WANTED: usize = 32;

/// A chunk to be made, and what goes with it.
pub(super) struct Planned {
    pub(super) task: ChunkTask,
    pub(super) units: u64,
    /// Written in the same commit.
    pub(super) changes: Changes,
}

/// How much of a stage's work is one chunk: at least so much that it is worth a commit of its own,
/// at most what fits into memory.
pub(super) fn share(work: usize, least: usize, most: usize) -> usize {
    let most = most.max(1);
    let wanted = work.div_ceil(CHUNKS_WANTED);
    wanted.clamp(least.clamp(1, most), most)
}

impl Coordinator {
    /// Takes a stage through. What it is planned as has to be done, all of it, before the next.
    pub(super) async fn stage(&mut self, stage: Process, plan: Vec<Planned>) -> Result<(), Stop> {
        let units: u64 = plan.iter().map(|planned| planned.units).sum();
        self.record.enter(stage);
        self.record.run.units_total = units;
        let entry = self
            .record
            .note(format!("{stage:?}: {units} units of work"));
        let mut first = Piece::default();
        first.changes.run_log.push(entry);
        let mut pieces = vec![first];
        for (place, planned) in plan.into_iter().enumerate() {
            if place > 0 && place.is_multiple_of(PLANNED_AT_ONCE) {
                pieces.push(Piece::default());
            }
            let chunk = self.chunk(planned.task);
            if let Some(piece) = pieces.last_mut() {
                let Changes {
                    work_done, work, ..
                } = planned.changes;
                piece.changes.work_done.extend(work_done);
                piece.changes.work.extend(work);
                piece.changes.chunks.push(chunk);
            }
        }
        for piece in pieces {
            let chunks = piece.changes.chunks.len() as u64;
            while self.commit(piece.clone()).await? != Committed::Yes {}
            self.outstanding += chunks;
        }
        self.counted_at = self.ground.engine.clock.now();
        self.wait_for_all().await
    }

    fn chunk(&mut self, task: ChunkTask) -> RunChunk {
        let number = self.next_number;
        self.next_number += 1;
        RunChunk {
            id: ChunkId(self.ground.new_id()),
            run: self.record.run.id,
            number,
            actor: self.record.caller.actor.clone(),
            request: self.record.caller.request.clone(),
            task,
            state: ChunkState::Waiting,
            attempt: 0,
            version: Version::FIRST,
            counts: Default::default(),
            units: 0,
            failures: Vec::new(),
        }
    }

    async fn wait_for_all(&mut self) -> Result<(), Stop> {
        let engine = self.ground.engine.clone();
        while self.outstanding > 0 {
            // Before the look, so that nothing that happens after it is slept through.
            let changed = engine.changed();
            self.keep().await?;
            self.record.refresh().await?;
            if !self.count_ended().await? {
                self.show_alive().await?;
                engine.pause(changed, LOOK_AGAIN).await;
            }
        }
        Ok(())
    }

    /// Counts chunks that have ended. False when there is nothing to count yet.
    async fn count_ended(&mut self) -> Result<bool, Stop> {
        let snapshot = self.ground.snapshot().await?;
        let most = ChunkSize::new(COUNTED_AT_ONCE);
        let ended = snapshot.chunks_ended(self.record.run.id, most).await;
        let ended = ended.map_err(store_refusal)?;
        drop(snapshot);
        let failed = ended.iter().find_map(|chunk| match &chunk.state {
            ChunkState::Ended(ChunkEnd::Failed(error)) => Some(error.clone()),
            ChunkState::Ended(ChunkEnd::Done) | ChunkState::Waiting | ChunkState::Leased(_) => None,
        });
        if let Some(error) = failed {
            let refusal = Refusal::new(error.reason, error.text);
            return Err(Stop::Refused(refusal));
        }
        let now = self.ground.engine.clock.now();
        let waited = now.micros().saturating_sub(self.counted_at.micros());
        let count = ended.len() as u64;
        let is_due = count >= self.outstanding
            || ended.len() == most.rows()
            || u128::try_from(waited).is_ok_and(|waited| waited >= COUNTED_EVERY.as_micros());
        if ended.is_empty() || !is_due {
            return Ok(false);
        }
        if self.commit(counted(&ended)).await? == Committed::Yes {
            self.outstanding = self.outstanding.saturating_sub(count);
            self.counted_at = now;
        }
        Ok(true)
    }

    /// Writes the run's lease on when half of it is over: chunks may take long.
    async fn show_alive(&mut self) -> Result<(), Stop> {
        let engine = &self.ground.engine;
        let lease = i64::from(engine.limits.lease_seconds).saturating_mul(1_000_000);
        let left = self.record.run.lease_until.micros() - engine.clock.now().micros();
        if left < lease / 2 {
            self.commit(Piece::default()).await?;
        }
        Ok(())
    }
}

/// Adds what chunks have done to the run, and removes them.
fn counted(chunks: &[RunChunk]) -> Piece {
    let mut piece = Piece::default();
    for chunk in chunks {
        if !chunk.has_ended() {
            piece.guards.push(Guard::ChunkAt(chunk.id, chunk.version));
        }
        piece.counts.add(&chunk.counts);
        piece.units += chunk.units;
        piece.failures.extend(chunk.failures.iter().cloned());
        piece.changes.chunks_removed.push(chunk.id);
    }
    piece
}

impl Record {
    /// Removes every chunk but the coordinator's own, and counts what was done of them. Whoever
    /// works on one is kept out from then on.
    pub(super) async fn drop_chunks(&mut self) -> Result<(), Stop> {
        let mut at_once = COUNTED_AT_ONCE;
        loop {
            let snapshot = self.engine.snapshot(&self.caller).await?;
            // Its own is among them.
            let most = ChunkSize::new(at_once + 1);
            let chunks = snapshot.chunks_of_run(self.run.id, None, most).await;
            let mut chunks = chunks.map_err(store_refusal)?;
            drop(snapshot);
            chunks.retain(|chunk| chunk.id != self.held.chunk);
            if chunks.is_empty() {
                return Ok(());
            }
            match self.commit(counted(&chunks)).await? {
                Recorded::Yes => at_once = COUNTED_AT_ONCE,
                // Of fewer, it is less likely that somebody is just at work on one.
                Recorded::LookAgain | Recorded::Redefined => at_once = (at_once / 2).max(1),
            }
        }
    }
}

//! Chunks: the pieces of a run that workers take up, in one process or in many. A chunk says what is
//! left of it; every commit of its worker writes that anew, together with what was done, so that
//! whoever takes the chunk up next goes on exactly there.

use std::collections::BTreeMap;

use crate::calculation::Window;
use crate::ids::{
    ActorId, CalculationId, ChunkId, ParticipantId, PeriodId, RequestId, RunId, WorkerId,
};
use crate::plan::Phase;
use crate::refusal::RowError;
use crate::run::{Process, RunCounts, WorkItem};
use crate::stamp::Version;
use crate::time::Instant;
use crate::working::RowFailure;

/// What a chunk asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChunkTask {
    /// The run itself: its stages, its record and its log. One chunk of every run that has not
    /// ended, and the first.
    Coordinate,
    /// Classify, credit and roll up.
    Credit {
        /// What the run does.
        process: Process,
        /// Items of the work list.
        items: Vec<WorkItem>,
    },
    /// Brings the summarised roll-up of these up to date.
    Summarise {
        /// Whose credits are summarised.
        children: Vec<ParticipantId>,
    },
    /// Derives earnings.
    Calculate(CalculateTask),
}

impl ChunkTask {
    /// Whether nothing is left to do. A run is never done before it ends.
    #[must_use]
    pub fn is_done(&self) -> bool {
        match self {
            Self::Coordinate => false,
            Self::Credit { items, .. } => items.is_empty(),
            Self::Summarise { children } => children.is_empty(),
            Self::Calculate(task) => task.participants.is_empty(),
        }
    }
}

/// Participants to be calculated with each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CalculateTask {
    /// First or second.
    pub phase: Phase,
    /// From where on they are calculated.
    pub window: Window,
    /// The calculation of each period.
    pub calculations: BTreeMap<PeriodId, CalculationId>,
    /// Who, in rising order.
    pub participants: Vec<Due>,
    /// How many credits of the first of them were compared already, if there are so many that they
    /// are calculated in several commits.
    pub compared: u64,
}

/// Somebody who is to be calculated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Due {
    /// Who.
    pub participant: ParticipantId,
    /// The entries of the run's list that are done with it, by their periods.
    pub struck: Vec<PeriodId>,
}

/// Who works on a chunk, and for how long nobody else may.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChunkLease {
    /// The worker.
    pub worker: WorkerId,
    /// The first moment, by the store's clock, at which another may take it.
    pub until: Instant,
}

/// How a chunk ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChunkEnd {
    /// Nothing is left of it.
    Done,
    /// It cannot be done, and neither can its run.
    Failed(RowError),
}

/// The states of a chunk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChunkState {
    /// Nobody has taken it up.
    Waiting,
    /// Somebody has.
    Leased(ChunkLease),
    /// It waits to be counted.
    Ended(ChunkEnd),
}

/// A piece of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunChunk {
    /// Its id.
    pub id: ChunkId,
    /// Of which run.
    pub run: RunId,
    /// Rising within the run, from 0; smaller ones are taken up first.
    pub number: u64,
    /// On whose behalf it is done.
    pub actor: ActorId,
    /// The request that asked for the run.
    pub request: Option<RequestId>,
    /// What is left to do.
    pub task: ChunkTask,
    /// How far it is.
    pub state: ChunkState,
    /// How often it was taken up. Names one worker's turn, and so keeps out those before.
    pub attempt: u32,
    /// Counts the writes: every taking up and every piece of work.
    pub version: Version,
    /// What was done.
    pub counts: RunCounts,
    /// Units of the stage's work that are done.
    pub units: u64,
    /// Rows in error.
    pub failures: Vec<RowFailure>,
}

/// A chunk after a piece of work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChunkWork {
    /// Which.
    pub id: ChunkId,
    /// What is left to do.
    pub left: ChunkTask,
    /// What was done, everything together.
    pub counts: RunCounts,
    /// Units of work that are done, all together.
    pub units: u64,
    /// Rows in error, all of them.
    pub failures: Vec<RowFailure>,
    /// How it ended, if it did.
    pub end: Option<ChunkEnd>,
}

impl RunChunk {
    /// Whether it has ended.
    #[must_use]
    pub fn has_ended(&self) -> bool {
        match self.state {
            ChunkState::Waiting | ChunkState::Leased(_) => false,
            ChunkState::Ended(_) => true,
        }
    }

    /// Whether somebody may take it up at a moment of the store's clock.
    #[must_use]
    pub fn is_free(&self, at: Instant) -> bool {
        match &self.state {
            ChunkState::Waiting => true,
            ChunkState::Leased(lease) => lease.until <= at,
            ChunkState::Ended(_) => false,
        }
    }
}

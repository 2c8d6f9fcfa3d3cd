//! Process runs: started, worked on in small guarded commits by any number of workers, watched,
//! cancelled. Work that a worker left behind is taken over by another one, a run that died by the
//! next one over the same dates; nothing is done twice and nothing is lost.

mod calculating;
mod coordinator;
mod crediting;
mod crew;
mod deeds;
mod giving_up;
mod ground;
mod group;
mod long;
mod order;
mod record;
mod reports;
mod reverting;
mod stage;
mod start;
mod summarising;
mod worker;

pub(crate) use order::by_content;

use attain_domain::ids::RunId;
use attain_domain::refusal::{Reason, Refusal};
use attain_domain::run::{Process, Run};
use attain_domain::time::DateRange;

use crate::caller::Caller;
use crate::engine::Engine;
use crate::failure::store_refusal;

/// What to do when a run over overlapping dates is at work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhenBusy {
    /// Refuse.
    Refuse,
    /// Wait for it to end.
    Wait,
}

/// What to run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunRequest {
    /// Which process.
    pub process: Process,
    /// Over which dates, `[from, to)`; the periods they touch are run whole. `to` is needed, but
    /// for Revert: over all dates, it takes exactly what waits for it.
    pub range: DateRange,
    /// What to do when another run is in the way.
    pub when_busy: WhenBusy,
}

impl Engine {
    /// Starts a run and executes it to its end.
    ///
    /// # Errors
    /// When it cannot start, or cannot go on: the run is then `Failed` and may be repeated.
    pub async fn run_to_end(&self, caller: &Caller, request: &RunRequest) -> Result<Run, Refusal> {
        let run = self.start_run(caller, request).await?;
        if run.status.has_ended() {
            return Ok(run);
        }
        self.execute_run(caller, run.id).await
    }

    /// One run.
    ///
    /// # Errors
    /// `NOT_FOUND`.
    pub async fn run(&self, caller: &Caller, id: RunId) -> Result<Run, Refusal> {
        let snapshot = self.snapshot(caller).await?;
        let run = snapshot.run(id).await.map_err(store_refusal)?;
        run.ok_or_else(|| Refusal::new(Reason::NotFound, format!("there is no run {id}")))
    }
}

//! The coordinator of a run: goes through its stages, cuts each into chunks for any number of
//! workers, counts what they have done, and ends the run. When it dies, the next one plans again
//! from the work list and the change log: they say what is left.

use attain_domain::change::Guard;
use attain_domain::chunk::RunChunk;
use attain_domain::ids::WorkspaceId;
use attain_domain::refusal::{Reason, Refusal};
use attain_domain::run::{Process, Run, RunStatus};
use attain_domain::time::Instant;

use super::ground::{Committed, Ground, Leave, Piece, Stop};
use super::record::{Record, Recorded};
use super::worker::{TURNS_MAX, is_passing};
use crate::engine::Engine;

/// A coordinator at work.
pub(super) struct Coordinator {
    pub(super) ground: Ground,
    pub(super) record: Record,
    /// Chunks of the stage that are not counted yet.
    pub(super) outstanding: u64,
    pub(super) next_number: u64,
    pub(super) counted_at: Instant,
}

/// Takes a run to its end. `None` when somebody else has to: another took it over, this worker is
/// to leave, or the store cannot be reached.
pub(super) async fn coordinate(
    engine: &Engine,
    workspace: &WorkspaceId,
    chunk: RunChunk,
    leave: &Leave,
) -> Result<Option<Run>, Refusal> {
    let mut record = Record::open(engine, workspace, &chunk, leave).await?;
    let end = match begin(&mut record, &chunk).await {
        Ok(ground) => {
            let mut coordinator = Coordinator {
                ground,
                outstanding: 0,
                next_number: chunk.number + 1,
                counted_at: engine.clock.now(),
                record,
            };
            let end = coordinator.work(chunk.attempt).await;
            record = coordinator.record;
            end
        }
        Err(refusal) => Err(Stop::Refused(refusal)),
    };
    let (status, refusal) = match end {
        Ok(()) => (RunStatus::Succeeded, None),
        Err(Stop::Cancelled) => (RunStatus::Cancelled, None),
        Err(Stop::Lost) => return Ok(None),
        Err(Stop::Leaving) => return given_back(&record).await,
        Err(Stop::Refused(refusal)) if is_passing(&refusal) => return given_back(&record).await,
        Err(Stop::Refused(refusal)) => (RunStatus::Failed, Some(refusal)),
    };
    match end_run(&mut record, status, refusal.as_ref()).await {
        Ok(()) => refusal.map_or_else(|| Ok(Some(record.run)), Err),
        Err(Stop::Lost | Stop::Cancelled) => Ok(None),
        Err(Stop::Refused(lost)) if !is_passing(&lost) => Err(refusal.unwrap_or(lost)),
        Err(Stop::Leaving | Stop::Refused(_)) => given_back(&record).await,
    }
}

async fn begin(record: &mut Record, chunk: &RunChunk) -> Result<Ground, Refusal> {
    if chunk.attempt > TURNS_MAX {
        let text = format!("the run was taken up {TURNS_MAX} times and not ended");
        return Err(Refusal::new(Reason::Contention, text));
    }
    Ground::load(&record.engine, &record.caller, &record.run).await
}

async fn given_back(record: &Record) -> Result<Option<Run>, Refusal> {
    record
        .held
        .give_back(&record.engine, &record.caller)
        .await?;
    Ok(None)
}

async fn end_run(
    record: &mut Record,
    status: RunStatus,
    refusal: Option<&Refusal>,
) -> Result<(), Stop> {
    record.begin_to_end();
    record.drop_chunks().await?;
    // Chunks that were dropped may have counted rows in error.
    let has_errors = record.run.counts.failed > 0;
    let status = if status == RunStatus::Succeeded && has_errors {
        RunStatus::SucceededWithErrors
    } else {
        status
    };
    record.end(status, refusal).await
}

impl Coordinator {
    async fn work(&mut self, attempt: u32) -> Result<(), Stop> {
        self.record.refresh().await?;
        self.record.drop_chunks().await?;
        let process = self.record.run.process;
        let periods = self.ground.periods.len();
        let how = if attempt > 1 { ", taken up again" } else { "" };
        self.note(format!("{process:?} over {periods} open periods{how}"))
            .await?;
        match process {
            Process::Revert => self.revert_work().await,
            Process::Classify | Process::Credit => self.credit_work(process).await,
            Process::RollUp => {
                self.credit_work(process).await?;
                self.summarise_logged().await
            }
            Process::Calculate => self.calculate_work().await,
            Process::RunAll => {
                self.revert_work().await?;
                self.credit_work(process).await?;
                self.calculate_work().await
            }
        }
    }

    async fn note(&mut self, text: String) -> Result<(), Stop> {
        let entry = self.record.note(text);
        loop {
            let mut piece = Piece::default();
            piece.changes.run_log.push(entry.clone());
            if self.commit(piece).await? == Committed::Yes {
                return Ok(());
            }
        }
    }

    /// Commits a piece of the coordinator's own work.
    pub(super) async fn commit(&mut self, mut piece: Piece) -> Result<Committed, Stop> {
        self.keep().await?;
        if piece.of_definitions {
            let guard = Guard::DefinitionsUnchanged(self.ground.mark);
            piece.guards.push(guard);
        }
        match self.record.commit(piece).await? {
            Recorded::Yes => Ok(Committed::Yes),
            Recorded::LookAgain => Ok(Committed::LookAgain),
            Recorded::Redefined => {
                self.ground.reload().await?;
                Ok(Committed::LookAgain)
            }
        }
    }

    pub(super) async fn keep(&mut self) -> Result<(), Stop> {
        let Record {
            engine,
            caller,
            held,
            ..
        } = &mut self.record;
        held.keep(engine, caller).await
    }
}

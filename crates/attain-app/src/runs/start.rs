//! Starting and cancelling runs.

use std::time::Duration;

use attain_domain::activity::{Activity, ActivityAction, RecordKind};
use attain_domain::change::{ChangeSet, Guard};
use attain_domain::ids::{ActivityId, RunId};
use attain_domain::ports::Snapshot;
use attain_domain::refusal::{Reason, Refusal};
use attain_domain::run::{Process, Run, RunCounts, RunStatus};
use attain_domain::time::{DateRange, Instant};
use attain_domain::working::Circumstances;

use super::giving_up::{coordinating, give_up};
use super::{RunRequest, WhenBusy};
use crate::caller::Caller;
use crate::corrections::{check, pending_range};
use crate::engine::Engine;
use crate::failure::store_refusal;
use crate::world::World;

/// How often a run that waits for another looks again.
const LOOK_AGAIN: Duration = Duration::from_millis(200);

impl Engine {
    /// Makes a run, for any worker to take up. A run over overlapping dates whose coordinator has
    /// been silent for longer than its lease is given up in the same commit, and its work is taken
    /// over.
    ///
    /// # Errors
    /// `RUN_IN_PROGRESS`, unless asked to wait; `OUT_OF_RANGE` for dates without periods.
    pub async fn start_run(&self, caller: &Caller, request: &RunRequest) -> Result<Run, Refusal> {
        loop {
            match self.try_start(caller, request).await {
                Err(refusal)
                    if refusal.reason == Reason::RunInProgress
                        && request.when_busy == WhenBusy::Wait =>
                {
                    tokio::time::sleep(LOOK_AGAIN).await;
                }
                other => return other,
            }
        }
    }

    async fn try_start(&self, caller: &Caller, request: &RunRequest) -> Result<Run, Refusal> {
        let content = format!("run {:?} {}", request.process, request.range);
        let mut attempts = self.attempts();
        loop {
            attempts.next()?;
            let snapshot = self.snapshot(caller).await?;
            if let Some(answer) = self.first_answer(caller, &*snapshot, &content).await? {
                let id = RunId::parse(&answer).map_err(|error| {
                    Refusal::new(
                        Reason::StoreCorrupt,
                        format!("the answer of a request {error}"),
                    )
                })?;
                return self.run(caller, id).await;
            }
            let (run, mut set) = self.decide_start(caller, request, &*snapshot).await?;
            drop(snapshot);
            let (answer, at) = (run.id.to_string(), run.stamp.created_at);
            set.request = self.request_record(caller, &content, &answer, at);
            if self.commit_or_look_again(set).await? {
                self.wake();
                return Ok(run);
            }
        }
    }

    async fn decide_start(
        &self,
        caller: &Caller,
        request: &RunRequest,
        snapshot: &dyn Snapshot,
    ) -> Result<(Run, ChangeSet), Refusal> {
        let open = snapshot.runs_open().await.map_err(store_refusal)?;
        let world = self.world(caller, snapshot).await?;
        let range = run_range(request, &world, snapshot).await?;
        check(snapshot, &world, request.process, range).await?;
        let ids = std::sync::Arc::clone(&self.ids);
        let mut next_id = move || ids.next();
        let at = self.clock.now();
        let now = &mut Circumstances {
            at,
            actor: &caller.actor,
            next_id: &mut next_id,
        };
        let run = Run {
            id: RunId(now.id()),
            process: request.process,
            range,
            status: RunStatus::Running,
            stage: None,
            units_done: 0,
            units_total: 0,
            counts: RunCounts::default(),
            cancel_requested: false,
            lease_until: self.lease_until(now.at),
            ended_at: None,
            stamp: now.stamp(),
        };
        let mut set = ChangeSet::new(caller.workspace.clone());
        set.guards.push(Guard::NoRunOverlaps {
            except: run.id,
            range,
            at: now.at,
        });
        for dead in open {
            if dead.range.overlaps(&range) && dead.lease_until <= now.at {
                give_up(dead, snapshot, &mut set, now).await?;
            }
        }
        set.changes.chunks.push(coordinating(&run, caller, now));
        set.changes
            .activities
            .push(activity(caller, &run, ActivityAction::Created, now));
        set.changes.runs.push(run.clone());
        Ok((run, set))
    }

    /// Asks a run to stop between two of its commits. One that has ended stays as it is.
    ///
    /// # Errors
    /// `NOT_FOUND`; `RUN_ENDED`.
    pub async fn cancel_run(&self, caller: &Caller, id: RunId) -> Result<Run, Refusal> {
        let content = format!("cancel {id}");
        let mut attempts = self.attempts();
        loop {
            attempts.next()?;
            let snapshot = self.snapshot(caller).await?;
            let run = self.run(caller, id).await?;
            if self
                .first_answer(caller, &*snapshot, &content)
                .await?
                .is_some()
            {
                return Ok(run);
            }
            if run.status.has_ended() {
                return Err(Refusal::new(
                    Reason::RunEnded,
                    format!("{id} has ended already"),
                ));
            }
            let mut next_id = || self.ids.next();
            let at = self.clock.now();
            let now = &mut Circumstances {
                at,
                actor: &caller.actor,
                next_id: &mut next_id,
            };
            let mut set = ChangeSet::new(caller.workspace.clone());
            set.guards.push(Guard::RunAt(id, run.stamp.version));
            set.changes
                .activities
                .push(activity(caller, &run, ActivityAction::Updated, now));
            let stamp = now.touch(&run.stamp);
            let run = Run {
                cancel_requested: true,
                stamp,
                ..run
            };
            set.changes.runs.push(run.clone());
            set.request = self.request_record(caller, &content, &id.to_string(), at);
            if self.commit_or_look_again(set).await? {
                self.wake();
                return Ok(run);
            }
        }
    }

    pub(super) fn lease_until(&self, at: Instant) -> Instant {
        let micros = i64::from(self.limits.lease_seconds).saturating_mul(1_000_000);
        Instant::from_micros(at.micros().saturating_add(micros)).unwrap_or(at)
    }
}

fn activity(
    caller: &Caller,
    run: &Run,
    action: ActivityAction,
    now: &mut Circumstances<'_>,
) -> Activity {
    Activity {
        id: ActivityId(now.id()),
        at: now.at,
        actor: caller.actor.clone(),
        request: caller.request.clone(),
        run: Some(run.id),
        action,
        record: RecordKind::Run,
        subject: run.id.to_string(),
        count: 1,
        before: None,
        after: Some(format!("{:?} {}", run.process, run.range)),
        reason: None,
    }
}

/// The dates of a run. Revert without any takes exactly what waits for it.
async fn run_range(
    request: &RunRequest,
    world: &World,
    snapshot: &dyn Snapshot,
) -> Result<DateRange, Refusal> {
    let calendar = &world.set.calendar;
    if request.process != Process::Revert || request.range != DateRange::ALWAYS {
        return whole_periods(calendar, request.range);
    }
    if let Some(range) = pending_range(snapshot, world).await? {
        return whole_periods(calendar, range);
    }
    let end = calendar
        .periods_in(DateRange::ALWAYS)
        .map(|period| period.end)
        .max();
    let all = DateRange {
        from: None,
        to: end,
    };
    whole_periods(calendar, all)
}

/// The dates of the periods that a range touches.
fn whole_periods(
    calendar: &attain_domain::definition::Calendar,
    range: DateRange,
) -> Result<DateRange, Refusal> {
    if range.to.is_none() {
        let text = "a run needs to know up to which date: give a period, or an end";
        return Err(Refusal::new(Reason::MissingValue, text).at("range.to"));
    }
    let start = calendar.periods_in(range).map(|period| period.start).min();
    let end = calendar.periods_in(range).map(|period| period.end).max();
    match (start, end) {
        (Some(start), Some(end)) => Ok(DateRange::between(start, end)),
        _ => {
            let text = format!("the calendar has no period for dates {range}");
            Err(Refusal::new(Reason::OutOfRange, text).at("range"))
        }
    }
}

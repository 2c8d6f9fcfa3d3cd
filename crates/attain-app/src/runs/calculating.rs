//! Calculate: the coordinator claims what stands in the change log, and has the earnings of everybody
//! named there derived, some participants a chunk. What is logged meanwhile waits for the next run.

use std::collections::{BTreeMap, BTreeSet};

use attain_domain::calculation::Window;
use attain_domain::change::{Changes, Claim, ClaimDone};
use attain_domain::chunk::{CalculateTask, ChunkTask, Due};
use attain_domain::definition::calendar::PeriodStatus;
use attain_domain::ids::{CalculationId, ParticipantId, PeriodId};
use attain_domain::plan::Phase;
use attain_domain::ports::{ChunkSize, Snapshot};
use attain_domain::run::{Calculation, Change, Process, Scope};
use attain_domain::stamp::Stamp;
use attain_domain::time::{Date, DateRange};

use super::coordinator::Coordinator;
use super::ground::{Committed, Piece, Stop};
use super::stage::{Planned, share};
use crate::failure::store_refusal;

/// Least participants in a chunk, if there are so many.
const PARTICIPANTS_MIN: usize = 25;

/// What the calculation of a run has to do.
struct Agenda {
    /// Everybody, with the first date that changed.
    participants: BTreeMap<ParticipantId, Date>,
    /// The entries of the run's list that name one participant, by their periods.
    entries: BTreeMap<ParticipantId, Vec<PeriodId>>,
    /// The entries that name everybody; struck off when all is done.
    everybody: Vec<Change>,
}

impl Agenda {
    fn struck(&self, who: &ParticipantId) -> Vec<PeriodId> {
        self.entries.get(who).cloned().unwrap_or_default()
    }
}

/// What all participants of a run are calculated with.
struct Frame {
    /// The last date that is calculated.
    through: Date,
    /// The calculation of each period.
    calculations: BTreeMap<PeriodId, CalculationId>,
    /// First or second.
    phase: Phase,
}

impl Coordinator {
    pub(super) async fn calculate_work(&mut self) -> Result<(), Stop> {
        let (mut frame, mut agenda) = self.claim().await?;
        let second = self.ground.world.plans.has_phase(Phase::Second);
        self.calculate_all(&agenda, &frame, !second).await?;
        if second {
            // The entries stand until the second phase is done as well.
            frame.phase = Phase::Second;
            self.add_managers(&mut agenda, &frame);
            self.calculate_all(&agenda, &frame, true).await?;
        }
        Ok(())
    }

    /// Takes over the change log of the run's dates, until what is summarised follows from it: a
    /// summary that changes is a change for those who get it.
    async fn claim(&mut self) -> Result<(Frame, Agenda), Stop> {
        let mut summarised: BTreeSet<ParticipantId> = BTreeSet::new();
        loop {
            let mark = self.ground.mark;
            let frame = self.claim_logged().await?;
            if self.ground.mark != mark {
                summarised.clear();
            }
            let snapshot = self.ground.snapshot().await?;
            let claimed = self.claimed(&*snapshot).await?;
            let mut children = self.children_of(&*snapshot, &claimed).await?;
            drop(snapshot);
            children.retain(|child| !summarised.contains(child));
            if children.is_empty() {
                return Ok((frame, self.agenda(claimed)));
            }
            self.summarise_all(&children).await?;
            summarised.extend(children);
        }
    }

    /// Takes over what stands in the change log now, and makes or renews the calculation of each
    /// open period. The run goes on with the definitions of this moment: what changes later is
    /// logged later.
    async fn claim_logged(&mut self) -> Result<Frame, Stop> {
        loop {
            let snapshot = self.ground.snapshot().await?;
            let known = snapshot.calculations().await.map_err(store_refusal)?;
            drop(snapshot);
            let (calculations, renewed) = self.calculations(&known);
            let mut piece = Piece {
                of_definitions: true,
                ..Piece::default()
            };
            piece.changes.claims.push(Claim {
                run: self.ground.run,
                range: self.ground.range,
            });
            piece.changes.calculations = renewed;
            if self.commit(piece).await? == Committed::Yes {
                let through = self.through(&known);
                return Ok(Frame {
                    through,
                    calculations,
                    phase: Phase::First,
                });
            }
        }
    }

    /// In the second phase, everybody above those whose first-phase earnings may have changed is
    /// calculated as well.
    fn add_managers(&self, agenda: &mut Agenda, frame: &Frame) {
        let mut managers: BTreeMap<ParticipantId, Date> = BTreeMap::new();
        for (who, from) in &agenda.participants {
            let dates = DateRange {
                from: Some(*from),
                to: frame.through.succ_opt(),
            };
            for period in self.ground.world.set.calendar.periods_in(dates) {
                for above in self
                    .ground
                    .world
                    .hierarchy
                    .ancestors(who, period.last_date())
                {
                    let first = managers.entry(above.participant.clone()).or_insert(*from);
                    *first = (*first).min(*from);
                }
            }
        }
        for (who, from) in managers {
            let first = agenda.participants.entry(who).or_insert(from);
            *first = (*first).min(from);
        }
    }

    /// The run's last date, or a later one that was calculated before: earnings that came after the
    /// run's dates shift with them.
    fn through(&self, known: &[Calculation]) -> Date {
        let end = self
            .ground
            .range
            .to
            .and_then(|to| to.pred_opt())
            .unwrap_or(Date::MAX);
        known
            .iter()
            .map(|calculation| calculation.through)
            .max()
            .map_or(end, |t| t.max(end))
    }

    fn calculations(
        &self,
        known: &[Calculation],
    ) -> (BTreeMap<PeriodId, CalculationId>, Vec<Calculation>) {
        let mut ids: BTreeMap<PeriodId, CalculationId> = known
            .iter()
            .map(|old| (old.period.clone(), old.id))
            .collect();
        let plan_versions: BTreeMap<_, _> = self
            .ground
            .world
            .set
            .plans
            .iter()
            .map(|(id, plan)| (id.clone(), plan.version))
            .collect();
        let mut renewed = Vec::new();
        for period in self.ground.world.set.calendar.periods_in(self.ground.range) {
            if period.status != PeriodStatus::Open {
                continue;
            }
            let at = self.ground.engine.clock.now();
            let actor = self.ground.caller.actor.clone();
            let old = known.iter().find(|old| old.period == period.id);
            let calculation = Calculation {
                id: old.map_or_else(|| CalculationId(self.ground.new_id()), |old| old.id),
                period: period.id.clone(),
                through: period.last_date(),
                run: self.ground.run,
                plan_versions: plan_versions.clone(),
                released: old.is_some_and(|old| old.released),
                stamp: match old {
                    Some(old) => old.stamp.touched(at, actor),
                    None => Stamp::new(at, actor),
                },
            };
            ids.insert(period.id.clone(), calculation.id);
            renewed.push(calculation);
        }
        (ids, renewed)
    }

    /// What the run's own list asks for.
    fn agenda(&self, claimed: Vec<Change>) -> Agenda {
        let mut agenda = Agenda {
            participants: BTreeMap::new(),
            entries: BTreeMap::new(),
            everybody: Vec::new(),
        };
        for change in claimed {
            let Some(period) = self.ground.world.set.calendar.period(&change.period) else {
                continue;
            };
            let start = period.start;
            let note = |agenda: &mut Agenda, who: &ParticipantId| {
                let first = agenda.participants.entry(who.clone()).or_insert(start);
                *first = start.min(*first);
            };
            match &change.scope {
                Scope::Participant(who) => {
                    note(&mut agenda, who);
                    let entries = agenda.entries.entry(who.clone()).or_default();
                    entries.push(change.period.clone());
                }
                Scope::Everybody => {
                    for who in self.ground.world.set.participants.keys() {
                        note(&mut agenda, who);
                    }
                    agenda.everybody.push(change);
                }
            }
        }
        agenda
    }

    async fn claimed(&self, snapshot: &dyn Snapshot) -> Result<Vec<Change>, Stop> {
        let mut claimed: Vec<Change> = Vec::new();
        loop {
            let page = snapshot
                .claimed_after(self.ground.run, claimed.last(), ChunkSize::largest())
                .await
                .map_err(store_refusal)?;
            let last = page.len() < ChunkSize::largest().rows();
            claimed.extend(page);
            if last {
                return Ok(claimed);
            }
        }
    }

    /// Goes through everybody; `strikes` tells whether their entries are done with afterwards.
    async fn calculate_all(
        &mut self,
        agenda: &Agenda,
        frame: &Frame,
        strikes: bool,
    ) -> Result<(), Stop> {
        let who: Vec<(&ParticipantId, Date)> = agenda
            .participants
            .iter()
            .map(|(who, from)| (who, *from))
            .collect();
        let most = self.ground.engine.limits.chunk_participants as usize;
        let size = share(who.len(), PARTICIPANTS_MIN, most);
        // Neighbours go to different chunks: names go by rank more often than not, and those at
        // the top have the most credits.
        let chunks = who.len().div_ceil(size.max(1));
        let plan = (0..chunks).map(|first| {
            let who: Vec<&(&ParticipantId, Date)> =
                who.iter().skip(first).step_by(chunks).collect();
            // Participants of one chunk share the window, so that one read serves them all.
            let from = who.iter().map(|(_, from)| *from).min();
            let due = |(who, _): &&(&ParticipantId, Date)| Due {
                participant: (*who).clone(),
                struck: if strikes {
                    agenda.struck(who)
                } else {
                    Vec::new()
                },
            };
            let task = CalculateTask {
                phase: frame.phase,
                window: Window {
                    from: from.unwrap_or(frame.through),
                    through: frame.through,
                },
                calculations: frame.calculations.clone(),
                participants: who.iter().map(due).collect(),
                compared: 0,
            };
            Planned {
                task: ChunkTask::Calculate(task),
                units: who.len() as u64,
                changes: Changes::default(),
            }
        });
        self.stage(Process::Calculate, plan.collect()).await?;
        if strikes && !agenda.everybody.is_empty() {
            self.strike_everybody(agenda).await?;
        }
        Ok(())
    }

    async fn strike_everybody(&mut self, agenda: &Agenda) -> Result<(), Stop> {
        loop {
            let mut piece = Piece::default();
            let run = self.ground.run;
            let done = agenda.everybody.iter();
            piece.changes.claims_done = done
                .map(|change| ClaimDone {
                    run,
                    change: change.clone(),
                })
                .collect();
            if self.commit(piece).await? == Committed::Yes {
                return Ok(());
            }
        }
    }
}

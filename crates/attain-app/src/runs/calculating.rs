//! Calculate: claims what stands in the change log, then derives the earnings of everybody named
//! there, some participants a commit. What is logged meanwhile waits for the next run.

use std::collections::BTreeMap;

use attain_domain::calculation::Window;
use attain_domain::change::{Claim, ClaimDone};
use attain_domain::definition::calendar::PeriodStatus;
use attain_domain::ids::{CalculationId, ParticipantId, PeriodId};
use attain_domain::plan::Phase;
use attain_domain::ports::{ChunkSize, Snapshot};
use attain_domain::run::{Calculation, Change, Process, Scope};
use attain_domain::stamp::Stamp;
use attain_domain::time::Date;

use super::worker::{Committed, Piece, Stop, Worker};
use crate::failure::store_refusal;

/// What the calculation of a run has to do.
pub(super) struct Agenda {
    /// Everybody, with the first date that changed.
    pub(super) participants: BTreeMap<ParticipantId, Date>,
    /// The entries of the run's list that name one participant.
    pub(super) entries: BTreeMap<ParticipantId, Vec<Change>>,
    /// The entries that name everybody; struck off when all is done.
    everybody: Vec<Change>,
}

/// What all participants of a run are calculated with.
pub(super) struct Frame {
    /// The last date that is calculated.
    pub(super) through: Date,
    /// The calculation of each period.
    pub(super) calculations: BTreeMap<PeriodId, CalculationId>,
    /// First or second.
    pub(super) phase: Phase,
}

impl Worker<'_> {
    pub(super) async fn calculate_work(&mut self) -> Result<(), Stop> {
        let second = self.world.plans.has_phase(Phase::Second);
        let mut frame = self.claim().await?;
        let agenda = self.agenda().await?;
        self.enter(Process::Calculate, agenda.participants.len() as u64).await?;
        self.calculate_all(&agenda, &frame, !second).await?;
        if second {
            // Changes of first-phase earnings were logged for managers above; they and everybody
            // of the first phase follow. The entries of the first phase stand until then.
            frame = self.claim().await?;
            frame.phase = Phase::Second;
            let agenda = self.agenda().await?;
            self.enter(Process::Calculate, agenda.participants.len() as u64).await?;
            self.calculate_all(&agenda, &frame, true).await?;
        }
        Ok(())
    }

    /// Takes over the change log of the run's dates, and makes or renews the calculation of each
    /// open period.
    async fn claim(&mut self) -> Result<Frame, Stop> {
        loop {
            let snapshot = self.snapshot().await?;
            let known = snapshot.calculations().await.map_err(store_refusal)?;
            drop(snapshot);
            let (calculations, renewed) = self.calculations(&known);
            let mut piece = Piece::default();
            piece.changes.claims.push(Claim { run: self.run.id, range: self.run.range });
            piece.changes.calculations = renewed;
            if self.commit(piece).await? == Committed::Yes {
                let through = self.through(&known);
                return Ok(Frame { through, calculations, phase: Phase::First });
            }
        }
    }

    /// The run's last date, or a later one that was calculated before: earnings that came after the
    /// run's dates shift with them.
    fn through(&self, known: &[Calculation]) -> Date {
        let end = self.run.range.to.and_then(|to| to.pred_opt()).unwrap_or(Date::MAX);
        known.iter().map(|calculation| calculation.through).max().map_or(end, |t| t.max(end))
    }

    fn calculations(
        &self,
        known: &[Calculation],
    ) -> (BTreeMap<PeriodId, CalculationId>, Vec<Calculation>) {
        let mut ids: BTreeMap<PeriodId, CalculationId> =
            known.iter().map(|old| (old.period.clone(), old.id)).collect();
        let plan_versions: BTreeMap<_, _> =
            self.world.set.plans.iter().map(|(id, plan)| (id.clone(), plan.version)).collect();
        let mut renewed = Vec::new();
        for period in self.world.set.calendar.periods_in(self.run.range) {
            if period.status != PeriodStatus::Open {
                continue;
            }
            let at = self.engine.clock.now();
            let actor = self.caller.actor.clone();
            let old = known.iter().find(|old| old.period == period.id);
            let calculation = Calculation {
                id: old.map_or_else(|| CalculationId(self.new_id()), |old| old.id),
                period: period.id.clone(),
                through: period.last_date(),
                run: self.run.id,
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

    /// Reads the run's own list.
    async fn agenda(&self) -> Result<Agenda, Stop> {
        let snapshot = self.snapshot().await?;
        let claimed = self.claimed(&*snapshot).await?;
        drop(snapshot);
        let mut agenda = Agenda {
            participants: BTreeMap::new(),
            entries: BTreeMap::new(),
            everybody: Vec::new(),
        };
        for change in claimed {
            let Some(period) = self.world.set.calendar.period(&change.period) else { continue };
            let start = period.start;
            let note = |agenda: &mut Agenda, who: &ParticipantId| {
                let first = agenda.participants.entry(who.clone()).or_insert(start);
                *first = start.min(*first);
            };
            match &change.scope {
                Scope::Participant(who) => {
                    note(&mut agenda, who);
                    agenda.entries.entry(who.clone()).or_default().push(change);
                }
                Scope::Everybody => {
                    for who in self.world.set.participants.keys() {
                        note(&mut agenda, who);
                    }
                    agenda.everybody.push(change);
                }
            }
        }
        Ok(agenda)
    }

    async fn claimed(&self, snapshot: &dyn Snapshot) -> Result<Vec<Change>, Stop> {
        let mut claimed: Vec<Change> = Vec::new();
        loop {
            let page = snapshot
                .claimed_after(self.run.id, claimed.last(), ChunkSize::largest())
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
        let who: Vec<(ParticipantId, Date)> =
            agenda.participants.iter().map(|(who, from)| (who.clone(), *from)).collect();
        // Participants of one chunk share the window, so that one read serves them all.
        let size = self.engine.limits.chunk_participants as usize;
        for chunk in who.chunks(size.max(1)) {
            let from = chunk.iter().map(|(_, from)| *from).min().unwrap_or(frame.through);
            let window = Window { from, through: frame.through };
            let ids: Vec<ParticipantId> = chunk.iter().map(|(who, _)| who.clone()).collect();
            let entries = if strikes { Some(&agenda.entries) } else { None };
            self.calculate_chunk(&ids, window, frame, entries).await?;
        }
        if strikes && !agenda.everybody.is_empty() {
            self.strike_everybody(agenda).await?;
        }
        Ok(())
    }

    async fn strike_everybody(&mut self, agenda: &Agenda) -> Result<(), Stop> {
        loop {
            let mut piece = Piece::default();
            let run = self.run.id;
            let done = agenda.everybody.iter();
            piece.changes.claims_done =
                done.map(|change| ClaimDone { run, change: change.clone() }).collect();
            if self.commit(piece).await? == Committed::Yes {
                return Ok(());
            }
        }
    }
}

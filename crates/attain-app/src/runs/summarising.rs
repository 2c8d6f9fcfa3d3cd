//! Summarised roll-up: for everybody whose direct credits changed, one indirect credit per
//! (ancestor, child, category, date) is brought up to date, a child at a time.

use std::collections::BTreeSet;

use attain_domain::change::Changes;
use attain_domain::chunk::ChunkTask;
use attain_domain::credit::{Credit, CreditKind, CreditPosition};
use attain_domain::crediting::summarise;
use attain_domain::ids::ParticipantId;
use attain_domain::ports::{ChunkSize, Snapshot};
use attain_domain::run::{Change, Process, Scope};
use attain_domain::time::DateRange;

use super::coordinator::Coordinator;
use super::crediting::{Noted, note_touched};
use super::ground::{Committed, Ground, Piece, Stop};
use super::stage::{Planned, share};
use super::worker::Worker;
use crate::failure::store_refusal;

/// Least children in a chunk, if there are so many.
const CHILDREN_MIN: usize = 25;
/// Most children that nothing had to be done for between two commits: the chunk shows how far it is.
const UNCHANGED_MAX: u64 = 500;

impl Coordinator {
    /// Summarises for everybody whom the change log names.
    pub(super) async fn summarise_logged(&mut self) -> Result<(), Stop> {
        let snapshot = self.ground.snapshot().await?;
        let logged = self.logged(&*snapshot).await?;
        let children = self.children_of(&*snapshot, &logged).await?;
        drop(snapshot);
        self.summarise_all(&children).await
    }

    /// Those who are to be summarised after these changes: nobody where nothing is summarised,
    /// but for those whose summaries stand from before, when it was.
    pub(super) async fn children_of(
        &self,
        snapshot: &dyn Snapshot,
        changes: &[Change],
    ) -> Result<BTreeSet<ParticipantId>, Stop> {
        let everybody = changes
            .iter()
            .any(|change| change.scope == Scope::Everybody);
        let summarised = self.ground.world.settings().summarised_roll_up;
        let all = || self.ground.world.set.participants.keys();
        let mut children = BTreeSet::new();
        match (summarised, everybody) {
            (true, true) => children.extend(all().cloned()),
            (true, false) => {
                children.extend(changes.iter().filter_map(|change| match &change.scope {
                    Scope::Participant(participant) => Some(participant.clone()),
                    Scope::Everybody => None,
                }))
            }
            // A change of the settings is one for everybody.
            (false, true) => {
                for child in all() {
                    if !summaries(&self.ground, snapshot, child).await?.is_empty() {
                        children.insert(child.clone());
                    }
                }
            }
            (false, false) => {}
        }
        Ok(children)
    }

    /// Brings the summaries of these up to date. What changes nothing is counted and not written.
    pub(super) async fn summarise_all(
        &mut self,
        children: &BTreeSet<ParticipantId>,
    ) -> Result<(), Stop> {
        if children.is_empty() {
            return Ok(());
        }
        let children: Vec<ParticipantId> = children.iter().cloned().collect();
        let most = self.ground.engine.limits.chunk_participants as usize;
        let size = share(children.len(), CHILDREN_MIN, most);
        let plan = children.chunks(size).map(|children| Planned {
            task: ChunkTask::Summarise {
                children: children.to_vec(),
            },
            units: children.len() as u64,
            changes: Changes::default(),
        });
        self.stage(Process::RollUp, plan.collect()).await
    }

    /// What the change log says for the run's periods.
    async fn logged(&self, snapshot: &dyn Snapshot) -> Result<Vec<Change>, Stop> {
        let mut logged: Vec<Change> = Vec::new();
        loop {
            let page = snapshot
                .changes_after(&self.ground.periods, logged.last(), ChunkSize::largest())
                .await
                .map_err(store_refusal)?;
            let last = page.len() < ChunkSize::largest().rows();
            logged.extend(page);
            if last {
                return Ok(logged);
            }
        }
    }
}

impl Worker {
    /// Brings the summaries of children up to date, one that changes a commit.
    pub(super) async fn summarise(&mut self, children: Vec<ParticipantId>) -> Result<(), Stop> {
        let mut children = children.as_slice();
        let mut unchanged = Piece::default();
        while let Some((child, others)) = children.split_first() {
            self.keep().await?;
            let (mut piece, touched) = self.summary_of(child).await?;
            piece.counts.add(&unchanged.counts);
            piece.units += unchanged.units;
            let changes = piece.changes != Changes::default() || !piece.failures.is_empty();
            if !changes && !others.is_empty() && piece.units < UNCHANGED_MAX {
                unchanged = piece;
                children = others;
                continue;
            }
            let left = ChunkTask::Summarise {
                children: others.to_vec(),
            };
            if self.commit(piece, left).await? == Committed::Yes {
                self.noted.extend(touched);
                unchanged = Piece::default();
                children = others;
            }
        }
        Ok(())
    }

    async fn summary_of(&self, child: &ParticipantId) -> Result<(Piece, Noted), Stop> {
        let snapshot = self.ground.snapshot().await?;
        let range = self.ground.range;
        let mut direct = direct_credits(&*snapshot, child, range).await?;
        direct.retain(|credit| self.ground.world.is_open(&credit.period));
        let live = summaries(&self.ground, &*snapshot, child).await?;
        drop(snapshot);
        let world = self.world();
        let judge = |credit: &Credit| world.plans.eligibility(&world.set, credit);
        let outcome = self.ground.now(|now| {
            summarise(
                &world.hierarchy,
                &world.set,
                child,
                &direct,
                &live,
                &judge,
                now,
            )
        });
        let touched: Noted = outcome
            .touched
            .into_iter()
            .map(|(who, period)| (period, who))
            .collect();
        let mut changes = outcome.changes;
        note_touched(&touched, &self.noted, &mut changes);
        let (guards, counts, failures) = (outcome.guards, outcome.counts, outcome.failures);
        let piece = Piece {
            guards,
            changes,
            counts,
            failures,
            units: 1,
            ..Piece::default()
        };
        Ok((piece, touched))
    }
}

/// The summaries through a child that may change: those of open periods.
async fn summaries(
    ground: &Ground,
    snapshot: &dyn Snapshot,
    child: &ParticipantId,
) -> Result<Vec<Credit>, Stop> {
    let live = snapshot
        .summarised_credits_through(child, ground.range)
        .await;
    let mut live = live.map_err(store_refusal)?;
    live.retain(|credit| ground.world.is_open(&credit.period));
    Ok(live)
}

async fn direct_credits(
    snapshot: &dyn Snapshot,
    child: &ParticipantId,
    range: DateRange,
) -> Result<Vec<Credit>, Stop> {
    let mut credits: Vec<Credit> = Vec::new();
    let mut after: Option<CreditPosition> = None;
    loop {
        let page = snapshot
            .credits_of_participants(
                std::slice::from_ref(child),
                range,
                after.as_ref(),
                ChunkSize::largest(),
            )
            .await
            .map_err(store_refusal)?;
        after = page.last().map(CreditPosition::of);
        let last = page.len() < ChunkSize::largest().rows();
        credits.extend(
            page.into_iter()
                .filter(|credit| credit.kind == CreditKind::Direct),
        );
        if last {
            return Ok(credits);
        }
    }
}

//! Summarised roll-up: for everybody whose direct credits changed, one indirect credit per
//! (ancestor, child, category, date) is brought up to date, a child and a commit at a time.

use attain_domain::credit::{Credit, CreditKind, CreditPosition};
use attain_domain::crediting::summarise;
use attain_domain::ids::ParticipantId;
use attain_domain::ports::{ChunkSize, Snapshot};
use attain_domain::run::{Change, Process, Scope};
use attain_domain::time::DateRange;

use super::crediting::{Noted, note_touched};
use super::worker::{Committed, Piece, Stop, Worker};
use crate::failure::store_refusal;

impl Worker<'_> {
    /// Nothing, unless the workspace summarises.
    pub(super) async fn summarise_work(&mut self) -> Result<(), Stop> {
        if !self.world.settings().summarised_roll_up {
            return Ok(());
        }
        let snapshot = self.snapshot().await?;
        let children = self.changed_participants(&*snapshot).await?;
        drop(snapshot);
        self.enter(Process::RollUp, children.len() as u64).await?;
        let mut noted = Noted::new();
        for child in children {
            while self.summarise_child(&child, &mut noted).await? == Committed::LookAgain {}
        }
        Ok(())
    }

    async fn summarise_child(
        &mut self,
        child: &ParticipantId,
        noted: &mut Noted,
    ) -> Result<Committed, Stop> {
        let snapshot = self.snapshot().await?;
        let range = self.run.range;
        let direct = direct_credits(&*snapshot, child, range).await?;
        let live =
            snapshot.summarised_credits_through(child, range).await.map_err(store_refusal)?;
        drop(snapshot);
        let world = std::sync::Arc::clone(&self.world);
        let judge = |credit: &Credit| world.plans.eligibility(&world.set, credit);
        let outcome = self.now(|now| {
            summarise(&world.hierarchy, &world.set, child, &direct, &live, &judge, now)
        });
        let touched: Noted =
            outcome.touched.into_iter().map(|(who, period)| (period, who)).collect();
        let mut changes = outcome.changes;
        note_touched(&touched, noted, &mut changes);
        let (guards, counts, failures) = (outcome.guards, outcome.counts, outcome.failures);
        let piece = Piece { guards, changes, counts, failures, units: 1 };
        let committed = self.commit(piece).await?;
        noted.extend(touched);
        Ok(committed)
    }

    /// Everybody named by the change log for the run's periods.
    async fn changed_participants(
        &self,
        snapshot: &dyn Snapshot,
    ) -> Result<Vec<ParticipantId>, Stop> {
        let mut changes: Vec<Change> = Vec::new();
        loop {
            let page = snapshot
                .changes_after(&self.periods, changes.last(), ChunkSize::largest())
                .await
                .map_err(store_refusal)?;
            let last = page.len() < ChunkSize::largest().rows();
            changes.extend(page);
            if last {
                break;
            }
        }
        let everybody = changes.iter().any(|change| change.scope == Scope::Everybody);
        if everybody {
            return Ok(self.world.set.participants.keys().cloned().collect());
        }
        let mut children: Vec<ParticipantId> = changes
            .into_iter()
            .filter_map(|change| match change.scope {
                Scope::Participant(participant) => Some(participant),
                Scope::Everybody => None,
            })
            .collect();
        children.sort();
        children.dedup();
        Ok(children)
    }
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
        credits.extend(page.into_iter().filter(|credit| credit.kind == CreditKind::Direct));
        if last {
            return Ok(credits);
        }
    }
}

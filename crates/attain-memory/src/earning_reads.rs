//! What the port reads of earnings and calculations.

use std::collections::BTreeSet;

use async_trait::async_trait;
use attain_domain::earning::{Earning, PastEarning};
use attain_domain::ids::{CalculationId, EarningId, LineageId, ParticipantId};
use attain_domain::ports::{ChunkSize, EarningPosition, EarningRepository, StoreError};
use attain_domain::run::Calculation;
use attain_domain::time::{Date, DateRange};

use crate::map::of_keys;
use crate::snapshot::MemorySnapshot;

#[async_trait]
impl EarningRepository for MemorySnapshot {
    async fn earnings_of_lineages(
        &self,
        participants: &[ParticipantId],
        lineages: &[LineageId],
    ) -> Result<Vec<Earning>, StoreError> {
        let participants: BTreeSet<_> = participants.iter().collect();
        let lineages: BTreeSet<_> = lineages.iter().copied().collect();
        let of_each = lineages
            .into_iter()
            .flat_map(|lineage| self.tables.earnings.of_lineage(lineage));
        let theirs =
            of_each.filter(|row| row.is_current() && participants.contains(&row.key.participant));
        let mut rows: Vec<Earning> = theirs.map(|row| Earning::clone(row)).collect();
        rows.sort_by(|a, b| (&a.key.participant, a.id).cmp(&(&b.key.participant, b.id)));
        Ok(rows)
    }

    async fn current_earnings(
        &self,
        participants: &[ParticipantId],
        range: DateRange,
        after: Option<&EarningPosition>,
        chunk: ChunkSize,
    ) -> Result<Vec<Earning>, StoreError> {
        let rows = self.tables.earnings.current_of(participants, range, after);
        Ok(page(rows, chunk))
    }

    async fn earnings_after(
        &self,
        participant: Option<&ParticipantId>,
        range: DateRange,
        after: Option<&EarningPosition>,
        chunk: ChunkSize,
    ) -> Result<Vec<Earning>, StoreError> {
        let earnings = &self.tables.earnings;
        Ok(match participant {
            Some(whose) => page(earnings.of_participant(whose, range, after), chunk),
            None => page(earnings.of_all(range, after), chunk),
        })
    }

    async fn payable_earnings(
        &self,
        due: Date,
        after: Option<&EarningPosition>,
        chunk: ChunkSize,
    ) -> Result<Vec<Earning>, StoreError> {
        Ok(page(self.tables.earnings.payable(due, after), chunk))
    }

    async fn earnings_by_id(&self, ids: &[EarningId]) -> Result<Vec<Earning>, StoreError> {
        let live = &self.tables.earnings.live;
        Ok(of_keys(ids, |id| {
            live.get(id).map(|row| Earning::clone(row))
        }))
    }

    async fn past_earnings(&self, ids: &[EarningId]) -> Result<Vec<PastEarning>, StoreError> {
        let past = &self.tables.earnings.history;
        Ok(of_keys(ids, |id| {
            past.get(id).map(|row| PastEarning::clone(row))
        }))
    }

    async fn calculations(&self) -> Result<Vec<Calculation>, StoreError> {
        let rows = self.tables.earnings.calculations.values();
        Ok(rows.map(|row| Calculation::clone(row)).collect())
    }

    async fn calculation(&self, id: CalculationId) -> Result<Option<Calculation>, StoreError> {
        let row = self.tables.earnings.calculations.get(&id);
        Ok(row.map(|row| Calculation::clone(row)))
    }
}

fn page<'a>(
    rows: impl Iterator<Item = &'a std::sync::Arc<Earning>>,
    chunk: ChunkSize,
) -> Vec<Earning> {
    rows.take(chunk.rows())
        .map(|row| Earning::clone(row))
        .collect()
}

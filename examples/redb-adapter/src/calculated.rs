//! Earnings, reversals and calculations.

use std::collections::BTreeSet;

use async_trait::async_trait;
use attain_domain::change::{Departure, EarningFacts, Guard, Obsoletion};
use attain_domain::earning::{Earning, EarningKey, EarningPayment, PastEarning};
use attain_domain::ids::{CalculationId, EarningId, LineageId, ParticipantId};
use attain_domain::ports::{
    ChunkSize, CommitError, EarningPosition, EarningRepository, StoreError,
};
use attain_domain::run::Calculation;
use attain_domain::time::{Date, DateRange};

use crate::codec::records;
use crate::table::{Answer, Reads, RedbSnapshot, Writer, page, rows, sorted};

/// The one current earning of a key. That there is no other is what the table is for.
pub(crate) struct CurrentEarning {
    key: EarningKey,
    id: EarningId,
}

records! {
    CurrentEarning { key, id, }
}

rows! {
    Earning in "earning" by EarningId: |row| row.id;
    CurrentEarning in "current_earning" by EarningKey: |row| row.key.clone();
    PastEarning in "past_earning" by EarningId: |row| row.earning.id;
    Calculation in "calculation" by CalculationId: |row| row.id;
}

fn position_of(row: &Earning) -> EarningPosition {
    EarningPosition {
        participant: row.key.participant.clone(),
        date: row.date,
        id: row.id,
    }
}

fn explain(row: &mut Earning, facts: EarningFacts) {
    row.credit = facts.credit;
    row.transaction = facts.transaction;
    row.calculation = facts.calculation;
    row.period = facts.period;
    row.date = facts.date;
    row.trace = facts.trace;
    row.stamp = facts.stamp;
}

impl Writer<'_> {
    pub(crate) fn depart_earnings(&self, departed: Vec<Departure<EarningId>>) -> Answer<()> {
        for departure in departed {
            let earning: Earning = self.take(departure.id)?;
            self.end_current(&earning)?;
            if departure.archive {
                self.add([PastEarning {
                    earning,
                    because: departure.because,
                    left_at: departure.at,
                    left_by: departure.actor,
                }])?;
            }
        }
        Ok(())
    }

    pub(crate) fn return_earnings(&self, returned: Vec<EarningFacts>) -> Answer<()> {
        for facts in returned {
            let past: PastEarning = self.take(facts.id)?;
            let mut earning = past.earning;
            earning.obsolete = None;
            explain(&mut earning, facts);
            self.add_earnings(vec![earning])?;
        }
        Ok(())
    }

    fn end_current(&self, earning: &Earning) -> Answer<()> {
        if earning.is_current() {
            self.strike::<CurrentEarning>(&earning.key)?;
        }
        Ok(())
    }

    pub(crate) fn mark_earnings(
        &self,
        obsoleted: Vec<Obsoletion<EarningId>>,
        explained: Vec<EarningFacts>,
    ) -> Answer<()> {
        for Obsoletion { id, mark, stamp } in obsoleted {
            let (before, _) = self.change(id, |row: &mut Earning| {
                row.obsolete = Some(mark);
                row.stamp = stamp;
            })?;
            self.end_current(&before)?;
        }
        for facts in explained {
            self.change(facts.id, |row: &mut Earning| explain(row, facts))?;
        }
        Ok(())
    }

    pub(crate) fn pay_earnings(&self, paid: Vec<EarningPayment>) -> Result<(), CommitError> {
        for payment in paid {
            let row: Option<Earning> = self.one(&payment.id)?;
            let version = row.map(|row| row.stamp.version);
            if version != Some(payment.version_read) {
                let guard = Guard::EarningAt(payment.id, payment.version_read);
                return Err(CommitError::GuardFailed(Box::new(guard)));
            }
            self.change(payment.id, |row: &mut Earning| {
                row.instalments = payment.instalments;
                row.stamp = payment.stamp;
            })?;
        }
        Ok(())
    }

    pub(crate) fn add_earnings(&self, new: Vec<Earning>) -> Answer<()> {
        let current = new.iter().filter(|row| row.is_current());
        self.add(current.map(|row| CurrentEarning {
            key: row.key.clone(),
            id: row.id,
        }))?;
        self.add(new)
    }
}

impl RedbSnapshot {
    pub(crate) fn earnings_in(
        &self,
        range: DateRange,
    ) -> Answer<impl Iterator<Item = Earning> + use<>> {
        let rows: Vec<Earning> = self.all()?;
        Ok(rows.into_iter().filter(move |row| range.contains(row.date)))
    }
}

#[async_trait]
impl EarningRepository for RedbSnapshot {
    async fn earnings_of_lineages(
        &self,
        participants: &[ParticipantId],
        lineages: &[LineageId],
    ) -> Result<Vec<Earning>, StoreError> {
        let participants: BTreeSet<&ParticipantId> = participants.iter().collect();
        let lineages: BTreeSet<LineageId> = lineages.iter().copied().collect();
        let rows = self.earnings_in(DateRange::ALWAYS)?.filter(|row| {
            row.is_current()
                && row.key.lineage.is_some_and(|id| lineages.contains(&id))
                && participants.contains(&row.key.participant)
        });
        Ok(sorted(rows, |row| (row.key.participant.clone(), row.id)))
    }

    async fn current_earnings(
        &self,
        participants: &[ParticipantId],
        range: DateRange,
        after: Option<&EarningPosition>,
        chunk: ChunkSize,
    ) -> Result<Vec<Earning>, StoreError> {
        let participants: BTreeSet<&ParticipantId> = participants.iter().collect();
        let rows = self.earnings_in(range)?;
        let rows =
            rows.filter(|row| row.is_current() && participants.contains(&row.key.participant));
        Ok(page(rows, position_of, after, chunk))
    }

    async fn earnings_after(
        &self,
        participant: Option<&ParticipantId>,
        range: DateRange,
        after: Option<&EarningPosition>,
        chunk: ChunkSize,
    ) -> Result<Vec<Earning>, StoreError> {
        let is_theirs =
            |row: &Earning| participant.is_none_or(|whose| row.key.participant == *whose);
        let rows = self.earnings_in(range)?.filter(is_theirs);
        Ok(page(rows, position_of, after, chunk))
    }

    async fn payable_earnings(
        &self,
        due: Date,
        after: Option<&EarningPosition>,
        chunk: ChunkSize,
    ) -> Result<Vec<Earning>, StoreError> {
        let rows = self.earnings_in(DateRange::ALWAYS)?.filter(|row| {
            let parts = &row.instalments;
            row.amount().is_some()
                && row.obsolete.is_none()
                && !row.awaits_calculation
                && parts.taken < parts.count
                && parts.next_due <= due
        });
        Ok(page(rows, position_of, after, chunk))
    }

    async fn earnings_by_id(&self, ids: &[EarningId]) -> Result<Vec<Earning>, StoreError> {
        self.some(ids.iter().copied())
    }

    async fn past_earnings(&self, ids: &[EarningId]) -> Result<Vec<PastEarning>, StoreError> {
        self.some(ids.iter().copied())
    }

    async fn calculations(&self) -> Result<Vec<Calculation>, StoreError> {
        self.all()
    }

    async fn calculation(&self, id: CalculationId) -> Result<Option<Calculation>, StoreError> {
        self.one(&id)
    }
}

//! Earnings and reversals, their history, and the calculations that made them.

use std::collections::BTreeSet;
use std::ops::{Bound, RangeBounds};
use std::sync::Arc;

use attain_domain::change::{Departure, EarningFacts, Guard, Obsoletion};
use attain_domain::earning::{
    Earning, EarningKey, EarningOutcome, EarningPayment, Instalments, PastEarning,
};
use attain_domain::ids::{CalculationId, EarningId, LineageId, ParticipantId};
use attain_domain::ports::{CommitError, EarningPosition, StoreError};
use attain_domain::run::Calculation;
use attain_domain::stamp::Version;
use attain_domain::time::{Date, DateRange};
use uuid::Uuid;

use crate::map::{Map, Set, above, add, conflict, take};

#[derive(Clone, Default)]
pub(crate) struct Earnings {
    pub(crate) live: Map<EarningId, Arc<Earning>>,
    pub(crate) history: Map<EarningId, Arc<PastEarning>>,
    pub(crate) calculations: Map<CalculationId, Arc<Calculation>>,
    /// The one current earning of each key.
    current: Map<EarningKey, EarningId>,
    /// All but reversals.
    by_lineage: Set<(LineageId, EarningId)>,
    by_position: Set<EarningPosition>,
    current_by_position: Set<EarningPosition>,
    /// With an amount, a part of which is not taken up, not obsolete, not waiting.
    payable: Set<EarningPosition>,
    obsolete: Set<EarningId>,
    /// Reversals that await a calculation.
    waiting: Set<(ParticipantId, EarningId)>,
    past_by_participant: Set<(ParticipantId, EarningId)>,
}

/// What one commit does to earnings.
pub(crate) struct EarningChanges {
    pub(crate) departed: Vec<Departure<EarningId>>,
    pub(crate) returned: Vec<EarningFacts>,
    pub(crate) obsoleted: Vec<Obsoletion<EarningId>>,
    pub(crate) explained: Vec<EarningFacts>,
    pub(crate) paid: Vec<EarningPayment>,
    pub(crate) new: Vec<Earning>,
    pub(crate) calculations: Vec<Calculation>,
    pub(crate) calculations_deleted: Vec<CalculationId>,
}

impl Earnings {
    pub(crate) fn apply(&mut self, changes: EarningChanges) -> Result<(), CommitError> {
        let EarningChanges {
            departed,
            returned,
            obsoleted,
            explained,
            paid,
            new,
            calculations,
            calculations_deleted,
        } = changes;
        for departure in departed {
            self.depart(departure)?;
        }
        for facts in returned {
            self.give_back(facts)?;
        }
        for Obsoletion { id, mark, stamp } in obsoleted {
            self.update(id, |row| {
                row.obsolete = Some(mark);
                row.stamp = stamp;
            })?;
        }
        for facts in explained {
            self.explain(facts)?;
        }
        for payment in paid {
            self.pay(payment)?;
        }
        for row in new {
            self.add(Arc::new(row))?;
        }
        for calculation in calculations {
            self.calculations
                .insert_mut(calculation.id, Arc::new(calculation));
        }
        for id in calculations_deleted {
            take(&mut self.calculations, &id)?;
        }
        Ok(())
    }

    fn depart(&mut self, departure: Departure<EarningId>) -> Result<(), StoreError> {
        let row = self.take(departure.id)?;
        if !departure.archive {
            return Ok(());
        }
        let past = PastEarning {
            earning: Arc::unwrap_or_clone(row),
            because: departure.because,
            left_at: departure.at,
            left_by: departure.actor,
        };
        let whose = past.earning.key.participant.clone();
        self.past_by_participant.insert_mut((whose, departure.id));
        add(&mut self.history, departure.id, Arc::new(past))
    }

    fn give_back(&mut self, facts: EarningFacts) -> Result<(), StoreError> {
        let past = take(&mut self.history, &facts.id)?;
        let mut row = Arc::unwrap_or_clone(past).earning;
        let whose = row.key.participant.clone();
        self.past_by_participant.remove_mut(&(whose, facts.id));
        row.obsolete = None;
        state(&mut row, facts);
        self.add(Arc::new(row))
    }

    fn explain(&mut self, facts: EarningFacts) -> Result<(), StoreError> {
        self.update(facts.id, |row| state(row, facts))
    }

    fn pay(&mut self, payment: EarningPayment) -> Result<(), CommitError> {
        let EarningPayment {
            id,
            version_read,
            instalments,
            stamp,
        } = payment;
        if self.version(id) != Some(version_read) {
            let guard = Guard::EarningAt(id, version_read);
            return Err(CommitError::GuardFailed(Box::new(guard)));
        }
        self.update(id, |row| {
            row.instalments = instalments;
            row.stamp = stamp;
        })?;
        Ok(())
    }

    fn update(
        &mut self,
        id: EarningId,
        change: impl FnOnce(&mut Earning),
    ) -> Result<(), StoreError> {
        let mut row = self.take(id)?;
        change(Arc::make_mut(&mut row));
        self.add(row)
    }

    fn add(&mut self, row: Arc<Earning>) -> Result<(), StoreError> {
        let position = position_of(&row);
        self.by_position.insert_mut(position.clone());
        if is_payable(&row) {
            self.payable.insert_mut(position.clone());
        }
        if row.is_current() {
            if self.current.contains_key(&row.key) {
                let what = format_args!("{:?}", row.key);
                return Err(conflict(what, "would have two current earnings"));
            }
            self.current.insert_mut(row.key.clone(), row.id);
            self.current_by_position.insert_mut(position);
        }
        if let Some(place) = lineage_place_of(&row) {
            self.by_lineage.insert_mut(place);
        }
        if row.obsolete.is_some() {
            self.obsolete.insert_mut(row.id);
        }
        if row.awaits_calculation {
            let whose = row.key.participant.clone();
            self.waiting.insert_mut((whose, row.id));
        }
        add(&mut self.live, row.id, row)
    }

    fn take(&mut self, id: EarningId) -> Result<Arc<Earning>, StoreError> {
        let row = take(&mut self.live, &id)?;
        let position = position_of(&row);
        self.by_position.remove_mut(&position);
        self.payable.remove_mut(&position);
        if row.is_current() {
            self.current.remove_mut(&row.key);
            self.current_by_position.remove_mut(&position);
        }
        if let Some(place) = lineage_place_of(&row) {
            self.by_lineage.remove_mut(&place);
        }
        self.obsolete.remove_mut(&id);
        self.waiting.remove_mut(&(position.participant, id));
        Ok(row)
    }

    pub(crate) fn version(&self, id: EarningId) -> Option<Version> {
        self.live.get(&id).map(|row| row.stamp.version)
    }

    /// All but reversals for one credit, in rising id order.
    pub(crate) fn of_lineage(&self, lineage: LineageId) -> impl Iterator<Item = &Arc<Earning>> {
        let (first, last) = (EarningId(Uuid::nil()), EarningId(Uuid::max()));
        let (first, last) = ((lineage, first), (lineage, last));
        self.by_lineage
            .range((Bound::Included(first), Bound::Included(last)))
            .filter_map(|(_, id)| self.live.get(id))
    }

    /// All of everybody above a position.
    pub(crate) fn of_all(
        &self,
        range: DateRange,
        after: Option<&EarningPosition>,
    ) -> impl Iterator<Item = &Arc<Earning>> {
        rows_above(&self.by_position, after, self).filter(move |row| range.contains(row.date))
    }

    /// Those of one participant above a position, in rising order.
    pub(crate) fn of_participant<'a>(
        &'a self,
        participant: &'a ParticipantId,
        range: DateRange,
        after: Option<&EarningPosition>,
    ) -> impl Iterator<Item = &'a Arc<Earning>> {
        self.within(&self.by_position, participant, range, after)
    }

    /// Current ones of these participants above a position, in rising order.
    pub(crate) fn current_of<'a>(
        &'a self,
        participants: &'a [ParticipantId],
        range: DateRange,
        after: Option<&'a EarningPosition>,
    ) -> impl Iterator<Item = &'a Arc<Earning>> {
        let participants: BTreeSet<_> = participants.iter().collect();
        let rest = participants
            .into_iter()
            .skip_while(move |whose| after.is_some_and(|after| **whose < after.participant));
        rest.flat_map(move |whose| self.within(&self.current_by_position, whose, range, after))
    }

    /// Payable ones above a position.
    pub(crate) fn payable(
        &self,
        due: Date,
        after: Option<&EarningPosition>,
    ) -> impl Iterator<Item = &Arc<Earning>> {
        rows_above(&self.payable, after, self).filter(move |row| row.instalments.next_due <= due)
    }

    /// Obsolete ones that stand on no unpaid sheet, above an id, in rising id order.
    pub(crate) fn obsolete(
        &self,
        range: DateRange,
        after: Option<EarningId>,
    ) -> impl Iterator<Item = &Arc<Earning>> {
        let ids = self.obsolete.range((above(after), Bound::Unbounded));
        let rows = ids.filter_map(|id| self.live.get(id));
        rows.filter(move |row| {
            let Instalments { taken, paid, .. } = row.instalments;
            taken == paid && range.contains(row.date)
        })
    }

    /// Reversals of one participant that await a calculation.
    pub(crate) fn waiting_of(
        &self,
        participant: &ParticipantId,
        range: DateRange,
    ) -> impl Iterator<Item = &Arc<Earning>> {
        let ids = self.waiting.range(above_of(participant, None));
        let rows = ids.filter_map(|(_, id)| self.live.get(id));
        rows.filter(move |row| range.contains(row.date))
    }

    /// All reversals that await a calculation.
    pub(crate) fn waiting(&self, range: DateRange) -> impl Iterator<Item = &Arc<Earning>> {
        let rows = self.waiting.iter().filter_map(|(_, id)| self.live.get(id));
        rows.filter(move |row| range.contains(row.date))
    }

    /// Past ones of one participant above an id, in rising id order.
    pub(crate) fn past_of(
        &self,
        participant: &ParticipantId,
        range: DateRange,
        after: Option<EarningId>,
    ) -> impl Iterator<Item = &Arc<PastEarning>> {
        let ids = self.past_by_participant.range(above_of(participant, after));
        let rows = ids.filter_map(|(_, id)| self.history.get(id));
        rows.filter(move |past| range.contains(past.earning.date))
    }

    fn within<'a>(
        &'a self,
        positions: &'a Set<EarningPosition>,
        participant: &'a ParticipantId,
        range: DateRange,
        after: Option<&EarningPosition>,
    ) -> impl Iterator<Item = &'a Arc<Earning>> + use<'a> {
        let first = EarningPosition {
            participant: participant.clone(),
            date: range.from.unwrap_or(Date::MIN),
            id: EarningId(Uuid::nil()),
        };
        let from = match after {
            Some(after) if *after >= first => Bound::Excluded(after.clone()),
            _ => Bound::Included(first),
        };
        positions
            .range((from, Bound::Unbounded))
            .take_while(move |at| at.participant == *participant)
            .take_while(move |at| range.to.is_none_or(|to| at.date < to))
            .filter_map(|at| self.live.get(&at.id))
    }
}

fn rows_above<'a>(
    positions: &'a Set<EarningPosition>,
    after: Option<&EarningPosition>,
    earnings: &'a Earnings,
) -> impl Iterator<Item = &'a Arc<Earning>> + use<'a> {
    positions
        .range((above(after.cloned()), Bound::Unbounded))
        .filter_map(|at| earnings.live.get(&at.id))
}

fn position_of(row: &Earning) -> EarningPosition {
    EarningPosition {
        participant: row.key.participant.clone(),
        date: row.date,
        id: row.id,
    }
}

/// Places of one participant above an id.
fn above_of(
    participant: &ParticipantId,
    after: Option<EarningId>,
) -> impl RangeBounds<(ParticipantId, EarningId)> + use<> {
    let first = match after {
        Some(after) => Bound::Excluded((participant.clone(), after)),
        None => Bound::Included((participant.clone(), EarningId(Uuid::nil()))),
    };
    let last = Bound::Included((participant.clone(), EarningId(Uuid::max())));
    (first, last)
}

fn lineage_place_of(row: &Earning) -> Option<(LineageId, EarningId)> {
    let lineage = row.key.lineage?;
    row.reversal_of.is_none().then_some((lineage, row.id))
}

/// Writes down what an earning was derived from.
fn state(row: &mut Earning, facts: EarningFacts) {
    let EarningFacts {
        id: _,
        credit,
        transaction,
        calculation,
        period,
        date,
        trace,
        stamp,
    } = facts;
    row.credit = credit;
    row.transaction = transaction;
    row.calculation = calculation;
    row.period = period;
    row.date = date;
    row.trace = trace;
    row.stamp = stamp;
}

fn is_payable(row: &Earning) -> bool {
    let Instalments { count, taken, .. } = row.instalments;
    let has_amount = match row.outcome {
        EarningOutcome::Amount(_) => true,
        EarningOutcome::Error(_) => false,
    };
    has_amount && taken < count && row.obsolete.is_none() && !row.awaits_calculation
}

//! Credits: the live table, with obsolete ones, and the history.

use std::collections::BTreeSet;
use std::ops::Bound;
use std::sync::Arc;

use async_trait::async_trait;
use attain_domain::change::{CreditEligibility, Departure, Obsoletion};
use attain_domain::credit::{Credit, CreditKind, CreditOrigin, CreditPosition, PastCredit};
use attain_domain::ids::{CreditId, LineageId, ParticipantId, TransactionId};
use attain_domain::ports::{ChunkSize, CreditRepository, StoreError};
use attain_domain::stamp::Version;
use attain_domain::time::{Date, DateRange};
use attain_domain::transaction::TransactionKey;
use uuid::Uuid;

use crate::map::{Map, Set, above, add, of_keys, take};
use crate::snapshot::MemorySnapshot;

/// A credit's place among those of one date; `None` is before all of them.
type Place = Option<(TransactionKey, CreditKind, LineageId, CreditId)>;
/// A summarised credit's place among those through one report; `None` is before all of them.
type PlaceThrough = Option<(ParticipantId, Date, CreditId)>;

#[derive(Clone, Default)]
pub(crate) struct Credits {
    live: Map<CreditId, Arc<Credit>>,
    by_transaction: Set<(TransactionId, CreditId)>,
    /// What counts, in the order of calculation.
    by_position: Set<(ParticipantId, Date, Place)>,
    /// What counts and is summarised, by the report through whom it came.
    summarised: Set<(ParticipantId, PlaceThrough)>,
    obsolete: Set<CreditId>,
    /// By the credit that they were adjusted from.
    adjusted: Set<(CreditId, CreditId)>,
    pub(crate) history: Map<CreditId, Arc<PastCredit>>,
    past_by_key: Set<(TransactionKey, CreditId)>,
}

impl Credits {
    pub(crate) fn apply(
        &mut self,
        departed: Vec<Departure<CreditId>>,
        obsoleted: Vec<Obsoletion<CreditId>>,
        judged: Vec<CreditEligibility>,
        new: Vec<Credit>,
    ) -> Result<(), StoreError> {
        for departure in departed {
            self.depart(departure)?;
        }
        for Obsoletion { id, mark, stamp } in obsoleted {
            let mut row = self.take(id)?;
            let changed = Arc::make_mut(&mut row);
            changed.obsolete = Some(mark);
            changed.stamp = stamp;
            self.add(row)?;
        }
        for CreditEligibility { id, status, stamp } in judged {
            let mut row = self.take(id)?;
            let changed = Arc::make_mut(&mut row);
            changed.status = status;
            changed.stamp = stamp;
            self.add(row)?;
        }
        for row in new {
            self.add(Arc::new(row))?;
        }
        Ok(())
    }

    fn depart(&mut self, departure: Departure<CreditId>) -> Result<(), StoreError> {
        let row = self.take(departure.id)?;
        if !departure.archive {
            return Ok(());
        }
        let past = PastCredit {
            credit: Arc::unwrap_or_clone(row),
            because: departure.because,
            left_at: departure.at,
            left_by: departure.actor,
        };
        let key = past.credit.key.clone();
        self.past_by_key.insert_mut((key, departure.id));
        add(&mut self.history, departure.id, Arc::new(past))
    }

    fn add(&mut self, row: Arc<Credit>) -> Result<(), StoreError> {
        if let Some(transaction) = row.transaction {
            self.by_transaction.insert_mut((transaction, row.id));
        }
        if let Some(before) = row.adjusted_from {
            self.adjusted.insert_mut((before, row.id));
        }
        if row.obsolete.is_none() {
            self.by_position.insert_mut(place_of(&row));
        } else {
            self.obsolete.insert_mut(row.id);
        }
        if let Some(place) = summarised_place_of(&row) {
            self.summarised.insert_mut(place);
        }
        add(&mut self.live, row.id, row)
    }

    fn take(&mut self, id: CreditId) -> Result<Arc<Credit>, StoreError> {
        let row = take(&mut self.live, &id)?;
        if let Some(transaction) = row.transaction {
            self.by_transaction.remove_mut(&(transaction, id));
        }
        if let Some(before) = row.adjusted_from {
            self.adjusted.remove_mut(&(before, id));
        }
        self.by_position.remove_mut(&place_of(&row));
        self.obsolete.remove_mut(&id);
        if let Some(place) = summarised_place_of(&row) {
            self.summarised.remove_mut(&place);
        }
        Ok(row)
    }

    fn of_participant<'a>(
        &'a self,
        participant: &'a ParticipantId,
        range: DateRange,
        after: Option<&CreditPosition>,
    ) -> impl Iterator<Item = &'a Arc<Credit>> {
        let first = range.from.unwrap_or(Date::MIN);
        let from = match after {
            Some(after) if after.participant == *participant && after.date >= first => {
                Bound::Excluded((participant.clone(), after.date, last_place_at(after)))
            }
            _ => Bound::Included((participant.clone(), first, None)),
        };
        self.by_position
            .range((from, Bound::Unbounded))
            .take_while(move |(whose, ..)| whose == participant)
            .take_while(move |(_, date, _)| range.to.is_none_or(|to| *date < to))
            .filter_map(|(_, _, place)| self.live.get(&place.as_ref()?.3))
    }

    pub(crate) fn version(&self, id: CreditId) -> Option<Version> {
        self.live.get(&id).map(|row| row.stamp.version)
    }

    /// Obsolete ones above an id, in rising id order.
    pub(crate) fn obsolete(
        &self,
        range: DateRange,
        after: Option<CreditId>,
    ) -> impl Iterator<Item = &Arc<Credit>> {
        let ids = self.obsolete.range((above(after), Bound::Unbounded));
        let rows = ids.filter_map(|id| self.live.get(id));
        rows.filter(move |row| range.contains(row.credit_date))
    }

    /// Live ones that were adjusted from one.
    pub(crate) fn adjusted_from(&self, before: CreditId) -> impl Iterator<Item = &Arc<Credit>> {
        let first = (before, CreditId(Uuid::nil()));
        let last = (before, CreditId(Uuid::max()));
        self.adjusted
            .range((Bound::Included(first), Bound::Included(last)))
            .filter_map(|(_, id)| self.live.get(id))
    }

    /// Past ones of a key.
    pub(crate) fn past_of_key(
        &self,
        key: &TransactionKey,
    ) -> impl Iterator<Item = &Arc<PastCredit>> {
        let first = (key.clone(), CreditId(Uuid::nil()));
        let last = (key.clone(), CreditId(Uuid::max()));
        self.past_by_key
            .range((Bound::Included(first), Bound::Included(last)))
            .filter_map(|(_, id)| self.history.get(id))
    }
}

fn place_of(row: &Credit) -> (ParticipantId, Date, Place) {
    let place = (row.key.clone(), row.kind, row.lineage, row.id);
    (row.participant.clone(), row.credit_date, Some(place))
}

fn last_place_at(position: &CreditPosition) -> Place {
    let last = CreditId(Uuid::max());
    Some((position.key.clone(), position.kind, position.lineage, last))
}

fn summarised_place_of(row: &Credit) -> Option<(ParticipantId, PlaceThrough)> {
    if row.obsolete.is_some() {
        return None;
    }
    match &row.origin {
        CreditOrigin::From {
            source: None,
            through,
        } => {
            let place = (row.participant.clone(), row.credit_date, row.id);
            Some((through.clone(), Some(place)))
        }
        CreditOrigin::From { .. } | CreditOrigin::Rule { .. } | CreditOrigin::Given => None,
    }
}

#[async_trait]
impl CreditRepository for MemorySnapshot {
    async fn credits_of_transactions(
        &self,
        transactions: &[TransactionId],
    ) -> Result<Vec<Credit>, StoreError> {
        let credits = &self.tables.credits;
        let transactions: BTreeSet<_> = transactions.iter().copied().collect();
        let ids = transactions.into_iter().flat_map(|transaction| {
            let first = (transaction, CreditId(Uuid::nil()));
            let last = (transaction, CreditId(Uuid::max()));
            let of_it = (Bound::Included(first), Bound::Included(last));
            credits.by_transaction.range(of_it)
        });
        let rows = ids.filter_map(|(_, id)| credits.live.get(id));
        Ok(rows.map(|row| Credit::clone(row)).collect())
    }

    async fn credits_by_id(&self, ids: &[CreditId]) -> Result<Vec<Credit>, StoreError> {
        let live = &self.tables.credits.live;
        Ok(of_keys(ids, |id| {
            live.get(id).map(|row| Credit::clone(row))
        }))
    }

    async fn credits_of_participants(
        &self,
        participants: &[ParticipantId],
        range: DateRange,
        after: Option<&CreditPosition>,
        chunk: ChunkSize,
    ) -> Result<Vec<Credit>, StoreError> {
        let participants: BTreeSet<_> = participants.iter().collect();
        let rest = participants
            .into_iter()
            .skip_while(|whose| after.is_some_and(|after| **whose < after.participant));
        Ok(rest
            .flat_map(|whose| self.tables.credits.of_participant(whose, range, after))
            .take(chunk.rows())
            .map(|row| Credit::clone(row))
            .collect())
    }

    async fn summarised_credits_through(
        &self,
        child: &ParticipantId,
        range: DateRange,
    ) -> Result<Vec<Credit>, StoreError> {
        let credits = &self.tables.credits;
        Ok(credits
            .summarised
            .range((Bound::Included((child.clone(), None)), Bound::Unbounded))
            .take_while(|(through, _)| through == child)
            .filter_map(|(_, place)| place.as_ref())
            .filter(|(_, date, _)| range.contains(*date))
            .filter_map(|(_, _, id)| credits.live.get(id))
            .map(|row| Credit::clone(row))
            .collect())
    }
}

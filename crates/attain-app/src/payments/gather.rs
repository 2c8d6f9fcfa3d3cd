//! Gathering what the sheets of some participants are filled with.

use std::collections::BTreeMap;

use attain_domain::definition::DefinitionSet;
use attain_domain::earning::Earning;
use attain_domain::ids::{EarningId, LineId, ParticipantId, RewardId};
use attain_domain::paying::{FillSheet, RewardFacts, StaleHold};
use attain_domain::payment::{PaymentBatch, PaymentLine};
use attain_domain::payment_plan::participants_with_plans;
use attain_domain::ports::{
    ChunkSize, EarningPosition, PaysheetPosition, RewardPosition, Snapshot,
};
use attain_domain::refusal::Refusal;
use attain_domain::time::Date;
use uuid::Uuid;

use super::load::{batch_at, books, not_found, sheets_with_lines};
use super::rewards::facts_before;
use crate::failure::store_refusal;

/// What is known about some participants, next to each other.
pub(super) struct Gathered {
    pub(super) fills: Vec<FillSheet>,
    /// The last participant who was looked at; none when nobody is left.
    pub(super) next: Option<ParticipantId>,
}

/// Holds of paid batches whose earning was calculated anew since.
pub(super) struct StaleHolds {
    by_participant: BTreeMap<ParticipantId, Vec<(StaleHold, Earning)>>,
}

impl StaleHolds {
    /// Looks at every held line of paid batches. People hold lines one by one, so there are few.
    pub(super) async fn load(snapshot: &dyn Snapshot) -> Result<Self, Refusal> {
        let mut by_participant: BTreeMap<ParticipantId, Vec<_>> = BTreeMap::new();
        let mut after: Option<LineId> = None;
        loop {
            let chunk = ChunkSize::largest();
            let lines = snapshot
                .held_lines(after, chunk)
                .await
                .map_err(store_refusal)?;
            let ids: Vec<EarningId> = lines.iter().map(|line| line.earning).collect();
            let earnings = if ids.is_empty() {
                Vec::new()
            } else {
                snapshot.earnings_by_id(&ids).await.map_err(store_refusal)?
            };
            let stale = earnings
                .into_iter()
                .filter(|earning| earning.obsolete.is_some());
            let stale: BTreeMap<_, _> = stale.map(|earning| (earning.id, earning)).collect();
            after = lines.last().map(|line| line.id);
            let is_end = lines.len() < chunk.rows();
            for line in lines {
                let Some(earning) = stale.get(&line.earning) else {
                    continue;
                };
                let hold = stale_hold(snapshot, line).await?;
                let whose = hold.line.participant.clone();
                by_participant
                    .entry(whose)
                    .or_default()
                    .push((hold, earning.clone()));
            }
            if is_end {
                return Ok(Self { by_participant });
            }
        }
    }
}

async fn stale_hold(snapshot: &dyn Snapshot, line: PaymentLine) -> Result<StaleHold, Refusal> {
    let sheet = snapshot
        .paysheet(line.paysheet)
        .await
        .map_err(store_refusal)?;
    let sheet = sheet.ok_or_else(|| not_found("paysheet", line.paysheet))?;
    let batch = batch_at(snapshot, line.batch, None).await?;
    Ok(StaleHold { batch, sheet, line })
}

/// Who may be due something that nothing in the store says.
pub(super) struct Standing {
    pub(super) stale: StaleHolds,
    /// Those with a payment plan, in rising order.
    pub(super) with_plans: Vec<ParticipantId>,
}

impl Standing {
    pub(super) async fn load(
        snapshot: &dyn Snapshot,
        set: &DefinitionSet,
        batch: &PaymentBatch,
    ) -> Result<Self, Refusal> {
        let period = set.calendar.period(&batch.period);
        let with_plans = period.map_or_else(Vec::new, |period| {
            participants_with_plans(set, &batch.pay_group, period)
        });
        Ok(Self {
            stale: StaleHolds::load(snapshot).await?,
            with_plans: with_plans.into_iter().cloned().collect(),
        })
    }

    /// Some of those with a payment plan, and the last of them if there are more.
    fn with_plans_above(
        &self,
        from: Option<&ParticipantId>,
        rows: ChunkSize,
    ) -> (&[ParticipantId], Option<ParticipantId>) {
        let first = from.map_or(0, |from| {
            self.with_plans.partition_point(|whose| whose <= from)
        });
        let rest = &self.with_plans[first..];
        if rest.len() <= rows.rows() {
            return (rest, None);
        }
        let some = &rest[..rows.rows()];
        (some, some.last().cloned())
    }
}

/// Gathers participants above `from`, until they have some `rows` of payable earnings, of rewards or
/// of lines; each of them whole.
pub(super) async fn gather(
    snapshot: &dyn Snapshot,
    set: &DefinitionSet,
    batch: &PaymentBatch,
    from: Option<&ParticipantId>,
    rows: ChunkSize,
    standing: &Standing,
) -> Result<Gathered, Refusal> {
    let (mut earned, earned_end) = payable(snapshot, batch.pay_date, from, rows).await?;
    let (mut rewarded, rewarded_end) = rewarded(snapshot, batch.pay_date, from, rows).await?;
    let (planned, planned_end) = standing.with_plans_above(from, rows);
    let ends = [earned_end, rewarded_end, planned_end];
    let end = ends.into_iter().flatten().min();
    let after = from.map(|from| PaysheetPosition {
        participant: from.clone(),
        id: attain_domain::ids::PaysheetId(Uuid::max()),
    });
    let until = |whose: &ParticipantId| end.as_ref().is_none_or(|end| whose <= end);
    let page = sheets_with_lines(snapshot, batch.id, after.as_ref(), rows.rows(), |sheet| {
        until(&sheet.participant)
    })
    .await?;
    let sheets_end = page.next.map(|next| next.participant);
    let next = end.clone().into_iter().chain(sheets_end).min();
    let is_within = |whose: &ParticipantId| next.as_ref().is_none_or(|end| whose <= end);
    let is_meant = |whose: &ParticipantId| is_within(whose) && is_member(set, batch, whose);
    earned.retain(|earning| is_meant(&earning.key.participant));
    rewarded.retain(is_meant);
    let mut fills: BTreeMap<ParticipantId, FillSheet> = BTreeMap::new();
    for (sheet, lines) in page.sheets {
        if is_within(&sheet.participant) {
            let fill = entry(&mut fills, &sheet.participant);
            (fill.sheet, fill.lines) = (Some(sheet), lines);
        }
    }
    let of_earnings = earned.iter().map(|earning| &earning.key.participant);
    let planned = planned.iter().filter(|whose| is_within(whose));
    for whose in of_earnings.chain(&rewarded).chain(planned) {
        entry(&mut fills, whose);
    }
    open_books(snapshot, &mut fills, earned, &standing.stale).await?;
    let people: Vec<ParticipantId> = fills.keys().cloned().collect();
    for (whose, facts) in facts_before(snapshot, set, batch.id, &people).await? {
        entry(&mut fills, &whose).rewards = facts;
    }
    Ok(Gathered {
        fills: fills.into_values().collect(),
        next,
    })
}

/// Opens the books of what is payable, of what lines pay, and of stale holds.
async fn open_books(
    snapshot: &dyn Snapshot,
    fills: &mut BTreeMap<ParticipantId, FillSheet>,
    mut payable: Vec<Earning>,
    stale: &StaleHolds,
) -> Result<(), Refusal> {
    let holds = fills
        .keys()
        .filter_map(|whose| stale.by_participant.get(whose))
        .flatten();
    payable.extend(holds.map(|(_, earning)| earning.clone()));
    let lines: Vec<PaymentLine> = fills.values().flat_map(|fill| fill.lines.clone()).collect();
    for (id, book) in books(snapshot, payable, lines.iter()).await? {
        if let Some(fill) = fills.get_mut(&book.earning().key.participant) {
            fill.books.insert(id, book);
        }
    }
    for (whose, fill) in fills {
        if let Some(holds) = stale.by_participant.get(whose) {
            fill.stale_holds = holds.iter().map(|(hold, _)| hold.clone()).collect();
        }
    }
    Ok(())
}

fn entry<'a>(
    fills: &'a mut BTreeMap<ParticipantId, FillSheet>,
    whose: &ParticipantId,
) -> &'a mut FillSheet {
    fills.entry(whose.clone()).or_insert_with(|| FillSheet {
        participant: whose.clone(),
        sheet: None,
        lines: Vec::new(),
        books: BTreeMap::new(),
        stale_holds: Vec::new(),
        rewards: RewardFacts::default(),
    })
}

fn is_member(set: &DefinitionSet, batch: &PaymentBatch, whose: &ParticipantId) -> bool {
    let person = set.participants.get(whose);
    person.is_some_and(|person| person.pay_group.as_ref() == Some(&batch.pay_group))
}

/// Payable earnings of participants above `from`, of whole participants, and the last of these;
/// none when nobody is left. Somebody with more than `rows` of them comes alone.
async fn payable(
    snapshot: &dyn Snapshot,
    due: Date,
    from: Option<&ParticipantId>,
    rows: ChunkSize,
) -> Result<(Vec<Earning>, Option<ParticipantId>), Refusal> {
    let mut after = from.map(|from| EarningPosition {
        participant: from.clone(),
        date: Date::MAX,
        id: EarningId(Uuid::max()),
    });
    let mut earnings: Vec<Earning> = Vec::new();
    loop {
        let page = snapshot.payable_earnings(due, after.as_ref(), rows).await;
        let page = page.map_err(store_refusal)?;
        let is_end = page.len() < rows.rows();
        after = page.last().map(EarningPosition::of);
        earnings.extend(page);
        if is_end {
            return Ok((earnings, None));
        }
        // The last participant of a full page may have more.
        let last = earnings.last().map(|last| last.key.participant.clone());
        let whole =
            earnings.partition_point(|earning| Some(&earning.key.participant) < last.as_ref());
        if whole > 0 {
            earnings.truncate(whole);
            let end = earnings
                .last()
                .map(|earning| earning.key.participant.clone());
            return Ok((earnings, end));
        }
    }
}

/// Who above `from` has rewards that can be paid, in rising order, and the last of them if there are
/// more.
async fn rewarded(
    snapshot: &dyn Snapshot,
    due: Date,
    from: Option<&ParticipantId>,
    rows: ChunkSize,
) -> Result<(Vec<ParticipantId>, Option<ParticipantId>), Refusal> {
    let after = from.map(|from| RewardPosition {
        participant: from.clone(),
        date: Date::MAX,
        id: RewardId(Uuid::max()),
    });
    let page = snapshot.payable_rewards(due, after.as_ref(), rows).await;
    let page = page.map_err(store_refusal)?;
    let is_end = page.len() < rows.rows();
    let mut whose: Vec<ParticipantId> = page.into_iter().map(|row| row.participant).collect();
    whose.dedup();
    // What the last one has beyond the page is read with all that somebody has.
    let end = whose.last().cloned().filter(|_| !is_end);
    Ok((whose, end))
}

//! Gathering what the sheets of some participants are filled with.

use std::collections::BTreeMap;

use attain_domain::definition::DefinitionSet;
use attain_domain::earning::Earning;
use attain_domain::ids::{EarningId, LineId, ParticipantId};
use attain_domain::paying::{FillSheet, StaleHold};
use attain_domain::payment::{PaymentBatch, PaymentLine};
use attain_domain::ports::{ChunkSize, EarningPosition, PaysheetPosition, Snapshot};
use attain_domain::refusal::Refusal;
use attain_domain::time::Date;
use uuid::Uuid;

use super::load::{batch_at, books, not_found, sheets_with_lines};
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

/// Gathers participants above `from`, until they have some `rows` of payable earnings or of lines;
/// each of them whole.
pub(super) async fn gather(
    snapshot: &dyn Snapshot,
    set: &DefinitionSet,
    batch: &PaymentBatch,
    from: Option<&ParticipantId>,
    rows: ChunkSize,
    stale: &StaleHolds,
) -> Result<Gathered, Refusal> {
    let (mut payable, payable_end) = payable(snapshot, batch.pay_date, from, rows).await?;
    payable.retain(|earning| is_member(set, batch, &earning.key.participant));
    let after = from.map(|from| PaysheetPosition {
        participant: from.clone(),
        id: attain_domain::ids::PaysheetId(Uuid::max()),
    });
    let until = |whose: &ParticipantId| payable_end.as_ref().is_none_or(|end| whose <= end);
    let page = sheets_with_lines(snapshot, batch.id, after.as_ref(), rows.rows(), |sheet| {
        until(&sheet.participant)
    })
    .await?;
    let sheets_end = page.next.map(|next| next.participant);
    let next = match (payable_end.clone(), sheets_end) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    };
    let is_within = |whose: &ParticipantId| next.as_ref().is_none_or(|end| whose <= end);
    payable.retain(|earning| is_within(&earning.key.participant));
    let mut fills: BTreeMap<ParticipantId, FillSheet> = BTreeMap::new();
    for (sheet, lines) in page.sheets {
        if is_within(&sheet.participant) {
            let fill = entry(&mut fills, &sheet.participant);
            (fill.sheet, fill.lines) = (Some(sheet), lines);
        }
    }
    for earning in &payable {
        entry(&mut fills, &earning.key.participant);
    }
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
    for (whose, fill) in &mut fills {
        if let Some(holds) = stale.by_participant.get(whose) {
            fill.stale_holds = holds.iter().map(|(hold, _)| hold.clone()).collect();
        }
    }
    Ok(Gathered {
        fills: fills.into_values().collect(),
        next,
    })
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

//! Reading what decisions about payments need: sheets with their lines, books of earnings.

use std::collections::BTreeMap;

use attain_domain::earning::Earning;
use attain_domain::ids::{BatchId, EarningId, LineId, PaysheetId};
use attain_domain::paying::PartBook;
use attain_domain::payment::{PaymentBatch, PaymentLine, Paysheet};
use attain_domain::ports::{ChunkSize, PaysheetPosition, Snapshot};
use attain_domain::refusal::{Reason, Refusal};
use attain_domain::stamp::Version;

use crate::failure::store_refusal;

/// Sheets read at once; without their lines one is some 200 bytes.
const SHEETS_PAGE: u32 = 1_000;
/// Sheets whose lines are read at once: how many lines they have is not known before.
const SHEETS_WITH_LINES: usize = 50;

/// Some sheets of a batch, with their lines.
pub(super) struct SheetPage {
    pub(super) sheets: Vec<(Paysheet, Vec<PaymentLine>)>,
    /// Where to go on; none at the end of the batch.
    pub(super) next: Option<PaysheetPosition>,
}

/// Where a sheet stands in its batch.
pub(super) fn position_of(sheet: &Paysheet) -> PaysheetPosition {
    PaysheetPosition {
        participant: sheet.participant.clone(),
        id: sheet.id,
    }
}

/// The next sheets of a batch with their lines: whole sheets, until they have `lines` lines or
/// more together. Lines are read of those sheets only that `wanted` says.
pub(super) async fn sheets_with_lines(
    snapshot: &dyn Snapshot,
    batch: BatchId,
    after: Option<&PaysheetPosition>,
    lines: usize,
    wanted: impl Fn(&Paysheet) -> bool,
) -> Result<SheetPage, Refusal> {
    let chunk = ChunkSize::new(SHEETS_PAGE);
    let page = snapshot
        .paysheets_of_batch(batch, after, chunk)
        .await
        .map_err(store_refusal)?;
    let is_last_page = page.len() < chunk.rows();
    let mut rest = page.into_iter().peekable();
    let (mut sheets, mut read) = (Vec::new(), 0);
    while rest.peek().is_some() && read < lines {
        let group: Vec<Paysheet> = rest.by_ref().take(SHEETS_WITH_LINES).collect();
        let ids: Vec<PaysheetId> = group
            .iter()
            .filter(|sheet| wanted(sheet))
            .map(|sheet| sheet.id)
            .collect();
        let found = if ids.is_empty() {
            Vec::new()
        } else {
            snapshot
                .lines_of_paysheets(&ids)
                .await
                .map_err(store_refusal)?
        };
        read += found.len();
        let mut by_sheet: BTreeMap<PaysheetId, Vec<PaymentLine>> = BTreeMap::new();
        for line in found {
            by_sheet.entry(line.paysheet).or_default().push(line);
        }
        for sheet in group {
            let lines = by_sheet.remove(&sheet.id).unwrap_or_default();
            sheets.push((sheet, lines));
        }
    }
    let is_end = is_last_page && rest.peek().is_none();
    let last = sheets.last().map(|(sheet, _)| position_of(sheet));
    Ok(SheetPage {
        sheets,
        next: last.filter(|_| !is_end),
    })
}

/// Opens the books of earnings that were read, and of those that lines pay.
pub(super) async fn books(
    snapshot: &dyn Snapshot,
    mut earnings: Vec<Earning>,
    lines: impl Iterator<Item = &PaymentLine>,
) -> Result<BTreeMap<EarningId, PartBook>, Refusal> {
    let known: std::collections::BTreeSet<EarningId> = earnings.iter().map(|one| one.id).collect();
    let mut missing: Vec<EarningId> = lines
        .map(|line| line.earning)
        .filter(|id| !known.contains(id))
        .collect();
    missing.sort_unstable();
    missing.dedup();
    for ids in missing.chunks(ChunkSize::largest().rows()) {
        earnings.extend(snapshot.earnings_by_id(ids).await.map_err(store_refusal)?);
    }
    let in_parts = earnings.iter().filter(|one| PartBook::needs_lines(one));
    let in_parts: Vec<EarningId> = in_parts.map(|one| one.id).collect();
    let mut lines_of: BTreeMap<EarningId, Vec<PaymentLine>> = BTreeMap::new();
    for ids in in_parts.chunks(ChunkSize::largest().rows()) {
        for line in snapshot
            .lines_of_earnings(ids)
            .await
            .map_err(store_refusal)?
        {
            lines_of.entry(line.earning).or_default().push(line);
        }
    }
    let open = |earning: Earning| {
        let lines = lines_of.get(&earning.id).map_or(&[][..], Vec::as_slice);
        Ok((earning.id, PartBook::open(earning, lines)?))
    };
    earnings.into_iter().map(open).collect()
}

/// A batch, at the version that the caller expects, if any.
pub(super) async fn batch_at(
    snapshot: &dyn Snapshot,
    id: BatchId,
    etag: Option<Version>,
) -> Result<PaymentBatch, Refusal> {
    let found = snapshot.batch(id).await.map_err(store_refusal)?;
    let batch = found.ok_or_else(|| not_found("batch", id))?;
    check_etag(etag, batch.stamp.version)?;
    Ok(batch)
}

/// A sheet with its batch, at the version that the caller expects, if any.
pub(super) async fn sheet_at(
    snapshot: &dyn Snapshot,
    id: PaysheetId,
    etag: Option<Version>,
) -> Result<(PaymentBatch, Paysheet), Refusal> {
    let found = snapshot.paysheet(id).await.map_err(store_refusal)?;
    let sheet = found.ok_or_else(|| not_found("paysheet", id))?;
    check_etag(etag, sheet.stamp.version)?;
    Ok((batch_at(snapshot, sheet.batch, None).await?, sheet))
}

/// A line, at the version that the caller expects, if any.
pub(super) async fn line_at(
    snapshot: &dyn Snapshot,
    id: LineId,
    etag: Option<Version>,
) -> Result<PaymentLine, Refusal> {
    let found = snapshot
        .lines_by_id(&[id])
        .await
        .map_err(store_refusal)?
        .pop();
    let line = found.ok_or_else(|| not_found("line", id))?;
    check_etag(etag, line.stamp.version)?;
    Ok(line)
}

pub(crate) fn check_etag(etag: Option<Version>, version: Version) -> Result<(), Refusal> {
    match etag {
        Some(expected) if expected != version => {
            let text = "it was changed since it was read; read it again and repeat";
            Err(Refusal::new(Reason::VersionMismatch, text)
                .at("etag")
                .with("version", version.0))
        }
        Some(_) | None => Ok(()),
    }
}

pub(crate) fn not_found(what: &'static str, id: impl ToString) -> Refusal {
    let id = id.to_string();
    Refusal::new(Reason::NotFound, format!("there is no {what} {id}")).with(what, id)
}

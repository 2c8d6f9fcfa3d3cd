//! Why a batch cannot be made or edited.

use std::collections::BTreeMap;

use attain_domain::ids::BatchId;
use attain_domain::paying::BatchAction;
use attain_domain::payment::{PaymentBatch, PaysheetStatus};
use attain_domain::ports::{ChunkSize, Snapshot};
use attain_domain::refusal::{Reason, Refusal};
use attain_domain::working::RowFailure;

use super::load::position_of;
use crate::failure::store_refusal;

pub(super) fn nothing_to_pay(batch: &PaymentBatch, failures: &[RowFailure]) -> Refusal {
    let mut text = format!(
        "nothing unpaid is dated on or before {} for pay group `{}`",
        batch.pay_date, batch.pay_group
    );
    if let Some(first) = failures.first() {
        text = format!(
            "nothing can be paid to pay group `{}` on {}; {}: {}",
            batch.pay_group, batch.pay_date, first.subject, first.error.text
        );
    }
    let refusal = Refusal::new(Reason::NothingToPay, text).with("pay_group", &batch.pay_group);
    let by_reason: BTreeMap<&'static str, usize> =
        failures
            .iter()
            .fold(BTreeMap::new(), |mut counts, failure| {
                *counts.entry(failure.error.reason.code()).or_default() += 1;
                counts
            });
    let counts = by_reason
        .iter()
        .map(|(code, count)| format!("{code} {count}"));
    refusal.with("left_out", counts.collect::<Vec<_>>().join(", "))
}

/// Another pay date means other rates: sheets that are closed cannot follow.
pub(super) async fn refuse_closed_sheets(
    snapshot: &dyn Snapshot,
    batch: BatchId,
) -> Result<(), Refusal> {
    let mut after = None;
    loop {
        let chunk = ChunkSize::largest();
        let page = snapshot
            .paysheets_of_batch(batch, after.as_ref(), chunk)
            .await;
        let page = page.map_err(store_refusal)?;
        if let Some(closed) = page
            .iter()
            .find(|sheet| sheet.status != PaysheetStatus::Unpaid)
        {
            let text = format!(
                "the paysheet of `{}` is locked or further on: reject it before the pay date moves",
                closed.participant
            );
            return Err(Refusal::new(Reason::WrongState, text)
                .with("paysheet", closed.id)
                .with("action", BatchAction::Edit.name()));
        }
        if page.len() < chunk.rows() {
            return Ok(());
        }
        after = page.last().map(position_of);
    }
}

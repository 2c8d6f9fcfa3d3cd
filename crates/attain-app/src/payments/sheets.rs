//! What people do with sheets.

use attain_domain::change::Guard;
use attain_domain::ids::{BatchId, PaysheetId};
use attain_domain::paying::{BatchAction, Decided, PaysheetAction, act_on_sheet, check_batch};
use attain_domain::payment::Paysheet;
use attain_domain::ports::{ChunkSize, PaysheetPosition};
use attain_domain::refusal::{Refusal, RowError};
use attain_domain::stamp::Version;
use attain_domain::working::{Circumstances, RowFailure};

use super::load::{batch_at, position_of, sheet_at};
use super::views::{FAILURES_NAMED_MAX, SheetsOutcome};
use super::write::Answered;
use crate::caller::Caller;
use crate::engine::Engine;
use crate::failure::store_refusal;

/// Sheets moved on in one commit.
const SHEETS_PER_COMMIT: u32 = 1_000;

/// What became of some sheets.
struct ActedPage {
    there: u64,
    failures: Vec<RowFailure>,
    next: Option<PaysheetPosition>,
    is_written: bool,
}

impl Engine {
    /// Locks, submits, approves or rejects one paysheet.
    ///
    /// # Errors
    /// `NOT_FOUND`, `VERSION_MISMATCH`, `WRONG_STATE`, `OWN_APPROVAL`; when the store fails.
    pub async fn paysheet_action(
        &self,
        caller: &Caller,
        id: PaysheetId,
        action: PaysheetAction,
        etag: Option<Version>,
    ) -> Result<Paysheet, Refusal> {
        let content = format!("{} paysheet {id}", action.name());
        let mut attempts = self.attempts();
        loop {
            attempts.next()?;
            let snapshot = self.snapshot(caller).await?;
            if self
                .first_answer(caller, &*snapshot, &content)
                .await?
                .is_some()
            {
                return Ok(sheet_at(&*snapshot, id, None).await?.1);
            }
            let (batch, sheet) = sheet_at(&*snapshot, id, etag).await?;
            drop(snapshot);
            check_batch(&batch, BatchAction::ActOnSheets)?;
            let ((), mut decided, at) = self.decide_now(caller, |circumstances, decided| {
                act_on_sheet(&sheet, action, circumstances, decided)
            })?;
            decided
                .guards
                .push(Guard::BatchAt(batch.id, batch.stamp.version));
            let now = decided.changes.paysheets.first().cloned();
            let answered = Answered {
                content: &content,
                answer: id.to_string(),
            };
            if self.write(caller, decided, at, Some(answered)).await? {
                return Ok(now.unwrap_or(sheet));
            }
        }
    }

    /// Locks, submits, approves or rejects every paysheet of a batch. A sheet for which this is not
    /// possible is named and stops no other; one that is there already is left alone.
    ///
    /// # Errors
    /// `NOT_FOUND`, `WRONG_STATE` of the batch; when the store fails. Some thousand sheets are one
    /// commit: what was cut off is finished by the same call again.
    pub async fn paysheets_action(
        &self,
        caller: &Caller,
        batch: BatchId,
        action: PaysheetAction,
    ) -> Result<SheetsOutcome, Refusal> {
        let content = format!("{} paysheets of {batch}", action.name());
        let mut outcome = SheetsOutcome {
            there: 0,
            refused: 0,
            failures: Vec::new(),
        };
        let mut after: Option<PaysheetPosition> = None;
        let mut content = Some(content.as_str());
        loop {
            let page = self
                .act_on_page(caller, batch, action, after.as_ref(), content)
                .await?;
            // Only the first commit carries the request; a repeat goes on with what is left.
            if page.is_written {
                content = None;
            }
            outcome.there += page.there;
            outcome.refused += page.failures.len() as u64;
            let room = FAILURES_NAMED_MAX.saturating_sub(outcome.failures.len());
            outcome
                .failures
                .extend(page.failures.into_iter().take(room));
            match page.next {
                Some(next) => after = Some(next),
                None => return Ok(outcome),
            }
        }
    }

    async fn act_on_page(
        &self,
        caller: &Caller,
        batch: BatchId,
        action: PaysheetAction,
        after: Option<&PaysheetPosition>,
        content: Option<&str>,
    ) -> Result<ActedPage, Refusal> {
        let mut attempts = self.attempts();
        loop {
            attempts.next()?;
            let snapshot = self.snapshot(caller).await?;
            let is_repeat = match content {
                Some(content) => self
                    .first_answer(caller, &*snapshot, content)
                    .await?
                    .is_some(),
                None => false,
            };
            let batch = batch_at(&*snapshot, batch, None).await?;
            check_batch(&batch, BatchAction::ActOnSheets)?;
            let chunk = ChunkSize::new(SHEETS_PER_COMMIT);
            let page = snapshot.paysheets_of_batch(batch.id, after, chunk).await;
            let page = page.map_err(store_refusal)?;
            drop(snapshot);
            let next = page
                .last()
                .filter(|_| page.len() == chunk.rows())
                .map(position_of);
            let (there, mut decided, at) = self.decide_now(caller, |circumstances, decided| {
                Ok(act_on_all(&page, action, circumstances, decided))
            })?;
            let failures = std::mem::take(&mut decided.failures);
            if decided.is_empty() {
                return Ok(ActedPage {
                    there,
                    failures,
                    next,
                    is_written: false,
                });
            }
            decided
                .guards
                .push(Guard::BatchAt(batch.id, batch.stamp.version));
            let answered = content.filter(|_| !is_repeat).map(|content| Answered {
                content,
                answer: batch.id.to_string(),
            });
            if self.write(caller, decided, at, answered).await? {
                return Ok(ActedPage {
                    there,
                    failures,
                    next,
                    is_written: true,
                });
            }
        }
    }
}

/// Moves sheets on, and counts those that are where they should be.
fn act_on_all(
    sheets: &[Paysheet],
    action: PaysheetAction,
    circumstances: &Circumstances<'_>,
    decided: &mut Decided,
) -> u64 {
    let mut there = 0;
    for sheet in sheets {
        let done = if sheet.status == action.target() {
            Ok(())
        } else {
            act_on_sheet(sheet, action, circumstances, decided)
        };
        match done {
            Ok(()) => there += 1,
            Err(refusal) => decided.failures.push(RowFailure {
                subject: format!("participant {}", sheet.participant),
                error: RowError::from(refusal),
            }),
        }
    }
    there
}

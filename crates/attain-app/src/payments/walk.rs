//! Freezing, paying and deleting batches: sheet after sheet, some at a time. Between two commits
//! the batch is `Paying` or `Deleting`.

use std::collections::BTreeMap;

use attain_domain::change::Guard;
use attain_domain::ids::{BatchId, EarningId, ParticipantId};
use attain_domain::paying::{
    BatchAction, Decided, PartBook, RewardFacts, WholeSheet, check_batch, drop_sheet, next_batch,
    pay_sheet,
};
use attain_domain::payment::{BatchStatus, PaymentBatch, Paysheet, PaysheetStatus};
use attain_domain::ports::{PaysheetPosition, Snapshot};
use attain_domain::refusal::Refusal;
use attain_domain::reward::Reward;
use attain_domain::stamp::Version;
use attain_domain::working::Circumstances;

use super::load::{SheetPage, batch_at, books, sheets_with_lines};
use super::rewards::{reward_facts, rewards_by_sheet};
use super::views::BatchView;
use super::write::Answered;
use crate::caller::Caller;
use crate::engine::Engine;
use crate::failure::store_refusal;
use crate::world::World;

/// What is done to every sheet of a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Walk {
    Pay,
    Delete,
}

impl Walk {
    fn action(self) -> BatchAction {
        match self {
            Self::Pay => BatchAction::Pay,
            Self::Delete => BatchAction::Delete,
        }
    }

    fn under_way(self) -> BatchStatus {
        match self {
            Self::Pay => BatchStatus::Paying,
            Self::Delete => BatchStatus::Deleting,
        }
    }

    fn wants_lines(self, sheet: &Paysheet) -> bool {
        match self {
            // Paid by a call that was cut off.
            Self::Pay => sheet.status != PaysheetStatus::Paid,
            Self::Delete => true,
        }
    }

    /// What has to be known of the rewards of some sheets: to pay them what they show, to delete
    /// them all there is.
    async fn rewards(
        self,
        snapshot: &dyn Snapshot,
        page: &SheetPage,
    ) -> Result<BTreeMap<ParticipantId, RewardFacts>, Refusal> {
        let sheets = page.sheets.iter().map(|(sheet, _)| sheet);
        let sheets: Vec<&Paysheet> = sheets.filter(|sheet| self.wants_lines(sheet)).collect();
        match self {
            Self::Delete => {
                let whose: Vec<_> = sheets.iter().map(|one| one.participant.clone()).collect();
                reward_facts(snapshot, &whose).await
            }
            Self::Pay => {
                let ids: Vec<_> = sheets.iter().map(|one| one.id).collect();
                let by_sheet = rewards_by_sheet(snapshot, &ids).await?;
                let facts_of = |rewards: Vec<Reward>| {
                    let participant = rewards.first()?.participant.clone();
                    let mut facts = RewardFacts::default();
                    facts.rewards = rewards;
                    Some((participant, facts))
                };
                Ok(by_sheet.into_values().filter_map(facts_of).collect())
            }
        }
    }
}

impl Engine {
    /// Closes an unpaid batch for changes.
    ///
    /// # Errors
    /// `NOT_FOUND`, `VERSION_MISMATCH`, `WRONG_STATE`; when the store fails.
    pub async fn freeze_batch(
        &self,
        caller: &Caller,
        id: BatchId,
        etag: Option<Version>,
    ) -> Result<BatchView, Refusal> {
        let content = format!("freeze_batch {id}");
        let mut attempts = self.attempts();
        loop {
            attempts.next()?;
            let snapshot = self.snapshot(caller).await?;
            if self
                .first_answer(caller, &*snapshot, &content)
                .await?
                .is_some()
            {
                break;
            }
            let batch = batch_at(&*snapshot, id, etag).await?;
            drop(snapshot);
            check_batch(&batch, BatchAction::Freeze)?;
            let ((), decided, at) = self.decide_now(caller, |circumstances, decided| {
                let frozen = next_batch(&batch, BatchStatus::Frozen, circumstances);
                decided.write_batch(&batch, frozen);
                Ok(())
            })?;
            let answered = Answered {
                content: &content,
                answer: id.to_string(),
            };
            if self.write(caller, decided, at, Some(answered)).await? {
                break;
            }
        }
        self.batch(caller, id).await
    }

    /// Pays what the sheets of a frozen batch show. Held lines wait for their release.
    ///
    /// # Errors
    /// `NOT_FOUND`, `VERSION_MISMATCH`, `WRONG_STATE`; when the store fails. A payment that was cut
    /// off leaves the batch `Paying`: the same call again finishes it, and pays nothing twice.
    pub async fn pay_batch(
        &self,
        caller: &Caller,
        id: BatchId,
        etag: Option<Version>,
    ) -> Result<BatchView, Refusal> {
        self.walk(caller, &format!("pay_batch {id}"), id, etag, Walk::Pay)
            .await?;
        self.batch(caller, id).await
    }

    /// Deletes an unpaid batch: everything on it can be paid by another one.
    ///
    /// # Errors
    /// `NOT_FOUND`, `VERSION_MISMATCH`, `WRONG_STATE`; when the store fails. A deletion that was
    /// cut off leaves the batch `Deleting`: the same call again finishes it.
    pub async fn delete_batch(
        &self,
        caller: &Caller,
        id: BatchId,
        etag: Option<Version>,
    ) -> Result<(), Refusal> {
        self.walk(
            caller,
            &format!("delete_batch {id}"),
            id,
            etag,
            Walk::Delete,
        )
        .await
    }

    async fn walk(
        &self,
        caller: &Caller,
        content: &str,
        id: BatchId,
        etag: Option<Version>,
        walk: Walk,
    ) -> Result<(), Refusal> {
        let mut step = self.walk_first(caller, content, id, etag, walk).await?;
        let quietly = Caller {
            request: None,
            ..caller.clone()
        };
        while let Step::More(from) = step {
            step = self.walk_further(&quietly, id, from, walk).await?;
        }
        Ok(())
    }

    async fn walk_first(
        &self,
        caller: &Caller,
        content: &str,
        id: BatchId,
        etag: Option<Version>,
        walk: Walk,
    ) -> Result<Step, Refusal> {
        let mut attempts = self.attempts();
        loop {
            attempts.next()?;
            let snapshot = self.snapshot(caller).await?;
            if self
                .first_answer(caller, &*snapshot, content)
                .await?
                .is_some()
            {
                return Ok(Step::More(None));
            }
            let batch = batch_at(&*snapshot, id, etag).await?;
            check_batch(&batch, walk.action())?;
            let answered = Answered {
                content,
                answer: id.to_string(),
            };
            let step = self.walk_some(caller, &*snapshot, &batch, None, walk, Some(answered));
            if let Some(step) = step.await? {
                return Ok(step);
            }
        }
    }

    async fn walk_further(
        &self,
        caller: &Caller,
        id: BatchId,
        from: Option<PaysheetPosition>,
        walk: Walk,
    ) -> Result<Step, Refusal> {
        let mut attempts = self.attempts();
        loop {
            attempts.next()?;
            let snapshot = self.snapshot(caller).await?;
            let batch = snapshot.batch(id).await.map_err(store_refusal)?;
            // Gone or paid: done.
            let Some(batch) = batch.filter(|batch| batch.status == walk.under_way()) else {
                return Ok(Step::End);
            };
            let step = self.walk_some(caller, &*snapshot, &batch, from.as_ref(), walk, None);
            if let Some(step) = step.await? {
                return Ok(step);
            }
        }
    }

    /// One commit; none when somebody else was faster.
    async fn walk_some(
        &self,
        caller: &Caller,
        snapshot: &dyn Snapshot,
        batch: &PaymentBatch,
        from: Option<&PaysheetPosition>,
        walk: Walk,
        answered: Option<Answered<'_>>,
    ) -> Result<Option<Step>, Refusal> {
        let world = self.world(caller, snapshot).await?;
        let rows = self.rows().rows();
        let wanted = |sheet: &Paysheet| walk.wants_lines(sheet);
        let page = sheets_with_lines(snapshot, batch.id, from, rows, wanted).await?;
        let lines = page.sheets.iter().flat_map(|(_, lines)| lines);
        let books = books(snapshot, Vec::new(), lines).await?;
        let rewards = walk.rewards(snapshot, &page).await?;
        let ((), decided, at) = self.decide_now(caller, |circumstances, decided| {
            let sheets = Sheets {
                batch,
                page: &page,
                rewards: &rewards,
                walk,
            };
            sheets.decide(&world, books, circumstances, decided)
        })?;
        if !self.write(caller, decided, at, answered).await? {
            return Ok(None);
        }
        Ok(Some(match page.next {
            Some(next) => Step::More(Some(next)),
            None => Step::End,
        }))
    }
}

/// Whether there is more to do, and after which sheet.
enum Step {
    More(Option<PaysheetPosition>),
    End,
}

/// The sheets of one commit.
struct Sheets<'a> {
    batch: &'a PaymentBatch,
    page: &'a SheetPage,
    rewards: &'a BTreeMap<ParticipantId, RewardFacts>,
    walk: Walk,
}

impl Sheets<'_> {
    fn decide(
        &self,
        world: &World,
        mut books: BTreeMap<EarningId, PartBook>,
        circumstances: &mut Circumstances<'_>,
        decided: &mut Decided,
    ) -> Result<(), Refusal> {
        let none = RewardFacts::default();
        for (sheet, lines) in &self.page.sheets {
            let whole = WholeSheet {
                sheet,
                lines,
                rewards: self.rewards.get(&sheet.participant).unwrap_or(&none),
            };
            match self.walk {
                Walk::Pay => pay_sheet(whole, &mut books, circumstances, decided)?,
                Walk::Delete => drop_sheet(whole, &mut books, circumstances, decided)?,
            }
        }
        let archive = world.settings().archive_updated_credits;
        for book in books.into_values() {
            book.close(&world.set.calendar, archive, circumstances, decided)?;
        }
        let status = match (&self.page.next, self.walk) {
            (Some(_), walk) => walk.under_way(),
            (None, Walk::Pay) => BatchStatus::Paid,
            (None, Walk::Delete) => {
                let version = self.batch.stamp.version;
                decided.guards.push(Guard::BatchAt(self.batch.id, version));
                decided.changes.batches_deleted.push(self.batch.id);
                return Ok(());
            }
        };
        decided.write_batch(self.batch, next_batch(self.batch, status, circumstances));
        Ok(())
    }
}

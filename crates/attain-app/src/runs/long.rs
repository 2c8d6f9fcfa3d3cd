//! Somebody with more credits than a group may have: they are folded and compared page by page, each
//! page a commit, so that memory does not grow with their number.
//!
//! A page is compared with the live earnings of its own credits. What is left in the end belongs to
//! intervals, or to credits that are there no more. Whoever takes up a chunk that was broken off in
//! between folds the credits that were compared once more, and goes on with those after them.

use std::collections::BTreeSet;

use attain_domain::calculation::{CreditInput, EarningDraft, ParticipantFold, Waiting};
use attain_domain::change::Changes;
use attain_domain::chunk::{CalculateTask, ChunkTask};
use attain_domain::credit::{Credit, CreditPosition};
use attain_domain::earning::Earning;
use attain_domain::ids::{CreditId, EarningId, LineageId, ParticipantId};
use attain_domain::ports::{ChunkSize, EarningPosition, Snapshot};
use attain_domain::time::DateRange;

use super::ground::{Committed, Piece, Stop};
use super::order::{by_content, is_one_place};
use super::reports::Reports;
use super::worker::Worker;
use crate::failure::store_refusal;

/// The one who is calculated.
struct Long<'a> {
    task: &'a CalculateTask,
    who: [ParticipantId; 1],
    /// The dates of the credits.
    span: DateRange,
    /// The dates of what was earned for them.
    reach: DateRange,
    /// The view of the credits. What was earned is looked at anew for every commit.
    view: Box<dyn Snapshot>,
    /// Whether anything was earned before, so that there may be something to compare with.
    has_live: bool,
    /// Whether Revert has left reversals to be posted or withdrawn.
    has_waiting: bool,
}

impl Worker {
    /// Calculates the first participant of a task, who has more credits than a group may have.
    pub(super) async fn calculate_long(
        &mut self,
        task: &CalculateTask,
        view: Box<dyn Snapshot>,
    ) -> Result<(), Stop> {
        let world = self.world();
        let Some(due) = task.participants.first() else {
            return Ok(());
        };
        let who = [due.participant.clone()];
        let reports = Reports::read(&*view, &world, &who, task).await?;
        let span = world.plans.span(&world.set, task.window);
        let reach = world.plans.reach(&world.set, task.window);
        let live = view.current_earnings(&who, reach, None, ChunkSize::new(1));
        let has_live = !live.await.map_err(store_refusal)?.is_empty();
        let has_waiting = !self.waiting(&*view, &who, reach).await?.is_empty();
        let mut fold = world.set.participants.get(&due.participant).map(|person| {
            let reports = reports.of(&due.participant);
            let (plans, set) = (&world.plans, &world.set);
            ParticipantFold::begin(plans, set, person, task.window, task.phase, reports)
        });
        let long = Long {
            task,
            who,
            span,
            reach,
            view,
            has_live,
            has_waiting,
        };
        // What was counted, and not written yet.
        let mut done = Piece::default();
        let mut of_intervals: Vec<EarningDraft> = Vec::new();
        let mut pages = Pages::default();
        let mut folded = 0;
        while let Some(credits) = self.next_page(&long, &mut pages).await? {
            for credits in parted(&credits, task.compared.saturating_sub(folded)) {
                let is_new = folded >= task.compared;
                let mut drafts = Vec::new();
                self.fold_page(&long, credits, fold.as_mut(), &mut drafts)
                    .await?;
                folded += credits.len() as u64;
                let of_interval = |draft: &mut EarningDraft| draft.key.lineage.is_none();
                of_intervals.extend(drafts.extract_if(.., of_interval));
                if is_new {
                    let left = CalculateTask {
                        compared: folded,
                        ..task.clone()
                    };
                    self.commit_page(&long, credits, drafts, &mut done, left)
                        .await?;
                }
            }
        }
        if let Some(fold) = fold {
            fold.finish(&mut of_intervals);
        }
        self.commit_rest(&long, of_intervals, done).await
    }

    /// The next credits, whose earnings can be told without those after them: credits that stand in
    /// one place are never parted.
    async fn next_page(
        &mut self,
        long: &Long<'_>,
        pages: &mut Pages,
    ) -> Result<Option<Vec<Credit>>, Stop> {
        let chunk = ChunkSize::new(self.ground.engine.limits.chunk_credits);
        while !pages.is_over {
            self.keep().await?;
            let (who, after) = (&long.who, pages.after.as_ref());
            let page = long
                .view
                .credits_of_participants(who, long.span, after, chunk)
                .await
                .map_err(store_refusal)?;
            pages.is_over = page.len() < chunk.rows();
            pages.after = page.last().map(CreditPosition::of);
            let mut credits = std::mem::take(&mut pages.kept);
            credits.extend(page);
            if !pages.is_over {
                pages.kept = last_place(&mut credits);
            }
            if !credits.is_empty() {
                by_content(&mut credits);
                return Ok(Some(credits));
            }
        }
        Ok(None)
    }

    async fn fold_page(
        &self,
        long: &Long<'_>,
        credits: &[Credit],
        fold: Option<&mut ParticipantFold<'_>>,
        drafts: &mut Vec<EarningDraft>,
    ) -> Result<(), Stop> {
        let transactions = self.transactions_of(&*long.view, credits).await?;
        let Some(fold) = fold else { return Ok(()) };
        for credit in credits {
            let transaction = credit.transaction.and_then(|id| transactions.get(&id));
            let input = CreditInput {
                credit,
                transaction,
            };
            fold.credit(&input, drafts);
        }
        Ok(())
    }

    /// Brings the earnings of these credits up to date. What changes nothing is written, and
    /// counted, with what comes next.
    async fn commit_page(
        &mut self,
        long: &Long<'_>,
        credits: &[Credit],
        drafts: Vec<EarningDraft>,
        done: &mut Piece,
        left: CalculateTask,
    ) -> Result<(), Stop> {
        let lineages: BTreeSet<LineageId> = credits.iter().map(|credit| credit.lineage).collect();
        let lineages: Vec<LineageId> = lineages.into_iter().collect();
        loop {
            let (mut live, mut waiting) = (Vec::new(), Vec::new());
            if long.has_waiting {
                let now = self.ground.snapshot().await?;
                waiting = self.waiting(&*now, &long.who, long.reach).await?;
                let is_here = |one: &Waiting| {
                    let lineage = one.reversal.key.lineage;
                    lineage.is_some_and(|lineage| lineages.binary_search(&lineage).is_ok())
                };
                waiting.retain(is_here);
            }
            if long.has_live {
                let now = self.ground.snapshot().await?;
                for lineages in lineages.chunks(ChunkSize::largest().rows()) {
                    let page = now.earnings_of_lineages(&long.who, lineages).await;
                    live.extend(page.map_err(store_refusal)?);
                }
            }
            let mut piece = self.compare(long.task, drafts.clone(), &live, waiting, credits)?;
            piece.counts.add(&done.counts);
            piece.failures.extend(done.failures.iter().cloned());
            if piece.changes == Changes::default() {
                *done = piece;
                return Ok(());
            }
            let left = ChunkTask::Calculate(left.clone());
            if self.commit(piece, left).await? == Committed::Yes {
                *done = Piece::default();
                return Ok(());
            }
        }
    }

    /// The earnings of intervals, and those of credits that are there no more. Then the participant
    /// is done.
    async fn commit_rest(
        &mut self,
        long: &Long<'_>,
        drafts: Vec<EarningDraft>,
        done: Piece,
    ) -> Result<(), Stop> {
        let rest = self.rest(long).await?;
        let ids: Vec<EarningId> = rest.iter().map(|earning| earning.id).collect();
        let mut left = long.task.clone();
        left.participants.remove(0);
        left.compared = 0;
        loop {
            let mut live = Vec::new();
            let now = self.ground.snapshot().await?;
            for ids in ids.chunks(ChunkSize::largest().rows()) {
                live.extend(now.earnings_by_id(ids).await.map_err(store_refusal)?);
            }
            let waiting = self.waiting(&*now, &long.who, long.reach).await?;
            drop(now);
            live.retain(|earning| is_untouched(earning, &rest));
            let mut piece = self.compare(long.task, drafts.clone(), &live, waiting, &[])?;
            piece.counts.add(&done.counts);
            piece.failures.extend(done.failures.iter().cloned());
            piece.changes.claims_done = self.struck(long.task, 1);
            piece.units = 1;
            let left = ChunkTask::Calculate(left.clone());
            if self.commit(piece, left).await? == Committed::Yes {
                return Ok(());
            }
        }
    }

    /// What was earned before and may be of no credit of the view, in rising id order.
    async fn rest(&self, long: &Long<'_>) -> Result<Vec<Earning>, Stop> {
        let mut rest: Vec<Earning> = Vec::new();
        let mut after: Option<EarningPosition> = None;
        let mut is_over = !long.has_live;
        while !is_over {
            let (who, most) = (&long.who, ChunkSize::largest());
            let page = long
                .view
                .current_earnings(who, long.reach, after.as_ref(), most)
                .await
                .map_err(store_refusal)?;
            is_over = page.len() < most.rows();
            after = page.last().map(EarningPosition::of);
            let ids: BTreeSet<CreditId> =
                page.iter().filter_map(|earning| earning.credit).collect();
            let ids: Vec<CreditId> = ids.into_iter().collect();
            let credits = long.view.credits_by_id(&ids).await.map_err(store_refusal)?;
            let seen = credits.iter().filter(|credit| long.has_seen(credit));
            let seen: BTreeSet<CreditId> = seen.map(|credit| credit.id).collect();
            let is_left = |earning: &Earning| match (earning.key.lineage, earning.credit) {
                (Some(_), Some(credit)) => !seen.contains(&credit),
                _ => true,
            };
            let about = |earning: &Earning| self.is_about(long.task, earning);
            rest.extend(page.into_iter().filter(|row| is_left(row) && about(row)));
        }
        rest.sort_unstable_by_key(|earning| earning.id);
        Ok(rest)
    }
}

/// Where the reading of credits is.
#[derive(Default)]
struct Pages {
    after: Option<CreditPosition>,
    /// Those of the last place, of which more may come.
    kept: Vec<Credit>,
    is_over: bool,
}

impl Long<'_> {
    /// Whether a credit was among the pages.
    fn has_seen(&self, credit: &Credit) -> bool {
        credit.obsolete.is_none()
            && self.who.contains(&credit.participant)
            && self.span.contains(credit.credit_date)
    }
}

/// The first so many credits, and those after them; not what is empty.
fn parted(credits: &[Credit], first: u64) -> impl Iterator<Item = &[Credit]> {
    let first = usize::try_from(first).unwrap_or(usize::MAX);
    let (before, after) = credits.split_at(first.min(credits.len()));
    [before, after]
        .into_iter()
        .filter(|credits| !credits.is_empty())
}

/// Takes off the credits that stand in the last place.
fn last_place(credits: &mut Vec<Credit>) -> Vec<Credit> {
    let Some(last) = credits.last() else {
        return Vec::new();
    };
    let before = credits
        .iter()
        .rposition(|credit| !is_one_place(credit, last));
    credits.split_off(before.map_or(0, |before| before + 1))
}

/// Whether no page was about an earning: it would have its credit of now, or be gone. What is of an
/// interval is compared as it is now.
fn is_untouched(earning: &Earning, rest: &[Earning]) -> bool {
    let place = rest.binary_search_by_key(&earning.id, |read| read.id);
    let read = place.ok().and_then(|place| rest.get(place));
    earning.is_current() && read.is_some_and(|read| read.credit == earning.credit)
}

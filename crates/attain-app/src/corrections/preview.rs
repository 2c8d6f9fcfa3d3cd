//! What an adjustment would do, before it is saved: what takes whose place, what would be taken back,
//! and what everybody touched would earn instead. Nothing is stored.
//!
//! Roll-up is gone through as the next crediting would. Earnings of the second phase, which follow
//! from those of the first, are not previewed.

use std::collections::{BTreeMap, BTreeSet};

use attain_domain::adjusting::{Adjusted, Adjustment, Outcome};
use attain_domain::calculation::{CreditInput, EarningDraft, ParticipantFold, Window};
use attain_domain::change::Changes;
use attain_domain::credit::{Credit, CreditPosition};
use attain_domain::crediting::{ChunkInput, ChunkOutcome, Stages, credit_chunk};
use attain_domain::earning::{Earning, EarningOutcome};
use attain_domain::ids::{CreditId, EarningId, ParticipantId, TransactionId};
use attain_domain::money::Money;
use attain_domain::plan::Phase;
use attain_domain::ports::{ChunkSize, EarningPosition, Snapshot};
use attain_domain::refusal::{Reason, Refusal};
use attain_domain::time::{Date, DateRange};
use attain_domain::transaction::{Transaction, TransactionStatus};
use attain_domain::working::Circumstances;

use crate::caller::Caller;
use crate::engine::Engine;
use crate::failure::store_refusal;
use crate::runs::by_content;
use crate::world::World;

/// Most adjustments of one preview.
pub const PREVIEW_MAX: usize = 1_000;

/// What one person would earn instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PayChange {
    /// What is earned now in the intervals that are touched.
    pub before: Money,
    /// What would be.
    pub after: Money,
}

/// What an adjustment would do.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AdjustPreview {
    /// What would become of each element.
    pub outcomes: Vec<Result<Outcome, Refusal>>,
    /// The direct credits that would take the place of others.
    pub credits: Vec<Credit>,
    /// What would be taken back of what was paid: the exact amounts, negative.
    pub reversals: Vec<(EarningId, Money)>,
    /// The change in pay per person, for everybody touched.
    pub pay: BTreeMap<ParticipantId, PayChange>,
}

impl Engine {
    /// What a request to adjust would do.
    ///
    /// # Errors
    /// As [`Self::adjust`]; `TOO_MANY` above [`PREVIEW_MAX`].
    pub async fn preview_adjust(
        &self,
        caller: &Caller,
        adjustments: &[Adjustment],
        reason: &str,
    ) -> Result<AdjustPreview, Refusal> {
        if adjustments.len() > PREVIEW_MAX {
            let text = format!(
                "{} adjustments in one preview; the limit is {PREVIEW_MAX}",
                adjustments.len()
            );
            return Err(Refusal::new(Reason::TooMany, text).at("adjustments"));
        }
        let snapshot = self.snapshot(caller).await?;
        let world = self.world(caller, &*snapshot).await?;
        let adjusted = self
            .adjusted(caller, &*snapshot, &world, adjustments, reason)
            .await?;
        let Adjusted {
            changes, outcomes, ..
        } = adjusted;
        let reversals = taken_back(&*snapshot, &changes, &world).await?;
        let overlay = self.overlay(caller, &*snapshot, &world, &changes).await?;
        let mut preview = AdjustPreview {
            outcomes: outcomes.into_values().collect(),
            credits: changes.credits,
            reversals,
            pay: BTreeMap::new(),
        };
        let Some(from) = overlay.first_date(&world) else {
            return Ok(preview);
        };
        let window = window_of(&*snapshot, &world, from, &overlay).await?;
        for who in &overlay.touched {
            let change = pay_change(&*snapshot, &world, who, window, &overlay).await?;
            preview.pay.insert(who.clone(), change);
        }
        Ok(preview)
    }

    /// The credits as they would be after the save and the crediting that follows.
    async fn overlay(
        &self,
        caller: &Caller,
        snapshot: &dyn Snapshot,
        world: &World,
        changes: &Changes,
    ) -> Result<Overlay, Refusal> {
        let mut overlay = Overlay::default();
        let ids: Vec<TransactionId> = changes
            .transactions_progressed
            .iter()
            .map(|row| row.id)
            .collect();
        let mut transactions = snapshot
            .transactions_by_id(&ids)
            .await
            .map_err(store_refusal)?;
        for row in &mut transactions {
            let progress = changes
                .transactions_progressed
                .iter()
                .find(|one| one.id == row.id);
            if let Some(progress) = progress {
                row.status = progress.status.clone();
                row.flags = progress.flags;
                row.replaced_by = progress.replaced_by;
            }
        }
        let live = snapshot
            .credits_of_transactions(&ids)
            .await
            .map_err(store_refusal)?;
        overlay
            .touched
            .extend(live.iter().map(|credit| credit.participant.clone()));
        overlay
            .dates
            .extend(live.iter().map(|credit| credit.credit_date));
        overlay.replaced.extend(live.iter().map(|credit| credit.id));
        transactions.extend(changes.transactions.iter().cloned());
        let mut credits = with_marks(live, changes);
        credits.extend(changes.credits.iter().cloned());
        let before = credits.clone();
        let outcome = self.credited(caller, world, chunk_of(transactions, credits));
        let gone: BTreeSet<CreditId> = outcome
            .changes
            .credits_departed
            .iter()
            .map(|one| one.id)
            .collect();
        let stays = |credit: &Credit| credit.obsolete.is_none() && !gone.contains(&credit.id);
        let after = before
            .into_iter()
            .filter(stays)
            .chain(outcome.changes.credits);
        for credit in after {
            overlay.touched.insert(credit.participant.clone());
            overlay.dates.insert(credit.credit_date);
            overlay.added.push(credit);
        }
        Ok(overlay)
    }

    /// What the next crediting would make of some transactions.
    fn credited(&self, caller: &Caller, world: &World, input: ChunkInput) -> ChunkOutcome {
        let judge = |credit: &Credit| world.plans.eligibility(&world.set, credit);
        let mut next_id = || self.ids.next();
        let mut now = Circumstances {
            at: self.clock.now(),
            actor: &caller.actor,
            next_id: &mut next_id,
        };
        let stages = Stages {
            classify: true,
            credit: true,
            roll_up: true,
        };
        let (rules, hierarchy, set) = (&world.rules, &world.hierarchy, &world.set);
        credit_chunk(rules, hierarchy, set, input, stages, &judge, &mut now)
    }
}

/// Credits as they would be.
#[derive(Default)]
struct Overlay {
    /// Whose credits are touched.
    touched: BTreeSet<ParticipantId>,
    /// The credits of the transactions that are adjusted, as they are stored.
    replaced: BTreeSet<CreditId>,
    /// The credits of these transactions as they would be.
    added: Vec<Credit>,
    dates: BTreeSet<Date>,
}

impl Overlay {
    /// The first day of the earliest period that is touched.
    fn first_date(&self, world: &World) -> Option<Date> {
        let first = self.dates.first()?;
        let period = world.set.calendar.period_at(*first);
        Some(period.map_or(*first, |period| period.start))
    }
}

fn with_marks(mut live: Vec<Credit>, changes: &Changes) -> Vec<Credit> {
    for credit in &mut live {
        let marked = changes
            .credits_obsoleted
            .iter()
            .find(|one| one.id == credit.id);
        if let Some(marked) = marked {
            credit.obsolete = Some(marked.mark.clone());
        }
    }
    live
}

/// The versions that count are credited; the others are looked at only.
fn chunk_of(transactions: Vec<Transaction>, credits: Vec<Credit>) -> ChunkInput {
    let (transactions, other_versions) = transactions.into_iter().partition(|row| {
        matches!(
            row.status,
            TransactionStatus::New
                | TransactionStatus::Classified
                | TransactionStatus::Credited
                | TransactionStatus::Error(_)
        )
    });
    ChunkInput {
        transactions,
        other_versions,
        credits,
        past_credits: Vec::new(),
    }
}

/// The paid earnings that would be taken back.
async fn taken_back(
    snapshot: &dyn Snapshot,
    changes: &Changes,
    world: &World,
) -> Result<Vec<(EarningId, Money)>, Refusal> {
    let ids: Vec<EarningId> = changes
        .earnings_obsoleted
        .iter()
        .map(|one| one.id)
        .collect();
    let mut reversals = Vec::new();
    for page in ids.chunks(ChunkSize::largest().rows()) {
        for earning in snapshot.earnings_by_id(page).await.map_err(store_refusal)? {
            if let Some(amount) = earning.amount() {
                let rounding = world.settings().rounding;
                let paid = attain_domain::paying::paid_amount(&earning, amount, rounding);
                let paid = paid.map_err(|error| overflow(&error))?;
                reversals.push((earning.id, paid.negated()));
            }
        }
    }
    Ok(reversals)
}

/// The dates that a calculation would look at.
async fn window_of(
    snapshot: &dyn Snapshot,
    world: &World,
    from: Date,
    overlay: &Overlay,
) -> Result<Window, Refusal> {
    let known = snapshot.calculations().await.map_err(store_refusal)?;
    let last = overlay.dates.last().copied().unwrap_or(from);
    let last = world
        .set
        .calendar
        .period_at(last)
        .map_or(last, |period| period.last_date());
    let through = known.iter().map(|calculation| calculation.through).max();
    Ok(Window {
        from,
        through: through.map_or(last, |through| through.max(last)),
    })
}

async fn pay_change(
    snapshot: &dyn Snapshot,
    world: &World,
    who: &ParticipantId,
    window: Window,
    overlay: &Overlay,
) -> Result<PayChange, Refusal> {
    let span = world.plans.span(&world.set, window);
    let credits = credits_with(snapshot, who, span, overlay).await?;
    let mut after = Money::zero(world.settings().operating_currency);
    for draft in drafts_of(snapshot, world, who, window, &credits).await? {
        if let EarningOutcome::Amount(amount) = draft.outcome
            && counts(world, &draft.period, window)
        {
            after = after
                .checked_add(amount)
                .map_err(|error| overflow(&error))?;
        }
    }
    let mut before = Money::zero(world.settings().operating_currency);
    for earning in live_of(snapshot, who, span).await? {
        let phase = world.phase(&earning.key.plan, &earning.key.component);
        if let Some(amount) = earning.amount()
            && phase != Some(Phase::Second)
            && counts(world, &earning.period, window)
        {
            before = before
                .checked_add(amount)
                .map_err(|error| overflow(&error))?;
        }
    }
    Ok(PayChange { before, after })
}

/// Whether a calculation would decide about a period.
fn counts(world: &World, period: &attain_domain::ids::PeriodId, window: Window) -> bool {
    let dates = world.set.calendar.period(period);
    world.is_open(period)
        && dates.is_some_and(|dates| window.from < dates.end && dates.start <= window.through)
}

async fn credits_with(
    snapshot: &dyn Snapshot,
    who: &ParticipantId,
    span: DateRange,
    overlay: &Overlay,
) -> Result<Vec<Credit>, Refusal> {
    let (whose, chunk) = (std::slice::from_ref(who), ChunkSize::largest());
    let mut credits: Vec<Credit> = Vec::new();
    let mut after: Option<CreditPosition> = None;
    loop {
        let page = snapshot
            .credits_of_participants(whose, span, after.as_ref(), chunk)
            .await;
        let page = page.map_err(store_refusal)?;
        after = page.last().map(CreditPosition::of);
        let is_last = page.len() < chunk.rows();
        credits.extend(
            page.into_iter()
                .filter(|one| !overlay.replaced.contains(&one.id)),
        );
        if is_last {
            break;
        }
    }
    let added = overlay
        .added
        .iter()
        .filter(|credit| credit.participant == *who);
    credits.extend(
        added
            .filter(|credit| span.contains(credit.credit_date))
            .cloned(),
    );
    // In the order of calculation.
    credits.sort_by_cached_key(CreditPosition::of);
    by_content(&mut credits);
    Ok(credits)
}

async fn drafts_of(
    snapshot: &dyn Snapshot,
    world: &World,
    who: &ParticipantId,
    window: Window,
    credits: &[Credit],
) -> Result<Vec<EarningDraft>, Refusal> {
    let mut drafts = Vec::new();
    let Some(person) = world.set.participants.get(who) else {
        return Ok(drafts);
    };
    let ids: BTreeSet<TransactionId> = credits
        .iter()
        .filter_map(|credit| credit.transaction)
        .collect();
    let ids: Vec<TransactionId> = ids.into_iter().collect();
    let mut transactions: BTreeMap<TransactionId, Transaction> = BTreeMap::new();
    if world.plans.reads_transactions() {
        for page in ids.chunks(ChunkSize::largest().rows()) {
            let rows = snapshot
                .transactions_by_id(page)
                .await
                .map_err(store_refusal)?;
            transactions.extend(rows.into_iter().map(|row| (row.id, row)));
        }
    }
    let mut fold =
        ParticipantFold::begin(&world.plans, &world.set, person, window, Phase::First, &[]);
    for credit in credits {
        let transaction = credit.transaction.and_then(|id| transactions.get(&id));
        let input = CreditInput {
            credit,
            transaction,
        };
        fold.credit(&input, &mut drafts);
    }
    fold.finish(&mut drafts);
    Ok(drafts)
}

/// What is earned now in the first phase.
async fn live_of(
    snapshot: &dyn Snapshot,
    who: &ParticipantId,
    span: DateRange,
) -> Result<Vec<Earning>, Refusal> {
    let (whose, chunk) = (std::slice::from_ref(who), ChunkSize::largest());
    let mut live: Vec<Earning> = Vec::new();
    let mut after: Option<EarningPosition> = None;
    loop {
        let page = snapshot
            .current_earnings(whose, span, after.as_ref(), chunk)
            .await;
        let page = page.map_err(store_refusal)?;
        after = page.last().map(EarningPosition::of);
        let is_last = page.len() < chunk.rows();
        live.extend(page);
        if is_last {
            return Ok(live);
        }
    }
}

fn overflow(error: &attain_domain::money::MoneyError) -> Refusal {
    Refusal::new(Reason::Overflow, error.to_string())
}

//! The use case: load what a request is about, decide, commit.

use std::collections::{BTreeMap, BTreeSet};

use attain_domain::adjusting::{Adjusted, Adjustment, AdjustmentKind, Known, Outcome, adjust};
use attain_domain::change::{ChangeSet, Guard};
use attain_domain::credit::Credit;
use attain_domain::earning::Earning;
use attain_domain::ids::{CreditId, LineageId, TransactionId};
use attain_domain::ports::{ChunkSize, Snapshot};
use attain_domain::refusal::{Reason, Refusal};
use attain_domain::transaction::{Transaction, TransactionKey};
use attain_domain::working::Circumstances;

use super::answers::{read_answer, written_answer};
use crate::caller::Caller;
use crate::engine::Engine;
use crate::failure::store_refusal;
use crate::reading::newest_transactions;
use crate::world::World;

/// Most adjustments of one request.
pub const ADJUSTMENTS_MAX: usize = 10_000;

/// What became of a request, by the index of its elements.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AdjustReport {
    /// What became of each.
    pub outcomes: Vec<Result<Outcome, Refusal>>,
}

impl Engine {
    /// Adjusts credits and transactions. What is about one transaction is done whole or not at all;
    /// what is refused does not stop the others. The reason is kept with everything that changes.
    /// A request with an id is known again by what it says: keys stand as keys there, whatever
    /// version of a transaction they lead to.
    ///
    /// # Errors
    /// `TOO_MANY`; `MISSING_VALUE` without a reason; `CONTENTION`; when the store fails. Each element
    /// may be refused on its own: `NOT_FOUND`, `VERSION_MISMATCH`, `WRONG_STATE`,
    /// `PERIOD_NOT_OPEN`, `UNKNOWN_PARTICIPANT`, `SPLIT_NOT_WHOLE`, `DUPLICATE`, …
    pub async fn adjust(
        &self,
        caller: &Caller,
        adjustments: &[Adjustment],
        reason: &str,
    ) -> Result<AdjustReport, Refusal> {
        if adjustments.len() > ADJUSTMENTS_MAX {
            let text = format!(
                "{} adjustments in one request; the limit is {ADJUSTMENTS_MAX}",
                adjustments.len()
            );
            return Err(Refusal::new(Reason::TooMany, text).at("adjustments"));
        }
        let content = format!("adjust {reason} {adjustments:?}");
        let mut attempts = self.attempts();
        loop {
            attempts.next()?;
            let snapshot = self.snapshot(caller).await?;
            if let Some(answer) = self.first_answer(caller, &*snapshot, &content).await? {
                return Ok(AdjustReport {
                    outcomes: read_answer(&answer)?,
                });
            }
            let (outcomes, mut set) = self
                .decide_adjust(caller, &*snapshot, adjustments, reason)
                .await?;
            drop(snapshot);
            let at = self.clock.now();
            let answer = written_answer(&outcomes);
            set.request = self.request_record(caller, &content, &answer, at);
            for activity in &mut set.changes.activities {
                activity.request.clone_from(&caller.request);
            }
            if self.commit_or_look_again(set).await? {
                return Ok(AdjustReport { outcomes });
            }
        }
    }

    async fn decide_adjust(
        &self,
        caller: &Caller,
        snapshot: &dyn Snapshot,
        adjustments: &[Adjustment],
        reason: &str,
    ) -> Result<(Vec<Result<Outcome, Refusal>>, ChangeSet), Refusal> {
        let world = self.world(caller, snapshot).await?;
        let mark = snapshot.definitions_mark().await.map_err(store_refusal)?;
        let adjusted = self
            .adjusted(caller, snapshot, &world, adjustments, reason)
            .await?;
        let mut set = ChangeSet::new(caller.workspace.clone());
        set.guards = adjusted.guards;
        // Periods, participants and categories are as the decision took them to be.
        set.guards.push(Guard::DefinitionsUnchanged(mark));
        set.changes = adjusted.changes;
        Ok((adjusted.outcomes.into_values().collect(), set))
    }

    /// What a request comes to, as things stand.
    pub(super) async fn adjusted(
        &self,
        caller: &Caller,
        snapshot: &dyn Snapshot,
        world: &World,
        adjustments: &[Adjustment],
        reason: &str,
    ) -> Result<Adjusted, Refusal> {
        let (transactions, credits) = rows_of(snapshot, adjustments).await?;
        let earnings = earned(snapshot, &credits).await?;
        let judge = |credit: &Credit| world.plans.eligibility(&world.set, credit);
        let known = Known {
            set: &world.set,
            judge: &judge,
            transactions,
            credits,
            earnings,
        };
        let numbered: Vec<(usize, Adjustment)> = adjustments.iter().cloned().enumerate().collect();
        let mut next_id = || self.ids.next();
        let mut now = Circumstances {
            at: self.clock.now(),
            actor: &caller.actor,
            next_id: &mut next_id,
        };
        adjust(&known, &numbered, reason, &mut now)
    }
}

/// The transactions that are named or whose credits are, and all their credits.
async fn rows_of(
    snapshot: &dyn Snapshot,
    adjustments: &[Adjustment],
) -> Result<(Vec<Transaction>, Vec<Credit>), Refusal> {
    let mut named: BTreeSet<CreditId> = BTreeSet::new();
    let mut wanted: BTreeSet<TransactionId> = BTreeSet::new();
    let mut keys: BTreeSet<TransactionKey> = BTreeSet::new();
    for adjustment in adjustments {
        match &adjustment.kind {
            AdjustmentKind::Credit(id, _) => named.insert(*id),
            AdjustmentKind::Transaction(id, _) => wanted.insert(*id),
            AdjustmentKind::TransactionOf(key, _) => keys.insert(key.clone()),
        };
    }
    let named: Vec<CreditId> = named.into_iter().collect();
    let found = snapshot.credits_by_id(&named).await;
    let found = found.map_err(store_refusal)?;
    wanted.extend(found.iter().filter_map(|credit| credit.transaction));
    let mut credits: BTreeMap<CreditId, Credit> = found
        .into_iter()
        .map(|credit| (credit.id, credit))
        .collect();
    let mut transactions: BTreeMap<TransactionId, Transaction> = BTreeMap::new();
    for row in newest_transactions(snapshot, &keys).await? {
        wanted.remove(&row.id);
        transactions.insert(row.id, row);
    }
    let wanted: Vec<TransactionId> = wanted.into_iter().collect();
    for page in wanted.chunks(ChunkSize::largest().rows()) {
        let rows = snapshot.transactions_by_id(page).await;
        let rows = rows.map_err(store_refusal)?.into_iter();
        transactions.extend(rows.map(|row| (row.id, row)));
    }
    let ids: Vec<TransactionId> = transactions.keys().copied().collect();
    for page in ids.chunks(ChunkSize::largest().rows()) {
        let rows = snapshot.credits_of_transactions(page).await;
        let rows = rows.map_err(store_refusal)?.into_iter();
        credits.extend(rows.map(|credit| (credit.id, credit)));
    }
    let transactions = transactions.into_values().collect();
    Ok((transactions, credits.into_values().collect()))
}

async fn earned(snapshot: &dyn Snapshot, credits: &[Credit]) -> Result<Vec<Earning>, Refusal> {
    let lineages: BTreeSet<LineageId> = credits.iter().map(|credit| credit.lineage).collect();
    let lineages: Vec<LineageId> = lineages.into_iter().collect();
    let mut earnings = Vec::new();
    for page in lineages.chunks(ChunkSize::largest().rows()) {
        let rows = snapshot.earnings_for_lineages(page).await;
        earnings.extend(rows.map_err(store_refusal)?);
    }
    Ok(earnings)
}

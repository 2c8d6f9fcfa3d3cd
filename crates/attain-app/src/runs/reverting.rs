//! Revert: the coordinator moves what is obsolete out of the live tables, page by page, each page a
//! commit. What it has moved is not there for the next page, and neither for the next run.

use std::collections::{BTreeMap, BTreeSet};

use attain_domain::activity::{Activity, ActivityAction, RecordKind};
use attain_domain::calculation::Window;
use attain_domain::change::Changes;
use attain_domain::credit::Credit;
use attain_domain::earning::Earning;
use attain_domain::ids::{ActivityId, CreditId, LineageId, ParticipantId, TransactionId};
use attain_domain::money::MoneyError;
use attain_domain::ports::{ChunkSize, EarningPosition, Snapshot};
use attain_domain::refusal::{Reason, Refusal};
use attain_domain::reverting::{Reverted, revert_credits, revert_earnings, revert_transactions};
use attain_domain::run::Process;
use attain_domain::time::DateRange;
use attain_domain::transaction::{Transaction, TransactionKey};

use super::coordinator::Coordinator;
use super::ground::{Committed, Piece, Stop};
use crate::corrections::{open_spans, revert_range};
use crate::failure::store_refusal;

/// Which rows a page is of. Credits go first: what was earned for them goes with them.
#[derive(Clone, Copy)]
enum Step {
    Credits,
    Earnings,
    Transactions,
}

impl Coordinator {
    /// Reverts what is obsolete in the open periods of the run.
    pub(super) async fn revert_work(&mut self) -> Result<(), Stop> {
        self.record.enter(Process::Revert);
        let snapshot = self.ground.snapshot().await?;
        let (process, range) = (self.record.run.process, self.ground.range);
        let range = revert_range(&*snapshot, &self.ground.world, process, range).await?;
        for span in open_spans(&self.ground.world, range) {
            let pending = snapshot.pending(span).await.map_err(store_refusal)?;
            self.record.run.units_total += pending.rows();
        }
        drop(snapshot);
        for step in [Step::Credits, Step::Earnings, Step::Transactions] {
            // The spans are looked up anew: a period may be closed meanwhile.
            let mut done = false;
            while !done {
                self.keep().await?;
                done = self.revert_page(step, range).await?;
            }
        }
        Ok(())
    }

    /// Reverts the next page. True when there was nothing left.
    async fn revert_page(&mut self, step: Step, range: DateRange) -> Result<bool, Stop> {
        let snapshot = self.ground.snapshot().await?;
        let spans = open_spans(&self.ground.world, range);
        for span in spans {
            let reverted = match step {
                Step::Credits => self.reverted_credits(&*snapshot, span).await?,
                Step::Earnings => self.reverted_earnings(&*snapshot, span).await?,
                Step::Transactions => self.reverted_transactions(&*snapshot, span).await?,
            };
            if reverted.counts.taken == 0 {
                continue;
            }
            drop(snapshot);
            let Reverted {
                mut changes,
                guards,
                counts,
                ..
            } = reverted;
            self.log_departures(&mut changes);
            let piece = Piece {
                guards,
                changes,
                units: counts.taken,
                counts,
                // The calendar says what is open, and the settings what goes to history.
                of_definitions: true,
                ..Piece::default()
            };
            return match self.commit(piece).await? {
                Committed::Yes | Committed::LookAgain => Ok(false),
            };
        }
        Ok(true)
    }

    /// The activity log has what left, by kind of record; earnings are logged as for calculations.
    fn log_departures(&self, changes: &mut Changes) {
        let credits = changes
            .credits_departed
            .first()
            .map(|one| one.id.to_string());
        let transactions = changes.transactions_departed.first();
        let transactions = transactions.map(|one| one.id.to_string());
        let deeds = [
            (RecordKind::Credit, credits, changes.credits_departed.len()),
            (
                RecordKind::Transaction,
                transactions,
                changes.transactions_departed.len(),
            ),
        ];
        for (record, first, count) in deeds {
            let Some(subject) = first else { continue };
            let entry = self.ground.now(|now| Activity {
                id: ActivityId(now.id()),
                at: now.at,
                actor: now.actor.clone(),
                request: None,
                run: None,
                action: ActivityAction::Deleted,
                record,
                subject,
                count: count as u64,
                before: None,
                after: None,
                reason: None,
            });
            changes.activities.push(entry);
        }
    }

    async fn reverted_credits(
        &self,
        snapshot: &dyn Snapshot,
        span: DateRange,
    ) -> Result<Reverted, Stop> {
        let chunk = ChunkSize::new(self.ground.engine.limits.chunk_credits);
        let credits = snapshot.obsolete_credits(span, None, chunk).await;
        let credits: Vec<Credit> = credits.map_err(store_refusal)?;
        let lineages: BTreeSet<LineageId> = credits.iter().map(|credit| credit.lineage).collect();
        let lineages: Vec<LineageId> = lineages.into_iter().collect();
        let mut earnings: Vec<Earning> = Vec::new();
        for lineages in lineages.chunks(ChunkSize::largest().rows()) {
            let page = snapshot.earnings_for_lineages(lineages).await;
            earnings.extend(page.map_err(store_refusal)?);
        }
        let settings = self.ground.world.settings();
        let remembered = self.paid_for_intervals(snapshot, &credits).await?;
        let reverted = self
            .ground
            .now(|now| revert_credits(&credits, &earnings, &remembered, settings, now));
        Ok(reverted.map_err(too_large)?)
    }

    /// Which of some credits an earning of an interval may have counted that has been paid. Nothing
    /// is looked for when everything is archived.
    async fn paid_for_intervals(
        &self,
        snapshot: &dyn Snapshot,
        credits: &[Credit],
    ) -> Result<BTreeSet<CreditId>, Stop> {
        let world = &self.ground.world;
        let mut counted = BTreeSet::new();
        let dates = || credits.iter().map(|credit| credit.credit_date);
        let (Some(from), Some(through)) = (dates().min(), dates().max()) else {
            return Ok(counted);
        };
        if world.settings().archive_updated_credits || !world.plans.has_intervals() {
            return Ok(counted);
        }
        let reach = world.plans.reach(&world.set, Window { from, through });
        let mut own: BTreeMap<&ParticipantId, Vec<&Credit>> = BTreeMap::new();
        for credit in credits {
            own.entry(&credit.participant).or_default().push(credit);
        }
        let who: Vec<ParticipantId> = own.keys().map(|id| (*id).clone()).collect();
        let most = ChunkSize::largest();
        for who in who.chunks(most.rows()) {
            let mut after: Option<EarningPosition> = None;
            loop {
                let page = snapshot.current_earnings(who, reach, after.as_ref(), most);
                let page = page.await.map_err(store_refusal)?;
                for earning in page.iter().filter(|one| is_paid_interval(one)) {
                    let dates = world.interval(&earning.key.interval);
                    let own = own.get(&earning.key.participant).into_iter().flatten();
                    let within = own
                        .filter(|one| dates.is_some_and(|dates| dates.contains(one.credit_date)));
                    counted.extend(within.map(|credit| credit.id));
                }
                if page.len() < most.rows() {
                    break;
                }
                after = page.last().map(EarningPosition::of);
            }
        }
        Ok(counted)
    }

    async fn reverted_earnings(
        &self,
        snapshot: &dyn Snapshot,
        span: DateRange,
    ) -> Result<Reverted, Stop> {
        let chunk = ChunkSize::new(self.ground.engine.limits.chunk_credits);
        let earnings = snapshot.obsolete_earnings(span, None, chunk).await;
        let earnings: Vec<Earning> = earnings.map_err(store_refusal)?;
        let settings = self.ground.world.settings();
        let reverted = self
            .ground
            .now(|now| revert_earnings(&earnings, settings, now));
        Ok(reverted.map_err(too_large)?)
    }

    async fn reverted_transactions(
        &self,
        snapshot: &dyn Snapshot,
        span: DateRange,
    ) -> Result<Reverted, Stop> {
        let chunk = ChunkSize::new(self.ground.engine.limits.chunk_transactions);
        let transactions = snapshot.obsolete_transactions(span, None, chunk).await;
        let transactions: Vec<Transaction> = transactions.map_err(store_refusal)?;
        let keys: BTreeSet<TransactionKey> =
            transactions.iter().map(|row| row.key.clone()).collect();
        let keys: Vec<TransactionKey> = keys.into_iter().collect();
        let past = snapshot.past_credits_of_keys(&keys).await;
        let past = past.map_err(store_refusal)?;
        let remembered = past.iter().filter_map(|past| past.credit.transaction);
        let remembered: BTreeSet<TransactionId> = remembered.collect();
        let settings = self.ground.world.settings();
        Ok(self
            .ground
            .now(|now| revert_transactions(&transactions, &remembered, settings, now)))
    }
}

/// Whether a sheet has taken what was earned once for an interval.
fn is_paid_interval(earning: &Earning) -> bool {
    earning.key.lineage.is_none() && earning.instalments.taken > 0
}

fn too_large(error: MoneyError) -> Refusal {
    Refusal::new(Reason::Overflow, error.to_string())
}

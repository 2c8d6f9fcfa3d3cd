//! What was earned and what was paid as known at a past moment.
//!
//! An unpaid earning that was replaced while the workspace does not archive is gone: it counts at no
//! moment any more. What was paid always does.

use std::collections::BTreeMap;

use attain_domain::earning::Earning;
use attain_domain::ids::{BatchId, ParticipantId, PaysheetId, PeriodId};
use attain_domain::money::Money;
use attain_domain::payment::{PaymentLine, PaysheetStatus};
use attain_domain::ports::ChunkSize;
use attain_domain::refusal::{Reason, Refusal};
use attain_domain::reward::Reward;
use attain_domain::time::Instant;

use super::history::{Version, earnings_of};
use crate::caller::Caller;
use crate::engine::Engine;
use crate::failure::store_refusal;

/// What somebody had earned and been paid, as known at a moment.
#[derive(Clone, Debug, PartialEq)]
pub struct AsOf {
    /// The moment.
    pub at: Instant,
    /// The earnings that counted then; reversals are none.
    pub earnings: Vec<Earning>,
    /// What they come to, by period, in operating currency.
    pub earned: BTreeMap<PeriodId, Money>,
    /// What had been paid then, rewards included, by batch, in pay currency.
    pub paid: BTreeMap<BatchId, Money>,
}

impl Engine {
    /// What a participant had earned and been paid, as known at a moment.
    ///
    /// # Errors
    /// `OVERFLOW`; when the store fails.
    pub async fn as_of(
        &self,
        caller: &Caller,
        participant: &ParticipantId,
        at: Instant,
    ) -> Result<AsOf, Refusal> {
        let snapshot = self.snapshot(caller).await?;
        let versions = earnings_of(&*snapshot, participant).await?;
        let counted = versions
            .into_iter()
            .filter(|version| counts_at(version, at));
        let earnings: Vec<Earning> = counted.map(|version| version.row).collect();
        let mut earned: BTreeMap<PeriodId, Money> = BTreeMap::new();
        for earning in &earnings {
            if let Some(amount) = earning.amount() {
                add(&mut earned, earning.period.clone(), amount)?;
            }
        }
        let sheets = snapshot.paysheets_of_participant(participant).await;
        let sheets = sheets
            .map_err(store_refusal)?
            .into_iter()
            .filter(|sheet| sheet.status == PaysheetStatus::Paid && sheet.stamp.updated_at <= at);
        let sheets: Vec<PaysheetId> = sheets.map(|sheet| sheet.id).collect();
        let mut paid: BTreeMap<BatchId, Money> = BTreeMap::new();
        for page in sheets.chunks(ChunkSize::largest().rows()) {
            let lines = snapshot.lines_of_paysheets(page).await;
            let lines: Vec<PaymentLine> = lines.map_err(store_refusal)?;
            for line in lines.iter().filter(|line| !line.held) {
                add(&mut paid, line.batch, line.pay_amount)?;
            }
            let rewards = snapshot.rewards_of_paysheets(page).await;
            let rewards = rewards.map_err(store_refusal)?;
            for line in rewards.iter().filter_map(Reward::line) {
                if !line.held {
                    add(&mut paid, line.batch, line.pay_amount)?;
                }
            }
        }
        Ok(AsOf {
            at,
            earnings,
            earned,
            paid,
        })
    }
}

/// Whether an earning was there and current at a moment.
fn counts_at(version: &Version<Earning>, at: Instant) -> bool {
    let row = &version.row;
    let left = version.left.as_ref().is_some_and(|left| left.at <= at);
    let obsolete = row.obsolete.as_ref().is_some_and(|mark| mark.at <= at);
    row.reversal_of.is_none() && row.stamp.created_at <= at && !left && !obsolete
}

fn add<K: Ord>(sums: &mut BTreeMap<K, Money>, key: K, amount: Money) -> Result<(), Refusal> {
    let sum = match sums.get(&key) {
        Some(sum) => sum.checked_add(amount).map_err(|error| {
            Refusal::new(Reason::Overflow, format!("the sum cannot be told: {error}"))
        })?,
        None => amount,
    };
    sums.insert(key, sum);
    Ok(())
}

//! The past of a record: every version of it, where it is now, who made it and why. And what was live
//! and what was paid at a past moment.
//!
//! What the workspace does not archive and nobody was paid for is gone: it is in no history.

use std::collections::BTreeMap;

use attain_domain::credit::{Credit, LeftBecause, PastCredit};
use attain_domain::earning::{Earning, EarningKey, PastEarning};
use attain_domain::ids::{ActorId, CreditId, EarningId, ParticipantId};
use attain_domain::payment::PaymentLine;
use attain_domain::ports::{ChunkSize, EarningPosition, Snapshot};
use attain_domain::refusal::{Reason, Refusal};
use attain_domain::time::{DateRange, Instant};
use attain_domain::transaction::{PastTransaction, Transaction, TransactionKey};

use crate::caller::Caller;
use crate::engine::Engine;
use crate::failure::store_refusal;

/// Why, when and by whom a row left the live tables.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Left {
    /// Why.
    pub because: LeftBecause,
    /// When.
    pub at: Instant,
    /// By whom.
    pub by: ActorId,
}

/// One version of a record.
#[derive(Clone, Debug, PartialEq)]
pub struct Version<Row> {
    /// The row, as it is in the live tables or as it was when it left them.
    pub row: Row,
    /// How it left them; none if it has not.
    pub left: Option<Left>,
}

/// All versions of a transaction, and everything that was ever credited for it.
#[derive(Clone, Debug, PartialEq)]
pub struct TransactionHistory {
    /// The versions, oldest first.
    pub versions: Vec<Version<Transaction>>,
    /// The credits of all of them, oldest first.
    pub credits: Vec<Version<Credit>>,
}

/// Everything that was ever earned under one key, with what was paid of it.
#[derive(Clone, Debug, PartialEq)]
pub struct EarningHistory {
    /// The key.
    pub key: EarningKey,
    /// Earnings and reversals, oldest first.
    pub versions: Vec<Version<Earning>>,
    /// The payment lines of these, oldest first.
    pub lines: Vec<PaymentLine>,
}

impl Engine {
    /// All versions of a transaction by its natural key, with all credits.
    ///
    /// # Errors
    /// `NOT_FOUND`; when the store fails.
    pub async fn transaction_history(
        &self,
        caller: &Caller,
        key: &TransactionKey,
    ) -> Result<TransactionHistory, Refusal> {
        let snapshot = self.snapshot(caller).await?;
        let keys = std::slice::from_ref(key);
        let past = snapshot.past_transactions_of_keys(keys).await;
        let past = past.map_err(store_refusal)?;
        let newest = snapshot.transactions_by_key(keys).await;
        let mut live = newest.map_err(store_refusal)?;
        // What was replaced and not reverted yet is behind the newest one.
        while let Some(before) = live.last().and_then(|row| row.replaces) {
            let found = snapshot.transactions_by_id(&[before]).await;
            let found = found.map_err(store_refusal)?;
            if found.is_empty() {
                break;
            }
            live.extend(found);
        }
        let ids: Vec<_> = live.iter().map(|row| row.id).collect();
        let mut versions: Vec<Version<Transaction>> =
            past.into_iter().map(past_transaction).collect();
        versions.extend(live.into_iter().map(|row| Version { row, left: None }));
        versions.sort_by_key(|version| version.row.id);
        if versions.is_empty() {
            let text = format!("there is no transaction {key}");
            return Err(Refusal::new(Reason::NotFound, text).at("transaction"));
        }
        let credits = snapshot.credits_of_transactions(&ids).await;
        let credits = credits.map_err(store_refusal)?;
        let past = snapshot.past_credits_of_keys(keys).await;
        let mut credits: Vec<Version<Credit>> = credits
            .into_iter()
            .map(|row| Version { row, left: None })
            .collect();
        credits.extend(past.map_err(store_refusal)?.into_iter().map(past_credit));
        credits.sort_by_key(|version| version.row.id);
        Ok(TransactionHistory { versions, credits })
    }

    /// The whole chain of versions that a credit is part of, splits and transfers included, oldest
    /// first.
    ///
    /// # Errors
    /// `NOT_FOUND`; when the store fails.
    pub async fn credit_history(
        &self,
        caller: &Caller,
        id: CreditId,
    ) -> Result<Vec<Version<Credit>>, Refusal> {
        let snapshot = self.snapshot(caller).await?;
        let key = match snapshot
            .credits_by_id(&[id])
            .await
            .map_err(store_refusal)?
            .pop()
        {
            Some(credit) => credit.key,
            None => {
                let past = snapshot.past_credits(&[id]).await.map_err(store_refusal)?;
                let past = past.into_iter().next().ok_or_else(|| {
                    let text = format!("there is no credit {id}, neither live nor in history");
                    Refusal::new(Reason::NotFound, text).at("credit")
                })?;
                past.credit.key
            }
        };
        drop(snapshot);
        let all = self.transaction_history(caller, &key).await?.credits;
        Ok(chain(all, id))
    }

    /// Everything that was ever earned under the key of an earning.
    ///
    /// # Errors
    /// `NOT_FOUND`; when the store fails.
    pub async fn earning_history(
        &self,
        caller: &Caller,
        id: EarningId,
    ) -> Result<EarningHistory, Refusal> {
        let snapshot = self.snapshot(caller).await?;
        let live = snapshot
            .earnings_by_id(&[id])
            .await
            .map_err(store_refusal)?;
        let past = snapshot.past_earnings(&[id]).await.map_err(store_refusal)?;
        let past = past.into_iter().map(|past| past.earning);
        let found = live.into_iter().chain(past).next().ok_or_else(|| {
            let text = format!("there is no earning {id}, neither live nor in history");
            Refusal::new(Reason::NotFound, text).at("earning")
        })?;
        let who = found.key.participant.clone();
        let mut versions = earnings_of(&*snapshot, &who).await?;
        versions.retain(|version| version.row.key == found.key);
        let ids: Vec<EarningId> = versions.iter().map(|version| version.row.id).collect();
        let lines = snapshot.lines_of_earnings(&ids).await;
        Ok(EarningHistory {
            key: found.key,
            versions,
            lines: lines.map_err(store_refusal)?,
        })
    }
}

/// Everything that was ever earned by a participant, oldest first.
pub(super) async fn earnings_of(
    snapshot: &dyn Snapshot,
    who: &ParticipantId,
) -> Result<Vec<Version<Earning>>, Refusal> {
    let mut versions: Vec<Version<Earning>> = Vec::new();
    let (always, chunk) = (DateRange::ALWAYS, ChunkSize::largest());
    let mut after: Option<EarningPosition> = None;
    loop {
        let page = snapshot
            .earnings_after(Some(who), always, after.as_ref(), chunk)
            .await;
        let page = page.map_err(store_refusal)?;
        after = page.last().map(EarningPosition::of);
        let is_last = page.len() < chunk.rows();
        versions.extend(page.into_iter().map(|row| Version { row, left: None }));
        if is_last {
            break;
        }
    }
    let mut after: Option<EarningId> = None;
    loop {
        let page = snapshot
            .past_earnings_of_participant(who, always, after, chunk)
            .await;
        let page = page.map_err(store_refusal)?;
        after = page.last().map(|past| past.earning.id);
        let is_last = page.len() < chunk.rows();
        versions.extend(page.into_iter().map(past_earning));
        if is_last {
            break;
        }
    }
    versions.sort_by_key(|version| version.row.id);
    Ok(versions)
}

/// The versions that hang together with one of them, by lineage or by what was made from what.
fn chain(all: Vec<Version<Credit>>, id: CreditId) -> Vec<Version<Credit>> {
    let index: BTreeMap<CreditId, usize> = all
        .iter()
        .enumerate()
        .map(|(place, one)| (one.row.id, place))
        .collect();
    let mut held = vec![false; all.len()];
    let Some(first) = index.get(&id) else {
        return Vec::new();
    };
    let mut next = vec![*first];
    while let Some(place) = next.pop() {
        if std::mem::replace(&mut held[place], true) {
            continue;
        }
        let here = &all[place].row;
        let hangs = |other: &Credit| {
            other.lineage == here.lineage
                || other.adjusted_from == Some(here.id)
                || here.adjusted_from == Some(other.id)
        };
        let others = all.iter().enumerate();
        next.extend(
            others
                .filter(|(_, one)| hangs(&one.row))
                .map(|(place, _)| place),
        );
    }
    let kept = all.into_iter().zip(held);
    kept.filter(|(_, held)| *held).map(|(one, _)| one).collect()
}

fn past_transaction(past: PastTransaction) -> Version<Transaction> {
    Version {
        row: past.transaction,
        left: Some(Left {
            because: past.because,
            at: past.left_at,
            by: past.left_by,
        }),
    }
}

fn past_credit(past: PastCredit) -> Version<Credit> {
    Version {
        row: past.credit,
        left: Some(Left {
            because: past.because,
            at: past.left_at,
            by: past.left_by,
        }),
    }
}

fn past_earning(past: PastEarning) -> Version<Earning> {
    Version {
        row: past.earning,
        left: Some(Left {
            because: past.because,
            at: past.left_at,
            by: past.left_by,
        }),
    }
}

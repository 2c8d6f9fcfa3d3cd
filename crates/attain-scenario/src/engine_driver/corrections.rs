//! Adjusting, what waits for Revert, and the past of records.

use std::collections::{BTreeMap, BTreeSet};

use attain_app::{EarningHistory, TransactionHistory, Version};
use attain_domain::activity::Activity;
use attain_domain::adjusting::{Adjustment, Outcome};
use attain_domain::credit::Credit;
use attain_domain::definition::{AttributeSchema, Definition};
use attain_domain::earning::{Earning, EarningKey};
use attain_domain::ids::{ActivityId, CreditId, EarningId, TransactionId};
use attain_domain::ports::ChunkSize;
use attain_domain::refusal::{Reason, Refusal};
use attain_domain::time::DateRange;
use attain_domain::transaction::{Transaction, TransactionKey};
use rust_decimal::Decimal;

use super::EngineDriver;
use crate::adjusting::{About, Candidate, adjustment, pick, transaction_name};
use crate::driver::Answer;
use crate::format::{AdjustStep, AdjustmentStep};
use crate::show::{self, past};
use crate::table::Row;
use crate::texts::{self, key, wrong};

impl EngineDriver {
    pub(super) async fn adjust_all(&self, step: &AdjustStep) -> Result<Answer, Refusal> {
        let adjustments = self.adjustments(&step.what).await?;
        let report = self
            .engine
            .adjust(&self.caller, &adjustments, &step.reason)
            .await?;
        Ok(answer(report.outcomes))
    }

    pub(super) async fn preview_all(&self, what: &[AdjustmentStep]) -> Result<Answer, Refusal> {
        let adjustments = self.adjustments(what).await?;
        let preview = self
            .engine
            .preview_adjust(&self.caller, &adjustments, "a preview")
            .await?;
        let made = preview.credits.iter().map(show::credit);
        let pay = preview.pay.iter();
        let pay = pay.map(|(who, change)| past::pay_change(who, change));
        let taken_back = preview.reversals.iter();
        let taken_back =
            taken_back.map(|(_, money)| show::row([("amount", money.amount.to_string())]));
        let tables = [
            ("made", made.collect()),
            ("pay", pay.collect()),
            ("taken_back", taken_back.collect()),
        ];
        let mut answer = answer(preview.outcomes);
        answer.tables.extend(tables);
        Ok(answer)
    }

    async fn adjustments(&self, what: &[AdjustmentStep]) -> Result<Vec<Adjustment>, Refusal> {
        let schema = self.attributes().await?;
        let mut adjustments: Vec<Adjustment> = Vec::new();
        for one in what {
            let about = self.about(one).await?;
            adjustments.push(adjustment(one, &about, &schema)?);
        }
        Ok(adjustments)
    }

    pub(super) async fn last_moment(&self) -> Result<String, Refusal> {
        let last = self.log().await?.into_iter().last();
        let last = last.ok_or_else(|| wrong("moment", "nothing has been done yet"))?;
        Ok(last.at.to_string())
    }

    pub(super) async fn known_at(&self, moment: &str) -> Result<Vec<Row>, Refusal> {
        let at = texts::moment(moment)?;
        let mut rows = Vec::new();
        for who in self.people().await? {
            let known = self.engine.as_of(&self.caller, &who, at).await?;
            rows.extend(past::as_of(&who, &known));
        }
        Ok(rows)
    }

    async fn attributes(&self) -> Result<AttributeSchema, Refusal> {
        for record in self.engine.export(&self.caller).await? {
            if let Definition::Attributes(schema) = record.body {
                return Ok(schema);
            }
        }
        Ok(AttributeSchema::default())
    }

    async fn about(&self, step: &AdjustmentStep) -> Result<About, Refusal> {
        let name = key(transaction_name(step)?)?;
        let found = self.engine.transaction(&self.caller, &name).await?;
        let found = found.ok_or_else(|| {
            Refusal::new(Reason::NotFound, format!("there is no transaction {name}"))
        })?;
        let Some(credit) = &step.credit else {
            let transaction = found.transaction;
            return Ok(About::Transaction(
                transaction.id,
                transaction.amount.currency,
            ));
        };
        let credit = pick(credit, &found.credits, |credit| Candidate {
            participant: credit.participant.as_str(),
            kind: show::credit_kind(credit.kind),
            amount: Some(credit.amount.amount),
            obsolete: credit.obsolete.is_some(),
        })?;
        Ok(About::Credit(credit.id, credit.amount.currency))
    }

    /// The keys of the transactions of these earnings. History is asked only if it has to be.
    pub(super) async fn keys_of(
        &self,
        earnings: &[Earning],
    ) -> Result<BTreeMap<TransactionId, TransactionKey>, Refusal> {
        let live = self.transactions().await?.into_iter();
        let mut keys: BTreeMap<TransactionId, TransactionKey> =
            live.map(|one| (one.id, one.key)).collect();
        let mut named = earnings.iter().filter_map(|earning| earning.transaction);
        if named.all(|id| keys.contains_key(&id)) {
            return Ok(keys);
        }
        for history in self.histories().await? {
            let versions = history.versions.into_iter().map(|version| version.row);
            keys.extend(versions.map(|one| (one.id, one.key)));
        }
        Ok(keys)
    }

    /// The history of every transaction, by key.
    async fn histories(&self) -> Result<Vec<TransactionHistory>, Refusal> {
        let live = self.transactions().await?.into_iter();
        let keys: BTreeSet<TransactionKey> = live.map(|one| one.key).collect();
        let mut histories = Vec::new();
        for key in &keys {
            let history = self.engine.transaction_history(&self.caller, key);
            histories.push(history.await?);
        }
        Ok(histories)
    }

    pub(super) async fn transaction_versions(&self) -> Result<Vec<Row>, Refusal> {
        let histories = self.histories().await?;
        let versions = histories.iter().flat_map(|history| &history.versions);
        let rows: Vec<Transaction> = versions.clone().map(|one| one.row.clone()).collect();
        let newer = with_newer(&rows).map(|(_, newer)| newer);
        let rows = versions.zip(newer);
        Ok(rows
            .map(|(one, newer)| past::transaction_version(one, newer))
            .collect())
    }

    pub(super) async fn credit_versions(&self) -> Result<Vec<Row>, Refusal> {
        let histories = self.histories().await?;
        let versions: Vec<&Version<Credit>> = histories
            .iter()
            .flat_map(|history| &history.credits)
            .collect();
        let by_id: BTreeMap<CreditId, &Credit> = versions
            .iter()
            .map(|version| (version.row.id, &version.row))
            .collect();
        let rows = versions.iter().map(|version| {
            let from = version.row.adjusted_from.and_then(|id| by_id.get(&id));
            past::credit_version(version, from.copied())
        });
        Ok(rows.collect())
    }

    pub(super) async fn earning_versions(&self) -> Result<Vec<Row>, Refusal> {
        let mut waiting: BTreeSet<EarningId> = self
            .earnings()
            .await?
            .iter()
            .map(|earning| earning.id)
            .collect();
        for sheet in self.sheets().await? {
            let lines = self.engine.paysheet(&self.caller, sheet.id).await?.lines;
            waiting.extend(lines.iter().map(|line| line.earning));
        }
        let mut histories: BTreeMap<EarningKey, EarningHistory> = BTreeMap::new();
        while let Some(id) = waiting.pop_first() {
            let history = self.engine.earning_history(&self.caller, id).await?;
            for version in &history.versions {
                waiting.remove(&version.row.id);
            }
            histories.insert(history.key.clone(), history);
        }
        let versions: Vec<&Version<Earning>> = histories
            .values()
            .flat_map(|history| &history.versions)
            .collect();
        let earnings: Vec<Earning> = versions.iter().map(|version| version.row.clone()).collect();
        let keys = self.keys_of(&earnings).await?;
        let rows = versions.into_iter().map(|version| {
            let key = version.row.transaction.and_then(|id| keys.get(&id));
            let number = key.map(|key| (key.number.to_string(), key.kind.to_string()));
            past::earning_version(version, number.as_ref())
        });
        Ok(rows.collect())
    }

    pub(super) async fn waits(&self) -> Result<Vec<Row>, Refusal> {
        let pending = self.engine.pending(&self.caller, DateRange::ALWAYS).await?;
        let earnings = self.earnings().await?;
        let reversals = earnings.iter().filter(|earning| earning.awaits_calculation);
        Ok(past::pending(&pending.counts, reversals.count() as u64))
    }

    pub(super) async fn deeds_with_reasons(&self) -> Result<Vec<Row>, Refusal> {
        let log = self.log().await?;
        let explained = log.iter().filter(|entry| entry.reason.is_some());
        Ok(explained.map(past::activity).collect())
    }

    async fn log(&self) -> Result<Vec<Activity>, Refusal> {
        let mut log: Vec<Activity> = Vec::new();
        loop {
            let after: Option<ActivityId> = log.last().map(|entry| entry.id);
            let chunk = ChunkSize::largest();
            let page = self.engine.activities(&self.caller, after, chunk).await?;
            let is_last = page.len() < chunk.rows();
            log.extend(page);
            if is_last {
                return Ok(log);
            }
        }
    }
}

/// Transactions with the amounts of those that replaced them.
pub(super) fn with_newer(
    rows: &[Transaction],
) -> impl Iterator<Item = (&Transaction, Option<Decimal>)> {
    let amounts = rows.iter().map(|row| (row.id, row.amount.amount));
    let amounts: BTreeMap<TransactionId, Decimal> = amounts.collect();
    rows.iter().map(move |row| {
        let newer = row.replaced_by.and_then(|id| amounts.get(&id));
        (row, newer.copied())
    })
}

fn answer(outcomes: Vec<Result<Outcome, Refusal>>) -> Answer {
    let adjusted = past::adjusted(&outcomes);
    let refused = outcomes.into_iter().filter_map(Result::err);
    Answer {
        tables: BTreeMap::from([("adjusted", adjusted)]),
        refused: refused.collect(),
        ..Answer::default()
    }
}

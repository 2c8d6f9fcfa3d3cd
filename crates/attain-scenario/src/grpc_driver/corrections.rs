//! Adjusting, what waits for Revert, and the past of records, through a server.

use std::collections::{BTreeMap, BTreeSet};

use attain_client::proto::adjustment_outcome::Outcome;
use attain_client::proto::{
    self, Adjusted, Adjustment, Credit, CreditVersion, DateRange, DefinitionKind, Earning,
    EarningVersion, EarningView, GetTransactionHistoryResponse, Transaction, TransactionVersion,
};
use attain_client::values::{self, amount_text};
use attain_documents::read_documents;
use attain_domain::definition::{AttributeSchema, Definition};
use attain_domain::ids::{CreditId, IdError, TransactionId};
use attain_domain::money::{Currency, parse_number};
use attain_domain::ports::Pending;
use attain_domain::refusal::{Reason, Refusal};

use super::refusals::{of_element, refusal};
use super::show::past;
use super::wire;
use super::{GrpcDriver, Numbers, all, show};
use crate::adjusting::{About, Candidate, adjustment, pick, transaction_name};
use crate::driver::Answer;
use crate::format::{AdjustStep, AdjustmentStep};
use crate::show::past::pending;
use crate::show::row;
use crate::table::Row;
use crate::texts::{key, wrong};

impl GrpcDriver {
    pub(super) async fn adjust_all(&self, step: &AdjustStep) -> Result<Answer, Refusal> {
        let adjustments = self.adjustments(&step.what).await?;
        let outcomes = self.client.adjust(adjustments, &step.reason).await;
        Ok(answer(outcomes.map_err(refusal)?))
    }

    pub(super) async fn preview_all(&self, what: &[AdjustmentStep]) -> Result<Answer, Refusal> {
        let adjustments = self.adjustments(what).await?;
        let preview = self.client.preview_adjust(adjustments).await;
        let preview = preview.map_err(refusal)?;
        let made = preview.credits.iter().map(show::credit);
        let pay = preview.pay.iter().map(past::pay_change);
        let taken_back = preview.reversals.iter();
        let taken_back =
            taken_back.map(|reversal| row([("amount", show::amount(reversal.amount.as_ref()))]));
        let tables = [
            ("made", made.collect()),
            ("pay", pay.collect()),
            ("taken_back", taken_back.collect()),
        ];
        let outcomes = preview.outcomes.into_iter().filter_map(|one| one.outcome);
        let outcomes = outcomes.map(|outcome| match outcome {
            Outcome::Adjusted(done) => Ok(done),
            Outcome::Refused(refused) => Err(refused),
        });
        let mut answer = answer(outcomes.collect());
        answer.tables.extend(tables);
        Ok(answer)
    }

    async fn adjustments(&self, what: &[AdjustmentStep]) -> Result<Vec<Adjustment>, Refusal> {
        let schema = self.attributes().await?;
        let mut adjustments = Vec::new();
        for one in what {
            let about = self.about(one).await?;
            adjustments.push(wire::adjustment(&adjustment(one, &about, &schema)?)?);
        }
        Ok(adjustments)
    }

    pub(super) async fn last_moment(&self) -> Result<String, Refusal> {
        let last = all(self.client.activities()).await?.into_iter().last();
        let at = last.and_then(|entry| entry.activity_time);
        let at = at.ok_or_else(|| wrong("moment", "nothing has been done yet"))?;
        Ok(at.to_string())
    }

    pub(super) async fn known_at(&self, moment: &str) -> Result<Vec<Row>, Refusal> {
        let at = values::instant(moment);
        let at = at.ok_or_else(|| wrong("moment", format!("`{moment}` is no moment")))?;
        let mut rows = Vec::new();
        for person in all(self.client.definitions(DefinitionKind::Participant)).await? {
            let who = person.definition_id;
            let known = self.client.as_of(&who, at).await.map_err(refusal)?;
            rows.extend(past::as_of(&who, &known));
        }
        Ok(rows)
    }

    async fn attributes(&self) -> Result<AttributeSchema, Refusal> {
        for one in all(self.client.definitions(DefinitionKind::Attributes)).await? {
            let read = read_documents("attributes", &one.document);
            let read = read.map_err(|_| unreadable("the attributes of the workspace"))?;
            for definition in read {
                if let Definition::Attributes(schema) = definition {
                    return Ok(schema);
                }
            }
        }
        Ok(AttributeSchema::default())
    }

    async fn about(&self, step: &AdjustmentStep) -> Result<About, Refusal> {
        let name = key(transaction_name(step)?)?;
        let found = self
            .client
            .transaction(name.number.as_str(), name.kind.as_str())
            .await;
        let (transaction, credits) = found.map_err(refusal)?;
        let Some(name) = &step.credit else {
            let id = TransactionId::parse(&transaction.transaction_id).map_err(no_id)?;
            let currency = currency(&show::currency(transaction.amount.as_ref()))?;
            return Ok(About::Transaction(id, currency));
        };
        let kinds: Vec<String> = credits
            .iter()
            .map(|credit| show::kind(credit.kind()))
            .collect();
        let kinded: Vec<(&Credit, &String)> = credits.iter().zip(&kinds).collect();
        let (credit, _) = pick(name, &kinded, |(credit, kind)| Candidate {
            participant: &credit.participant,
            kind,
            amount: amount(credit),
            obsolete: credit.obsolete.is_some(),
        })?;
        let id = CreditId::parse(&credit.credit_id).map_err(no_id)?;
        let currency = currency(&show::currency(credit.amount.as_ref()))?;
        Ok(About::Credit(id, currency))
    }

    /// Number and type of the transactions of these earnings. History is asked only if it has to be.
    pub(super) async fn keys_of(&self, earnings: &[Earning]) -> Result<Numbers, Refusal> {
        let mut keys = Numbers::new();
        for one in all(self.client.transactions(DateRange::default())).await? {
            let number = (one.source_number, one.transaction_type);
            keys.insert(one.transaction_id, number);
        }
        let of_transactions = earnings.iter().map(|earning| &earning.transaction_id);
        let mut named = of_transactions.filter(|id| !id.is_empty());
        if named.all(|id| keys.contains_key(id)) {
            return Ok(keys);
        }
        for history in self.histories().await? {
            let versions = history
                .versions
                .into_iter()
                .filter_map(|version| version.transaction);
            for one in versions {
                let number = (one.source_number, one.transaction_type);
                keys.insert(one.transaction_id, number);
            }
        }
        Ok(keys)
    }

    /// The history of every transaction, by key.
    async fn histories(&self) -> Result<Vec<GetTransactionHistoryResponse>, Refusal> {
        let live = all(self.client.transactions(DateRange::default())).await?;
        let keys: BTreeSet<(String, String)> = live
            .into_iter()
            .map(|one| (one.source_number, one.transaction_type))
            .collect();
        let mut histories = Vec::new();
        for (number, kind) in &keys {
            let history = self.client.transaction_history(number, kind).await;
            histories.push(history.map_err(refusal)?);
        }
        Ok(histories)
    }

    pub(super) async fn transaction_versions(&self) -> Result<Vec<Row>, Refusal> {
        let histories = self.histories().await?;
        let versions: Vec<&TransactionVersion> = histories
            .iter()
            .flat_map(|history| &history.versions)
            .collect();
        let transactions: Vec<Transaction> = versions
            .iter()
            .filter_map(|version| version.transaction.clone())
            .collect();
        let newer = with_newer(&transactions).map(|(_, newer)| newer);
        let rows = versions.into_iter().zip(newer);
        Ok(rows
            .map(|(version, newer)| past::transaction_version(version, newer))
            .collect())
    }

    pub(super) async fn credit_versions(&self) -> Result<Vec<Row>, Refusal> {
        let histories = self.histories().await?;
        let versions: Vec<&CreditVersion> = histories
            .iter()
            .flat_map(|history| &history.credits)
            .collect();
        let credits = versions
            .iter()
            .filter_map(|version| version.credit.as_ref());
        let by_id: BTreeMap<&str, &Credit> = credits
            .map(|credit| (credit.credit_id.as_str(), credit))
            .collect();
        let rows = versions.iter().map(|version| {
            let id = version
                .credit
                .as_ref()
                .map(|credit| credit.adjusted_from.as_str());
            let from = id.and_then(|id| by_id.get(id));
            past::credit_version(version, from.copied())
        });
        Ok(rows.collect())
    }

    pub(super) async fn earning_versions(&self) -> Result<Vec<Row>, Refusal> {
        let live = self.earnings(EarningView::Basic).await?;
        let mut waiting: BTreeSet<String> =
            live.into_iter().map(|earning| earning.earning_id).collect();
        for (sheet, _) in self.sheets().await? {
            let lines = all(self.client.payment_lines(&sheet.paysheet_id)).await?;
            let of_earnings = lines.into_iter().filter(|line| line.reward_id.is_empty());
            waiting.extend(of_earnings.map(|line| line.earning_id));
        }
        let mut versions: Vec<EarningVersion> = Vec::new();
        while let Some(id) = waiting.pop_first() {
            let history = self.client.earning_history(&id, EarningView::Full).await;
            let history = history.map_err(refusal)?;
            for version in history.versions {
                if let Some(earning) = &version.earning {
                    waiting.remove(&earning.earning_id);
                }
                versions.push(version);
            }
        }
        let earnings: Vec<Earning> = versions
            .iter()
            .filter_map(|version| version.earning.clone())
            .collect();
        let keys = self.keys_of(&earnings).await?;
        let rows = versions.iter().map(|version| {
            let id = version
                .earning
                .as_ref()
                .map(|earning| &earning.transaction_id);
            past::earning_version(version, id.and_then(|id| keys.get(id)))
        });
        Ok(rows.collect())
    }

    pub(super) async fn waits(&self) -> Result<Vec<Row>, Refusal> {
        let found = self.client.pending(DateRange::default()).await;
        let counts = found.map_err(refusal)?.counts.unwrap_or_default();
        let earnings = self.earnings(EarningView::Basic).await?;
        let reversals = earnings.iter().filter(|earning| earning.awaits_calculation);
        let waits = Pending {
            transactions: counts.transactions,
            credits: counts.credits,
            earnings: counts.earnings,
            ..Pending::default()
        };
        Ok(pending(&waits, reversals.count() as u64))
    }

    pub(super) async fn deeds_with_reasons(&self) -> Result<Vec<Row>, Refusal> {
        let entries = all(self.client.activities()).await?;
        let explained = entries.iter().filter(|entry| !entry.reason.is_empty());
        Ok(explained.map(past::activity).collect())
    }
}

fn answer(outcomes: Vec<Result<Adjusted, proto::Refusal>>) -> Answer {
    let outcomes = outcomes.into_iter();
    let outcomes: Vec<_> = outcomes
        .map(|outcome| outcome.map_err(|refused| of_element(&refused)))
        .collect();
    let rows = outcomes
        .iter()
        .zip(1..)
        .map(|(outcome, at)| past::adjusted(at, outcome));
    Answer {
        tables: BTreeMap::from([("adjusted", rows.collect())]),
        refused: outcomes.into_iter().filter_map(Result::err).collect(),
        ..Answer::default()
    }
}

/// Transactions with those that replaced them.
pub(super) fn with_newer(
    rows: &[Transaction],
) -> impl Iterator<Item = (&Transaction, Option<&Transaction>)> {
    let by_id: BTreeMap<&str, &Transaction> = rows
        .iter()
        .map(|row| (row.transaction_id.as_str(), row))
        .collect();
    rows.iter()
        .map(move |row| (row, by_id.get(row.replaced_by.as_str()).copied()))
}

fn amount(credit: &Credit) -> Option<rust_decimal::Decimal> {
    parse_number(&amount_text(credit.amount.as_ref()?)).ok()
}

fn currency(code: &str) -> Result<Currency, Refusal> {
    Currency::parse(code).map_err(|error| unreadable(&format!("the currency `{}`", error.0)))
}

fn no_id(error: IdError) -> Refusal {
    unreadable(&format!("an id, which {error}"))
}

/// What a server should never have sent.
fn unreadable(what: &str) -> Refusal {
    Refusal::new(Reason::Internal, format!("the server sent {what}"))
}

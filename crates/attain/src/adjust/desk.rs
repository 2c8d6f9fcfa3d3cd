//! Texts of adjustments become adjustments: what they need to know of the workspace is here.

use std::collections::{BTreeMap, BTreeSet};

use attain_domain::adjusting::{
    Adjustment, AdjustmentKind, CreditAction, CreditPatch, TransactionAction, TransactionPatch,
};
use attain_domain::definition::{AttributeSchema, Definition, DefinitionKind};
use attain_domain::expression::Value;
use attain_domain::ids::{
    AttributeName, CategoryId, CreditId, ParticipantId, SourceNumber, TransactionType,
};
use attain_domain::money::Currency;
use attain_domain::ports::ChunkSize;
use attain_domain::refusal::{Reason, Refusal};
use attain_domain::stamp::Version;
use attain_domain::transaction::TransactionKey;

use super::words::{Words, attribute, given, malformed, money, name, number, parts, truth};
use crate::session::{Session, date};

/// What names a credit.
const OF_CREDIT: [&str; 2] = ["credit", "version"];
/// What names a transaction.
const OF_TRANSACTION: [&str; 3] = ["type", "number", "version"];
/// The values of a credit that can change.
const CREDIT_VALUES: [&str; 8] = [
    "amount",
    "quantity",
    "percent",
    "category",
    "date",
    "roll_up_date",
    "revenue",
    "rolls_up",
];
/// The values of a transaction that can change, beside attributes.
const TRANSACTION_VALUES: [&str; 5] = ["amount", "quantity", "date", "hold", "remove_attributes"];

/// A workspace, as far as texts of adjustments have to be read by it.
pub(super) struct Desk {
    currency: Currency,
    attributes: AttributeSchema,
    /// The currencies of transactions whose new amount comes without one.
    currencies: BTreeMap<TransactionKey, Currency>,
}

impl Desk {
    /// Looks up what some rows need to be read: all at once, since a file may have thousands.
    ///
    /// # Errors
    /// `UNKNOWN_WORKSPACE`; when the store fails.
    pub(super) async fn open(
        session: &Session,
        rows: impl Iterator<Item = &Words>,
    ) -> Result<Self, Refusal> {
        let (engine, caller) = (&session.engine, &session.caller);
        let mut currency = None;
        let mut attributes = AttributeSchema::default();
        for kind in [DefinitionKind::Settings, DefinitionKind::Attributes] {
            let found = engine
                .definitions(caller, kind, None, ChunkSize::new(1))
                .await?;
            for record in found {
                match record.body {
                    Definition::Settings(settings) => currency = Some(settings.operating_currency),
                    Definition::Attributes(schema) => attributes = schema,
                    Definition::Calendar(_)
                    | Definition::Rates(_)
                    | Definition::Categories(_)
                    | Definition::CategoryRules(_)
                    | Definition::Plan(_)
                    | Definition::PayGroup(_)
                    | Definition::Participant(_)
                    | Definition::Team(_)
                    | Definition::RuleSet(_)
                    | Definition::PaymentPlan(_) => {}
                }
            }
        }
        let currency = currency.ok_or_else(|| {
            let workspace = &session.caller.workspace;
            let text = format!("workspace `{workspace}` has no settings yet: apply some");
            Refusal::new(Reason::UnknownWorkspace, text)
        })?;
        let keys: BTreeSet<TransactionKey> = rows.filter_map(without_currency).collect();
        let found = engine.newest_transactions(caller, &keys).await?.into_iter();
        let currencies = found.map(|newest| (newest.key, newest.amount.currency));
        Ok(Self {
            currency,
            attributes,
            currencies: currencies.collect(),
        })
    }

    /// The adjustment of some texts.
    ///
    /// # Errors
    /// `MISSING_VALUE`, `MALFORMED_VALUE`, `OUT_OF_RANGE`, `UNKNOWN_CURRENCY`, `UNKNOWN_FIELD`.
    pub(super) fn adjustment(&self, words: &Words) -> Result<Adjustment, Refusal> {
        let version = given(words.version.as_ref(), |text| {
            let version = text.parse().map(Version);
            version.map_err(|_| malformed("version", format!("`{text}` is not a version")))
        })?;
        let kind = match (&words.credit, &words.number, &words.kind) {
            (Some(id), None, None) => {
                let id = name("credit", id, CreditId::parse)?;
                AdjustmentKind::Credit(id, self.credit_action(words)?)
            }
            (None, Some(number), Some(kind)) => {
                let key = key(number, kind)?;
                let action = self.transaction_action(words, &key)?;
                AdjustmentKind::TransactionOf(key, action)
            }
            _ => {
                let text = "needs either `credit`, or `type` and `number` of a transaction";
                return Err(Refusal::new(Reason::MissingValue, text));
            }
        };
        Ok(Adjustment { version, kind })
    }

    fn credit_action(&self, words: &Words) -> Result<CreditAction, Refusal> {
        if let Some(name) = words.attributes.keys().next() {
            return Err(foreign(&format!("attribute.{name}"), "a credit"));
        }
        let filled = rest(words, &OF_CREDIT);
        if let Some(to) = &words.to {
            alone("to", &filled)?;
            return Ok(CreditAction::Transfer(name(
                "to",
                to,
                ParticipantId::parse,
            )?));
        }
        if let Some(split) = &words.split {
            alone("split", &filled)?;
            return Ok(CreditAction::Split(parts(split)?));
        }
        if is_cancelled(words, &filled)? {
            return Ok(CreditAction::Cancel);
        }
        only(&filled, &CREDIT_VALUES, "a credit")?;
        if filled.is_empty() {
            return Err(nothing());
        }
        let decimal = |field: &'static str| move |text: &str| number(field, text);
        let day = |field: &'static str| move |text: &str| date(field, text);
        let flag = |field: &'static str| move |text: &str| truth(field, text);
        Ok(CreditAction::Change(CreditPatch {
            amount: given(words.amount.as_ref(), |text| {
                money("amount", text, self.currency)
            })?,
            quantity: given(words.quantity.as_ref(), decimal("quantity"))?,
            participant: None,
            percent: given(words.percent.as_ref(), decimal("percent"))?,
            revenue: given(words.revenue.as_ref(), flag("revenue"))?,
            rolls_up: given(words.rolls_up.as_ref(), flag("rolls_up"))?,
            category: given(words.category.as_ref(), |text| {
                name("category", text, CategoryId::parse)
            })?,
            credit_date: given(words.date.as_ref(), day("date"))?,
            roll_up_date: given(words.roll_up_date.as_ref(), day("roll_up_date"))?,
        }))
    }

    fn transaction_action(
        &self,
        words: &Words,
        key: &TransactionKey,
    ) -> Result<TransactionAction, Refusal> {
        let mut filled = rest(words, &OF_TRANSACTION);
        if !words.attributes.is_empty() {
            filled.push("attribute");
        }
        if let Some(keep) = &words.preserve_credits {
            alone("preserve_credits", &filled)?;
            let keep = truth("preserve_credits", keep)?;
            return Ok(TransactionAction::PreserveCredits(keep));
        }
        if is_cancelled(words, &filled)? {
            return Ok(TransactionAction::Cancel);
        }
        filled.retain(|field| *field != "attribute");
        only(&filled, &TRANSACTION_VALUES, "a transaction")?;
        if filled.is_empty() && words.attributes.is_empty() {
            return Err(nothing());
        }
        // One that is not there is told when it is adjusted.
        let usual = self.currencies.get(key).copied().unwrap_or(self.currency);
        Ok(TransactionAction::Change(Box::new(TransactionPatch {
            event_date: given(words.date.as_ref(), |text| date("date", text))?,
            amount: given(words.amount.as_ref(), |text| money("amount", text, usual))?,
            quantity: given(words.quantity.as_ref(), |text| number("quantity", text))?,
            attributes: self.attribute_changes(words)?,
            hold: given(words.hold.as_ref(), |text| truth("hold", text))?,
        })))
    }

    fn attribute_changes(
        &self,
        words: &Words,
    ) -> Result<BTreeMap<AttributeName, Option<Value>>, Refusal> {
        let mut changes = BTreeMap::new();
        for (text, value) in &words.attributes {
            let field = format!("attribute.{text}");
            let name = name(&field, text, AttributeName::parse)?;
            let Some(wanted) = self.attributes.transaction.get(&name) else {
                let text = "the workspace declares no such attribute";
                return Err(Refusal::new(Reason::UnknownField, text).at(field));
            };
            let value = attribute(&field, value, *wanted)?;
            changes.insert(name, Some(value));
        }
        let removed = words.remove_attributes.as_deref().unwrap_or_default();
        for text in removed.split_whitespace() {
            let name = name("remove_attributes", text, AttributeName::parse)?;
            if changes.insert(name, None).is_some() {
                let text = format!("`{text}` is named twice");
                return Err(Refusal::new(Reason::Duplicate, text).at("remove_attributes"));
            }
        }
        Ok(changes)
    }
}

fn key(number: &str, kind: &str) -> Result<TransactionKey, Refusal> {
    Ok(TransactionKey {
        number: name("number", number, SourceNumber::parse)?,
        kind: name("type", kind, TransactionType::parse)?,
    })
}

/// The transaction of a row that gives an amount, and no currency.
fn without_currency(words: &Words) -> Option<TransactionKey> {
    let amount = words.amount.as_ref()?;
    let is_alone = !amount.trim().contains(' ');
    let (number, kind) = (words.number.as_ref()?, words.kind.as_ref()?);
    is_alone.then(|| key(number, kind).ok()).flatten()
}

/// The columns that say what is done.
fn rest(words: &Words, naming: &[&str]) -> Vec<&'static str> {
    let mut filled = words.filled();
    filled.retain(|column| !naming.contains(column));
    filled
}

fn is_cancelled(words: &Words, filled: &[&str]) -> Result<bool, Refusal> {
    let cancel = given(words.cancel.as_ref(), |text| truth("cancel", text))?;
    if cancel == Some(true) {
        alone("cancel", filled)?;
    }
    Ok(cancel == Some(true))
}

/// What says all that is done goes with nothing else.
fn alone(field: &str, filled: &[&str]) -> Result<(), Refusal> {
    match filled.iter().find(|other| **other != field) {
        None => Ok(()),
        Some(other) => {
            let text = format!("`{field}` says all that is done: `{other}` does not go with it");
            Err(malformed(field, text))
        }
    }
}

/// Only these can change.
fn only(filled: &[&str], known: &[&str], of: &str) -> Result<(), Refusal> {
    // A cancel that is false says nothing.
    let foreign_one = filled
        .iter()
        .find(|field| !known.contains(field) && **field != "cancel");
    foreign_one.map_or(Ok(()), |field| Err(foreign(field, of)))
}

fn foreign(field: &str, of: &str) -> Refusal {
    malformed(field, format!("is nothing that {of} has"))
}

fn nothing() -> Refusal {
    let text = "says nothing that is to be done";
    Refusal::new(Reason::MissingValue, text)
}

//! Adjustments as scenarios write them, as the domain has them.

use std::collections::BTreeMap;

use attain_domain::adjusting::{
    Adjustment, AdjustmentKind, CreditAction, CreditPatch, SplitPart, TransactionAction,
    TransactionPatch,
};
use attain_domain::definition::AttributeSchema;
use attain_domain::expression::{Value, ValueType};
use attain_domain::ids::{AttributeName, CategoryId, CreditId, ParticipantId, TransactionId};
use attain_domain::money::{Currency, Money};
use attain_domain::refusal::{Reason, Refusal};
use attain_domain::stamp::Version;
use rust_decimal::Decimal;

use crate::format::{AdjustmentStep, ChangeStep, CreditName, PartStep};
use crate::texts::{date, malformed, number, wrong};

/// What the names of an adjustment stand for, and the currency that it has.
pub(crate) enum About {
    Credit(CreditId, Currency),
    Transaction(TransactionId, Currency),
}

/// What is done, whatever it is done to.
enum Deed<'a> {
    Change(&'a ChangeStep),
    Split(&'a [PartStep]),
    Transfer(&'a str),
    Cancel,
    PreserveCredits(bool),
}

/// What a name of a credit is held against.
pub(crate) struct Candidate<'a> {
    pub(crate) participant: &'a str,
    pub(crate) kind: &'a str,
    pub(crate) amount: Option<Decimal>,
    pub(crate) obsolete: bool,
}

/// The one credit that fits a name.
pub(crate) fn pick<'a, C>(
    name: &CreditName,
    credits: &'a [C],
    seen: impl Fn(&'a C) -> Candidate<'a>,
) -> Result<&'a C, Refusal> {
    let kind = name.kind.as_deref().unwrap_or("direct");
    let amount = name.amount.as_deref();
    let amount = amount.map(|text| number("amount", text)).transpose()?;
    let fits = |credit: &&'a C| {
        let seen = seen(credit);
        seen.participant == name.participant
            && seen.kind == kind
            && seen.obsolete == name.obsolete
            && (amount.is_none() || seen.amount == amount)
    };
    let mut fitting = credits.iter().filter(fits);
    let about = || format!("{} of {}", name.transaction, name.participant);
    match (fitting.next(), fitting.next()) {
        (Some(credit), None) => Ok(credit),
        (None, _) => {
            let text = format!("there is no such credit: {}", about());
            Err(Refusal::new(Reason::NotFound, text).at("credit"))
        }
        (Some(_), Some(_)) => {
            let text = format!("there are several such credits: {}", about());
            Err(wrong("credit", text))
        }
    }
}

/// The transaction that a step is about, itself or by its credit.
pub(crate) fn transaction_name(step: &AdjustmentStep) -> Result<&str, Refusal> {
    match (&step.credit, &step.transaction) {
        (Some(credit), None) => Ok(&credit.transaction),
        (None, Some(transaction)) => Ok(transaction),
        (None, None) | (Some(_), Some(_)) => {
            Err(wrong("what", "names either a credit or a transaction"))
        }
    }
}

/// The adjustment of a step.
pub(crate) fn adjustment(
    step: &AdjustmentStep,
    about: &About,
    schema: &AttributeSchema,
) -> Result<Adjustment, Refusal> {
    let kind = match (about, deed(step)?) {
        (About::Credit(id, currency), Deed::Change(change)) => {
            let patch = credit_patch(change, *currency)?;
            AdjustmentKind::Credit(*id, CreditAction::Change(patch))
        }
        (About::Credit(id, _), Deed::Split(parts)) => {
            let parts = parts.iter().map(part).collect::<Result<Vec<_>, _>>()?;
            AdjustmentKind::Credit(*id, CreditAction::Split(parts))
        }
        (About::Credit(id, _), Deed::Transfer(to)) => {
            AdjustmentKind::Credit(*id, CreditAction::Transfer(participant(to)?))
        }
        (About::Credit(id, _), Deed::Cancel) => AdjustmentKind::Credit(*id, CreditAction::Cancel),
        (About::Transaction(id, currency), Deed::Change(change)) => {
            let patch = Box::new(transaction_patch(change, *currency, schema)?);
            AdjustmentKind::Transaction(*id, TransactionAction::Change(patch))
        }
        (About::Transaction(id, _), Deed::Cancel) => {
            AdjustmentKind::Transaction(*id, TransactionAction::Cancel)
        }
        (About::Transaction(id, _), Deed::PreserveCredits(keep)) => {
            AdjustmentKind::Transaction(*id, TransactionAction::PreserveCredits(keep))
        }
        (About::Credit(..), Deed::PreserveCredits(_)) => {
            return Err(wrong(
                "preserve_credits",
                "is of transactions, not of credits",
            ));
        }
        (About::Transaction(..), Deed::Split(_) | Deed::Transfer(_)) => {
            return Err(wrong(
                "transaction",
                "a transaction has no parts and no participant",
            ));
        }
    };
    Ok(Adjustment {
        version: step.version.map(Version),
        kind,
    })
}

fn deed(step: &AdjustmentStep) -> Result<Deed<'_>, Refusal> {
    let deeds = [
        step.change.as_ref().map(Deed::Change),
        step.split.as_deref().map(Deed::Split),
        step.transfer.as_deref().map(Deed::Transfer),
        step.cancel.then_some(Deed::Cancel),
        step.preserve_credits.map(Deed::PreserveCredits),
    ];
    let mut deeds = deeds.into_iter().flatten();
    match (deeds.next(), deeds.next()) {
        (Some(deed), None) => Ok(deed),
        (None, _) => Err(wrong("what", "an adjustment that does nothing")),
        (Some(_), Some(_)) => Err(wrong("what", "an adjustment that does two things")),
    }
}

fn participant(text: &str) -> Result<ParticipantId, Refusal> {
    ParticipantId::parse(text).map_err(malformed("participant"))
}

fn part(step: &PartStep) -> Result<SplitPart, Refusal> {
    Ok(SplitPart {
        participant: participant(&step.participant)?,
        percent: number("percent", &step.percent)?,
    })
}

/// An amount in a currency of its own, or in the one that there is.
fn money(step: &ChangeStep, stored: Currency) -> Result<Option<Money>, Refusal> {
    let currency = match &step.currency {
        Some(code) => Currency::parse(code)
            .map_err(|error| wrong("currency", format!("`{code}`: {error}")))?,
        None => stored,
    };
    let amount = step.amount.as_deref();
    let amount = amount.map(|text| number("amount", text)).transpose()?;
    Ok(amount.map(|amount| Money::new(amount, currency)))
}

fn credit_patch(step: &ChangeStep, currency: Currency) -> Result<CreditPatch, Refusal> {
    let ChangeStep {
        amount: _,
        currency: _,
        quantity,
        participant: to,
        percent,
        revenue,
        rolls_up,
        category,
        credit_date,
        roll_up_date,
        event_date,
        hold,
        attributes,
    } = step;
    if event_date.is_some() || hold.is_some() || !attributes.is_empty() {
        return Err(wrong(
            "change",
            "event_date, hold and attributes are of transactions",
        ));
    }
    let of_category = |text: &String| CategoryId::parse(text).map_err(malformed("category"));
    let of_date = |name, text: &Option<String>| {
        let text = text.as_deref();
        text.map(|text| date(name, text)).transpose()
    };
    let of_number = |name, text: &Option<String>| {
        let text = text.as_deref();
        text.map(|text| number(name, text)).transpose()
    };
    Ok(CreditPatch {
        amount: money(step, currency)?,
        quantity: of_number("quantity", quantity)?,
        participant: to.as_deref().map(participant).transpose()?,
        percent: of_number("percent", percent)?,
        revenue: *revenue,
        rolls_up: *rolls_up,
        category: category.as_ref().map(of_category).transpose()?,
        credit_date: of_date("credit_date", credit_date)?,
        roll_up_date: of_date("roll_up_date", roll_up_date)?,
    })
}

fn transaction_patch(
    step: &ChangeStep,
    currency: Currency,
    schema: &AttributeSchema,
) -> Result<TransactionPatch, Refusal> {
    let of_credits = [
        step.participant.is_some(),
        step.percent.is_some(),
        step.revenue.is_some(),
        step.rolls_up.is_some(),
        step.category.is_some(),
        step.credit_date.is_some(),
        step.roll_up_date.is_some(),
    ];
    if of_credits.contains(&true) {
        return Err(wrong(
            "change",
            "a transaction has amount, quantity, date, hold, attributes",
        ));
    }
    let quantity = step.quantity.as_deref();
    let event_date = step.event_date.as_deref();
    Ok(TransactionPatch {
        event_date: event_date
            .map(|text| date("event_date", text))
            .transpose()?,
        amount: money(step, currency)?,
        quantity: quantity.map(|text| number("quantity", text)).transpose()?,
        attributes: attributes(&step.attributes, schema)?,
        hold: step.hold,
    })
}

fn attributes(
    texts: &BTreeMap<String, String>,
    schema: &AttributeSchema,
) -> Result<BTreeMap<AttributeName, Option<Value>>, Refusal> {
    let mut attributes = BTreeMap::new();
    for (name, text) in texts {
        let name = AttributeName::parse(name).map_err(malformed("attributes"))?;
        // One that is not declared is for Attain to refuse.
        let wanted = schema
            .transaction
            .get(&name)
            .copied()
            .unwrap_or(ValueType::Text);
        let value = if text.is_empty() {
            None
        } else {
            Some(value(text, wanted)?)
        };
        attributes.insert(name, value);
    }
    Ok(attributes)
}

fn value(text: &str, wanted: ValueType) -> Result<Value, Refusal> {
    Ok(match wanted {
        ValueType::Text => Value::Text(text.into()),
        ValueType::Number => Value::Number(number("attributes", text)?),
        ValueType::Date => Value::Date(date("attributes", text)?),
        ValueType::Bool => Value::Bool(match text {
            "true" => true,
            "false" => false,
            other => {
                let text = format!("`{other}` is neither true nor false");
                return Err(wrong("attributes", text));
            }
        }),
    })
}

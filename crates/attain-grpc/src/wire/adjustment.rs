//! Adjustments and what became of them, and what waits for Revert.

use std::collections::BTreeMap;

use attain_app::{AdjustPreview, PayChange, PendingReport, PendingRow};
use attain_domain::adjusting::{
    Adjustment, AdjustmentKind, CreditAction, CreditPatch, Outcome, SplitPart, TransactionAction,
    TransactionPatch,
};
use attain_domain::expression::Value;
use attain_domain::ids::{
    AttributeName, CategoryId, CreditId, ParticipantId, SourceNumber, TransactionId,
    TransactionType,
};
use attain_domain::ports::Pending;
use attain_domain::refusal::{Reason, Refusal};
use attain_domain::transaction::TransactionKey;
use attain_proto::attain::v1 as proto;
use attain_proto::attain::v1::adjustment::Subject;
use attain_proto::attain::v1::adjustment_outcome::Outcome as WireOutcome;
use attain_proto::attain::v1::credit_adjustment::Action as CreditVerb;
use attain_proto::attain::v1::pending_row::Row;
use attain_proto::attain::v1::transaction_adjustment::{
    Action as TransactionVerb, Transaction as Which,
};

use super::earning::View;
use super::given::{attribute_from_wire, decimal_from_wire, money_from_wire};
use super::import::short;
use super::values::{date, date_from_wire, etag, missing, money, name, text_or_empty};
use super::{credit, earning, transaction};

/// Reads an adjustment.
///
/// # Errors
/// `MISSING_VALUE`, `MALFORMED_VALUE`, `OUT_OF_RANGE`, `UNKNOWN_CURRENCY`, `DUPLICATE`.
pub(crate) fn from_wire(adjustment: &proto::Adjustment) -> Result<Adjustment, Refusal> {
    match adjustment.subject.as_ref() {
        None => Err(missing("subject")),
        Some(Subject::Credit(of)) => credit_from_wire(of).map_err(|r| r.inside("credit")),
        Some(Subject::Transaction(of)) => {
            transaction_from_wire(of).map_err(|r| r.inside("transaction"))
        }
    }
}

fn credit_from_wire(of: &proto::CreditAdjustment) -> Result<Adjustment, Refusal> {
    let id = name("credit_id", &of.credit_id, CreditId::parse)?;
    let action = match of.action.as_ref().ok_or_else(|| missing("action"))? {
        CreditVerb::Change(change) => {
            CreditAction::Change(credit_change(change).map_err(|r| r.inside("change"))?)
        }
        CreditVerb::Split(split) => {
            let parts = split.parts.iter().enumerate();
            let parts = parts.map(|(index, part)| {
                split_part(part).map_err(|r| r.inside(&format!("split.parts[{index}]")))
            });
            CreditAction::Split(parts.collect::<Result<_, _>>()?)
        }
        CreditVerb::Transfer(transfer) => {
            CreditAction::Transfer(name("transfer.to", &transfer.to, ParticipantId::parse)?)
        }
        CreditVerb::Cancel(proto::CreditCancellation {}) => CreditAction::Cancel,
    };
    Ok(Adjustment {
        version: etag("etag", &of.etag)?,
        kind: AdjustmentKind::Credit(id, action),
    })
}

fn credit_change(change: &proto::CreditChange) -> Result<CreditPatch, Refusal> {
    let proto::CreditChange {
        amount,
        quantity,
        percent,
        participant,
        revenue,
        rolls_up,
        category,
        credit_date,
        roll_up_date,
    } = change;
    Ok(CreditPatch {
        amount: given(amount, |money| money_from_wire("amount", money))?,
        quantity: given(quantity, |number| decimal_from_wire("quantity", number))?,
        participant: given(participant, |text| {
            name("participant", text, ParticipantId::parse)
        })?,
        percent: given(percent, |number| decimal_from_wire("percent", number))?,
        revenue: *revenue,
        rolls_up: *rolls_up,
        category: given(category, |text| name("category", text, CategoryId::parse))?,
        credit_date: given(credit_date, |date| date_from_wire("credit_date", date))?,
        roll_up_date: given(roll_up_date, |date| date_from_wire("roll_up_date", date))?,
    })
}

fn split_part(part: &proto::SplitPart) -> Result<SplitPart, Refusal> {
    let percent = part.percent.as_ref().ok_or_else(|| missing("percent"))?;
    Ok(SplitPart {
        participant: name("participant", &part.participant, ParticipantId::parse)?,
        percent: decimal_from_wire("percent", percent)?,
    })
}

fn transaction_from_wire(of: &proto::TransactionAdjustment) -> Result<Adjustment, Refusal> {
    let which = of.transaction.as_ref();
    let action = match of.action.as_ref().ok_or_else(|| missing("action"))? {
        TransactionVerb::Change(change) => {
            let patch = transaction_change(change).map_err(|r| r.inside("change"))?;
            TransactionAction::Change(Box::new(patch))
        }
        TransactionVerb::Cancel(proto::TransactionCancellation {}) => TransactionAction::Cancel,
        TransactionVerb::PreserveCredits(keep) => TransactionAction::PreserveCredits(*keep),
    };
    let kind = match which.ok_or_else(|| missing("transaction_id"))? {
        Which::TransactionId(text) => {
            let id = name("transaction_id", text, TransactionId::parse)?;
            AdjustmentKind::Transaction(id, action)
        }
        Which::Key(key) => AdjustmentKind::TransactionOf(key_from_wire("key.", key)?, action),
    };
    Ok(Adjustment {
        version: etag("etag", &of.etag)?,
        kind,
    })
}

/// A natural key; `outer` is the path to its fields.
///
/// # Errors
/// `MISSING_VALUE`, `MALFORMED_VALUE`.
fn key_from_wire(outer: &str, key: &proto::TransactionKey) -> Result<TransactionKey, Refusal> {
    let (number, kind) = (&key.source_number, &key.transaction_type);
    Ok(TransactionKey {
        number: name(
            &format!("{outer}source_number"),
            number,
            SourceNumber::parse,
        )?,
        kind: name(
            &format!("{outer}transaction_type"),
            kind,
            TransactionType::parse,
        )?,
    })
}

fn transaction_change(change: &proto::TransactionChange) -> Result<TransactionPatch, Refusal> {
    let proto::TransactionChange {
        event_date,
        amount,
        quantity,
        attributes,
        removed_attributes,
        hold,
    } = change;
    Ok(TransactionPatch {
        event_date: given(event_date, |date| date_from_wire("event_date", date))?,
        amount: given(amount, |money| money_from_wire("amount", money))?,
        quantity: given(quantity, |number| decimal_from_wire("quantity", number))?,
        attributes: attribute_changes(attributes, removed_attributes)?,
        hold: *hold,
    })
}

fn attribute_changes(
    set: &BTreeMap<String, proto::AttributeValue>,
    removed: &[String],
) -> Result<BTreeMap<AttributeName, Option<Value>>, Refusal> {
    let mut changes = BTreeMap::new();
    for (text, value) in set {
        let field = format!("attributes.{text}");
        let value = attribute_from_wire(&field, value)?;
        changes.insert(name(&field, text, AttributeName::parse)?, Some(value));
    }
    for (index, text) in removed.iter().enumerate() {
        let field = format!("removed_attributes[{index}]");
        let attribute = name(&field, text, AttributeName::parse)?;
        if changes.insert(attribute, None).is_some() {
            let text = format!("`{text}` is named twice");
            return Err(Refusal::new(Reason::Duplicate, text).at(field));
        }
    }
    Ok(changes)
}

/// What is given, read; nothing stays nothing.
fn given<W, T>(
    value: &Option<W>,
    read: impl FnOnce(&W) -> Result<T, Refusal>,
) -> Result<Option<T>, Refusal> {
    value.as_ref().map(read).transpose()
}

/// What became of one adjustment.
pub(crate) fn outcome(index: u64, outcome: &Result<Outcome, Refusal>) -> proto::AdjustmentOutcome {
    let outcome = match outcome {
        Ok(done) => WireOutcome::Adjusted(adjusted(done)),
        Err(refusal) => WireOutcome::Refused(refused(refusal)),
    };
    proto::AdjustmentOutcome {
        index,
        outcome: Some(outcome),
    }
}

fn adjusted(done: &Outcome) -> proto::Adjusted {
    let Outcome {
        obsolete,
        made,
        transaction,
        changed,
    } = done;
    proto::Adjusted {
        changed: *changed,
        obsolete_credit_ids: obsolete.iter().map(ToString::to_string).collect(),
        made_credit_ids: made.iter().map(ToString::to_string).collect(),
        made_transaction_id: text_or_empty(*transaction),
    }
}

/// Why one element of a request was refused.
pub(crate) fn refused(refusal: &Refusal) -> proto::Refusal {
    let details = refusal.details.iter();
    proto::Refusal {
        reason: refusal.reason.code().to_owned(),
        field: refusal.field.as_deref().map(short).unwrap_or_default(),
        text: short(&refusal.text),
        details: details
            .map(|(key, value)| (key.to_string(), short(value)))
            .collect(),
    }
}

/// What adjustments would do; the answers stand for themselves.
///
/// # Errors
/// What `money` refuses.
pub(crate) fn preview(
    read: &AdjustPreview,
    outcomes: Vec<proto::AdjustmentOutcome>,
) -> Result<proto::PreviewAdjustResponse, Refusal> {
    let credits = read.credits.iter().map(credit::to_wire);
    let reversals = read.reversals.iter().map(|(id, amount)| {
        Ok(proto::PreviewedReversal {
            earning_id: id.to_string(),
            amount: Some(money(*amount)?),
        })
    });
    let pay = read.pay.iter().map(|(who, PayChange { before, after })| {
        Ok(proto::PayChange {
            participant: who.to_string(),
            before: Some(money(*before)?),
            after: Some(money(*after)?),
        })
    });
    Ok(proto::PreviewAdjustResponse {
        outcomes,
        credits: credits.collect::<Result<_, _>>()?,
        reversals: reversals.collect::<Result<_, Refusal>>()?,
        pay: pay.collect::<Result<_, Refusal>>()?,
    })
}

/// How much waits for Revert.
pub(crate) fn pending_counts(report: &PendingReport) -> proto::PendingCounts {
    let Pending {
        transactions,
        credits,
        earnings,
        first,
        last,
    } = report.counts;
    proto::PendingCounts {
        transactions,
        credits,
        earnings,
        first_date: first.map(date),
        last_date: last.map(date),
    }
}

/// One row that waits for Revert.
///
/// # Errors
/// What `money` refuses.
pub(crate) fn pending_row(row: &PendingRow) -> Result<proto::PendingRow, Refusal> {
    let row = match row {
        PendingRow::Transaction(row) => Row::Transaction(transaction::to_wire(row)?),
        PendingRow::Credit(row) => Row::Credit(credit::to_wire(row)?),
        PendingRow::Earning(row) => Row::Earning(earning::to_wire(row, View::Basic)?),
    };
    Ok(proto::PendingRow { row: Some(row) })
}

#[cfg(test)]
mod tests;

//! What the domain has, as messages have it: dates and adjustments.

use attain_client::proto::transaction_adjustment::Transaction as Named;
use attain_client::proto::{
    self, Adjustment, AttributeValue, CreditAdjustment, CreditCancellation, CreditChange,
    CreditSplit, CreditTransfer, DateRange, SplitPart, TransactionAdjustment,
    TransactionCancellation, TransactionChange, TransactionKey, adjustment, attribute_value,
    credit_adjustment, transaction_adjustment,
};
use attain_client::{standard, values};
use attain_domain::adjusting::{
    self, AdjustmentKind, CreditAction, CreditPatch, TransactionAction, TransactionPatch,
};
use attain_domain::expression::Value;
use attain_domain::money::Money;
use attain_domain::refusal::{Reason, Refusal};
use attain_domain::time::Date;
use rust_decimal::Decimal;

use crate::texts;

pub(super) fn wire_date(field: &'static str, text: &str) -> Result<standard::Date, Refusal> {
    sent(field, texts::date(field, text)?)
}

fn sent(field: &'static str, date: Date) -> Result<standard::Date, Refusal> {
    values::date(&date.to_string()).ok_or_else(|| {
        Refusal::new(Reason::OutOfRange, format!("`{date}` cannot be sent")).at(field)
    })
}

/// From a first date through a last one; none at all where none are given.
pub(super) fn between(dates: Option<(&str, &str)>) -> Result<DateRange, Refusal> {
    let range = texts::dates(dates)?;
    let start = range.from.map(|from| sent("from", from)).transpose()?;
    let end = range.to.map(|to| sent("through", to)).transpose()?;
    Ok(DateRange {
        start_date: start,
        end_date: end,
    })
}

fn money(money: Money) -> Result<standard::Money, Refusal> {
    let (amount, currency) = (money.amount.to_string(), money.currency.to_string());
    values::money(&amount, &currency).ok_or_else(|| {
        Refusal::new(Reason::OutOfRange, format!("`{amount}` cannot be sent")).at("amount")
    })
}

fn decimal(number: Decimal) -> standard::Decimal {
    values::decimal(&number.to_string())
}

/// An adjustment as a request has it.
pub(super) fn adjustment(domain: &adjusting::Adjustment) -> Result<Adjustment, Refusal> {
    let version = domain.version.map(|version| version.0.to_string());
    let etag = version.unwrap_or_default();
    let subject = match &domain.kind {
        AdjustmentKind::Credit(id, action) => adjustment::Subject::Credit(CreditAdjustment {
            credit_id: id.to_string(),
            etag,
            action: Some(credit_action(action)?),
        }),
        AdjustmentKind::Transaction(id, action) => {
            let named = Named::TransactionId(id.to_string());
            of_transaction(named, etag, action)?
        }
        AdjustmentKind::TransactionOf(key, action) => {
            let named = Named::Key(TransactionKey {
                source_number: key.number.to_string(),
                transaction_type: key.kind.to_string(),
            });
            of_transaction(named, etag, action)?
        }
    };
    Ok(proto::Adjustment {
        subject: Some(subject),
    })
}

fn of_transaction(
    named: Named,
    etag: String,
    action: &TransactionAction,
) -> Result<adjustment::Subject, Refusal> {
    Ok(adjustment::Subject::Transaction(TransactionAdjustment {
        transaction: Some(named),
        etag,
        action: Some(transaction_action(action)?),
    }))
}

fn credit_action(action: &CreditAction) -> Result<credit_adjustment::Action, Refusal> {
    use credit_adjustment::Action;
    Ok(match action {
        CreditAction::Change(patch) => Action::Change(credit_change(patch)?),
        CreditAction::Split(parts) => {
            let parts = parts.iter().map(|part| SplitPart {
                participant: part.participant.to_string(),
                percent: Some(decimal(part.percent)),
            });
            Action::Split(CreditSplit {
                parts: parts.collect(),
            })
        }
        CreditAction::Transfer(to) => Action::Transfer(CreditTransfer { to: to.to_string() }),
        CreditAction::Cancel => Action::Cancel(CreditCancellation {}),
    })
}

fn credit_change(patch: &CreditPatch) -> Result<CreditChange, Refusal> {
    let date = |name, date: Option<Date>| date.map(|date| sent(name, date)).transpose();
    Ok(CreditChange {
        amount: patch.amount.map(money).transpose()?,
        quantity: patch.quantity.map(decimal),
        percent: patch.percent.map(decimal),
        participant: patch.participant.as_ref().map(ToString::to_string),
        revenue: patch.revenue,
        rolls_up: patch.rolls_up,
        category: patch.category.as_ref().map(ToString::to_string),
        credit_date: date("credit_date", patch.credit_date)?,
        roll_up_date: date("roll_up_date", patch.roll_up_date)?,
    })
}

fn transaction_action(
    action: &TransactionAction,
) -> Result<transaction_adjustment::Action, Refusal> {
    use transaction_adjustment::Action;
    Ok(match action {
        TransactionAction::Change(patch) => Action::Change(transaction_change(patch)?),
        TransactionAction::Cancel => Action::Cancel(TransactionCancellation {}),
        TransactionAction::PreserveCredits(keep) => Action::PreserveCredits(*keep),
    })
}

fn transaction_change(patch: &TransactionPatch) -> Result<TransactionChange, Refusal> {
    let event_date = patch.event_date.map(|date| sent("event_date", date));
    let mut change = TransactionChange {
        event_date: event_date.transpose()?,
        amount: patch.amount.map(money).transpose()?,
        quantity: patch.quantity.map(decimal),
        hold: patch.hold,
        ..TransactionChange::default()
    };
    for (name, value) in &patch.attributes {
        match value {
            Some(value) => {
                change
                    .attributes
                    .insert(name.to_string(), attribute(value)?);
            }
            None => change.removed_attributes.push(name.to_string()),
        }
    }
    Ok(change)
}

fn attribute(value: &Value) -> Result<AttributeValue, Refusal> {
    let value = match value {
        Value::Text(text) => attribute_value::Value::Text(text.to_string()),
        Value::Number(number) => attribute_value::Value::Number(decimal(*number)),
        Value::Bool(flag) => attribute_value::Value::Flag(*flag),
        Value::Date(date) => attribute_value::Value::Date(sent("attributes", *date)?),
    };
    Ok(AttributeValue { value: Some(value) })
}

//! Transactions.

use attain_domain::expression::Value;
use attain_domain::refusal::Refusal;
use attain_domain::transaction::{Transaction, TransactionFlags, TransactionStatus};
use attain_proto::attain::v1 as proto;
use attain_proto::attain::v1::attribute_value::Value as WireValue;

use super::values::{date, decimal, money, row_error, stamp, text_or_empty, time};

/// One version of a transaction.
///
/// # Errors
/// What `money` refuses.
pub(crate) fn to_wire(transaction: &Transaction) -> Result<proto::Transaction, Refusal> {
    let stamp = stamp(&transaction.stamp);
    let (status, error) = status(&transaction.status);
    let attributes = transaction.attributes.iter();
    Ok(proto::Transaction {
        transaction_id: transaction.id.to_string(),
        source_number: transaction.key.number.to_string(),
        transaction_type: transaction.key.kind.to_string(),
        event_date: Some(date(transaction.event_date)),
        period: transaction.period.to_string(),
        amount: Some(money(transaction.amount)?),
        operating_amount: Some(money(transaction.operating_amount)?),
        currency_rate: Some(decimal(transaction.currency_rate)),
        quantity: Some(decimal(transaction.quantity)),
        attributes: attributes
            .map(|(name, value)| (name.to_string(), attribute(value)))
            .collect(),
        source_update_time: transaction.source_updated_at.map(time),
        flags: Some(flags(transaction.flags)),
        status: status.into(),
        error,
        category: text_or_empty(transaction.category.as_ref()),
        replaces: text_or_empty(transaction.replaces),
        replaced_by: text_or_empty(transaction.replaced_by),
        etag: stamp.etag,
        create_time: stamp.create_time,
        update_time: stamp.update_time,
        actor: stamp.actor,
    })
}

fn attribute(value: &Value) -> proto::AttributeValue {
    let value = match value {
        Value::Text(text) => WireValue::Text(text.to_string()),
        Value::Number(number) => WireValue::Number(decimal(*number)),
        Value::Bool(flag) => WireValue::Flag(*flag),
        Value::Date(day) => WireValue::Date(date(*day)),
    };
    proto::AttributeValue { value: Some(value) }
}

fn flags(flags: TransactionFlags) -> proto::TransactionFlags {
    let TransactionFlags {
        preserve_credits,
        hold,
        do_not_classify,
        do_not_roll_up,
        do_not_calculate,
    } = flags;
    proto::TransactionFlags {
        preserve_credits,
        hold,
        do_not_classify,
        do_not_roll_up,
        do_not_calculate,
    }
}

fn status(status: &TransactionStatus) -> (proto::TransactionStatus, Option<proto::RowError>) {
    match status {
        TransactionStatus::New => (proto::TransactionStatus::New, None),
        TransactionStatus::Classified => (proto::TransactionStatus::Classified, None),
        TransactionStatus::Credited => (proto::TransactionStatus::Credited, None),
        TransactionStatus::Error(error) => {
            (proto::TransactionStatus::Error, Some(row_error(error)))
        }
        TransactionStatus::Obsolete => (proto::TransactionStatus::Obsolete, None),
        TransactionStatus::Cancelled => (proto::TransactionStatus::Cancelled, None),
    }
}

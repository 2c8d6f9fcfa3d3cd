//! Rows of imports, and what became of them.

use attain_app::RejectedRow;
use attain_domain::collecting::{CollectCounts, RawCredit, RawTransaction};
use attain_proto::attain::v1 as proto;

use crate::status::shortened;

/// Most bytes of a sentence about a row: a cell that is quoted may be as long as a message.
const TEXT_BYTES_MAX: usize = 500;

/// The beginning of a text that fits into an answer about a row.
pub(crate) fn short(text: &str) -> String {
    shortened(text, TEXT_BYTES_MAX).to_owned()
}

fn cell(text: String) -> Option<String> {
    (!text.is_empty()).then_some(text)
}

/// A row of transactions.
pub(crate) fn transaction_from_wire(row: proto::TransactionRow) -> RawTransaction {
    RawTransaction {
        number: cell(row.number),
        kind: cell(row.r#type),
        event_date: cell(row.event_date),
        amount: cell(row.amount),
        currency: cell(row.currency),
        quantity: cell(row.quantity),
        updated_at: cell(row.updated_at),
        category: cell(row.category),
        preserve_credits: cell(row.preserve_credits),
        hold: cell(row.hold),
        do_not_classify: cell(row.do_not_classify),
        do_not_roll_up: cell(row.do_not_roll_up),
        do_not_calculate: cell(row.do_not_calculate),
        cancelled: cell(row.cancelled),
        attributes: row.attributes,
    }
}

/// A row of credits.
pub(crate) fn credit_from_wire(row: proto::CreditRow) -> RawCredit {
    RawCredit {
        number: cell(row.number),
        kind: cell(row.r#type),
        event_date: cell(row.event_date),
        participant: cell(row.participant),
        amount: cell(row.amount),
        currency: cell(row.currency),
        quantity: cell(row.quantity),
        category: cell(row.category),
        percent: cell(row.percent),
        revenue: cell(row.revenue),
        rolls_up: cell(row.rolls_up),
        updated_at: cell(row.updated_at),
        transaction_amount: cell(row.transaction_amount),
    }
}

/// The counts of an import.
pub(crate) fn counts(counts: &CollectCounts) -> proto::ImportCounts {
    let CollectCounts {
        read,
        stored,
        unchanged,
        superseded,
        rejected,
    } = *counts;
    proto::ImportCounts {
        read,
        stored,
        unchanged,
        superseded,
        rejected,
    }
}

/// A row that was not stored.
pub(crate) fn rejected(row: &RejectedRow) -> proto::RejectedRow {
    let RejectedRow { position, refusal } = row;
    let details = refusal.details.iter();
    proto::RejectedRow {
        index: *position,
        reason: refusal.reason.code().to_owned(),
        field: refusal.field.as_deref().map(short).unwrap_or_default(),
        text: short(&refusal.text),
        details: details
            .map(|(key, value)| (key.to_string(), short(value)))
            .collect(),
    }
}

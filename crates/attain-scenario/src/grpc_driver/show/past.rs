//! Versions of records and what people did to them, as rows of text.

use attain_client::proto::{
    Activity, ActivityAction, Adjusted, AsOf, Credit, CreditVersion, EarningVersion, LeftBecause,
    LeftLive, Obsolete, PayChange, RecordKind, Transaction, TransactionStatus, TransactionVersion,
};
use attain_client::values::amount_text;
use attain_domain::money::parse_number;
use attain_domain::refusal::Refusal;

use super::{amount, credit, earning, transaction, word};
use crate::show::past::{Stands, changed, made_from};
use crate::show::{row, yes};
use crate::table::Row;

fn because(why: LeftBecause) -> String {
    word(why.as_str_name(), "LEFT_BECAUSE_")
}

fn stands(mark: Option<&Obsolete>, left: Option<&LeftLive>) -> Row {
    let of_mark = mark.map(|mark| (mark.because(), mark.actor.clone()));
    let of_left = left.map(|left| (left.because(), left.actor.clone()));
    let (why, by) = of_mark.or(of_left).unzip();
    Stands {
        place: if left.is_some() { "history" } else { "live" },
        obsolete: mark.is_some(),
        because: why.map(because).unwrap_or_default(),
        why: mark.map(|mark| mark.reason.as_str()).unwrap_or_default(),
        by: by.unwrap_or_default(),
    }
    .row()
}

/// A version of a transaction, with the one that replaced it.
pub(crate) fn transaction_version(
    version: &TransactionVersion,
    newer: Option<&Transaction>,
) -> Row {
    let mut cells = stands(None, version.left.as_ref());
    if let Some(one) = &version.transaction {
        let is_obsolete = one.status() == TransactionStatus::Obsolete;
        cells.insert("obsolete".to_owned(), yes(is_obsolete));
        cells.extend(transaction(one, newer));
    }
    cells
}

/// A version of a credit. `from` is the one that it was made from in its place.
pub(crate) fn credit_version(version: &CreditVersion, from: Option<&Credit>) -> Row {
    let Some(one) = &version.credit else {
        return Row::new();
    };
    let mut cells = stands(one.obsolete.as_ref(), version.left.as_ref());
    cells.extend(credit(one));
    let from = from.and_then(|from| {
        let much = parse_number(&amount_text(from.amount.as_ref()?)).ok()?;
        Some(made_from(&from.participant, much))
    });
    cells.insert("made_from".to_owned(), from.unwrap_or_default());
    cells
}

/// A version of an earning; `number` is number and type of its transaction.
pub(crate) fn earning_version(version: &EarningVersion, number: Option<&(String, String)>) -> Row {
    let Some(one) = &version.earning else {
        return Row::new();
    };
    let mut cells = earning(one, number);
    cells.extend(stands(one.obsolete.as_ref(), version.left.as_ref()));
    cells
}

/// What became of one element of a request, from 1.
pub(crate) fn adjusted(element: usize, outcome: &Result<Adjusted, Refusal>) -> Row {
    let mut cells = match outcome {
        Ok(done) => row([
            ("outcome", changed(done.changed).to_owned()),
            ("obsolete", done.obsolete_credit_ids.len().to_string()),
            ("made", done.made_credit_ids.len().to_string()),
        ]),
        Err(refusal) => row([
            ("outcome", "refused".to_owned()),
            ("reason", refusal.reason.code().to_owned()),
            ("field", refusal.field.clone().unwrap_or_default()),
            ("text", refusal.text.clone()),
        ]),
    };
    cells.insert("element".to_owned(), element.to_string());
    cells
}

/// An entry of the activity log.
pub(crate) fn activity(activity: &Activity) -> Row {
    let (action, record): (ActivityAction, RecordKind) = (activity.action(), activity.record());
    row([
        ("action", word(action.as_str_name(), "ACTIVITY_ACTION_")),
        ("record", word(record.as_str_name(), "RECORD_KIND_")),
        ("subject", activity.subject.clone()),
        ("actor", activity.actor.clone()),
        ("count", activity.count.to_string()),
        ("before", activity.before.clone()),
        ("after", activity.after.clone()),
        ("reason", activity.reason.clone()),
    ])
}

/// What one person would earn instead.
pub(crate) fn pay_change(change: &PayChange) -> Row {
    row([
        ("participant", change.participant.clone()),
        ("before", amount(change.before.as_ref())),
        ("after", amount(change.after.as_ref())),
    ])
}

/// What somebody had earned, by period, and been paid, by batch.
pub(crate) fn as_of(who: &str, known: &AsOf) -> Vec<Row> {
    let earned = known.earned.iter().map(|sum| {
        row([
            ("participant", who.to_owned()),
            ("period", sum.period.clone()),
            ("earned", amount(sum.amount.as_ref())),
        ])
    });
    let paid = known.paid.iter().map(|sum| {
        row([
            ("participant", who.to_owned()),
            ("batch", sum.batch_id.clone()),
            ("paid", amount(sum.amount.as_ref())),
        ])
    });
    earned.chain(paid).collect()
}

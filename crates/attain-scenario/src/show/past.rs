//! Versions of records, live or in history, and what people did to them, as rows of text.

use attain_app::{AsOf, Left, PayChange, Version};
use attain_domain::activity::{Activity, ActivityAction, RecordKind};
use attain_domain::adjusting::Outcome;
use attain_domain::credit::{Credit, LeftBecause, Obsolete};
use attain_domain::earning::Earning;
use attain_domain::ids::ParticipantId;
use attain_domain::ports::Pending;
use attain_domain::refusal::Refusal;
use attain_domain::transaction::{Transaction, TransactionStatus};
use rust_decimal::Decimal;

use super::{counts, credit, earning, row, transaction, yes};
use crate::table::Row;

fn because(why: LeftBecause) -> &'static str {
    match why {
        LeftBecause::Adjusted => "adjusted",
        LeftBecause::Recredited => "recredited",
        LeftBecause::Cancelled => "cancelled",
        LeftBecause::Recalculated => "recalculated",
        LeftBecause::CalculationDeleted => "calculation_deleted",
        LeftBecause::PlanDeleted => "plan_deleted",
    }
}

/// Where a version is, whether it still counts, and why not.
pub(crate) struct Stands<'a> {
    /// `live` or `history`.
    pub(crate) place: &'static str,
    /// Whether it is marked.
    pub(crate) obsolete: bool,
    /// Why it left or will.
    pub(crate) because: String,
    /// The reason that somebody gave.
    pub(crate) why: &'a str,
    /// Who made it leave, or will.
    pub(crate) by: String,
}

impl Stands<'_> {
    /// The columns.
    pub(crate) fn row(self) -> Row {
        row([
            ("place", self.place.to_owned()),
            ("obsolete", yes(self.obsolete)),
            ("because", self.because),
            ("why", self.why.to_owned()),
            ("by", self.by),
        ])
    }
}

fn stands(mark: Option<&Obsolete>, left: Option<&Left>) -> Row {
    let of_mark = mark.map(|mark| (mark.because, mark.actor.to_string()));
    let of_left = left.map(|left| (left.because, left.by.to_string()));
    let (why, by) = of_mark.or(of_left).unzip();
    Stands {
        place: if left.is_some() { "history" } else { "live" },
        obsolete: mark.is_some(),
        because: why.map(because).unwrap_or_default().to_owned(),
        why: mark
            .and_then(|mark| mark.reason.as_deref())
            .unwrap_or_default(),
        by: by.unwrap_or_default(),
    }
    .row()
}

/// A version of a transaction; `newer` is the amount of the one that replaced it.
pub(crate) fn transaction_version(version: &Version<Transaction>, newer: Option<Decimal>) -> Row {
    let mut row = stands(None, version.left.as_ref());
    let is_obsolete = version.row.status == TransactionStatus::Obsolete;
    row.insert("obsolete".to_owned(), yes(is_obsolete));
    row.extend(transaction(&version.row, newer));
    row
}

/// A version of a credit. `from` is the one that it was made from in its place.
pub(crate) fn credit_version(version: &Version<Credit>, from: Option<&Credit>) -> Row {
    let mut row = stands(version.row.obsolete.as_ref(), version.left.as_ref());
    row.extend(credit(&version.row));
    let from = from.map(|from| made_from(from.participant.as_str(), from.amount.amount));
    row.insert("made_from".to_owned(), from.unwrap_or_default());
    row
}

/// The credit that another one was made from: whose, and how much.
pub(crate) fn made_from(participant: &str, amount: Decimal) -> String {
    format!("{participant} {}", amount.normalize())
}

/// A version of an earning; `number` is number and type of its transaction.
pub(crate) fn earning_version(
    version: &Version<Earning>,
    number: Option<&(String, String)>,
) -> Row {
    let mut row = earning(&version.row, number);
    row.extend(stands(version.row.obsolete.as_ref(), version.left.as_ref()));
    row
}

/// How much waits for Revert, and how many reversals for a calculation.
pub(crate) fn pending(waits: &Pending, reversals: u64) -> Vec<Row> {
    counts([
        ("transactions", waits.transactions),
        ("credits", waits.credits),
        ("earnings", waits.earnings),
        ("reversals", reversals),
    ])
}

/// What became of the elements of a request, from 1.
pub(crate) fn adjusted(outcomes: &[Result<Outcome, Refusal>]) -> Vec<Row> {
    let rows = outcomes.iter().zip(1_usize..);
    rows.map(|(outcome, element)| {
        let mut cells = match outcome {
            Ok(done) => row([
                ("outcome", changed(done.changed).to_owned()),
                ("obsolete", done.obsolete.len().to_string()),
                ("made", done.made.len().to_string()),
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
    })
    .collect()
}

/// The word for what was done to an element.
pub(crate) fn changed(is_changed: bool) -> &'static str {
    if is_changed { "changed" } else { "unchanged" }
}

/// An entry of the activity log.
pub(crate) fn activity(activity: &Activity) -> Row {
    let action = match activity.action {
        ActivityAction::Created => "created",
        ActivityAction::Updated => "updated",
        ActivityAction::Deleted => "deleted",
    };
    let record = match activity.record {
        RecordKind::Definition => "definition",
        RecordKind::Transaction => "transaction",
        RecordKind::Credit => "credit",
        RecordKind::Earning => "earning",
        RecordKind::Batch => "batch",
        RecordKind::Paysheet => "paysheet",
        RecordKind::PaymentLine => "payment_line",
        RecordKind::Reward => "reward",
        RecordKind::Clear => "clear",
        RecordKind::ClearUndo => "clear_undo",
        RecordKind::Run => "run",
        RecordKind::Calculation => "calculation",
    };
    row([
        ("action", action.to_owned()),
        ("record", record.to_owned()),
        ("subject", activity.subject.clone()),
        ("actor", activity.actor.to_string()),
        ("count", activity.count.to_string()),
        ("before", activity.before.clone().unwrap_or_default()),
        ("after", activity.after.clone().unwrap_or_default()),
        ("reason", activity.reason.clone().unwrap_or_default()),
    ])
}

/// What one person would earn instead.
pub(crate) fn pay_change(who: &ParticipantId, change: &PayChange) -> Row {
    row([
        ("participant", who.to_string()),
        ("before", change.before.amount.to_string()),
        ("after", change.after.amount.to_string()),
    ])
}

/// What somebody had earned, by period, and been paid, by batch.
pub(crate) fn as_of(who: &ParticipantId, known: &AsOf) -> Vec<Row> {
    let earned = known.earned.iter().map(|(period, sum)| {
        row([
            ("participant", who.to_string()),
            ("period", period.to_string()),
            ("earned", sum.amount.to_string()),
        ])
    });
    let paid = known.paid.iter().map(|(batch, sum)| {
        row([
            ("participant", who.to_string()),
            ("batch", batch.to_string()),
            ("paid", sum.amount.to_string()),
        ])
    });
    earned.chain(paid).collect()
}

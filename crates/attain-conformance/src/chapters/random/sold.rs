//! Draws of definitions, transactions and credits.

use attain_domain::change::{CreditEligibility, DefinitionChange, Departure, Obsoletion};
use attain_domain::credit::{
    Credit, CreditKind, CreditOrigin, CreditStatus, LeftBecause, Obsolete,
};
use attain_domain::definition::Definition;
use attain_domain::expression::Value;
use attain_domain::ids::{CreditId, LineageId, TransactionId};
use attain_domain::refusal::{Reason, RowError};
use attain_domain::stamp::{Stamp, Version};
use attain_domain::testing::{
    credit as plain_credit, live, months, name, participant, plan, settings, team,
    transaction as plain_transaction, uuid,
};
use attain_domain::transaction::{
    Transaction, TransactionFlags, TransactionKey, TransactionProgress, TransactionStatus,
};

use super::draft::Draft;
use crate::samples::replacement;

pub(super) fn definition(draft: &mut Draft<'_>) {
    let body = match draft.dice.below(6) {
        0 => Definition::Settings(settings()),
        1 => Definition::Plan(plan("reps")),
        2 => Definition::Team(team("sales")),
        3 => Definition::Participant(participant(draft.participant().as_str())),
        _ => {
            let count = u32::try_from(draft.dice.between(1, 4)).unwrap();
            Definition::Calendar(months(2026, count))
        }
    };
    let (kind, id) = (body.kind(), body.id());
    if !draft.names((kind, id.clone())) {
        return;
    }
    let highest = draft.now.definition_highest.get(&(kind, id.clone()));
    let highest = highest.copied().unwrap_or_default();
    let version = if highest > 0 && draft.errs() {
        highest
    } else {
        highest + 1
    };
    let stamp = Stamp {
        version: Version(version),
        ..draft.stamp(None)
    };
    let mut records = draft.now.definitions.iter();
    let is_live =
        records.any(|record| (record.body.kind(), record.body.id()) == (kind, id.clone()));
    let delete = draft.dice.one_in(4) && (is_live || draft.errs());
    draft.changes.definitions.push(if delete {
        DefinitionChange::Delete { kind, id, stamp }
    } else {
        let mut record = live(body, version);
        record.stamp = stamp;
        DefinitionChange::Put(Box::new(record))
    });
}

fn is_live(status: &TransactionStatus) -> bool {
    match status {
        TransactionStatus::New
        | TransactionStatus::Classified
        | TransactionStatus::Credited
        | TransactionStatus::Error(_) => true,
        TransactionStatus::Obsolete | TransactionStatus::Cancelled => false,
    }
}

fn error() -> RowError {
    RowError::new(Reason::NoPlan, "has none")
}

fn live_status(draft: &mut Draft<'_>) -> TransactionStatus {
    let all = [
        TransactionStatus::New,
        TransactionStatus::Classified,
        TransactionStatus::Credited,
        TransactionStatus::Error(error()),
    ];
    draft.dice.pick(&all).clone()
}

fn dead_status(draft: &mut Draft<'_>) -> TransactionStatus {
    let all = [TransactionStatus::Obsolete, TransactionStatus::Cancelled];
    draft.dice.pick(&all).clone()
}

fn live_of<'a>(draft: &Draft<'a>, key: &TransactionKey) -> Option<&'a Transaction> {
    let mut rows = draft.now.transactions.iter();
    rows.find(|row| row.key == *key && is_live(&row.status))
}

/// A new version of a key, that ends the one that is live.
pub(super) fn transaction(draft: &mut Draft<'_>) {
    let key = draft.key();
    if !draft.names(&key) {
        return;
    }
    let id = TransactionId(uuid(draft.id()));
    let before = live_of(draft, &key);
    if let Some(before) = before
        && !draft.errs()
    {
        let progress = TransactionProgress {
            status: dead_status(draft),
            replaced_by: Some(id),
            stamp: draft.stamp(Some(&before.stamp)),
            ..TransactionProgress::of(before)
        };
        draft.changes.transactions_progressed.push(progress);
    }
    let attributes = [(name("region"), Value::Text("north".into()))];
    let row = Transaction {
        id,
        key,
        event_date: draft.date(),
        period: draft.period(),
        amount: draft.money(),
        quantity: draft.number(),
        attributes: attributes.into_iter().collect(),
        status: live_status(draft),
        category: draft.category(),
        replaces: before.map(|before| before.id),
        stamp: draft.stamp(None),
        ..plain_transaction(1)
    };
    draft.changes.transactions.push(row);
}

pub(super) fn transaction_progress(draft: &mut Draft<'_>) {
    let now = draft.now;
    if draft.errs() {
        let progress = TransactionProgress {
            id: TransactionId(draft.absent_id()),
            ..TransactionProgress::of(&plain_transaction(1))
        };
        draft.changes.transactions_progressed.push(progress);
        return;
    }
    let Some(row) = draft.some(&now.transactions, |row| row.key.clone()) else {
        return;
    };
    // What is over may come back only where nothing else is live.
    let may_live = is_live(&row.status) || live_of(draft, &row.key).is_none();
    let status = if may_live && !draft.dice.one_in(3) {
        live_status(draft)
    } else {
        dead_status(draft)
    };
    let progress = TransactionProgress {
        // What is obsolete was replaced.
        replaced_by: row.replaced_by.or(replacement(&status)),
        status,
        category: draft.category(),
        flags: TransactionFlags {
            hold: draft.dice.one_in(2),
            do_not_calculate: draft.dice.one_in(2),
            ..row.flags
        },
        stamp: draft.stamp(Some(&row.stamp)),
        ..TransactionProgress::of(row)
    };
    draft.changes.transactions_progressed.push(progress);
}

/// What was replaced leaves; never the newest version of a key.
pub(super) fn transaction_departure(draft: &mut Draft<'_>) {
    let now = draft.now;
    if draft.errs() {
        let id = TransactionId(draft.absent_id());
        let departure = departure(draft, id);
        draft.changes.transactions_departed.push(departure);
        return;
    }
    // By key, like whatever else is done with transactions.
    let Some(row) = draft.some(&now.transactions_obsolete, |row| row.key.clone()) else {
        return;
    };
    let mut rows = now.transactions.iter();
    if rows.any(|other| other.key == row.key && other.id > row.id) {
        let departure = departure(draft, row.id);
        draft.changes.transactions_departed.push(departure);
    }
}

fn origin(draft: &mut Draft<'_>) -> CreditOrigin {
    let through = draft.participant();
    match draft.dice.below(4) {
        0 => CreditOrigin::Given,
        1 => CreditOrigin::Rule {
            set: name("sales"),
            rule: name("by region"),
        },
        2 => CreditOrigin::From {
            source: None,
            through,
        },
        _ => CreditOrigin::From {
            source: Some(CreditId(draft.absent_id())),
            through,
        },
    }
}

fn credit_status(draft: &mut Draft<'_>) -> CreditStatus {
    let all = [
        CreditStatus::Credited,
        CreditStatus::Eligible,
        CreditStatus::Error(error()),
    ];
    draft.dice.pick(&all).clone()
}

pub(super) fn credit(draft: &mut Draft<'_>) {
    let id = draft.id();
    let now = draft.now;
    let transaction = match now.transactions.as_slice() {
        [] => None,
        rows => Some(draft.dice.pick(rows).id).filter(|_| !draft.dice.one_in(4)),
    };
    let kinds = [CreditKind::Direct, CreditKind::Indirect, CreditKind::Team];
    let adjusted_from = match now.credits_by_id.as_slice() {
        [] => None,
        rows => Some(draft.dice.pick(rows).id).filter(|_| draft.dice.one_in(2)),
    };
    let row = Credit {
        id: CreditId(uuid(id)),
        lineage: LineageId(uuid(id)),
        adjusted_from,
        transaction,
        key: draft.key(),
        participant: draft.participant(),
        kind: *draft.dice.pick(&kinds),
        origin: origin(draft),
        amount: draft.money(),
        percent: draft.number(),
        credit_date: draft.date(),
        roll_up_date: draft.date(),
        period: draft.period(),
        category: draft.category(),
        status: credit_status(draft),
        stamp: draft.stamp(None),
        ..plain_credit(1)
    };
    if draft.errs() {
        draft.changes.credits.push(row.clone());
    }
    draft.changes.credits.push(row);
}

pub(super) fn credit_change(draft: &mut Draft<'_>) {
    let now = draft.now;
    let Some(row) = draft.some(&now.credits_by_id, |row| row.id) else {
        return;
    };
    let id = if draft.errs() {
        CreditId(draft.absent_id())
    } else {
        row.id
    };
    let stamp = draft.stamp(Some(&row.stamp));
    match draft.dice.below(3) {
        0 => {
            let departure = departure(draft, id);
            draft.changes.credits_departed.push(departure);
        }
        1 => {
            let mark = obsolete(draft, &stamp);
            draft
                .changes
                .credits_obsoleted
                .push(Obsoletion { id, mark, stamp });
        }
        _ => {
            let status = credit_status(draft);
            let judged = CreditEligibility { id, status, stamp };
            draft.changes.credits_judged.push(judged);
        }
    }
}

pub(super) fn departure<Id>(draft: &mut Draft<'_>, id: Id) -> Departure<Id> {
    let stamp = draft.stamp(None);
    Departure {
        id,
        because: because(draft),
        archive: draft.dice.one_in(2),
        at: stamp.updated_at,
        actor: stamp.actor,
    }
}

pub(super) fn obsolete(draft: &mut Draft<'_>, stamp: &Stamp) -> Obsolete {
    let reasons = [None, Some("the deal was larger"), Some("")];
    Obsolete {
        at: stamp.updated_at,
        actor: stamp.actor.clone(),
        because: because(draft),
        reason: draft.dice.pick(&reasons).map(str::to_owned),
    }
}

fn because(draft: &mut Draft<'_>) -> LeftBecause {
    let all = [
        LeftBecause::Adjusted,
        LeftBecause::Recredited,
        LeftBecause::Cancelled,
        LeftBecause::Recalculated,
    ];
    *draft.dice.pick(&all)
}

//! Draws of earnings, reversals and calculations.

use attain_domain::change::{EarningFacts, Obsoletion};
use attain_domain::earning::{Earning, EarningKey, EarningOutcome, EarningPayment, Instalments};
use attain_domain::ids::{CalculationId, CreditId, EarningId, LineageId};
use attain_domain::refusal::{Reason, RowError};
use attain_domain::run::Calculation;
use attain_domain::testing::{
    calculation as plain_calculation, earning as plain_earning, name, uuid,
};

use super::draft::Draft;
use super::sold::{departure, obsolete};

/// Few enough that they meet.
fn key(draft: &mut Draft<'_>) -> EarningKey {
    let lineage = draft.dice.between(0, 3);
    let components = ["commission", "bonus"];
    EarningKey {
        participant: draft.participant(),
        component: name(draft.dice.text(&components)),
        lineage: (lineage > 0).then(|| LineageId(uuid(lineage))),
        ..plain_earning(1).key
    }
}

fn instalments(draft: &mut Draft<'_>) -> Instalments {
    let count = draft.dice.between(1, 3);
    let taken = draft.dice.between(0, count);
    let paid = draft.dice.between(0, taken);
    let small = |number: u64| u16::try_from(number).unwrap();
    Instalments {
        count: small(count),
        taken: small(taken),
        paid: small(paid),
        next_due: draft.date(),
    }
}

fn new_earning(draft: &mut Draft<'_>, key: EarningKey) -> Earning {
    let error = RowError::new(Reason::MissingGoal, "has no goal");
    let outcome = match draft.dice.below(4) {
        0 => EarningOutcome::Error(error),
        _ => EarningOutcome::Amount(draft.money()),
    };
    let mut row = Earning {
        id: EarningId(uuid(draft.id())),
        key,
        period: draft.period(),
        date: draft.date(),
        outcome,
        instalments: instalments(draft),
        stamp: draft.stamp(None),
        ..plain_earning(1)
    };
    row.trace.unrounded = draft.number();
    row
}

/// A current earning, that takes the place of another one of its key.
pub(super) fn earning(draft: &mut Draft<'_>) {
    let key = key(draft);
    if !draft.names(&key) {
        return;
    }
    let mut rows = draft.now.earnings.iter();
    let before = rows.find(|row| row.key == key && row.is_current());
    if let Some(before) = before {
        if !draft.names(before.id) {
            return;
        }
        if !draft.errs() {
            end(draft, before);
        }
    }
    let row = new_earning(draft, key);
    draft.changes.earnings.push(row);
}

fn end(draft: &mut Draft<'_>, row: &Earning) {
    if draft.dice.one_in(2) {
        let departure = departure(draft, row.id);
        draft.changes.earnings_departed.push(departure);
        return;
    }
    let stamp = draft.stamp(Some(&row.stamp));
    let (id, mark) = (row.id, obsolete(draft, &stamp));
    let obsoletion = Obsoletion { id, mark, stamp };
    draft.changes.earnings_obsoleted.push(obsoletion);
}

/// What Revert does with what is obsolete.
pub(super) fn earning_revert(draft: &mut Draft<'_>) {
    let now = draft.now;
    if let Some(row) = draft.some(&now.earnings_obsolete, |row| row.id) {
        let departure = departure(draft, row.id);
        draft.changes.earnings_departed.push(departure);
    }
}

/// A past earning is earned again, in the place of the current one of its key.
pub(super) fn earning_return(draft: &mut Draft<'_>) {
    let now = draft.now;
    let Some(past) = draft.some(&now.earnings_past, |past| past.earning.id) else {
        return;
    };
    let row = &past.earning;
    if row.reversal_of.is_none() {
        if !draft.names(&row.key) {
            return;
        }
        let mut rows = now.earnings.iter();
        let before = rows.find(|other| other.key == row.key && other.is_current());
        if let Some(before) = before {
            if !draft.names(before.id) {
                return;
            }
            if !draft.errs() {
                let departure = departure(draft, before.id);
                draft.changes.earnings_departed.push(departure);
            }
        }
    }
    let mut trace = row.trace.clone();
    trace.lifted = draft.number();
    let id = if draft.errs() {
        EarningId(draft.absent_id())
    } else {
        row.id
    };
    let facts = EarningFacts {
        id,
        credit: row.credit.filter(|_| draft.dice.one_in(2)),
        transaction: None,
        trace,
        stamp: draft.stamp(Some(&row.stamp)),
        ..EarningFacts::of(row)
    };
    draft.changes.earnings_returned.push(facts);
}

pub(super) fn reversal(draft: &mut Draft<'_>) {
    let now = draft.now;
    let reversed = match now.earnings.as_slice() {
        [] => return,
        rows => draft.dice.pick(rows),
    };
    let mut row = new_earning(draft, reversed.key.clone());
    row.reversal_of = Some(reversed.id);
    row.awaits_calculation = draft.dice.one_in(2);
    if draft.errs() {
        row.id = reversed.id;
    }
    draft.changes.earnings.push(row);
}

pub(super) fn earning_change(draft: &mut Draft<'_>) {
    let now = draft.now;
    let Some(row) = draft.some(&now.earnings, |row| row.id) else {
        return;
    };
    let stamp = draft.stamp(Some(&row.stamp));
    match draft.dice.below(4) {
        // Not if the set has something else for the key. What waits is either posted or withdrawn.
        0 if row.awaits_calculation => {
            let departure = departure(draft, row.id);
            draft.changes.earnings_departed.push(departure);
        }
        0 if !draft.is_named(&row.key) => end(draft, row),
        1 => {
            let mut trace = row.trace.clone();
            trace.withheld = draft.number();
            let id = if draft.errs() {
                EarningId(draft.absent_id())
            } else {
                row.id
            };
            draft.changes.earnings_explained.push(EarningFacts {
                id,
                credit: Some(CreditId(uuid(draft.dice.between(1, 9)))),
                transaction: None,
                trace,
                stamp,
                ..EarningFacts::of(row)
            });
        }
        _ => {
            let read = row.stamp.version;
            let payment = EarningPayment {
                id: row.id,
                version_read: if draft.errs() { read.next() } else { read },
                instalments: instalments(draft),
                stamp,
            };
            draft.changes.earnings_paid.push(payment);
        }
    }
}

pub(super) fn calculation(draft: &mut Draft<'_>) {
    let now = draft.now;
    let old = draft.some(&now.calculations, |row| row.id);
    let (through, period) = (draft.date(), draft.period());
    match old {
        Some(row) if draft.dice.one_in(2) => draft.changes.calculations_deleted.push(row.id),
        Some(row) => {
            let changed = Calculation {
                through,
                released: !row.released,
                stamp: draft.stamp(Some(&row.stamp)),
                ..row.clone()
            };
            draft.changes.calculations.push(changed);
        }
        None => {
            let new = Calculation {
                id: CalculationId(uuid(draft.id())),
                period,
                through,
                plan_versions: [(name("reps"), 7)].into_iter().collect(),
                stamp: draft.stamp(None),
                ..plain_calculation(1)
            };
            draft.changes.calculations.push(new);
        }
    }
}

//! Draws of rewards, clearings and their undoings, and of what a sheet was settled with.

use attain_domain::ids::{BatchId, ClearId, ClearUndoId, PaysheetId, RewardId};
use attain_domain::payment_plan::SheetSettlement;
use attain_domain::reward::{
    Account, Clear, ClearOrigin, ClearUndo, ClearUndone, Cleared, Reward, RewardKind, RewardLine,
    RewardOrigin, RewardPayment, SettlementStep, Withdrawn,
};
use attain_domain::testing::{
    at, clear as plain_clear, clear_undo as plain_undo, name, reward as plain_reward, uuid,
};

use super::draft::Draft;
use crate::chapters::fidelity::settlements::settlement as plain_settlement;

pub(super) fn settlement(draft: &mut Draft<'_>) -> Option<Box<SheetSettlement>> {
    if draft.dice.one_in(2) {
        return None;
    }
    let mut settlement = plain_settlement();
    settlement.balance = draft.money();
    Some(Box::new(settlement))
}

fn a_batch(draft: &mut Draft<'_>) -> BatchId {
    BatchId(uuid(draft.dice.between(1, 50)))
}

/// One that is there, if there is any.
fn a_sheet(draft: &mut Draft<'_>) -> PaysheetId {
    let now = draft.now;
    let sheets: Vec<_> = now.paysheets_by_id.iter().flatten().collect();
    match sheets.as_slice() {
        [] => PaysheetId(draft.absent_id()),
        rows => draft.dice.pick(rows).id,
    }
}

fn payment(draft: &mut Draft<'_>) -> RewardPayment {
    let line = RewardLine {
        batch: a_batch(draft),
        paysheet: a_sheet(draft),
        currency_rate: draft.number(),
        pay_amount: draft.money(),
        held: draft.dice.one_in(2),
    };
    match draft.dice.below(4) {
        0 => RewardPayment::OnPaysheet(line),
        1 => RewardPayment::Paid { line, at: at(9) },
        _ => RewardPayment::Unpaid,
    }
}

fn origin(draft: &mut Draft<'_>) -> RewardOrigin {
    let (batch, step) = (a_batch(draft), SettlementStep::Recovery);
    let plan = name("draw");
    match draft.dice.below(3) {
        0 => RewardOrigin::ByHand,
        1 => RewardOrigin::PaymentPlan { plan, batch, step },
        _ => RewardOrigin::NegativeSheet { batch, step },
    }
}

/// What stays the same for good.
fn new_reward(draft: &mut Draft<'_>) -> Reward {
    let accounts = [Account::General, Account::PaymentPlan(name("draw"))];
    Reward {
        id: RewardId(uuid(draft.id())),
        participant: draft.participant(),
        amount: draft.money(),
        recoverable: draft.dice.one_in(2),
        kind: *draft.dice.pick(RewardKind::ALL),
        account: draft.dice.pick(&accounts).clone(),
        origin: origin(draft),
        date: draft.date(),
        ..plain_reward(1)
    }
}

pub(super) fn reward(draft: &mut Draft<'_>) {
    let now = draft.now;
    let old = draft.some(&now.rewarded.by_id, |row| row.id);
    let old = old.filter(|_| !draft.dice.one_in(2));
    let row = old.map_or_else(|| new_reward(draft), Reward::clone);
    let cleared = draft.dice.one_in(3).then(|| Cleared {
        clear: ClearId(uuid(1)),
        at: at(7),
        by: name("payer"),
    });
    let withdrawn = draft.dice.one_in(4).then(|| Withdrawn {
        at: at(8),
        by: name("payer"),
        reason: "a mistake".to_owned(),
    });
    let row = Reward {
        payment: payment(draft),
        cleared,
        withdrawn,
        stamp: draft.stamp(old.map(|row| &row.stamp)),
        ..row
    };
    draft.changes.rewards.push(row);
}

fn new_clear(draft: &mut Draft<'_>) -> Clear {
    let (plan, batch) = (name("draw"), a_batch(draft));
    let origins = [ClearOrigin::ByHand, ClearOrigin::Waived { plan, batch }];
    let count = draft.dice.between(0, 3);
    Clear {
        id: ClearId(uuid(draft.id())),
        participant: draft.participant(),
        date: draft.date(),
        origin: draft.dice.pick(&origins).clone(),
        forgiven: draft.money(),
        rewards: (1..=count).map(|number| RewardId(uuid(number))).collect(),
        ..plain_clear(1)
    }
}

pub(super) fn clear(draft: &mut Draft<'_>) {
    let now = draft.now;
    let old = draft.some(&now.rewarded.clears, |row| row.id);
    let old = old.filter(|_| !draft.dice.one_in(2));
    let row = old.map_or_else(|| new_clear(draft), Clear::clone);
    let undone = draft.dice.one_in(2).then(|| ClearUndone {
        undo: ClearUndoId(uuid(1)),
        date: row.date,
        at: at(9),
    });
    let row = Clear {
        undone,
        stamp: draft.stamp(old.map(|row| &row.stamp)),
        ..row
    };
    draft.changes.clears.push(row);
}

pub(super) fn clear_undo(draft: &mut Draft<'_>) {
    let now = draft.now;
    let of = match now.rewarded.clears.as_slice() {
        [] => ClearId(draft.absent_id()),
        rows => draft.dice.pick(rows).id,
    };
    let row = ClearUndo {
        id: ClearUndoId(uuid(draft.id())),
        clear: of,
        participant: draft.participant(),
        date: draft.date(),
        restored: draft.money(),
        stamp: draft.stamp(None),
        ..plain_undo(1)
    };
    draft.changes.clear_undos.push(row);
}

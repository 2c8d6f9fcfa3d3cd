//! Rewards, clearings and their undoings.

use super::values::{at, date, name, stamp, usd, uuid};
use crate::ids::{ClearId, ClearUndoId, RewardId};
use crate::reward::{
    Account, Clear, ClearOrigin, ClearUndo, Reward, RewardKind, RewardOrigin, RewardPayment,
};

/// An advance of 100 dollars that Ann owes back, of the middle of January, on no sheet.
#[must_use]
pub fn reward(number: u64) -> Reward {
    Reward {
        id: RewardId(uuid(number)),
        participant: name("ann"),
        amount: usd("100"),
        recoverable: true,
        kind: RewardKind::Advance,
        account: Account::General,
        origin: RewardOrigin::ByHand,
        component: None,
        date: date("2026-01-15"),
        reason: "an advance".to_owned(),
        payment: RewardPayment::Unpaid,
        cleared: None,
        withdrawn: None,
        stamp: stamp(),
    }
}

/// Somebody forgave Ann reward `number` at the end of January.
#[must_use]
pub fn clear(number: u64) -> Clear {
    Clear {
        id: ClearId(uuid(number)),
        participant: name("ann"),
        date: date("2026-01-31"),
        at: at(60),
        by: name("payer"),
        reason: "forgiven".to_owned(),
        origin: ClearOrigin::ByHand,
        forgiven: usd("100"),
        rewards: vec![RewardId(uuid(number))],
        undone: None,
        stamp: stamp(),
    }
}

/// Clearing `number` was a mistake.
#[must_use]
pub fn clear_undo(number: u64) -> ClearUndo {
    ClearUndo {
        id: ClearUndoId(uuid(number)),
        clear: ClearId(uuid(number)),
        participant: name("ann"),
        date: date("2026-02-15"),
        reason: "a mistake".to_owned(),
        restored: usd("100"),
        stamp: stamp(),
    }
}

//! Transactions, credits and earnings.

use std::collections::BTreeMap;

use super::values::{at, date, decimal, name, stamp, usd, uuid};
use crate::change::Departure;
use crate::credit::{Credit, CreditKind, CreditOrigin, CreditStatus, LeftBecause, Obsolete};
use crate::earning::{Earning, EarningKey, EarningOutcome, Instalments, Trace};
use crate::ids::{CalculationId, CreditId, EarningId, LineageId, TransactionId};
use crate::transaction::{Transaction, TransactionFlags, TransactionKey, TransactionStatus};

/// An order of 1000 dollars on 15 January 2026, new.
#[must_use]
pub fn transaction(number: u64) -> Transaction {
    Transaction {
        id: TransactionId(uuid(number)),
        key: key(number),
        event_date: date("2026-01-15"),
        period: name("2026-01"),
        amount: usd("1000"),
        operating_amount: usd("1000"),
        currency_rate: decimal("1"),
        quantity: decimal("1"),
        attributes: BTreeMap::new(),
        source_updated_at: None,
        flags: TransactionFlags::default(),
        status: TransactionStatus::New,
        category: None,
        replaces: None,
        replaced_by: None,
        stamp: stamp(),
    }
}

/// The whole of transaction `number`, for Ann.
#[must_use]
pub fn credit(number: u64) -> Credit {
    Credit {
        id: CreditId(uuid(number)),
        lineage: LineageId(uuid(number)),
        adjusted_from: None,
        transaction: Some(TransactionId(uuid(number))),
        key: key(number),
        participant: name("ann"),
        kind: CreditKind::Direct,
        origin: CreditOrigin::Given,
        amount: usd("1000"),
        quantity: decimal("1"),
        percent: decimal("100"),
        revenue: true,
        rolls_up: true,
        calculates: true,
        credit_date: date("2026-01-15"),
        roll_up_date: date("2026-01-15"),
        period: name("2026-01"),
        category: Some(name("hardware")),
        status: CreditStatus::Credited,
        obsolete: None,
        stamp: stamp(),
    }
}

/// 100 dollars for credit `number`, for Ann, not paid yet.
#[must_use]
pub fn earning(number: u64) -> Earning {
    Earning {
        id: EarningId(uuid(number)),
        key: EarningKey {
            participant: name("ann"),
            plan: name("reps"),
            component: name("commission"),
            interval: name("2026-01"),
            lineage: Some(LineageId(uuid(number))),
        },
        period: name("2026-01"),
        date: date("2026-01-15"),
        credit: Some(CreditId(uuid(number))),
        transaction: Some(TransactionId(uuid(number))),
        outcome: EarningOutcome::Amount(usd("100")),
        instalments: Instalments::at_once(date("2026-01-15")),
        obsolete: None,
        reversal_of: None,
        awaits_calculation: false,
        calculation: CalculationId(uuid(1)),
        trace: Trace {
            plan_version: 1,
            measures: Vec::new(),
            rate: None,
            factors: Vec::new(),
            threshold_reached: None,
            unrounded: decimal("100"),
            withheld: decimal("0"),
            lifted: decimal("0"),
        },
        stamp: stamp(),
    }
}

/// Credit `number` leaves for history, because crediting gives something else.
#[must_use]
pub fn credit_departure(number: u64) -> Departure<CreditId> {
    departure(CreditId(uuid(number)), LeftBecause::Recredited)
}

/// Earning `number` leaves for history, because the calculation gives something else.
#[must_use]
pub fn earning_departure(number: u64) -> Departure<EarningId> {
    departure(EarningId(uuid(number)), LeftBecause::Recalculated)
}

/// The mark of what was replaced at second 60.
#[must_use]
pub fn obsolete() -> Obsolete {
    Obsolete {
        at: at(60),
        actor: name("tester"),
        because: LeftBecause::Recredited,
        reason: None,
    }
}

fn departure<Id>(id: Id, because: LeftBecause) -> Departure<Id> {
    Departure {
        id,
        because,
        archive: true,
        at: at(60),
        actor: name("tester"),
    }
}

fn key(number: u64) -> TransactionKey {
    TransactionKey {
        number: name(&format!("{number:06}")),
        kind: name("ORDER"),
    }
}

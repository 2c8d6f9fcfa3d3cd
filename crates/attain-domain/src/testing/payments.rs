//! Batches, paysheets and lines.

use super::values::{date, decimal, name, stamp, usd, uuid};
use crate::ids::{BatchId, EarningId, LineId, PaysheetId};
use crate::payment::{BatchStatus, LineKind, PaymentBatch, PaymentLine, Paysheet, PaysheetStatus};

/// The pay group `staff` for January 2026, unpaid.
#[must_use]
pub fn batch(number: u64) -> PaymentBatch {
    PaymentBatch {
        id: BatchId(uuid(number)),
        pay_group: name("staff"),
        period: name("2026-01"),
        pay_date: date("2026-01-31"),
        status: BatchStatus::Unpaid,
        stamp: stamp(),
    }
}

/// Ann's sheet in batch `number`, of 100 dollars.
#[must_use]
pub fn paysheet(number: u64) -> Paysheet {
    Paysheet {
        id: PaysheetId(uuid(number)),
        batch: BatchId(uuid(number)),
        participant: name("ann"),
        status: PaysheetStatus::Unpaid,
        total: usd("100"),
        held: usd("0"),
        settlement: None,
        stamp: stamp(),
    }
}

/// Earning `number` on paysheet `number`.
#[must_use]
pub fn line(number: u64) -> PaymentLine {
    PaymentLine {
        id: LineId(uuid(number)),
        paysheet: PaysheetId(uuid(number)),
        batch: BatchId(uuid(number)),
        participant: name("ann"),
        kind: LineKind::Earning,
        earning: EarningId(uuid(number)),
        instalment: 0,
        plan: name("reps"),
        component: name("commission"),
        earning_period: name("2026-01"),
        date: date("2026-01-15"),
        amount: usd("100"),
        currency_rate: decimal("1"),
        pay_amount: usd("100"),
        held: false,
        stamp: stamp(),
    }
}

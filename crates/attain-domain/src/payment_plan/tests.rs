//! Promises of payment plans: the worked examples, each parameter, the lint, and laws that hold for
//! any plan and any sequence of sheets.

mod assigned;
mod draws;
mod laws;
mod lint;
mod office;
mod parameters;
mod refused;

use rust_decimal::Decimal;

use super::*;
use crate::testing::{date, decimal, name};

/// A recoverable minimum per period, topped up, recovered at once and in full above the minimum.
fn draw(amount: &str) -> PaymentPlan {
    PaymentPlan {
        id: name("draw"),
        name: "A draw".to_owned(),
        effective: DateRange::ALWAYS,
        priority: 0,
        assignments: vec![PlanAssignment {
            to: AssignedTo::Participant(name("ann")),
            effective: DateRange::ALWAYS,
        }],
        shared_by: Sharing::Everything,
        minimum: Minimum {
            amount: decimal(amount),
            interval: IntervalKind::Period,
            mode: DrawMode::TopUp,
            proration: DrawProration::ByDay,
        },
        recoverability: Recoverability::Recoverable(terms()),
        pay_cap: None,
    }
}

fn terms() -> RecoveryTerms {
    RecoveryTerms {
        timing: RecoveryTiming::Immediate,
        percent: Decimal::ONE_HUNDRED,
        floor: Floor::Kept,
        balance_cap: None,
        waive_after: None,
    }
}

/// A guarantee: a minimum that nobody owes back.
fn guarantee(amount: &str) -> PaymentPlan {
    PaymentPlan {
        recoverability: Recoverability::NotRecoverable,
        ..draw(amount)
    }
}

/// A draw with other terms of recovery.
fn on(amount: &str, terms: RecoveryTerms) -> PaymentPlan {
    PaymentPlan {
        recoverability: Recoverability::Recoverable(terms),
        ..draw(amount)
    }
}

/// From a date to before another.
fn days(from: &str, to: &str) -> DateRange {
    DateRange::between(date(from), date(to))
}

//! The payment plans of the company: two of them, in a few ways.

use attain_domain::definition::calendar::IntervalKind;
use attain_domain::payment_plan::{
    AssignedTo, BalanceCap, DrawMode, DrawProration, Floor, Minimum, PayCap, PaymentPlan,
    PlanAssignment, Recoverability, RecoveryTerms, RecoveryTiming, Withheld,
};
use attain_domain::testing::{date, name, payment_plan};
use attain_domain::time::DateRange;
use rust_decimal::Decimal;

use crate::documents::person_id;
use crate::terms::Terms;

/// The payment plans, if there are any. Always the same two: what they say changes.
pub(crate) fn payment_plans(terms: &Terms) -> Vec<PaymentPlan> {
    if !terms.has_draws() {
        return Vec::new();
    }
    let (draw, guarantee) = match terms.draws {
        2 => (
            recoverable(minimum(100), vec![person(3), person(4)]),
            guaranteed(minimum(40), vec![in_plan("managers")]),
        ),
        3 => waived(),
        4 => forgiven(),
        _ => capped(),
    };
    let of = |id: &str, priority: u16, plan: PaymentPlan| PaymentPlan {
        id: name(id),
        priority,
        ..plan
    };
    vec![of("draw", 0, draw), of("guarantee", 1, guarantee)]
}

/// What was drawn up to February is not recovered after it.
fn waived() -> (PaymentPlan, PaymentPlan) {
    let recovery = RecoveryTerms {
        timing: RecoveryTiming::IntervalEnd(IntervalKind::Quarter),
        waive_after: Some(date("2026-02-28")),
        ..recovery()
    };
    let draw = PaymentPlan {
        recoverability: Recoverability::Recoverable(recovery),
        ..recoverable(minimum(100), vec![person(1), person(3)])
    };
    let on_top = Minimum {
        mode: DrawMode::OnTop,
        ..minimum(30)
    };
    let guarantee = PaymentPlan {
        pay_cap: Some(pay_cap(200, Withheld::CarriedForward)),
        ..guaranteed(on_top, vec![person(4)])
    };
    (draw, guarantee)
}

/// What was drawn is forgiven when the plan ends.
fn forgiven() -> (PaymentPlan, PaymentPlan) {
    let draw = PaymentPlan {
        effective: DateRange {
            from: None,
            to: Some(date("2026-03-01")),
        },
        recoverability: Recoverability::ForgivenAtEnd(recovery()),
        ..recoverable(minimum(80), vec![in_plan("reps")])
    };
    let of_quarter = Minimum {
        interval: IntervalKind::Quarter,
        ..minimum(300)
    };
    let guarantee = PaymentPlan {
        pay_cap: Some(pay_cap(500, Withheld::Lost)),
        ..guaranteed(of_quarter, vec![in_plan("managers")])
    };
    (draw, guarantee)
}

/// Not more than so much is owed, half of what is above the minimum recovers, and something is paid
/// on top of what is earned.
fn capped() -> (PaymentPlan, PaymentPlan) {
    let recovery = RecoveryTerms {
        percent: Decimal::from(50),
        floor: Floor::NotKept,
        balance_cap: Some(BalanceCap {
            amount: Decimal::from(150),
            withheld: Withheld::CarriedForward,
        }),
        ..recovery()
    };
    let draw = PaymentPlan {
        recoverability: Recoverability::Recoverable(recovery),
        ..recoverable(minimum(100), vec![in_plan("extra")])
    };
    let on_top = Minimum {
        mode: DrawMode::OnTop,
        ..minimum(50)
    };
    (draw, recoverable(on_top, vec![person(3)]))
}

fn minimum(dollars: u32) -> Minimum {
    Minimum {
        amount: dollars.into(),
        interval: IntervalKind::Period,
        mode: DrawMode::TopUp,
        proration: DrawProration::default(),
    }
}

fn recovery() -> RecoveryTerms {
    RecoveryTerms {
        timing: RecoveryTiming::Immediate,
        percent: Decimal::ONE_HUNDRED,
        floor: Floor::Kept,
        balance_cap: None,
        waive_after: None,
    }
}

fn pay_cap(dollars: u32, withheld: Withheld) -> PayCap {
    PayCap {
        amount: dollars.into(),
        withheld,
    }
}

fn recoverable(minimum: Minimum, assignments: Vec<PlanAssignment>) -> PaymentPlan {
    PaymentPlan {
        minimum,
        assignments,
        ..payment_plan("draw")
    }
}

fn guaranteed(minimum: Minimum, assignments: Vec<PlanAssignment>) -> PaymentPlan {
    PaymentPlan {
        recoverability: Recoverability::NotRecoverable,
        ..recoverable(minimum, assignments)
    }
}

fn person(who: u8) -> PlanAssignment {
    assigned(AssignedTo::Participant(name(&person_id(who))))
}

fn in_plan(plan: &str) -> PlanAssignment {
    assigned(AssignedTo::Plan(name(plan)))
}

fn assigned(to: AssignedTo) -> PlanAssignment {
    PlanAssignment {
        to,
        effective: DateRange::ALWAYS,
    }
}

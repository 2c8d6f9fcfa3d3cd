//! Payment plans with every parameter in use.

use attain_domain::definition::calendar::IntervalKind;
use attain_domain::ids::*;
use attain_domain::payment_plan::{
    AssignedTo, BalanceCap, DrawMode, DrawProration, Floor, Minimum, PayCap, PaymentPlan,
    PlanAssignment, Recoverability, RecoveryTerms, RecoveryTiming, Sharing, Withheld,
};
use attain_domain::time::DateRange;
use rust_decimal::Decimal;

use super::{date, dates, decimal, from};

/// A plain one, a full one, and one for each other choice.
pub(super) fn payment_plans() -> Vec<PaymentPlan> {
    let full = full();
    let mut guarantee = plain("guarantee");
    guarantee.recoverability = Recoverability::NotRecoverable;
    guarantee.assignments = vec![to(
        AssignedTo::Participant(id!(ParticipantId, "1001")),
        DateRange::ALWAYS,
    )];
    let mut late = plain("late");
    late.effective = dates("2026-01-01", "2026-07-01");
    late.shared_by = Sharing::Categories(vec![id!(CategoryId, "Gaming: laptop")]);
    late.recoverability = Recoverability::ForgivenAtEnd(RecoveryTerms {
        timing: RecoveryTiming::From(date("2026-04-01")),
        ..terms()
    });
    let nobody = PaymentPlan {
        shared_by: Sharing::Components(Vec::new()),
        ..plain("nobody")
    };
    vec![plain("plain"), full, guarantee, late, nobody]
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

fn to(to: AssignedTo, effective: DateRange) -> PlanAssignment {
    PlanAssignment { to, effective }
}

fn plain(id: &str) -> PaymentPlan {
    PaymentPlan {
        id: id!(PaymentPlanId, id),
        name: id.to_owned(),
        effective: DateRange::ALWAYS,
        priority: 0,
        assignments: Vec::new(),
        shared_by: Sharing::Everything,
        minimum: Minimum {
            amount: decimal("1000"),
            interval: IntervalKind::Period,
            mode: DrawMode::TopUp,
            proration: DrawProration::ByDay,
        },
        recoverability: Recoverability::Recoverable(terms()),
        pay_cap: None,
    }
}

fn full() -> PaymentPlan {
    let component = |plan, component| (id!(PlanId, plan), id!(ComponentId, component));
    let role = AssignedTo::Attribute(id!(AttributeName, "looks like a number"), "7".to_owned());
    PaymentPlan {
        id: id!(PaymentPlanId, "full: 1"),
        name: "Draw: new people".to_owned(),
        effective: dates("2026-01-01", "2027-01-01"),
        priority: 7,
        assignments: vec![
            to(
                AssignedTo::Participant(id!(ParticipantId, "ana")),
                DateRange::ALWAYS,
            ),
            to(
                AssignedTo::Participant(id!(ParticipantId, "ben")),
                from("2026-02-01"),
            ),
            to(
                AssignedTo::Plan(id!(PlanId, "ae/1")),
                dates("2026-01-01", "2026-04-01"),
            ),
            to(role, DateRange::ALWAYS),
        ],
        shared_by: Sharing::Components(vec![
            component("ae/1", "commission"),
            component("ae/1", "2026"),
        ]),
        minimum: Minimum {
            amount: decimal("1500.50"),
            interval: IntervalKind::Quarter,
            mode: DrawMode::OnTop,
            proration: DrawProration::Whole,
        },
        recoverability: Recoverability::Recoverable(RecoveryTerms {
            timing: RecoveryTiming::IntervalEnd(IntervalKind::Year),
            percent: decimal("33.333"),
            floor: Floor::NotKept,
            balance_cap: Some(BalanceCap {
                amount: decimal("0"),
                withheld: Withheld::CarriedForward,
            }),
            waive_after: Some(date("2026-12-31")),
        }),
        pay_cap: Some(PayCap {
            amount: decimal("9000"),
            withheld: Withheld::CarriedForward,
        }),
    }
}

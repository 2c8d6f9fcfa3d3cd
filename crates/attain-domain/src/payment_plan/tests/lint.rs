//! What the lint finds, with its counter-example, and what it passes.

use super::super::lint::{DrawFinding, lint_payment_plans};
use super::office::Office;
use super::*;
use crate::testing::usd;

fn found(plans: &[&PaymentPlan]) -> Option<DrawFinding> {
    lint_payment_plans(plans, &Office::new([]).set)
}

fn floorless() -> RecoveryTerms {
    RecoveryTerms {
        floor: Floor::NotKept,
        ..terms()
    }
}

#[test]
fn e10_a_draw_without_a_floor_is_found_with_numbers_that_show_it() {
    let plan = on("1000", floorless());
    let finding = found(&[&plan]).expect("earning more pays less");
    assert_eq!(finding.owed, usd("1000"));
    assert_eq!(finding.less.earned, usd("1000"));
    assert_eq!(finding.less.paid, usd("1000"));
    assert_eq!(finding.more.earned, usd("1000.01"));
    assert_eq!(finding.more.paid, usd("0.01"));
    let text = "with 1000.00 USD owed, earning 1000.00 USD pays 1000.00 USD \
        and earning 1000.01 USD pays 0.01 USD";
    assert_eq!(finding.to_string(), text);
    let mut office = Office::new([plan]);
    office.check_months(&[("0", "1000", "1000"), ("1000.01", "0.01", "0")]);
}

#[test]
fn it_is_found_however_late_recovery_begins() {
    let late = RecoveryTerms {
        timing: RecoveryTiming::From(date("2026-09-17")),
        percent: decimal("10"),
        waive_after: Some(date("2026-11-05")),
        ..floorless()
    };
    let plan = PaymentPlan {
        effective: days("2026-01-01", "2027-01-01"),
        ..on("1000", late)
    };
    assert!(found(&[&plan]).is_some());
    let quarterly = RecoveryTerms {
        timing: RecoveryTiming::IntervalEnd(IntervalKind::Quarter),
        ..floorless()
    };
    assert!(found(&[&on("1000", quarterly)]).is_some());
}

#[test]
fn what_never_pays_less_is_passed() {
    for plan in [
        draw("1000"),
        guarantee("1000"),
        draw("0"),
        on("0", floorless()),
        PaymentPlan {
            pay_cap: Some(PayCap {
                amount: decimal("1500"),
                withheld: Withheld::Lost,
            }),
            ..draw("1000")
        },
    ] {
        assert_eq!(found(&[&plan]), None, "{plan:?}");
    }
    let mut on_top = on("1000", floorless());
    on_top.minimum.mode = DrawMode::OnTop;
    assert_eq!(found(&[&on_top]), None);
    let never = RecoveryTerms {
        timing: RecoveryTiming::From(date("2026-02-01")),
        waive_after: Some(date("2026-01-31")),
        ..floorless()
    };
    assert_eq!(found(&[&on("1000", never)]), None);
}

#[test]
fn a_sheet_that_is_paid_in_arrears_can_fall_into_the_recovery() {
    let late = RecoveryTerms {
        timing: RecoveryTiming::From(date("2026-02-01")),
        ..floorless()
    };
    let plan = PaymentPlan {
        effective: days("2026-01-01", "2026-02-01"),
        ..on("1000", late)
    };
    let finding = found(&[&plan]).expect("January may be paid in February");
    assert_eq!(finding.pay_date, date("2026-02-01"));
}

#[test]
fn plans_are_looked_at_together_too() {
    let first = draw("1000");
    let second = PaymentPlan {
        id: name("second"),
        priority: 1,
        ..on("0", floorless())
    };
    assert_eq!(found(&[&first, &second]), None);
    let third = PaymentPlan {
        id: name("third"),
        priority: 2,
        shared_by: Sharing::Components(vec![(name("reps"), name("hardware"))]),
        ..on("10", floorless())
    };
    let finding = found(&[&first, &second, &third]).expect("the third has no floor");
    assert_eq!(finding.plans.len(), 3);
}

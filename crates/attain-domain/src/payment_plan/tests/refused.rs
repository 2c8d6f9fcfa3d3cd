//! What is refused: plans that do not hold together, and sheets that cannot be settled.

use std::collections::BTreeMap;

use super::office::{Office, line};
use super::*;
use crate::definition::DefinitionSet;
use crate::money::{Currency, MAGNITUDE_MAX, Money};
use crate::refusal::Reason;

fn check(plan: &PaymentPlan, expected: &[(Reason, &str)]) {
    let office = Office::new([]);
    let wrong = check_payment_plan(plan, &office.set);
    let found: Vec<(Reason, &str)> = wrong
        .iter()
        .map(|refusal| (refusal.reason, refusal.field.as_deref().unwrap_or_default()))
        .collect();
    assert_eq!(found, expected, "{wrong:?}");
}

#[test]
fn a_plan_that_holds_together_is_not_refused() {
    check(&draw("1000"), &[]);
    check(&guarantee("0"), &[]);
}

#[test]
fn amounts_percents_and_dates_have_limits() {
    use Reason::OutOfRange;
    check(&draw("-1"), &[(OutOfRange, "minimum.amount")]);
    let too_large = Decimal::from(MAGNITUDE_MAX).to_string();
    check(&draw(&too_large), &[(OutOfRange, "minimum.amount")]);
    for percent in ["0", "-5", "100.01", "0.000000001"] {
        let terms = RecoveryTerms {
            percent: decimal(percent),
            ..terms()
        };
        check(&on("10", terms), &[(OutOfRange, "recovery.percent")]);
    }
    let cap = RecoveryTerms {
        balance_cap: Some(BalanceCap {
            amount: decimal("-1"),
            withheld: Withheld::Lost,
        }),
        ..terms()
    };
    let field = "recovery.balance_cap.amount";
    check(&on("10", cap), &[(OutOfRange, field)]);
    let mut plan = draw("10");
    plan.effective = days("2026-02-01", "2026-02-01");
    check(&plan, &[(OutOfRange, "to")]);
    let waived = RecoveryTerms {
        waive_after: Some(date("2026-01-31")),
        ..terms()
    };
    let mut plan = on("10", waived);
    plan.effective.from = Some(date("2026-02-01"));
    check(&plan, &[(OutOfRange, "recovery.waive_after")]);
}

#[test]
fn parameters_that_contradict_each_other_are_refused() {
    use Reason::OutOfRange;
    let endless = PaymentPlan {
        recoverability: Recoverability::ForgivenAtEnd(terms()),
        ..draw("10")
    };
    check(&endless, &[(OutOfRange, "to")]);
    let mut on_top = draw("0");
    on_top.minimum.mode = DrawMode::OnTop;
    check(&on_top, &[(OutOfRange, "minimum.amount")]);
    let below = PaymentPlan {
        pay_cap: Some(PayCap {
            amount: decimal("9"),
            withheld: Withheld::Lost,
        }),
        ..draw("10")
    };
    check(&below, &[(OutOfRange, "pay_cap.amount")]);
}

#[test]
fn names_have_to_exist() {
    let shared = |shared_by| PaymentPlan {
        shared_by,
        ..draw("10")
    };
    let empty = [(Reason::OutOfRange, "shared_by")];
    check(&shared(Sharing::Categories(Vec::new())), &empty);
    check(&shared(Sharing::Components(Vec::new())), &empty);
    let unknown = [(Reason::UnknownCategory, "shared_by.categories[0]")];
    check(&shared(Sharing::Categories(vec![name("x")])), &unknown);
    let unknown = [(Reason::UnknownReference, "shared_by.components[0]")];
    let components = vec![(name("reps"), name("commission"))];
    check(&shared(Sharing::Components(components)), &unknown);
    let mut plan = draw("10");
    plan.assignments[0].to = AssignedTo::Plan(name("nobody"));
    check(&plan, &[(Reason::UnknownReference, "assignments[0]")]);
    plan.assignments[0].to = AssignedTo::Participant(name("nobody"));
    check(&plan, &[(Reason::UnknownReference, "assignments[0]")]);
}

#[test]
fn a_sheet_that_cannot_be_settled_is_refused() {
    let office = Office::new([]);
    let reason = |set: &DefinitionSet, period: &str, lines: &[SheetLine]| {
        let facts = SheetFacts {
            period: &name(period),
            pay_date: date("2026-01-31"),
            lines,
            rewards: &[],
            balances: &BTreeMap::new(),
            states: &BTreeMap::new(),
        };
        let plan = draw("1000");
        let applied = [AppliedPlan::new(&plan, &[DateRange::ALWAYS])];
        settle(set, &applied, &facts).map_err(|refusal| refusal.reason)
    };
    let refused = |set: &DefinitionSet, period: &str, lines: &[SheetLine]| {
        reason(set, period, lines).expect_err("refused")
    };
    let set = &office.set;
    assert_eq!(refused(set, "1999-01", &[]), Reason::UnknownReference);
    let nothing = DefinitionSet::default();
    assert_eq!(refused(&nothing, "2026-01", &[]), Reason::Internal);
    let euros = Currency::parse("EUR").expect("EUR is a currency");
    let foreign = SheetLine {
        amount: Money::new(Decimal::ONE, euros),
        ..line("commission", "0")
    };
    assert_eq!(refused(set, "2026-01", &[foreign]), Reason::StoreCorrupt);
    let most = Decimal::MAX.to_string();
    let huge = [line("a", &most), line("b", &most)];
    assert_eq!(refused(set, "2026-01", &huge), Reason::Overflow);
    let debt = [line("a", &format!("-{MAGNITUDE_MAX}"))];
    assert_eq!(refused(set, "2026-01", &debt), Reason::Overflow);
    assert!(reason(set, "2026-01", &[]).is_ok());
}

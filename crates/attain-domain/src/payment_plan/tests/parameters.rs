//! What each parameter does, alone and where it meets another.

use super::office::{Office, line};
use super::*;
use crate::expression::Value;
use crate::money::Money;
use crate::reward::{Account, SettlementStep};
use crate::testing::usd;

fn capped(amount: &str, withheld: Withheld) -> PaymentPlan {
    on(
        "1000",
        RecoveryTerms {
            balance_cap: Some(BalanceCap {
                amount: decimal(amount),
                withheld,
            }),
            ..terms()
        },
    )
}

#[test]
fn a_balance_cap_cuts_the_draw_and_what_it_withheld_is_lost_or_due_again() {
    let mut lost = Office::new([capped("1500", Withheld::Lost)]);
    lost.check_months(&[("0", "1000", "1000"), ("0", "500", "1500")]);
    let settled = lost.month("200");
    assert_eq!((settled.pays, settled.balance), (usd("200"), usd("1500")));
    assert_eq!(settled.plans[0].withheld, usd("800"));
    lost.check_months(&[("2000", "1000", "500")]);

    let mut carried = Office::new([capped("1500", Withheld::CarriedForward)]);
    carried.check_months(&[
        ("0", "1000", "1000"),
        ("0", "500", "1500"),
        // 1,000 and the 500 that were withheld are due; 500 above that is recovered.
        ("2000", "1500", "1000"),
        ("1200", "1000", "800"),
    ]);
}

#[test]
fn recovery_at_the_end_of_the_interval_waits_for_its_last_period() {
    let plan = on(
        "1000",
        RecoveryTerms {
            timing: RecoveryTiming::IntervalEnd(IntervalKind::Quarter),
            ..terms()
        },
    );
    Office::new([plan]).check_months(&[
        ("400", "1000", "600"),
        ("3000", "3000", "600"),
        ("1500", "1000", "100"),
        ("5000", "5000", "100"),
    ]);
}

#[test]
fn a_percent_of_what_is_above_the_floor_is_recovered_and_rounded_once() {
    let half = RecoveryTerms {
        percent: decimal("50"),
        ..terms()
    };
    Office::new([on("1000", half)]).check_months(&[
        ("0", "1000", "1000"),
        ("1500.25", "1250.13", "749.88"),
        ("9000", "8250.12", "0"),
    ]);
}

#[test]
fn after_the_waive_date_the_rest_is_forgiven() {
    let plan = PaymentPlan {
        effective: days("2026-01-01", "2026-02-01"),
        ..on(
            "1000",
            RecoveryTerms {
                waive_after: Some(date("2026-02-28")),
                ..terms()
            },
        )
    };
    let mut office = Office::new([plan]);
    office.check_months(&[("0", "1000", "1000"), ("300", "0", "700")]);
    let settled = office.month("900");
    assert_eq!((settled.pays, settled.balance), (usd("900"), usd("0")));
    assert_eq!(settled.waived, [(name("draw"), usd("700"))]);
    assert_eq!(office.clears[0].forgiven, usd("700"));
}

#[test]
fn what_is_left_is_forgiven_when_the_plan_ends() {
    let plan = PaymentPlan {
        effective: days("2026-01-01", "2026-03-01"),
        recoverability: Recoverability::ForgivenAtEnd(terms()),
        ..draw("1000")
    };
    let mut office = Office::new([plan]);
    office.check_months(&[
        ("0", "1000", "1000"),
        ("1400", "1000", "600"),
        ("800", "800", "0"),
    ]);
    assert_eq!(office.clears.len(), 1);
}

#[test]
fn a_quarterly_minimum_is_settled_on_the_last_sheet_of_the_quarter() {
    let mut plan = draw("3000");
    plan.minimum.interval = IntervalKind::Quarter;
    Office::new([plan]).check_months(&[
        ("500", "500", "0"),
        // Below zero is lifted at once.
        ("-200", "0", "200"),
        ("1000", "2500", "1700"),
        ("2000", "300", "0"),
    ]);
}

#[test]
fn a_second_sheet_of_a_month_neither_draws_again_nor_keeps_what_the_month_did_not_need() {
    for (plan, owed) in [(draw("1000"), "300"), (guarantee("1000"), "0")] {
        let mut office = Office::new([plan]);
        assert_eq!(office.sheet(&[line("commission", "500")]).pays, usd("1000"));
        assert_eq!(office.sheet(&[]).pays, usd("0"));
        let settled = office.sheet(&[line("commission", "200")]);
        assert_eq!((settled.pays, settled.balance), (usd("0"), usd(owed)));
        assert_eq!(settled.rewards[0].step, SettlementStep::DrawTakenBack);
        let settled = office.sheet(&[line("commission", "900")]);
        assert_eq!((settled.pays, settled.balance), (usd("600"), usd("0")));
    }
}

#[test]
fn a_draw_on_top_is_paid_once_a_month_and_never_recovered_from_itself() {
    let mut plan = capped("1500", Withheld::CarriedForward);
    plan.minimum.mode = DrawMode::OnTop;
    let mut office = Office::new([plan]);
    assert_eq!(office.sheet(&[line("commission", "0")]).pays, usd("1000"));
    assert_eq!(office.sheet(&[]).pays, usd("0"));
    office.next_month();
    office.check_months(&[
        ("0", "500", "1500"),
        // Nothing more may be owed; what was earned pays 700 back.
        ("700", "0", "800"),
        ("0", "700", "1500"),
    ]);
}

#[test]
fn a_pay_cap_withholds_what_is_above_it_for_good_or_until_later() {
    let cap = |withheld| PaymentPlan {
        pay_cap: Some(PayCap {
            amount: decimal("2000"),
            withheld,
        }),
        ..draw("1000")
    };
    let mut office = Office::new([cap(Withheld::Lost)]);
    office.check_months(&[("2600", "2000", "0"), ("1200", "1200", "0")]);
    let mut office = Office::new([cap(Withheld::CarriedForward)]);
    office.check_months(&[
        ("2600", "2000", "0"),
        ("1200", "1800", "0"),
        ("0", "1000", "1000"),
        ("3500", "2000", "0"),
        ("0", "1000", "500"),
    ]);
    let steps = office.rewards.iter().filter(|reward| !reward.recoverable);
    let amounts: Vec<Money> = steps.map(|reward| reward.amount).collect();
    assert_eq!(amounts, ["-600", "600", "-500", "500"].map(usd));
}

#[test]
fn the_pay_cap_ends_with_the_plan_and_pays_what_it_kept() {
    let plan = PaymentPlan {
        effective: days("2026-01-01", "2026-02-01"),
        pay_cap: Some(PayCap {
            amount: decimal("100"),
            withheld: Withheld::CarriedForward,
        }),
        ..draw("0")
    };
    Office::new([plan]).check_months(&[("450", "100", "0"), ("10", "360", "0"), ("5", "5", "0")]);
}

#[test]
fn only_the_components_that_share_the_draw_count() {
    let by_component = PaymentPlan {
        shared_by: Sharing::Components(vec![(name("reps"), name("hardware"))]),
        ..draw("1000")
    };
    let by_category = PaymentPlan {
        shared_by: Sharing::Categories(vec![name("computers")]),
        ..draw("1000")
    };
    let hardware = |amount| SheetLine {
        categories: vec![name("laptops")],
        ..line("hardware", amount)
    };
    let services = |amount| SheetLine {
        categories: vec![name("advice")],
        ..line("services", amount)
    };
    for plan in [by_component, by_category] {
        let mut office = Office::new([plan]);
        let tree = &mut office.set.categories.parents;
        tree.insert(name("computers"), None);
        tree.insert(name("laptops"), Some(name("computers")));
        tree.insert(name("advice"), None);
        let settled = office.sheet(&[services("5000"), hardware("400")]);
        assert_eq!((settled.pays, settled.balance), (usd("6000"), usd("600")));
        assert_eq!(
            settled.rewards[0].component,
            Some((name("reps"), name("hardware")))
        );
        office.next_month();
        let settled = office.sheet(&[services("5000"), hardware("1100")]);
        assert_eq!((settled.pays, settled.balance), (usd("6000"), usd("500")));
    }
}

#[test]
fn plans_that_share_the_same_advance_once_and_a_narrow_cap_cuts_no_wide_advance() {
    let narrow = |id: &str, priority, amount: &str| PaymentPlan {
        id: name(id),
        priority,
        shared_by: Sharing::Components(vec![(name("reps"), name("hardware"))]),
        ..guarantee(amount)
    };
    let mut twice = Office::new([narrow("first", 0, "1000"), narrow("second", 1, "1500")]);
    let lines = [line("hardware", "200"), line("services", "50")];
    assert_eq!(twice.sheet(&lines).pays, usd("1550"));

    let capped = PaymentPlan {
        pay_cap: Some(PayCap {
            amount: decimal("600"),
            withheld: Withheld::Lost,
        }),
        ..narrow("capped", 0, "0")
    };
    let mut wide = Office::new([capped, guarantee("0")]);
    let lines = [line("hardware", "100"), line("services", "-900")];
    assert_eq!(wide.sheet(&lines).pays, usd("0"));
}

#[test]
fn a_recovery_leaves_the_minimum_of_another_plan() {
    let old = PaymentPlan {
        id: name("old"),
        effective: days("2026-01-01", "2026-02-01"),
        ..draw("400")
    };
    let new = PaymentPlan {
        id: name("new"),
        priority: 1,
        effective: days("2026-02-01", "2027-01-01"),
        ..guarantee("1000")
    };
    Office::new([new, old]).check_months(&[
        ("0", "400", "400"),
        ("700", "1000", "400"),
        ("1100", "1000", "300"),
        ("2000", "1700", "0"),
    ]);
}

#[test]
fn nothing_is_recovered_out_of_what_the_sheet_advances() {
    let old = PaymentPlan {
        id: name("old"),
        effective: days("2026-01-01", "2026-02-01"),
        ..draw("400")
    };
    let floorless = RecoveryTerms {
        floor: Floor::NotKept,
        ..terms()
    };
    let new = PaymentPlan {
        priority: 1,
        effective: days("2026-02-01", "2027-01-01"),
        ..on("1000", floorless)
    };
    Office::new([new, old]).check_months(&[
        ("0", "400", "400"),
        // 1 is advanced, so that nothing is recovered, not even for the other plan.
        ("999", "1000", "401"),
        // 400 come back; what is left is not above the minimum.
        ("1200", "800", "1"),
    ]);
}

#[test]
fn an_advance_by_hand_goes_out_and_comes_back_by_the_terms_of_the_first_plan() {
    let mut office = Office::new([draw("1000")]);
    office.assign("500", true).expect("a good reward");
    // 500 by hand beside the minimum: neither counts for the other.
    office.check_months(&[("800", "1500", "700"), ("1400", "1000", "300")]);
    let accounts: Vec<_> = office
        .rewards
        .iter()
        .map(|r| (&r.account, r.amount))
        .collect();
    let plan = Account::PaymentPlan(name("draw"));
    let expected = [
        (&Account::General, usd("500")),
        (&plan, usd("200")),
        (&plan, usd("-200")),
        (&Account::General, usd("-200")),
    ];
    assert_eq!(accounts, expected);
}

#[test]
fn a_repayment_by_hand_never_takes_the_minimum_and_is_not_recovered_twice() {
    let mut office = Office::new([draw("1000")]);
    office.check_months(&[("0", "1000", "1000")]);
    office.assign("-600", true).expect("a good reward");
    // 1,200 − 600 is 400 short of the minimum: 400 are advanced again.
    office.check_months(&[("1200", "1000", "800")]);
    office.assign("-600", true).expect("a good reward");
    // 600 by hand; then no more than the 200 that are still owed in all.
    office.check_months(&[("5000", "4200", "0"), ("5000", "5000", "0")]);
}

#[test]
fn a_bonus_is_paid_beside_the_minimum() {
    let mut office = Office::new([draw("1000")]);
    office.assign("2000", false).expect("a good reward");
    office.check_months(&[("300", "3000", "700")]);
}

#[test]
fn roles_and_plans_give_payment_plans_in_order_of_priority() {
    let assigned = |id: &str, priority: u16, to: AssignedTo| PaymentPlan {
        id: name(id),
        priority,
        assignments: vec![PlanAssignment {
            to,
            effective: days("2026-03-01", "2026-04-01"),
        }],
        ..draw("10")
    };
    let role = |text: &str| AssignedTo::Attribute(name("role"), text.to_owned());
    let plans = [
        assigned("other", 0, AssignedTo::Participant(name("ben"))),
        assigned("b-plan", 1, AssignedTo::Plan(name("reps"))),
        assigned("a-role", 1, role("hunter")),
        assigned("no-role", 0, role("farmer")),
        assigned("person", 0, AssignedTo::Participant(name("ann"))),
    ];
    let mut person = crate::testing::participant("ann");
    let hunter = Value::Text("hunter".into());
    person.attributes.insert(name("role"), hunter);
    let owing = [name("no-role")].into_iter().collect();
    let ids = |owing| -> Vec<String> {
        let applied = applied_plans(&plans, &person, &owing);
        applied.iter().map(|one| one.plan.id.to_string()).collect()
    };
    assert_eq!(ids(Default::default()), ["person", "a-role", "b-plan"]);
    assert_eq!(ids(owing), ["no-role", "person", "a-role", "b-plan"]);
    let applied = applied_plans(&plans, &person, &Default::default());
    assert_eq!(applied[0].days_in(days("2026-01-01", "2026-03-11")), 10);
}

#[test]
fn the_whole_minimum_stands_without_proration() {
    let mut plan = draw("3000");
    plan.minimum.proration = DrawProration::Whole;
    plan.effective = days("2026-01-31", "2026-02-02");
    Office::new([plan]).check_months(&[
        ("0", "3000", "3000"),
        ("0", "3000", "6000"),
        ("0", "0", "6000"),
    ]);
}

#[test]
fn categories_of_a_component_are_those_of_its_measures() {
    let mut plan = crate::testing::plan("reps");
    let component = plan.components[0].clone();
    assert!(categories_of(&plan, &component).is_empty());
    if let crate::plan::MeasureSource::Credits { categories, .. } = &mut plan.measures[0].source {
        *categories = vec![name("laptops"), name("computers")];
    }
    let found = categories_of(&plan, &component);
    assert_eq!(found, [name("computers"), name("laptops")]);
}

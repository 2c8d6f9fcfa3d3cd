//! The worked examples of draws, recovery and negative sheets, with the numbers of the acceptance
//! page.

use super::office::{Office, end_of, line};
use super::*;
use crate::definition::settings::NegativeSheet;
use crate::money::Money;
use crate::reward::{RewardKind, SettlementStep};
use crate::testing::usd;

#[test]
fn d4_recovery_starts_in_the_fourth_period_and_the_draw_ends_after_the_sixth() {
    let plan = PaymentPlan {
        effective: days("2026-01-01", "2026-07-01"),
        ..on(
            "1000",
            RecoveryTerms {
                timing: RecoveryTiming::From(date("2026-04-01")),
                ..terms()
            },
        )
    };
    let mut office = Office::new([plan]);
    office.check_months(&[
        ("500", "1000", "500"),
        ("700", "1000", "800"),
        ("400", "1000", "1400"),
        ("1500", "1000", "900"),
        ("800", "1000", "1100"),
        ("1900", "1000", "200"),
        ("600", "400", "0"),
    ]);
    let amounts: Vec<String> = office
        .rewards
        .iter()
        .map(|r| r.amount.to_string())
        .collect();
    let expected = ["500", "300", "600", "-500", "200", "-900", "-200"];
    assert_eq!(amounts, expected.map(|amount| usd(amount).to_string()));
}

#[test]
fn d7_a_recoverable_draw_of_two_thousand() {
    Office::new([draw("2000")]).check_months(&[
        ("2750", "2750", "0"),
        ("3000", "3000", "0"),
        ("1500", "2000", "500"),
        ("2375", "2000", "125"),
        ("3000", "2875", "0"),
        ("2750", "2750", "0"),
    ]);
}

#[test]
fn d9_one_advance_stands_beside_the_first_component_and_none_beside_empty_ones() {
    let mut office = Office::new([draw("0")]);
    let lines: Vec<SheetLine> = ["-10", "0", "0", "0", "0"]
        .iter()
        .zip(["first", "second", "third", "fourth", "fifth"])
        .map(|(amount, id)| line(id, amount))
        .collect();
    let settled = office.sheet(&lines);
    assert_eq!(settled.pays, usd("0"));
    let [advance] = settled.rewards.as_slice() else {
        panic!("one advance: {settled:?}");
    };
    assert_eq!(advance.amount, usd("10"));
    assert_eq!(advance.kind, RewardKind::Advance);
    assert_eq!(advance.component, Some((name("reps"), name("first"))));
}

#[test]
fn d11_a_clawback_goes_below_zero_only_without_a_payment_plan() {
    let february = [line("commission", "150"), line("commission", "-200")];
    let mut office = Office::new([draw("0")]);
    office.month("1000");
    let settled = office.sheet(&february);
    assert_eq!((settled.pays, settled.balance), (usd("0"), usd("50")));
    office.next_month();
    office.check_months(&[("300", "250", "0")]);

    let mut office = Office::new([]);
    office.month("1000");
    let settled = office.sheet(&february);
    assert_eq!(settled.pays, usd("-50"));
    assert_eq!(settled.outcome, SheetOutcome::Negative);
    assert_eq!(settled.balance, usd("0"));
}

#[test]
fn d12_a_guarantee_is_never_owed_back() {
    let mut office = Office::new([guarantee("1000")]);
    office.check_months(&[("600", "1000", "0"), ("1500", "1500", "0")]);
    assert_eq!(office.rewards[0].kind, RewardKind::Bonus);
    assert!(!office.rewards[0].recoverable);
}

#[test]
fn e1_a_top_up_over_two_months() {
    let mut office = Office::new([draw("1500")]);
    office.check_months(&[("500", "1500", "1000"), ("3000", "2000", "0")]);
    let kinds: Vec<_> = office.rewards.iter().map(|r| (r.kind, r.amount)).collect();
    let expected = [
        (RewardKind::Advance, usd("1000")),
        (RewardKind::Repayment, usd("-1000")),
    ];
    assert_eq!(kinds, expected);
}

#[test]
fn e8_a_draw_on_top() {
    let mut plan = draw("1000");
    plan.minimum.mode = DrawMode::OnTop;
    plan.effective = days("2026-01-01", "2026-02-01");
    Office::new([plan]).check_months(&[("1000", "2000", "1000"), ("3000", "2000", "0")]);
}

#[test]
fn e10_without_a_floor_earning_more_pays_less() {
    let plan = on(
        "1000",
        RecoveryTerms {
            floor: Floor::NotKept,
            ..terms()
        },
    );
    for (earned, paid) in [("999", "1000"), ("1200", "200")] {
        let mut office = Office::new([plan.clone()]);
        office.check_months(&[("0", "1000", "1000")]);
        assert_eq!(office.month(earned).pays, usd(paid), "{earned}");
    }
}

#[test]
fn e11_a_top_up_with_and_without_debt() {
    Office::new([guarantee("5000")]).check_months(&[("3200", "5000", "0")]);
    Office::new([draw("5000")]).check_months(&[
        ("3200", "5000", "1800"),
        ("6000", "5000", "800"),
        ("9000", "8200", "0"),
    ]);
}

#[test]
fn e13_the_first_balance_is_recovered_first() {
    let first = PaymentPlan {
        id: name("recoverable"),
        priority: 1,
        effective: days("2026-01-01", "2026-02-01"),
        ..draw("400")
    };
    let second = PaymentPlan {
        id: name("guarantee"),
        priority: 2,
        effective: days("2026-01-01", "2026-02-01"),
        ..draw("700")
    };
    let mut office = Office::new([second, first]);
    let settled = office.month("0");
    let owed = |settled: &Settlement| -> Vec<(String, Money)> {
        let plans = settled.plans.iter();
        plans
            .map(|p| (p.plan.to_string(), p.balance_after))
            .collect()
    };
    let named = |first: &str, second: &str| {
        let first = ("recoverable".to_owned(), usd(first));
        vec![first, ("guarantee".to_owned(), usd(second))]
    };
    assert_eq!(owed(&settled), named("400", "300"));
    let settled = office.month("500");
    assert_eq!(owed(&settled), named("0", "200"));
    assert_eq!(settled.pays, usd("0"));
}

#[test]
fn e15_the_draw_of_somebody_who_starts_is_prorated() {
    let mut office = Office::new([draw("3000")]).starting_in(6);
    office.person().start = Some(date("2026-06-11"));
    let settled = office.month("500");
    let minimum = settled.plans[0].minimum.expect("a minimum");
    assert_eq!((minimum.days_covered, minimum.days), (20, 30));
    assert_eq!(minimum.prorated, usd("2000.00"));
    assert_eq!(settled.rewards[0].amount, usd("1500"));
    office.check_months(&[("0", "3000", "4500")]);
}

#[test]
fn e15_so_is_the_draw_of_somebody_who_leaves() {
    let mut office = Office::new([draw("3000")]).starting_in(6);
    office.person().end = Some(date("2026-06-20"));
    office.check_months(&[("500", "2000", "1500"), ("800", "0", "700")]);
}

#[test]
fn e17_to_e21_a_cleared_balance_starts_anew() {
    let mut office = Office::new([draw("1500")]).starting_in(5);
    office.plans.clear();
    for (amount, recoverable) in [
        ("1000", true),
        ("600", true),
        ("-400", true),
        ("2500", false),
    ] {
        office.assign(amount, recoverable).expect("a good reward");
    }
    assert_eq!(office.owed(), usd("1200"));
    office.month("0");
    let before: Vec<_> = office.rewards.iter().map(|r| (r.id, r.amount)).collect();
    assert_eq!(office.clear(), Some(usd("1200")));
    assert_eq!(office.owed(), usd("0"));
    let after: Vec<_> = office.rewards.iter().map(|r| (r.id, r.amount)).collect();
    assert_eq!(before, after);
    assert_eq!(office.rewards.iter().filter(|r| r.is_owed()).count(), 0);
    assert!(office.rewards[2].cleared.is_some(), "the repayment as well");
    assert_eq!(office.clear(), None, "nothing is owed");
    assert_eq!(office.owed_on(end_of(5)), usd("1200"), "as of May");
    assert_eq!(office.owed_on(end_of(6)), usd("0"));
    office.plans = vec![draw("1500")];
    office.check_months(&[("500", "1500", "1000"), ("4000", "3000", "0")]);
}

#[test]
fn e25_an_undone_clearing_is_a_record_of_its_own() {
    let mut office = Office::new([]).starting_in(5);
    office.assign("1200", true).expect("a good reward");
    office.month("0");
    office.clear();
    office.next_month();
    assert_eq!(office.undo_newest(), Some(usd("1200")));
    assert_eq!(office.owed(), usd("1200"));
    let owed: Vec<Money> = (5..=7).map(|month| office.owed_on(end_of(month))).collect();
    assert_eq!(owed, [usd("1200"), usd("0"), usd("1200")]);
    assert_eq!(office.undo_newest(), None);
    office.next_month();
    assert_eq!(office.clear(), Some(usd("1200")), "cleared once more");
    let owed: Vec<Money> = (5..=8).map(|month| office.owed_on(end_of(month))).collect();
    assert_eq!(owed, [usd("1200"), usd("0"), usd("1200"), usd("0")]);
}

#[test]
fn e49_a_clawback_beyond_the_pay_is_carried_or_lifted_for_the_same_cash() {
    let clawed = [line("commission", "300"), line("commission", "-800")];
    let mut office = Office::new([]).negative_sheets(NegativeSheet::Carried);
    let settled = office.sheet(&clawed);
    assert_eq!(settled.outcome, SheetOutcome::Carried(usd("-500")));
    assert_eq!(settled.pays, usd("0"));
    office.next_month();
    office.check_months(&[("900", "400", "0")]);
    assert_eq!(office.paid, usd("400"));

    let mut office = Office::new([]).negative_sheets(NegativeSheet::Lifted);
    let settled = office.sheet(&clawed);
    assert_eq!((settled.pays, settled.balance), (usd("0"), usd("500")));
    assert_eq!(settled.rewards[0].amount, usd("500"));
    assert_eq!(settled.rewards[0].step, SettlementStep::Draw);
    office.next_month();
    office.check_months(&[("900", "400", "0")]);
    assert_eq!(office.rewards[1].amount, usd("-500"));
    assert_eq!(office.paid, usd("400"));

    let mut office = Office::new([]);
    assert_eq!(office.sheet(&clawed).pays, usd("-500"));
    office.next_month();
    office.check_months(&[("900", "900", "0")]);
    assert_eq!(office.paid, usd("400"));
}

//! What is owed, now and then, and what clearing and undoing do.

use rust_decimal::Decimal;

use super::*;
use crate::refusal::Reason;
use crate::reward::{Clear, ClearOrigin, RewardLine, Withdrawn};
use crate::rewarding::{
    AsOf, ClearRequest, Movements, UndoRequest, balance, balance_as_of, balances, clear, conserve,
    owed, owed_as_of, undo_clear,
};
use crate::time::Instant;

fn request(day: &str) -> ClearRequest {
    ClearRequest {
        participant: name("ann"),
        date: date(day),
        reason: "a fresh start".to_owned(),
        origin: ClearOrigin::ByHand,
    }
}

fn cleared(rewards: &[Reward], day: &str, second: i64) -> Option<(Clear, Vec<Reward>)> {
    decide(second, |circumstances| {
        let cleared = clear(rewards, &request(day), currency(), circumstances);
        let cleared = cleared.expect("a reason and small sums")?;
        Some((cleared.clear, merged(rewards, cleared.rewards)))
    })
}

/// The rewards with those that changed in their places.
fn merged(rewards: &[Reward], changed: Vec<Reward>) -> Vec<Reward> {
    let now = |old: &Reward| {
        changed
            .iter()
            .find(|new| new.id == old.id)
            .unwrap_or(old)
            .clone()
    };
    rewards.iter().map(now).collect()
}

fn owes(rewards: &[Reward]) -> Money {
    balance(rewards, currency()).expect("small sums")
}

fn owed_then(rewards: &[Reward], clears: &[Clear], day: &str, known_at: Instant) -> Money {
    let as_of = AsOf {
        date: date(day),
        known_at,
    };
    balance_as_of(rewards, clears, as_of, currency()).expect("small sums")
}

#[test]
fn e17_the_balance_is_the_signed_sum_of_what_is_recoverable() {
    assert_eq!(owes(&four()), usd("1200"));
    assert_eq!(owed(&four()).count(), 3);
    assert_eq!(owes(&[]), usd("0"));
    let by_account = balances(&four(), currency()).expect("small sums");
    assert_eq!(by_account[&Account::General], usd("1200"));
}

#[test]
fn e18_and_e19_clearing_changes_no_amount_and_flips_repayments_too() {
    let before = four();
    let (record, after) = cleared(&before, "2026-06-10", 50).expect("something is owed");
    assert_eq!(record.forgiven, usd("1200"));
    assert_eq!(record.rewards.len(), 3);
    assert_eq!(record.by, name("clerk"));
    assert_eq!(owes(&after), usd("0"));
    assert_eq!(owed(&after).count(), 0);
    assert_eq!(total(&after), usd("3700"));
    let amounts = |rewards: &[Reward]| -> Vec<Money> { rewards.iter().map(|r| r.amount).collect() };
    assert_eq!(amounts(&after), amounts(&before));
    assert!(after[2].cleared.is_some() && after[2].amount == usd("-400"));
    assert!(after[3].cleared.is_none(), "it never was recoverable");
}

#[test]
fn clearing_a_zero_balance_changes_nothing() {
    assert_eq!(cleared(&[], "2026-06-10", 50), None);
    assert_eq!(cleared(&four()[3..], "2026-06-10", 50), None);
    let even = [reward(1, "100"), reward(2, "-100")];
    assert_eq!(cleared(&even, "2026-06-10", 50), None);
    let (_, after) = cleared(&four(), "2026-06-10", 50).expect("something is owed");
    assert_eq!(cleared(&after, "2026-06-10", 51), None);
}

#[test]
fn a_clearing_is_about_one_participant_and_needs_a_reason() {
    let ben = Reward {
        participant: name("ben"),
        ..reward(7, "70")
    };
    let both = [reward(1, "100"), ben];
    let (record, after) = cleared(&both, "2026-06-10", 50).expect("something is owed");
    assert_eq!(record.forgiven, usd("100"));
    assert!(after[1].is_owed());
    let silent = ClearRequest {
        reason: String::new(),
        ..request("2026-06-10")
    };
    let refusal = decide(50, |now| clear(&both, &silent, currency(), now)).expect_err("silent");
    assert_eq!(refusal.reason, Reason::MissingValue);
}

#[test]
fn a_waiver_clears_the_account_of_its_plan_only() {
    let drawn = |number, amount| Reward {
        account: Account::PaymentPlan(name("draw")),
        ..reward(number, amount)
    };
    let rewards = [reward(1, "100"), drawn(2, "70"), drawn(3, "-20")];
    let waiver = ClearRequest {
        origin: ClearOrigin::Waived {
            plan: name("draw"),
            batch: crate::ids::BatchId(uuid(1)),
        },
        ..request("2026-06-10")
    };
    let waived = decide(50, |now| clear(&rewards, &waiver, currency(), now));
    let waived = waived.expect("a reason").expect("something is owed");
    assert_eq!(waived.clear.forgiven, usd("50"));
    assert_eq!(owes(&merged(&rewards, waived.rewards)), usd("100"));
    let overpaid = [drawn(3, "-20")];
    let waived = decide(50, |now| clear(&overpaid, &waiver, currency(), now));
    assert_eq!(waived, Ok(None), "what was paid back too much is not taken");
}

#[test]
fn e21_what_is_assigned_after_a_clearing_starts_anew() {
    let (record, mut after) = cleared(&four(), "2026-06-10", 50).expect("something is owed");
    after.push(reward(5, "1000"));
    assert_eq!(owes(&after), usd("1000"));
    let (again, after) = cleared(&after, "2026-06-20", 60).expect("something is owed");
    assert_eq!((again.forgiven, again.rewards.len()), (usd("1000"), 1));
    assert_eq!(after[0].cleared.as_ref().map(|c| c.clear), Some(record.id));
}

#[test]
fn e25_a_balance_as_of_then_does_not_know_of_the_clearing() {
    let (record, after) = cleared(&four(), "2026-06-10", 50).expect("something is owed");
    let clears = [record];
    assert_eq!(
        owed_then(&after, &clears, "2026-05-31", at(99)),
        usd("1200")
    );
    assert_eq!(
        owed_then(&after, &clears, "2026-06-09", at(99)),
        usd("1200")
    );
    assert_eq!(owed_then(&after, &clears, "2026-06-10", at(99)), usd("0"));
    assert_eq!(
        owed_then(&after, &clears, "2026-06-30", at(49)),
        usd("1200")
    );
    assert_eq!(owed_then(&after, &clears, "2026-05-30", at(99)), usd("0"));
    assert_eq!(owed_then(&after, &clears, "2026-06-30", at(-1)), usd("0"));
    let then = AsOf {
        date: date("2026-05-31"),
        known_at: at(99),
    };
    let made_up = owed_as_of(&after, &clears, then);
    assert_eq!(made_up.len(), 3);
}

#[test]
fn a_withdrawn_reward_counts_for_those_who_could_not_know() {
    let withdrawn = Reward {
        withdrawn: Some(Withdrawn {
            at: at(30),
            by: name("clerk"),
            reason: "a mistake".to_owned(),
        }),
        ..reward(1, "100")
    };
    let rewards = [withdrawn];
    assert_eq!(owed_then(&rewards, &[], "2026-05-31", at(29)), usd("100"));
    assert_eq!(owed_then(&rewards, &[], "2026-05-31", at(30)), usd("0"));
}

#[test]
fn an_undone_clearing_stays_readable() {
    let (record, after) = cleared(&four(), "2026-06-10", 50).expect("something is owed");
    let undo = |day: &str, clear: &Clear| {
        let request = UndoRequest {
            date: date(day),
            reason: "too generous".to_owned(),
        };
        decide(60, |now| undo_clear(clear, &after, &request, now))
    };
    let early = undo("2026-06-09", &record).expect_err("before the clearing");
    assert_eq!(early.reason, Reason::OutOfRange);
    let restored = undo("2026-07-01", &record).expect("it stands");
    assert_eq!(restored.undo.restored, usd("1200"));
    assert_eq!(restored.clear.forgiven, usd("1200"));
    let twice = undo("2026-07-01", &restored.clear).expect_err("undone");
    assert_eq!(twice.reason, Reason::WrongState);
    let now = merged(&after, restored.rewards);
    assert_eq!(owes(&now), usd("1200"));
    let clears = [restored.clear];
    for (day, known, owed) in [
        ("2026-06-09", 99, "1200"),
        ("2026-06-30", 99, "0"),
        ("2026-07-01", 99, "1200"),
        ("2026-07-01", 59, "0"),
        ("2026-07-01", 49, "1200"),
    ] {
        assert_eq!(
            owed_then(&now, &clears, day, at(known)),
            usd(owed),
            "{day} {known}"
        );
    }
}

#[test]
fn e27_each_line_of_conservation_says_where_the_money_is() {
    let paid = |reward: Reward| Reward {
        payment: RewardPayment::Paid {
            line: RewardLine {
                batch: crate::ids::BatchId(uuid(1)),
                paysheet: crate::ids::PaysheetId(uuid(1)),
                currency_rate: Decimal::ONE,
                pay_amount: reward.amount,
                held: false,
            },
            at: at(3),
        },
        ..reward
    };
    let mut rewards: Vec<Reward> = four().into_iter().map(paid).collect();
    let (_, cleared) = cleared(&rewards, "2026-06-10", 50).expect("something is owed");
    rewards = cleared;
    rewards.push(reward(5, "80"));
    // Earned 1,000, of which 150 are held; paid 850 and 3,700 of rewards.
    let movements = Movements {
        paid: usd("4550"),
        earned: usd("1000"),
        earnings_waiting: usd("150"),
        rewards: &rewards,
    };
    let lines = conserve(&movements).expect("small sums");
    assert_eq!(lines.balance, usd("80"));
    assert_eq!(lines.forgiven, usd("1200"));
    assert_eq!(lines.not_recoverable, usd("2500"));
    assert_eq!(lines.rewards_waiting, usd("80"));
    assert_eq!(lines.gap, usd("0"));
    let wrong = Movements {
        paid: usd("4551"),
        ..movements
    };
    assert_eq!(conserve(&wrong).expect("small sums").gap, usd("1"));
}

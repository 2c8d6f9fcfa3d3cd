//! What can be assigned, taken up, withdrawn and taken back.

use super::*;
use crate::definition::calendar::PeriodStatus;
use crate::definition::{Definition, DefinitionSet};
use crate::ids::{BatchId, PaysheetId};
use crate::refusal::{Reason, Refusal};
use crate::reward::{RewardLine, SettlementStep};
use crate::rewarding::{NewReward, assign, pay, put_back, take_back, take_up, withdraw};
use crate::testing::{calendar, decimal, live, participant, plan, settings};

fn company() -> DefinitionSet {
    let mut ben = participant("ben");
    ben.end = Some(date("2026-04-30"));
    let definitions = [
        Definition::Settings(settings()),
        Definition::Calendar(calendar()),
        Definition::Plan(plan("reps")),
        Definition::Participant(participant("ann")),
        Definition::Participant(ben),
    ];
    let mut set = DefinitionSet::gather(definitions.map(|body| live(body, 1)));
    set.calendar.periods[0].status = PeriodStatus::Closed;
    set
}

fn new(amount: &str) -> NewReward {
    NewReward {
        participant: name("ann"),
        amount: usd(amount),
        recoverable: true,
        kind: None,
        component: None,
        date: date("2026-05-31"),
        reason: "as agreed".to_owned(),
    }
}

fn answer(new: NewReward) -> Result<Reward, Refusal> {
    decide(5, |circumstances| {
        let mut answers = assign(&company(), &[new], circumstances);
        answers.remove(0)
    })
}

fn check_refused(new: NewReward, reason: Reason, field: &str) {
    let refusal = answer(new).expect_err("refused");
    assert_eq!(refusal.reason, reason, "{refusal}");
    assert_eq!(refusal.field.as_deref(), Some(field), "{refusal}");
}

#[test]
fn sign_and_flag_say_what_a_reward_is() {
    let kind = |amount: &str, recoverable| {
        let given = NewReward {
            recoverable,
            ..new(amount)
        };
        answer(given).expect("a good reward").kind
    };
    assert_eq!(kind("100", true), RewardKind::Advance);
    assert_eq!(kind("-100", true), RewardKind::Repayment);
    assert_eq!(kind("100", false), RewardKind::Bonus);
    assert_eq!(kind("-100", false), RewardKind::Adjustment);
    let adjustment = NewReward {
        kind: Some(RewardKind::Adjustment),
        ..new("100")
    };
    let adjustment = answer(adjustment).expect("a good reward");
    assert_eq!(adjustment.kind, RewardKind::Adjustment);
    assert!(adjustment.is_owed());
    for (amount, recoverable, kind) in [
        ("-100", true, RewardKind::Advance),
        ("100", false, RewardKind::Advance),
        ("100", true, RewardKind::Repayment),
        ("100", true, RewardKind::Bonus),
        ("-100", false, RewardKind::Bonus),
    ] {
        let contradicting = NewReward {
            recoverable,
            kind: Some(kind),
            ..new(amount)
        };
        check_refused(contradicting, Reason::OutOfRange, "kind");
    }
}

#[test]
fn bad_rewards_are_refused_by_reason_and_field() {
    check_refused(new("0"), Reason::OutOfRange, "amount");
    check_refused(new("10.001"), Reason::OutOfRange, "amount");
    let digits = "12345678901234567890123456789";
    check_refused(new(digits), Reason::OutOfRange, "amount");
    let mut euros = new("10");
    euros.amount.currency = Currency::parse("EUR").expect("EUR is a currency");
    check_refused(euros, Reason::MalformedValue, "amount");
    for (who, when) in [("nobody", "2026-05-31"), ("ben", "2026-05-01")] {
        let gone = NewReward {
            participant: name(who),
            date: date(when),
            ..new("10")
        };
        check_refused(gone, Reason::UnknownParticipant, "participant");
    }
    for when in ["2026-01-15", "2025-12-31"] {
        let closed = NewReward {
            date: date(when),
            ..new("10")
        };
        check_refused(closed, Reason::PeriodNotOpen, "date");
    }
    let unknown = NewReward {
        component: Some((name("reps"), name("nothing"))),
        ..new("10")
    };
    check_refused(unknown, Reason::UnknownReference, "component");
    let silent = NewReward {
        reason: " ".to_owned(),
        ..new("10")
    };
    check_refused(silent, Reason::MissingValue, "reason");
}

#[test]
fn each_of_several_is_answered_on_its_own() {
    let ben = NewReward {
        participant: name("ben"),
        date: date("2026-04-30"),
        component: Some((name("reps"), name("commission"))),
        ..new("10.50")
    };
    let answers = decide(5, |circumstances| {
        assign(&company(), &[new("10"), new("0"), ben], circumstances)
    });
    let amounts: Vec<_> = answers
        .iter()
        .map(|a| a.as_ref().ok().map(|r| r.amount.amount))
        .collect();
    let expected = [Some(decimal("10")), None, Some(decimal("10.5"))];
    assert_eq!(amounts, expected);
    let last = answers[2].as_ref().expect("his last day");
    assert_eq!(last.stamp.created_at, at(5));
    assert!(last.is_payable());
}

#[test]
fn only_what_no_sheet_took_is_withdrawn() {
    let batch = BatchId(uuid(1));
    let fresh = reward(1, "100");
    decide(7, |circumstances| {
        let gone = withdraw(&fresh, "a mistake", circumstances).expect("unpaid");
        assert!(!gone.is_owed() && !gone.is_payable());
        assert_eq!(gone.amount, fresh.amount);
        assert_eq!(gone.stamp.version.0, 2);
        assert_eq!(gone.withdrawn.as_ref().expect("withdrawn").at, at(7));
        let refused = |reward: &Reward| {
            let refusal = withdraw(reward, "a mistake", circumstances).expect_err("refused");
            assert_eq!(refusal.reason, Reason::WrongState, "{refusal}");
        };
        refused(&gone);
        let taken = take_up(&fresh, line_in(batch), circumstances).expect("unpaid");
        refused(&taken);
        let paid = pay(&taken, circumstances).expect("on a sheet");
        assert!(paid.is_paid());
        refused(&paid);
        let back = put_back(&taken, circumstances).expect("on a sheet");
        assert!(withdraw(&back, "a mistake", circumstances).is_ok());
        assert!(withdraw(&back, "", circumstances).is_err());
        let cleared = Reward {
            cleared: Some(crate::reward::Cleared {
                clear: crate::ids::ClearId(uuid(9)),
                at: at(6),
                by: name("clerk"),
            }),
            ..fresh.clone()
        };
        refused(&cleared);
        let drawn = Reward {
            origin: drawn_in(batch),
            ..fresh.clone()
        };
        refused(&drawn);
    });
}

fn line_in(batch: BatchId) -> RewardLine {
    RewardLine {
        batch,
        paysheet: PaysheetId(uuid(1)),
        currency_rate: decimal("1"),
        pay_amount: usd("100"),
        held: false,
    }
}

fn drawn_in(batch: BatchId) -> RewardOrigin {
    RewardOrigin::PaymentPlan {
        plan: name("draw"),
        batch,
        step: SettlementStep::Draw,
    }
}

#[test]
fn a_reward_is_taken_once_and_paid_once() {
    let batch = BatchId(uuid(1));
    let fresh = reward(1, "100");
    decide(7, |circumstances| {
        let taken = take_up(&fresh, line_in(batch), circumstances).expect("unpaid");
        assert!(take_up(&taken, line_in(batch), circumstances).is_err());
        assert!(pay(&fresh, circumstances).is_err());
        assert!(put_back(&fresh, circumstances).is_err());
        let paid = pay(&taken, circumstances).expect("on a sheet");
        assert!(pay(&paid, circumstances).is_err());
        assert!(put_back(&paid, circumstances).is_err());
    });
}

#[test]
fn what_a_batch_made_goes_with_it() {
    let batch = BatchId(uuid(1));
    decide(7, |circumstances| {
        let drawn = Reward {
            origin: drawn_in(batch),
            ..reward(1, "100")
        };
        let taken = take_up(&drawn, line_in(batch), circumstances).expect("unpaid");
        assert!(put_back(&taken, circumstances).is_err());
        let back = take_back(&taken, "the batch was deleted", circumstances).expect("unpaid");
        assert!(!back.is_owed() && !back.is_payable());
        assert!(take_back(&back, "again", circumstances).is_err());
        let paid = pay(&taken, circumstances).expect("on a sheet");
        assert!(take_back(&paid, "too late", circumstances).is_err());
        let by_hand = reward(2, "100");
        assert!(take_back(&by_hand, "not mine", circumstances).is_err());
    });
}

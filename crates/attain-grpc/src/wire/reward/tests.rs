//! What rewards are read as and sent as, and where they are wrong.

use attain_domain::ids::{BatchId, ClearId, PaymentPlanId, PaysheetId, RewardId};
use attain_domain::money::{Currency, Money};
use attain_domain::refusal::Reason;
use attain_domain::reward::RewardLine;
use attain_domain::stamp::Stamp;
use attain_domain::time::Instant;
use attain_proto::google::r#type as standard;
use rust_decimal::Decimal;

use super::*;

fn usd(units: i64, nanos: i32) -> Option<standard::Money> {
    Some(standard::Money {
        currency_code: "USD".to_owned(),
        units,
        nanos,
    })
}

fn day(day: i32) -> Option<standard::Date> {
    Some(standard::Date {
        year: 2026,
        month: 1,
        day,
    })
}

fn new() -> proto::NewReward {
    proto::NewReward {
        participant: "ana".to_owned(),
        amount: usd(-12, -500_000_000),
        recoverable: true,
        date: day(31),
        reason: "a draw".to_owned(),
        ..proto::NewReward::default()
    }
}

#[track_caller]
fn check_refused(reward: &proto::NewReward, reason: Reason, field: &str) {
    let Err(refusal) = from_wire(reward) else {
        panic!("it was read");
    };
    assert_eq!(
        (refusal.reason, refusal.field.as_deref()),
        (reason, Some(field))
    );
}

#[test]
fn a_reward_is_read_as_it_was_sent() {
    let read = from_wire(&new()).expect("it can be read");
    assert_eq!(read.amount.amount, Decimal::new(-125, 1));
    assert_eq!((read.recoverable, read.kind), (true, None));
    assert_eq!(read.component, None);
    let whole = proto::NewReward {
        kind: proto::RewardKind::Repayment.into(),
        plan: "retail".to_owned(),
        component: "commission".to_owned(),
        ..new()
    };
    let read = from_wire(&whole).expect("it can be read");
    assert_eq!(read.kind, Some(RewardKind::Repayment));
    let (plan, component) = read.component.expect("a component");
    assert_eq!(
        (plan.as_str(), component.as_str()),
        ("retail", "commission")
    );
}

#[test]
fn what_is_wrong_is_refused_by_its_field() {
    let wrong = |change: fn(&mut proto::NewReward)| {
        let mut reward = new();
        change(&mut reward);
        reward
    };
    let missing = Reason::MissingValue;
    let malformed = Reason::MalformedValue;
    check_refused(&wrong(|r| r.participant.clear()), missing, "participant");
    check_refused(
        &wrong(|r| r.participant = "a\u{7}".to_owned()),
        malformed,
        "participant",
    );
    check_refused(&wrong(|r| r.amount = None), missing, "amount");
    check_refused(&wrong(|r| r.amount = usd(1, -1)), malformed, "amount.nanos");
    check_refused(
        &wrong(|r| r.amount = usd(i64::MAX, 999_999_999)),
        Reason::OutOfRange,
        "amount",
    );
    check_refused(&wrong(|r| r.date = None), missing, "date");
    check_refused(&wrong(|r| r.date = day(32)), malformed, "date");
    check_refused(&wrong(|r| r.kind = 77), malformed, "kind");
    check_refused(
        &wrong(|r| r.plan = "retail".to_owned()),
        missing,
        "component",
    );
    check_refused(&wrong(|r| r.component = "base".to_owned()), missing, "plan");
    let unknown = |r: &mut proto::NewReward| {
        r.amount = Some(standard::Money {
            currency_code: "ABC".to_owned(),
            units: 1,
            nanos: 0,
        });
    };
    check_refused(
        &wrong(unknown),
        Reason::UnknownCurrency,
        "amount.currency_code",
    );
}

fn made() -> Reward {
    let at = Instant::from_micros(1_000_000).expect("an instant");
    let actor = attain_domain::ids::ActorId::parse("ana").expect("a name");
    Reward {
        id: RewardId::parse("rwd_00000000000000000000000000000001").expect("an id"),
        participant: ParticipantId::parse("ana").expect("a name"),
        amount: Money::new(Decimal::new(-5, 0), Currency::parse("USD").expect("USD")),
        recoverable: true,
        kind: RewardKind::Repayment,
        account: Account::PaymentPlan(PaymentPlanId::parse("draw").expect("a name")),
        origin: RewardOrigin::PaymentPlan {
            plan: PaymentPlanId::parse("draw").expect("a name"),
            batch: BatchId::parse("bat_00000000000000000000000000000002").expect("an id"),
            step: SettlementStep::Recovery,
        },
        component: None,
        date: attain_domain::time::Date::from_ymd_opt(2026, 1, 31).expect("a day"),
        reason: "recovery".to_owned(),
        payment: RewardPayment::Paid {
            line: RewardLine {
                batch: BatchId::parse("bat_00000000000000000000000000000002").expect("an id"),
                paysheet: PaysheetId::parse("sht_00000000000000000000000000000003").expect("an id"),
                currency_rate: Decimal::TWO,
                pay_amount: Money::new(Decimal::new(-10, 0), Currency::parse("EUR").expect("EUR")),
                held: false,
            },
            at,
        },
        cleared: Some(Cleared {
            clear: ClearId::parse("clr_00000000000000000000000000000004").expect("an id"),
            at,
            by: actor.clone(),
        }),
        withdrawn: None,
        stamp: Stamp::new(at, actor),
    }
}

#[test]
fn a_reward_is_sent_whole() {
    let reward = made();
    let sent = to_wire(&reward).expect("it can be sent");
    assert_eq!(sent.reward_id, reward.id.to_string());
    assert_eq!(sent.amount, usd(-5, 0));
    assert_eq!(sent.kind(), proto::RewardKind::Repayment);
    assert_eq!(
        sent.account.map(|account| account.payment_plan).as_deref(),
        Some("draw")
    );
    let Some(WireOrigin::PaymentPlan(origin)) = sent.origin.and_then(|of| of.origin) else {
        panic!("another origin");
    };
    assert_eq!(origin.step(), proto::SettlementStep::Recovery);
    let payment = sent.payment.expect("a payment");
    assert_eq!(payment.state(), proto::PaymentState::Paid);
    assert_eq!(payment.pay_amount.map(|money| money.units), Some(-10));
    assert!(payment.paid_time.is_some());
    let cleared = sent.cleared.expect("it was cleared");
    assert_eq!(
        cleared.clear_id,
        ClearId::parse("clr_00000000000000000000000000000004")
            .expect("an id")
            .to_string()
    );
    assert!(sent.withdrawn.is_none() && sent.plan.is_empty());
}

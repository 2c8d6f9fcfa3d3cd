//! What stored settlements promise: they come back the same, and what was not written is an error.

use proptest::prelude::*;

use super::*;
use crate::samples::{any_decimal, decimal};

fn money(text: &str) -> Money {
    Money::new(decimal(text), Currency::parse("USD").unwrap())
}

fn plan(name: &str) -> PaymentPlanId {
    PaymentPlanId::parse(name).unwrap()
}

fn settled(name: &str) -> PlanSettlement {
    PlanSettlement {
        plan: plan(name),
        earned: money("880"),
        minimum: Some(MinimumTrace {
            whole: money("1000"),
            days_covered: 31,
            days: 31,
            prorated: money("1000"),
            raised: money("0"),
            paid_before: money("0"),
        }),
        floor: money("1000"),
        advance: money("120"),
        taken_back: money("0"),
        recovered: money("0"),
        withheld: money("0"),
        over_cap: money("0"),
        waived: money("0"),
        balance_before: money("0.50"),
        balance_after: money("120.50"),
    }
}

fn state() -> PlanState {
    PlanState {
        interval: IntervalId::parse("2026-01").unwrap(),
        paid: money("1000"),
        drawn: money("120"),
        raised: money("0"),
        withheld: money("0"),
        over_cap: money("0"),
    }
}

fn settlement() -> SheetSettlement {
    SheetSettlement {
        outcome: SheetOutcome::Pays,
        balance: money("120.50"),
        plans: vec![settled("draw")],
        states: BTreeMap::from([(plan("draw"), state())]),
    }
}

#[test]
fn settlements_are_terse() {
    let json = encode_settlement(&settlement());
    assert_eq!(
        json,
        r#"{"b":"120.50 USD","p":[{"i":"draw","m":["1000",31,31,"1000","0","0"],"e":"880","f":"1000","a":"120","x":"0.50","y":"120.50"}],"s":{"draw":["2026-01","1000","120","0","0","0"]}}"#
    );
    assert_eq!(decode_settlement(&json), Ok(settlement()));
}

#[test]
fn settlements_come_back_the_same() {
    let euro = Money::new(decimal("0"), Currency::parse("EUR").unwrap());
    let nothing = SheetSettlement {
        outcome: SheetOutcome::Negative,
        balance: money("-1.5"),
        plans: Vec::new(),
        states: BTreeMap::new(),
    };
    let many = SheetSettlement {
        outcome: SheetOutcome::Carried(money("12.25")),
        plans: vec![
            settled("a \"plan\""),
            PlanSettlement {
                minimum: None,
                earned: euro,
                advance: money("0"),
                taken_back: money("-1"),
                recovered: money("-2"),
                withheld: money("3"),
                over_cap: money("-4"),
                waived: money("5"),
                ..settled("b")
            },
        ],
        states: BTreeMap::from([
            (plan("a \"plan\""), state()),
            (
                plan("b"),
                PlanState {
                    withheld: euro,
                    ..state()
                },
            ),
        ]),
        ..settlement()
    };
    for settlement in [nothing, many] {
        let json = encode_settlement(&settlement);
        let back = decode_settlement(&json);
        assert_eq!(back.as_ref(), Ok(&settlement), "{json}");
    }
}

#[test]
fn text_that_was_not_written_is_no_settlement() {
    let whole = encode_settlement(&settlement());
    for end in 0..whole.len() {
        assert!(decode_settlement(&whole[..end]).is_err());
    }
    for bad in [
        r#"{"b":"1"}"#,
        r#"{"b":1}"#,
        r#"{"b":"1 usd"}"#,
        r#"{"b":"1e5 USD"}"#,
        r#"{"b":"1 USD","z":1}"#,
        r#"{"b":"1 USD","o":"paid"}"#,
        r#"{"b":"1 USD","p":[{"i":""}]}"#,
        r#"{"b":"1 USD","s":{"draw":["2026-01","1"]}}"#,
    ] {
        assert!(decode_settlement(bad).is_err(), "{bad}");
    }
}

#[test]
fn lists_of_rewards_come_back_the_same() {
    let id = |number: u128| RewardId::parse(&format!("rwd_{number:032x}")).unwrap();
    for ids in [Vec::new(), vec![id(1)], vec![id(2), id(1), id(u128::MAX)]] {
        assert_eq!(decode_reward_ids(&encode_reward_ids(&ids)), Ok(ids));
    }
    for bad in ["", "7", "[7]", r#"["rwd_1"]"#, r#"["crd_00"]"#] {
        assert!(decode_reward_ids(bad).is_err(), "{bad}");
    }
}

proptest! {
    #[test]
    fn any_decimal_of_a_settlement_keeps_every_digit(number in any_decimal()) {
        let mut with = settlement();
        with.balance.amount = number;
        with.outcome = SheetOutcome::Carried(Money::new(number, with.balance.currency));
        let back = decode_settlement(&encode_settlement(&with)).unwrap();
        prop_assert_eq!(back.balance.amount.to_string(), number.to_string());
        prop_assert_eq!(back.outcome, with.outcome);
    }
}

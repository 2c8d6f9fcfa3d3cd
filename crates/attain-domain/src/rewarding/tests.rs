//! Promises of rewarding: what can be assigned and withdrawn, what is owed, and what clearing does.

mod assigned;
mod owed;

use uuid::Uuid;

use crate::ids::{ActorId, RewardId};
use crate::money::{Currency, Money};
use crate::reward::{Account, Reward, RewardKind, RewardOrigin, RewardPayment};
use crate::testing::{at, date, name, stamp, usd, uuid};
use crate::working::Circumstances;

fn currency() -> Currency {
    Currency::parse("USD").expect("USD is a currency")
}

/// Ann's reward of a number, recoverable, assigned by hand for the end of May and paid.
fn reward(number: u64, amount: &str) -> Reward {
    let is_positive = usd(amount).amount > rust_decimal::Decimal::ZERO;
    Reward {
        id: RewardId(uuid(number)),
        participant: name("ann"),
        amount: usd(amount),
        recoverable: true,
        kind: if is_positive {
            RewardKind::Advance
        } else {
            RewardKind::Repayment
        },
        account: Account::General,
        origin: RewardOrigin::ByHand,
        component: None,
        date: date("2026-05-31"),
        reason: "as agreed".to_owned(),
        payment: RewardPayment::Unpaid,
        cleared: None,
        withdrawn: None,
        stamp: stamp(),
    }
}

/// Four rewards: 1,000, 600 and −400 recoverable, 2,500 not.
fn four() -> Vec<Reward> {
    let bonus = Reward {
        recoverable: false,
        kind: RewardKind::Bonus,
        ..reward(4, "2500")
    };
    vec![
        reward(1, "1000"),
        reward(2, "600"),
        reward(3, "-400"),
        bonus,
    ]
}

/// The sum of what rewards are, recoverable or not.
fn total(rewards: &[Reward]) -> Money {
    let amounts = rewards.iter().map(|reward| reward.amount);
    amounts
        .into_iter()
        .try_fold(usd("0"), Money::checked_add)
        .expect("small sums")
}

/// Lets a decision be made at a second.
fn decide<T>(second: i64, what: impl FnOnce(&mut Circumstances<'_>) -> T) -> T {
    let actor: ActorId = name("clerk");
    let mut next = 1_000;
    let mut next_id = || -> Uuid {
        next += 1;
        uuid(next)
    };
    let mut circumstances = Circumstances {
        at: at(second),
        actor: &actor,
        next_id: &mut next_id,
    };
    what(&mut circumstances)
}

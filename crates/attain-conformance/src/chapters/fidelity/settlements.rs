//! What payment plans made of sheets.

use std::collections::BTreeMap;

use attain_domain::ids::{IntervalId, PaymentPlanId};
use attain_domain::money::Money;
use attain_domain::payment_plan::{
    MinimumTrace, PlanSettlement, PlanState, SheetOutcome, SheetSettlement,
};
use attain_domain::testing::{name, usd};

use super::extremes::{amounts, names};

fn plan_settlement(plan: PaymentPlanId) -> PlanSettlement {
    PlanSettlement {
        plan,
        earned: usd("880"),
        minimum: Some(MinimumTrace {
            whole: usd("1000"),
            days_covered: 30,
            days: 31,
            prorated: usd("967.74"),
            raised: usd("32.26"),
            paid_before: usd("0"),
        }),
        floor: usd("1000"),
        advance: usd("120"),
        taken_back: usd("-5"),
        recovered: usd("-6"),
        withheld: usd("7"),
        over_cap: usd("-8"),
        waived: usd("9"),
        balance_before: usd("10"),
        balance_after: usd("119"),
    }
}

fn plan_state() -> PlanState {
    PlanState {
        interval: name("2026-01"),
        paid: usd("1000"),
        drawn: usd("120"),
        raised: usd("1"),
        withheld: usd("2"),
        over_cap: usd("3"),
    }
}

/// One with something in every field.
pub(crate) fn settlement() -> SheetSettlement {
    SheetSettlement {
        outcome: SheetOutcome::Pays,
        balance: usd("119"),
        plans: vec![plan_settlement(name("draw"))],
        states: BTreeMap::from([(name("draw"), plan_state())]),
    }
}

/// Every outcome, names, and every amount in every place.
pub(super) fn settlements() -> Vec<SheetSettlement> {
    let mut all = vec![settlement()];
    let mut vary = |change: &dyn Fn(&mut SheetSettlement)| {
        let mut one = settlement();
        change(&mut one);
        all.push(one);
    };
    for outcome in [SheetOutcome::Negative, SheetOutcome::Carried(usd("0.01"))] {
        vary(&|one| one.outcome = outcome);
    }
    for plan in names::<PaymentPlanId>() {
        vary(&|one| {
            one.plans.push(plan_settlement(plan.clone()));
            one.states.insert(plan.clone(), plan_state());
        });
    }
    for interval in names::<IntervalId>() {
        vary(&|one| {
            let state = PlanState {
                interval: interval.clone(),
                ..plan_state()
            };
            one.states.insert(name("draw"), state);
        });
    }
    vary(&|one| one.plans[0].minimum = None);
    vary(&|one| one.plans.clear());
    vary(&|one| one.states.clear());
    for money in amounts() {
        vary(&|one| {
            one.outcome = SheetOutcome::Carried(money);
            one.balance = money;
        });
        vary(&|one| one.plans = vec![plan_of(money)]);
        vary(&|one| {
            one.states.insert(name("other"), state_of(money));
        });
    }
    all
}

fn plan_of(money: Money) -> PlanSettlement {
    PlanSettlement {
        plan: name("draw"),
        earned: money,
        minimum: Some(MinimumTrace {
            whole: money,
            days_covered: i64::MIN,
            days: i64::MAX,
            prorated: money,
            raised: money,
            paid_before: money,
        }),
        floor: money,
        advance: money,
        taken_back: money,
        recovered: money,
        withheld: money,
        over_cap: money,
        waived: money,
        balance_before: money,
        balance_after: money,
    }
}

fn state_of(money: Money) -> PlanState {
    PlanState {
        interval: name("2026-01"),
        paid: money,
        drawn: money,
        raised: money,
        withheld: money,
        over_cap: money,
    }
}

//! Splits add up: revenue credits of a transaction are the transaction, to the cent.

use std::collections::BTreeMap;

use attain_app::Limits;
use attain_domain::credit::{Credit, CreditKind};
use attain_domain::definition::rules::{CreditRule, Receiver, ReceiverKind};
use attain_domain::definition::{Definition, RuleSet};
use attain_domain::testing::name;
use attain_domain::time::DateRange;
use futures::executor::block_on;
use proptest::prelude::*;
use rust_decimal::Decimal;

use crate::world::bench::Bench;
use crate::world::company::{Company, PEOPLE, person_id};
use crate::world::config;
use crate::world::facts::{credits, live_transactions, revenue_parts};
use crate::world::knobs::some_knobs;
use crate::world::sales::a_good_sale;

/// Percents with two digits after the point that add up to 100.
fn some_percents() -> impl Strategy<Value = Vec<Decimal>> {
    proptest::collection::vec(0_i64..=10_000, 0..usize::from(PEOPLE - 1)).prop_map(|mut cuts| {
        cuts.sort_unstable();
        cuts.push(10_000);
        let mut before = 0;
        let part = |cut: i64| Decimal::new(cut - std::mem::replace(&mut before, cut), 2);
        cuts.into_iter().map(part).collect()
    })
}

fn rules(percents: &[Decimal]) -> RuleSet {
    let receivers = (0..).zip(percents).map(|(who, percent)| Receiver {
        who: ReceiverKind::Participant(name(&person_id(who))),
        percent: *percent,
        revenue: true,
        rolls_up: true,
    });
    let rule = CreditRule {
        id: name("all"),
        effective: DateRange::ALWAYS,
        when: "true".to_owned(),
        receivers: receivers.collect(),
    };
    RuleSet {
        id: name("split"),
        name: "Split".to_owned(),
        rules: vec![rule],
    }
}

proptest! {
    #![proptest_config(config("splits", 32))]

    #[test]
    fn revenue_credits_are_the_transaction(
        knobs in some_knobs(8),
        percents in some_percents(),
        sales in proptest::collection::vec(a_good_sale(), 1..12),
    ) {
        block_on(async {
            let bench = Bench::new(Limits::default()).await;
            bench.define(&Company::with(&knobs)).await.expect("the company can be defined");
            let split = Definition::RuleSet(rules(&percents));
            let (caller, write) = (&bench.caller, attain_app::ApplyMode::Write);
            let applied = bench.engine.apply(caller, &[split], &[], write).await;
            applied.expect("the percents are whole");
            let rows: Vec<_> = (1..).zip(&sales).map(|(step, sale)| sale.row(step)).collect();
            bench.import(&rows).await.expect("the store takes rows");
            bench.run_all().await.expect("nothing is in the way");
            let snapshot = bench.snapshot().await;
            let transactions = live_transactions(&*snapshot).await;
            let whole: BTreeMap<String, Decimal> = transactions
                .iter()
                .map(|sale| (sale.key.to_string(), sale.operating_amount.amount))
                .collect();
            let credits = credits(&*snapshot).await;
            for ((key, set), sum) in revenue_parts(&credits) {
                prop_assert_eq!(Some(&sum), whole.get(&key), "{} of {}", set, key);
            }
            let direct = |credit: &&Credit| credit.revenue && credit.kind == CreditKind::Direct;
            for credit in credits.iter().filter(direct) {
                let exact = whole[&credit.key.to_string()] * credit.percent / Decimal::ONE_HUNDRED;
                let off = (credit.amount.amount - exact).abs();
                prop_assert!(off <= Decimal::new(1, 2), "{credit:?} is off by {off}");
            }
            Ok(())
        })?;
    }
}

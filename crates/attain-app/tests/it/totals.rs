//! With a running total and step or interpolated rates, what is earned depends on totals only.

use attain_app::Limits;
use attain_domain::collecting::RawTransaction;
use futures::executor::block_on;
use proptest::prelude::*;
use rust_decimal::Decimal;

use crate::world::bench::{Bench, small_limits};
use crate::world::company::Company;
use crate::world::config;
use crate::world::facts::earnings;
use crate::world::knobs::Knob;
use crate::world::sales::Sale;

/// Sales of one rep in one quarter that add up to a total.
fn pieces(total: i64, cuts: &[(i64, u64)]) -> Vec<RawTransaction> {
    let plain = Sale {
        key: 0,
        day: 3,
        cents: total,
        owner: 4,
        north: false,
        line: 1,
        laptop: false,
        currency: 8,
        quantity: 1,
        special: 0,
        changed: 0,
    };
    let mut left = total;
    let mut sales = Vec::new();
    for (number, (cents, day)) in (1..).zip(cuts) {
        left -= cents;
        sales.push(Sale {
            key: number,
            day: *day,
            cents: *cents,
            ..plain.clone()
        });
    }
    sales.push(Sale {
        cents: left,
        ..plain
    });
    sales.iter().map(|sale| sale.row(1)).collect()
}

/// What everybody earns together with sales that roll up twice.
async fn earned(knobs: &[Knob], rows: &[RawTransaction], limits: Limits, at_once: bool) -> Decimal {
    let bench = Bench::new(limits).await;
    bench
        .define(&Company::with(knobs))
        .await
        .expect("the company can be defined");
    for part in rows.chunks(if at_once { rows.len() } else { 2 }) {
        let report = bench.import(part).await.expect("the store takes rows");
        assert_eq!(report.rejected, Vec::new(), "every row is good");
        if !at_once {
            bench.run_all().await.expect("nothing is in the way");
        }
    }
    bench.run_all().await.expect("nothing is in the way");
    let earnings = earnings(&*bench.snapshot().await).await;
    let amounts = earnings.iter().filter(|earning| earning.is_current());
    amounts
        .map(|earning| earning.amount().expect("no earning is in error").amount)
        .sum()
}

fn knobs() -> impl Strategy<Value = Vec<Knob>> {
    let mode = prop_oneof![Just(Knob::Mode(0)), Just(Knob::Mode(2))];
    let tiers = (0_u8..3).prop_map(Knob::Tiers);
    let cap = (0_u8..2).prop_map(Knob::Cap);
    let rounding = any::<bool>().prop_map(Knob::HalfUp);
    let archive = any::<bool>().prop_map(Knob::Archive);
    let attained = any::<bool>().prop_map(Knob::ByAttainment);
    let threshold = (0_u8..3).prop_map(Knob::Threshold);
    (mode, tiers, cap, rounding, archive, attained, threshold)
        .prop_map(|(a, b, c, d, e, f, g)| vec![a, b, c, d, e, f, g])
}

proptest! {
    #![proptest_config(config("totals", 24))]

    #[test]
    fn sales_may_be_cut_anyhow(
        knobs in knobs(),
        total in -600_000_i64..1_500_000,
        cuts in proptest::collection::vec((-200_000_i64..400_000, 0_u64..89), 0..8),
    ) {
        let whole = block_on(earned(&knobs, &pieces(total, &[]), Limits::default(), true));
        let cut = pieces(total, &cuts);
        let parts = block_on(earned(&knobs, &cut, Limits::default(), true));
        prop_assert_eq!(whole, parts, "in one run");
        let parts = block_on(earned(&knobs, &cut, small_limits(), false));
        prop_assert_eq!(whole, parts, "in several runs");
    }
}

//! Laws: totals depend on totals, differences settle at once.

use proptest::prelude::*;
use rust_decimal::Decimal;

use super::world::*;
use crate::calculation::Window;
use crate::credit::Credit;
use crate::definition::calendar::IntervalKind;
use crate::money::Rounding;
use crate::plan::{Axis, Basis, EarningRounding, Limit, RateTable, SplitMode, Threshold};

const RUNNING: Basis = Basis::PerEvent {
    running_total: true,
};

fn a_table() -> impl Strategy<Value = (SplitMode, RateTable)> {
    let widths = prop::collection::vec((1_u32..500_000, 0_u32..3_000), 1..5);
    (widths, any::<bool>(), any::<bool>()).prop_map(|(widths, step, of_goal)| {
        let mut from = Decimal::ZERO;
        let mut rows = Vec::new();
        for (width, value) in widths {
            let to = from + Decimal::new(i64::from(width), 2);
            rows.push(format!("{from}-{to} {}", Decimal::new(i64::from(value), 2)));
            from = to;
        }
        rows.push(format!("{from}-99999999 7"));
        let rows = rows.join(";");
        let table = if of_goal {
            by_attainment(&rows)
        } else {
            percents(&rows)
        };
        (
            if step {
                SplitMode::Step
            } else {
                SplitMode::Interpolated
            },
            table,
        )
    })
}

fn cut(total: i64, cuts: &[i64]) -> Vec<Credit> {
    let mut rest = total;
    let mut sales = Vec::new();
    for part in cuts {
        sales.push(Decimal::new(*part, 2));
        rest -= part;
    }
    sales.push(Decimal::new(rest, 2));
    let numbered = sales.iter().enumerate();
    numbered
        .map(|(index, sale)| credit(index + 1, "01-10", &sale.to_string()))
        .collect()
}

proptest! {
    /// Invariant 5: any cut and order of the same total gives the same, to the cent, whatever the
    /// cap and threshold.
    #[test]
    fn totals_depend_on_totals_only(
        (split, table) in a_table(),
        total in -5_000_000_i64..5_000_000,
        cuts in prop::collection::vec(-2_000_000_i64..2_000_000, 0..6),
        cap in prop::option::of(0_i64..100_000),
        threshold in prop::option::of(0_i64..150),
    ) {
        let mut world = World::rated(RUNNING, split, table)
            .with_quota(IntervalKind::Quarter, "777.77");
        world.first().cap = cap.map(|cap| Limit::Amount(Decimal::new(cap, 2)));
        world.first().threshold = threshold.map(|percent| Threshold {
            measure: measure_id("sales"),
            percent: Decimal::from(percent),
        });
        let whole = world.through("2015-01-31", &cut(total, &[]));
        let parts = world.through("2015-01-31", &cut(total, &cuts));
        let mut reversed = cut(total, &cuts);
        reversed.reverse();
        let reversed = world.through("2015-01-31", &reversed);
        prop_assert_eq!(super::world::total(&whole), super::world::total(&parts));
        prop_assert_eq!(super::world::total(&whole), super::world::total(&reversed));
    }

    /// Slices of a step add up to what was earned.
    #[test]
    fn slices_add_up_to_the_commission(
        (_, table) in a_table(),
        cuts in prop::collection::vec(-2_000_000_i64..2_000_000, 0..6),
    ) {
        let world = World::rated(RUNNING, SplitMode::Step, table)
            .with_quota(IntervalKind::Quarter, "500");
        for draft in world.through("2015-01-31", &cut(1_000_000, &cuts)) {
            let rate = draft.trace.rate.unwrap();
            let results: Decimal = rate.slices.iter().map(|slice| slice.result).sum();
            let inputs: Decimal = rate.slices.iter().map(|slice| slice.input).sum();
            prop_assert_eq!(results, rate.commission);
            prop_assert_eq!(inputs, draft.trace.measures[0].value);
            prop_assert_eq!(draft.trace.unrounded, rate.commission);
        }
    }

    /// The fast lane gives what the decimals give: amounts, traces, errors.
    #[test]
    fn the_fast_lane_equals_the_decimals(
        (_, table) in a_table(),
        flat in any::<bool>(),
        ends in any::<bool>(),
        each in any::<bool>(),
        half_up in any::<bool>(),
        sales in prop::collection::vec(
            (-9_000_000_i64..9_000_000, 0_u32..10, any::<bool>()),
            0..12,
        ),
    ) {
        let split = if flat { SplitMode::Flat } else { SplitMode::Step };
        let mut world = World::rated(RUNNING, split, table)
            .with_quota(IntervalKind::Quarter, "777.77");
        if ends {
            let Axis::Tiers(tiers) = &mut world.plan.rate_tables[0].dimensions[0].axis else {
                unreachable!("a table of tiers");
            };
            tiers.last_mut().unwrap().to = Some(number("20000000"));
        }
        if each {
            world.first().rounding = EarningRounding::EachEarning;
        }
        if half_up {
            world.set.settings.as_mut().unwrap().rounding = Rounding::HalfUp;
        }
        let credits: Vec<Credit> = sales
            .iter()
            .enumerate()
            .map(|(index, (amount, scale, huge))| {
                let amount = Decimal::new(*amount, *scale);
                let factor = if *huge { number("100000000") } else { Decimal::ONE };
                credit(index + 1, "01-10", &(amount * factor).to_string())
            })
            .collect();
        let window = Window { from: date("2015-01-01"), through: date("2015-01-31") };
        prop_assert_eq!(world.run(window, &credits), world.run_in_decimals(window, &credits));
    }
}

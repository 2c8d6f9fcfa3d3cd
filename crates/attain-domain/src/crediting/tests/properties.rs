//! Promises for any input: splits add up, doing it again changes nothing, and what comes out does
//! not depend on the way there or on how it was cut into chunks.

use proptest::prelude::*;
use rust_decimal::Decimal;

use super::super::Stages;
use super::super::fixture::{
    EVERYTHING, World, all_to, given, order, person, receiver, rule, team,
};
use crate::collecting::{RawCredit, RawTransaction};
use crate::credit::{Credit, CreditKind};
use crate::definition::Definition;
use crate::transaction::TransactionStatus;

const PEOPLE: [&str; 4] = ["ana", "ben", "cat", "mia"];

/// Something that happens to the company.
#[derive(Clone, Debug)]
enum Event {
    Import(Vec<RawTransaction>),
    Give(Vec<RawCredit>),
    Rules(usize),
    Flags {
        number: usize,
        preserve: bool,
        hold: bool,
    },
    Run(Stages),
}

fn any_row() -> impl Strategy<Value = RawTransaction> {
    let when = proptest::option::of(0..4_u32);
    (0..4_usize, 1..3_u32, 0..3_usize, when, 0..8_u32).prop_map(
        |(number, month, amount, hour, cancelled)| RawTransaction {
            updated_at: hour.map(|hour| format!("2015-01-02T{hour:02}:00:00Z")),
            cancelled: Some((cancelled == 0).to_string()),
            ..order(
                &number.to_string(),
                &format!("2015-{month:02}-10"),
                ["0", "50", "99.99"][amount],
            )
        },
    )
}

fn any_credit() -> impl Strategy<Value = RawCredit> {
    (0..4_usize, 0..4_usize, 1..100_u32).prop_map(|(number, who, amount)| {
        given(&number.to_string(), PEOPLE[who], &amount.to_string())
    })
}

fn any_stages() -> impl Strategy<Value = Stages> {
    prop_oneof![
        3 => Just(EVERYTHING),
        1 => Just(Stages { classify: true, ..Stages::default() }),
        1 => Just(Stages { credit: true, ..Stages::default() }),
        1 => Just(Stages { roll_up: true, ..Stages::default() }),
    ]
}

fn imports_and_rules() -> impl Strategy<Value = Event> {
    prop_oneof![
        3 => proptest::collection::vec(any_row(), 1..4).prop_map(Event::Import),
        1 => (0..5_usize).prop_map(Event::Rules),
        2 => any_stages().prop_map(Event::Run),
    ]
}

fn anything() -> impl Strategy<Value = Event> {
    prop_oneof![
        4 => imports_and_rules(),
        1 => proptest::collection::vec(any_credit(), 1..3).prop_map(Event::Give),
        1 => (0..4_usize, any::<bool>(), any::<bool>())
            .prop_map(|(number, preserve, hold)| Event::Flags { number, preserve, hold }),
    ]
}

fn world() -> World {
    let mut world = World::new();
    let mut sharing = team("share", None, &["ana", "cat"]);
    sharing.shares_members_credits = true;
    world.set.put(Definition::Team(sharing), 1);
    world.set.put(
        Definition::Team(team("west", Some("ben"), &["ana", "ben", "cat"])),
        1,
    );
    world
        .set
        .put(Definition::Participant(person("cat", &["mia", "zoe"])), 1);
    world.categories(&[("large", ""), ("small", "")]);
    world.classify(&[
        ("transaction.amount > 60", "large"),
        ("transaction.amount > 0", "small"),
    ]);
    set_rules(&mut world, 0);
    world
}

fn set_rules(world: &mut World, variant: usize) {
    let rules = match variant {
        0 => vec![all_to("a", "ana")],
        1 => vec![rule(
            "a",
            "true",
            vec![receiver("ana", "50", true), receiver("ben", "50", true)],
        )],
        2 => vec![
            rule(
                "l",
                "transaction.category == 'large'",
                vec![receiver("team:west", "100", true)],
            ),
            rule(
                "s",
                "true",
                vec![receiver("cat", "100", true), receiver("ana", "10", false)],
            ),
        ],
        3 => vec![rule(
            "n",
            "transaction.number == '1'",
            vec![receiver("mia", "100", true)],
        )],
        _ => vec![rule(
            "t",
            "true",
            vec![
                receiver("cat", "33.3", true),
                receiver("ana", "33.4", true),
                receiver("cat", "33.3", true),
            ],
        )],
    };
    world.rules("main", rules);
}

fn happen(world: &mut World, event: &Event, chunk: usize) {
    match event {
        Event::Import(rows) => drop(world.import(rows)),
        Event::Give(rows) => drop(world.import_credits(rows)),
        Event::Rules(variant) => set_rules(world, *variant),
        Event::Run(stages) => drop(world.credit_in_chunks(*stages, chunk)),
        Event::Flags {
            number,
            preserve,
            hold,
        } => {
            let number = number.to_string();
            let is_it = |id: &&crate::ids::TransactionId| {
                world
                    .live_transactions()
                    .any(|t| t.id == **id && t.key.number.as_str() == number)
            };
            let id = world.transactions.keys().find(is_it).copied();
            if let Some(transaction) = id.and_then(|id| world.transactions.get_mut(&id)) {
                transaction.flags.preserve_credits = *preserve;
                transaction.flags.hold = *hold;
                transaction.stamp.version = transaction.stamp.version.next();
            }
        }
    }
}

/// Everything that happened, and then everything processed.
fn after(events: &[Event], chunk: usize) -> World {
    let mut world = world();
    events
        .iter()
        .for_each(|event| happen(&mut world, event, chunk));
    world.credit_in_chunks(EVERYTHING, chunk);
    world
}

/// A world with the same live transactions and rules, in which nothing happened before.
fn from_scratch(world: World) -> World {
    let mut fresh = World::new();
    let live: Vec<_> = world.live_transactions().cloned().collect();
    fresh.set = world.set;
    let row = |transaction: &crate::transaction::Transaction| {
        order(
            transaction.key.number.as_str(),
            &transaction.event_date.to_string(),
            &transaction.amount.amount.to_string(),
        )
    };
    fresh.import(&live.iter().map(row).collect::<Vec<_>>());
    fresh.credit_in_chunks(EVERYTHING, usize::MAX);
    fresh
}

fn statuses(world: &World) -> Vec<(String, TransactionStatus, Option<String>)> {
    let mut all: Vec<_> = world
        .live_transactions()
        .map(|t| {
            (
                t.key.to_string(),
                t.status.clone(),
                t.category.as_ref().map(ToString::to_string),
            )
        })
        .collect();
    all.sort_by(|a, b| a.0.cmp(&b.0));
    all
}

fn sum(credits: &[&Credit], part: fn(&Credit) -> Decimal) -> Decimal {
    credits.iter().map(|credit| part(credit)).sum()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn revenue_credits_add_up_to_the_transaction(
        cents in -10_000_000_000_000_i64..10_000_000_000_000,
        quantity in 0..1_000_000_i64,
        weights in proptest::collection::vec(0..1_000_000_000_i64, 0..5),
    ) {
        // Percents with up to 7 digits after the point; the last receiver has what is missing.
        let total: i64 = weights.iter().sum::<i64>().max(1);
        let mut left = Decimal::ONE_HUNDRED;
        let mut receivers: Vec<_> = weights.iter().map(|weight| {
            let percent = (Decimal::from(*weight) / Decimal::from(total + 1) * Decimal::ONE_HUNDRED)
                .trunc_with_scale(7);
            left -= percent;
            receiver("ana", &percent.to_string(), true)
        }).collect();
        receivers.push(receiver("ben", &left.to_string(), true));
        receivers.push(receiver("cat", "70", false));
        let mut world = World::new();
        world.rules("main", vec![rule("r", "true", receivers)]);
        let mut row = order("1", "2015-01-15", &Decimal::new(cents, 2).to_string());
        row.quantity = Some(Decimal::new(quantity, 3).to_string());
        world.import(&[row]);
        world.credit(EVERYTHING);
        let is_revenue = |c: &&Credit| c.kind == CreditKind::Direct && c.revenue;
        let credits: Vec<_> = world.credits.values().filter(is_revenue).collect();
        prop_assert_eq!(credits.len(), weights.len() + 1);
        prop_assert_eq!(sum(&credits, |credit| credit.amount.amount), Decimal::new(cents, 2));
        prop_assert_eq!(sum(&credits, |credit| credit.quantity), Decimal::new(quantity, 3));
        let cents_only = |credit: &&Credit| credit.amount.amount.normalize().scale() <= 2;
        prop_assert!(world.credits.values().all(|credit| cents_only(&credit)));
    }

    #[test]
    fn doing_it_again_changes_nothing_and_leaves_nothing_behind(
        events in proptest::collection::vec(anything(), 1..12),
        chunk in 1..6_usize,
    ) {
        let mut world = after(&events, chunk);
        let only = |classify, credit, roll_up| Stages { classify, credit, roll_up };
        let (classify, credit) = (only(true, false, false), only(false, true, false));
        let stages = [EVERYTHING, classify, credit, only(false, false, true), EVERYTHING];
        for (again, stages) in stages.into_iter().enumerate() {
            for outcome in world.credit_in_chunks(stages, chunk + again) {
                prop_assert_eq!(outcome.changes, crate::change::Changes::default());
                prop_assert_eq!(outcome.counts.done, 0);
            }
        }
        let held = world.live_transactions().any(|transaction| transaction.flags.hold);
        for credit in world.credits.values().filter(|_| !held) {
            prop_assert!(credit.obsolete.is_none(), "{credit:?}");
            let transaction = &world.transactions[&credit.transaction.unwrap()];
            prop_assert!(world.live_transactions().any(|live| live.id == transaction.id));
        }
    }

    #[test]
    fn step_by_step_gives_what_from_scratch_gives(
        events in proptest::collection::vec(imports_and_rules(), 1..12),
        chunk in 1..6_usize,
    ) {
        let world = after(&events, chunk);
        let (counting, statuses_found) = (world.counting(), statuses(&world));
        let fresh = from_scratch(world);
        prop_assert_eq!(counting, fresh.counting());
        prop_assert_eq!(statuses_found, statuses(&fresh));
    }

    #[test]
    fn chunks_make_no_difference(events in proptest::collection::vec(anything(), 1..12)) {
        let whole = after(&events, usize::MAX);
        for chunk in [1, 2, 3] {
            let cut = after(&events, chunk);
            prop_assert_eq!(cut.counting(), whole.counting());
            prop_assert_eq!(statuses(&cut), statuses(&whole));
        }
    }
}

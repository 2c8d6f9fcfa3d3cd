//! Laws, for any plan and any sequence of earnings, rewards and clearings.

use proptest::prelude::*;
use proptest::sample::select;

use super::super::lint::lint_payment_plans;
use super::office::{Office, line};
use super::*;
use crate::definition::settings::NegativeSheet;
use crate::money::Money;

fn cents(cents: i64) -> String {
    Decimal::new(cents, 2).to_string()
}

fn amount(cents: i64) -> Decimal {
    Decimal::new(cents, 2).normalize()
}

fn any_cap() -> impl Strategy<Value = Option<BalanceCap>> {
    let cap = (0..3_000_i64, any::<bool>()).prop_map(|(whole, carries)| BalanceCap {
        amount: Decimal::from(whole),
        withheld: kept(carries),
    });
    proptest::option::of(cap)
}

fn kept(carries: bool) -> Withheld {
    if carries {
        Withheld::CarriedForward
    } else {
        Withheld::Lost
    }
}

fn any_interval() -> impl Strategy<Value = IntervalKind> {
    select(vec![
        IntervalKind::Period,
        IntervalKind::Quarter,
        IntervalKind::Year,
    ])
}

fn any_terms() -> impl Strategy<Value = RecoveryTerms> {
    let timing = prop_oneof![
        Just(RecoveryTiming::Immediate),
        any_interval().prop_map(RecoveryTiming::IntervalEnd),
        any_date().prop_map(RecoveryTiming::From),
    ];
    let percent = prop_oneof![2 => Just(10_000_i64), 1 => 1..10_001_i64];
    let floor = prop_oneof![Just(Floor::Kept), Just(Floor::NotKept)];
    let waive = proptest::option::weighted(0.2, any_date());
    (timing, percent, floor, any_cap(), waive).prop_map(
        |(timing, percent, floor, balance_cap, waive_after)| RecoveryTerms {
            timing,
            percent: amount(percent),
            floor,
            balance_cap,
            waive_after,
        },
    )
}

fn any_date() -> impl Strategy<Value = crate::time::Date> {
    (0..365_u64).prop_map(|day| date("2026-01-01") + chrono::Days::new(day))
}

fn any_sharing() -> impl Strategy<Value = Sharing> {
    prop_oneof![
        3 => Just(Sharing::Everything),
        1 => select(vec!["a", "b"])
            .prop_map(|id| Sharing::Components(vec![(name("reps"), name(id))])),
    ]
}

/// Any plan that holds together.
fn any_plan() -> impl Strategy<Value = PaymentPlan> {
    let minimum = (0..200_000_i64, any_interval(), any::<bool>(), any::<bool>());
    let window = (any_date(), proptest::option::of(1..400_u64));
    let pay_cap = proptest::option::weighted(0.3, (0..200_000_i64, any::<bool>()));
    let parts = (
        minimum,
        window,
        pay_cap,
        any_terms(),
        0..3_u8,
        any_sharing(),
    );
    let parts = parts.prop_map(|(minimum, (from, length), cap, terms, kind, shared_by)| {
        let (least, interval, on_top, whole) = minimum;
        let least = if on_top { least.max(1) } else { least };
        let to = length.map(|days| from + chrono::Days::new(days));
        let terms = RecoveryTerms {
            waive_after: terms.waive_after.map(|date| date.max(from)),
            ..terms
        };
        PaymentPlan {
            effective: DateRange {
                from: Some(from),
                to,
            },
            minimum: Minimum {
                amount: amount(least),
                interval,
                mode: if on_top {
                    DrawMode::OnTop
                } else {
                    DrawMode::TopUp
                },
                proration: if whole {
                    DrawProration::Whole
                } else {
                    DrawProration::ByDay
                },
            },
            recoverability: match (kind, to) {
                (0, _) => Recoverability::NotRecoverable,
                (1, Some(_)) => Recoverability::ForgivenAtEnd(terms),
                (_, _) => Recoverability::Recoverable(terms),
            },
            pay_cap: cap.map(|(more, carries)| PayCap {
                amount: amount(least + more),
                withheld: kept(carries),
            }),
            shared_by,
            ..draw("0")
        }
    });
    parts.prop_filter("holds together", |plan| {
        let wrong = check_payment_plan(plan, &Office::new([]).set);
        let is_unknown =
            |r: &crate::refusal::Refusal| r.reason == crate::refusal::Reason::UnknownReference;
        wrong.iter().all(is_unknown)
    })
}

fn any_plans() -> impl Strategy<Value = Vec<PaymentPlan>> {
    proptest::collection::vec(any_plan(), 0..4).prop_map(|plans| {
        let numbered = plans.into_iter().zip(0_u16..);
        let plans = numbered.map(|(plan, priority)| PaymentPlan {
            id: name(&format!("draw-{priority}")),
            priority,
            ..plan
        });
        plans.collect()
    })
}

/// The same plan, but for what lets a sheet pay less than the minimum.
fn uncapped(plan: PaymentPlan) -> PaymentPlan {
    let kept = |terms| RecoveryTerms {
        floor: Floor::Kept,
        balance_cap: None,
        ..terms
    };
    PaymentPlan {
        recoverability: match plan.recoverability {
            Recoverability::NotRecoverable => Recoverability::NotRecoverable,
            Recoverability::Recoverable(terms) => Recoverability::Recoverable(kept(terms)),
            Recoverability::ForgivenAtEnd(terms) => Recoverability::ForgivenAtEnd(kept(terms)),
        },
        shared_by: Sharing::Everything,
        pay_cap: None,
        ..plan
    }
}

/// Something that happens in the office.
#[derive(Clone, Debug)]
enum Deed {
    Sheet(i64, i64),
    NextMonth,
    Assign(i64, bool),
    Withdraw,
    Clear,
    Undo,
}

fn any_deed() -> impl Strategy<Value = Deed> {
    let earned = -200_000..300_000_i64;
    prop_oneof![
        5 => (earned.clone(), earned).prop_map(|(a, b)| Deed::Sheet(a, b)),
        4 => Just(Deed::NextMonth),
        3 => (-100_000..100_000_i64, any::<bool>()).prop_map(|(c, owed)| Deed::Assign(c, owed)),
        1 => Just(Deed::Withdraw),
        1 => Just(Deed::Clear),
        1 => Just(Deed::Undo),
    ]
}

fn any_setting() -> impl Strategy<Value = NegativeSheet> {
    select(vec![
        NegativeSheet::Stands,
        NegativeSheet::Carried,
        NegativeSheet::Lifted,
    ])
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// Computed in whole cents, without anything of the settlement.
    #[test]
    fn full_immediate_recovery_pays_the_minimum_or_what_is_left(
        least in 0..200_000_i64,
        earned in proptest::collection::vec(-300_000..400_000_i64, 1..12),
    ) {
        let mut office = Office::new([draw(&cents(least))]);
        let mut owed = 0;
        for earned in earned {
            let settled = office.month(&cents(earned));
            prop_assert_eq!(settled.pays.amount, amount(least.max(earned - owed)));
            owed = 0.max(owed + least - earned);
            prop_assert_eq!(settled.balance.amount, amount(owed));
            prop_assert_eq!(office.owed().amount, amount(owed));
        }
    }

    /// The office looks after every step whether all is accounted for, and whether every balance
    /// that could be read before can still be read as of then.
    #[test]
    fn all_money_is_accounted_for_whatever_happens(
        plans in any_plans(),
        setting in any_setting(),
        deeds in proptest::collection::vec(any_deed(), 1..30),
    ) {
        let mut office = Office::new(plans).negative_sheets(setting);
        let mut months = 1;
        for deed in deeds {
            match deed {
                Deed::Sheet(a, b) => {
                    let lines = [line("a", &cents(a)), line("b", &cents(b))];
                    let settled = office.sheet(&lines);
                    let is_negative = settled.pays.amount < Decimal::ZERO;
                    prop_assert_eq!(is_negative, settled.outcome == SheetOutcome::Negative);
                }
                Deed::NextMonth if months < 12 => {
                    months += 1;
                    office.next_month();
                }
                Deed::NextMonth => break,
                Deed::Assign(0, _) => {}
                Deed::Assign(amount, owed) => {
                    office.assign(&cents(amount), owed).expect("a good reward");
                }
                Deed::Withdraw => office.withdraw_newest(),
                Deed::Clear => {
                    office.clear();
                }
                Deed::Undo => {
                    office.undo_newest();
                }
            }
        }
    }

    /// However a month's earnings are cut into sheets, together they pay the same.
    #[test]
    fn several_sheets_of_a_month_pay_what_one_would(
        least in 0..200_000_i64,
        before in 0..100_000_i64,
        parts in proptest::collection::vec(0..100_000_i64, 1..6),
        recoverable in any::<bool>(),
    ) {
        let plan = if recoverable { draw(&cents(least)) } else { guarantee(&cents(least)) };
        let mut cut = Office::new([plan.clone()]);
        let mut whole = Office::new([plan]);
        for office in [&mut cut, &mut whole] {
            office.month(&cents(before));
        }
        for part in &parts {
            cut.sheet(&[line("commission", &cents(*part))]);
        }
        whole.sheet(&[line("commission", &cents(parts.iter().sum()))]);
        prop_assert_eq!(cut.paid, whole.paid);
        prop_assert_eq!(cut.owed(), whole.owed());
    }

    /// A recovery leaves what the plan guarantees, and nobody is asked for more than is owed.
    #[test]
    fn a_plan_that_keeps_its_floor_pays_it(
        plan in any_plan().prop_map(uncapped),
        earned in proptest::collection::vec(-200_000..300_000_i64, 12),
    ) {
        let mut office = Office::new([plan]);
        for earned in earned {
            let settled = office.month(&cents(earned));
            let [explained] = settled.plans.as_slice() else {
                panic!("one plan: {settled:?}");
            };
            if explained.minimum.is_some() && office.plans[0].minimum.mode == DrawMode::TopUp {
                prop_assert!(settled.pays.amount >= explained.floor.amount);
                prop_assert!(explained.floor.amount >= Decimal::ZERO);
            }
            prop_assert!(settled.balance.amount >= Decimal::ZERO);
        }
    }
}

/// What `a` would have to earn, in cents, so that a plan's minimum is just reached: beside `b`, and
/// alone.
fn floors(office: &Office, b: i64) -> Vec<i64> {
    let settled = office.settle(&[line("a", "0"), line("b", &cents(b))]);
    let floors = settled
        .plans
        .iter()
        .map(|plan| plan.floor.amount * Decimal::ONE_HUNDRED);
    let floors = floors.map(|floor| i64::try_from(floor).expect("whole cents"));
    floors.flat_map(|floor| [floor, floor - b]).collect()
}

/// What a sheet would pay in the state that an office is in.
fn paid(office: &Office, a: i64, b: i64) -> Money {
    office
        .settle(&[line("a", &cents(a)), line("b", &cents(b))])
        .pays
}

proptest! {
    #![proptest_config(ProptestConfig {
        failure_persistence: None, ..ProptestConfig::with_cases(32)
    })]

    /// Under plans that the lint passes, in any state that they can come to.
    #[test]
    fn earning_more_never_pays_less_where_the_lint_finds_nothing(
        plans in any_plans(),
        setting in any_setting(),
        months in proptest::collection::vec((-50_000..150_000_i64, -50_000..150_000_i64), 0..12),
        by_hand in (-100_000..100_000_i64, any::<bool>()),
        more in proptest::collection::vec((-300_000..400_000_i64, 1..200_000_i64), 8),
    ) {
        let mut office = Office::new(plans).negative_sheets(setting);
        let together: Vec<&PaymentPlan> = office.plans.iter().collect();
        prop_assume!(lint_payment_plans(&together, &office.set).is_none());
        for (a, b) in months.iter().take(11) {
            office.sheet(&[line("a", &cents(*a)), line("b", &cents(*b))]);
            office.next_month();
        }
        if by_hand.0 != 0 {
            office.assign(&cents(by_hand.0), by_hand.1).expect("a good reward");
        }
        for other in [-70_000, 0, 120_000] {
            let floors = floors(&office, other);
            let nearly = floors.iter().flat_map(|floor| [(floor - 1, 1), (*floor, 1)]);
            for (from, step) in nearly.chain(more.iter().copied()) {
                let less = paid(&office, from, other);
                let more = paid(&office, from + step, other);
                prop_assert!(less.amount <= more.amount, "{from} + {step}: {less} {more}");
            }
        }
    }
}

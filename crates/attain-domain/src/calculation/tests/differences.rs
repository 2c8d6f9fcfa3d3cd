//! What changes when the calculation gives something else, and that nothing else does.

use uuid::Uuid;

use super::world::*;
use crate::calculation::{Differences, EarningDraft, Waiting, difference};
use crate::definition::Settings;
use crate::earning::Earning;
use crate::ids::{ActorId, CalculationId, PeriodId};
use crate::plan::{Component, SplitMode};
use crate::time::Instant;
use crate::working::Circumstances;

fn compare(world: &World, drafts: Vec<EarningDraft>, live: &[Earning]) -> Differences {
    compare_waiting(world, drafts, live, Vec::new())
}

fn compare_waiting(
    world: &World,
    drafts: Vec<EarningDraft>,
    live: &[Earning],
    waiting: Vec<Waiting>,
) -> Differences {
    let settings: Settings = world.set.settings.clone().unwrap();
    let first = live
        .iter()
        .map(|e| e.id.0.as_u128())
        .max()
        .unwrap_or_default();
    let mut last = first;
    let mut next_id = || {
        last += 1;
        Uuid::from_u128(last)
    };
    let actor = ActorId::parse("tester").unwrap();
    let mut circumstances = Circumstances {
        at: Instant::from_micros(1).unwrap(),
        actor: &actor,
        next_id: &mut next_id,
    };
    let calculation = |_: &_| Some(CalculationId(Uuid::from_u128(7)));
    difference(
        drafts,
        live,
        waiting,
        calculation,
        &settings,
        &mut circumstances,
    )
    .unwrap()
}

/// The live earnings after the changes.
fn applied(mut live: Vec<Earning>, result: &Differences) -> Vec<Earning> {
    let changes = &result.changes;
    live.retain(|earning| {
        !changes
            .earnings_departed
            .iter()
            .any(|gone| gone.id == earning.id)
    });
    for earning in &mut live {
        for mark in changes
            .earnings_obsoleted
            .iter()
            .filter(|mark| mark.id == earning.id)
        {
            earning.obsolete = Some(mark.mark.clone());
        }
        for facts in changes
            .earnings_explained
            .iter()
            .filter(|facts| facts.id == earning.id)
        {
            (earning.credit, earning.transaction) = (facts.credit, facts.transaction);
            earning.trace = facts.trace.clone();
        }
    }
    live.extend(changes.earnings.iter().cloned());
    live
}

fn tenth() -> World {
    World::new(Component {
        output: Some("measure.sales.value * 0.1".to_owned()),
        ..component()
    })
}

fn outcomes(result: &Differences) -> Vec<String> {
    let outcomes = &result.counts.outcomes;
    outcomes
        .iter()
        .map(|(name, count)| format!("{name} {count}"))
        .collect()
}

fn january(world: &World, amount: &str) -> Vec<EarningDraft> {
    world.through("2015-01-31", &credits(&[("01-15", amount)]))
}

fn paid(mut live: Vec<Earning>, taken: u16, paid: u16) -> Vec<Earning> {
    for earning in &mut live {
        (earning.instalments.taken, earning.instalments.paid) = (taken, paid);
    }
    live
}

fn sums(result: &Differences) -> Vec<String> {
    let amount = |e: &Earning| e.amount().unwrap().amount.normalize().to_string();
    result.changes.earnings.iter().map(amount).collect()
}

#[test]
fn what_is_new_is_added_and_what_is_equal_stays() {
    let world = tenth();
    let first = compare(&world, january(&world, "10000"), &[]);
    assert_eq!(outcomes(&first), ["earnings_created 1"]);
    let live = applied(Vec::new(), &first);
    assert_eq!(live[0].calculation, CalculationId(Uuid::from_u128(7)));
    let again = compare(&world, january(&world, "10000"), &paid(live, 1, 1));
    assert_eq!(outcomes(&again), ["earnings_kept 1"]);
    assert_eq!(
        again.changes,
        crate::change::Changes::default(),
        "D3: no line for it"
    );
}

#[test]
fn an_unpaid_earning_is_replaced() {
    let mut world = tenth();
    for archive in [false, true] {
        world.set.settings.as_mut().unwrap().archive_updated_credits = archive;
        let live = applied(Vec::new(), &compare(&world, january(&world, "10000"), &[]));
        let result = compare(&world, january(&world, "12000"), &live);
        assert_eq!(outcomes(&result), ["earnings_replaced 1"]);
        assert_eq!(sums(&result), ["1200"]);
        assert_eq!(result.changes.earnings_departed[0].archive, archive);
    }
}

#[test]
fn d1_an_earning_on_an_unpaid_sheet_becomes_obsolete() {
    let world = tenth();
    let live = applied(Vec::new(), &compare(&world, january(&world, "10000"), &[]));
    let live = paid(live, 1, 0);
    let result = compare(&world, january(&world, "12000"), &live);
    assert_eq!(result.changes.earnings_departed, []);
    assert_eq!(result.changes.earnings_obsoleted[0].id, live[0].id);
    assert_eq!(sums(&result), ["1200"]);
    let after = applied(live, &result);
    assert_eq!(
        outcomes(&compare(&world, january(&world, "12000"), &after)),
        ["earnings_kept 1"]
    );
}

#[test]
fn d2_a_paid_earning_is_reversed_exactly() {
    let world = tenth();
    for (amount, expected) in [("12000", ["-1000", "1200"]), ("9000", ["-1000", "900"])] {
        let live = applied(Vec::new(), &compare(&world, january(&world, "10000"), &[]));
        let live = paid(live, 1, 1);
        let result = compare(&world, january(&world, amount), &live);
        assert_eq!(sums(&result), expected);
        assert_eq!(result.changes.earnings[0].reversal_of, Some(live[0].id));
        assert!(
            result.changes.earnings_departed[0].archive,
            "paid ones are always kept"
        );
        assert_eq!(
            outcomes(&result),
            ["earnings_replaced 1", "reversals_created 1"]
        );
    }
}

#[test]
fn only_the_paid_instalments_are_reversed() {
    let mut world = tenth();
    world.first().instalments = 3;
    let live = applied(Vec::new(), &compare(&world, january(&world, "1000"), &[]));
    assert_eq!(live[0].instalments.count, 3);
    let result = compare(&world, january(&world, "2000"), &paid(live, 2, 2));
    assert_eq!(sums(&result), ["-66.67", "200"]);
}

/// What Revert has left of paid earnings.
fn reverted(live: Vec<Earning>) -> Vec<Waiting> {
    let waiting = |(original, number): (Earning, u128)| {
        let amount = original.amount().unwrap();
        let mut reversal = original.clone();
        reversal.id = crate::ids::EarningId(Uuid::from_u128(number));
        reversal.outcome = crate::earning::EarningOutcome::Amount(amount.negated());
        reversal.reversal_of = Some(original.id);
        reversal.awaits_calculation = true;
        reversal.instalments = crate::earning::Instalments::at_once(original.date);
        Waiting { reversal, original }
    };
    live.into_iter().zip(500..).map(waiting).collect()
}

#[test]
fn c3_a_waiting_reversal_is_posted_with_what_is_earned_now() {
    let world = tenth();
    let live = applied(Vec::new(), &compare(&world, january(&world, "10000"), &[]));
    let waiting = reverted(paid(live.clone(), 1, 1));
    let result = compare_waiting(&world, january(&world, "8000"), &[], waiting);
    assert_eq!(sums(&result), ["-1000", "800"]);
    let posted = &result.changes.earnings[0];
    assert_eq!(posted.reversal_of, Some(live[0].id));
    assert!(!posted.awaits_calculation);
    assert_eq!(
        result.changes.earnings_departed.len(),
        1,
        "the waiting one goes"
    );
    assert_eq!(
        outcomes(&result),
        ["earnings_created 1", "reversals_created 1"]
    );
}

#[test]
fn what_is_earned_again_as_it_was_is_not_taken_back() {
    let world = tenth();
    let live = applied(Vec::new(), &compare(&world, january(&world, "10000"), &[]));
    let waiting = reverted(paid(live.clone(), 1, 1));
    let result = compare_waiting(&world, january(&world, "10000"), &[], waiting);
    assert_eq!(result.changes.earnings, []);
    assert_eq!(result.changes.earnings_returned[0].id, live[0].id);
    assert_eq!(
        result.changes.earnings_departed.len(),
        1,
        "the waiting one goes"
    );
    assert_eq!(outcomes(&result), ["reversals_withdrawn 1"]);
    let counts = &result.counts;
    assert_eq!((counts.taken, counts.skipped), (1, 1));
}

#[test]
fn a_waiting_reversal_without_a_draft_is_posted() {
    let world = tenth();
    let live = applied(Vec::new(), &compare(&world, january(&world, "10000"), &[]));
    let waiting = reverted(paid(live, 1, 1));
    let result = compare_waiting(&world, Vec::new(), &[], waiting);
    assert_eq!(sums(&result), ["-1000"]);
}

#[test]
fn what_is_gone_leaves() {
    let world = tenth();
    let live = applied(Vec::new(), &compare(&world, january(&world, "10000"), &[]));
    let result = compare(&world, Vec::new(), &live);
    assert_eq!(outcomes(&result), ["earnings_removed 1"]);
    assert_eq!(result.changes.earnings, []);
    let result = compare(&world, Vec::new(), &paid(live, 1, 1));
    assert_eq!(sums(&result), ["-1000"]);
}

#[test]
fn what_was_paid_moves_with_its_credit_to_another_period() {
    let world = tenth();
    let live = applied(Vec::new(), &compare(&world, january(&world, "10000"), &[]));
    let mut drafts = january(&world, "10000");
    drafts[0].period = PeriodId::parse("2026-02").unwrap();
    drafts[0].date = live[0].date.succ_opt().unwrap();
    let result = compare(&world, drafts.clone(), &paid(live.clone(), 1, 1));
    assert_eq!(outcomes(&result), ["earnings_explained 1"]);
    let facts = &result.changes.earnings_explained[0];
    assert_eq!(
        (&facts.period, facts.date),
        (&drafts[0].period, drafts[0].date)
    );
    assert_eq!(result.changes.earnings, []);
    // What no sheet has taken is due anew.
    let result = compare(&world, drafts, &live);
    assert_eq!(outcomes(&result), ["earnings_replaced 1"]);
}

#[test]
fn other_facts_explain_the_same_amount() {
    let world = tenth();
    let live = applied(Vec::new(), &compare(&world, january(&world, "10000"), &[]));
    let mut drafts = january(&world, "10000");
    drafts[0].trace.plan_version = 4;
    let result = compare(&world, drafts, &paid(live.clone(), 1, 1));
    assert_eq!(outcomes(&result), ["earnings_explained 1"]);
    assert_eq!(result.changes.earnings_explained[0].trace.plan_version, 4);
    assert_eq!((result.counts.taken, result.counts.done), (1, 1));
}

#[test]
fn errors_are_counted_and_named() {
    let table = percents("0-10000 1; 10000-20000 2");
    let running = crate::plan::Basis::PerEvent {
        running_total: true,
    };
    let world = World::rated(running, SplitMode::Step, table);
    let sales = credits(&[("01-10", "15000"), ("01-11", "10000")]);
    let result = compare(&world, world.through("2015-01-31", &sales), &[]);
    assert_eq!(
        result.failures[0].subject,
        "rep/commission 2015-Q1 ann ORDER 0002"
    );
    let counts = &result.counts;
    assert_eq!(
        (counts.taken, counts.done, counts.skipped, counts.failed),
        (2, 1, 0, 1)
    );
    assert_eq!(
        outcomes(&result),
        ["earnings_created 2", "earnings_in_error 1"]
    );
    let live = applied(Vec::new(), &result);
    let again = compare(&world, world.through("2015-01-31", &sales), &live);
    assert_eq!(again.changes, crate::change::Changes::default());
}

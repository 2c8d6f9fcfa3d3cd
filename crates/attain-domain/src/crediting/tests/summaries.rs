//! Roll-up, one by one and summarised.

use super::super::fixture::{EVERYTHING, World, order, person, receiver, rule};
use crate::credit::{CreditKind, CreditOrigin};
use crate::definition::Definition;

/// 5 people below a line of 5 levels of managers; 10 orders for each.
fn tall() -> World {
    let mut world = World::new();
    for level in 1..=5 {
        let above = format!("m{}", level + 1);
        let managers: &[&str] = if level == 5 { &[] } else { &[&above] };
        world.set.put(
            Definition::Participant(person(&format!("m{level}"), managers)),
            1,
        );
    }
    let mut rules = Vec::new();
    for nth in 1..=5 {
        let id = format!("p{nth}");
        world
            .set
            .put(Definition::Participant(person(&id, &["m1"])), 1);
        let when = format!("attribute.rep == '{id}'");
        rules.push(rule(&id, &when, vec![receiver(&id, "100", true)]));
    }
    world.rules("main", rules);
    let rows: Vec<_> = (0..50)
        .map(|nth| {
            let mut row = order(&nth.to_string(), "2015-01-15", "10");
            row.attributes
                .insert("rep".to_owned(), format!("p{}", nth / 10 + 1));
            row
        })
        .collect();
    world.import(&rows);
    world
}

fn indirect(world: &World) -> usize {
    world
        .credits
        .values()
        .filter(|credit| credit.kind == CreditKind::Indirect)
        .count()
}

fn summarise_all(world: &mut World) {
    for nth in 1..=5 {
        world.summarise(&format!("p{nth}"));
    }
}

#[test]
fn five_people_with_ten_credits_below_five_levels_make_250_or_25() {
    let mut world = tall();
    world.credit(EVERYTHING);
    assert_eq!(indirect(&world), 250);
    world.settings().summarised_roll_up = true;
    world.credit(EVERYTHING);
    assert_eq!(indirect(&world), 0);
    summarise_all(&mut world);
    assert_eq!(indirect(&world), 25);
    for credit in world
        .credits
        .values()
        .filter(|credit| credit.kind == CreditKind::Indirect)
    {
        assert_eq!(credit.amount, super::super::fixture::usd("100"));
        assert!(matches!(
            &credit.origin,
            CreditOrigin::From { source: None, .. }
        ));
    }
    let again = world.summarise("p1");
    assert_eq!((again.counts.taken, again.counts.skipped), (5, 5));
    assert_eq!(again.changes, crate::change::Changes::default());
    world.settings().summarised_roll_up = false;
    summarise_all(&mut world);
    world.credit(EVERYTHING);
    assert_eq!(indirect(&world), 250);
}

#[test]
fn a_summary_follows_its_credits_and_keeps_its_lineage() {
    let mut world = tall();
    world.settings().summarised_roll_up = true;
    world.credit(EVERYTHING);
    summarise_all(&mut world);
    let summary = |world: &World| {
        let mut all = world
            .credits
            .values()
            .filter(|credit| credit.participant.as_str() == "m3");
        all.find(|credit| credit.key.number.as_str().starts_with("p1@"))
            .cloned()
            .unwrap()
    };
    let before = summary(&world);
    assert_eq!(before.key.number.as_str(), "p1@2015-01-15");
    assert_eq!(before.key.kind.as_str(), super::super::SUMMARY_TYPE);
    let mut row = order("0", "2015-01-15", "30");
    row.attributes.insert("rep".to_owned(), "p1".to_owned());
    world.import(&[row]);
    world.credit(EVERYTHING);
    let outcome = world.summarise("p1");
    assert_eq!((outcome.counts.taken, outcome.counts.done), (5, 5));
    let after = summary(&world);
    assert_eq!(after.amount, super::super::fixture::usd("120"));
    assert_eq!(
        (after.lineage, after.stamp.version),
        (before.lineage, before.stamp.version.next())
    );
}

#[test]
fn transactions_that_do_not_roll_up_are_in_no_summary() {
    let mut world = tall();
    world.settings().summarised_roll_up = true;
    let mut row = order("0", "2015-01-15", "10");
    row.attributes.insert("rep".to_owned(), "p1".to_owned());
    row.do_not_roll_up = Some("1".to_owned());
    world.import(&[row]);
    world.credit(EVERYTHING);
    world.summarise("p1");
    let m1 = world
        .credits
        .values()
        .find(|credit| credit.participant.as_str() == "m1")
        .unwrap();
    assert_eq!(m1.amount, super::super::fixture::usd("90"));
}

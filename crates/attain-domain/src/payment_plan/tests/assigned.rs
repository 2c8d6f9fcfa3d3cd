//! Who has a payment plan in a period, and which plans are linted together.

use std::collections::BTreeSet;

use super::super::lint_together;
use super::*;
use crate::definition::{Definition, DefinitionSet, Participant};
use crate::expression::Value;
use crate::ids::PaymentPlanId;
use crate::testing::{calendar, participant, pay_group, plan, settings};

fn person(id: &str) -> Participant {
    participant(id)
}

fn to(to: AssignedTo) -> PlanAssignment {
    PlanAssignment {
        to,
        effective: DateRange::ALWAYS,
    }
}

fn set_of(people: Vec<Participant>, plans: Vec<PaymentPlan>) -> DefinitionSet {
    let mut set = DefinitionSet::default();
    let common = [
        Definition::Settings(settings()),
        Definition::Calendar(calendar()),
        Definition::Plan(plan("reps")),
        Definition::PayGroup(pay_group("staff")),
    ];
    let people = people.into_iter().map(Definition::Participant);
    let plans = plans.into_iter().map(Definition::PaymentPlan);
    for definition in common.into_iter().chain(people).chain(plans) {
        set.put(definition, 1);
    }
    set
}

fn check_paid(set: &DefinitionSet, period: &str, expected: &[&str]) {
    let period = set.calendar.period(&name(period)).expect("it is there");
    let found = participants_with_plans(set, &name("staff"), period);
    let found: Vec<&str> = found.iter().map(|id| id.as_str()).collect();
    assert_eq!(found, expected, "{}", period.id);
}

#[test]
fn people_have_a_plan_by_name_by_plan_and_by_attribute() {
    let mut senior = person("cat");
    senior.assignments.clear();
    let grade = Value::Text("senior".into());
    senior.attributes.insert(name("grade"), grade);
    let mut elsewhere = person("dan");
    elsewhere.pay_group = None;
    let mut out_of_plan = person("eve");
    out_of_plan.assignments.clear();
    let people = vec![
        person("ann"),
        person("bob"),
        senior,
        elsewhere,
        out_of_plan.clone(),
    ];
    let with = |assignments| PaymentPlan {
        assignments,
        ..draw("1000")
    };
    let check = |assignments, expected: &[&str]| {
        check_paid(
            &set_of(people.clone(), vec![with(assignments)]),
            "2026-03",
            expected,
        );
    };
    let named = |id| to(AssignedTo::Participant(name(id)));
    check(
        vec![named("bob"), named("ann"), named("dan")],
        &["ann", "bob"],
    );
    check(vec![to(AssignedTo::Plan(name("reps")))], &["ann", "bob"]);
    let attribute = |text: &str| to(AssignedTo::Attribute(name("grade"), text.to_owned()));
    check(vec![attribute("senior")], &["cat"]);
    check(vec![attribute("junior")], &[]);
    check(Vec::new(), &[]);
}

#[test]
fn one_day_in_the_interval_is_enough() {
    let mut late = person("ann");
    late.start = Some(date("2026-05-20"));
    late.end = Some(date("2026-07-01"));
    let quarterly = |interval| {
        let mut plan = draw("1000");
        plan.minimum.interval = interval;
        plan
    };
    let monthly = set_of(vec![late.clone()], vec![quarterly(IntervalKind::Period)]);
    check_paid(&monthly, "2026-04", &[]);
    check_paid(&monthly, "2026-05", &["ann"]);
    check_paid(&monthly, "2026-07", &["ann"]);
    check_paid(&monthly, "2026-08", &[]);
    let by_quarter = set_of(vec![late], vec![quarterly(IntervalKind::Quarter)]);
    check_paid(&by_quarter, "2026-03", &[]);
    check_paid(&by_quarter, "2026-04", &["ann"]);
    check_paid(&by_quarter, "2026-09", &["ann"]);
    check_paid(&by_quarter, "2026-10", &[]);
}

#[test]
fn the_dates_of_plan_and_assignment_count_both() {
    let mut plan = draw("1000");
    plan.effective = days("2026-02-01", "2026-05-01");
    plan.assignments[0].effective = days("2026-03-15", "2026-12-01");
    let set = set_of(vec![person("ann")], vec![plan]);
    check_paid(&set, "2026-02", &[]);
    check_paid(&set, "2026-03", &["ann"]);
    check_paid(&set, "2026-04", &["ann"]);
    check_paid(&set, "2026-05", &[]);
}

/// Two plans that are well alone, and of which the second takes what the first had paid.
fn two_that_clash() -> [PaymentPlan; 2] {
    let floorless = RecoveryTerms {
        floor: Floor::NotKept,
        ..terms()
    };
    [
        draw("1000"),
        PaymentPlan {
            id: name("second"),
            priority: 1,
            shared_by: Sharing::Components(vec![(name("reps"), name("commission"))]),
            ..on("10", floorless)
        },
    ]
}

fn linted(set: &DefinitionSet, given: &[&str]) -> Vec<Vec<String>> {
    let given: BTreeSet<PaymentPlanId> = given.iter().map(|id| name(id)).collect();
    let findings = lint_together(&given, set).into_iter();
    let ids = |plans: Vec<PaymentPlanId>| plans.iter().map(ToString::to_string).collect();
    findings.map(|finding| ids(finding.plans)).collect()
}

#[test]
fn what_is_found_alone_is_told_once() {
    let set = set_of(vec![person("ann")], two_that_clash().to_vec());
    assert_eq!(linted(&set, &["draw", "second"]), [["second"]]);
    assert_eq!(linted(&set, &["draw"]), [["draw", "second"]]);
    assert_eq!(linted(&set, &[]), Vec::<Vec<String>>::new());
    assert_eq!(linted(&set, &["nothing"]), Vec::<Vec<String>>::new());
}

#[test]
fn plans_that_nobody_has_at_the_same_time_are_not_looked_at_together() {
    let [mut first, mut second] = two_that_clash();
    first.assignments[0].effective = days("2026-01-01", "2026-03-01");
    second.assignments[0].effective = days("2026-03-01", "2026-06-01");
    let set = set_of(vec![person("ann")], vec![first.clone(), second.clone()]);
    assert_eq!(linted(&set, &["draw"]), Vec::<Vec<String>>::new());
    first.assignments[0].effective = days("2026-01-01", "2026-03-02");
    let set = set_of(vec![person("ann")], vec![first, second]);
    assert_eq!(linted(&set, &["draw"]), [["draw", "second"]]);
}

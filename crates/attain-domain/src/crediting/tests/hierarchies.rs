//! Who stands above whom, and loops.

use super::super::Hierarchy;
use super::super::fixture::{day, person, who};
use crate::definition::participant::ReportingLine;
use crate::definition::{Definition, DefinitionSet, Participant};
use crate::refusal::Reason;
use crate::time::DateRange;

fn set_of(people: Vec<Participant>) -> DefinitionSet {
    let mut set = DefinitionSet::default();
    people
        .into_iter()
        .for_each(|person| set.put(Definition::Participant(person), 1));
    set
}

fn line(manager: &str, from: Option<&str>, to: Option<&str>) -> ReportingLine {
    let effective = DateRange {
        from: from.map(day),
        to: to.map(day),
    };
    ReportingLine {
        manager: who(manager),
        effective,
    }
}

fn check_above(hierarchy: &Hierarchy, of: &str, date: &str, expected: &[(&str, &str, u32)]) {
    let above = hierarchy.ancestors(&who(of), day(date));
    let found: Vec<_> = above
        .iter()
        .map(|a| (a.participant.as_str(), a.through.as_str(), a.level))
        .collect();
    assert_eq!(found, expected, "above {of} on {date}");
}

#[test]
fn ancestors_change_with_the_dates_of_lines() {
    let mut ana = person("ana", &[]);
    ana.reports_to = vec![
        line("mia", None, Some("2015-03-01")),
        line("noa", Some("2015-03-01"), None),
    ];
    let mut mia = person("mia", &[]);
    mia.reports_to = vec![line("zoe", Some("2015-02-01"), None)];
    let set = set_of(vec![ana, mia, person("noa", &[]), person("zoe", &[])]);
    let hierarchy = Hierarchy::build(&set).ok().unwrap();
    check_above(&hierarchy, "ana", "2015-01-31", &[("mia", "ana", 1)]);
    check_above(
        &hierarchy,
        "ana",
        "2015-02-01",
        &[("mia", "ana", 1), ("zoe", "mia", 2)],
    );
    check_above(&hierarchy, "ana", "2015-03-01", &[("noa", "ana", 1)]);
    check_above(&hierarchy, "zoe", "2015-03-01", &[]);
    check_above(&hierarchy, "nobody", "2015-03-01", &[]);
}

#[test]
fn with_overlays_each_ancestor_is_there_once_by_the_shortest_path() {
    let people = vec![
        person("ana", &["mia", "ola"]),
        person("mia", &["noa"]),
        person("noa", &["zoe"]),
        person("ola", &["zoe"]),
        person("zoe", &[]),
    ];
    let hierarchy = Hierarchy::build(&set_of(people)).ok().unwrap();
    let expected = [
        ("mia", "ana", 1),
        ("ola", "ana", 1),
        ("noa", "mia", 2),
        ("zoe", "ola", 2),
    ];
    check_above(&hierarchy, "ana", "2015-01-01", &expected);
}

#[test]
fn who_has_left_gets_nothing_but_passes_it_on() {
    let mut mia = person("mia", &["zoe"]);
    mia.end = Some(day("2015-01-31"));
    let set = set_of(vec![person("ana", &["mia"]), mia, person("zoe", &[])]);
    let hierarchy = Hierarchy::build(&set).ok().unwrap();
    check_above(
        &hierarchy,
        "ana",
        "2015-01-31",
        &[("mia", "ana", 1), ("zoe", "mia", 2)],
    );
    check_above(&hierarchy, "ana", "2015-02-01", &[("zoe", "mia", 2)]);
}

fn check_loop(people: Vec<Participant>, path: &str, date: Option<&str>) {
    let wrong = Hierarchy::build(&set_of(people)).err().unwrap();
    assert_eq!(wrong.len(), 1);
    assert_eq!(wrong[0].reason, Reason::Cycle);
    assert_eq!(wrong[0].details["loop"], path);
    assert_eq!(wrong[0].details.get("date").map(String::as_str), date);
    assert!(wrong[0].text.contains(path));
}

#[test]
fn a_loop_is_refused_with_its_people_and_its_date() {
    let everybody = |a: Vec<ReportingLine>, b: Vec<ReportingLine>| {
        let (mut ana, mut ben) = (person("ana", &[]), person("ben", &[]));
        (ana.reports_to, ben.reports_to) = (a, b);
        vec![ana, ben, person("cat", &["ana"]), person("mia", &[])]
    };
    let forever = everybody(vec![line("ben", None, None)], vec![line("ana", None, None)]);
    check_loop(forever, "ana → ben → ana", None);
    let later = everybody(
        vec![
            line("ben", None, Some("2015-06-01")),
            line("mia", None, None),
        ],
        vec![
            line("ana", Some("2015-05-31"), None),
            line("mia", None, None),
        ],
    );
    check_loop(later, "ana → ben → ana", Some("2015-05-31"));
    check_loop(vec![person("ana", &["ana"])], "ana → ana", None);
}

#[test]
fn changing_places_is_no_loop() {
    let (mut ana, mut ben) = (person("ana", &[]), person("ben", &[]));
    ana.reports_to = vec![line("ben", None, Some("2015-06-01"))];
    ben.reports_to = vec![line("ana", Some("2015-06-01"), None)];
    let hierarchy = Hierarchy::build(&set_of(vec![ana, ben])).ok().unwrap();
    check_above(&hierarchy, "ana", "2015-05-31", &[("ben", "ana", 1)]);
    check_above(&hierarchy, "ben", "2015-06-01", &[("ana", "ben", 1)]);
    check_above(&hierarchy, "ana", "2015-06-01", &[]);
}

#[test]
fn a_chain_of_a_hundred_thousand_is_fine() {
    let id = |nth: u32| format!("p{nth:06}");
    let one = |nth: u32| match nth {
        0 => person(&id(0), &[]),
        _ => person(&id(nth), &[&id(nth - 1)]),
    };
    let hierarchy = Hierarchy::build(&set_of((0..100_000).map(one).collect()))
        .ok()
        .unwrap();
    let above = hierarchy.ancestors(&who(&id(500)), day("2015-01-01"));
    assert_eq!(above.len(), 500);
}

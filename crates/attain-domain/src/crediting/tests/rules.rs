//! Rules: what is refused when they are saved, and what it costs to find the one that matches.

use super::super::Rulebook;
use super::super::fixture::{World, all_to, receiver, rule};
use super::super::index::Scratch;
use super::super::names::Facts;
use crate::definition::rules::CreditRule;
use crate::refusal::{Reason, Refusal};
use crate::time::DateRange;

fn refusals(rules: Vec<CreditRule>) -> Vec<Refusal> {
    let mut world = World::new();
    world.rules("main", rules);
    Rulebook::compile(&world.set).err().unwrap_or_default()
}

fn check_refused(rules: Vec<CreditRule>, reason: Reason, field: &str) {
    let found = refusals(rules);
    let found: Vec<_> = found
        .iter()
        .map(|r| (r.reason, r.field.as_deref()))
        .collect();
    assert_eq!(found, [(reason, Some(field))]);
}

#[test]
fn a_typo_is_refused_with_line_and_column() {
    let found = refusals(vec![
        all_to("a", "ana"),
        rule(
            "b",
            "transaction.amuont > 5",
            vec![receiver("ana", "100", true)],
        ),
    ]);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].reason, Reason::BadExpression);
    assert_eq!(found[0].field.as_deref(), Some("rules[1].when"));
    assert_eq!(found[0].details["line"], "1");
    assert_eq!(found[0].details["column"], "1");
    assert_eq!(found[0].details["definition_id"], "main");
    assert!(
        found[0].text.contains("rule_set `main`"),
        "{}",
        found[0].text
    );
    assert!(
        found[0].text.contains("transaction.amount"),
        "{}",
        found[0].text
    );
}

#[test]
fn conditions_know_the_types_of_attributes() {
    let fine = [
        "attribute.size > 5",
        "attribute.region == 'EU'",
        "attribute.renewal",
        "attribute.signed >= date('2015-01-01')",
        "transaction.category == 'x'",
        "transaction.number == '1' && transaction.type == 'ORDER' && transaction.currency == 'USD'",
        "transaction.quantity * 2 > transaction.amount && transaction.date < date('2016-01-01')",
    ];
    for when in fine {
        let found = refusals(vec![rule("a", when, vec![receiver("ana", "100", true)])]);
        assert_eq!(found, [], "{when}");
    }
    let wrong = [
        "attribute.size == 'EU'",
        "attribute.colour == 'red'",
        "transaction.amount",
    ];
    for when in wrong {
        let rules = vec![rule("a", when, vec![receiver("ana", "100", true)])];
        check_refused(rules, Reason::BadExpression, "rules[0].when");
    }
}

#[test]
fn revenue_splits_must_be_whole_and_others_need_not() {
    let split = |parts: &[(&str, bool)]| {
        let receivers = parts
            .iter()
            .map(|(percent, revenue)| receiver("ana", percent, *revenue));
        vec![rule("a", "true", receivers.collect())]
    };
    check_refused(
        split(&[("60", true), ("30", true)]),
        Reason::SplitNotWhole,
        "rules[0].receivers",
    );
    assert_eq!(
        refusals(split(&[("60", true), ("40", true), ("250", false)])),
        []
    );
    assert_eq!(refusals(split(&[("30", false)])), []);
    check_refused(
        split(&[("-1", false)]),
        Reason::OutOfRange,
        "rules[0].receivers[0].percent",
    );
    check_refused(
        split(&[("10001", false)]),
        Reason::OutOfRange,
        "rules[0].receivers[0].percent",
    );
    check_refused(split(&[]), Reason::MissingValue, "rules[0].receivers");
}

#[test]
fn receivers_must_exist() {
    let to = |to: &str| vec![all_to("a", to)];
    let participant = "rules[0].receivers[0].participant";
    check_refused(to("nobody"), Reason::UnknownReference, participant);
    check_refused(
        to("team:west"),
        Reason::UnknownReference,
        "rules[0].receivers[0].team",
    );
    let attribute = "rules[0].receivers[0].attribute";
    check_refused(to("attribute:colour"), Reason::UnknownReference, attribute);
    check_refused(to("attribute:size"), Reason::MalformedValue, attribute);
    assert_eq!(refusals(to("attribute:rep")), []);
}

#[test]
fn rules_have_their_own_ids_and_dates() {
    check_refused(
        vec![all_to("a", "ana"), all_to("a", "ben")],
        Reason::Duplicate,
        "rules[1].id",
    );
    let never = CreditRule {
        effective: DateRange::between("2015-02-01".parse().unwrap(), "2015-02-01".parse().unwrap()),
        ..all_to("a", "ana")
    };
    check_refused(vec![never], Reason::OutOfRange, "rules[0].effective");
}

#[test]
fn category_rules_cannot_read_the_category_they_are_to_find() {
    let mut world = World::new();
    world.categories(&[("hardware", "")]);
    world.classify(&[
        ("transaction.category == 'hardware'", "hardware"),
        ("true", "software"),
    ]);
    let found = Rulebook::compile(&world.set).err().unwrap();
    let found: Vec<_> = found
        .iter()
        .map(|r| (r.reason, r.field.as_deref().unwrap()))
        .collect();
    let expected = [
        (Reason::BadExpression, "rules[0].when"),
        (Reason::UnknownCategory, "rules[1].category"),
    ];
    assert_eq!(found, expected);
}

/// How many conditions are evaluated for an order from a region.
fn check_evaluations(rules: Vec<CreditRule>, region: &str, winner: Option<&str>, evaluations: u64) {
    let mut world = World::new();
    world.rules("main", rules);
    let mut row = super::super::fixture::order("1", "2015-01-15", "500");
    row.attributes
        .insert("region".to_owned(), region.to_owned());
    world.import(&[row]);
    let transaction = world.transactions.values().next().unwrap();
    let book = Rulebook::compile(&world.set).ok().unwrap();
    let mut scratch = Scratch::default();
    let facts = Facts {
        transaction,
        category: None,
    };
    let found = book.sets[0].first(facts, &mut scratch).unwrap();
    assert_eq!(found.map(|rule| rule.id.as_str()), winner);
    assert_eq!(scratch.evaluations, evaluations);
}

#[test]
fn ten_thousand_rules_of_which_one_can_match_cost_one_evaluation() {
    let one = |nth: u32| {
        let when = format!("transaction.type == 'ORDER' && attribute.region == 'R{nth}'");
        rule(
            &format!("r{nth}"),
            &when,
            vec![receiver("ana", "100", true)],
        )
    };
    let rules: Vec<CreditRule> = (0..10_000).map(one).collect();
    check_evaluations(rules.clone(), "R7777", Some("r7777"), 1);
    check_evaluations(rules, "elsewhere", None, 0);
}

#[test]
fn rank_decides_between_indexed_rules_and_others() {
    let rules = vec![
        rule(
            "large",
            "transaction.amount > 1000",
            vec![receiver("ana", "100", true)],
        ),
        rule(
            "west",
            "attribute.region in ['W', 'SW']",
            vec![receiver("ana", "100", true)],
        ),
        rule(
            "medium",
            "transaction.amount > 100",
            vec![receiver("ana", "100", true)],
        ),
        rule(
            "south",
            "'S' == attribute.region",
            vec![receiver("ana", "100", true)],
        ),
        rule(
            "never",
            "attribute.region == 'S' && attribute.region == 'N'",
            vec![receiver("ana", "100", true)],
        ),
    ];
    check_evaluations(rules.clone(), "SW", Some("west"), 2);
    check_evaluations(rules.clone(), "S", Some("medium"), 2);
    check_evaluations(rules, "", Some("medium"), 2);
}

#[test]
fn long_lists_do_not_multiply_the_index() {
    let list = |prefix: &str| {
        let items: Vec<String> = (0..100).map(|nth| format!("'{prefix}{nth}'")).collect();
        items.join(", ")
    };
    let (regions, numbers) = (list("R"), list("N"));
    let when = format!(
        "attribute.region in [{regions}] && transaction.number in [{numbers}, '1'] \
         && transaction.type == 'ORDER'"
    );
    check_evaluations(
        vec![rule("a", &when, vec![receiver("ana", "100", true)])],
        "R99",
        Some("a"),
        1,
    );
}

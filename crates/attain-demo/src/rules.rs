//! Who is credited: the clerk, a partner for urgent orders, a specialist beside the hierarchy, a
//! team for large ones. And what kind of sale it is.

use std::collections::BTreeMap;

use attain_domain::definition::category::CategoryRule;
use attain_domain::definition::rules::{CreditRule, Receiver, ReceiverKind};
use attain_domain::definition::{CategoryRules, CategoryTree, RuleSet};
use attain_domain::ids::{AttributeName, CategoryId, ParticipantId, RuleId, RuleSetId, TeamId};
use attain_domain::time::DateRange;
use rust_decimal::Decimal;

use crate::company::{NATIONS, REGIONS, SEGMENTS, key_accounts, specialist};

fn category(name: &str) -> CategoryId {
    CategoryId::parse(&name.to_lowercase()).expect("a name")
}

/// All sales, below them the segments.
pub(crate) fn categories() -> CategoryTree {
    let root = category("sales");
    let mut parents: BTreeMap<_, _> = SEGMENTS
        .iter()
        .map(|s| (category(s), Some(root.clone())))
        .collect();
    parents.insert(root, None);
    CategoryTree { parents }
}

/// A segment is a category.
pub(crate) fn category_rules() -> CategoryRules {
    let rule = |segment: &&str| CategoryRule {
        id: RuleId::parse(&segment.to_lowercase()).expect("a name"),
        effective: DateRange::ALWAYS,
        when: format!("attribute.segment == \"{segment}\""),
        category: category(segment),
    };
    CategoryRules {
        rules: SEGMENTS.iter().map(rule).collect(),
    }
}

/// The three sets; each gives its own credits.
pub(crate) fn rule_sets() -> Vec<RuleSet> {
    vec![sales(), overlay(), key_account_rules()]
}

fn set(id: &str, name: &str, rules: Vec<CreditRule>) -> RuleSet {
    RuleSet {
        id: RuleSetId::parse(id).expect("a name"),
        name: name.to_owned(),
        rules,
    }
}

fn rule(id: &str, when: String, receivers: Vec<Receiver>) -> CreditRule {
    let id = RuleId::parse(id).expect("a name");
    CreditRule {
        id,
        effective: DateRange::ALWAYS,
        when,
        receivers,
    }
}

fn receiver(who: ReceiverKind, percent: u32, revenue: bool) -> Receiver {
    Receiver {
        who,
        percent: Decimal::from(percent),
        revenue,
        rolls_up: revenue,
    }
}

fn named_by(attribute: &str) -> ReceiverKind {
    ReceiverKind::Attribute(AttributeName::parse(attribute).expect("a name"))
}

/// Urgent orders are shared 70 to 30; everything else is the clerk's.
fn sales() -> RuleSet {
    let shared = vec![
        receiver(named_by("clerk"), 70, true),
        receiver(named_by("partner"), 30, true),
    ];
    let alone = vec![receiver(named_by("clerk"), 100, true)];
    let urgent = "attribute.priority == \"1-URGENT\" && has(attribute.partner)";
    let rules = vec![
        rule("shared", urgent.to_owned(), shared),
        rule(
            "clerk",
            "transaction.type in [\"ORDER\", \"RETURN\"]".into(),
            alone,
        ),
    ];
    set("sales", "Sales", rules)
}

/// A specialist of the region and the segment, beside the revenue.
fn overlay() -> RuleSet {
    let mut rules = Vec::new();
    for region in REGIONS {
        for segment in SEGMENTS {
            let who = specialist(region, segment);
            let when =
                format!("attribute.region == \"{region}\" && attribute.segment == \"{segment}\"");
            let id = ParticipantId::parse(&who).expect("a name");
            let receivers = vec![receiver(ReceiverKind::Participant(id), 100, false)];
            rules.push(rule(&who, when, receivers));
        }
    }
    set("overlay", "Specialists", rules)
}

/// Orders above 400 000 count a tenth for the nation's key-account team, beside the revenue.
fn key_account_rules() -> RuleSet {
    let rules = NATIONS.iter().map(|(nation, _)| {
        let team = key_accounts(nation);
        let when = format!(
            "attribute.nation == \"{nation}\" && transaction.type == \"ORDER\" \
             && transaction.amount > 400000"
        );
        let id = TeamId::parse(&team).expect("a name");
        rule(
            &team,
            when,
            vec![receiver(ReceiverKind::Team(id), 10, false)],
        )
    });
    set("key-accounts", "Key accounts", rules.collect())
}

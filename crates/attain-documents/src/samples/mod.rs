//! Definitions of every kind with every field in use, for the tests of each form.

macro_rules! id {
    ($type:ident, $text:expr) => {
        $type::parse($text).unwrap()
    };
}

mod payment_plan;
mod plan;

use std::collections::BTreeMap;

use chrono::NaiveDate;
use proptest::prelude::*;
use rust_decimal::Decimal;
use smol_str::SmolStr;

use attain_domain::definition::calendar::{Period, PeriodStatus};
use attain_domain::definition::category::CategoryRule;
use attain_domain::definition::participant::{Assignment, ReportingLine, TeamMember};
use attain_domain::definition::rates::CurrencyRate;
use attain_domain::definition::rules::{CreditRule, Receiver, ReceiverKind};
use attain_domain::definition::settings::NegativeSheet;
use attain_domain::definition::{
    AttributeSchema, Calendar, CategoryRules, CategoryTree, CurrencyRates, Definition, Participant,
    PayGroup, RuleSet, Settings, Team,
};
use attain_domain::expression::{Value, ValueType};
use attain_domain::ids::*;
use attain_domain::money::{Currency, Rounding};
use attain_domain::plan::Proration;
use attain_domain::time::DateRange;

use payment_plan::payment_plans;
pub(crate) use plan::plan;
use plan::{goal, odd_tables, rate_tables, spreads};

pub(crate) fn decimal(text: &str) -> Decimal {
    Decimal::from_str_exact(text).unwrap()
}

pub(crate) fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn dates(from: &str, to: &str) -> DateRange {
    DateRange::between(date(from), date(to))
}

fn from(text: &str) -> DateRange {
    DateRange {
        from: Some(date(text)),
        to: None,
    }
}

pub(crate) fn currency(code: &str) -> Currency {
    Currency::parse(code).unwrap()
}

/// Definitions of every kind, several of some.
pub(crate) fn definitions() -> Vec<Definition> {
    let mut all = vec![
        Definition::Settings(settings()),
        Definition::Settings(plain_settings()),
        Definition::Attributes(attributes()),
        Definition::Attributes(AttributeSchema::default()),
        Definition::Calendar(months()),
        Definition::Calendar(four_week_periods()),
        Definition::Calendar(Calendar::default()),
        Definition::Rates(rates()),
        Definition::Categories(tree()),
        Definition::Categories(CategoryTree::default()),
        Definition::Categories(broken_tree()),
        Definition::Categories(deep_tree()),
        Definition::CategoryRules(category_rules()),
        Definition::Plan(plan()),
        Definition::Plan(odd_tables()),
        Definition::PayGroup(pay_group("us", "US monthly")),
        Definition::PayGroup(pay_group("eu", "eu")),
        Definition::Team(team()),
        Definition::RuleSet(rule_set()),
    ];
    all.extend(participants().into_iter().map(Definition::Participant));
    all.extend(payment_plans().into_iter().map(Definition::PaymentPlan));
    all
}

fn settings() -> Settings {
    Settings {
        name: "Example: Ltd # 1".to_owned(),
        operating_currency: currency("EUR"),
        rounding: Rounding::HalfUp,
        default_category: Some(id!(CategoryId, "Other")),
        archive_updated_credits: true,
        collect_cancellations_as_zero: true,
        summarised_roll_up: true,
        negative_sheet: NegativeSheet::Lifted,
    }
}

fn plain_settings() -> Settings {
    Settings {
        name: "2026".to_owned(),
        operating_currency: currency("JPY"),
        rounding: Rounding::HalfEven,
        default_category: None,
        archive_updated_credits: false,
        collect_cancellations_as_zero: false,
        summarised_roll_up: false,
        negative_sheet: NegativeSheet::Stands,
    }
}

fn attributes() -> AttributeSchema {
    let typed = [
        ("region", ValueType::Text),
        ("deal size", ValueType::Number),
        ("renewal", ValueType::Bool),
        ("signed-on", ValueType::Date),
    ];
    AttributeSchema {
        transaction: typed
            .into_iter()
            .map(|(name, of)| (id!(AttributeName, name), of))
            .collect(),
    }
}

fn period(name: &str, start: &str, end: &str, status: PeriodStatus) -> Period {
    let quarter = match &name[5..] {
        "01" | "02" | "03" => "2026-Q1",
        _ => "2026-Q2",
    };
    Period {
        id: id!(PeriodId, name),
        start: date(start),
        end: date(end),
        quarter: id!(IntervalId, quarter),
        year: id!(IntervalId, "2026"),
        status,
    }
}

fn months() -> Calendar {
    use PeriodStatus::{Closed, Open, PermanentlyClosed};
    Calendar {
        periods: vec![
            period("2026-01", "2026-01-01", "2026-02-01", PermanentlyClosed),
            period("2026-02", "2026-02-01", "2026-03-01", Closed),
            period("2026-03", "2026-03-01", "2026-04-01", Open),
            period("2026-04", "2026-04-01", "2026-05-01", Open),
        ],
    }
}

fn four_week_periods() -> Calendar {
    let mut first = period("FY26-P01", "2026-01-05", "2026-02-02", PeriodStatus::Closed);
    first.quarter = id!(IntervalId, "FY26-Q1");
    first.year = id!(IntervalId, "FY26");
    Calendar {
        periods: vec![
            first,
            period("2026-02", "2026-02-02", "2026-03-02", PeriodStatus::Open),
        ],
    }
}

fn rates() -> CurrencyRates {
    let rate = |day, rate| CurrencyRate {
        from: currency("EUR"),
        to: currency("USD"),
        date: date(day),
        rate: decimal(rate),
    };
    CurrencyRates {
        rates: vec![rate("2026-01-01", "1.0825"), rate("2026-02-01", "1.1")],
    }
}

fn tree() -> CategoryTree {
    let parents = [
        ("Computer", None),
        ("Laptop", Some("Computer")),
        ("Gaming: laptop", Some("Laptop")),
        ("Desktop", Some("Computer")),
        ("Network", None),
    ];
    CategoryTree {
        parents: parents
            .into_iter()
            .map(|(child, parent)| {
                (
                    id!(CategoryId, child),
                    parent.map(|parent| id!(CategoryId, parent)),
                )
            })
            .collect(),
    }
}

/// Neither of these two can be reached from a root.
fn broken_tree() -> CategoryTree {
    let mut tree = tree();
    let loose = [("A", "B"), ("B", "A"), ("C", "absent")];
    tree.parents.extend(
        loose.map(|(child, parent)| (id!(CategoryId, child), Some(id!(CategoryId, parent)))),
    );
    tree
}

fn deep_tree() -> CategoryTree {
    let level = |number: usize| id!(CategoryId, &format!("level {number:03}"));
    CategoryTree {
        parents: (0..300)
            .map(|number| (level(number), number.checked_sub(1).map(level)))
            .collect(),
    }
}

fn category_rules() -> CategoryRules {
    CategoryRules {
        rules: vec![
            CategoryRule {
                id: id!(RuleId, "laptops"),
                effective: dates("2026-01-01", "2027-01-01"),
                when: "transaction.attributes.product == \"laptop\"\n  && true".to_owned(),
                category: id!(CategoryId, "Laptop"),
            },
            CategoryRule {
                id: id!(RuleId, "others"),
                effective: DateRange::ALWAYS,
                when: "true".to_owned(),
                category: id!(CategoryId, "Computer"),
            },
        ],
    }
}

fn pay_group(id: &str, name: &str) -> PayGroup {
    PayGroup {
        id: id!(PayGroupId, id),
        name: name.to_owned(),
    }
}

pub(crate) fn participants() -> Vec<Participant> {
    let person = |id: &str, name: &str| Participant {
        id: id!(ParticipantId, id),
        name: name.to_owned(),
        start: None,
        end: None,
        pay_group: None,
        pay_currency: None,
        reports_to: Vec::new(),
        assignments: Vec::new(),
        attributes: BTreeMap::new(),
    };
    let mut plain = person("1001", "1001");
    plain.reports_to = vec![line("mia", DateRange::ALWAYS)];
    plain.assignments = vec![assignment("ae/1", DateRange::ALWAYS)];
    let mut full = person("ana", "Ana Álvarez");
    full.start = Some(date("2026-01-01"));
    full.end = Some(date("2026-12-31"));
    full.pay_group = Some(id!(PayGroupId, "us"));
    full.pay_currency = Some(currency("USD"));
    full.reports_to = vec![
        line("mia", DateRange::ALWAYS),
        line("zoe", from("2026-04-01")),
    ];
    let mut personal = assignment("ae/1", dates("2026-01-01", "2026-07-01"));
    personal.target_incentive = Some(decimal("60000"));
    let ramp = spreads().remove(6);
    personal
        .goals
        .insert(id!(GoalId, "goal 0"), goal(ramp, Proration::ByMonth));
    for table in rate_tables() {
        personal.rate_tables.insert(table.id.clone(), table);
    }
    full.assignments = vec![assignment("sc", DateRange::ALWAYS), personal];
    full.attributes = values();
    vec![plain, full, person("ben", "Ben"), person("mia", "~")]
}

/// Values of all types, with texts that look like others.
pub(crate) fn values() -> BTreeMap<AttributeName, Value> {
    let text = |text: &str| Value::Text(SmolStr::new(text));
    let values = [
        ("number", Value::Number(decimal("-1.50"))),
        (
            "tiny",
            Value::Number(decimal("0.0000000000000000000000000001")),
        ),
        ("date", Value::Date(date("2026-01-31"))),
        ("yes", Value::Bool(true)),
        ("no", Value::Bool(false)),
        ("text", text("senior")),
        ("empty", text("")),
        ("looks like a number", text("7")),
        ("looks like a code", text("007")),
        ("looks like a date", text("2026-01-31")),
        ("looks like a bool", text("true")),
        ("looks like nothing", text("null")),
        (
            "other yaml",
            text("- [a, {b: c}] # d \"e\" 'f' \\ & * ! | > % @ `"),
        ),
        ("spaces", text(" a\tb\n c \r\n")),
        ("control", text("\u{0}\u{7f}\u{85}\u{2028}\u{feff}é😀")),
    ];
    values
        .into_iter()
        .map(|(name, value)| (id!(AttributeName, name), value))
        .collect()
}

fn line(manager: &str, effective: DateRange) -> ReportingLine {
    ReportingLine {
        manager: id!(ParticipantId, manager),
        effective,
    }
}

fn assignment(plan: &str, effective: DateRange) -> Assignment {
    Assignment {
        plan: id!(PlanId, plan),
        effective,
        goals: BTreeMap::new(),
        rate_tables: BTreeMap::new(),
        target_incentive: None,
    }
}

fn team() -> Team {
    let member = |id, effective| TeamMember {
        participant: id!(ParticipantId, id),
        effective,
    };
    Team {
        id: id!(TeamId, "west"),
        name: "West".to_owned(),
        lead: Some(id!(ParticipantId, "mia")),
        shares_members_credits: true,
        members: vec![
            member("ana", DateRange::ALWAYS),
            member("ben", dates("2026-01-01", "2026-04-01")),
        ],
    }
}

fn rule_set() -> RuleSet {
    let receiver = |who, percent, revenue, rolls_up| Receiver {
        who,
        percent: decimal(percent),
        revenue,
        rolls_up,
    };
    let ana = ReceiverKind::Participant(id!(ParticipantId, "ana"));
    let west = ReceiverKind::Team(id!(TeamId, "west"));
    let rep = ReceiverKind::Attribute(id!(AttributeName, "sales rep"));
    RuleSet {
        id: id!(RuleSetId, "default"),
        name: "Default".to_owned(),
        rules: vec![
            CreditRule {
                id: id!(RuleId, "split"),
                effective: from("2026-01-01"),
                when: "transaction.type == 'ORDER'".to_owned(),
                receivers: vec![
                    receiver(ana, "33.333", true, true),
                    receiver(west, "66.667", true, true),
                    receiver(rep, "100", false, false),
                ],
            },
            CreditRule {
                id: id!(RuleId, "nobody"),
                effective: DateRange::ALWAYS,
                when: "true".to_owned(),
                receivers: Vec::new(),
            },
        ],
    }
}

pub(crate) fn any_decimal() -> impl Strategy<Value = Decimal> {
    (any::<i64>(), any::<u32>(), 0..=28_u32).prop_map(|(high, low, scale)| {
        Decimal::from_i128_with_scale(i128::from(high) * i128::from(low), scale)
    })
}

pub(crate) fn any_value() -> impl Strategy<Value = Value> {
    prop_oneof![
        any_decimal().prop_map(Value::Number),
        any::<String>().prop_map(|text| Value::Text(SmolStr::new(text))),
        any::<bool>().prop_map(Value::Bool),
        (-300_000..3_000_000_i32)
            .prop_filter_map("a date", |days| NaiveDate::from_epoch_days(days)
                .map(Value::Date)),
    ]
}

//! Definitions of every kind except plans and payment plans.

use std::collections::BTreeMap;

use attain_domain::change::{Changes, DefinitionChange};
use attain_domain::definition::calendar::PeriodStatus;
use attain_domain::definition::category::CategoryRule;
use attain_domain::definition::participant::{Assignment, ReportingLine, TeamMember};
use attain_domain::definition::rates::CurrencyRate;
use attain_domain::definition::rules::{CreditRule, Receiver, ReceiverKind};
use attain_domain::definition::settings::NegativeSheet;
use attain_domain::definition::{
    AttributeSchema, CategoryRules, CategoryTree, CurrencyRates, Definition, DefinitionRecord,
    Participant, RuleSet, Settings, Team,
};
use attain_domain::expression::ValueType;
use attain_domain::ids::{AttributeName, ParticipantId};
use attain_domain::money::Rounding;
use attain_domain::testing::{
    calendar, decimal, live, name, participant, pay_group, rule_set, settings, team,
};

use super::extremes::{attributes, currencies, dates, names, numbers, ranges, stamps, texts};
use super::plans;
use crate::case::cases;
use crate::difference::check_same;
use crate::site::Site;

cases! { "fidelity":
    /// Snapshot: What was written is read back equal, field by field.
    settings_are_read_as_they_were_written
    /// Snapshot: What was written is read back equal, field by field.
    calendars_rates_and_attributes_are_read_as_they_were_written
    /// Snapshot: What was written is read back equal, field by field.
    categories_are_read_as_they_were_written
    /// Snapshot: What was written is read back equal, field by field.
    people_are_read_as_they_were_written
    /// Snapshot: What was written is read back equal, field by field.
    rule_sets_are_read_as_they_were_written
    /// Snapshot: What was written is read back equal, field by field.
    stamps_of_definitions_are_read_as_they_were_written
}

/// Writes each as the next version of its id, and reads it back in all ways.
pub(super) async fn check_versions(site: &Site, bodies: Vec<Definition>) {
    let mut highest: BTreeMap<_, u32> = BTreeMap::new();
    let records = bodies.into_iter().map(|body| {
        let version = highest.entry((body.kind(), body.id())).or_default();
        *version += 1;
        live(body, *version)
    });
    let records: Vec<DefinitionRecord> = records.collect();
    for record in &records {
        site.commit(written(record.clone())).await;
        let (kind, id) = (record.body.kind(), record.body.id());
        let read = site.view().await.definition(kind, &id).await.unwrap();
        check_same(&read.as_ref(), &Some(record), "definitions");
    }
    let view = site.view().await;
    for record in records {
        let (kind, id) = (record.body.kind(), record.body.id());
        let version = record.stamp.version.0;
        let read = view.definition_at(kind, &id, version).await.unwrap();
        let live = highest.get(&(kind, id)) == Some(&version);
        check_same(
            &read,
            &Some(DefinitionRecord { live, ..record }),
            "definitions",
        );
    }
}

fn written(record: DefinitionRecord) -> Changes {
    Changes {
        definitions: vec![DefinitionChange::Put(Box::new(record))],
        ..Changes::default()
    }
}

async fn settings_are_read_as_they_were_written(site: Site) {
    let mut all = vec![
        Settings {
            rounding: Rounding::HalfUp,
            ..settings()
        },
        Settings {
            archive_updated_credits: false,
            ..settings()
        },
        Settings {
            collect_cancellations_as_zero: true,
            ..settings()
        },
        Settings {
            summarised_roll_up: true,
            ..settings()
        },
        settings(),
    ];
    all.extend(
        texts()
            .into_iter()
            .map(|name| Settings { name, ..settings() }),
    );
    all.extend(names().into_iter().map(|category| Settings {
        default_category: Some(category),
        ..settings()
    }));
    all.extend(currencies().into_iter().map(|currency| Settings {
        operating_currency: currency,
        ..settings()
    }));
    let habits = [
        NegativeSheet::Stands,
        NegativeSheet::Carried,
        NegativeSheet::Lifted,
    ];
    all.extend(habits.map(|negative_sheet| Settings {
        negative_sheet,
        ..settings()
    }));
    check_versions(&site, all.into_iter().map(Definition::Settings).collect()).await;
}

async fn calendars_rates_and_attributes_are_read_as_they_were_written(site: Site) {
    let mut calendar = calendar();
    let statuses = [
        PeriodStatus::Open,
        PeriodStatus::Closed,
        PeriodStatus::PermanentlyClosed,
    ];
    for (period, status) in calendar
        .periods
        .iter_mut()
        .zip(statuses.into_iter().cycle())
    {
        period.status = status;
    }
    for (period, id) in calendar.periods.iter_mut().zip(names()) {
        period.id = id;
    }
    let types = [
        ValueType::Number,
        ValueType::Text,
        ValueType::Bool,
        ValueType::Date,
    ];
    let transaction: BTreeMap<AttributeName, _> =
        names().into_iter().zip(types.into_iter().cycle()).collect();
    let positive = numbers()
        .into_iter()
        .filter(|rate| rate.is_sign_positive() && !rate.is_zero());
    let mut dates = dates();
    dates.sort();
    let rates = dates
        .into_iter()
        .zip(positive)
        .map(|(date, rate)| CurrencyRate {
            from: currencies()[0],
            to: currencies()[1],
            date,
            rate,
        });
    check_versions(
        &site,
        vec![
            Definition::Calendar(calendar),
            Definition::Calendar(attain_domain::definition::Calendar::default()),
            Definition::Attributes(AttributeSchema { transaction }),
            Definition::Attributes(AttributeSchema::default()),
            Definition::Rates(CurrencyRates {
                rates: rates.collect(),
            }),
            Definition::Rates(CurrencyRates::default()),
        ],
    )
    .await;
}

async fn categories_are_read_as_they_were_written(site: Site) {
    let all: Vec<attain_domain::ids::CategoryId> = names();
    let parents = all.iter().map(|category| {
        let parent = (*category != all[0]).then(|| all[0].clone());
        (category.clone(), parent)
    });
    let rule = |(number, (when, effective))| CategoryRule {
        id: name(&format!("rule {number}")),
        effective,
        when,
        category: all[0].clone(),
    };
    let conditions = texts().into_iter().zip(ranges().into_iter().cycle());
    let rules = conditions.enumerate().map(rule).collect();
    check_versions(
        &site,
        vec![
            Definition::Categories(CategoryTree {
                parents: parents.collect(),
            }),
            Definition::Categories(CategoryTree::default()),
            Definition::CategoryRules(CategoryRules { rules }),
            Definition::CategoryRules(CategoryRules::default()),
        ],
    )
    .await;
}

fn people() -> Vec<Participant> {
    let ann = || participant("ann");
    let mut all: Vec<Participant> = names()
        .iter()
        .map(|id: &ParticipantId| participant(id.as_str()))
        .collect();
    all.extend(
        texts()
            .into_iter()
            .map(|name| Participant { name, ..ann() }),
    );
    for date in dates() {
        all.push(Participant {
            start: None,
            end: Some(date),
            ..ann()
        });
    }
    all.extend(currencies().into_iter().map(|currency| Participant {
        pay_currency: Some(currency),
        pay_group: None,
        ..ann()
    }));
    let managers = names().into_iter().zip(ranges().into_iter().cycle());
    all.push(Participant {
        reports_to: managers
            .map(|(manager, effective)| ReportingLine { manager, effective })
            .collect(),
        assignments: assignments(),
        attributes: attributes(),
        ..ann()
    });
    all
}

fn assignments() -> Vec<Assignment> {
    let parts = names()
        .into_iter()
        .zip(ranges().into_iter().cycle())
        .zip(numbers());
    let assignment = |((plan, effective), target)| Assignment {
        plan,
        effective,
        goals: BTreeMap::new(),
        rate_tables: BTreeMap::new(),
        target_incentive: Some(target),
    };
    let mut all: Vec<Assignment> = parts.map(assignment).collect();
    let tables = plans::rate_tables().into_iter();
    let goals = (0..).zip(plans::goals());
    all.push(Assignment {
        plan: name("reps"),
        effective: ranges()[0],
        goals: goals
            .map(|(number, goal)| (name(&format!("goal {number}")), goal))
            .collect(),
        rate_tables: tables.map(|table| (table.id.clone(), table)).collect(),
        target_incentive: None,
    });
    all
}

async fn people_are_read_as_they_were_written(site: Site) {
    let mut all: Vec<Definition> = people().into_iter().map(Definition::Participant).collect();
    let members = names().into_iter().zip(ranges().into_iter().cycle());
    all.push(Definition::Team(Team {
        lead: Some(name("ann")),
        shares_members_credits: true,
        members: members
            .map(|(participant, effective)| TeamMember {
                participant,
                effective,
            })
            .collect(),
        ..team("sales")
    }));
    all.extend(texts().into_iter().map(|name| {
        Definition::Team(Team {
            name,
            ..team("empty")
        })
    }));
    for text in texts() {
        let mut group = pay_group("staff");
        group.name = text;
        all.push(Definition::PayGroup(group));
    }
    check_versions(&site, all).await;
}

async fn rule_sets_are_read_as_they_were_written(site: Site) {
    let receiver = |who| Receiver {
        who,
        percent: decimal("33.33333333"),
        revenue: true,
        rolls_up: false,
    };
    let mut receivers: Vec<Receiver> = names()
        .into_iter()
        .map(|id| receiver(ReceiverKind::Participant(id)))
        .collect();
    receivers.extend(
        names()
            .into_iter()
            .map(|id| receiver(ReceiverKind::Team(id))),
    );
    receivers.extend(
        names()
            .into_iter()
            .map(|id| receiver(ReceiverKind::Attribute(id))),
    );
    receivers.push(Receiver {
        percent: decimal("100.00000001"),
        revenue: false,
        rolls_up: true,
        ..receiver(ReceiverKind::Participant(name("ann")))
    });
    let rules = texts()
        .into_iter()
        .zip(ranges().into_iter().cycle())
        .enumerate();
    let rules = rules.map(|(number, (when, effective))| CreditRule {
        id: name(&format!("rule {number}")),
        effective,
        when,
        receivers: receivers.clone(),
    });
    let full = RuleSet {
        rules: rules.collect(),
        ..rule_set("sales")
    };
    let mut all = vec![Definition::RuleSet(full)];
    all.extend(texts().into_iter().map(|name| {
        Definition::RuleSet(RuleSet {
            name,
            ..rule_set("empty")
        })
    }));
    check_versions(&site, all).await;
}

async fn stamps_of_definitions_are_read_as_they_were_written(site: Site) {
    for stamp in stamps() {
        let record = DefinitionRecord {
            stamp,
            ..live(Definition::Settings(settings()), 1)
        };
        site.commit(written(record.clone())).await;
        let (kind, id) = (record.body.kind(), record.body.id());
        let view = site.view().await;
        check_same(
            &view.definition(kind, &id).await.unwrap(),
            &Some(record.clone()),
            "definitions",
        );
        let version = record.stamp.version.0;
        check_same(
            &view.definition_version(kind, &id).await.unwrap(),
            &version,
            "definitions",
        );
    }
}

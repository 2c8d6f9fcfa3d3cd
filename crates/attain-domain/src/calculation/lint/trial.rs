//! What a component is tried out with: a date, a person, a sale.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use smol_str::SmolStr;
use uuid::Uuid;

use super::probe::{Texts, tables_of};
use crate::calculation::compiled::measures_of;
use crate::credit::{Credit, CreditKind, CreditOrigin, CreditStatus};
use crate::definition::participant::Assignment;
use crate::definition::{DefinitionSet, Participant};
use crate::expression::Value;
use crate::ids::{
    ActorId, AttributeName, CategoryId, CreditId, LineageId, ParticipantId, SourceNumber,
    TransactionId, TransactionType,
};
use crate::money::Money;
use crate::plan::{Component, MeasureSource, Plan};
use crate::stamp::Stamp;
use crate::time::{Date, DateRange, Instant};
use crate::transaction::{Transaction, TransactionFlags, TransactionKey, TransactionStatus};

/// A yearly target incentive for those who have none.
const TARGET: i64 = 100_000;

/// The last date of the last interval in which the component and a rate table of it apply.
pub(super) fn trial_date(plan: &Plan, component: &Component, set: &DefinitionSet) -> Option<Date> {
    let applies = |date: Date| {
        let tables = tables_of(plan, component);
        component.effective.contains(date)
            && (component.rate.is_none() || tables.iter().any(|t| t.effective.contains(date)))
    };
    set.calendar.periods.iter().rev().find_map(|period| {
        let date = set
            .calendar
            .interval_of(component.interval, period)
            .last_date();
        applies(date).then_some(date)
    })
}

/// Somebody in the plan, made up, with what the first real one has.
pub(super) fn trial_participant(
    plan: &Plan,
    set: &DefinitionSet,
    texts: &Texts,
) -> Option<Participant> {
    let real = set.participants.values().find_map(|participant| {
        let assignment = participant.assignments.iter().find(|a| a.plan == plan.id)?;
        Some((participant, assignment))
    });
    let mut attributes = real
        .map(|(person, _)| person.attributes.clone())
        .unwrap_or_default();
    for other in set.participants.values() {
        for (name, value) in &other.attributes {
            attributes
                .entry(name.clone())
                .or_insert_with(|| value.clone());
        }
    }
    attributes.extend(self::attributes(texts, "participant.")?);
    let target = real.and_then(|(_, assignment)| assignment.target_incentive);
    Some(Participant {
        id: ParticipantId::parse("lint").ok()?,
        name: String::new(),
        start: None,
        end: None,
        pay_group: None,
        pay_currency: None,
        reports_to: Vec::new(),
        assignments: vec![Assignment {
            plan: plan.id.clone(),
            effective: DateRange::ALWAYS,
            goals: BTreeMap::new(),
            rate_tables: BTreeMap::new(),
            target_incentive: target.or(Some(Decimal::from(TARGET))),
        }],
        attributes,
    })
}

/// A sale that the component's measures count: its credit and its transaction.
pub(super) fn trial_sale(
    plan: &Plan,
    component: &Component,
    set: &DefinitionSet,
    texts: &Texts,
    date: Date,
) -> Option<(Credit, Transaction)> {
    let currency = set.settings.as_ref()?.operating_currency;
    let (category, kind) = counted(plan, component, texts)?;
    let key = TransactionKey {
        number: SourceNumber::parse("lint").ok()?,
        kind,
    };
    let period = set.calendar.period_at(date)?.id.clone();
    let transaction = Transaction {
        id: TransactionId(Uuid::nil()),
        key,
        event_date: date,
        period,
        amount: Money::zero(currency),
        operating_amount: Money::zero(currency),
        currency_rate: Decimal::ONE,
        quantity: Decimal::ONE,
        attributes: attributes(texts, "attribute.")?,
        source_updated_at: None,
        flags: TransactionFlags::default(),
        status: TransactionStatus::Credited,
        category,
        replaces: None,
        replaced_by: None,
        stamp: Stamp::new(Instant::from_micros(0)?, ActorId::parse("lint").ok()?),
    };
    let kind = match texts.get("credit.kind").map(SmolStr::as_str) {
        Some("indirect") => CreditKind::Indirect,
        Some("team") => CreditKind::Team,
        Some(_) | None => CreditKind::Direct,
    };
    Some((trial_credit(&transaction, kind)?, transaction))
}

fn trial_credit(transaction: &Transaction, kind: CreditKind) -> Option<Credit> {
    Some(Credit {
        id: CreditId(Uuid::nil()),
        lineage: LineageId(Uuid::nil()),
        adjusted_from: None,
        transaction: Some(transaction.id),
        key: transaction.key.clone(),
        participant: ParticipantId::parse("lint").ok()?,
        kind,
        origin: CreditOrigin::Given,
        amount: transaction.operating_amount,
        quantity: transaction.quantity,
        percent: Decimal::ONE_HUNDRED,
        revenue: true,
        rolls_up: false,
        calculates: true,
        credit_date: transaction.event_date,
        roll_up_date: transaction.event_date,
        period: transaction.period.clone(),
        category: transaction.category.clone(),
        status: CreditStatus::Eligible,
        obsolete: None,
        stamp: transaction.stamp.clone(),
    })
}

/// A category and a type of transaction that the component's measures count.
fn counted(
    plan: &Plan,
    component: &Component,
    texts: &Texts,
) -> Option<(Option<CategoryId>, TransactionType)> {
    let text = |name: &str| texts.get(name).map(SmolStr::as_str);
    let mut category = text("credit.category").and_then(|name| CategoryId::parse(name).ok());
    let mut kind = text("transaction.type").and_then(|name| TransactionType::parse(name).ok());
    for id in measures_of(component, plan) {
        let measure = plan.measures.iter().find(|measure| measure.id == id)?;
        if let MeasureSource::Credits {
            categories,
            transaction_types,
            ..
        } = &measure.source
        {
            category = category.or_else(|| categories.first().cloned());
            kind = kind.or_else(|| transaction_types.first().cloned());
        }
    }
    let kind = kind.or_else(|| TransactionType::parse("ORDER").ok())?;
    Some((category, kind))
}

/// The texts whose names begin with something, as attributes.
fn attributes(texts: &Texts, prefix: &str) -> Option<BTreeMap<AttributeName, Value>> {
    let mut attributes = BTreeMap::new();
    for (name, text) in texts {
        if let Some(name) = name.strip_prefix(prefix) {
            attributes.insert(AttributeName::parse(name).ok()?, Value::Text(text.clone()));
        }
    }
    Some(attributes)
}

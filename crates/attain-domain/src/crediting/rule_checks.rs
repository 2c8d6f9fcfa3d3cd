//! What is checked of rules when they are saved.

use std::collections::BTreeSet;

use rust_decimal::Decimal;

use super::index::Condition;
use super::names::Field;
use crate::definition::DefinitionSet;
use crate::definition::rules::{Receiver, ReceiverKind};
use crate::expression::{Program, Scope, ValueType};
use crate::ids::RuleId;
use crate::money::check_number;
use crate::refusal::{Reason, Refusal};
use crate::time::DateRange;

/// Most percent that a non-revenue receiver may get.
const PERCENT_MAX: i64 = 10_000;

/// Ids are there once, and dates hold some date.
pub(super) fn check_rules<'a>(
    rules: impl Iterator<Item = (&'a RuleId, DateRange)>,
    wrong: &mut Vec<Refusal>,
) {
    let mut seen = BTreeSet::new();
    for (position, (id, effective)) in rules.enumerate() {
        if !seen.insert(id) {
            let text = format!("there are two rules `{id}`");
            wrong.push(Refusal::new(Reason::Duplicate, text).at(format!("rules[{position}].id")));
        }
        if effective.is_empty() {
            let field = format!("rules[{position}].effective");
            let text = format!("rule `{id}` is effective {effective}, which holds no date");
            wrong.push(Refusal::new(Reason::OutOfRange, text).at(field));
        }
    }
}

/// The condition of the rule at a position.
pub(super) fn compiled(
    position: usize,
    when: &str,
    effective: DateRange,
    scope: &Scope,
    wrong: &mut Vec<Refusal>,
) -> Option<Condition> {
    match Program::compile(when, scope, ValueType::Bool) {
        Ok(program) => {
            let reads = program.names().iter().filter_map(Field::of).collect();
            Some(Condition {
                program,
                reads,
                effective,
            })
        }
        Err(error) => {
            let refusal = Refusal::new(Reason::BadExpression, error.to_string())
                .at(format!("rules[{position}].when"))
                .with("line", error.line)
                .with("column", error.column);
            wrong.push(refusal);
            None
        }
    }
}

/// Receivers exist, percents are within bounds, and revenue splits are whole.
pub(super) fn check_receivers(
    set: &DefinitionSet,
    position: usize,
    receivers: &[Receiver],
    wrong: &mut Vec<Refusal>,
) {
    let field = format!("rules[{position}].receivers");
    if receivers.is_empty() {
        let text = "a rule needs a receiver";
        wrong.push(Refusal::new(Reason::MissingValue, text).at(field.as_str()));
    }
    let mut total = Decimal::ZERO;
    for (index, receiver) in receivers.iter().enumerate() {
        let field = format!("{field}[{index}]");
        wrong.extend(check_who(set, &receiver.who).map(|refusal| refusal.inside(&field)));
        wrong.extend(check_percent(receiver).map(|refusal| refusal.inside(&field)));
        if receiver.revenue {
            total = total.saturating_add(receiver.percent);
        }
    }
    let any_revenue = receivers.iter().any(|receiver| receiver.revenue);
    if any_revenue && total != Decimal::ONE_HUNDRED {
        let total = total.normalize();
        let text = format!("the revenue splits total {total} percent, not 100");
        wrong.push(
            Refusal::new(Reason::SplitNotWhole, text)
                .at(field)
                .with("total", total),
        );
    }
}

fn check_who(set: &DefinitionSet, who: &ReceiverKind) -> Option<Refusal> {
    let unknown = |what: &str| Refusal::new(Reason::UnknownReference, what);
    match who {
        ReceiverKind::Participant(id) if !set.participants.contains_key(id) => {
            Some(unknown(&format!("there is no participant `{id}`")).at("participant"))
        }
        ReceiverKind::Team(id) if !set.teams.contains_key(id) => {
            Some(unknown(&format!("there is no team `{id}`")).at("team"))
        }
        ReceiverKind::Attribute(name) => match set.attributes.transaction.get(name) {
            Some(ValueType::Text) => None,
            Some(other @ (ValueType::Number | ValueType::Bool | ValueType::Date)) => {
                let text = format!("a receiver is named by a text; `{name}` is a {other}");
                Some(Refusal::new(Reason::MalformedValue, text).at("attribute"))
            }
            None => {
                let text = format!("transactions have no attribute `{name}`");
                Some(unknown(&text).at("attribute"))
            }
        },
        ReceiverKind::Participant(_) | ReceiverKind::Team(_) => None,
    }
}

fn check_percent(receiver: &Receiver) -> Option<Refusal> {
    let most = if receiver.revenue {
        Decimal::ONE_HUNDRED
    } else {
        PERCENT_MAX.into()
    };
    let percent = receiver.percent;
    if percent < Decimal::ZERO || percent > most {
        let text = format!("{percent} is not between 0 and {most}");
        return Some(Refusal::new(Reason::OutOfRange, text).at("percent"));
    }
    check_number(percent)
        .err()
        .map(|why| Refusal::new(Reason::OutOfRange, format!("{percent} {why}")).at("percent"))
}

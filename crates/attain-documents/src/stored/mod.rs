//! The compact JSON that stores keep: definitions, traces of earnings, attributes, counts. Short,
//! because some of it is written for each of millions of rows; exact, because decimals are texts.
//! Reading never panics: text that is not what was written is an error.

mod chunks;
mod codes;
mod rows;
mod settlement;
mod trace;

use attain_domain::definition::{Definition, DefinitionKind};
use serde::Serialize;

use crate::document::{
    AttributesDocument, CalendarDocument, CategoriesDocument, CategoryRulesDocument, Mirror,
    ParticipantDocument, PayGroupDocument, PaymentPlanDocument, PlanDocument, RatesDocument,
    RuleSetDocument, SettingsDocument, TeamDocument,
};

pub use chunks::{decode_chunk_task, decode_failures, encode_chunk_task, encode_failures};
pub use codes::Code;
pub use rows::{
    decode_attributes, decode_counts, decode_plan_versions, decode_row_error, encode_attributes,
    encode_counts, encode_plan_versions, encode_row_error,
};
pub use settlement::{decode_reward_ids, decode_settlement, encode_reward_ids, encode_settlement};
pub use trace::{decode_trace, encode_trace};

/// Stored text that is not what was written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a stored {what} cannot be read: {problem}")]
pub struct StoredError {
    /// What it should be: `plan`, `trace`, `attributes`, …
    pub what: &'static str,
    /// What is wrong with it.
    pub problem: String,
}

impl StoredError {
    fn new(what: &'static str, problem: impl ToString) -> Self {
        Self {
            what,
            problem: problem.to_string(),
        }
    }
}

/// A definition as JSON. Its kind is not in it: stores keep that beside it.
#[must_use]
pub fn encode_definition(definition: &Definition) -> String {
    match definition {
        Definition::Settings(body) => written::<SettingsDocument>(body),
        Definition::Attributes(body) => written::<AttributesDocument>(body),
        Definition::Calendar(body) => written::<CalendarDocument>(body),
        Definition::Rates(body) => written::<RatesDocument>(body),
        Definition::Categories(body) => written::<CategoriesDocument>(body),
        Definition::CategoryRules(body) => written::<CategoryRulesDocument>(body),
        Definition::Plan(body) => written::<PlanDocument>(body),
        Definition::PayGroup(body) => written::<PayGroupDocument>(body),
        Definition::Participant(body) => written::<ParticipantDocument>(body),
        Definition::Team(body) => written::<TeamDocument>(body),
        Definition::RuleSet(body) => written::<RuleSetDocument>(body),
        Definition::PaymentPlan(body) => written::<PaymentPlanDocument>(body),
    }
}

/// Reads what [`encode_definition`] wrote.
///
/// # Errors
/// [`StoredError`] for any other text.
pub fn decode_definition(kind: DefinitionKind, json: &str) -> Result<Definition, StoredError> {
    match kind {
        DefinitionKind::Settings => read::<SettingsDocument>(kind, json).map(Definition::Settings),
        DefinitionKind::Attributes => {
            read::<AttributesDocument>(kind, json).map(Definition::Attributes)
        }
        DefinitionKind::Calendar => read::<CalendarDocument>(kind, json).map(Definition::Calendar),
        DefinitionKind::Rates => read::<RatesDocument>(kind, json).map(Definition::Rates),
        DefinitionKind::Categories => {
            read::<CategoriesDocument>(kind, json).map(Definition::Categories)
        }
        DefinitionKind::CategoryRules => {
            read::<CategoryRulesDocument>(kind, json).map(Definition::CategoryRules)
        }
        DefinitionKind::Plan => read::<PlanDocument>(kind, json).map(Definition::Plan),
        DefinitionKind::PayGroup => read::<PayGroupDocument>(kind, json).map(Definition::PayGroup),
        DefinitionKind::Participant => {
            read::<ParticipantDocument>(kind, json).map(Definition::Participant)
        }
        DefinitionKind::Team => read::<TeamDocument>(kind, json).map(Definition::Team),
        DefinitionKind::RuleSet => read::<RuleSetDocument>(kind, json).map(Definition::RuleSet),
        DefinitionKind::PaymentPlan => {
            read::<PaymentPlanDocument>(kind, json).map(Definition::PaymentPlan)
        }
    }
}

fn written<M: Mirror>(body: &M::Domain) -> String {
    to_json(&M::from_domain(body))
}

fn read<M: Mirror>(kind: DefinitionKind, json: &str) -> Result<M::Domain, StoredError> {
    let bad = |problem: String| StoredError::new(kind.name(), problem);
    let mirror: M = serde_json::from_str(json).map_err(|error| bad(error.to_string()))?;
    mirror
        .into_domain()
        .map_err(|refusal| bad(refusal.to_string()))
}

fn to_json(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("mirrors have no keys but texts, and write to memory")
}

#[cfg(test)]
mod tests;

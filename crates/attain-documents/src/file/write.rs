//! Writes documents that [`super::read_documents`] reads back.

use attain_domain::definition::{Definition, Participant};
use attain_domain::refusal::{Reason, Refusal};

use super::participants::ParticipantsDocument;
use super::read::PARTICIPANTS;
use crate::document::{
    AttributesDocument, CalendarDocument, CategoriesDocument, CategoryRulesDocument, Mirror,
    ParticipantDocument, PayGroupDocument, PaymentPlanDocument, PlanDocument, RatesDocument,
    RuleSetDocument, SettingsDocument, TeamDocument,
};
use crate::yaml::{Node, emit, to_node};

/// Writes definitions as one file, in their order. Participants that follow each other share a
/// document.
///
/// # Errors
/// [`Reason::Internal`], if one has no form in documents: a bug.
pub fn write_documents(definitions: &[Definition]) -> Result<String, Refusal> {
    let mut documents = Vec::new();
    let mut rest = definitions;
    while let Some((first, others)) = rest.split_first() {
        let people: Vec<&Participant> = rest.iter().map_while(as_participant).collect();
        if people.len() > 1 {
            let many = ParticipantsDocument::of(people.iter().copied());
            documents.push(emit(&tree(PARTICIPANTS, &many)?));
            rest = rest.get(people.len()..).unwrap_or_default();
        } else {
            documents.push(emit(&definition_tree(first)?));
            rest = others;
        }
    }
    Ok(documents.join("---\n"))
}

fn as_participant(definition: &Definition) -> Option<&Participant> {
    match definition {
        Definition::Participant(participant) => Some(participant),
        Definition::Settings(_)
        | Definition::Attributes(_)
        | Definition::Calendar(_)
        | Definition::Rates(_)
        | Definition::Categories(_)
        | Definition::CategoryRules(_)
        | Definition::Plan(_)
        | Definition::PayGroup(_)
        | Definition::Team(_)
        | Definition::RuleSet(_)
        | Definition::PaymentPlan(_) => None,
    }
}

fn definition_tree(definition: &Definition) -> Result<Node, Refusal> {
    let kind = definition.kind().name();
    match definition {
        Definition::Settings(body) => tree(kind, &SettingsDocument::from_domain(body)),
        Definition::Attributes(body) => tree(kind, &AttributesDocument::from_domain(body)),
        Definition::Calendar(body) => tree(kind, &CalendarDocument::from_domain(body)),
        Definition::Rates(body) => tree(kind, &RatesDocument::from_domain(body)),
        Definition::Categories(body) => tree(kind, &CategoriesDocument::from_domain(body)),
        Definition::CategoryRules(body) => tree(kind, &CategoryRulesDocument::from_domain(body)),
        Definition::Plan(body) => tree(kind, &PlanDocument::from_domain(body)),
        Definition::PayGroup(body) => tree(kind, &PayGroupDocument::from_domain(body)),
        Definition::Participant(body) => tree(kind, &ParticipantDocument::from_domain(body)),
        Definition::Team(body) => tree(kind, &TeamDocument::from_domain(body)),
        Definition::RuleSet(body) => tree(kind, &RuleSetDocument::from_domain(body)),
        Definition::PaymentPlan(body) => tree(kind, &PaymentPlanDocument::from_domain(body)),
    }
}

fn tree(kind: &str, mirror: &impl serde::Serialize) -> Result<Node, Refusal> {
    let bug = |error| {
        Refusal::new(
            Reason::Internal,
            format!("a {kind} cannot be written: {error}"),
        )
    };
    Ok(to_node(mirror).map_err(bug)?.with_first("kind", kind))
}

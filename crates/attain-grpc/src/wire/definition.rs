//! Definitions: their kinds, and what an apply does with them. Their contents are documents.

use attain_app::{AppliedDefinition, DefinitionOutcome};
use attain_domain::calculation::lint::Finding;
use attain_domain::definition::{DefinitionKind, DefinitionRecord};
use attain_domain::ids::DefinitionId;
use attain_domain::payment_plan::lint::{DrawFinding, EARNING_MORE_PAYS_LESS, TEXT};
use attain_domain::refusal::Refusal;
use attain_proto::attain::v1 as proto;

use super::values::{choice, missing, name, stamp};

/// A kind.
///
/// # Errors
/// `MISSING_VALUE`, `MALFORMED_VALUE`.
pub(crate) fn kind_from_wire(field: &str, number: i32) -> Result<DefinitionKind, Refusal> {
    match choice(field, number)? {
        proto::DefinitionKind::Unspecified => Err(missing(field)),
        proto::DefinitionKind::Settings => Ok(DefinitionKind::Settings),
        proto::DefinitionKind::Attributes => Ok(DefinitionKind::Attributes),
        proto::DefinitionKind::Calendar => Ok(DefinitionKind::Calendar),
        proto::DefinitionKind::Rates => Ok(DefinitionKind::Rates),
        proto::DefinitionKind::Categories => Ok(DefinitionKind::Categories),
        proto::DefinitionKind::CategoryRules => Ok(DefinitionKind::CategoryRules),
        proto::DefinitionKind::Plan => Ok(DefinitionKind::Plan),
        proto::DefinitionKind::PayGroup => Ok(DefinitionKind::PayGroup),
        proto::DefinitionKind::Participant => Ok(DefinitionKind::Participant),
        proto::DefinitionKind::Team => Ok(DefinitionKind::Team),
        proto::DefinitionKind::RuleSet => Ok(DefinitionKind::RuleSet),
        proto::DefinitionKind::PaymentPlan => Ok(DefinitionKind::PaymentPlan),
    }
}

fn kind(kind: DefinitionKind) -> proto::DefinitionKind {
    match kind {
        DefinitionKind::Settings => proto::DefinitionKind::Settings,
        DefinitionKind::Attributes => proto::DefinitionKind::Attributes,
        DefinitionKind::Calendar => proto::DefinitionKind::Calendar,
        DefinitionKind::Rates => proto::DefinitionKind::Rates,
        DefinitionKind::Categories => proto::DefinitionKind::Categories,
        DefinitionKind::CategoryRules => proto::DefinitionKind::CategoryRules,
        DefinitionKind::Plan => proto::DefinitionKind::Plan,
        DefinitionKind::PayGroup => proto::DefinitionKind::PayGroup,
        DefinitionKind::Participant => proto::DefinitionKind::Participant,
        DefinitionKind::Team => proto::DefinitionKind::Team,
        DefinitionKind::RuleSet => proto::DefinitionKind::RuleSet,
        DefinitionKind::PaymentPlan => proto::DefinitionKind::PaymentPlan,
    }
}

/// The name of a definition.
///
/// # Errors
/// `MISSING_VALUE`, `MALFORMED_VALUE`.
pub(crate) fn reference_from_wire(
    named: &proto::DefinitionReference,
) -> Result<(DefinitionKind, DefinitionId), Refusal> {
    let kind = kind_from_wire("kind", named.kind)?;
    Ok((
        kind,
        name("definition_id", &named.definition_id, DefinitionId::parse)?,
    ))
}

/// A stored definition as a document.
///
/// # Errors
/// `INTERNAL`, when it has no form as a document: a bug.
pub(crate) fn to_wire(record: &DefinitionRecord) -> Result<proto::Definition, Refusal> {
    let stamp = stamp(&record.stamp);
    Ok(proto::Definition {
        kind: kind(record.body.kind()).into(),
        definition_id: record.body.id().to_string(),
        document: attain_documents::write_documents(std::slice::from_ref(&record.body))?,
        etag: stamp.etag,
        create_time: stamp.create_time,
        update_time: stamp.update_time,
        actor: stamp.actor,
    })
}

/// What an apply does with a definition.
pub(crate) fn applied(applied: &AppliedDefinition) -> proto::AppliedDefinition {
    let outcome = match applied.outcome {
        DefinitionOutcome::Created => proto::DefinitionOutcome::Created,
        DefinitionOutcome::Updated => proto::DefinitionOutcome::Updated,
        DefinitionOutcome::Unchanged => proto::DefinitionOutcome::Unchanged,
        DefinitionOutcome::Deleted => proto::DefinitionOutcome::Deleted,
    };
    proto::AppliedDefinition {
        kind: kind(applied.kind).into(),
        definition_id: applied.id.to_string(),
        outcome: outcome.into(),
        etag: applied.version.0.to_string(),
    }
}

/// Something in a plan that is worth a look.
pub(crate) fn finding(finding: &Finding) -> proto::PlanFinding {
    proto::PlanFinding {
        code: finding.code.code().to_owned(),
        component: finding.component.to_string(),
        text: finding.text.clone(),
        counter_example: finding.counter_example.clone(),
        payment_plans: Vec::new(),
    }
}

/// Something in payment plans that is worth a look.
pub(crate) fn draw_finding(finding: &DrawFinding) -> proto::PlanFinding {
    let plans = finding.plans.iter();
    proto::PlanFinding {
        code: EARNING_MORE_PAYS_LESS.to_owned(),
        component: String::new(),
        text: TEXT.to_owned(),
        counter_example: finding.to_string(),
        payment_plans: plans.map(ToString::to_string).collect(),
    }
}

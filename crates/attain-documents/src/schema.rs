//! The JSON Schema of documents, by which editors check and complete them.

use schemars::generate::SchemaSettings;
use schemars::{Schema, SchemaGenerator};
use serde_json::{Map, Value, json};

use attain_domain::definition::DefinitionKind;

use crate::document::{
    AttributesDocument, CalendarDocument, CategoriesDocument, CategoryRulesDocument, Mirror,
    ParticipantDocument, PayGroupDocument, PaymentPlanDocument, PlanDocument, RatesDocument,
    RuleSetDocument, SettingsDocument, TeamDocument,
};
use crate::file::{PARTICIPANTS, ParticipantsDocument};

/// The JSON Schema of one document, as text; the same text for the same version of the program.
#[must_use]
pub fn schema() -> String {
    let mut generator = SchemaSettings::draft2020_12()
        .for_deserialize()
        .into_generator();
    let mut documents: Vec<(&str, Value)> = DefinitionKind::ALL
        .iter()
        .map(|kind| (kind.name(), of_kind(*kind, &mut generator)))
        .collect();
    let many = <ParticipantsDocument as schemars::JsonSchema>::json_schema(&mut generator);
    documents.push((PARTICIPANTS, with_kind(many, PARTICIPANTS)));

    let names: Vec<&str> = documents.iter().map(|(name, _)| *name).collect();
    let cases: Vec<Value> = names
        .iter()
        .map(|name| {
            json!({
                "if": { "properties": { "kind": { "const": name } } },
                "then": { "$ref": format!("#/$defs/{name}") },
            })
        })
        .collect();
    let mut definitions = generator.take_definitions(true);
    for (name, document) in documents {
        definitions.insert(name.to_owned(), document);
    }
    let root = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Attain documents",
        "description": concat!(
            "What people write down: settings, calendar, participants, rules, plans, ",
            "payment plans."
        ),
        "type": "object",
        "required": ["kind"],
        "properties": { "kind": { "enum": names } },
        "allOf": cases,
        "$defs": definitions,
    });
    format!("{:#}\n", sorted(root))
}

fn of_kind(kind: DefinitionKind, generator: &mut SchemaGenerator) -> Value {
    fn of<M: Mirror>(kind: DefinitionKind, generator: &mut SchemaGenerator) -> Value {
        with_kind(M::json_schema(generator), kind.name())
    }
    match kind {
        DefinitionKind::Settings => of::<SettingsDocument>(kind, generator),
        DefinitionKind::Attributes => of::<AttributesDocument>(kind, generator),
        DefinitionKind::Calendar => of::<CalendarDocument>(kind, generator),
        DefinitionKind::Rates => of::<RatesDocument>(kind, generator),
        DefinitionKind::Categories => of::<CategoriesDocument>(kind, generator),
        DefinitionKind::CategoryRules => of::<CategoryRulesDocument>(kind, generator),
        DefinitionKind::Plan => of::<PlanDocument>(kind, generator),
        DefinitionKind::PayGroup => of::<PayGroupDocument>(kind, generator),
        DefinitionKind::Participant => of::<ParticipantDocument>(kind, generator),
        DefinitionKind::Team => of::<TeamDocument>(kind, generator),
        DefinitionKind::RuleSet => of::<RuleSetDocument>(kind, generator),
        DefinitionKind::PaymentPlan => of::<PaymentPlanDocument>(kind, generator),
    }
}

/// The schema of a mirror with the field that mirrors do not have.
fn with_kind(schema: Schema, name: &str) -> Value {
    let mut schema = schema.to_value();
    schema["properties"]["kind"] = json!({ "const": name });
    match schema.get_mut("required").and_then(Value::as_array_mut) {
        Some(required) => required.insert(0, json!("kind")),
        None => schema["required"] = json!(["kind"]),
    }
    schema
}

/// The same with names in order, whatever map serde_json was built with.
fn sorted(value: Value) -> Value {
    match value {
        Value::Object(map) => {
            let mut entries: Vec<(String, Value)> = map.into_iter().collect();
            entries.sort_by(|(a, _), (b, _)| a.cmp(b));
            let entries = entries.into_iter();
            let sorted: Map<_, _> = entries.map(|(name, value)| (name, sorted(value))).collect();
            Value::Object(sorted)
        }
        Value::Array(elements) => Value::Array(elements.into_iter().map(sorted).collect()),
        other @ (Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_)) => other,
    }
}

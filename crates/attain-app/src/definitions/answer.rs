//! What an apply answered, as the text that is kept with its request: a repeat gets the same,
//! whatever was written since. One line for each definition; no name holds a tab or ends a line.

use attain_domain::definition::DefinitionKind;
use attain_domain::ids::DefinitionId;
use attain_domain::refusal::{Reason, Refusal};
use attain_domain::stamp::Version;

use super::apply::{AppliedDefinition, DefinitionOutcome};

/// The text of an answer.
pub(super) fn written(definitions: &[AppliedDefinition]) -> String {
    let line = |one: &AppliedDefinition| {
        let (kind, outcome) = (one.kind.name(), name_of(one.outcome));
        format!("{kind}\t{outcome}\t{}\t{}\n", one.version.0, one.id)
    };
    definitions.iter().map(line).collect()
}

/// The answer of a text.
pub(super) fn read(text: &str) -> Result<Vec<AppliedDefinition>, Refusal> {
    let corrupt = |line: &str| {
        let text = format!("the answer of an apply has a line `{line}`");
        Refusal::new(Reason::StoreCorrupt, text)
    };
    let lines = text.lines();
    lines
        .map(|line| definition(line).ok_or_else(|| corrupt(line)))
        .collect()
}

fn definition(line: &str) -> Option<AppliedDefinition> {
    let mut parts = line.splitn(4, '\t');
    Some(AppliedDefinition {
        kind: DefinitionKind::from_name(parts.next()?)?,
        outcome: outcome_of(parts.next()?)?,
        version: Version(parts.next()?.parse().ok()?),
        id: DefinitionId::parse(parts.next()?).ok()?,
    })
}

fn name_of(outcome: DefinitionOutcome) -> &'static str {
    match outcome {
        DefinitionOutcome::Created => "created",
        DefinitionOutcome::Updated => "updated",
        DefinitionOutcome::Unchanged => "unchanged",
        DefinitionOutcome::Deleted => "deleted",
    }
}

fn outcome_of(name: &str) -> Option<DefinitionOutcome> {
    use DefinitionOutcome::{Created, Deleted, Unchanged, Updated};
    let all = [Created, Updated, Unchanged, Deleted];
    all.into_iter().find(|outcome| name_of(*outcome) == name)
}

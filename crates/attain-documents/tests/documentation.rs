//! The pages that people read say what the program does.

use std::collections::BTreeSet;

use attain_documents::{parse_documents, read_documents, schema, write_documents};
use attain_domain::calculation::check_plan;
use attain_domain::crediting::Rulebook;
use attain_domain::definition::check::check;
use attain_domain::definition::{DefinitionKind, DefinitionSet};

const DOCUMENTS: &str = include_str!("../../../docs/DOCUMENTS.md");
const SCHEMA: &str = include_str!("../../../docs/attain.schema.json");
/// In the first line of an example that cannot be applied together with the others.
const APART: &str = "# example: ";

fn examples() -> Vec<String> {
    let mut examples = Vec::new();
    let mut current: Option<String> = None;
    for line in DOCUMENTS.lines() {
        match &mut current {
            None if line == "```yaml" => current = Some(String::new()),
            None => {}
            Some(_) if line == "```" => examples.extend(current.take()),
            Some(example) => {
                example.push_str(line);
                example.push('\n');
            }
        }
    }
    examples
}

#[test]
fn every_example_is_read_and_every_kind_has_one() {
    let mut kinds = BTreeSet::new();
    for example in examples() {
        let (documents, refusals) = parse_documents("DOCUMENTS.md", &example);
        assert!(refusals.is_empty(), "{refusals:#?}\n{example}");
        kinds.extend(
            documents
                .iter()
                .filter_map(|document| document.kind().map(str::to_owned)),
        );
        let definitions = read_documents("DOCUMENTS.md", &example);
        let definitions = definitions.unwrap_or_else(|refusals| panic!("{refusals:#?}\n{example}"));
        let written = write_documents(&definitions).unwrap();
        assert_eq!(
            read_documents("written", &written),
            Ok(definitions),
            "{written}"
        );
    }
    let known = DefinitionKind::ALL.iter().map(|kind| kind.name());
    let known: BTreeSet<String> = known.chain(["participants"]).map(str::to_owned).collect();
    assert_eq!(kinds, known);
}

#[test]
fn the_examples_together_are_a_workspace_without_a_mistake() {
    let files: Vec<String> = examples();
    let together = files.iter().filter(|example| !example.starts_with(APART));
    let text = together.cloned().collect::<Vec<_>>().join("---\n");
    let definitions = read_documents("DOCUMENTS.md", &text).unwrap();
    let mut set = DefinitionSet::default();
    let mut seen = BTreeSet::new();
    for definition in definitions {
        let name = (definition.kind(), definition.id());
        assert!(seen.insert(name.clone()), "{name:?} is there twice");
        set.put(definition, 1);
    }
    let mut refusals = check(&set);
    for plan in set.plans.values() {
        refusals.extend(check_plan(&plan.plan, &set));
    }
    refusals.extend(Rulebook::compile(&set).err().unwrap_or_default());
    assert!(refusals.is_empty(), "{refusals:#?}");
}

#[test]
fn the_schema_is_fresh() {
    assert_eq!(
        SCHEMA,
        schema(),
        "`cargo run -p attain-documents --bin write-schema docs/attain.schema.json` writes it"
    );
}

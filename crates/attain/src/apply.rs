//! `attain apply` and `attain export`.

use std::path::{Path, PathBuf};

use anyhow::Context;
use attain_app::{ApplyMode, ApplyPlan, DefinitionOutcome};
use attain_documents::{read_documents, write_documents};
use attain_domain::calculation::lint::Finding;
use attain_domain::definition::{Definition, DefinitionKind};
use attain_domain::ids::DefinitionId;
use attain_domain::payment_plan::lint::{DrawFinding, EARNING_MORE_PAYS_LESS, TEXT};
use attain_domain::refusal::{Reason, Refusal};
use attain_scenario::yaml_files;

use crate::args::{Apply, Export, Global, Output};
use crate::failure::Failure;
use crate::output::Listing;
use crate::session::Session;

/// Reads all documents, checks them together, writes all or none.
pub(crate) async fn apply(
    session: &Session,
    global: &Global,
    apply: &Apply,
) -> Result<(), Failure> {
    let definitions = read_all(&apply.files)?;
    let deleted = apply.delete.iter().map(|text| deletion(text));
    let deleted = deleted.collect::<Result<Vec<_>, Failure>>()?;
    let mode = if apply.dry_run {
        ApplyMode::Validate
    } else {
        ApplyMode::Write
    };
    if mode == ApplyMode::Write {
        session
            .engine
            .create_workspace(&session.caller.workspace)
            .await?;
    }
    let plan = session
        .engine
        .apply(&session.caller, &definitions, &deleted, mode)
        .await?;
    print_plan(&plan, global.output, mode)
}

/// Every document of the files, and of the `.yaml` files in the folders.
pub(crate) fn read_all(paths: &[PathBuf]) -> Result<Vec<Definition>, Failure> {
    let (mut definitions, mut refusals) = (Vec::new(), Vec::new());
    for path in yaml_files(paths)? {
        let text = std::fs::read_to_string(&path);
        let text = text.with_context(|| format!("reading {}", path.display()))?;
        match read_documents(&path.display().to_string(), &text) {
            Ok(read) => definitions.extend(read),
            Err(wrong) => refusals.extend(wrong),
        }
    }
    if refusals.is_empty() {
        Ok(definitions)
    } else {
        Err(refusals.into())
    }
}

fn deletion(text: &str) -> Result<(DefinitionKind, DefinitionId), Failure> {
    let parts = text.split_once('/').and_then(|(kind, id)| {
        Some((
            DefinitionKind::from_name(kind)?,
            DefinitionId::parse(id).ok()?,
        ))
    });
    parts.ok_or_else(|| {
        let text = format!("`{text}` is not KIND/ID, such as rule_set/overlay");
        Refusal::new(Reason::MalformedValue, text)
            .at("--delete")
            .into()
    })
}

fn print_plan(plan: &ApplyPlan, output: Output, mode: ApplyMode) -> Result<(), Failure> {
    let mut changed = Listing::new(&["kind", "id", "outcome", "version"]);
    let mut unchanged = 0;
    for applied in &plan.definitions {
        let outcome = match applied.outcome {
            DefinitionOutcome::Created => "created",
            DefinitionOutcome::Updated => "updated",
            DefinitionOutcome::Deleted => "deleted",
            DefinitionOutcome::Unchanged => {
                unchanged += 1;
                continue;
            }
        };
        let version = applied.version.0.to_string();
        changed.row([
            applied.kind.name().to_owned(),
            applied.id.to_string(),
            outcome.to_owned(),
            version,
        ]);
    }
    let written = plan.definitions.len() - unchanged;
    if output != Output::Table || written <= SHOWN_MAX {
        changed.print(output)?;
    }
    let done = match mode {
        ApplyMode::Validate => "would be written",
        ApplyMode::Write => "written",
    };
    eprintln!("{written} definitions {done}, {unchanged} unchanged");
    for text in finding_texts(plan) {
        eprintln!("lint: {text}");
    }
    Ok(())
}

/// What the lint found, each in one line.
pub(crate) fn finding_texts(plan: &ApplyPlan) -> impl Iterator<Item = String> {
    let of_draws = plan.draw_findings.iter().map(draw_text);
    plan.findings.iter().map(finding_text).chain(of_draws)
}

fn draw_text(finding: &DrawFinding) -> String {
    let plans: Vec<String> = finding.plans.iter().map(|id| format!("`{id}`")).collect();
    let plans = plans.join(", ");
    format!("{EARNING_MORE_PAYS_LESS} in payment plan {plans}: {TEXT} ({finding})")
}

fn finding_text(finding: &Finding) -> String {
    let Finding {
        code,
        component,
        text,
        counter_example,
    } = finding;
    format!("{code} in `{component}`: {text} ({counter_example})")
}

/// Above this many changes, the table is replaced by its count.
const SHOWN_MAX: usize = 50;

/// Writes every live document.
pub(crate) async fn export(session: &Session, export: &Export) -> Result<(), Failure> {
    let records = session.engine.export(&session.caller).await?;
    let definitions: Vec<Definition> = records.into_iter().map(|record| record.body).collect();
    let Some(folder) = &export.directory else {
        print!("{}", write_documents(&definitions)?);
        return Ok(());
    };
    std::fs::create_dir_all(folder).with_context(|| format!("making {}", folder.display()))?;
    for kind in DefinitionKind::ALL {
        let own: Vec<Definition> = definitions
            .iter()
            .filter(|d| d.kind() == *kind)
            .cloned()
            .collect();
        if !own.is_empty() {
            write(
                &folder.join(format!("{}.yaml", kind.name())),
                &write_documents(&own)?,
            )?;
        }
    }
    Ok(())
}

fn write(path: &Path, text: &str) -> Result<(), Failure> {
    Ok(std::fs::write(path, text).with_context(|| format!("writing {}", path.display()))?)
}

//! Scenario files on disk: which files are scenarios, and what they include.

use std::io;
use std::path::{Path, PathBuf};

use crate::format::{Scenario, ScenarioError};

/// A scenario with the texts of everything it includes.
#[derive(Clone, Debug)]
pub struct ScenarioFile {
    /// Where it stands.
    pub path: PathBuf,
    /// What it says.
    pub scenario: Scenario,
    /// The documents that are applied before what it gives itself, in order.
    pub includes: Vec<String>,
}

/// The files as they are named, and the `.yaml` files in the folders, in order of their names.
///
/// # Errors
/// When a folder cannot be read.
pub fn yaml_files(paths: &[PathBuf]) -> io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for path in paths {
        if !path.is_dir() {
            files.push(path.clone());
            continue;
        }
        let mut inside = Vec::new();
        for entry in std::fs::read_dir(path)? {
            let file = entry?.path();
            if file
                .extension()
                .is_some_and(|end| end == "yaml" || end == "yml")
            {
                inside.push(file);
            }
        }
        inside.sort();
        files.extend(inside);
    }
    Ok(files)
}

/// The scenarios among files and folders. A file of a folder that has no `scenario:` is a document
/// that others include.
///
/// # Errors
/// When a file cannot be read, or is not what it should be.
pub fn read_scenarios(paths: &[PathBuf]) -> Result<Vec<ScenarioFile>, ScenarioError> {
    let mut scenarios = Vec::new();
    for path in yaml_files(paths).map_err(|error| unreadable(Path::new("."), &error))? {
        let text = read(&path)?;
        let named = paths.contains(&path);
        if named || text.lines().any(|line| line.starts_with("scenario:")) {
            scenarios.push(with_includes(path, &text)?);
        }
    }
    Ok(scenarios)
}

fn with_includes(path: PathBuf, text: &str) -> Result<ScenarioFile, ScenarioError> {
    let scenario = Scenario::parse(&path.display().to_string(), text)?;
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut includes = Vec::new();
    if let Some(documents) = &scenario.documents {
        let folder = folder.join(documents);
        let files = yaml_files(std::slice::from_ref(&folder));
        let files = files.map_err(|error| unreadable(&folder, &error))?;
        let texts = files.iter().map(|file| read(file));
        includes.push(texts.collect::<Result<Vec<_>, _>>()?.join("\n---\n"));
    }
    for name in &scenario.include {
        includes.push(read(&folder.join(name))?);
    }
    Ok(ScenarioFile {
        path,
        scenario,
        includes,
    })
}

fn read(path: &Path) -> Result<String, ScenarioError> {
    std::fs::read_to_string(path).map_err(|error| unreadable(path, &error))
}

fn unreadable(path: &Path, error: &io::Error) -> ScenarioError {
    ScenarioError::Unreadable {
        file: path.display().to_string(),
        text: error.to_string(),
    }
}

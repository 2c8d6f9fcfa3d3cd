//! Checks of what the compiler and clippy do not see. Each check is a pure function from names and
//! texts to findings; reading the checkout happens here only.

mod banned;
mod edges;
mod machine;
mod manifests;
mod migrations;
mod names;
mod sizes;
mod syntax;

use std::fmt;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};
use walkdir::{DirEntry, WalkDir};

use crate::process;

/// Larger files are data, not text that somebody wrote.
const TEXT_BYTES_MAX: u64 = 4 * 1024 * 1024;

/// Folders that hold nothing of ours.
const FOREIGN_FOLDERS: [&str; 3] = [".git", "target", "node_modules"];

/// One thing to put right.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    path: String,
    line: usize,
    what: String,
    instead: String,
}

/// A text file of the checkout; the path is relative to its root, with `/` between folders.
#[derive(Debug, Clone)]
struct SourceFile {
    path: String,
    text: String,
}

/// Makes all checks, prints what they find, and fails if that is anything.
pub fn run() -> Result<()> {
    let findings = findings(process::root())?;
    for finding in &findings {
        eprintln!("{finding}");
    }
    match findings.len() {
        0 => Ok(()),
        count => bail!("tidy found {count} things to put right"),
    }
}

/// Everything that is untidy in the checkout at `root`, in order of place.
pub fn findings(root: &Path) -> Result<Vec<Finding>> {
    let files = text_files(root)?;
    let mut findings = edges::check(&edges::read(root)?, &files);
    findings.extend(migrations::check(&files));
    for file in &files {
        findings.extend(machine::check(file));
        findings.extend(manifests::check(file));
        findings.extend(banned::check_text(file));
        if file.is_rust() {
            findings.extend(check_rust(file));
        }
    }
    findings.sort();
    Ok(findings)
}

fn check_rust(file: &SourceFile) -> Vec<Finding> {
    let mut findings = sizes::check_lines(file);
    findings.extend(names::check_path(file));
    findings.extend(banned::check_rust(file));
    match syntax::parse(file) {
        Err(finding) => findings.push(finding),
        Ok(syntax) => {
            findings.extend(sizes::check_columns(file, &syntax));
            findings.extend(sizes::check_functions(file, &syntax));
            findings.extend(names::check_modules(file, &syntax));
            findings.extend(banned::check_floats(file, &syntax));
        }
    }
    findings
}

/// All text that is ours, in order of path.
fn text_files(root: &Path) -> Result<Vec<SourceFile>> {
    let mut files = Vec::new();
    let walk = WalkDir::new(root).sort_by_file_name().into_iter();
    for entry in walk.filter_entry(|entry| !is_foreign(entry)) {
        let entry = entry?;
        if !entry.file_type().is_file() || entry.metadata()?.len() > TEXT_BYTES_MAX {
            continue;
        }
        let bytes = fs::read(entry.path());
        let bytes = bytes.with_context(|| entry.path().display().to_string())?;
        if let Ok(text) = String::from_utf8(bytes) {
            let path = entry
                .path()
                .strip_prefix(root)?
                .to_string_lossy()
                .replace('\\', "/");
            files.push(SourceFile { path, text });
        }
    }
    Ok(files)
}

fn is_foreign(entry: &DirEntry) -> bool {
    let name = entry.file_name().to_string_lossy();
    entry.file_type().is_dir() && FOREIGN_FOLDERS.contains(&name.as_ref())
}

impl SourceFile {
    /// Written by hand, in Rust.
    fn is_rust(&self) -> bool {
        self.extension() == "rs" && !self.path.contains("/generated/")
    }

    fn extension(&self) -> &str {
        Path::new(&self.path)
            .extension()
            .and_then(|text| text.to_str())
            .unwrap_or_default()
    }

    /// Lines with their numbers, from 1.
    fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        self.text
            .lines()
            .enumerate()
            .map(|(index, line)| (index + 1, line))
    }

    fn finding(&self, line: usize, what: impl Into<String>, instead: impl Into<String>) -> Finding {
        Finding {
            path: self.path.clone(),
            line,
            what: what.into(),
            instead: instead.into(),
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "{}:{}: {}: {}",
            self.path, self.line, self.what, self.instead
        )
    }
}

#[cfg(test)]
mod tests;

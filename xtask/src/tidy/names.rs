//! Names that say nothing. A module is called after what it holds.

use super::syntax::Syntax;
use super::{Finding, SourceFile};

const NAMES: [&str; 9] = [
    "common",
    "helper",
    "helpers",
    "manager",
    "managers",
    "misc",
    "util",
    "utilities",
    "utils",
];

const INSTEAD: &str = "name it after what it holds";

/// The file's own name and those of its folders.
pub(super) fn check_path(file: &SourceFile) -> Vec<Finding> {
    let stem = file.path.strip_suffix(".rs").unwrap_or(&file.path);
    let banned = stem.split('/').filter(|part| NAMES.contains(part));
    banned
        .map(|part| file.finding(1, format!("a module named `{part}`"), INSTEAD))
        .collect()
}

/// The modules that the file declares.
pub(super) fn check_modules(file: &SourceFile, syntax: &Syntax) -> Vec<Finding> {
    let banned = syntax
        .modules
        .iter()
        .filter(|(name, _)| NAMES.contains(&name.as_str()));
    let finding =
        |(name, line): &(String, usize)| file.finding(*line, format!("`mod {name}`"), INSTEAD);
    banned.map(finding).collect()
}

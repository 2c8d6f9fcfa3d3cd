//! What every crate's manifest says, so that one place decides on lints.

use super::{Finding, SourceFile};

/// A crate without the workspace's lints, and a clippy configuration that hides the root's.
pub(super) fn check(file: &SourceFile) -> Vec<Finding> {
    let (folder, name) = file.path.rsplit_once('/').unwrap_or(("", &file.path));
    let is_hidden = !folder.is_empty() && (name == "clippy.toml" || name == ".clippy.toml");
    if is_hidden {
        let what = "a clippy configuration of one crate replaces that of the workspace";
        return vec![file.finding(1, what, "put it into the clippy.toml at the root")];
    }
    let is_crate = name == "Cargo.toml" && file.lines().any(|(_, line)| line.trim() == "[package]");
    if is_crate && !inherits_lints(file) {
        let what = "the workspace's lints are not inherited";
        return vec![file.finding(1, what, "add `[lints]` with `workspace = true`")];
    }
    Vec::new()
}

fn inherits_lints(file: &SourceFile) -> bool {
    let mut is_in_lints = false;
    for (_, line) in file.lines() {
        let line = line.split('#').next().unwrap_or_default().trim();
        if line.starts_with('[') {
            is_in_lints = line == "[lints]";
        } else if is_in_lints && line.replace(' ', "") == "workspace=true" {
            return true;
        }
    }
    false
}

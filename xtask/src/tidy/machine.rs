//! Traces of the machine that a text was written on. They mean nothing in another checkout.

use super::{Finding, SourceFile};

// Put together here, so that this file does not hold them.
const FOLDERS: [&str; 3] = [
    concat!("/wo", "rk/"),
    concat!("/ro", "ot/"),
    concat!("/tmp", "/bash"),
];

/// Labels of hosts that serve packages. Which one a machine asks is its own configuration.
const PACKAGE_HOSTS: [&str; 9] = [
    "artifactory",
    "debian",
    "jfrog",
    "mirror",
    "mirrors",
    "nexus",
    "npmjs",
    "pypi",
    "registry",
];

/// What a host name ends in, to tell one from a chain of fields.
const ENDINGS: [&str; 7] = ["com", "dev", "io", "local", "internal", "net", "org"];

/// Absolute paths of one machine, and names of package hosts.
pub(super) fn check(file: &SourceFile) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (number, line) in file.lines() {
        for folder in FOLDERS.iter().filter(|folder| has_path(line, folder)) {
            let what = format!("a path of one machine, `{folder}`");
            findings.push(file.finding(number, what, "name it relative to the checkout"));
        }
        if let Some(host) = package_host(line) {
            let what = format!("a package host, `{host}`");
            findings.push(file.finding(number, what, "leave it to the machine's configuration"));
        }
    }
    findings
}

/// Whether an absolute path in `line` begins with `folder`.
fn has_path(line: &str, folder: &str) -> bool {
    line.match_indices(folder).any(|(at, _)| {
        let before = line.get(..at).and_then(|text| text.chars().next_back());
        !before.is_some_and(|character| character.is_alphanumeric() || "._-}".contains(character))
    })
}

/// The first host name in `line` of which a label is one of a package host.
fn package_host(line: &str) -> Option<&str> {
    let is_part = |character: char| character.is_ascii_alphanumeric() || ".-".contains(character);
    line.split(|character| !is_part(character))
        .map(|word| word.trim_matches('.'))
        .find(|word| {
            let mut labels = word.split('.');
            let ending = labels.next_back().unwrap_or_default();
            ENDINGS.contains(&ending) && labels.any(|label| PACKAGE_HOSTS.contains(&label))
        })
}

//! Migrations: numbered without gaps, saying why, and the same steps in both dialects.

use std::collections::BTreeMap;

use super::{Finding, SourceFile};

/// The dialects whose steps are twins. Others (`citus`) add to one of them and stand alone.
const TWINS: [&str; 2] = ["postgres", "sqlite"];

/// The full schema that the steps add up to, recorded beside them.
const RECORDED_SCHEMA: &str = "schema.sql";

/// All findings on `migrations/DIALECT/*.sql`.
pub(super) fn check(files: &[SourceFile]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut dialects: BTreeMap<&str, BTreeMap<&str, &SourceFile>> = BTreeMap::new();
    for file in files {
        let Some(rest) = file.path.strip_prefix("migrations/") else {
            continue;
        };
        let Some((dialect, name)) = rest.split_once('/') else {
            continue;
        };
        if name.ends_with(".sql") && name != RECORDED_SCHEMA {
            findings.extend(check_file(file, name));
            dialects.entry(dialect).or_default().insert(name, file);
        }
    }
    for steps in dialects.values() {
        findings.extend(check_numbers(steps));
    }
    if let [Some(one), Some(other)] = TWINS.map(|dialect| dialects.get(dialect)) {
        findings.extend(missing_twins(one, other, TWINS[1]));
        findings.extend(missing_twins(other, one, TWINS[0]));
    }
    findings
}

fn check_file(file: &SourceFile, name: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    if number(name).is_none() {
        let instead = "name it NNNN_name.sql, in lower case with underscores";
        findings.push(file.finding(1, "a migration without its number and name", instead));
    }
    if !file.text.starts_with("--") {
        findings.push(file.finding(1, "does not say why", "begin with a comment that does"));
    }
    findings
}

/// Numbers run from 1 without gaps: two branches that took the same one must not both merge.
fn check_numbers(steps: &BTreeMap<&str, &SourceFile>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let numbered = steps
        .iter()
        .filter_map(|(name, file)| Some((number(name)?, file)));
    for (expected, (found, file)) in (1..).zip(numbered) {
        if found != expected {
            let what = format!("number {found:04} where {expected:04} comes next");
            findings.push(file.finding(1, what, "renumber it: no gaps, none twice"));
            break;
        }
    }
    findings
}

fn missing_twins(
    steps: &BTreeMap<&str, &SourceFile>,
    twins: &BTreeMap<&str, &SourceFile>,
    dialect: &str,
) -> Vec<Finding> {
    let alone = steps.iter().filter(|(name, _)| !twins.contains_key(*name));
    let finding = |(name, file): (&&str, &&SourceFile)| {
        let instead = format!("write migrations/{dialect}/{name}, if only to say why it is empty");
        file.finding(1, format!("no twin for {dialect}"), instead)
    };
    alone.map(finding).collect()
}

/// The number of `NNNN_name.sql`, if it is named so.
fn number(name: &str) -> Option<u32> {
    let (digits, rest) = name.strip_suffix(".sql")?.split_once('_')?;
    let is_name = |text: &str| {
        let is_part = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
        !text.is_empty() && text.bytes().all(is_part)
    };
    let is_number = digits.len() == 4 && digits.bytes().all(|byte| byte.is_ascii_digit());
    if is_number && is_name(rest) {
        digits.parse().ok()
    } else {
        None
    }
}

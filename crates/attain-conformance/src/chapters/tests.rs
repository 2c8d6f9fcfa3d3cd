//! What the kit says that the ports promise stands in the documentation of the ports.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use super::all;

/// What documents the contract.
const SOURCES: [&str; 7] = [
    "change.rs",
    "ports/mod.rs",
    "ports/error.rs",
    "ports/page.rs",
    "ports/repositories.rs",
    "ports/rewards.rs",
    "run.rs",
];

/// Words alone: neither the signs of comments nor those of Markdown, and of a link what is read. A
/// part of a sentence may be quoted like a whole one.
fn plain(text: &str) -> String {
    let lines = text.lines().map(|line| {
        let line = line.trim();
        let comment = line.strip_prefix("///").or(line.strip_prefix("//!"));
        comment.unwrap_or(line)
    });
    let text = lines.collect::<Vec<_>>().join(" ");
    let text = text.replace("](crate::change::Guard::WorkspaceExists)", "]");
    let text = text.replace(['`', '[', ']', '\\'], "");
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ").to_lowercase()
}

fn ports() -> String {
    let domain = Path::new(env!("CARGO_MANIFEST_DIR")).join("../attain-domain/src");
    let read = |file| fs::read_to_string(domain.join(file)).expect("the domain is next door");
    plain(&SOURCES.map(read).join("\n"))
}

#[test]
fn every_promise_stands_in_the_ports() {
    let ports = ports();
    let mut unknown = BTreeSet::new();
    for case in all() {
        let (place, sentence) = case.promise.split_once(": ").unwrap_or_default();
        let name = place.rsplit("::").next().unwrap_or_default().trim();
        let stands_there = ports.contains(plain(sentence).trim_end_matches('.'))
            && ports.contains(&name.to_lowercase());
        if !sentence.is_empty() && !stands_there {
            unknown.insert(case.promise);
        }
    }
    assert_eq!(unknown, BTreeSet::new());
}

#[test]
fn every_case_has_a_name_of_its_own() {
    let mut names = BTreeSet::new();
    for case in all() {
        let name = format!("{}::{}", case.chapter, case.name);
        assert!(names.insert(name.clone()), "{name} is there twice");
    }
}

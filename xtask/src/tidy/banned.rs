//! Words that must not be merged. Each ban names what to write in its place.

use super::syntax::Syntax;
use super::{Finding, SourceFile};

// The words are put together here, so that this file does not hold them.
const IN_RUST: [(&str, &str); 5] = [
    (
        concat!("to", "do!"),
        "write it, or return an error that says what is not supported",
    ),
    (
        concat!("unimpl", "emented!"),
        "write it, or return an error that says what is not supported",
    ),
    (
        concat!("db", "g!"),
        "remove it, or log with `tracing` and fields",
    ),
    (
        concat!("#[", "ignore"),
        "make the test pass everywhere, or delete it",
    ),
    (
        concat!("should_", "panic"),
        "return the error and assert on it",
    ),
];

const UNFINISHED: &str = concat!("FIX", "ME");
const POSTPONED: &str = concat!("TO", "DO");

/// Prose may speak about the marks; what is built may not carry them.
const BUILT: [&str; 8] = ["rs", "proto", "sql", "sh", "toml", "yaml", "yml", "json"];

/// Where amounts are computed. Floats come in as words (`f64`) and as parts of them (`to_f64`).
const FLOATLESS: &str = "crates/attain-domain/src/";

/// Marks of unfinished work, in anything that is built.
pub(super) fn check_text(file: &SourceFile) -> Vec<Finding> {
    if !BUILT.contains(&file.extension()) {
        return Vec::new();
    }
    let mut findings = Vec::new();
    for (number, line) in file.lines() {
        if line.contains(UNFINISHED) {
            findings.push(file.finding(number, UNFINISHED, "fix it before it is merged"));
        }
        let with_issue = format!("{POSTPONED}(#");
        if has_word(line, POSTPONED) && !line.contains(&with_issue) {
            let what = format!("{POSTPONED} without an issue");
            findings.push(file.finding(number, what, format!("write {with_issue}12)")));
        }
    }
    findings
}

/// Calls and attributes that have no place in a Rust file.
pub(super) fn check_rust(file: &SourceFile) -> Vec<Finding> {
    let lines = file.lines();
    let banned = lines.flat_map(|(number, line)| {
        let found = IN_RUST.iter().filter(move |(word, _)| line.contains(word));
        found.map(move |(word, instead)| file.finding(number, format!("`{word}`"), *instead))
    });
    banned.collect()
}

/// Binary floating point where money is computed.
pub(super) fn check_floats(file: &SourceFile, syntax: &Syntax) -> Vec<Finding> {
    if !file.path.starts_with(FLOATLESS) {
        return Vec::new();
    }
    let floats = syntax
        .words
        .iter()
        .filter(|(word, _)| word.contains("f64") || word.contains("f32"));
    let instead = "compute with `Decimal`; parse numbers from their text";
    floats
        .map(|(word, line)| file.finding(*line, format!("`{word}`"), instead))
        .collect()
}

/// Whether `word` stands in `line` on its own.
fn has_word(line: &str, word: &str) -> bool {
    let is_part = |character: char| character.is_alphanumeric() || character == '_';
    line.match_indices(word).any(|(at, _)| {
        let before = line.get(..at).and_then(|text| text.chars().next_back());
        let after = line
            .get(at + word.len()..)
            .and_then(|text| text.chars().next());
        !before.is_some_and(is_part) && !after.is_some_and(is_part)
    })
}

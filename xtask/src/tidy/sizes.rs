//! How long files, functions and lines may be, and the first line that says what a file is for.

use super::syntax::Syntax;
use super::{Finding, SourceFile};

/// Past this a file holds more than one promise.
const FILE_LINES_MAX: usize = 500;

/// As clippy's `too_many_lines`, which does not count comments and blank lines; we do.
const FUNCTION_LINES_MAX: usize = 70;

/// As rustfmt's `max_width`, which gives up silently where it cannot break a line.
const COLUMNS_MAX: usize = 100;

/// The length of the file, and its first line if it is compiled into a crate.
pub(super) fn check_lines(file: &SourceFile) -> Vec<Finding> {
    let mut findings = Vec::new();
    let count = file.text.lines().count();
    if count > FILE_LINES_MAX {
        let what = format!("{count} lines, more than {FILE_LINES_MAX}");
        findings.push(file.finding(count, what, "split it by what its parts promise"));
    }
    let is_compiled = file.path.contains("src/");
    if is_compiled && !file.text.starts_with("//!") {
        let instead = "begin with `//!` and say what lives here";
        findings.push(file.finding(
            1,
            "the first line does not say what the file is for",
            instead,
        ));
    }
    findings
}

/// Lines that are too wide and could be narrower.
pub(super) fn check_columns(file: &SourceFile, syntax: &Syntax) -> Vec<Finding> {
    let wide = file.lines().filter_map(|(number, line)| {
        let columns = line.chars().count();
        let is_wide = columns > COLUMNS_MAX && !is_unbreakable(number, line, syntax);
        is_wide.then(|| {
            let what = format!("{columns} columns, more than {COLUMNS_MAX}");
            file.finding(
                number,
                what,
                "break the line, if need be in front of a string",
            )
        })
    });
    wide.collect()
}

/// Whether something on the line would be too wide on a line of its own: a raw string, a string
/// (broken, a message cannot be searched for), an address or hash, a row of a table in Markdown.
fn is_unbreakable(number: usize, line: &str, syntax: &Syntax) -> bool {
    let text = line.trim_start();
    let is_alone_too_wide = |width: usize| line.len() - text.len() + width > COLUMNS_MAX;
    let mut literals = syntax.literals.iter().filter(|(line, _)| *line == number);
    let is_row = ["//! |", "/// |"].iter().any(|row| text.starts_with(row));
    // Beside the word there is the mark of the comment or the quotes and comma around it.
    let mut words = text
        .split_whitespace()
        .map(|word| word.chars().count() + "/// ".len());
    is_row
        || syntax
            .raw_strings
            .iter()
            .any(|lines| lines.contains(&number))
        || literals.any(|(_, width)| is_alone_too_wide(width + ",".len()))
        || words.any(is_alone_too_wide)
}

/// Functions that are too long, from `fn` to the closing brace.
pub(super) fn check_functions(file: &SourceFile, syntax: &Syntax) -> Vec<Finding> {
    let long = syntax.functions.iter().filter_map(|(name, lines)| {
        let count = lines.end() - lines.start() + 1;
        (count > FUNCTION_LINES_MAX).then(|| {
            let what = format!("fn {name} has {count} lines, more than {FUNCTION_LINES_MAX}");
            let instead = "keep the branching here and move the computing into functions it calls";
            file.finding(*lines.start(), what, instead)
        })
    });
    long.collect()
}

//! The command lines that run the tests.

use super::{commands, named_packages, names_packages};
use std::ffi::OsString;

fn check(args: &[&str], has_nextest: bool, expected: &[&str]) {
    let args: Vec<OsString> = args.iter().map(OsString::from).collect();
    let lines: Vec<String> = commands(&args, has_nextest)
        .iter()
        .map(|command| {
            let words = command
                .get_args()
                .map(|word| word.to_string_lossy().into_owned());
            words.collect::<Vec<_>>().join(" ")
        })
        .collect();
    assert_eq!(lines, expected);
}

#[test]
fn without_nextest_everything_is_one_cargo_test() {
    check(&[], false, &["test --no-fail-fast --workspace"]);
}

#[test]
fn with_nextest_the_documentation_is_tested_too() {
    let documentation = "test --doc --quiet --workspace";
    check(
        &[],
        true,
        &[documentation, "nextest run --no-fail-fast --workspace"],
    );
}

#[test]
fn a_chosen_package_replaces_the_workspace() {
    check(
        &["-p", "attain-domain", "tiers"],
        false,
        &["test -p attain-domain tiers"],
    );
    check(&["tiers"], true, &["nextest run --workspace tiers"]);
}

#[test]
fn what_follows_two_dashes_belongs_to_the_test_program() {
    assert!(!names_packages(&["--".into(), "-p".into()]));
    assert!(names_packages(&["--package=attain".into()]));
}

#[test]
fn packages_are_read_however_they_are_named() {
    let args = [
        "-p",
        "a",
        "-pb",
        "-p=c",
        "--package",
        "d",
        "--package=e",
        "tiers",
        "--",
        "-p",
        "f",
    ];
    let args: Vec<OsString> = args.iter().map(OsString::from).collect();
    assert_eq!(named_packages(&args), ["a", "b", "c", "d", "e"]);
    assert!(named_packages(&["--workspace".into(), "--profile".into()]).is_empty());
    assert!(named_packages(&["-p".into()]).is_empty());
}

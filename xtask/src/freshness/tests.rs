//! Writing and comparing a generated folder.

use std::fs;

use super::{Mode, Outputs};

/// A folder with one right, one stale and one extra file, and one still to be written.
fn untidy_folder() -> (tempfile::TempDir, Outputs) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    fs::write(folder.path().join("right.rs"), "right").expect("written");
    fs::write(folder.path().join("stale.rs"), "old").expect("written");
    fs::write(folder.path().join("extra.rs"), "nobody's").expect("written");
    let mut outputs = Outputs::new(folder.path());
    outputs.add("right.rs", "right");
    outputs.add("stale.rs", "new");
    outputs.add("sub/missing.rs", "new");
    (folder, outputs)
}

#[test]
fn check_names_every_difference_and_the_command() {
    let (folder, outputs) = untidy_folder();
    let refusal = outputs
        .settle(Mode::Check)
        .expect_err("three files differ")
        .to_string();
    for expected in ["extra.rs: extra", "stale.rs: stale", "missing.rs: missing"] {
        assert!(
            refusal.contains(expected),
            "{expected} is not in: {refusal}"
        );
    }
    assert!(!refusal.contains("right.rs"), "{refusal}");
    assert!(refusal.contains("cargo xtask codegen"), "{refusal}");
    assert_eq!(
        fs::read(folder.path().join("stale.rs")).expect("read"),
        b"old"
    );
}

#[test]
fn write_leaves_exactly_what_was_generated() {
    let (folder, outputs) = untidy_folder();
    outputs.settle(Mode::Write).expect("written");
    outputs
        .settle(Mode::Check)
        .expect("nothing differs any more");
    assert!(!folder.path().join("extra.rs").exists());
    assert_eq!(
        fs::read(folder.path().join("sub/missing.rs")).expect("read"),
        b"new"
    );
}

#[test]
fn no_outputs_and_no_folder_is_fresh() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    Outputs::new(folder.path().join("absent"))
        .settle(Mode::Check)
        .expect("nothing to compare");
}

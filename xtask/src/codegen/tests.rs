//! What `codegen --check` asks of git.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::untracked_files;

fn git(root: &Path, args: &[&str]) {
    let status = Command::new("git").args(args).current_dir(root).status();
    assert!(status.expect("git starts").success());
}

#[test]
fn a_file_that_git_does_not_know_is_found() {
    let root = tempfile::tempdir().expect("a temporary folder");
    if Command::new("git").arg("--version").output().is_err() {
        return;
    }
    git(root.path(), &["init", "--quiet"]);
    fs::create_dir(root.path().join("generated")).expect("made");
    fs::write(root.path().join("generated/known.rs"), "").expect("written");
    git(root.path(), &["add", "generated/known.rs"]);
    fs::write(root.path().join("generated/unknown.rs"), "").expect("written");
    fs::write(root.path().join("elsewhere.rs"), "").expect("written");
    assert_eq!(
        untracked_files(root.path(), "generated"),
        ["generated/unknown.rs"]
    );
}

#[test]
fn a_checkout_without_git_has_nothing_untracked() {
    let root = tempfile::tempdir().expect("a temporary folder");
    let absent = root.path().join("absent");
    assert_eq!(untracked_files(&absent, "generated"), Vec::<String>::new());
}

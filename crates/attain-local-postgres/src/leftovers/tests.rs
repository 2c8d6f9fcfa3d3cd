//! What is taken for a leftover.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::{LOCK, claim, is_locked, sweep};
use crate::account::Account;
use crate::programs::Programs;

#[test]
fn a_claim_is_seen_by_others_until_it_is_dropped() {
    let home = tempfile::tempdir().unwrap();
    let lock = home.path().join(LOCK);
    assert!(!is_locked(&lock), "nothing is there");
    let claimed = claim(home.path()).unwrap();
    assert!(is_locked(&lock));
    drop(claimed);
    assert!(!is_locked(&lock));
}

/// A folder of the server's account.
fn folder(base: &Path, name: &str) -> PathBuf {
    let path = base.join(name);
    fs::create_dir(&path).unwrap();
    Account::for_new(&path).unwrap().give(&path).unwrap();
    path
}

fn age(path: &Path) {
    let folder = File::open(path).unwrap();
    folder.set_modified(SystemTime::UNIX_EPOCH).unwrap();
}

#[test]
fn only_an_old_folder_without_owner_is_removed() {
    let base = tempfile::tempdir().unwrap();
    let programs = Programs::find().unwrap();
    let ours = base.path().join("attain-pg-ours");
    fs::create_dir(&ours).unwrap();
    let young = folder(base.path(), "attain-pg-young");
    let other = folder(base.path(), "something-else");
    age(&other);
    let owned = folder(base.path(), "attain-pg-owned");
    let claimed = claim(&owned).unwrap();
    age(&owned);
    let left = folder(base.path(), "attain-pg-left");
    drop(claim(&left).unwrap());
    age(&left);
    sweep(base.path(), &ours, &programs);
    assert!(young.exists() && other.exists() && owned.exists() && ours.exists());
    assert!(!left.exists());
    drop(claimed);
    sweep(base.path(), &ours, &programs);
    assert!(!owned.exists());
}

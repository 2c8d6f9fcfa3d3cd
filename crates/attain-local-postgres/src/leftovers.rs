//! Throw-away clusters that nobody is left to throw away. A guardian does that as a rule; who ends
//! guardian and program together, or the power, leaves a folder that the next start removes.

use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::account::Account;
use crate::cluster::{Cluster, Stop, data_of};
use crate::error::LocalError;
use crate::programs::Programs;

/// How the folders of throw-away clusters begin.
pub(crate) const PREFIX: &str = "attain-pg-";
/// Locked by the owner for as long as it lives.
const LOCK: &str = "owner.lock";
/// A folder that is younger may not have been locked yet.
const AGE_MIN: Duration = Duration::from_secs(60);

/// Marks a folder as in use until the file is closed, by us or by our end.
pub(crate) fn claim(home: &Path) -> Result<File, LocalError> {
    let path = home.join(LOCK);
    let file = File::create(&path).map_err(LocalError::at(&path))?;
    file.lock().map_err(LocalError::at(&path))?;
    Ok(file)
}

/// Removes the clusters in `base` whose owners are gone. What cannot be removed stays: it is in
/// nobody's way. `ours` is the new folder, which tells whose leftovers are ours.
pub(crate) fn sweep(base: &Path, ours: &Path, programs: &Programs) {
    for entry in fs::read_dir(base).into_iter().flatten().flatten() {
        let home = entry.path();
        let is_candidate = entry.file_name().to_string_lossy().starts_with(PREFIX);
        if is_candidate && home != ours && is_abandoned(&home) {
            remove(&home, ours, programs);
        }
    }
}

fn is_abandoned(home: &Path) -> bool {
    let made = fs::symlink_metadata(home);
    let is_old = made.is_ok_and(|made| {
        let age = made.modified().ok().and_then(|time| time.elapsed().ok());
        made.is_dir() && age.is_some_and(|age| age >= AGE_MIN)
    });
    is_old && !is_locked(&home.join(LOCK))
}

fn is_locked(lock: &PathBuf) -> bool {
    match File::open(lock).map(|file| file.try_lock()) {
        Ok(Err(TryLockError::WouldBlock)) => true,
        Ok(Ok(()) | Err(TryLockError::Error(_))) | Err(_) => false,
    }
}

fn remove(home: &Path, ours: &Path, programs: &Programs) {
    // The account of the data also says whether the folder is any of our business.
    let Ok(account) = Account::of(home, ours) else {
        return;
    };
    if data_of(home).exists() {
        let cluster = Cluster::new(home, programs.clone(), account);
        if cluster.stop(Stop::Immediate).is_err() {
            return;
        }
    }
    let _ = fs::remove_dir_all(home);
}

#[cfg(test)]
mod tests;

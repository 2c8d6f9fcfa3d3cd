//! Where PostgreSQL's programs are. Distributions put them beside the PATH, a folder a version.

use std::env;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::error::LocalError;

/// Names the folder of the programs, and nothing else is looked at then.
pub const BIN_VARIABLE: &str = "ATTAIN_POSTGRES_BIN";
/// The oldest version that is used.
pub const OLDEST_MAJOR: u32 = 15;

/// Folders of programs, as what stands before and after the version.
const FOLDERS: &[(&str, &str, &str)] = &[
    ("/usr/lib/postgresql", "", "bin"),
    ("/usr", "pgsql-", "bin"),
    ("/usr/libexec", "postgresql", ""),
    ("/opt/homebrew/opt", "postgresql", "bin"),
    ("/usr/local/opt", "postgresql", "bin"),
    ("/home/linuxbrew/.linuxbrew/opt", "postgresql", "bin"),
    ("/Library/PostgreSQL", "", "bin"),
    ("/Applications/Postgres.app/Contents/Versions", "", "bin"),
];

/// One installed version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Programs {
    folder: PathBuf,
    major: u32,
}

impl Programs {
    /// What [`BIN_VARIABLE`] names, or what is on the PATH, or the newest that is installed.
    pub fn find() -> Result<Self, LocalError> {
        if let Some(folder) = env::var_os(BIN_VARIABLE) {
            return Self::named(&folder);
        }
        let on_path = on_path();
        let mut elsewhere = elsewhere();
        elsewhere.sort_by_key(|programs| std::cmp::Reverse(programs.major));
        let seen: Vec<Self> = on_path.into_iter().chain(elsewhere).collect();
        let found = seen.iter().find(|programs| programs.major >= OLDEST_MAJOR);
        found.cloned().ok_or_else(|| not_installed(&seen))
    }

    /// The programs of the version that made a cluster.
    pub(crate) fn of_major(major: u32, folder: &Path) -> Result<Self, LocalError> {
        let first = Self::find();
        match first {
            Ok(programs) if programs.major == major => return Ok(programs),
            Err(error @ LocalError::Variable { .. }) => return Err(error),
            Ok(_) | Err(_) => {}
        }
        let mut all = on_path().into_iter().chain(elsewhere());
        all.find(|programs| programs.major == major)
            .ok_or_else(|| LocalError::OtherVersion {
                folder: folder.to_owned(),
                major,
            })
    }

    /// The version, such as 15.
    pub fn major(&self) -> u32 {
        self.major
    }

    /// The folder that the programs are in.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    pub(crate) fn path(&self, program: &str) -> PathBuf {
        self.folder.join(program)
    }

    fn named(folder: &OsStr) -> Result<Self, LocalError> {
        let wrong = |why: String| LocalError::Variable {
            name: BIN_VARIABLE,
            value: folder.to_string_lossy().into_owned(),
            why,
        };
        let programs = Self::in_folder(Path::new(folder));
        let programs = programs
            .ok_or_else(|| wrong("initdb, pg_ctl and postgres are not there".to_owned()))?;
        if programs.major < OLDEST_MAJOR {
            let (major, oldest) = (programs.major, OLDEST_MAJOR);
            return Err(wrong(format!(
                "this is version {major}, and {oldest} is the oldest that will do"
            )));
        }
        Ok(programs)
    }

    /// The version in a folder, if its server programs are there and run.
    fn in_folder(folder: &Path) -> Option<Self> {
        let has = |name: &str| folder.join(name).is_file();
        if !(has("initdb") && has("pg_ctl") && has("postgres")) {
            return None;
        }
        let said = Command::new(folder.join("postgres"))
            .arg("--version")
            .output();
        let said = said.ok().filter(|output| output.status.success())?;
        let major = major_of(&String::from_utf8_lossy(&said.stdout))?;
        let folder = folder.to_owned();
        Some(Self { folder, major })
    }
}

/// The first version on the PATH. A link leads to the folder where all programs are.
fn on_path() -> Option<Programs> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path).find_map(|folder| {
        let initdb = fs::canonicalize(folder.join("initdb")).ok();
        let real = initdb.as_deref().and_then(Path::parent);
        let linked = real.and_then(Programs::in_folder);
        linked.or_else(|| Programs::in_folder(&folder))
    })
}

fn elsewhere() -> Vec<Programs> {
    let mut found = Vec::new();
    for (parent, before, inside) in FOLDERS {
        for entry in fs::read_dir(parent).into_iter().flatten().flatten() {
            let name = entry.file_name();
            let version = name.to_str().and_then(|name| name.strip_prefix(before));
            if version.is_some_and(is_version) {
                found.extend(Programs::in_folder(&entry.path().join(inside)));
            }
        }
    }
    found
}

/// Whether a folder's name may be a version: `15`, `@17`, `9.6`, or nothing.
fn is_version(text: &str) -> bool {
    text.chars()
        .all(|character| character.is_ascii_digit() || character == '.' || character == '@')
}

/// `postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)` is 15.
fn major_of(said: &str) -> Option<u32> {
    let version = said.split_once("(PostgreSQL) ")?.1;
    let end = version.find(|character: char| !character.is_ascii_digit());
    version.get(..end.unwrap_or(version.len()))?.parse().ok()
}

fn not_installed(seen: &[Programs]) -> LocalError {
    let seen: Vec<String> = seen
        .iter()
        .map(|programs| format!("{} in {}", programs.major, programs.folder.display()))
        .collect();
    LocalError::NotInstalled {
        oldest: OLDEST_MAJOR,
        seen: if seen.is_empty() {
            "none at all".to_owned()
        } else {
            format!("only {}", seen.join(", "))
        },
    }
}

#[cfg(test)]
mod tests;

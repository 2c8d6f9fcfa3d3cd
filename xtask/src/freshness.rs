//! Generated files that are committed: either written, or compared with what would be written.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use walkdir::WalkDir;

/// What to do where a file on disk is not what the generator made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Make the folder exactly what was generated.
    Write,
    /// Change nothing, and fail.
    Check,
}

/// All that a generator owns: one folder, and every file in it.
#[derive(Debug)]
pub struct Outputs {
    folder: PathBuf,
    files: BTreeMap<PathBuf, Vec<u8>>,
}

/// How a file on disk differs from what was generated.
#[derive(Clone, Copy)]
enum Difference {
    Missing,
    Stale,
    Extra,
}

impl Outputs {
    /// `folder` will hold nothing but what is added here.
    pub fn new(folder: impl Into<PathBuf>) -> Outputs {
        Outputs {
            folder: folder.into(),
            files: BTreeMap::new(),
        }
    }

    /// Adds one file; `name` is relative to the folder.
    pub fn add(&mut self, name: impl Into<PathBuf>, content: impl Into<Vec<u8>>) {
        self.files.insert(name.into(), content.into());
    }

    /// Adds every file of another folder, under the names they have there.
    pub fn add_all_of(&mut self, source: &Path) -> Result<()> {
        for (name, content) in files_of(source)? {
            self.add(name, content);
        }
        Ok(())
    }

    /// Writes or compares. In `Check` mode any difference is an error that names every file and
    /// the command to run.
    pub fn settle(&self, mode: Mode) -> Result<()> {
        let differences = self.differences()?;
        match mode {
            Mode::Write => differences
                .iter()
                .try_for_each(|(name, difference)| self.repair(name, *difference)),
            Mode::Check if differences.is_empty() => Ok(()),
            Mode::Check => {
                let listed = differences.iter().map(|(name, difference)| {
                    format!(
                        "{}: {}",
                        self.folder.join(name).display(),
                        difference.in_words()
                    )
                });
                let listed = listed.collect::<Vec<_>>().join("\n");
                bail!("{listed}\nrun `cargo xtask codegen` and commit what it writes");
            }
        }
    }

    fn differences(&self) -> Result<BTreeMap<PathBuf, Difference>> {
        let found = files_of(&self.folder)?;
        let mut differences = BTreeMap::new();
        for (name, content) in &self.files {
            match found.get(name) {
                None => differences.insert(name.clone(), Difference::Missing),
                Some(old) if old != content => differences.insert(name.clone(), Difference::Stale),
                Some(_) => None,
            };
        }
        for name in found
            .into_keys()
            .filter(|name| !self.files.contains_key(name))
        {
            differences.insert(name, Difference::Extra);
        }
        Ok(differences)
    }

    fn repair(&self, name: &Path, difference: Difference) -> Result<()> {
        let path = self.folder.join(name);
        match difference {
            Difference::Extra => {
                eprintln!("removed {}", path.display());
                fs::remove_file(&path)
            }
            Difference::Missing | Difference::Stale => {
                let parent = path.parent().unwrap_or(&self.folder);
                fs::create_dir_all(parent).with_context(|| parent.display().to_string())?;
                eprintln!("wrote {}", path.display());
                fs::write(&path, self.files.get(name).map_or(&[][..], Vec::as_slice))
            }
        }
        .with_context(|| path.display().to_string())
    }
}

impl Difference {
    fn in_words(self) -> &'static str {
        match self {
            Difference::Missing => "missing: it would be generated",
            Difference::Stale => "stale: something else would be generated",
            Difference::Extra => "extra: no generator writes it",
        }
    }
}

/// Every file under `folder` by its relative name; none if there is no such folder.
fn files_of(folder: &Path) -> Result<BTreeMap<PathBuf, Vec<u8>>> {
    let mut files = BTreeMap::new();
    if !folder.exists() {
        return Ok(files);
    }
    for entry in WalkDir::new(folder) {
        let entry = entry?;
        if entry.file_type().is_file() {
            let name = entry.path().strip_prefix(folder)?.to_path_buf();
            let content = fs::read(entry.path());
            files.insert(
                name,
                content.with_context(|| entry.path().display().to_string())?,
            );
        }
    }
    Ok(files)
}

#[cfg(test)]
mod tests;

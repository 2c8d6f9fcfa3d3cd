//! The small company of the examples in a database file of its own, and the built program at work
//! on it.
#![allow(dead_code, reason = "each binary of tests uses what it needs")]
#![allow(
    clippy::unwrap_used,
    reason = "a test's own tool: what cannot be, fails the test"
)]

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};

use tempfile::TempDir;

/// The columns of the files that tests write.
pub(crate) const HEADER: &str = "number,type,event_date,amount,currency,attribute.rep";

/// The small company in a database file of its own.
pub(crate) struct Company {
    pub(crate) folder: TempDir,
}

/// How the program ended.
pub(crate) struct Ended {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

fn documents() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../examples/small/documents")
}

pub(crate) fn ended(output: Output) -> Ended {
    let ended = Ended {
        code: output.status.code().expect("the program ended by itself"),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    };
    assert!(!ended.err.contains("panicked"), "{}", ended.err);
    ended
}

impl Ended {
    /// The exit code, and all of standard error.
    #[track_caller]
    pub(crate) fn check(&self, code: i32, err: &str) {
        assert_eq!(
            (self.code, self.err.trim_end()),
            (code, err),
            "{}",
            self.out
        );
    }

    /// Read, stored, unchanged, superseded, rejected.
    #[track_caller]
    pub(crate) fn check_counts(&self, counts: [u64; 5]) {
        let names = ["read", "stored", "unchanged", "superseded", "rejected"];
        for (name, count) in names.iter().zip(counts) {
            let line = format!("{name},{count}");
            assert!(
                self.out.lines().any(|there| there == line),
                "{line}\n{}",
                self.out
            );
        }
    }
}

impl Company {
    pub(crate) fn new() -> Self {
        let company = Self {
            folder: TempDir::new().unwrap(),
        };
        let applied = company.run(&["apply", "-f", documents().to_str().unwrap()]);
        assert_eq!(applied.code, 0, "{}", applied.err);
        company
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_attain"));
        for variable in [
            "ATTAIN_STORE",
            "ATTAIN_WORKSPACE",
            "ATTAIN_ACTOR",
            "ATTAIN_LOG",
        ] {
            command.env_remove(variable);
        }
        command.current_dir(&self.folder).args(arguments);
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Ended {
        ended(self.command(arguments).output().unwrap())
    }

    /// Applies one file, `new.yaml`.
    pub(crate) fn apply(&self, text: &str) -> Ended {
        fs::write(self.path("new.yaml"), text).unwrap();
        self.run(&["apply", "-f", "new.yaml"])
    }

    /// Imports one file, `rows.csv`.
    pub(crate) fn import(&self, bytes: &[u8]) -> Ended {
        fs::write(self.path("rows.csv"), bytes).unwrap();
        self.run(&["import", "transactions", "rows.csv", "-o", "csv"])
    }

    pub(crate) fn rejected(&self) -> String {
        fs::read_to_string(self.path("rows.csv.rejected.csv")).unwrap_or_default()
    }

    pub(crate) fn stored(&self) -> usize {
        let dates = ["--from", "2026-01-01", "--through", "2026-12-31"];
        let listed = self.run(&[&["list", "transactions", "-o", "csv"][..], &dates].concat());
        assert_eq!(listed.code, 0, "{}", listed.err);
        listed.out.lines().count() - 1
    }
}

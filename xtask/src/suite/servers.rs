//! The servers that tests need: one throw-away PostgreSQL for all test programs, and PgBouncer, which
//! tests start themselves.

use std::collections::BTreeSet;
use std::env;
use std::ffi::OsString;

use anyhow::{Context, Result};
use attain_local_postgres::{
    CITUS_VARIABLE, LocalError, Programs, Throwaway, URL_VARIABLE, find_pgbouncer,
};
use cargo_metadata::MetadataCommand;

use super::install::install;
use crate::process;

/// The crate that starts servers: who uses it in tests needs some.
const LAUNCHER: &str = "attain-local-postgres";
const PGBOUNCER_VARIABLE: &str = "ATTAIN_TEST_PGBOUNCER";

/// What is there for the tests. The cluster ends with this value.
#[derive(Debug, Default)]
pub(super) struct Servers {
    variables: Vec<(&'static str, OsString)>,
    _cluster: Option<Throwaway>,
}

impl Servers {
    /// Starts what the tests of these packages need; of all, if none is named.
    pub(super) fn prepare(packages: &[String]) -> Result<Self> {
        if !packages.is_empty() {
            let users = users()?;
            if packages.iter().all(|name| !users.contains(name)) {
                return Ok(Self::default());
            }
        }
        if env::var_os(CITUS_VARIABLE).is_none_or(|url| url.is_empty()) {
            eprintln!("tests do not run on Citus: {CITUS_VARIABLE} names no coordinator");
        }
        let bouncer = found_or_installed(find_pgbouncer, "pgbouncer")?;
        let mut variables = vec![(PGBOUNCER_VARIABLE, bouncer.into_os_string())];
        if env::var_os(URL_VARIABLE).is_some_and(|url| !url.is_empty()) {
            return Ok(Self {
                variables,
                _cluster: None,
            });
        }
        found_or_installed(Programs::find, "postgresql")?;
        let cluster = Throwaway::start().context("no PostgreSQL for the tests")?;
        let programs = cluster.programs();
        let (major, folder) = (programs.major(), programs.folder().display());
        eprintln!("tests use a throw-away PostgreSQL {major} ({folder})");
        variables.push((URL_VARIABLE, cluster.url("postgres").into()));
        Ok(Self {
            variables,
            _cluster: Some(cluster),
        })
    }

    /// The environment that tells test programs.
    pub(super) fn variables(&self) -> impl Iterator<Item = (&'static str, &OsString)> {
        self.variables.iter().map(|(name, value)| (*name, value))
    }
}

/// The packages whose tests use a server.
fn users() -> Result<BTreeSet<String>> {
    let mut command = MetadataCommand::new();
    command
        .manifest_path(process::root().join("Cargo.toml"))
        .no_deps();
    let metadata = command.exec().context("cargo metadata failed")?;
    let users = metadata.packages.iter().filter(|package| {
        let is_launcher = |name: &str| name == LAUNCHER;
        let uses = package
            .dependencies
            .iter()
            .any(|used| is_launcher(&used.name));
        is_launcher(&package.name) || (uses && package.name.as_str() != "xtask")
    });
    Ok(users.map(|package| package.name.to_string()).collect())
}

/// Looks, installs what is not there, and looks again.
fn found_or_installed<T>(find: fn() -> Result<T, LocalError>, package: &str) -> Result<T> {
    match find() {
        Err(error @ (LocalError::NotInstalled { .. } | LocalError::NoPgBouncer)) => {
            let text = error.to_string();
            install(package).context(text)?;
            Ok(find()?)
        }
        outcome => Ok(outcome?),
    }
}

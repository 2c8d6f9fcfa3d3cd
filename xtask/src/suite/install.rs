//! Installing a package with the system's own means, where that may be done without asking.

use std::env;
use std::process::{Command, Stdio};

use anyhow::{Result, bail};

use crate::process;

/// Debian makes a cluster of the system and starts it when PostgreSQL is installed, unless this
/// says otherwise before.
const NO_SYSTEM_CLUSTER: &str = "s/^#?create_main_cluster.*/create_main_cluster = false/";
const CLUSTERS_FILE: &str = "/etc/postgresql-common/createcluster.conf";
const APT: [&str; 6] = [
    "env",
    "DEBIAN_FRONTEND=noninteractive",
    "apt-get",
    "install",
    "-y",
    "--no-install-recommends",
];

/// A package manager.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Manager {
    Apt,
    Dnf,
    Apk,
    Brew,
}

const MANAGERS: [(&str, Manager); 4] = [
    ("apt-get", Manager::Apt),
    ("dnf", Manager::Dnf),
    ("apk", Manager::Apk),
    ("brew", Manager::Brew),
];

/// Installs a package (by its Debian name), or says why that cannot be done here.
pub(super) fn install(package: &str) -> Result<()> {
    let found = MANAGERS.iter().find(|(program, _)| is_on_path(program));
    let Some((program, manager)) = found else {
        bail!("it cannot be installed here: there is no apt-get, dnf, apk or brew");
    };
    let Some(prefix) = right_to_install(*manager) else {
        bail!("it cannot be installed here: that takes root, or sudo without a password");
    };
    eprintln!("{package} is installed with {program}: tests need it");
    let attempt = || {
        let steps = steps(*manager, package);
        let mut steps = steps.iter();
        steps.try_for_each(|step| perform(prefix, step))
    };
    let Err(error) = attempt() else { return Ok(()) };
    if *manager != Manager::Apt {
        return Err(error);
    }
    // Lists that are old or not there are the usual reason.
    perform(prefix, &["apt-get", "update"])?;
    attempt()
}

fn steps<'a>(manager: Manager, package: &'a str) -> Vec<Vec<&'a str>> {
    let apt = |name: &'a str| [&APT[..], &[name]].concat();
    match (manager, package) {
        (Manager::Apt, "postgresql") => vec![
            apt("postgresql-common"),
            vec!["sed", "-Ei", NO_SYSTEM_CLUSTER, CLUSTERS_FILE],
            apt("postgresql"),
        ],
        (Manager::Apt, name) => vec![apt(name)],
        (Manager::Dnf, "postgresql") => vec![vec!["dnf", "install", "-y", "postgresql-server"]],
        (Manager::Dnf, name) => vec![vec!["dnf", "install", "-y", name]],
        (Manager::Apk, name) => vec![vec!["apk", "add", name]],
        (Manager::Brew, name) => vec![vec!["brew", "install", name]],
    }
}

/// What a command has to begin with, or nothing where it may not be run at all.
fn right_to_install(manager: Manager) -> Option<&'static [&'static str]> {
    if manager == Manager::Brew || is_root() {
        return Some(&[]);
    }
    let sudo: &[&str] = &["sudo", "-n"];
    succeeds(&["sudo", "-n", "true"]).then_some(sudo)
}

fn is_root() -> bool {
    let asked = Command::new("id").arg("-u").output();
    asked.is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}

fn succeeds(words: &[&str]) -> bool {
    let mut command = command(&[], words);
    command.stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

fn is_on_path(program: &str) -> bool {
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path).any(|folder| folder.join(program).is_file())
}

fn perform(prefix: &[&str], words: &[&str]) -> Result<()> {
    process::run(&mut command(prefix, words))
}

fn command(prefix: &[&str], words: &[&str]) -> Command {
    let mut all = prefix.iter().chain(words);
    let mut command = Command::new(all.next().copied().unwrap_or("true"));
    command.args(all).stdin(Stdio::null());
    command
}

#[cfg(test)]
mod tests {
    use super::{Manager, steps};

    #[test]
    fn debian_is_told_to_start_no_cluster_before_it_could() {
        let steps = steps(Manager::Apt, "postgresql");
        let last: Vec<&str> = steps
            .iter()
            .filter_map(|step| step.last().copied())
            .collect();
        let file = "/etc/postgresql-common/createcluster.conf";
        assert_eq!(last, ["postgresql-common", file, "postgresql"]);
    }
}

//! Which crate may use which. Arrows point inward only: to the domain, and from it to nothing of
//! ours. The tables are the whole rule; a crate that they do not name is itself a finding.

use std::path::Path;

use anyhow::{Context, Result};
use cargo_metadata::{DependencyKind, MetadataCommand};

use super::{Finding, SourceFile};

/// The crates of ours that one crate may use.
struct Arrows {
    from: &'static str,
    to: &'static [&'static str],
    /// Further ones for its tests, beside `ANY_TEST`.
    tests_to: &'static [&'static str],
}

/// What every crate's tests may use: real stores and a server for them, the kit that compares them,
/// whole scenarios.
const ANY_TEST: &[&str] = &[
    "attain-local-postgres",
    "attain-memory",
    "attain-sqlite",
    "attain-conformance",
    "attain-scenario",
];

const EVERYTHING: &[&str] = &[
    "attain-app",
    "attain-client",
    "attain-conformance",
    "attain-demo",
    "attain-documents",
    "attain-domain",
    "attain-grpc",
    "attain-local-postgres",
    "attain-memory",
    "attain-postgres",
    "attain-proto",
    "attain-scenario",
    "attain-sqlite",
];

/// What may stand around the domain without knowing how it is stored or called.
const RULES: &[&str] = &["attain-domain", "attain-app", "attain-documents"];

const fn arrows(
    from: &'static str,
    to: &'static [&'static str],
    tests_to: &'static [&'static str],
) -> Arrows {
    Arrows { from, to, tests_to }
}

const CRATES: &[Arrows] = &[
    arrows("attain-domain", &[], &[]),
    arrows("attain-documents", &["attain-domain"], &[]),
    arrows("attain-app", &["attain-domain"], &["attain-documents"]),
    arrows("attain-memory", &["attain-domain"], &["attain-app"]),
    arrows(
        "attain-sqlite",
        &["attain-domain", "attain-documents"],
        &["attain-app"],
    ),
    arrows(
        "attain-postgres",
        &["attain-domain", "attain-documents"],
        &["attain-app"],
    ),
    arrows(
        "attain-conformance",
        &["attain-domain", "attain-memory"],
        &[],
    ),
    arrows("attain-proto", &[], &[]),
    arrows(
        "attain-grpc",
        &[
            "attain-proto",
            "attain-app",
            "attain-domain",
            "attain-documents",
        ],
        &["attain-client"],
    ),
    arrows(
        "attain-client",
        &["attain-proto"],
        &["attain-grpc", "attain-app", "attain-domain"],
    ),
    arrows(
        "attain-scenario",
        &[
            "attain-app",
            "attain-domain",
            "attain-documents",
            "attain-client",
            "attain-proto",
        ],
        &["attain-grpc"],
    ),
    arrows("attain-demo", RULES, &[]),
    arrows(
        "attain-bench",
        &[
            "attain-domain",
            "attain-app",
            "attain-documents",
            "attain-postgres",
        ],
        &[],
    ),
    arrows("attain", EVERYTHING, EVERYTHING),
    arrows("attain-local-postgres", &[], &[]),
    arrows("attain-redb", &["attain-domain", "attain-documents"], &[]),
    arrows("xtask", &["attain-local-postgres"], &[]),
    arrows("xtask-codegen", &["xtask"], &[]),
];

/// All that the domain uses of others, outside its tests. A short list, so that nothing that does
/// I/O, knows a format or needs a runtime comes in unseen. `mockall` is behind `testing`.
const DOMAIN_USES: &[&str] = &[
    "async-trait",
    "cel",
    "chrono",
    "futures",
    "iso_currency",
    "mockall",
    "rust_decimal",
    "rust_decimal_macros",
    "smol_str",
    "thiserror",
    "uuid",
];

/// Foreign crates that only some of ours may use outside tests, and why.
struct Guard {
    /// The crate's name; with `-*`, also every name that begins so.
    foreign: &'static str,
    users: &'static [&'static str],
    why: &'static str,
}

const SQL_STORES: &[&str] = &["attain-postgres", "attain-sqlite"];
const WIRE: &[&str] = &[
    "attain-proto",
    "attain-grpc",
    "attain-client",
    "attain-scenario",
    "attain",
    "xtask-codegen",
];
const ASYNC_SHELL: &[&str] = &[
    "attain",
    "attain-app",
    "attain-bench",
    "attain-client",
    "attain-conformance",
    "attain-grpc",
    "attain-memory",
    "attain-postgres",
    "attain-scenario",
    "attain-sqlite",
];
const PROGRAMS: &[&str] = &[
    "attain",
    "attain-bench",
    "attain-demo",
    "xtask",
    "xtask-codegen",
];

const GUARDS: &[Guard] = &[
    guard("sqlx-*", SQL_STORES, "only a SQL store knows SQL"),
    guard("tonic-*", WIRE, "only the wire knows gRPC"),
    guard("prost-*", WIRE, "only the wire knows protobuf"),
    guard(
        "tokio-*",
        ASYNC_SHELL,
        "the core is synchronous: the shell around it is not",
    ),
    guard("clap", PROGRAMS, "only a program has a command line"),
    guard(
        "anyhow",
        PROGRAMS,
        "a library's errors are enums that a caller can match",
    ),
    guard(
        "cel",
        &["attain-domain"],
        "one module owns the parser of expressions",
    ),
    guard(
        "tpchgen",
        &["attain-demo"],
        "made-up companies come from the demo",
    ),
];

const fn guard(foreign: &'static str, users: &'static [&'static str], why: &'static str) -> Guard {
    Guard {
        foreign,
        users,
        why,
    }
}

/// One dependency as a manifest states it.
#[derive(Debug, Clone)]
pub(super) struct Edge {
    pub(super) from: String,
    pub(super) to: String,
    pub(super) is_ours: bool,
    pub(super) is_for_tests: bool,
    /// Path of the manifest, relative to the root.
    pub(super) manifest: String,
}

/// The edges of the checkout at `root`.
pub(super) fn read(root: &Path) -> Result<Vec<Edge>> {
    let mut command = MetadataCommand::new();
    command.manifest_path(root.join("Cargo.toml")).no_deps();
    let metadata = command.exec().context("cargo metadata failed")?;
    let mut edges = Vec::new();
    for package in &metadata.packages {
        let manifest = package.manifest_path.as_std_path();
        let manifest = manifest
            .strip_prefix(root)
            .unwrap_or(manifest)
            .to_string_lossy();
        for dependency in &package.dependencies {
            edges.push(Edge {
                from: package.name.to_string(),
                to: dependency.name.clone(),
                is_ours: dependency.path.is_some(),
                is_for_tests: dependency.kind == DependencyKind::Development,
                manifest: manifest.replace('\\', "/"),
            });
        }
    }
    Ok(edges)
}

/// Edges that the tables do not have. `files` are only asked for line numbers.
pub(super) fn check(edges: &[Edge], files: &[SourceFile]) -> Vec<Finding> {
    let finding = |edge: &Edge| {
        let instead = if edge.is_ours {
            refused_ours(edge)
        } else {
            refused_foreign(edge)
        };
        instead.map(|instead| Finding {
            path: edge.manifest.clone(),
            line: line_of(edge, files),
            what: format!("{} may not use {}", edge.from, edge.to),
            instead,
        })
    };
    edges.iter().filter_map(finding).collect()
}

/// Why one crate of ours may not use another, or nothing if it may.
fn refused_ours(edge: &Edge) -> Option<String> {
    let Some(arrows) = CRATES.iter().find(|arrows| arrows.from == edge.from) else {
        return Some("add the new crate to the table in xtask/src/tidy/edges.rs".to_owned());
    };
    let to = edge.to.as_str();
    let is_for_its_tests = ANY_TEST.contains(&to) || arrows.tests_to.contains(&to);
    let is_allowed = arrows.to.contains(&to) || (edge.is_for_tests && is_for_its_tests);
    (!is_allowed).then(|| {
        let allowed = if arrows.to.is_empty() {
            "none".to_owned()
        } else {
            arrows.to.join(", ")
        };
        format!("it may use of ours: {allowed}; pass a value or a port instead")
    })
}

/// Why a crate of ours may not use a foreign one, or nothing if it may. Tests may use any.
fn refused_foreign(edge: &Edge) -> Option<String> {
    if edge.is_for_tests {
        return None;
    }
    let (from, to) = (edge.from.as_str(), edge.to.as_str());
    if from == "attain-domain" && !DOMAIN_USES.contains(&to) {
        return Some("the domain is pure; do it in a crate around it".to_owned());
    }
    let guard = GUARDS.iter().find(|guard| guard.covers(to))?;
    let is_allowed = guard.users.contains(&from);
    (!is_allowed).then(|| {
        format!(
            "{}; it may be used by {}",
            guard.why,
            guard.users.join(", ")
        )
    })
}

impl Guard {
    fn covers(&self, name: &str) -> bool {
        match self.foreign.strip_suffix("-*") {
            None => name == self.foreign,
            Some(family) => {
                let rest = name.strip_prefix(family);
                rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
            }
        }
    }
}

/// The line of the manifest that names the dependency, or its first.
fn line_of(edge: &Edge, files: &[SourceFile]) -> usize {
    let Some(manifest) = files.iter().find(|file| file.path == edge.manifest) else {
        return 1;
    };
    let names_it = |line: &str| {
        let rest = line.trim_start().strip_prefix(edge.to.as_str());
        rest.is_some_and(|rest| rest.starts_with([' ', '.', '=']))
    };
    manifest
        .lines()
        .find(|(_, line)| names_it(line))
        .map_or(1, |(number, _)| number)
}

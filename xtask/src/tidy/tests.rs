//! Each check on a small made-up input.

use super::{
    Finding, SourceFile, banned, edges, machine, manifests, migrations, names, sizes, syntax,
};

fn file(path: &str, text: &str) -> SourceFile {
    SourceFile {
        path: path.to_owned(),
        text: text.to_owned(),
    }
}

/// Compares findings as `LINE WHAT`; what to do instead is prose.
fn check(findings: &[Finding], expected: &[&str]) {
    let found: Vec<String> = findings
        .iter()
        .map(|finding| format!("{} {}", finding.line, finding.what))
        .collect();
    assert_eq!(found, expected);
}

fn parsed(file: &SourceFile) -> syntax::Syntax {
    syntax::parse(file).expect("the example is Rust")
}

fn edge(from: &str, to: &str, is_for_tests: bool) -> edges::Edge {
    let is_ours = to.starts_with("attain");
    let manifest = format!("crates/{from}/Cargo.toml");
    edges::Edge {
        from: from.to_owned(),
        to: to.to_owned(),
        is_ours,
        is_for_tests,
        manifest,
    }
}

#[test]
fn arrows_point_inward_only() {
    let outward = [
        edge("attain-domain", "attain-app", false),
        edge("attain", "attain-app", false),
    ];
    check(
        &edges::check(&outward, &[]),
        &["1 attain-domain may not use attain-app"],
    );
}

#[test]
fn a_crate_that_no_table_names_is_found() {
    let found = edges::check(&[edge("attain-new", "attain-domain", false)], &[]);
    check(&found, &["1 attain-new may not use attain-domain"]);
    assert!(found[0].instead.contains("edges.rs"), "{}", found[0]);
}

#[test]
fn tests_may_use_stores_but_not_everything() {
    let allowed = [
        edge("attain-app", "attain-sqlite", true),
        edge("attain-domain", "tokio", true),
    ];
    check(&edges::check(&allowed, &[]), &[]);
    check(
        &edges::check(&[edge("attain-app", "attain-sqlite", false)], &[]),
        &["1 attain-app may not use attain-sqlite"],
    );
    check(
        &edges::check(&[edge("attain-app", "attain-grpc", true)], &[]),
        &["1 attain-app may not use attain-grpc"],
    );
}

#[test]
fn foreign_crates_are_kept_where_they_belong() {
    for refused in ["tokio", "serde", "sqlx", "tonic", "prost", "tokio-stream"] {
        let found = edges::check(&[edge("attain-domain", refused, false)], &[]);
        check(&found, &[&format!("1 attain-domain may not use {refused}")]);
    }
    let refused = [
        edge("attain-app", "sqlx", false),
        edge("attain-app", "tonic-types", false),
    ];
    let expected = [
        "1 attain-app may not use sqlx",
        "1 attain-app may not use tonic-types",
    ];
    check(&edges::check(&refused, &[]), &expected);
    let allowed = [
        edge("attain-sqlite", "sqlx", false),
        edge("attain-grpc", "tonic", false),
    ];
    check(&edges::check(&allowed, &[]), &[]);
}

#[test]
fn an_edge_is_found_on_its_line_of_the_manifest() {
    let text = "[package]\nname = \"attain-app\"\n\n[dependencies]\nsqlx.workspace = true\n";
    let manifest = file("crates/attain-app/Cargo.toml", text);
    let found = edges::check(&[edge("attain-app", "sqlx", false)], &[manifest]);
    check(&found, &["5 attain-app may not use sqlx"]);
    let expected = "crates/attain-app/Cargo.toml:5: attain-app may not use sqlx: only a SQL store";
    assert!(found[0].to_string().starts_with(expected), "{}", found[0]);
}

#[test]
fn a_long_file_is_found() {
    let text = |lines: usize| format!("//! Rows.\n{}", "\n".repeat(lines - 1));
    check(
        &sizes::check_lines(&file("crates/a/src/a.rs", &text(500))),
        &[],
    );
    let found = sizes::check_lines(&file("crates/a/src/a.rs", &text(501)));
    check(&found, &["501 501 lines, more than 500"]);
}

#[test]
fn a_source_file_says_first_what_it_is_for() {
    let text = "use std::fmt;\n";
    let expected = ["1 the first line does not say what the file is for"];
    check(
        &sizes::check_lines(&file("crates/a/src/a.rs", text)),
        &expected,
    );
    check(&sizes::check_lines(&file("crates/a/tests/a.rs", text)), &[]);
}

#[test]
fn a_long_function_is_found_wherever_it_stands() {
    let body = |lines: usize| format!("fn long() {{\n{}}}\n", "    call();\n".repeat(lines - 2));
    let at_limit = file("a.rs", &body(70));
    check(&sizes::check_functions(&at_limit, &parsed(&at_limit)), &[]);
    let in_trait = file("a.rs", &format!("trait T {{\n{}}}\n", body(71)));
    let expected = ["2 fn long has 71 lines, more than 70"];
    check(
        &sizes::check_functions(&in_trait, &parsed(&in_trait)),
        &expected,
    );
    let in_module = file("a.rs", &format!("mod m {{ impl T {{\n{}}} }}\n", body(71)));
    check(
        &sizes::check_functions(&in_module, &parsed(&in_module)),
        &expected,
    );
}

#[test]
fn a_wide_line_is_found_unless_nothing_can_break_it() {
    let check_line = |line: &str, expected: &[&str]| {
        let wide = file("a.rs", &format!("fn f() {{\n    {line}\n}}\n"));
        check(&sizes::check_columns(&wide, &parsed(&wide)), expected);
    };
    let found = ["2 113 columns, more than 100"];
    check_line(
        &format!("let the_name_before_the_text = \"{}\";", "wide ".repeat(15)),
        &found,
    );
    check_line(&format!("//  {}", "wide ".repeat(21)), &found);
    check_line(&format!("call(\"{}\");", "wide ".repeat(20)), &[]);
    check_line(&format!("let text = r#\"\n{}\"#;", "wide ".repeat(21)), &[]);
    check_line(&format!("//! | a row | {} |", "wide ".repeat(21)), &[]);
    check_line(&format!("// see {}", "0123456789abcdef".repeat(7)), &[]);
}

#[test]
fn names_that_say_nothing_are_found() {
    check(
        &names::check_path(&file("crates/a/src/utils.rs", "")),
        &["1 a module named `utils`"],
    );
    let in_tests = file("crates/a/tests/common/mod.rs", "");
    check(
        &names::check_path(&in_tests),
        &["1 a module named `common`"],
    );
    check(
        &names::check_path(&file("crates/a/src/utilisation.rs", "")),
        &[],
    );
    let inline = file("a.rs", "mod tiers {\n    mod helpers {}\n}\n");
    check(
        &names::check_modules(&inline, &parsed(&inline)),
        &["2 `mod helpers`"],
    );
}

#[test]
fn banned_calls_and_attributes_are_found() {
    let words = [
        "to|do!",
        "unimpl|emented!",
        "db|g!",
        "#[|ignore",
        "should_|panic",
    ];
    for word in words.map(|word| word.replace('|', "")) {
        let found = banned::check_rust(&file("a.rs", &format!("\n    {word}(1)\n")));
        check(&found, &[&format!("2 `{word}`")]);
    }
    check(
        &banned::check_rust(&file("a.rs", "method!(); ignored();")),
        &[],
    );
}

#[test]
fn unfinished_work_is_found_in_what_is_built() {
    let (unfinished, postponed) = (concat!("FIX", "ME"), concat!("TO", "DO"));
    let text = format!("-- {unfinished}\n-- {postponed}: later\n-- {postponed}(#7): later\n");
    let expected = [
        format!("1 {unfinished}"),
        format!("2 {postponed} without an issue"),
    ];
    let expected = expected.each_ref().map(String::as_str);
    check(
        &banned::check_text(&file("migrations/sqlite/0001_a.sql", &text)),
        &expected,
    );
    check(&banned::check_text(&file("CONTRIBUTING.md", &text)), &[]);
}

#[test]
fn floats_are_found_in_the_domain_only() {
    let text = "// No f64 here.\nfn f(x: f64) {\n    check!(x.to_f32());\n}\n";
    let domain = file("crates/attain-domain/src/money.rs", text);
    check(
        &banned::check_floats(&domain, &parsed(&domain)),
        &["2 `f64`", "3 `to_f32`"],
    );
    let bench = file("crates/attain-bench/src/main.rs", text);
    check(&banned::check_floats(&bench, &parsed(&bench)), &[]);
}

#[test]
fn a_file_that_is_not_rust_is_a_finding() {
    let refusal = syntax::parse(&file("a.rs", "//! Cut short.\nfn f( {}\n"));
    assert_eq!(refusal.expect_err("it is cut short").line, 2);
}

#[test]
fn every_crate_inherits_the_lints() {
    let manifest = |lints: &str| file("crates/a/Cargo.toml", &format!("[package]\n{lints}"));
    check(
        &manifests::check(&manifest("[lints]\nworkspace = true # all\n")),
        &[],
    );
    let expected = ["1 the workspace's lints are not inherited"];
    check(&manifests::check(&manifest("")), &expected);
    check(
        &manifests::check(&manifest("[lints.rust]\nworkspace = true\n")),
        &expected,
    );
    check(&manifests::check(&file("Cargo.toml", "[workspace]\n")), &[]);
}

#[test]
fn a_clippy_configuration_of_one_crate_is_found() {
    let expected = ["1 a clippy configuration of one crate replaces that of the workspace"];
    check(
        &manifests::check(&file("crates/a/clippy.toml", "")),
        &expected,
    );
    check(&manifests::check(&file("clippy.toml", "")), &[]);
}

#[test]
fn migrations_are_numbered_and_say_why() {
    let files = [
        file("migrations/sqlite/0001_start.sql", "-- Why: rows.\n"),
        file(
            "migrations/sqlite/0003_gap.sql",
            "CREATE TABLE a (b TEXT);\n",
        ),
        file("migrations/sqlite/Later.sql", "-- Why: more.\n"),
        file("migrations/sqlite/schema.sql", ""),
        file("migrations/README.md", ""),
    ];
    check(
        &migrations::check(&files),
        &[
            "1 does not say why",
            "1 a migration without its number and name",
            "1 number 0003 where 0002 comes next",
        ],
    );
}

#[test]
fn both_dialects_have_the_same_steps() {
    let step = |dialect: &str, name: &str| file(&format!("migrations/{dialect}/{name}"), "-- Why.");
    let one = [
        step("sqlite", "0001_start.sql"),
        step("sqlite", "0002_runs.sql"),
    ];
    check(&migrations::check(&one), &[]);
    let mut both = one.to_vec();
    both.extend([
        step("postgres", "0001_start.sql"),
        step("postgres", "0002_other.sql"),
    ]);
    let found = migrations::check(&both);
    check(&found, &["1 no twin for sqlite", "1 no twin for postgres"]);
    assert_eq!(found[0].path, "migrations/postgres/0002_other.sql");
}

#[test]
fn traces_of_a_machine_are_found() {
    let text = "see /wo|rk/main\nsee ../wo|rk/main\ncp a /ro|ot/.cargo\ncd /tmp/ba|sh_jobs\n";
    let found = machine::check(&file("README.md", &text.replace('|', "")));
    let lines: Vec<usize> = found.iter().map(|finding| finding.line).collect();
    assert_eq!(lines, [1, 3, 4]);
}

#[test]
fn package_hosts_are_found_and_fields_are_not() {
    let text = "https://regi|stry.example.org/a\nself.registry.find(1)\nmi|rror.example.com\n";
    let found = machine::check(&file("a.json", &text.replace('|', "")));
    let lines: Vec<usize> = found.iter().map(|finding| finding.line).collect();
    assert_eq!(lines, [1, 3]);
}

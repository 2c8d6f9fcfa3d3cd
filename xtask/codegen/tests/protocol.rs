//! What is committed is what the protocol compiles to; and how a protocol compiles.

use std::fs;
use std::path::Path;

use prost::Message;
use prost_types::FileDescriptorSet;
use xtask::freshness::Mode;

const STATUS: &str = r#"
syntax = "proto3";
package google.rpc;
// How it went.
message Status { int32 code = 1; }
"#;

const NOUN: &str = r#"
syntax = "proto3";
package attain.v1;
import "google/protobuf/timestamp.proto";
import "google/rpc/status.proto";
message Noun {
  google.protobuf.Timestamp create_time = 1;
  google.rpc.Status status = 2;
  map<string, string> labels = 3;
}
service NounService { rpc GetNoun(Noun) returns (Noun); }
"#;

fn protocol(files: &[(&str, &str)]) -> tempfile::TempDir {
    let root = tempfile::tempdir().expect("a temporary folder");
    for (name, text) in files {
        let path = root.path().join("proto").join(name);
        fs::create_dir_all(path.parent().expect("it is in a folder")).expect("made");
        fs::write(path, text).expect("written");
    }
    root
}

fn generated(root: &Path, name: &str) -> Vec<u8> {
    let path = root.join("crates/attain-proto/src/generated").join(name);
    fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

#[test]
fn the_committed_protocol_is_fresh() {
    xtask_codegen::settle(xtask::process::root(), Mode::Check).expect("it is fresh");
}

#[test]
fn packages_become_modules_that_see_each_other() {
    let root = protocol(&[
        ("attain/v1/noun.proto", NOUN),
        ("google/rpc/status.proto", STATUS),
    ]);
    xtask_codegen::settle(root.path(), Mode::Write).expect("generated");
    let code = String::from_utf8(generated(root.path(), "attain.v1.rs")).expect("text");
    for expected in [
        "super::super::google::rpc::Status",
        "BTreeMap",
        "pub mod noun_service_server",
    ] {
        assert!(code.contains(expected), "{expected} is not in: {code}");
    }
    let modules = String::from_utf8(generated(root.path(), "mod.rs")).expect("text");
    assert!(
        modules.starts_with("//! Written by `cargo xtask codegen`"),
        "{modules}"
    );
    assert!(
        modules.contains("include!(\"google.rpc.rs\");"),
        "{modules}"
    );
    xtask_codegen::settle(root.path(), Mode::Check).expect("the same a second time");
}

#[test]
fn descriptors_are_whole_and_carry_no_comments() {
    let root = protocol(&[
        ("attain/v1/noun.proto", NOUN),
        ("google/rpc/status.proto", STATUS),
    ]);
    xtask_codegen::settle(root.path(), Mode::Write).expect("generated");
    let descriptors = generated(root.path(), "descriptor.bin");
    let descriptors = FileDescriptorSet::decode(descriptors.as_slice()).expect("descriptors");
    let mut names: Vec<&str> = descriptors.file.iter().map(|file| file.name()).collect();
    names.sort_unstable();
    let expected = [
        "attain/v1/noun.proto",
        "google/protobuf/timestamp.proto",
        "google/rpc/status.proto",
    ];
    assert_eq!(names, expected);
    assert!(
        descriptors
            .file
            .iter()
            .all(|file| file.source_code_info.is_none())
    );
}

#[test]
fn no_protocol_needs_no_code() {
    let root = tempfile::tempdir().expect("a temporary folder");
    xtask_codegen::settle(root.path(), Mode::Check).expect("nothing to compare");
}

#[test]
fn a_mistake_is_named_with_its_place() {
    let root = protocol(&[("attain/v1/noun.proto", "syntax = \"proto3\";\nmessage {}\n")]);
    let refusal = xtask_codegen::settle(root.path(), Mode::Write).expect_err("a name is missing");
    let text = format!("{refusal:#}");
    assert!(
        text.contains("attain/v1/noun.proto") && text.contains('2'),
        "{text}"
    );
}

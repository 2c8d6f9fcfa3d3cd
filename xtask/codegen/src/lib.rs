//! Compiles the protocol into Rust with protox, so that no machine needs a protobuf compiler, and
//! into a descriptor set for reflection. Nothing here looks at what is committed; `settle` does.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use protox::Compiler;
use walkdir::WalkDir;
use xtask::freshness::{Mode, Outputs};

/// The descriptor set that the server's reflection serves.
const DESCRIPTORS: &str = "descriptor.bin";

/// What `mod generated;` reads: one module for each part of a package's name.
const MODULES: &str = "mod.rs";

/// Generated code is not held to the rules for what people write.
const MODULES_HEAD: &str = r#"//! Written by `cargo xtask codegen` from `proto/`; change it there.
#![allow(
    missing_docs,
    unreachable_pub,
    clippy::all,
    clippy::nursery,
    clippy::pedantic,
    clippy::restriction,
    rustdoc::all,
    reason = "nobody reads or edits generated code"
)]

"#;

/// Writes or compares what the protocol of the checkout at `root` compiles to.
pub fn settle(root: &Path, mode: Mode) -> Result<()> {
    generate(
        &root.join("proto"),
        &root.join("crates/attain-proto/src/generated"),
    )?
    .settle(mode)
}

/// Everything that belongs into `folder` for the `.proto` files under `source`: nothing if there
/// are none.
pub fn generate(source: &Path, folder: &Path) -> Result<Outputs> {
    let mut outputs = Outputs::new(folder);
    let protos = protos(source)?;
    if protos.is_empty() {
        return Ok(outputs);
    }
    let scratch = tempfile::tempdir()?;
    let mut compiler = compiler(source, &protos)?;
    // Without comments it is half the size, and nobody reads them there. Encoded by the compiler,
    // because the types of prost would lose options that they do not know.
    outputs.add(
        DESCRIPTORS,
        compiler
            .include_source_info(false)
            .encode_file_descriptor_set(),
    );

    tonic_prost_build::configure()
        .out_dir(scratch.path())
        .include_file(MODULES)
        // Maps in order, so that equal messages are equal bytes.
        .btree_map(".")
        .emit_rerun_if_changed(false)
        .compile_fds(compiler.include_source_info(true).file_descriptor_set())
        .context("the protocol could not be turned into Rust")?;
    outputs.add_all_of(scratch.path())?;
    let modules = fs::read_to_string(scratch.path().join(MODULES))?;
    let modules = prettyplease::unparse(&syn::parse_file(&modules)?);
    outputs.add(MODULES, format!("{MODULES_HEAD}{modules}"));
    Ok(outputs)
}

/// Parses and links all files; an error names the file, the line and the column.
fn compiler(source: &Path, protos: &[PathBuf]) -> Result<Compiler> {
    let mut compiler = Compiler::new([source])?;
    compiler.include_imports(true).include_source_info(true);
    for proto in protos {
        if let Err(error) = compiler.open_file(proto) {
            // Its `Debug` is the message for people, with the place.
            anyhow::bail!("{error:?}");
        }
    }
    Ok(compiler)
}

/// Every `.proto` file under `source`, relative to it, in an order that no file system decides.
fn protos(source: &Path) -> Result<Vec<PathBuf>> {
    let mut protos = Vec::new();
    if !source.exists() {
        return Ok(protos);
    }
    for entry in WalkDir::new(source).sort_by_file_name() {
        let entry = entry?;
        if entry
            .path()
            .extension()
            .is_some_and(|extension| extension == "proto")
        {
            protos.push(entry.path().strip_prefix(source)?.to_path_buf());
        }
    }
    Ok(protos)
}

//! Writes the JSON Schema of documents to a file, or with `--check` tells whether it is there.

use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let result = match arguments.as_slice() {
        [check, path] if check == "--check" => check_fresh(path),
        [path] if path != "--check" => write(path),
        _ => Err("usage: write-schema [--check] PATH".to_owned()),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("{problem}");
            ExitCode::FAILURE
        }
    }
}

fn write(path: &str) -> Result<(), String> {
    std::fs::write(path, attain_documents::schema())
        .map_err(|error| format!("{path} cannot be written: {error}"))
}

fn check_fresh(path: &str) -> Result<(), String> {
    let written =
        std::fs::read_to_string(path).map_err(|error| format!("{path} cannot be read: {error}"))?;
    if written == attain_documents::schema() {
        Ok(())
    } else {
        Err(format!(
            "{path} is out of date; `cargo run -p attain-documents --bin write-schema {path}` writes it"
        ))
    }
}

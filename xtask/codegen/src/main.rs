//! The protocol generator as a program, for `cargo xtask codegen`.

use std::process::ExitCode;

use xtask::freshness::Mode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let mode = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => Mode::Write,
        ["--check"] => Mode::Check,
        _ => return failed("usage: xtask-codegen [--check]"),
    };
    match xtask_codegen::settle(xtask::process::root(), mode) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => failed(&format!("{error:#}")),
    }
}

fn failed(text: &str) -> ExitCode {
    eprintln!("error: {text}");
    ExitCode::FAILURE
}

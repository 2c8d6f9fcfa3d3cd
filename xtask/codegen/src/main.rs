//! Codegen.
fn main() {}

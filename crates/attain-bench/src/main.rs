//! attain-bench.
fn main() {}

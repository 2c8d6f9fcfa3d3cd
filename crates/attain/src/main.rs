//! attain.
fn main() {}

//! The checkout itself is tidy, so that `cargo test` is the whole gate.

#[test]
fn the_checkout_is_tidy() {
    let findings = xtask::tidy::findings(xtask::process::root()).expect("the checkout is readable");
    let lines: Vec<String> = findings.iter().map(ToString::to_string).collect();
    assert!(lines.is_empty(), "{}", lines.join("\n"));
}

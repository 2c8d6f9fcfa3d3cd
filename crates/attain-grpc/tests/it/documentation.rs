//! What is written about the errors is what the code says.

#[test]
fn the_list_of_errors_is_fresh() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/ERRORS.md");
    let committed = std::fs::read_to_string(path).unwrap_or_default();
    assert_eq!(
        committed,
        attain_grpc::error_reference(),
        "run `cargo run -p attain-grpc --example errors > docs/ERRORS.md`"
    );
}

//! What goes into a batch is quoted, whatever it is.

use super::*;

#[test]
fn a_workspace_cannot_leave_its_quotes() {
    assert_eq!(literal("it's"), "E'it''s'");
    assert_eq!(literal("back\\'slash"), "E'back\\\\''slash'");
}

#[test]
fn a_role_cannot_leave_its_quotes() {
    assert_eq!(identifier("app\"; DROP"), "\"app\"\"; DROP\"");
}

#[test]
fn no_timeout_is_not_no_limit() {
    assert_eq!(millis(Duration::ZERO), 1);
    assert_eq!(millis(Duration::MAX), i32::MAX);
}

#[test]
fn a_distributed_database_hears_of_settings_first() {
    let preamble = Preamble::new(&Options::default(), true);
    let batch = preamble.batch(Purpose::Commit, Some("acme"));
    let told = batch.find("citus.propagate_set_commands").unwrap();
    assert!(told < batch.find("attain.workspace_id").unwrap());
}

//! Addresses as people type them.

use super::StoreAddress;

fn parse(text: &str) -> Result<StoreAddress, String> {
    StoreAddress::parse(text.as_ref())
}

#[track_caller]
fn shown(text: &str) -> String {
    parse(text).unwrap().to_string()
}

#[track_caller]
fn check_refused(text: &str, told: &str) {
    let error = parse(text).unwrap_err();
    assert!(error.contains(told), "{error}");
    assert!(!error.contains("secret"), "{error}");
}

#[test]
fn what_has_no_scheme_is_a_file() {
    for path in [
        "attain.sqlite",
        "data/x:y.sqlite",
        "postgres",
        "./postgres-local",
        "C:\\x",
    ] {
        assert_eq!(parse(path), Ok(StoreAddress::Sqlite(path.into())), "{path}");
    }
    assert_eq!(StoreAddress::default().to_string(), "attain.sqlite");
}

#[test]
fn a_local_cluster_has_a_folder() {
    assert_eq!(shown("postgres-local"), "postgres-local:attain-postgres");
    assert_eq!(shown("postgres-local:/srv/x"), "postgres-local:/srv/x");
    assert!(parse("postgres-local:x").unwrap().is_postgres());
    check_refused("postgres-local:", "the path of a folder");
    check_refused("postgres-local://x", "the path of a folder");
}

#[test]
fn no_password_is_shown() {
    let urls = [
        (
            "postgres://ann:secret@db:6432/sales",
            "postgres://ann@db:6432/sales",
        ),
        (
            "postgresql://db/sales?password=secret",
            "postgres://db/sales",
        ),
        (
            "postgres:///sales?host=/run/pg&user=ann",
            "postgres:///run/pg/sales",
        ),
    ];
    for (url, expected) in urls {
        assert_eq!(shown(url), expected);
        let address = parse(url).unwrap();
        assert!(!format!("{address:?}").contains("secret"));
    }
}

#[test]
fn wrong_addresses_are_told_without_what_they_hold() {
    check_refused("", "names nothing");
    check_refused("mysql://ann:secret@db/sales", "`mysql` is no kind of store");
    check_refused("sqlite://x", "name a file");
    check_refused("postgres:ann:secret@db", "two slashes");
    check_refused("postgres://ann:secret@db:port/sales", "invalid port number");
    check_refused("postgres://ann:secret@db/sales?sslmode=on", "verify-full");
}

//! Versions as programs and folders write them.

use super::{LocalError, Programs, is_version, major_of, not_installed};

#[test]
fn the_version_is_read_whatever_the_distribution_adds() {
    let debian = "postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)\n";
    assert_eq!(major_of(debian), Some(15));
    assert_eq!(major_of("postgres (PostgreSQL) 17.2\n"), Some(17));
    assert_eq!(major_of("postgres (PostgreSQL) 18beta1\n"), Some(18));
    assert_eq!(major_of("postgres (Greenplum Database) 7\n"), None);
    assert_eq!(major_of(""), None);
}

#[test]
fn folders_of_other_things_are_no_versions() {
    assert!(is_version("15") && is_version("@17") && is_version("9.6") && is_version(""));
    assert!(!is_version("-common"));
}

#[test]
fn what_is_too_old_is_named() {
    let old = Programs {
        folder: "/usr/lib/postgresql/13/bin".into(),
        major: 13,
    };
    let told = not_installed(&[old]).to_string();
    assert!(
        told.contains("only 13 in /usr/lib/postgresql/13/bin"),
        "{told}"
    );
    assert!(told.contains("ATTAIN_POSTGRES_BIN"), "{told}");
    assert!(matches!(
        not_installed(&[]),
        LocalError::NotInstalled { seen, .. } if seen == "none at all"
    ));
}

#[test]
fn a_folder_without_programs_is_refused() {
    let told = Programs::named("/nowhere".as_ref())
        .unwrap_err()
        .to_string();
    assert!(
        told.starts_with("ATTAIN_POSTGRES_BIN says `/nowhere`"),
        "{told}"
    );
}

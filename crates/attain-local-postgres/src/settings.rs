//! What our clusters are told to do, as the text of a configuration file.

use std::fmt::Write;
use std::path::Path;

/// The file with our settings, in the cluster's folder; `postgresql.conf` includes it.
pub(crate) const FILE: &str = "attain.conf";

/// For both kinds.
const ALWAYS: &[(&str, &str)] = &[
    ("listen_addresses", ""),
    ("unix_socket_permissions", "0700"),
    ("timezone", "UTC"),
    ("log_timezone", "UTC"),
    ("log_line_prefix", "%m [%p] %d "),
];

/// Nothing that a throw-away cluster has must outlive the machine. Many test programs use it at
/// once, each with a pool for every store that it opens.
pub(crate) const THROWAWAY: &[(&str, &str)] = &[
    ("fsync", "off"),
    ("synchronous_commit", "off"),
    ("full_page_writes", "off"),
    ("wal_level", "minimal"),
    ("max_wal_senders", "0"),
    ("max_wal_size", "1GB"),
    ("max_connections", "300"),
    ("max_locks_per_transaction", "256"),
    ("shared_buffers", "256MB"),
];

/// A cluster that lasts keeps PostgreSQL's own defaults wherever they keep data.
pub(crate) const LASTING: &[(&str, &str)] = &[
    ("max_wal_size", "4GB"),
    ("max_connections", "100"),
    ("max_locks_per_transaction", "256"),
    ("shared_buffers", "256MB"),
];

/// The text of [`FILE`]. Later settings win.
pub(crate) fn text<'a>(
    sockets: &Path,
    settings: impl IntoIterator<Item = (&'a str, &'a str)>,
) -> String {
    let mut text =
        "# Written at every start: edit postgresql.conf, after the include.\n".to_owned();
    // It is a list: quoted, a comma in the path is no separator.
    let sockets = format!("\"{}\"", sockets.to_string_lossy().replace('"', "\"\""));
    let mut write = |name: &str, value: &str| {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{name} = '{}'", value.replace('\'', "''"));
    };
    write("unix_socket_directories", &sockets);
    for (name, value) in ALWAYS.iter().copied().chain(settings) {
        write(name, value);
    }
    text
}

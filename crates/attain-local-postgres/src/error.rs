//! Why a server is not there.

use std::io;
use std::path::{Path, PathBuf};

/// Why a server could not be found, made, started or stopped.
#[derive(Debug, thiserror::Error)]
pub enum LocalError {
    /// Nothing that is new enough is installed.
    #[error(
        "no PostgreSQL {oldest} or newer was found ({seen}); install it \
         (Debian: `apt-get install -y postgresql`) or name the folder of its programs in \
         ATTAIN_POSTGRES_BIN"
    )]
    NotInstalled { oldest: u32, seen: String },
    /// The cluster was made by a version that is not installed.
    #[error(
        "the cluster in {folder} was made by PostgreSQL {major}, whose programs are not installed \
         here"
    )]
    OtherVersion { folder: PathBuf, major: u32 },
    /// There is no PgBouncer.
    #[error(
        "no pgbouncer was found; install it (Debian: `apt-get install -y pgbouncer`) or name the \
         program in ATTAIN_TEST_PGBOUNCER"
    )]
    NoPgBouncer,
    /// A path, or an environment variable with one, that leads nowhere.
    #[error("{name} says `{value}`: {why}")]
    Variable {
        name: &'static str,
        value: String,
        why: String,
    },
    /// The account that the server runs as may not enter the folder.
    #[error(
        "PostgreSQL does not run as root, and user `{user}` may not enter {folder}: choose another \
         folder, such as one below /var/tmp"
    )]
    Unreachable { user: String, folder: PathBuf },
    /// Root found nobody to run the server as.
    #[error("PostgreSQL does not run as root, and there is no user `postgres` or `nobody`")]
    NoAccount,
    /// Somebody else's folder is where the socket has to be.
    #[error("{folder} belongs to somebody else")]
    NotOurs { folder: PathBuf },
    /// A program ended badly.
    #[error("`{program}` failed: {said}")]
    Failed { program: String, said: String },
    /// The server's address cannot be put in front of.
    #[error("this is no address of a PostgreSQL server: {why}")]
    Address { why: String },
    /// The disk, or the operating system.
    #[error("{path}: {source}")]
    Io { path: PathBuf, source: io::Error },
}

impl LocalError {
    /// For `map_err`: says which path it was.
    pub(crate) fn at(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { path, source }
    }
}

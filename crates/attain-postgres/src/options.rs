//! How a database is reached, and what of it is a choice.

use std::str::FromStr;
use std::time::Duration;

use attain_domain::ports::{StoreError, StoreErrorKind};
use sqlx::ConnectOptions;
use sqlx::postgres::{PgConnectOptions, PgSslMode};

use crate::error::{caused, from_driver};

/// How far the connection is protected.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tls {
    /// As the URL says (`sslmode`, `sslrootcert`, ...): without it, encrypted if the server can.
    #[default]
    AsUrlSays,
    /// Not at all.
    Disabled,
    /// Encrypted; who the server is is not checked.
    Required,
    /// Encrypted, and the server's certificate is signed by a known authority.
    VerifyAuthority,
    /// Encrypted, and the server's certificate is signed for its name by a known authority.
    VerifyName,
}

/// The choices in opening a database.
#[derive(Clone, Debug)]
pub struct Options {
    /// Whether to bring the schema up to date first. Else an older one is refused.
    pub migrate: bool,
    /// Most views that may be open at once; each has a connection.
    pub views_max: u32,
    /// Most commits at work at once; each has a connection. Views never take theirs.
    pub commits_max: u32,
    /// How long a view or a commit waits for a connection.
    pub patience: Duration,
    /// How long one statement may take.
    pub statement_timeout: Duration,
    /// How long a statement waits for a lock of another writer.
    pub lock_timeout: Duration,
    /// How long a view or a commit may stay open without a statement; the server ends it then.
    pub idle_timeout: Duration,
    /// How far the connection is protected.
    pub tls: Tls,
    /// Whether statements are prepared once and kept. False for a pooler in transaction mode that
    /// does not know prepared statements (PgBouncer before 1.21).
    pub prepared: bool,
    /// The role to work as: `attain_app`, or a member of it.
    pub application_role: String,
    /// The role to COPY as: `attain_writer`, or one that passes by policies as it does.
    pub writer_role: String,
    /// Whether to use COPY for many rows, where the database has a role that may.
    pub writer_copy: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            migrate: false,
            views_max: 24,
            commits_max: 8,
            patience: Duration::from_secs(10),
            statement_timeout: Duration::from_secs(60),
            lock_timeout: Duration::from_secs(10),
            idle_timeout: Duration::from_secs(300),
            tls: Tls::default(),
            prepared: true,
            application_role: String::from("attain_app"),
            writer_role: String::from("attain_writer"),
            writer_copy: true,
        }
    }
}

/// What the server's own list of connections shows.
const APPLICATION_NAME: &str = "attain";
/// Prepared statements kept on a connection. There are fewer different texts.
const STATEMENTS_KEPT: usize = 200;

impl Options {
    /// How to connect to what a URL names.
    pub(crate) fn connection(&self, url: &str) -> Result<PgConnectOptions, StoreError> {
        let options = PgConnectOptions::from_str(url).map_err(|error| {
            // Without the URL: a password may be in it.
            let text = "this is no URL of a PostgreSQL database";
            caused(StoreErrorKind::Internal, text, error)
        })?;
        let mut options =
            options.statement_cache_capacity(if self.prepared { STATEMENTS_KEPT } else { 0 });
        if options.get_application_name().is_none() {
            options = options.application_name(APPLICATION_NAME);
        }
        Ok(match self.tls {
            Tls::AsUrlSays => options,
            Tls::Disabled => options.ssl_mode(PgSslMode::Disable),
            Tls::Required => options.ssl_mode(PgSslMode::Require),
            Tls::VerifyAuthority => options.ssl_mode(PgSslMode::VerifyCa),
            Tls::VerifyName => options.ssl_mode(PgSslMode::VerifyFull),
        })
    }

    /// One connection, outside the pool: to migrate, and to look at what there is.
    pub(crate) async fn connect(&self, url: &str) -> Result<sqlx::PgConnection, StoreError> {
        self.connection(url)?.connect().await.map_err(from_driver)
    }
}

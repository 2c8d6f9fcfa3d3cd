//! Where the data is, as `--store` says it. A URL may hold a password: nothing here prints one.

use std::ffi::OsStr;
use std::fmt;
use std::path::PathBuf;

use clap::builder::TypedValueParser;
use clap::error::ErrorKind;
use url::Url;

/// The database file if nothing is said.
const DEFAULT_FILE: &str = "attain.sqlite";
/// The folder of the local cluster if nothing is said.
const DEFAULT_FOLDER: &str = "attain-postgres";
const LOCAL: &str = "postgres-local";
const SCHEMES: [&str; 2] = ["postgres", "postgresql"];

/// What stores the data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum StoreAddress {
    /// A SQLite file.
    Sqlite(PathBuf),
    /// A database of a PostgreSQL server.
    Postgres(PostgresUrl),
    /// A PostgreSQL cluster of our own in this folder.
    Local(PathBuf),
}

/// A URL of which the password is never shown.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct PostgresUrl(Url);

impl Default for StoreAddress {
    fn default() -> Self {
        Self::Sqlite(DEFAULT_FILE.into())
    }
}

impl StoreAddress {
    /// Reads what somebody typed. An error never repeats more of a URL than its scheme.
    pub(crate) fn parse(typed: &OsStr) -> Result<Self, String> {
        let Some(text) = typed.to_str() else {
            return Ok(Self::Sqlite(typed.into()));
        };
        if text.is_empty() {
            return Err("it names nothing".to_owned());
        }
        if text == LOCAL {
            return Ok(Self::Local(DEFAULT_FOLDER.into()));
        }
        if let Some(folder) = text.strip_prefix("postgres-local:") {
            if folder.is_empty() || folder.starts_with("//") {
                let told = "after `postgres-local:` comes the path of a folder";
                return Err(told.to_owned());
            }
            return Ok(Self::Local(folder.into()));
        }
        match text.split_once(':') {
            Some((scheme, rest)) if SCHEMES.contains(&scheme) => {
                if !rest.starts_with("//") {
                    return Err(format!("after `{scheme}:` come two slashes"));
                }
                PostgresUrl::parse(text).map(Self::Postgres)
            }
            Some((scheme, rest)) if rest.starts_with("//") => Err(format!(
                "`{scheme}` is no kind of store: name a file, postgres://USER@HOST/DATABASE or \
                 postgres-local:FOLDER"
            )),
            Some(_) | None => Ok(Self::Sqlite(text.into())),
        }
    }

    /// Whether PostgreSQL is behind it.
    pub(crate) fn is_postgres(&self) -> bool {
        match self {
            Self::Sqlite(_) => false,
            Self::Postgres(_) | Self::Local(_) => true,
        }
    }
}

impl fmt::Display for StoreAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => path.display().fmt(f),
            Self::Postgres(url) => url.fmt(f),
            Self::Local(folder) => write!(f, "{LOCAL}:{}", folder.display()),
        }
    }
}

impl PostgresUrl {
    fn parse(text: &str) -> Result<Self, String> {
        let url = Url::parse(text).map_err(|error| {
            format!("this is no URL such as postgres://USER@HOST/DATABASE: {error}")
        })?;
        if let Some(mode) = parameter(&url, "sslmode") {
            let modes = [
                "disable",
                "allow",
                "prefer",
                "require",
                "verify-ca",
                "verify-full",
            ];
            if !modes.contains(&mode.as_str()) {
                return Err(format!("`sslmode` is one of {}", modes.join(", ")));
            }
        }
        Ok(Self(url))
    }

    /// The whole URL, to connect with.
    pub(crate) fn reveal(&self) -> &str {
        self.0.as_str()
    }
}

impl fmt::Display for PostgresUrl {
    /// User, host, port and database: what tells one from another.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "postgres://")?;
        if !self.0.username().is_empty() {
            write!(f, "{}@", self.0.username())?;
        }
        match (parameter(&self.0, "host"), self.0.host_str()) {
            (Some(host), _) => write!(f, "{host}")?,
            (None, host) => write!(f, "{}", host.unwrap_or_default())?,
        }
        if let Some(port) = self.0.port() {
            write!(f, ":{port}")?;
        }
        write!(f, "{}", self.0.path())
    }
}

impl fmt::Debug for PostgresUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

fn parameter(url: &Url, wanted: &str) -> Option<String> {
    let mut pairs = url.query_pairs();
    pairs.find_map(|(name, value)| (name == wanted).then(|| value.into_owned()))
}

/// Reads addresses for the command line. Its own errors would repeat what was typed.
#[derive(Clone)]
pub(crate) struct AddressParser;

impl TypedValueParser for AddressParser {
    type Value = StoreAddress;

    fn parse_ref(
        &self,
        command: &clap::Command,
        _argument: Option<&clap::Arg>,
        typed: &OsStr,
    ) -> Result<StoreAddress, clap::Error> {
        StoreAddress::parse(typed).map_err(|why| {
            clap::Error::raw(ErrorKind::ValueValidation, format!("--store: {why}\n"))
                .with_cmd(command)
        })
    }
}

#[cfg(test)]
mod tests;

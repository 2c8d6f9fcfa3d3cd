//! PgBouncer in front of a server, for tests: sessions are given to transactions, so whoever relies
//! on a session's state is found out.

use std::env;
use std::fmt::Write;
use std::fs;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::thread::park_timeout;
use std::time::Duration;

use url::{Url, form_urlencoded};

use crate::account::Account;
use crate::cluster::{socket_name, url};
use crate::error::LocalError;
use crate::guardian::Guardian;

/// Names the program.
const PROGRAM_VARIABLE: &str = "ATTAIN_TEST_PGBOUNCER";
/// Beside the PATH: distributions put it among the administrator's programs.
const FOLDERS: [&str; 4] = [
    "/usr/sbin",
    "/usr/local/sbin",
    "/opt/homebrew/bin",
    "/usr/local/bin",
];
/// How often, and how many milliseconds apart, it is asked whether it is there: half a minute.
const ATTEMPTS: u32 = 1_500;
const PAUSE: Duration = Duration::from_millis(20);
/// The number in the name of its socket.
const PORT: u16 = 6432;
/// Runs `$1` with the settings `$2` until the pipe is closed, then removes its folder `$3`.
const SERVE: &str = r#"
"$1" "$2" </dev/null >"$3/log" 2>&1 &
read -r _
kill -KILL $!
cd / && rm -rf "$3"
"#;

/// A running PgBouncer in transaction mode. It ends with this value, or with the process.
#[derive(Debug)]
pub struct PgBouncer {
    folder: PathBuf,
    _guardian: Guardian,
}

/// The program: named by `ATTAIN_TEST_PGBOUNCER`, or installed.
pub fn find_pgbouncer() -> Result<PathBuf, LocalError> {
    if let Some(named) = env::var_os(PROGRAM_VARIABLE).filter(|named| !named.is_empty()) {
        let path = PathBuf::from(&named);
        return if path.is_file() {
            Ok(path)
        } else {
            Err(LocalError::Variable {
                name: PROGRAM_VARIABLE,
                value: named.to_string_lossy().into_owned(),
                why: "there is no such program".to_owned(),
            })
        };
    }
    let path = env::var_os("PATH").unwrap_or_default();
    let mut folders = env::split_paths(&path).chain(FOLDERS.iter().map(PathBuf::from));
    let found = folders.find_map(|folder| {
        let program = folder.join("pgbouncer");
        program.is_file().then_some(program)
    });
    found.ok_or(LocalError::NoPgBouncer)
}

impl PgBouncer {
    /// Starts one in front of the server of this URL, with few server connections, so that clients
    /// really share them.
    pub fn start(server: &str, server_connections: u16) -> Result<Self, LocalError> {
        let program = find_pgbouncer()?;
        let base = env::temp_dir();
        let made = tempfile::Builder::new()
            .prefix("attain-bouncer-")
            .tempdir_in(&base);
        let made = made.map_err(LocalError::at(&base))?;
        let folder = made.path().to_owned();
        let account = Account::for_new(&folder)?;
        let settings = folder.join("pgbouncer.ini");
        let text = settings_text(&folder, &target(server)?, server_connections);
        fs::write(&settings, text).map_err(LocalError::at(&settings))?;
        account.give(&settings)?;
        account.give(&folder)?;
        let arguments: [&Path; 3] = [&program, &settings, &folder];
        let guardian = Guardian::start(&account, &folder, SERVE, &arguments)?;
        let folder = made.keep();
        wait(&folder)?;
        Ok(Self {
            folder,
            _guardian: guardian,
        })
    }

    /// How to connect to a database through it.
    pub fn url(&self, database: &str) -> String {
        url(&self.folder, PORT, database)
    }
}

/// The server behind it, as PgBouncer writes it.
fn target(server: &str) -> Result<String, LocalError> {
    let address = |why: String| LocalError::Address { why };
    let parsed = Url::parse(server).map_err(|error| address(error.to_string()))?;
    let parameter = |wanted: &str| {
        let mut pairs = parsed.query_pairs();
        pairs.find_map(|(name, value)| (name == wanted).then(|| value.into_owned()))
    };
    let host = parameter("host").or_else(|| parsed.host_str().map(str::to_owned));
    let host = host.ok_or_else(|| address("it names no host".to_owned()))?;
    let port = parsed.port().unwrap_or(5432);
    let mut text = format!("host={} port={port}", quoted(&host));
    for (name, value) in [
        (
            "user",
            Some(parsed.username()).filter(|name| !name.is_empty()),
        ),
        ("password", parsed.password()),
    ] {
        let Some(value) = value else { continue };
        // Writing to a string cannot fail.
        let _ = write!(text, " {name}={}", quoted(&decoded(value)));
    }
    Ok(text)
}

/// Takes back what a URL escapes before its host.
fn decoded(value: &str) -> String {
    let pair = format!("_={}", value.replace('+', "%2B").replace('&', "%26"));
    let first = form_urlencoded::parse(pair.as_bytes()).next();
    first.map_or_else(String::new, |(_, value)| value.into_owned())
}

fn quoted(value: &str) -> String {
    format!("'{}'", value.replace('\'', "''"))
}

/// `auth_type = any` lets everybody in as the user of the server's address: who may enter the
/// folder of the socket.
fn settings_text(folder: &Path, target: &str, server_connections: u16) -> String {
    format!(
        "[databases]\n\
         * = {target}\n\
         [pgbouncer]\n\
         listen_addr =\n\
         listen_port = {PORT}\n\
         unix_socket_dir = {}\n\
         auth_type = any\n\
         pool_mode = transaction\n\
         default_pool_size = {server_connections}\n\
         max_client_conn = 200\n\
         ignore_startup_parameters = extra_float_digits\n",
        folder.display()
    )
}

/// Returns when it takes connections.
fn wait(folder: &Path) -> Result<(), LocalError> {
    let log = folder.join("log");
    for _ in 0..ATTEMPTS {
        if UnixStream::connect(folder.join(socket_name(PORT))).is_ok() {
            return Ok(());
        }
        let said = fs::read_to_string(&log).unwrap_or_default();
        if said.contains("FATAL") || said.contains("not found") {
            return Err(failed(&said));
        }
        park_timeout(PAUSE);
    }
    Err(failed(&fs::read_to_string(&log).unwrap_or_default()))
}

fn failed(said: &str) -> LocalError {
    LocalError::Failed {
        program: "pgbouncer".to_owned(),
        said: said.trim().replace('\n', "; "),
    }
}

#[cfg(test)]
mod tests {
    use super::target;

    #[test]
    fn the_address_is_taken_apart() {
        let socket = target("postgres://attain@localhost:5432/postgres?host=%2Fdev%2Fshm%2Fx");
        assert_eq!(socket.unwrap(), "host='/dev/shm/x' port=5432 user='attain'");
        let remote = target("postgresql://ann:it%27s+a@db.example:6000/sales");
        assert_eq!(
            remote.unwrap(),
            "host='db.example' port=6000 user='ann' password='it''s+a'"
        );
        assert!(target("nonsense").is_err());
    }
}

//! One cluster: its folder, how it is made, started and stopped.
//!
//! The folder has `data` (PostgreSQL's own) and `socket`, which only the server's account and root
//! may enter. That is all the access control there is, and all that is needed.

use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use url::form_urlencoded;

use crate::account::Account;
use crate::error::LocalError;
use crate::programs::Programs;
use crate::settings;

/// The superuser of our clusters.
pub(crate) const USER: &str = "attain";
/// The number in the name of the socket. No port is opened.
pub(crate) const PORT: u16 = 5432;
/// A socket's whole path has at most 107 bytes on Linux, 103 on macOS.
const SOCKET_BYTES_MAX: usize = 100;
/// After a kill, the backends notice one by one that their server is gone; only then does the next
/// one start. An attempt takes a tenth of a second.
const START_ATTEMPTS: usize = 50;
const PATIENCE_SECONDS: &str = "60";
const LOG_TAIL_BYTES: u64 = 600;

/// How a server is stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// Connections are ended, and everything is written: the next start is a plain one.
    Fast,
    /// As after a loss of power, but for what the operating system still holds.
    Immediate,
}

/// Where a cluster is, and what serves it.
#[derive(Clone, Debug)]
pub(crate) struct Cluster {
    pub(crate) home: PathBuf,
    pub(crate) programs: Programs,
    pub(crate) account: Account,
    sockets: PathBuf,
}

impl Cluster {
    pub(crate) fn new(home: &Path, programs: Programs, account: Account) -> Self {
        Self {
            home: home.to_owned(),
            programs,
            account,
            sockets: socket_folder(home),
        }
    }

    pub(crate) fn data(&self) -> PathBuf {
        data_of(&self.home)
    }

    /// The folder that the socket is in.
    pub(crate) fn sockets(&self) -> &Path {
        &self.sockets
    }

    /// Makes the cluster. It appears whole or not at all.
    pub(crate) fn init(&self) -> Result<(), LocalError> {
        let unfinished = self.home.join("data.unfinished");
        if unfinished.exists() {
            fs::remove_dir_all(&unfinished).map_err(LocalError::at(&unfinished))?;
        }
        self.private_folder(&unfinished)?;
        let mut command = self.command("initdb");
        command
            .args(["--no-sync", "--no-instructions", "--locale=C", "-E", "UTF8"])
            .args(["--auth=trust", "-U", USER, "-D"])
            .arg(&unfinished);
        self.account.run(&mut command)?;
        let main = unfinished.join("postgresql.conf");
        let mut file = OpenOptions::new()
            .append(true)
            .open(&main)
            .map_err(LocalError::at(&main))?;
        let line = format!("\ninclude_if_exists = '{}'\n", settings::FILE);
        file.write_all(line.as_bytes())
            .map_err(LocalError::at(&main))?;
        let data = self.data();
        fs::rename(&unfinished, &data).map_err(LocalError::at(&data))
    }

    /// Writes what the server is told at its next start.
    pub(crate) fn configure<'a>(
        &self,
        settings: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<(), LocalError> {
        let path = self.data().join(settings::FILE);
        let text = settings::text(&self.sockets, settings);
        fs::write(&path, text).map_err(LocalError::at(&path))?;
        self.account.give(&path)
    }

    /// Whether a server answers.
    pub(crate) fn is_up(&self) -> bool {
        UnixStream::connect(self.socket()).is_ok()
    }

    /// Starts the server, and returns when it takes connections.
    pub(crate) fn start(&self) -> Result<(), LocalError> {
        self.private_folder(&self.sockets)?;
        let mut since = self.log_length();
        let mut outcome = self.try_start();
        for _ in 1..START_ATTEMPTS {
            if outcome.is_ok() || !self.is_held_by_the_last_server(since) {
                break;
            }
            since = self.log_length();
            outcome = self.try_start();
        }
        outcome
    }

    /// Whether the log says, since a length of it, that processes of the last server are still
    /// there: they have its shared memory, or nobody has buried the first of them yet. They write
    /// on while they go, so that the reason may stand far above the end.
    fn is_held_by_the_last_server(&self, since: u64) -> bool {
        let said = self.log_since(since);
        said.contains("still in use") || said.contains("already exists")
    }

    fn try_start(&self) -> Result<(), LocalError> {
        let mut command = self.command("pg_ctl");
        command
            .args(["start", "--wait", "--silent", "-t", PATIENCE_SECONDS, "-D"])
            .arg(self.data())
            .arg("-l")
            .arg(self.log());
        // Pipes would reach the server itself, and whoever reads them would wait for its end.
        command.stdout(Stdio::null()).stderr(Stdio::null());
        let status = command.status();
        let status = status.map_err(|error| self.account.not_started(&command, error))?;
        if status.success() {
            return Ok(());
        }
        Err(LocalError::Failed {
            program: "postgres".to_owned(),
            said: self.log_tail(),
        })
    }

    /// Stops the server, if it runs.
    pub(crate) fn stop(&self, how: Stop) -> Result<(), LocalError> {
        if self.pid().is_none() {
            return Ok(());
        }
        let mode = match how {
            Stop::Fast => "fast",
            Stop::Immediate => "immediate",
        };
        let mut command = self.command("pg_ctl");
        command
            .args(["stop", "--wait", "--silent", "-t", PATIENCE_SECONDS])
            .args(["-m", mode, "-D"])
            .arg(self.data());
        match self.account.run(&mut command) {
            // It ended by itself meanwhile, or long ago.
            Err(_) if !self.is_up() => {}
            outcome => drop(outcome?),
        }
        if !self.sockets.starts_with(&self.home) {
            // An empty folder in nobody's way.
            let _ = fs::remove_dir(&self.sockets);
        }
        Ok(())
    }

    /// Ends the server's first process at once, without a word to the others.
    pub(crate) fn kill(&self) -> Result<(), LocalError> {
        let Some(pid) = self.pid() else {
            return Ok(());
        };
        let mut command = self.command("pg_ctl");
        command.args(["kill", "KILL", &pid.to_string()]);
        self.account.run(&mut command).map(drop)
    }

    /// The first line of the file that a server keeps while it runs.
    fn pid(&self) -> Option<u32> {
        let text = fs::read_to_string(self.data().join("postmaster.pid")).ok()?;
        text.lines().next()?.trim().parse().ok()
    }

    /// How to connect to a database, as the superuser.
    pub(crate) fn url(&self, database: &str) -> String {
        url(&self.sockets, PORT, database)
    }

    fn command(&self, program: &str) -> Command {
        self.account
            .command(&self.programs.path(program), &self.home)
    }

    fn socket(&self) -> PathBuf {
        self.sockets.join(socket_name(PORT))
    }

    fn log(&self) -> PathBuf {
        self.data().join("server.log")
    }

    fn log_length(&self) -> u64 {
        fs::metadata(self.log()).map_or(0, |log| log.len())
    }

    /// The last lines that the server wrote.
    fn log_tail(&self) -> String {
        let said = self.log_since(self.log_length().saturating_sub(LOG_TAIL_BYTES));
        said.trim().replace('\n', "; ")
    }

    /// What the server wrote from a length of its log on.
    fn log_since(&self, length: u64) -> String {
        let read = || {
            let mut file = File::open(self.log())?;
            file.seek(SeekFrom::Start(length))?;
            let mut bytes = Vec::new();
            file.read_to_end(&mut bytes)?;
            Ok(bytes)
        };
        let bytes = read().unwrap_or_else(|error: std::io::Error| error.to_string().into_bytes());
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// Makes a folder that only the server's account may enter, or finds it as such.
    fn private_folder(&self, path: &Path) -> Result<(), LocalError> {
        if path.exists() {
            let folder = path.to_owned();
            let is_ours = self.account.owns(path);
            return is_ours.then_some(()).ok_or(LocalError::NotOurs { folder });
        }
        fs::create_dir_all(path).map_err(LocalError::at(path))?;
        fs::set_permissions(path, Permissions::from_mode(0o700)).map_err(LocalError::at(path))?;
        self.account.give(path)
    }
}

pub(crate) fn data_of(home: &Path) -> PathBuf {
    home.join("data")
}

/// A URL for libpq and for sqlx: both take the folder of a socket as a parameter.
pub(crate) fn url(sockets: &Path, port: u16, database: &str) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair("host", &sockets.to_string_lossy());
    format!(
        "postgres://{USER}@localhost:{port}/{database}?{}",
        query.finish()
    )
}

pub(crate) fn socket_name(port: u16) -> String {
    format!(".s.PGSQL.{port}")
}

/// Whether a socket in this folder has a path that is short enough.
pub(crate) fn holds_socket(folder: &Path) -> bool {
    let socket = folder.join(socket_name(PORT));
    socket.as_os_str().len() <= SOCKET_BYTES_MAX
}

/// In the cluster's own folder, or where that is too deep, in one that is named after it.
fn socket_folder(home: &Path) -> PathBuf {
    let inside = home.join("socket");
    if holds_socket(&inside) {
        return inside;
    }
    let name = fnv1a(home.as_os_str().as_encoded_bytes());
    PathBuf::from(format!("/tmp/attain-socket-{name:016x}"))
}

/// A hash that is the same in every process and build: they have to meet at the socket.
fn fnv1a(bytes: &[u8]) -> u64 {
    let start = 0xcbf2_9ce4_8422_2325_u64;
    bytes.iter().fold(start, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

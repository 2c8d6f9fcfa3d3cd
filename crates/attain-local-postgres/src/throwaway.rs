//! A cluster for tests: made in half a second, gone with the process that made it.

use std::env;
use std::fs::File;
use std::path::{Path, PathBuf};

use crate::account::Account;
use crate::cluster::{Cluster, Stop, data_of, holds_socket};
use crate::error::LocalError;
use crate::guardian::Guardian;
use crate::leftovers::{PREFIX, claim, sweep};
use crate::programs::Programs;
use crate::settings;

/// A file system in memory. On a disk, clusters that come and go make each other slower.
const MEMORY: &str = "/dev/shm";
/// Room for the databases of all tests at once. Containers often have 64 MB there, too few.
const ROOM_BYTES: u64 = 2 << 30;
/// Stops the server `$2` with `$1` and removes its folder `$3`.
const CLEAN_UP: &str = r#"
read -r _
"$1" stop --wait --silent -m immediate -D "$2"
cd / && rm -rf "$3"
"#;

/// A throw-away cluster. Nothing in it is safe from a loss of power.
#[derive(Debug)]
pub struct Throwaway {
    cluster: Cluster,
    // In this order: the guardian removes the folder, then the claim to it ends.
    _guardian: Guardian,
    _claim: File,
}

impl Throwaway {
    /// Makes a cluster and starts it.
    pub fn start() -> Result<Self, LocalError> {
        Self::start_with(&[])
    }

    /// The same with settings of `postgresql.conf`, which win over the usual ones.
    pub fn start_with(settings: &[(&str, &str)]) -> Result<Self, LocalError> {
        let programs = Programs::find()?;
        let base = base();
        let folder = tempfile::Builder::new().prefix(PREFIX).tempdir_in(&base);
        let folder = folder.map_err(LocalError::at(&base))?;
        let home = folder.path().to_owned();
        let claim = claim(&home)?;
        sweep(&base, &home, &programs);
        let account = Account::for_new(&home)?;
        account.give(&home)?;
        let arguments: [&Path; 3] = [&programs.path("pg_ctl"), &data_of(&home), &home];
        let guardian = Guardian::start(&account, &home, CLEAN_UP, &arguments)?;
        // From here on the guardian removes it.
        let home = folder.keep();
        let cluster = Cluster::new(&home, programs, account);
        cluster.init()?;
        let usual = settings::THROWAWAY.iter().copied();
        cluster.configure(usual.chain(settings.iter().copied()))?;
        cluster.start()?;
        Ok(Self {
            cluster,
            _guardian: guardian,
            _claim: claim,
        })
    }

    /// How to connect to a database of the cluster as its superuser. `postgres` is there.
    pub fn url(&self, database: &str) -> String {
        self.cluster.url(database)
    }

    /// The folder that the socket is in.
    pub fn socket_folder(&self) -> &Path {
        self.cluster.sockets()
    }

    /// The version and the folder of the programs that serve it.
    pub fn programs(&self) -> &Programs {
        &self.cluster.programs
    }

    /// Stops the server; what is in the cluster stays.
    pub fn stop(&self, how: Stop) -> Result<(), LocalError> {
        self.cluster.stop(how)
    }

    /// Kills the server, as the operating system does when memory runs out.
    pub fn kill(&self) -> Result<(), LocalError> {
        self.cluster.kill()
    }

    /// Starts the server after [`Self::stop`] or [`Self::kill`].
    pub fn resume(&self) -> Result<(), LocalError> {
        self.cluster.start()
    }

    /// Stops the server and starts it again.
    pub fn restart(&self) -> Result<(), LocalError> {
        self.cluster.stop(Stop::Fast)?;
        self.cluster.start()
    }
}

/// Where throw-away clusters go.
fn base() -> PathBuf {
    let memory = PathBuf::from(MEMORY);
    if free_bytes(&memory) >= ROOM_BYTES {
        return memory;
    }
    let temporary = env::temp_dir();
    let longest = temporary.join("attain-pg-123456/socket");
    if holds_socket(&longest) {
        temporary
    } else {
        PathBuf::from("/tmp")
    }
}

fn free_bytes(folder: &Path) -> u64 {
    rustix::fs::statvfs(folder).map_or(0, |room| room.f_bavail.saturating_mul(room.f_frsize))
}

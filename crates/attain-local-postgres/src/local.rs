//! A cluster that lasts, for trying things out without an administrator: a folder that several
//! processes use at a time. The first starts the server, the last one stops it.
//!
//! Two locked files in the folder say who is there; the operating system takes a lock back when
//! its process ends. If the last one is killed, the server runs on, and the next one finds it.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};

use crate::account::Account;
use crate::cluster::{Cluster, Stop, data_of};
use crate::error::LocalError;
use crate::programs::Programs;
use crate::settings;

/// Held by whoever starts or stops the server just now.
const CHANGING: &str = "changing.lock";
/// Shared by all who use it.
const USING: &str = "using.lock";

/// One process's share of a lasting cluster.
#[derive(Debug)]
pub struct Local {
    cluster: Cluster,
    /// `None` after [`Local::close`].
    using: Option<File>,
}

impl Local {
    /// Makes the cluster in this folder unless it is there, and starts it unless it runs.
    pub fn open(folder: &Path) -> Result<Self, LocalError> {
        fs::create_dir_all(folder).map_err(LocalError::at(folder))?;
        let home = fs::canonicalize(folder).map_err(LocalError::at(folder))?;
        let changing = Lock::take(&home)?;
        let using = lock_file(&home.join(USING))?;
        let data = data_of(&home);
        let cluster = if data.exists() {
            let programs = Programs::of_major(made_by(&data)?, &home)?;
            Cluster::new(&home, programs, Account::of(&data, &changing.path)?)
        } else {
            let account = Account::for_new(&changing.path)?;
            let cluster = Cluster::new(&home, Programs::find()?, account);
            cluster.init()?;
            cluster
        };
        if !cluster.is_up() {
            cluster.configure(settings::LASTING.iter().copied())?;
            cluster.start()?;
        }
        // Whoever closes needs `changing` too, so nobody can stop it between start and this.
        let path = home.join(USING);
        using.lock_shared().map_err(LocalError::at(&path))?;
        drop(changing);
        Ok(Self {
            cluster,
            using: Some(using),
        })
    }

    /// How to connect, as the superuser.
    pub fn url(&self) -> String {
        self.cluster.url("postgres")
    }

    /// The folder, as an absolute path.
    pub fn folder(&self) -> &Path {
        &self.cluster.home
    }

    /// Stops the server if nobody else uses it. Dropping does the same, and tells nobody if it
    /// fails.
    pub fn close(mut self) -> Result<(), LocalError> {
        self.leave()
    }

    /// Stops the server, whoever uses it; what is in the cluster stays.
    pub fn stop(&self, how: Stop) -> Result<(), LocalError> {
        let _changing = Lock::take(&self.cluster.home)?;
        self.cluster.stop(how)
    }

    /// Kills the server, as the operating system does when memory runs out.
    pub fn kill(&self) -> Result<(), LocalError> {
        let _changing = Lock::take(&self.cluster.home)?;
        self.cluster.kill()
    }

    /// Starts the server after [`Self::stop`] or [`Self::kill`], unless somebody else has.
    pub fn resume(&self) -> Result<(), LocalError> {
        let _changing = Lock::take(&self.cluster.home)?;
        if self.cluster.is_up() {
            return Ok(());
        }
        self.cluster.start()
    }

    /// Stops the server and starts it again.
    pub fn restart(&self) -> Result<(), LocalError> {
        let _changing = Lock::take(&self.cluster.home)?;
        self.cluster.stop(Stop::Fast)?;
        self.cluster.start()
    }

    fn leave(&mut self) -> Result<(), LocalError> {
        let Some(using) = self.using.take() else {
            return Ok(());
        };
        let _changing = Lock::take(&self.cluster.home)?;
        drop(using);
        let path = self.cluster.home.join(USING);
        match lock_file(&path)?.try_lock() {
            Ok(()) => self.cluster.stop(Stop::Fast),
            Err(TryLockError::WouldBlock) => Ok(()),
            Err(TryLockError::Error(error)) => Err(LocalError::at(&path)(error)),
        }
    }
}

impl Drop for Local {
    fn drop(&mut self) {
        let _ = self.leave();
    }
}

/// The right to start or stop the server.
struct Lock {
    path: PathBuf,
    _file: File,
}

impl Lock {
    fn take(home: &Path) -> Result<Self, LocalError> {
        let path = home.join(CHANGING);
        let file = lock_file(&path)?;
        file.lock().map_err(LocalError::at(&path))?;
        Ok(Self { path, _file: file })
    }
}

fn lock_file(path: &Path) -> Result<File, LocalError> {
    let mut options = OpenOptions::new();
    options.create(true).truncate(false).write(true);
    options.open(path).map_err(LocalError::at(path))
}

/// The version that made the cluster.
fn made_by(data: &Path) -> Result<u32, LocalError> {
    let path = data.join("PG_VERSION");
    let text = fs::read_to_string(&path).map_err(LocalError::at(&path))?;
    let text = text.trim();
    text.parse().map_err(|_| LocalError::Failed {
        program: path.display().to_string(),
        said: format!("`{text}` is no version"),
    })
}

//! A process that outlives ours by a moment. It waits at a pipe that only we hold the other end of;
//! when we close it, or are gone however suddenly, it cleans up and ends.

use std::path::Path;
use std::process::{Child, ChildStdin, Stdio};

use crate::account::Account;
use crate::error::LocalError;

/// Ends, and has cleaned up, when this is dropped or this process is gone.
#[derive(Debug)]
pub(crate) struct Guardian {
    child: Child,
    pipe: Option<ChildStdin>,
}

impl Guardian {
    /// Runs `script` in a shell; `arguments` are its `$1`, `$2` and so on. The script has to wait
    /// with `read -r _` before it cleans up.
    pub(crate) fn start(
        account: &Account,
        folder: &Path,
        script: &str,
        arguments: &[&Path],
    ) -> Result<Self, LocalError> {
        let mut command = account.command(Path::new("/bin/sh"), folder);
        command
            .args(["-c", script, "attain-guardian"])
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let spawned = command.spawn();
        let mut child = spawned.map_err(|error| account.not_started(&command, error))?;
        let pipe = child.stdin.take();
        Ok(Self { child, pipe })
    }
}

impl Drop for Guardian {
    fn drop(&mut self) {
        drop(self.pipe.take());
        // There is nobody to tell; the next start clears what was left.
        let _ = self.child.wait();
    }
}

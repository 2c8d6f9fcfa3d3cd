//! Who the server runs as: whoever started the program, but never root, which PostgreSQL refuses.

use std::fs;
use std::io::{self, ErrorKind};
use std::os::unix::fs::{MetadataExt, chown};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use crate::error::LocalError;

/// Tried in this order when the program runs as root.
const UNPRIVILEGED: [&str; 2] = ["postgres", "nobody"];
const ROOT: u32 = 0;

/// An account of the operating system.
#[derive(Clone, Debug)]
pub(crate) struct Account {
    user: u32,
    group: u32,
    /// Whether this program is root and becomes somebody else to run another.
    is_changed: bool,
}

impl Account {
    /// The account for a new cluster. `ours` is something that this process has just made: its
    /// owner is who we are.
    pub(crate) fn for_new(ours: &Path) -> Result<Self, LocalError> {
        let made = fs::metadata(ours).map_err(LocalError::at(ours))?;
        if made.uid() != ROOT {
            return Ok(Self {
                user: made.uid(),
                group: made.gid(),
                is_changed: false,
            });
        }
        let users = Path::new("/etc/passwd");
        let users = fs::read_to_string(users).map_err(LocalError::at(users))?;
        let found = UNPRIVILEGED.iter().find_map(|name| ids(&users, name));
        let (user, group) = found.ok_or(LocalError::NoAccount)?;
        Ok(Self {
            user,
            group,
            is_changed: true,
        })
    }

    /// The account of a cluster that is there: its owner.
    pub(crate) fn of(data: &Path, ours: &Path) -> Result<Self, LocalError> {
        let made = fs::metadata(ours).map_err(LocalError::at(ours))?;
        let there = fs::metadata(data).map_err(LocalError::at(data))?;
        let is_root = made.uid() == ROOT;
        if there.uid() == ROOT || !(is_root || there.uid() == made.uid()) {
            let folder = data.to_owned();
            return Err(LocalError::NotOurs { folder });
        }
        Ok(Self {
            user: there.uid(),
            group: there.gid(),
            is_changed: is_root,
        })
    }

    /// Whether a file belongs to this account.
    pub(crate) fn owns(&self, path: &Path) -> bool {
        fs::symlink_metadata(path).is_ok_and(|there| there.uid() == self.user)
    }

    /// Gives a file or folder to this account.
    pub(crate) fn give(&self, path: &Path) -> Result<(), LocalError> {
        if !self.is_changed {
            return Ok(());
        }
        chown(path, Some(self.user), Some(self.group)).map_err(LocalError::at(path))
    }

    /// A program that runs as this account, in a folder that it may enter, apart from the terminal.
    pub(crate) fn command(&self, program: &Path, folder: &Path) -> Command {
        let mut command = Command::new(program);
        command
            .current_dir(folder)
            .stdin(Stdio::null())
            // Control-C in the terminal is for the program in front, which stops its servers.
            .process_group(0);
        if self.is_changed {
            command.uid(self.user).gid(self.group);
        }
        command
    }

    /// Runs a program of [`Account::command`] to its end.
    pub(crate) fn run(&self, command: &mut Command) -> Result<Output, LocalError> {
        let output = command
            .output()
            .map_err(|error| self.not_started(command, error))?;
        if output.status.success() {
            return Ok(output);
        }
        let said = [output.stdout, output.stderr].concat();
        let said = String::from_utf8_lossy(&said).trim().replace('\n', "; ");
        Err(LocalError::Failed {
            program: program_name(command),
            said,
        })
    }

    /// Why a program did not even start.
    pub(crate) fn not_started(&self, command: &Command, error: io::Error) -> LocalError {
        let folder = command.get_current_dir().unwrap_or_else(|| Path::new("."));
        if error.kind() == ErrorKind::PermissionDenied && self.is_changed {
            return LocalError::Unreachable {
                user: self.user_name(),
                folder: folder.to_owned(),
            };
        }
        let path = Path::new(command.get_program());
        LocalError::at(path)(error)
    }

    fn user_name(&self) -> String {
        let users = fs::read_to_string("/etc/passwd").unwrap_or_default();
        let found = users.lines().find_map(|line| {
            let mut fields = line.split(':');
            let name = fields.next()?;
            (fields.nth(1)?.parse() == Ok(self.user)).then(|| name.to_owned())
        });
        found.unwrap_or_else(|| self.user.to_string())
    }
}

fn program_name(command: &Command) -> String {
    let program = Path::new(command.get_program());
    let name = program.file_name().unwrap_or(command.get_program());
    name.to_string_lossy().into_owned()
}

/// The user's and group's number of a name in the text of `/etc/passwd`.
fn ids(users: &str, name: &str) -> Option<(u32, u32)> {
    users.lines().find_map(|line| {
        let fields: Vec<&str> = line.split(':').collect();
        let (user, group) = (fields.get(2)?, fields.get(3)?);
        let is_it = fields.first() == Some(&name);
        is_it.then(|| Some((user.parse().ok()?, group.parse().ok()?)))?
    })
}

#[cfg(test)]
mod tests {
    use super::ids;

    #[test]
    fn a_user_is_found_by_its_whole_name() {
        let users = "root:x:0:0:root:/:/bin/sh\npostgres2:x:7:8::/:\npostgres:x:101:104:a,b:/:/s\n";
        assert_eq!(ids(users, "postgres"), Some((101, 104)));
        assert_eq!(ids(users, "nobody"), None);
        assert_eq!(ids("broken\nnobody:x:no:1\n", "nobody"), None);
    }
}

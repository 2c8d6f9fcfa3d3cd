//! A cluster that lasts and is shared.

use std::fs::{self, Permissions};
use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use attain_local_postgres::{Local, Programs, Stop};
use tempfile::TempDir;

use crate::ask;

/// Says to the second process of a test what to open.
const FOLDER_VARIABLE: &str = "ATTAIN_LOCAL_POSTGRES_SECOND";

/// A folder that the server's account may enter, also where the tests run as root.
fn folder() -> TempDir {
    let folder = TempDir::new().unwrap();
    fs::set_permissions(folder.path(), Permissions::from_mode(0o755)).unwrap();
    folder
}

fn asked(url: &str, sql: &str) -> Result<String, String> {
    ask(Programs::find().unwrap().folder(), url, sql)
}

fn is_served(folder: &Path) -> bool {
    folder.join("data/postmaster.pid").exists()
}

#[test]
fn data_outlives_the_server() {
    let folder = folder();
    let place = folder.path().join("deep/cluster");
    let first = Local::open(&place).unwrap();
    let url = first.url();
    let made = "create table kept (v int); insert into kept values (7)";
    asked(&url, made).unwrap();
    assert_eq!(asked(&url, "show fsync").unwrap(), "on");
    first.close().unwrap();
    assert!(!is_served(&place));
    assert!(asked(&url, "select 1").is_err());

    let again = Local::open(&place).unwrap();
    assert_eq!(asked(&again.url(), "select v from kept").unwrap(), "7");
    again.restart().unwrap();
    again.kill().unwrap();
    again.resume().unwrap();
    again.stop(Stop::Immediate).unwrap();
    again.resume().unwrap();
    assert_eq!(asked(&again.url(), "select v from kept").unwrap(), "7");
}

#[test]
fn a_path_that_is_too_long_for_a_socket_will_do() {
    let folder = folder();
    let place = folder.path().join("a folder's, long name ".repeat(6));
    let local = Local::open(&place).unwrap();
    assert_eq!(asked(&local.url(), "select 1").unwrap(), "1");
}

#[test]
fn the_last_one_in_a_process_stops_it() {
    let folder = folder();
    let first = Local::open(folder.path()).unwrap();
    let second = Local::open(folder.path()).unwrap();
    drop(first);
    assert_eq!(asked(&second.url(), "select 1").unwrap(), "1");
    drop(second);
    assert!(!is_served(folder.path()));
}

/// Not a test of its own: what the second process of the next ones does. It opens the cluster,
/// says so, and closes it when it is told to.
#[test]
fn second_process() {
    let Some(folder) = std::env::var_os(FOLDER_VARIABLE) else {
        return;
    };
    let local = Local::open(Path::new(&folder)).unwrap();
    println!("\nopened {}", local.url());
    let _ = std::io::stdin().read_line(&mut String::new());
    local.close().unwrap();
}

fn second(folder: &Path) -> Child {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "lasting::second_process", "--nocapture"])
        .env(FOLDER_VARIABLE, folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.as_mut().unwrap()).lines();
    assert!(lines.any(|line| line.unwrap().starts_with("opened ")));
    child
}

fn end(mut child: Child) {
    child.stdin.take().unwrap().write_all(b"end\n").unwrap();
    assert!(child.wait().unwrap().success());
}

#[test]
fn it_is_served_until_the_last_process_leaves() {
    let folder = folder();
    let ours = Local::open(folder.path()).unwrap();
    let other = second(folder.path());
    asked(&ours.url(), "create table shared (v int)").unwrap();
    drop(ours);
    let ours = Local::open(folder.path()).unwrap();
    assert_eq!(
        asked(&ours.url(), "select count(*) from shared").unwrap(),
        "0"
    );
    end(other);
    assert_eq!(asked(&ours.url(), "select 1").unwrap(), "1");
    drop(ours);
    assert!(!is_served(folder.path()));
}

#[test]
fn the_server_of_a_killed_process_is_found_and_stopped() {
    let folder = folder();
    let mut other = second(folder.path());
    other.kill().unwrap();
    other.wait().unwrap();
    assert!(is_served(folder.path()));
    let ours = Local::open(folder.path()).unwrap();
    assert_eq!(asked(&ours.url(), "select 1").unwrap(), "1");
    ours.close().unwrap();
    assert!(!is_served(folder.path()));
}

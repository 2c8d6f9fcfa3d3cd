//! A cluster for tests.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use attain_local_postgres::{Programs, Stop, Throwaway};

use crate::ask;

#[track_caller]
fn asked(server: &Throwaway, sql: &str) -> String {
    ask(server.programs().folder(), &server.url("postgres"), sql).unwrap()
}

#[test]
fn it_keeps_what_was_written_through_a_restart_and_a_kill() {
    let server = Throwaway::start().unwrap();
    asked(
        &server,
        "create table kept (v int); insert into kept values (7)",
    );
    server.restart().unwrap();
    assert_eq!(asked(&server, "select v from kept"), "7");
    server.kill().unwrap();
    server.resume().unwrap();
    assert_eq!(asked(&server, "select v from kept"), "7");
    server.stop(Stop::Immediate).unwrap();
    server.stop(Stop::Fast).unwrap();
    let refused = ask(
        server.programs().folder(),
        &server.url("postgres"),
        "select 1",
    );
    assert!(refused.is_err(), "nobody is there");
    server.resume().unwrap();
    assert_eq!(asked(&server, "select count(*) from kept"), "1");
}

#[test]
fn it_listens_on_no_port_and_says_what_it_was_told() {
    let server = Throwaway::start_with(&[("log_statement", "all"), ("work_mem", "5MB")]).unwrap();
    let shown = asked(
        &server,
        "select string_agg(name || '=' || setting, ' ' order by name) from pg_settings \
         where name in ('listen_addresses', 'fsync', 'log_statement', 'work_mem')",
    );
    assert_eq!(
        shown,
        "fsync=off listen_addresses= log_statement=all work_mem=5120"
    );
}

#[test]
fn nothing_is_left_of_it() {
    let server = Throwaway::start().unwrap();
    let home = server.socket_folder().parent().unwrap().to_owned();
    assert!(home.exists());
    let (programs, url) = (
        server.programs().folder().to_owned(),
        server.url("postgres"),
    );
    drop(server);
    assert!(!home.exists());
    assert!(ask(&programs, &url, "select 1").is_err());
}

#[test]
fn a_setting_that_is_none_is_told_with_the_servers_words() {
    let refused = Throwaway::start_with(&[("shared_buffers", "a lot")]).unwrap_err();
    let told = refused.to_string();
    assert!(told.contains("shared_buffers"), "{told}");
}

/// Says to the second process of the next test that it is one.
const SECOND_VARIABLE: &str = "ATTAIN_LOCAL_POSTGRES_THROWAWAY";
/// How often the server is asked whether it is still there: each takes some milliseconds.
const QUESTIONS_MAX: usize = 5_000;

/// Not a test of its own: what the second process of the next one does. It is killed at the end.
#[test]
fn second_process() {
    if std::env::var_os(SECOND_VARIABLE).is_none() {
        return;
    }
    let server = Throwaway::start().unwrap();
    println!(
        "\nhome {}",
        server.socket_folder().parent().unwrap().display()
    );
    let _ = std::io::stdin().read_line(&mut String::new());
}

#[test]
fn nothing_is_left_of_it_when_its_process_is_killed() {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "throwaway::second_process", "--nocapture"])
        .env(SECOND_VARIABLE, "yes")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.as_mut().unwrap()).lines();
    let home = lines.find_map(|line| line.unwrap().strip_prefix("home ").map(str::to_owned));
    let home = home.unwrap();
    assert!(Path::new(&home).join("data/postmaster.pid").exists());
    child.kill().unwrap();
    child.wait().unwrap();
    let programs = Programs::find().unwrap();
    let url = format!("postgres://attain@localhost/postgres?host={home}/socket");
    let is_gone = (0..QUESTIONS_MAX).any(|_| {
        let answer = ask(programs.folder(), &url, "select 1");
        answer.is_err() && !Path::new(&home).exists()
    });
    assert!(is_gone, "{home} is still there");
}

//! A cluster for tests.

use attain_local_postgres::{Stop, Throwaway};

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

//! The program: reads the command line, puts the parts together, ends with a documented code.

mod address;
mod adjust;
mod apply;
mod args;
mod balance;
mod clear;
mod demo;
mod explain;
mod failure;
mod history;
mod import;
mod lines;
mod list;
mod log;
mod output;
mod pay;
mod pending;
mod postgres;
mod rejects;
mod reward;
mod rows;
mod run;
mod scenarios;
mod serve;
mod session;
mod settlement;
mod statement;
mod store;
mod worker;

use std::process::ExitCode;

use clap::Parser;

use crate::args::{Arguments, Command, ExportWhat};
use crate::failure::Failure;
use crate::session::Session;

fn main() -> ExitCode {
    let arguments = match Arguments::parse().checked() {
        Ok(arguments) => arguments,
        Err(error) => error.exit(),
    };
    tracing_subscriber::fmt()
        .with_env_filter(tracing_subscriber::EnvFilter::from_env("ATTAIN_LOG"))
        .with_writer(std::io::stderr)
        .init();
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("error: this machine gives no threads: {error}");
            return ExitCode::from(4);
        }
    };
    match runtime.block_on(execute(arguments)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            failure.report();
            failure.exit_code()
        }
    }
}

async fn execute(arguments: Arguments) -> Result<(), Failure> {
    let Arguments { global, command } = arguments;
    match command {
        Command::Demo(demo) => demo::demo(&global, &demo).await,
        Command::Test(test) => scenarios::test(&global, &test).await,
        Command::Serve(serve) => serve::serve(&global, &serve).await,
        Command::Worker(worker) => worker::worker(&global, &worker).await,
        Command::Schema => {
            print!("{}", attain_documents::schema());
            Ok(())
        }
        Command::Migrate(migrate) => store::migrate(&global, migrate.distribute).await,
        other @ (Command::Apply(_)
        | Command::Export(_)
        | Command::Import(_)
        | Command::Run(_)
        | Command::Adjust(_)
        | Command::Revert(_)
        | Command::Pending(_)
        | Command::History(_)
        | Command::Log(_)
        | Command::Pay(_)
        | Command::Reward(_)
        | Command::Balance(_)
        | Command::Clear(_)
        | Command::Statement(_)
        | Command::Explain(_)
        | Command::List(_)) => {
            let session = Session::open(&global).await?;
            let done = match other {
                Command::Apply(apply) => apply::apply(&session, &global, &apply).await,
                Command::Export(export) => match &export.what {
                    None => apply::export(&session, &export).await,
                    Some(ExportWhat::Participants(of)) => {
                        balance::export_participants(&session, &global, of).await
                    }
                },
                Command::Import(import) => import::import(&session, &global, &import).await,
                Command::Run(run) => run::run(&session, &global, &run).await,
                Command::Adjust(adjust) => adjust::adjust(&session, &global, *adjust).await,
                Command::Revert(revert) => run::revert(&session, &global, revert).await,
                Command::Pending(of) => pending::pending(&session, &global, &of).await,
                Command::History(of) => history::history(&session, &global, &of).await,
                Command::Log(log) => log::log(&session, &global, &log).await,
                Command::Pay(pay) => pay::pay(&session, &global, &pay).await,
                Command::Reward(deed) => reward::reward(&session, &global, &deed).await,
                Command::Balance(of) => balance::balance(&session, &global, &of).await,
                Command::Clear(deed) => clear::clear(&session, &global, &deed).await,
                Command::Statement(of) => statement::statement(&session, &global, &of).await,
                Command::Explain(explain) => explain::explain(&session, &global, &explain).await,
                Command::List(list) => list::list(&session, &global, &list).await,
                Command::Demo(_)
                | Command::Test(_)
                | Command::Serve(_)
                | Command::Worker(_)
                | Command::Schema
                | Command::Migrate(_) => Ok(()),
            };
            session.close().await;
            done
        }
    }
}

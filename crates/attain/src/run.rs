//! `attain run` and `attain revert`.

use attain_app::{RunRequest, WhenBusy};
use attain_domain::run::{Process, Run as RunRecord, RunStatus};
use indicatif::{ProgressBar, ProgressStyle};

use crate::args::{Global, Output, ProcessName, Revert, Run};
use crate::failure::Failure;
use crate::output::Listing;
use crate::session::{Session, dates};

/// Runs a process to its end; a progress bar follows it where there is a terminal.
pub(crate) async fn run(session: &Session, global: &Global, run: &Run) -> Result<(), Failure> {
    let range = dates(session, &run.dates).await?;
    let process = process_of(run.process);
    let when_busy = if run.wait {
        WhenBusy::Wait
    } else {
        WhenBusy::Refuse
    };
    let request = RunRequest {
        process,
        range,
        when_busy,
    };
    if run.detach {
        let started = session.engine.start_run(&session.caller, &request).await?;
        println!("{}", started.id);
        return Ok(());
    }
    let ended = follow(session, &request).await?;
    print_counts(&ended, global.output)?;
    match ended.status {
        RunStatus::SucceededWithErrors => {
            eprintln!("see the rows in error: attain log run {}", ended.id);
            Err(Failure::RowsInError)
        }
        RunStatus::Cancelled | RunStatus::Failed => Err(Failure::Different),
        RunStatus::Succeeded | RunStatus::Queued | RunStatus::Running => Ok(()),
    }
}

/// The process of a name.
pub(crate) fn process_of(name: ProcessName) -> Process {
    match name {
        ProcessName::All => Process::RunAll,
        ProcessName::Classify => Process::Classify,
        ProcessName::Credit => Process::Credit,
        ProcessName::RollUp => Process::RollUp,
        ProcessName::Calculate => Process::Calculate,
        ProcessName::Revert => Process::Revert,
    }
}

/// Reverts: a run like others.
pub(crate) async fn revert(
    session: &Session,
    global: &Global,
    revert: Revert,
) -> Result<(), Failure> {
    let Revert { dates, wait } = revert;
    let of = Run {
        process: ProcessName::Revert,
        dates,
        wait,
        detach: false,
    };
    run(session, global, &of).await
}

/// Starts a run, executes it, and shows how far it is. Control-C asks it to stop.
pub(crate) async fn follow(session: &Session, request: &RunRequest) -> Result<RunRecord, Failure> {
    let (engine, caller) = (&session.engine, &session.caller);
    let started = engine.start_run(caller, request).await?;
    let style = ProgressStyle::with_template("{msg:12} {wide_bar} {pos}/{len} {elapsed}")
        .unwrap_or_else(|_| ProgressStyle::default_bar());
    let bar = ProgressBar::new(0).with_style(style);
    // A task of its own: while this one looks how far it is, the work must go on, or it would hold
    // what the look waits for.
    let mut work = tokio::spawn({
        let (engine, caller) = (engine.clone(), caller.clone());
        async move { engine.execute_run(&caller, started.id).await }
    });
    let mut ticks = tokio::time::interval(std::time::Duration::from_millis(300));
    loop {
        tokio::select! {
            ended = &mut work => {
                bar.finish_and_clear();
                let ended = ended.map_err(|error| Failure::Other(error.into()))?;
                return Ok(ended?);
            }
            _ = ticks.tick() => {
                if let Ok(now) = engine.run(caller, started.id).await {
                    let stage = now.stage.map(|stage| format!("{stage:?}"));
                    bar.set_message(stage.unwrap_or_default());
                    bar.set_length(now.units_total);
                    bar.set_position(now.units_done);
                }
            }
            _ = tokio::signal::ctrl_c() => {
                bar.println("stopping after this commit");
                engine.cancel_run(caller, started.id).await?;
            }
        }
    }
}

/// What a run has done.
pub(crate) fn print_counts(run: &RunRecord, output: Output) -> Result<(), Failure> {
    let mut listing = Listing::new(&["count", "rows"]);
    let counts = &run.counts;
    let totals = [
        ("taken", counts.taken),
        ("done", counts.done),
        ("skipped", counts.skipped),
        ("failed", counts.failed),
    ];
    for (name, count) in totals {
        listing.row([name.to_owned(), count.to_string()]);
    }
    for (reason, count) in &counts.errors {
        listing.row([format!("error {reason}"), count.to_string()]);
    }
    for (name, count) in &counts.outcomes {
        listing.row([name.to_string(), count.to_string()]);
    }
    listing.print(output)?;
    eprintln!("{} {:?}", run.id, run.status);
    Ok(())
}
